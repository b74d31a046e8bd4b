# shellcheck shell=sh disable=SC2016
# A cache folder and report folders that somebody else had a hand in: a merge request, a cache that was restored.
. tests/lib.sh
. tests/ci.sh
if ! command -v git >/dev/null; then
	skip_all "git makes the checkouts, and is not installed"
fi
umask 022
FEEDS=$PWD/tests/fixtures/db/feeds
DB=$TMPDIR/good.sqlite
check "a database" "$SCANSTEP" db build --db "$DB" "$FEEDS"

# A checkout whose cache folder lies in it, as the templates have it.
checkout()
{
	new_job
	rm -rf "$TMPDIR/outside"
	mkdir "$TMPDIR/outside"
	(cd "$JOB" && git init -q . && echo text >file && git add file) >/dev/null 2>&1
}

in_checkout()
{
	ci SCANSTEP_CACHE_DIR=.scanstep-cache SCANSTEP_ALLOW_INCOMPLETE=1 "$@"
}

# The same without a CI system's help.
plain_scan()
{
	(cd "$JOB" && SCANSTEP_CACHE_DIR=.scanstep-cache "$PROGRAM" scan --allow-incomplete "$@")
}

put_db()
{
	mkdir -p "$JOB/.scanstep-cache/db"
	cp "$DB" "$JOB/.scanstep-cache/db/advisories.sqlite"
}

# ---- Inventories ----

inventories()
{
	find "$JOB/.scanstep-cache/layers" -type f | LC_ALL=C sort
}

# An inventory is that of its own layer: none serves for another.
checkout
check "the clean image" in_checkout -o json=clean.json "$CLEAN"
other=$(inventories)
rm -rf "$JOB/.scanstep-cache"
check "the other image" in_checkout -o json=wanted.json "$SAMPLE"
findings=$(grep -c '"standing"' "$JOB/wanted.json")
inventories >"$TMPDIR/theirs"
check "clean again" in_checkout -o json=clean.json "$CLEAN"
one=$(echo "$other" | head -n 1)
while read -r f; do
	cp "$one" "$f"
done <"$TMPDIR/theirs"
check "inventories of another layer" in_checkout -o json=got.json "$SAMPLE"
check_count "hide nothing" "$findings" '"standing"' "$JOB/got.json"

# What others can write is read anew, and is not believed.
while read -r f; do
	chmod 0666 "$f"
	touch -d '2 days ago' "$f"
done <"$TMPDIR/theirs"
check "inventories that others can write" plain_scan -o json=got.json "$SAMPLE"
find "$JOB/.scanstep-cache/layers" -type f -mtime +0 >"$TMPDIR/left"
check_same "are made anew" /dev/null "$TMPDIR/left"
(umask 0 && in_checkout --no-cache=0 -o json=got.json "$SAMPLE") >/dev/null 2>&1
find "$JOB/.scanstep-cache" -perm /022 >"$TMPDIR/left"
check_same "with a umask of 0 nothing is kept for others to write" /dev/null "$TMPDIR/left"

# Restored by a runner: everything may be written by all. In a pipeline it is taken back, and serves.
chmod -R a+rwX "$JOB/.scanstep-cache"
touch -d '2 days ago' "$JOB"/.scanstep-cache/layers/*
check "a cache restored for all to write, in a pipeline" in_checkout -o json=got.json "$SAMPLE"
check_no_text "is taken" 'not cached' "$TMPDIR/stderr"
find "$JOB/.scanstep-cache/layers" -type f -mtime +0 | wc -l | tr -d ' ' >"$TMPDIR/count"
inventories | wc -l | tr -d ' ' >"$TMPDIR/all"
check_no_text "and serves" "^$(cat "$TMPDIR/all")\$" "$TMPDIR/count"
find "$JOB"/.scanstep-cache/* -perm /022 >"$TMPDIR/left"
check_same "nobody else can write there any more" /dev/null "$TMPDIR/left"
chmod 0777 "$JOB/.scanstep-cache/layers"
check "a scan of a person" plain_scan "$SAMPLE"
check_text "does not take it" "layers are not cached: '.scanstep-cache/layers' can be written by others" "$TMPDIR/stderr"

# ---- The database ----

db=$JOB/.scanstep-cache/db/advisories.sqlite
said="name it with --db to trust it, or take that from its mode (chmod go-w)\$"
checkout
put_db
check "a database of ours" plain_scan "$SAMPLE"
for mode in 0666 0664 0646; do
	chmod $mode "$db"
	check_status 5 "a database of mode $mode" plain_scan "$SAMPLE"
	check_text "is told" "^scanstep: '.scanstep-cache/db/advisories.sqlite' can be written by others: $said" "$TMPDIR/stderr"
done
check "unless it is named" plain_scan --db .scanstep-cache/db/advisories.sqlite "$SAMPLE"
check "a pipeline" in_checkout "$SAMPLE"
check "takes it back" test "$(stat -c %a "$db")" = 644
chmod 0777 "${db%/*}"
check_status 5 "a folder that others can write" plain_scan "$SAMPLE"
check_text "is told" "^scanstep: '.scanstep-cache/db' can be written by others: $said" "$TMPDIR/stderr"
check "a pipeline" in_checkout "$SAMPLE"
check "takes it back, too" test "$(stat -c %a "${db%/*}")" = 755
chmod 0666 "$db"
mv "$db" "$TMPDIR/outside/theirs"
ln -s "$TMPDIR/outside/theirs" "$db"
check_status 5 "a link in its place" in_checkout "$SAMPLE"
check_text "is told" "advisories.sqlite' is no regular file: name it with --db to trust it\$" "$TMPDIR/stderr"
check "what it leads to is left" test "$(stat -c %a "$TMPDIR/outside/theirs")" = 666
if [ "$(id -u)" = 0 ]; then
	rm "$db"
	put_db
	chown 12345 "$db"
	check_status 5 "another user's database" in_checkout "$SAMPLE"
	check_text "is told" "advisories.sqlite' belongs to another user: name it with --db to trust it\$" "$TMPDIR/stderr"
	chown 0 "$db"
	chown 12345 "${db%/*}"
	check_status 5 "another user's folder" in_checkout "$SAMPLE"
	check_text "is told" "/db' belongs to another user: name it with --db to trust it\$" "$TMPDIR/stderr"
else
	skip "another user's database" "only root can make one"
fi
checkout
check "fetched with a umask of 0" sh -c 'umask 0; cd "$1" && SCANSTEP_CACHE_DIR=.scanstep-cache exec "$2" ci --from "$3" --allow-incomplete "$4"' \
	sh "$JOB" "$PROGRAM" "$FEEDS" "$SAMPLE"
check "it is there" test -s "$db"
check "and serves" plain_scan "$SAMPLE"

# ---- A cache folder that was committed ----

committed="^scanstep: the cache folder '.*' is part of the checkout's commit\$"

# name, version of the index, what may be wrong with the folder: nothing of it is believed
refused()
{
	check_status 5 "$1" in_checkout "$SAMPLE"
	check_text "$1: is told" "$committed" "$TMPDIR/stderr"
	check_status 5 "$1, and scan" plain_scan "$SAMPLE"
	check_text "$1, and scan: is told" "$committed" "$TMPDIR/stderr"
}

in_git()
{
	(cd "$JOB" && git -c user.name=a -c user.email=a@example.com "$@") >/dev/null 2>&1
}

checkout
put_db
check "a cache folder that was not committed" in_checkout "$SAMPLE"
check "in a checkout without an index" sh -c 'mv "$1/.git/index" "$1/index"' sh "$JOB"
check "likewise" in_checkout "$SAMPLE"
mv "$JOB/index" "$JOB/.git/index"
# The neighbour's name differs in its last letter: version 4 leaves out what they share.
mkdir "$JOB/.scanstep-cach" "$JOB/.scanstep-cache-x"
for f in .scanstep-cach/db .scanstep-cache-x/db .scanstep-cache.txt; do
	echo text >"$JOB/$f"
	in_git add -f "$f"
done
for version in 2 3 4; do
	in_git update-index --index-version $version
	check "index $version: what is called almost so is not it" in_checkout "$SAMPLE"
done
in_git add -f .scanstep-cache/db/advisories.sqlite
for version in 2 3 4; do
	in_git update-index --index-version $version
	refused "index $version: a database that was committed"
done
in_git add -N new-file
refused "with an entry that has more flags"
check "a database that is named is not looked for there" in_checkout --db "$DB" --no-cache "$SAMPLE"
mkdir "$JOB/below"
check_status 5 "from a folder below" sh -c 'cd "$1/below" && SCANSTEP_CACHE_DIR=../.scanstep-cache exec "$2" scan "$3"' sh "$JOB" "$PROGRAM" "$SAMPLE"
check_status 5 "by its absolute name" in_checkout SCANSTEP_CACHE_DIR="$JOB/.scanstep-cache" "$SAMPLE"
check_text "is told" "$committed" "$TMPDIR/stderr"
in_git commit -q -m all
in_git worktree add "$TMPDIR/worktree"
check_status 5 "in a worktree" sh -c 'cd "$1" && SCANSTEP_CACHE_DIR=.scanstep-cache exec "$2" scan "$3"' sh "$TMPDIR/worktree" "$PROGRAM" "$SAMPLE"
check_text "is told" "$committed" "$TMPDIR/stderr"
printf 'DIRC\000\000\000\011 no index of ours: .scanstep-cache/db' >"$JOB/.git/index"
refused "an index that nobody knows, with its name"
printf 'DIRC\000\000\000\002\377\377\377\377' >"$JOB/.git/index"
check "an index that was cut, without it" in_checkout "$SAMPLE"

new_job
if (cd "$JOB" && git init -q --object-format=sha256 .) >/dev/null 2>&1; then
	put_db
	echo text >"$JOB/file"
	in_git add file
	check "a checkout of SHA-256" in_checkout "$SAMPLE"
	in_git add -f .scanstep-cache
	refused "a checkout of SHA-256, and a database that was committed"
else
	skip "a checkout of SHA-256" "this git makes none"
fi

# A module of its own in its place is one entry, without anything below it.
checkout
put_db
in_git init -q .scanstep-cache
(cd "$JOB/.scanstep-cache" && git add -f . && git -c user.name=a -c user.email=a@example.com commit -q -m all) >/dev/null 2>&1
in_git add .scanstep-cache
refused "a submodule"

# ---- Symbolic links ----

# The checkout leads the cache elsewhere: nothing is read, written or removed there.
checkout
mkdir -p "$TMPDIR/outside/layers" "$TMPDIR/outside/db"
truncate -s 300M "$TMPDIR/outside/layers/precious"
touch -d '2 years ago' "$TMPDIR/outside/layers/precious"
cp "$DB" "$TMPDIR/outside/db/advisories.sqlite"
ln -s ../outside "$JOB/.scanstep-cache"
(cd "$TMPDIR/outside" && find . | LC_ALL=C sort) >"$TMPDIR/before"
check_status 5 "a cache folder that leads elsewhere" in_checkout "$SAMPLE"
check_text "is told" "'.scanstep-cache' is a symbolic link" "$TMPDIR/stderr"
check "with another database" in_checkout --db "$DB" "$SAMPLE"
check_text "layers are not cached" "layers are not cached: .*'.scanstep-cache' is a symbolic link" "$TMPDIR/stderr"
(cd "$TMPDIR/outside" && find . | LC_ALL=C sort) >"$TMPDIR/after"
check_same "and there all is as it was" "$TMPDIR/before" "$TMPDIR/after"

# Whoever names a folder by its absolute path may mean a link. Strangers' files stay all the same.
check "an absolute folder" in_checkout SCANSTEP_CACHE_DIR="$TMPDIR/outside" "$SAMPLE"
check "what is no inventory is never removed" test -e "$TMPDIR/outside/layers/precious"

# ---- Where reports go ----

checkout
mkdir -p "$TMPDIR/outside" "$JOB/real"
ln -s ../outside "$JOB/reports"
check_status 6 "a folder for reports that leads elsewhere" in_checkout SCANSTEP_OUTPUT_DIR=reports -o json=x.json "$SAMPLE"
check_text "is told" "^scanstep: cannot make the folder 'reports': 'reports' is a symbolic link\$" "$TMPDIR/stderr"
check_status 6 "one below it" in_checkout --output-dir ./reports/a -o json=x.json "$SAMPLE"
check_text "is told" "'./reports' is a symbolic link\$" "$TMPDIR/stderr"
find "$TMPDIR/outside" -mindepth 1 >"$TMPDIR/left"
check_same "and nothing is written there" /dev/null "$TMPDIR/left"
check "a folder of its own" in_checkout --output-dir real/a//./b -o json=x.json "$SAMPLE"
check "has the report" test -s "$JOB/real/a/b/x.json"
: >"$JOB/plain"
check_status 6 "a file in its place" in_checkout --output-dir plain -o json=x.json "$SAMPLE"
check_text "is told" "cannot make the folder 'plain': Not a directory\$" "$TMPDIR/stderr"

clairinabox()
{
	in_checkout "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Defcon1 SCANSTEP_RESULT_DIR=results
}

mkdir "$JOB/target"
ln -s ../../outside "$JOB/target/clair-result"
check "the copies' folder leads elsewhere" clairinabox
check_text "is told" "'target/clair-result' is a symbolic link: what goes there is left out\$" "$TMPDIR/stderr"
find "$TMPDIR/outside" -mindepth 1 >"$TMPDIR/left"
check_same "and nothing is written there" /dev/null "$TMPDIR/left"
check "the reports are there" test -s "$JOB/results/clair-report.json"
rm "$JOB/target/clair-result"
mkdir -m 0555 "$JOB/target/clair-result"
# Root may write everywhere, but for its capabilities.
bound=
[ "$(id -u)" != 0 ] || bound='setpriv --bounding-set -all --inh-caps -all'
if $bound sh -c ': >"$1/target/clair-result/file"' sh "$JOB" 2>/dev/null || ! $bound true; then
	skip "the copies' folder cannot be written" "here everybody may write everywhere"
else
	rm -rf "$JOB/results"
	# shellcheck disable=SC2086
	check "the copies' folder cannot be written" env -i PATH="$PATH" HOME="$HOME" TMPDIR="$TMPDIR" SCANSTEP_OFFLINE=1 \
		SCANSTEP_SANDBOX="${SCANSTEP_SANDBOX:-on}" "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Defcon1 SCANSTEP_RESULT_DIR=results \
		$bound sh -c 'cd "$1" && exec "$2" ci' sh "$JOB" "$PROGRAM"
	check_text "is told" "cannot write into the folder 'target/clair-result': Permission denied: what goes there is left out\$" "$TMPDIR/stderr"
	check "the reports are there" test -s "$JOB/results/clair-report.json"
fi
finish
