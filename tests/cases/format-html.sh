# shellcheck shell=sh
# The html report of every stored report: what tests/reports/html_page.py holds a page to, and the bounds of a large one.
. tests/lib.sh

command -v python3 >/dev/null || skip_all "python3 reads the pages, and is not installed"
format=$BUILD/tests/drivers/format

# name, page, report, least severity that is listed
page()
{
	check "$1" python3 tests/reports/html_page.py "$2" "$3" "${4:-negligible}"
}

for report in tests/fixtures/report/*.json; do
	case=$(basename "$report" .json)
	"$format" html <"$report" >"$TMPDIR/$case.html"
	page "$case" "$TMPDIR/$case.html" "$report"
done
"$format" html --report-min high <tests/fixtures/report/many.json >"$TMPDIR/min.html"
page "many --report-min high" "$TMPDIR/min.html" tests/fixtures/report/many.json high
check_text "says what it does not list" '9 findings under --report-min high are counted, not listed' "$TMPDIR/min.html"
check_no_text "and does not list it" 'CVE-2024-2511' "$TMPDIR/min.html"

# ---- What the checks are worth: each of these must be refused ----

# name, sed's command on a good page
refused()
{
	sed "$2" "$TMPDIR/many.html" >"$TMPDIR/bad.html"
	check_status 1 "refused: $1" python3 tests/reports/html_page.py "$TMPDIR/bad.html" tests/fixtures/report/many.json
}

refused "a style attribute" 's|<h1>|<h1 style="color:red">|'
refused "a handler" 's|<h1>|<h1 onclick="x()">|'
refused "another script" 's|<h1>|<script></script><h1>|'
refused "a picture from elsewhere" 's|<h1>|<img src="https://example.com/x"><h1>|'
refused "a link that is no web address" 's|https://security-tracker|javascript:|'
refused "a finding that is gone" 's|>CVE-2011-4116<|><|'
refused "a script that the policy does not know" 's|"use strict";|"use strict"; 1;|'
refused "a policy that allows more" "s|default-src 'none'|default-src *|"

# ---- The page as a person reads it ----

check_text "the verdict" '<h2 id="verdict-heading">FAILED</h2>' "$TMPDIR/many.html"
check_text "an upgrade, and what it closes" 'to <strong class="version">7.88.1-10+deb12u4</strong>' "$TMPDIR/many.html"
check_text "who brought it" 'brought by <a href="#layer-2">layer 2</a>: <code>RUN apt-get install' "$TMPDIR/many.html"
check_text "an end of an approval" '<td class="until">2027-03-31T12:00:00Z</td>' "$TMPDIR/suppressed.html"
check_text "a gap" '<strong class="kind">Not read</strong>: ' "$TMPDIR/gaps.html"
check_text "that there are none" 'No gaps: ' "$TMPDIR/many.html"

# ---- A large one ----

python3 - >"$TMPDIR/large.json" <<-'EOF'
	import json
	report = json.load(open("tests/fixtures/report/one.json"))
	finding = report["findings"][0]
	layer = {"layer": report["image"]["layers"][0]["digest"]}
	report["packages"] = [{**finding["package"], **layer, "name": f"p{i}", "source_name": f"p{i}"} for i in range(6000)]
	report["findings"] = [{**finding, "id": f"CVE-2026-{10000 + i}",
	    "package": {**finding["package"], "name": f"p{i}", "source_name": f"p{i}"}} for i in range(2600)]
	report["gaps"] = [{"kind": "unread", "packages": 0, "layer": None, "path": f"a/{i}", "reason": f"reason {i}"} for i in range(300)]
	json.dump(report, __import__("sys").stdout)
EOF
"$format" html <"$TMPDIR/large.json" >"$TMPDIR/large.html"
page "2,600 findings" "$TMPDIR/large.html" "$TMPDIR/large.json"
check_count "are all listed" 2600 '<tbody class="finding ' "$TMPDIR/large.html"
check_count "in tables of 500" 6 '<table class="findings">' "$TMPDIR/large.html"
check_count "with details of the worst" 1000 '<div class="more">' "$TMPDIR/large.html"
check_text "of which it says so" 'The worst 1000 of 2600 rows have details' "$TMPDIR/large.html"
check_text "100 upgrades, and how many more" '2500 packages more can be upgraded' "$TMPDIR/large.html"
check_text "200 gaps, and how many more" '<li>And 100 more' "$TMPDIR/large.html"
check_text "5,000 packages, and how many there are" 'The first 5000 of 6000 are listed' "$TMPDIR/large.html"
finish
