# Allow-lists: tests/fixtures/policy/allowlist/CASE/in applied to fixtures/policy/findings.tsv gives CASE/out.
# What is hostile and large is made here.
# shellcheck shell=sh
. tests/lib.sh

case $BUILD in
/*) driver=$BUILD/tests/drivers/allowlist ;;
*) driver=$PWD/$BUILD/tests/drivers/allowlist ;;
esac
findings=$PWD/tests/fixtures/policy/findings.tsv

# apply FILE THRESHOLD: what comes of it, in $TMPDIR/got.
apply()
{
	(cd "$(dirname "$1")" && timeout 60 "$driver" "$(basename "$1")" "$findings" "$2" 2026-06-15T12:00:00Z) \
		>"$TMPDIR/got" 2>&1
}

for dir in tests/fixtures/policy/allowlist/*/; do
	case=${dir%/}
	apply "$case/in" medium
	check_same "${case##*/}" "$case/out" "$TMPDIR/got"
done

: >"$TMPDIR/empty"
for threshold in none negligible critical; do
	apply "$TMPDIR/empty" "$threshold"
	grep '	' "$TMPDIR/got" | cut -f 1 | paste -s -d ' ' - >"$TMPDIR/$threshold"
done
echo "open open open open open open" >"$TMPDIR/wanted"
check_same "without a threshold nothing is below it" "$TMPDIR/wanted" "$TMPDIR/none"
check_same "nothing is below negligible" "$TMPDIR/wanted" "$TMPDIR/negligible"
echo "below below below open open below" >"$TMPDIR/wanted"
check_same "unknown is never below" "$TMPDIR/wanted" "$TMPDIR/critical"

# refused NAME PATTERN: $TMPDIR/hostile is an error of status 2 that says so.
refused()
{
	apply "$TMPDIR/hostile" medium
	check_text "$1" "^error 2: allow-list hostile: .*$2" "$TMPDIR/got"
}

head -c 50000 /dev/zero | tr '\0' '[' >"$TMPDIR/hostile"
refused "50,000 open lists" "line 1, column 33: nested deeper than 32"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{a: " }' >"$TMPDIR/hostile"
refused "20,000 open maps" "line 1, .*nested deeper than 32"
awk 'BEGIN { for (i = 0; i < 1200; i++) printf "%*sa:\n", i, "" }' >"$TMPDIR/hostile" 2>/dev/null
refused "indented 1,200 deep" "line 33, column 33: nested deeper than 32"
awk 'BEGIN { print "- &a0 x"; for (i = 1; i < 72; i++) printf "- &a%d [*a%d, *a%d]\n", i, i - 1, i - 1 }' >"$TMPDIR/hostile"
refused "an alias bomb" "line 1, column 3: anchors are not allowed"
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "- &a%d x\n", i }' >"$TMPDIR/hostile"
refused "60,000 anchors" "line 1, column 3: anchors are not allowed"
head -c 100000000 /dev/zero | tr '\0' '#' >"$TMPDIR/hostile"
refused "100 MB" "larger than the limit of 1048576 bytes"
rm "$TMPDIR/hostile"
refused "a file that is not there" "No such file"
mkdir "$TMPDIR/hostile"
refused "a folder" "Is a directory"
rmdir "$TMPDIR/hostile"

# Many entries for many findings: the time grows with their sum.
awk 'BEGIN { for (i = 0; i < 9000; i++) printf "- {id: CVE-2024-%d, reason: x}\n", 1000 + i }' >"$TMPDIR/hostile"
apply "$TMPDIR/hostile" medium
check "9,000 unused entries are all said" test "$(grep -c allowlist-unused "$TMPDIR/got")" -eq 9000
awk 'BEGIN { for (i = 0; i < 9000; i++) printf "- {id: CVE-2024-0001, reason: x%d, package: p%d}\n", i, i
	print "- {id: CVE-2024-0001, reason: last, package: openssl, image: \"*/app\"}" }' >"$TMPDIR/hostile"
apply "$TMPDIR/hostile" medium
check "of 9,000 entries of one id the package's holds" test "$(grep -c '^allowed.*last$' "$TMPDIR/got")" -eq 2
check "and the others are unused" test "$(grep -c allowlist-unused "$TMPDIR/got")" -eq 9000
{
	printf -- '- {id: CVE-2024-0004, reason: x, image: "'
	head -c 512 /dev/zero | sed 's/\o0/*a/g'
	printf '"}\n'
} >"$TMPDIR/hostile"
apply "$TMPDIR/hostile" medium
check_text "a pattern of 512 stars" "^allowlist-unused" "$TMPDIR/got"
sed 's/"}/*"}/' "$TMPDIR/hostile" >"$TMPDIR/longer"
mv "$TMPDIR/longer" "$TMPDIR/hostile"
refused "a pattern of 1,025 bytes" "entry 1: image is longer than the limit of 1024 bytes"

finish
