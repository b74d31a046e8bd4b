# shellcheck shell=sh
# What could not be looked at is said and is status 4; every other status of scan; and what is left behind by each.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the images, and is not installed"
fi
umask 022

DB=$TMPDIR/advisories.sqlite
OUT=$TMPDIR/out
SPOOL=$TMPDIR/spool
SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR
mkdir "$OUT" "$SPOOL" "$SCANSTEP_CACHE_DIR"
check "a database" "$SCANSTEP" db build --db "$DB" --from tests/fixtures/db/feeds

# case, name: an OCI layout in $TMPDIR/NAME
image()
{
	sh tests/mkimage.sh "$1" oci gzip "$TMPDIR/$2"
}

# name, layer: the blob's digest
layer_of()
{
	python3 - "$TMPDIR/$1" "$2" <<-'EOF2'
		import json, sys
		def blob(digest):
		    return json.load(open(sys.argv[1] + "/blobs/sha256/" + digest[7:]))
		index = json.load(open(sys.argv[1] + "/index.json"))
		print(blob(index["manifests"][0]["digest"])["layers"][int(sys.argv[2])]["digest"])
	EOF2
}

blob_of()
{
	echo "$TMPDIR/$1/blobs/sha256/$(layer_of "$1" "$2" | cut -c 8-)"
}

scan()
{
	TMPDIR=$SPOOL "$SCANSTEP" scan --db "$DB" "$@"
}

# The gaps of a report as lines of layer, path and reason.
gaps()
{
	python3 -c '
import json, sys
for g in json.load(open(sys.argv[1]))["gaps"]:
    print("%s|%s|%s" % (g["layer"] or "", g["path"] or "", g["reason"]))' "$1"
}

# name, layer, path, pattern of the reason, scan's arguments
incomplete()
{
	what=$1 layer=$2 path=$3 reason=$4
	shift 4
	rm -f "$OUT/r.json"
	check_status 4 "$what: status 4" scan -o table -o "json=$OUT/r.json" "$@"
	cp "$TMPDIR/stdout" "$TMPDIR/table"
	gaps "$OUT/r.json" >"$TMPDIR/gaps"
	check_text "$what: json has layer, path and reason" "^$layer|$path|$reason" "$TMPDIR/gaps"
	wc -l <"$TMPDIR/gaps" | tr -d ' ' >"$TMPDIR/count"
	echo 1 >"$TMPDIR/one"
	check_same "$what: once" "$TMPDIR/one" "$TMPDIR/count"
	[ -z "$layer" ] || check_text "$what: the table names the layer" "$layer" "$TMPDIR/table"
	[ -z "$path" ] || check_text "$what: the table names the path" "$path" "$TMPDIR/table"
	check_text "$what: and the reason" "$reason" "$TMPDIR/table"
	check_text "$what: its last line says so" '^INCOMPLETE: 1 gap' "$TMPDIR/table"
	check_text "$what: the verdict, too" '"exit_status": 4' "$OUT/r.json"
	check_status 0 "$what: --allow-incomplete" scan --allow-incomplete -o "json=$OUT/allowed.json" "$@"
	gaps "$OUT/allowed.json" >"$TMPDIR/allowed"
	check_same "$what: which keeps the gap" "$TMPDIR/gaps" "$TMPDIR/allowed"
}

# ---- 4: what a layer can be ----

image tests/fixtures/image/layers good
check_status 0 "a good image" scan -o "json=$OUT/good.json" "$TMPDIR/good"

image tests/fixtures/image/corrupt corrupt
incomplete "a corrupt dpkg status" "$(layer_of corrupt 0)" var/lib/dpkg/status '.*version' "$TMPDIR/corrupt"

# Databases of the wrong kind: no advisory of that distribution speaks of their packages.
# name, image that os-release is from, images that databases are from
mixed()
{
	mkdir -p "$TMPDIR/$1.case/tree/etc"
	find "tests/fixtures/image/$2/layer0" -name os-release -exec cp '{}' "$TMPDIR/$1.case/tree/etc" ';'
	mixed_name=$1
	shift 2
	for from; do
		case $from in
		alpine) database=lib/apk/db ;;
		*) database=var/lib/dpkg ;;
		esac
		mkdir -p "$TMPDIR/$mixed_name.case/tree/$database"
		cp -R "tests/fixtures/image/$from/layer0/$database/." "$TMPDIR/$mixed_name.case/tree/$database"
	done
	printf 'layer all\ntree tree\n' >"$TMPDIR/$mixed_name.case/Layerfile"
	image "$TMPDIR/$mixed_name.case" "$mixed_name"
}

mixed deb-under-alpine alpine debian
incomplete "dpkg's database under Alpine" '' '' 'Alpine Linux.* has no deb packages: [0-9]* packages were not checked' "$TMPDIR/deb-under-alpine"
mixed apk-under-debian debian alpine
incomplete "apk's database under Debian" '' '' 'Debian.* has no apk packages: [0-9]* packages were not checked' "$TMPDIR/apk-under-debian"
mixed both-under-debian debian debian alpine
incomplete "both databases under Debian" '' '' 'Debian.* has no apk packages: [0-9]* packages were not checked' "$TMPDIR/both-under-debian"
mixed both-under-alpine alpine alpine debian
incomplete "both databases under Alpine" '' '' 'Alpine Linux.* has no deb packages: [0-9]* packages were not checked' "$TMPDIR/both-under-alpine"

cp -R "$TMPDIR/good" "$TMPDIR/cut"
blob=$(blob_of cut 1)
size=$(wc -c <"$blob")
head -c $((size - 30)) "$blob" >"$TMPDIR/piece" && cat "$TMPDIR/piece" >"$blob"
incomplete "a truncated layer" "$(layer_of cut 1)" '' '[0-9]* bytes came where the image announces' --no-cache "$TMPDIR/cut"

cp -R "$TMPDIR/good" "$TMPDIR/wrong"
blob=$(blob_of wrong 2)
cat "$(blob_of good 3)" >"$TMPDIR/piece"
size=$(wc -c <"$blob")
head -c $((size - 1)) "$blob" >"$TMPDIR/piece" && printf X >>"$TMPDIR/piece" && cat "$TMPDIR/piece" >"$blob"
incomplete "a wrong digest" "$(layer_of wrong 2)" '' 'the bytes that came have the digest sha256:' --no-cache "$TMPDIR/wrong"

# A tar that ends early under a digest that is right.
python3 - "$TMPDIR/good" "$TMPDIR/short" <<'EOF2'
import gzip, hashlib, json, os, shutil, sys
shutil.copytree(sys.argv[1], sys.argv[2])
blobs = sys.argv[2] + "/blobs/sha256/"
def put(data):
    digest = hashlib.sha256(data).hexdigest()
    open(blobs + digest, "wb").write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}
index = json.load(open(sys.argv[2] + "/index.json"))
manifest = json.load(open(blobs + index["manifests"][0]["digest"][7:]))
tar = gzip.decompress(open(blobs + manifest["layers"][4]["digest"][7:], "rb").read())
at = tar.index(b"Package:")
manifest["layers"][4].update(put(gzip.compress(tar[: at + 100], mtime=0)))
index["manifests"][0].update(put(json.dumps(manifest).encode()))
json.dump(index, open(sys.argv[2] + "/index.json", "w"))
EOF2
check_status 4 "a tar that ends early: status 4" scan --no-cache -o "json=$OUT/r.json" "$TMPDIR/short"
gaps "$OUT/r.json" >"$TMPDIR/gaps"
check_text "a tar that ends early: layer, path and reason" "^$(layer_of short 4)|var/lib/dpkg/status|.*[Tt]runcated" "$TMPDIR/gaps"

SCANSTEP_DEBUG_CRASH_LAYER=1
export SCANSTEP_DEBUG_CRASH_LAYER
if [ "${SCANSTEP_SANDBOX:-on}" = off ]; then
	incomplete "a crash of the child" "$(layer_of good 1)" '' 'the analysis ' --no-cache "$TMPDIR/good"
else
	incomplete "a crash of the child" "$(layer_of good 1)" '' 'the analysis crashed (signal ' --no-cache "$TMPDIR/good"
fi
check_status 4 "a crash is not cached over" scan -o "json=$OUT/r.json" "$TMPDIR/good"
unset SCANSTEP_DEBUG_CRASH_LAYER
check_status 0 "and is not cached" scan -o "json=$OUT/again.json" "$TMPDIR/good"

# ---- The other statuses, and earlier reports ----

printf 'earlier' >"$TMPDIR/earlier"
put_earlier()
{
	cp "$TMPDIR/earlier" "$OUT/old.json"
	cp "$TMPDIR/earlier" "$OUT/old.sarif"
}

# status, name, arguments: no earlier report survives, none is made
none_left()
{
	status=$1 what=$2
	shift 2
	put_earlier
	check_status "$status" "$what: status $status" "$@" -o "json=$OUT/old.json" -o "sarif=$OUT/old.sarif"
	check_text "$what: one sentence" '^scanstep: [^ ]' "$TMPDIR/stderr"
	check "$what: no earlier report survives" test ! -e "$OUT/old.json" -a ! -e "$OUT/old.sarif"
}

# The same, but nothing is removed.
all_left()
{
	what=$1
	shift
	put_earlier
	check_status 2 "$what: status 2" "$@" -o "json=$OUT/old.json" -o "sarif=$OUT/old.sarif"
	check_text "$what: one sentence" '^scanstep: [^ ]' "$TMPDIR/stderr"
	check_same "$what: nothing is removed" "$TMPDIR/earlier" "$OUT/old.json"
	check_same "$what: nothing at all" "$TMPDIR/earlier" "$OUT/old.sarif"
}

check_status 1 "a finding that reaches --fail-on" scan --fail-on negligible -o "json=$OUT/failed.json" "$TMPDIR/good"
check_text "and the report is there" '"exit_status": 1' "$OUT/failed.json"
SCANSTEP_DEBUG_CRASH_LAYER=3 check_status 4 "4 wins over 1" scan --no-cache --fail-on negligible "$TMPDIR/good"
SCANSTEP_DEBUG_CRASH_LAYER=3 check_status 1 "unless allowed" \
	scan --no-cache --fail-on negligible --allow-incomplete "$TMPDIR/good"

all_left "an unknown flag" scan --nope "$TMPDIR/good"
all_left "no image" scan
printf -- '- id: CVE-2020-1\n  nonsense: [\n' >"$TMPDIR/bad.yml"
all_left "a bad allow-list" scan --allowlist "$TMPDIR/bad.yml" "$TMPDIR/good"
all_left "a malformed reference" scan Bad/REF
all_left "a malformed reference behind its prefix" scan registry:Bad/REF
all_left "a missing allow-list" scan --allowlist "$TMPDIR/absent.yml" "$TMPDIR/good"

none_left 3 "a missing image" scan "$TMPDIR/absent.tar"
cp -R "$TMPDIR/good" "$TMPDIR/hole"
rm "$(blob_of hole 1)"
none_left 3 "a missing blob" scan --no-cache "$TMPDIR/hole"
none_left 3 "another platform" scan --platform linux/s390x "$TMPDIR/good"
printf '{}' >"$TMPDIR/hole/index.json"
none_left 3 "an index that is none" scan "$TMPDIR/hole"

none_left 5 "a missing database" scan --db "$TMPDIR/absent.sqlite" "$TMPDIR/good"
head -c 5000 "$DB" >"$TMPDIR/broken.sqlite"
none_left 5 "a broken database" scan --db "$TMPDIR/broken.sqlite" "$TMPDIR/good"
check "an old database" "$BUILD/tests/drivers/match" build 1700000000 "$TMPDIR/old.sqlite" tests/fixtures/db/feeds
none_left 5 "a stale database" scan --db "$TMPDIR/old.sqlite" "$TMPDIR/good"

sh tests/mkimage.sh tests/fixtures/image/layers docker none "$TMPDIR/docker.tar"
put_earlier
# shellcheck disable=SC2016
check_status 7 "nowhere to spool to" sh -c 'cat "$2" | TMPDIR=$TMPDIR/absent "$1" scan --db "$3" -o "json=$4" -' sh \
	"$SCANSTEP" "$TMPDIR/docker.tar" "$DB" "$OUT/old.json"
check_text "has its sentence" '^scanstep: ' "$TMPDIR/stderr"
check "and leaves no earlier report" test ! -e "$OUT/old.json"
check_status 6 "a report's folder that is not there" scan -o "json=$TMPDIR/absent/r.json" -o "sarif=$OUT/old.sarif" "$TMPDIR/good"
check "leaves no other report" test ! -e "$OUT/old.sarif"

# ---- Signals and closed pipes, while reports are on their way ----

# Reports far larger than a pipe holds.
mkdir -p "$TMPDIR/many/tree/etc" "$TMPDIR/many/tree/var/lib/dpkg"
cp tests/fixtures/image/layers/layer0/etc/os-release "$TMPDIR/many/tree/etc"
awk 'BEGIN { for (i = 0; i < 4000; i++)
	printf "Package: p%d\nStatus: install ok installed\nArchitecture: all\nVersion: 1.%d-1\nDescription: x\n\n", i, i }' \
	>"$TMPDIR/many/tree/var/lib/dpkg/status"
printf 'layer all\ntree tree\n' >"$TMPDIR/many/Layerfile"
image "$TMPDIR/many" large
LARGE=$TMPDIR/large

left_behind()
{
	find "$OUT" "$SPOOL" "$SCANSTEP_CACHE_DIR" "$(dirname "$DB")" -maxdepth 2 -name '.scanstep-*'
	find "$SPOOL" -type f
	find "$OUT" -name 'p.*'
}

mkfifo "$TMPDIR/pipe"
for signal in INT TERM; do
	expected=143
	[ "$signal" = INT ] && expected=130
	# The pipe is open for reading, and nobody reads it.
	exec 9<>"$TMPDIR/pipe"
	TMPDIR=$SPOOL "$SCANSTEP" scan --db "$DB" -o json -o "sarif=$OUT/p.sarif" -o "table=$OUT/p.txt" "$LARGE" \
		>"$TMPDIR/pipe" 2>"$TMPDIR/stderr" 9<&- &
	pid=$!
	# Both files are written before standard output is.
	n=0
	while [ "$(find "$OUT" -name '.scanstep-*' | wc -l)" -lt 2 ] && [ $n -lt 600 ] && kill -0 $pid; do
		sleep 0.1
		n=$((n + 1))
	done
	find "$OUT" -name '.scanstep-*' >"$TMPDIR/unfinished"
	check "SIG$signal: it is writing" test -s "$TMPDIR/unfinished"
	kill -$signal $pid
	status=0
	wait $pid || status=$?
	exec 9<&-
	echo "$expected" >"$TMPDIR/wanted"
	echo "$status" >"$TMPDIR/got"
	check_same "SIG$signal: status $expected" "$TMPDIR/wanted" "$TMPDIR/got"
	left_behind >"$TMPDIR/left"
	check_same "SIG$signal: nothing is left behind" /dev/null "$TMPDIR/left"
done

# Standard input that never ends: what is spooled has no name.
exec 9<>"$TMPDIR/pipe"
"$SCANSTEP" scan --db "$DB" -o "json=$OUT/p.json" - <"$TMPDIR/pipe" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" 9<&- &
pid=$!
head -c 30000 "$TMPDIR/docker.tar" >&9
sleep 0.3
kill -TERM $pid
status=0
wait $pid || status=$?
exec 9<&-
echo 143 >"$TMPDIR/wanted"
echo "$status" >"$TMPDIR/got"
check_same "SIGTERM while spooling: status 143" "$TMPDIR/wanted" "$TMPDIR/got"
left_behind >"$TMPDIR/left"
check_same "SIGTERM while spooling: nothing is left behind" /dev/null "$TMPDIR/left"

{
	status=0
	scan -o json -o "sarif=$OUT/p.sarif" "$TMPDIR/large" 2>"$TMPDIR/stderr" || status=$?
	echo $status >"$TMPDIR/got"
} | head -c 1 >/dev/null
echo 6 >"$TMPDIR/wanted"
check_same "a closed pipe: status 6" "$TMPDIR/wanted" "$TMPDIR/got"
check_text "a closed pipe: one sentence" '^scanstep: .*standard output' "$TMPDIR/stderr"
left_behind >"$TMPDIR/left"
check_same "a closed pipe: nothing is left behind" /dev/null "$TMPDIR/left"
finish
