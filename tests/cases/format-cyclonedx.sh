# shellcheck shell=sh
# CycloneDX: the golden files and reports that no scan makes agree with our json and the schema; what does not fit
# into GitLab's 5 MB is left out in the order that formatters/cyclonedx.h has, and said to be.
. tests/lib.sh

format=$BUILD/tests/drivers/format
schemas=../shared/schemas/cyclonedx
limited=

for f in tests/golden/cyclonedx/*.json; do
	check "agrees with our json: $f" python3 tests/reports/bom.py cyclonedx "tests/golden/json/${f##*/}" "$f"
done

# name, what is left out...: of $TMPDIR/stored.json
agrees()
{
	report=$1
	bom=$TMPDIR/$1.cdx.json
	shift
	status=0
	"$format" json <"$TMPDIR/stored.json" >"$TMPDIR/ours.json" 2>"$TMPDIR/why" &&
		"$format" cyclonedx <"$TMPDIR/stored.json" >"$bom" 2>"$TMPDIR/why" || status=$?
	if [ "$status" -ne 0 ]; then
		fail "$report: written" <"$TMPDIR/why"
		return
	fi
	check "$report: agrees with our json" python3 tests/reports/bom.py cyclonedx "$TMPDIR/ours.json" "$bom" "$@"
	limited="$limited $bom"
}

python3 tests/reports/odd.py odd >"$TMPDIR/stored.json"
agrees odd
check_count "a finding that is there twice is told once, with others of its vulnerability" 3 '"id": "CVE-2026-0100"' "$TMPDIR/odd.cdx.json"
check_count "findings that differ in one fact each stay apart" 9 '"id": "CVE-2026-0400"' "$TMPDIR/odd.cdx.json"

# What fits is whole, and laid out for people only while it fits so.
details="details of vulnerabilities"
texts="texts beyond 200 characters"
properties="properties of packages"
bare="recommendations, references and fingerprints of vulnerabilities"
many()
{
	python3 tests/reports/odd.py many "$2" "$3" "$4" >"$TMPDIR/stored.json"
	report=$1
	shift 4
	agrees "$report" "$@"
}
many whole 200 3000 0
check_text "a document that fits has lines" '^  "specVersion": "1.6"' "$TMPDIR/whole.cdx.json"
many compact 400 7000 0
check "a larger one has one" test "$(wc -l <"$TMPDIR/compact.cdx.json")" -eq 1
many no-details 400 7000 5000 "$details"
many short 3000 6000 1000 "$details" "$texts"
many no-properties 2000 9000 800 "$details" "$texts" "$properties"
many bare 6000 10000 800 "$details" "$texts" "$properties" "$bare"
many fewer-findings 12000 27000 100 "$details" "$texts" "$properties" "$bare" "of 12000 findings: the least severe"
many huge 12000 32000 100 "$details" "$texts" "$properties" "$bare" "of 12000 findings: the least severe" \
	"of 32000 packages: none that a finding of this document is of"
cp "$TMPDIR/huge.cdx.json" "$TMPDIR/first.json"
"$format" cyclonedx <"$TMPDIR/stored.json" >"$TMPDIR/huge.cdx.json"
check_same "written again, the same bytes" "$TMPDIR/first.json" "$TMPDIR/huge.cdx.json"
"$format" cyclonedx --report-min critical <tests/fixtures/report/many.json >"$TMPDIR/got.json"
check_same "--report-min leaves nothing out" tests/golden/cyclonedx/many.json "$TMPDIR/got.json"

# The checker can fail.
sed 's/"severity": "high"/"severity": "low"/' tests/golden/cyclonedx/one.json >"$TMPDIR/wrong.json"
check_status 1 "another severity is noticed" python3 tests/reports/bom.py cyclonedx tests/golden/json/one.json "$TMPDIR/wrong.json"
sed 's/"ref": "pkg:deb/"ref": "pkg:rpm/' tests/golden/cyclonedx/one.json >"$TMPDIR/wrong.json"
check_status 1 "a reference to nothing is noticed" python3 tests/reports/bom.py cyclonedx tests/golden/json/one.json "$TMPDIR/wrong.json"

if ! [ -d "$schemas" ]; then
	skip "CycloneDX's schema" "$schemas is not beside the tree"
elif ! python3 -c 'import jsonschema' 2>/dev/null; then
	skip "CycloneDX's schema" "python3-jsonschema is not installed"
else
	check "golden files are valid" python3 tests/validate.py "$schemas/bom-1.6.schema.json" tests/golden/cyclonedx/*.json
	# What a level leaves out, it leaves out of each element: a part of thousands that are alike takes a tenth of the time.
	# shellcheck disable=SC2086
	python3 - $limited <<-'EOF'
		import json, sys
		for path in sys.argv[1:]:
		    with open(path, encoding="utf-8") as f:
		        bom = json.load(f)
		    for name in ("components", "vulnerabilities"):
		        bom[name] = bom[name][:150] + bom[name][-150:] if len(bom[name]) > 300 else bom[name]
		    with open(path, "w", encoding="utf-8") as f:
		        json.dump(bom, f)
	EOF
	# shellcheck disable=SC2086
	check "all others are" python3 tests/validate.py "$schemas/bom-1.6.schema.json" $limited
	sed 's/"severity": "high"/"severity": "HIGH"/' tests/golden/cyclonedx/one.json >"$TMPDIR/wrong.json"
	check_status 1 "a wrong word is not" python3 tests/validate.py "$schemas/bom-1.6.schema.json" "$TMPDIR/wrong.json"
fi
finish
