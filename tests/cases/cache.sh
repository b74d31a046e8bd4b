# shellcheck shell=sh disable=SC2016
# What is known of layers: shared by processes that run together, the same result with it or without, and never trusted.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the images, and is not installed"
fi
umask 022

SOURCE_DATE_EPOCH=1700000000
SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SOURCE_DATE_EPOCH SCANSTEP_CACHE_DIR
LAYERS=$SCANSTEP_CACHE_DIR/layers
IMAGE=$TMPDIR/image
check "an image" sh tests/mkimage.sh tests/fixtures/image/layers oci gzip "$IMAGE"
IMAGE_STATUS=0
"$SCANSTEP" scan --no-cache -o "json=$TMPDIR/wanted.json" "$IMAGE" 2>"$TMPDIR/why" || IMAGE_STATUS=$?
check "its report" test -s "$TMPDIR/wanted.json"
check "--no-cache makes no cache" test ! -e "$LAYERS"

# name: a scan gives the same status and report, and nothing is said
same_scan()
{
	what=$1
	shift
	rm -f "$TMPDIR/got.json"
	check_status $IMAGE_STATUS "$what: the same status" "$@" "$SCANSTEP" scan -o "json=$TMPDIR/got.json" "$IMAGE"
	cp "$TMPDIR/stderr" "$TMPDIR/said"
	check_same "$what: the same report" "$TMPDIR/wanted.json" "$TMPDIR/got.json"
}

# As often as the argument says.
says_cache()
{
	grep -c 'layers are not cached' "$TMPDIR/said" >"$TMPDIR/count"
	echo "$1" >"$TMPDIR/times"
	check_same "$what: said $1 times" "$TMPDIR/times" "$TMPDIR/count"
}

# ---- Together ----

for i in 1 2 3 4 5 6 7 8; do
	{
		status=0
		"$SCANSTEP" scan -o "json=$TMPDIR/$i.json" "$IMAGE" >"$TMPDIR/$i.out" 2>"$TMPDIR/$i.err" || status=$?
		echo $status >"$TMPDIR/$i.status"
	} &
done
wait
echo $IMAGE_STATUS >"$TMPDIR/status"
for i in 1 2 3 4 5 6 7 8; do
	check_same "8 together on an empty cache, number $i: status" "$TMPDIR/status" "$TMPDIR/$i.status"
	check_same "8 together on an empty cache, number $i: report" "$TMPDIR/wanted.json" "$TMPDIR/$i.json"
	check_no_text "8 together on an empty cache, number $i: all is well" 'not cached' "$TMPDIR/$i.err"
done
find "$LAYERS" -name '.scanstep-*' >"$TMPDIR/left"
check_same "nothing is left unfinished" /dev/null "$TMPDIR/left"
find "$LAYERS" -type f | wc -l | tr -d ' ' >"$TMPDIR/count"
check_no_text "inventories are kept" '^0$' "$TMPDIR/count"

# ---- Cold, warm, none ----

rm -rf "$SCANSTEP_CACHE_DIR"
same_scan "cold" env
says_cache 0
same_scan "warm" env
same_scan "switched off" env SCANSTEP_NO_CACHE=1
cp -R "$IMAGE" "$TMPDIR/whole"
# Every blob but the JSON documents.
find "$IMAGE/blobs" -type f | while read -r blob; do
	head -c 1 "$blob" | grep -q '{' && continue
	head -c "$(wc -c <"$blob")" /dev/zero >"$TMPDIR/zeros"
	cat "$TMPDIR/zeros" >"$blob"
done
same_scan "warm, with zeros in the layers' blobs, which nobody reads" env
check_status 4 "and which are no layers otherwise" "$SCANSTEP" scan --no-cache -o "json=$TMPDIR/got.json" "$IMAGE"
rm -rf "$IMAGE"
mv "$TMPDIR/whole" "$IMAGE"

# ---- Files that lie ----

# The checksum is over the name of a file, its 97 characters, a NUL, and the inventory.

: >"$TMPDIR/unspoiled"

# name, command: what it does to every file of the cache ($1 is the file)
spoiled()
{
	what=$1
	rm -rf "$SCANSTEP_CACHE_DIR"
	"$SCANSTEP" scan -o "json=$TMPDIR/got.json" "$IMAGE" >/dev/null 2>&1
	for f in "$LAYERS"/*; do
		sh -c "$2" sh "$f" || echo "$f" >>"$TMPDIR/unspoiled"
	done
	check "$what: every file" test ! -s "$TMPDIR/unspoiled"
	same_scan "$what" env
	# What can be replaced is replaced, and serves again.
	same_scan "$what, and again" env
}

spoiled "emptied" ': >"$1"'
spoiled "cut" 'head -c 200 "$1" >"$1.x" && mv "$1.x" "$1"'
spoiled "cut by a byte" 'n=$(wc -c <"$1"); head -c $((n - 1)) "$1" >"$1.x" && mv "$1.x" "$1"'
spoiled "longer" 'echo >>"$1"'
spoiled "a byte changed" 'python3 -c "
import sys
b = bytearray(open(sys.argv[1], \"rb\").read())
b[len(b) // 2] ^= 1
open(sys.argv[1], \"wb\").write(b)" "$1"'
spoiled "noise" 'echo noise >"$1"'
spoiled "a good checksum of nonsense" 'printf nonsense >"$1" && printf "%s\0nonsense" "${1##*/}" | sha256sum | cut -c 1-64 | tr -d "\n" >>"$1"'
spoiled "a checked inventory with more behind it" 'python3 -c "
import hashlib, sys
name = sys.argv[1].split(\"/\")[-1][:97].encode() + bytes(1)
b = open(sys.argv[1], \"rb\").read()[:-64] + b\"x\"
open(sys.argv[1], \"wb\").write(b + hashlib.sha256(name + b).hexdigest().encode())" "$1"'
spoiled "a symbolic link to itself as it was" 'cp "$1" "$1.real" && ln -sf "$1.real" "$1"'
spoiled "a symbolic link to nowhere" 'rm "$1" && ln -s /nonexistent "$1"'
spoiled "a folder" 'rm "$1" && mkdir "$1"'
spoiled "a pipe" 'rm "$1" && mkfifo "$1"'

# An inventory that says something else, whole and with a right checksum, of another owner: it is not ours.
forged='python3 -c "
import hashlib, sys
name = sys.argv[1].split(\"/\")[-1][:97].encode() + bytes(1)
b = open(sys.argv[1], \"rb\").read()[:-64].replace(b\"openssl\", b\"opensXX\")
open(sys.argv[1], \"wb\").write(b + hashlib.sha256(name + b).hexdigest().encode())" "$1"'
if [ "$(id -u)" = 0 ]; then
	spoiled "another owner's" "$forged && chown 12345 \"\$1\""
	spoiled "a symbolic link to what says something else" "cp \"\$1\" \"\$1.other\" && sh -c '$(echo "$forged" | sed "s/'/'\\\\''/g")' sh \"\$1.other\" && ln -sf \"\$1.other\" \"\$1\""
else
	skip "another owner's files" "only root can make them"
fi

# ---- What others left unfinished ----

rm -rf "$SCANSTEP_CACHE_DIR"
mkdir -p "$LAYERS"
: >"$LAYERS/.scanstep-oldone"
: >"$LAYERS/.scanstep-longer1"
touch -d '2 days ago' "$LAYERS"/.scanstep-*
: >"$LAYERS/.scanstep-newone"
same_scan "beside unfinished files" env
check "one that is old goes" test ! -e "$LAYERS/.scanstep-oldone"
check "one that is new stays: somebody may be at it" test -e "$LAYERS/.scanstep-newone"
check "what is not called so stays" test -e "$LAYERS/.scanstep-longer1"

# ---- Never larger than it may be ----

# Files of holes: 150 MiB each, the limit is 256 MiB.
rm -rf "$SCANSTEP_CACHE_DIR"
mkdir -p "$LAYERS"
older=$(printf %064d-%032d 1 1) newer=$(printf %064d-%032d 2 2)
truncate -s 150M "$LAYERS/$older" "$LAYERS/$newer"
: >"$LAYERS/$older.x"
touch -d '2 years ago' "$LAYERS/$older" "$LAYERS/$older.x"
touch -d '1 year ago' "$LAYERS/$newer"
same_scan "beside too much" env
check "what has no name of ours stays, however old" test -e "$LAYERS/$older.x"
check "the longest unused goes" test ! -e "$LAYERS/$older"
check "what there is room for stays" test -e "$LAYERS/$newer"
rm "$LAYERS/$older.x"
find "$LAYERS" -type f -size -1024k >"$TMPDIR/kept"
check "our own stay" test -s "$TMPDIR/kept"
# All of ours are older by their times, but those that serve are fresh again. One is made anew, so that it is cleaned up.
rm "$(head -n 1 "$TMPDIR/kept")"
while read -r f; do
	[ ! -e "$f" ] || touch -d '3 years ago' "$f"
done <"$TMPDIR/kept"
truncate -s 300M "$LAYERS/$newer"
touch -d '1 year ago' "$LAYERS/$newer"
same_scan "with what serves" env
check "what nobody used goes" test ! -e "$LAYERS/$newer"
find "$LAYERS" -type f >"$TMPDIR/left"
sort "$TMPDIR/kept" >"$TMPDIR/kept.sorted"
sort "$TMPDIR/left" >"$TMPDIR/left.sorted"
check_same "what served stays" "$TMPDIR/kept.sorted" "$TMPDIR/left.sorted"

# ---- Folders that cannot be used ----

# name, how often it is said
folder_scan()
{
	same_scan "$1" env
	says_cache "$2"
}

rm -rf "$SCANSTEP_CACHE_DIR"
mkdir -p "$LAYERS"
chmod 0770 "$LAYERS"
folder_scan "a folder that the group may write to" 1
chmod 0707 "$LAYERS"
folder_scan "a folder that all may write to" 1
chmod 0700 "$LAYERS"
folder_scan "a folder of our own" 0
rm -rf "$LAYERS"
: >"$LAYERS"
folder_scan "a file in its place" 1
rm -rf "$SCANSTEP_CACHE_DIR"
: >"$SCANSTEP_CACHE_DIR"
folder_scan "a file above" 1
rm -f "$SCANSTEP_CACHE_DIR"
mkdir -p "$SCANSTEP_CACHE_DIR" "$TMPDIR/elsewhere"
ln -s "$TMPDIR/elsewhere" "$LAYERS"
folder_scan "a symbolic link in its place" 1
find "$TMPDIR/elsewhere" -type f >"$TMPDIR/left"
check_same "which nothing is written through" /dev/null "$TMPDIR/left"
rm -rf "$SCANSTEP_CACHE_DIR"
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$LAYERS"
	chown 12345 "$LAYERS"
	folder_scan "another owner's folder" 1
	rm -rf "$SCANSTEP_CACHE_DIR"
	mkdir -p "$SCANSTEP_CACHE_DIR"
	if mount -t tmpfs -o ro scanstep-test "$SCANSTEP_CACHE_DIR" 2>"$TMPDIR/why"; then
		trap 'umount "$SCANSTEP_CACHE_DIR"' EXIT
		folder_scan "a folder that is read-only" 1
		trap - EXIT
		umount "$SCANSTEP_CACHE_DIR"
	else
		skip "a folder that is read-only" "root may write everywhere, and no file system can be mounted here"
	fi
else
	mkdir -p "$LAYERS"
	chmod 0500 "$LAYERS"
	folder_scan "a folder that is read-only" 1
	chmod 0700 "$LAYERS"
fi
rm -rf "$SCANSTEP_CACHE_DIR"

# A full disk: a file system of one page and a few files.
mkdir -p "$SCANSTEP_CACHE_DIR"
if mount -t tmpfs -o size=4k,nr_inodes=64,mode=0700 scanstep-test "$SCANSTEP_CACHE_DIR" 2>"$TMPDIR/why"; then
	trap 'umount "$SCANSTEP_CACHE_DIR"' EXIT
	mkdir -m 0700 "$LAYERS"
	head -c 4096 /dev/zero >"$SCANSTEP_CACHE_DIR/filler" 2>/dev/null
	folder_scan "a full disk" 1
	find "$LAYERS" -type f >"$TMPDIR/left"
	check_same "a full disk: no half of a file" /dev/null "$TMPDIR/left"
	trap - EXIT
	umount "$SCANSTEP_CACHE_DIR"
else
	skip "a full disk" "no file system can be mounted here: $(head -n 1 "$TMPDIR/why")"
fi
finish
