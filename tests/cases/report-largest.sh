# shellcheck shell=sh
# Takes long.
# The largest report that there is: what is kept, what is said to be left out, and that it reads back.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the reports, and is not installed"
fi

format=$BUILD/tests/drivers/format

# name: the stored report as that format into $TMPDIR/huge.NAME
rendered()
{
	# shellcheck disable=SC2016
	check "the largest report as $1" sh -c '"$1" "$2" <"$3" >"$4"' sh "$format" "$1" "$TMPDIR/stored.json" "$TMPDIR/huge.$1"
}

python3 tests/reports/make.py --findings 50000 --packages 100000 --messages 10000 --full >"$TMPDIR/stored.json"
check_count "the input has no fingerprints" 0 '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/stored.json"
for name in table json sarif; do
	rendered "$name"
done
check_count "json has all findings" 50000 '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/huge.json"
check_count "and all packages" 150000 '"source_name"' "$TMPDIR/huge.json"
check_count "and all notices" 10000 '"notice ' "$TMPDIR/huge.json"
check_count "and all gaps" 10000 '"no reason"' "$TMPDIR/huge.json"
check_count "the table has a row or a line of each" 50000 '^  [-a-z]* .*CVE-' "$TMPDIR/huge.table"
check_count "sarif has 5,000 results" 5000 '"ruleId"' "$TMPDIR/huge.sarif"
check_text "and says how many are left out" '[0-9]* of [0-9]* results are left out' "$TMPDIR/huge.sarif"
mv "$TMPDIR/huge.json" "$TMPDIR/stored.json"
rendered json
check_same "and reads back to the same bytes" "$TMPDIR/stored.json" "$TMPDIR/huge.json"
python3 tests/reports/make.py --findings 0 --packages 0 --messages 10001 >"$TMPDIR/stored.json"
check_status 2 "one more is refused" "$SCANSTEP" convert "$TMPDIR/stored.json"
check_text "and it says of what" '/notices: has more than 10000 elements' "$TMPDIR/stderr"
finish
