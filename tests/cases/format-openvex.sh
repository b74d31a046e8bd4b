# shellcheck shell=sh
# OpenVEX: a statement for each finding, with the status that policy gave it; valid by the schema, but for what it has
# no way to say: that there is no finding.
. tests/lib.sh

format=$BUILD/tests/drivers/format
schema=../shared/schemas/openvex/openvex_json_schema-0.2.0.json

for f in tests/golden/openvex/*.json; do
	check "agrees with our json: $f" python3 tests/reports/bom.py openvex "tests/golden/json/${f##*/}" "$f"
done
python3 tests/reports/odd.py odd >"$TMPDIR/stored.json"
"$format" json <"$TMPDIR/stored.json" >"$TMPDIR/ours.json"
"$format" openvex <"$TMPDIR/stored.json" >"$TMPDIR/odd.json"
check "twins, purls that are none, and unknown justifications" python3 tests/reports/bom.py openvex "$TMPDIR/ours.json" "$TMPDIR/odd.json"
check_text "a justification in no term of the format's is told" '"impact_statement": "nonsense"' "$TMPDIR/odd.json"
check_count "none at all, too" 2 '"impact_statement": "Said not to be affected, without a reason."' "$TMPDIR/odd.json"
"$format" openvex --report-min critical <tests/fixtures/report/many.json >"$TMPDIR/got.json"
check_same "--report-min leaves nothing out" tests/golden/openvex/many.json "$TMPDIR/got.json"

# A scan at another time, or of the same image judged otherwise, is another document.
id()
{
	grep -m 1 '^  "@id"' "$1"
}
sed 's/"scanned_at": "2026-11-22T08:00:00Z"/"scanned_at": "2026-11-22T08:00:01Z"/' tests/fixtures/report/one.json >"$TMPDIR/later.json"
"$format" openvex <"$TMPDIR/later.json" >"$TMPDIR/got.json"
check "another time, another id" test "$(id "$TMPDIR/got.json")" != "$(id tests/golden/openvex/one.json)"
sed 's/"standing": "open"/"standing": "below"/' tests/fixtures/report/one.json >"$TMPDIR/below.json"
"$format" openvex <"$TMPDIR/below.json" >"$TMPDIR/got.json"
check "another judgement, another id" test "$(id "$TMPDIR/got.json")" != "$(id tests/golden/openvex/one.json)"

# The checker can fail.
sed 's/"status": "affected"/"status": "fixed"/' tests/golden/openvex/one.json >"$TMPDIR/wrong.json"
check_status 1 "another status is noticed" python3 tests/reports/bom.py openvex tests/golden/json/one.json "$TMPDIR/wrong.json"

if ! [ -f "$schema" ]; then
	skip "OpenVEX's schema" "$schema is not beside the tree"
elif ! python3 -c 'import jsonschema' 2>/dev/null; then
	skip "OpenVEX's schema" "python3-jsonschema is not installed"
else
	for f in tests/golden/openvex/*.json "$TMPDIR/odd.json"; do
		if grep -q '"statements": \[\]' "$f"; then
			check_status 1 "without findings: $f" python3 tests/validate.py "$schema" "$f"
			check_count "one thing is refused: $f" 1 '^' "$TMPDIR/stdout"
			check_text "that there is nothing to state: $f" ' /statements \[\] ' "$TMPDIR/stdout"
		else
			check "valid: ${f#"$TMPDIR/"}" python3 tests/validate.py "$schema" "$f"
		fi
	done
fi
finish
