# Every feed on its fixtures: tests/fixtures/feed/<row>/<case>/
#
#	in.json, in.yaml, in.tsv   the document
#	out.tsv                    what the driver must say (tests/drivers/feed.c)
#
# A case is called ok- when nothing of it may be refused; bad- when records or the document must be;
# hostile- when it is an attack, or what arrives instead of a document.
# shellcheck shell=sh
. tests/lib.sh

FEED=$BUILD/tests/drivers/feed

for in in tests/fixtures/feed/*/*/in.*; do
	dir=${in%/*}
	case=${dir##*/}
	row=${dir%/*}
	row=${row##*/}
	"$FEED" "$row" "$in" >"$TMPDIR/out" 2>&1
	check_same "$row: $case" "$dir/out.tsv" "$TMPDIR/out"
	case $case in
	ok-*)
		check_text "$row: $case is claimed" "^claims.$row\$" "$TMPDIR/out"
		check_no_text "$row: $case is not refused" '^error' "$TMPDIR/out"
		;;
	bad-*) check_text "$row: $case is told" '^error\|^skip' "$TMPDIR/out" ;;
	esac
done

# Long documents: a package of 50 MB among others, and one that never ends.
awk 'BEGIN {
	print "{\"first\": {\"CVE-2020-0001\": {\"releases\": {\"sid\": {\"status\": \"open\"}}}},"
	print "\"large\": {"
	for (i = 0; i < 100000; i++)
		printf "\"CVE-2021-%d\": {\"description\": \"%400s\", \"releases\": {\"sid\": {\"status\": \"open\"}}},\n", i + 10000, "x"
	print "\"CVE-2020-0002\": {\"releases\": {\"sid\": {\"status\": \"open\"}}}},"
	print "\"last\": {\"CVE-2020-0003\": {\"releases\": {\"sid\": {\"status\": \"open\"}}}}}"
}' >"$TMPDIR/in"
"$FEED" debian "$TMPDIR/in" >"$TMPDIR/out" 2>&1
check "debian: a package of 50 MB is read whole" test "$(grep -c '^affected' "$TMPDIR/out")" -eq 100003
check_no_text "debian: and nothing is refused" '^error\|^skip' "$TMPDIR/out"

awk 'BEGIN { printf "{\"a\": ["; for (i = 0; i < 4100000; i++) printf "{},"; print "0]}" }' >"$TMPDIR/in"
"$FEED" debian "$TMPDIR/in" >"$TMPDIR/out" 2>&1
check_text "debian: four million empty objects are refused" '^error.*more than 4000000 values' "$TMPDIR/out"

awk 'BEGIN { print "distroversion: v3.10\npackages:"; for (i = 0; i < 4100000; i++) print " -" }' >"$TMPDIR/in"
"$FEED" alpine "$TMPDIR/in" >"$TMPDIR/out" 2>&1
check_text "alpine: three million list items are refused" '^error.*more values' "$TMPDIR/out"

head -c 68157440 /dev/zero | tr '\0' ' ' >"$TMPDIR/in"
for row in alpine osv; do
	"$FEED" "$row" "$TMPDIR/in" >"$TMPDIR/out" 2>&1
	check_text "$row: 65 MiB are refused" '^error.*67108864' "$TMPDIR/out"
done

finish
