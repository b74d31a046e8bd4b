# shellcheck shell=sh
# A scan of a registry's image writes nothing but its reports, and what the cache is for.
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"

SCANSTEP_OFFLINE=1
SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_OFFLINE SCANSTEP_DEBUG_RETRY_MS
OUT=$TMPDIR/out
SCANSTEP_CACHE_DIR=$TMPDIR/cache
NOWHERE=$TMPDIR/absent
TRACE=$TMPDIR/trace
DB=$TMPDIR/advisories.sqlite
export SCANSTEP_CACHE_DIR
mkdir -p "$OUT" "$SCANSTEP_CACHE_DIR" "$TMPDIR/image/tree/opt"

# A layer that is not small, however it is kept.
head -c 3000000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" \
	>"$TMPDIR/image/tree/opt/large"
cp -R tests/fixtures/image/debian/layer0 "$TMPDIR/image/layer0"
printf 'layer\ntree layer0\nlayer COPY tree /\ntree tree\nlayer\nfile etc/hostname x\n' >"$TMPDIR/image/Layerfile"
sh tests/mkimage.sh "$TMPDIR/image" oci gzip "$TMPDIR/oci" || exit 1
registry_start open || exit 1
image=127.0.0.1:$PORT/team/app:1
registry_push "$TMPDIR/oci" "$image" || exit 1
check "a database" "$SCANSTEP" db build --db "$DB" --from tests/fixtures/db/feeds

# scan FLAG...: with no folder for anything temporary
scan()
{
	TMPDIR=$NOWHERE "$SCANSTEP" scan --db "$DB" -o "json=$OUT/report.json" "$@" "$image"
}

# ---- Without a cache: nothing.

check "without a folder for temporary files" scan --no-cache
check_text "everything is found" '"name": "libssl3"' "$OUT/report.json"
cp "$OUT/report.json" "$TMPDIR/wanted.json"
find "$OUT" ! -path "$OUT" | sed "s|^$OUT/||" >"$TMPDIR/left"
echo report.json >"$TMPDIR/report"
check_same "and nothing is there but the report" "$TMPDIR/report" "$TMPDIR/left"

# Blocks of 512 bytes: less than a layer, more than the report. Whoever wrote more to any file would be killed.
limited()
{
	(ulimit -f 1000 && scan --no-cache)
}
check "no file may grow to a layer's size" limited

# opened: of strace's lines, the paths that were opened, made or named to be written
opened()
{
	grep -e O_WRONLY -e O_RDWR -e O_CREAT -e O_TMPFILE -e mkdir -e mknod -e 'creat(' -e rename -e link -e memfd_create "$1" |
		grep -v -e ' = -1 ' -e 'readlink' -e 'unlink' -e '/dev/null"' -e 'resumed>' |
		sed -e "s|\"$OUT/\.scanstep-[A-Za-z0-9]*\"|REPORT|g" -e "s|\"$OUT/report.json\"|REPORT|g" |
		sed -e 's/^[0-9]* *//' -e 's/(AT_FDCWD, /(/' -e 's/, O_.*/ to write/' -e 's/) *=.*/)/' | sort -u
}
if ! command -v strace >/dev/null; then
	skip "what is opened" "strace is not installed"
elif ! strace -o /dev/null true 2>/dev/null; then
	skip "what is opened" "nothing may be traced here"
else
	traced()
	{
		# LeakSanitizer does not work for who is traced.
		TMPDIR=$NOWHERE ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99}:detect_leaks=0 strace -f -qq \
			-e trace=file,memfd_create -o "$TRACE" "$SCANSTEP" scan --db "$DB" \
			-o "json=$OUT/report.json" --no-cache "$image"
	}
	check "as strace sees it" traced
	check_text "it sees the report" "\.scanstep-" "$TRACE"
	opened "$TRACE" >"$TMPDIR/opened"
	printf 'openat(REPORT to write\nrename(REPORT, REPORT)\n' >"$TMPDIR/wanted"
	check_same "nothing else is opened to be written" "$TMPDIR/wanted" "$TMPDIR/opened"
fi

# ---- With one: inventories and documents, which are small and named as such.

check "with a cache" scan
check "and once more" scan
sed '/"scanned_at"/d' "$TMPDIR/wanted.json" >"$TMPDIR/first"
sed '/"scanned_at"/d' "$OUT/report.json" >"$TMPDIR/second"
check_same "the report is the same" "$TMPDIR/first" "$TMPDIR/second"
find "$SCANSTEP_CACHE_DIR" -type f >"$TMPDIR/files"
check "something is kept" test -s "$TMPDIR/files"
sed "s|^$SCANSTEP_CACHE_DIR/||" "$TMPDIR/files" |
	grep -v -x -e 'layers/[0-9a-f]\{64\}-[0-9a-f]\{32\}' -e 'documents/sha256-[0-9a-f]\{64\}' >"$TMPDIR/others"
check_same "nothing but inventories and documents" /dev/null "$TMPDIR/others"
find "$SCANSTEP_CACHE_DIR" -type f -size +64k >"$TMPDIR/big"
check_same "none of a layer's size" /dev/null "$TMPDIR/big"

# Neither as it came nor as it is in the layer.
python3 - "$SCANSTEP_CACHE_DIR" "$TMPDIR/oci/blobs/sha256" "$TMPDIR/image/tree/opt/large" >"$TMPDIR/parts" <<'EOF2'
import glob, os, sys
kept = {p: open(p, "rb").read() for p in glob.glob(sys.argv[1] + "/**", recursive=True) if os.path.isfile(p)}
for source in sorted(glob.glob(sys.argv[2] + "/*")) + [sys.argv[3]]:
    data = open(source, "rb").read()
    if data[:1] == b"{":  # a document
        continue
    for path, bytes in kept.items():
        if any(data[at:at + 64] in bytes for at in range(0, len(data) - 64, 50000)):
            print(path, "holds bytes of", source)
EOF2
check_same "none holds bytes of a layer" /dev/null "$TMPDIR/parts"
finish
