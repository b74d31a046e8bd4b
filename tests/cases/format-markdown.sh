# shellcheck shell=sh
# markdown: what GitHub's renderer makes of it: text is text, tables stay whole, links are ours, and it always fits.
. tests/lib.sh

format=$BUILD/tests/drivers/format

if ! command -v python3 >/dev/null; then
	skip_all "python3 reads what is rendered, and is not installed"
fi

# FILE.json HTML [MARKDOWN]: HTML is what a renderer made of the report.
cat >"$TMPDIR/rendered.py" <<'EOF'
import json, re, sys
from html.parser import HTMLParser

OURS = {"h2", "h3", "p", "ul", "li", "strong", "code", "a", "details", "summary",
        "table", "thead", "tbody", "tr", "th", "td"}
# Where text stands that neither site looks for references in.
QUIET = {"code", "a"}
REFERENCE = re.compile(r"[@#!~$%^&][\w\"]|:[\w+-]+:|://|www\.|\bGH-\d|\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,40}\b", re.I)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.links, self.rows, self.wrong, self.text = [], [], [], [], ""

    def handle_starttag(self, tag, attributes):
        allowed = {"a": {"href"}, "td": {"align"}, "th": {"align"}}.get(tag, set())
        if tag not in OURS or not {name for name, _ in attributes} <= allowed:
            self.wrong.append(self.get_starttag_text())
        if tag == "a":
            self.links.append(dict(attributes)["href"])
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data):
        self.text += data
        if self.rows and ("td" in self.open or "th" in self.open):
            self.rows[-1][-1] += data
        if not QUIET & set(self.open) and REFERENCE.search(data):
            self.wrong.append(data)

    def handle_comment(self, data):
        self.wrong.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


with open(sys.argv[1], encoding="utf-8") as f:
    report = json.load(f)
page = Page()
with open(sys.argv[2], encoding="utf-8") as f:
    page.feed(f.read())
page.close()
assert not page.wrong and not page.open, (page.wrong, page.open)
addresses = {f["url"] for f in report["findings"] if re.fullmatch(r"https?://[!-;=?-~]+", f["url"] or "")}
assert set(page.links) <= addresses, set(page.links) - addresses

# A row for each finding, with all six cells.
severities = {"Critical", "High", "Medium", "Low", "Negligible", "Unknown"}
rows = [row for row in page.rows if len(row) == 6 and row[0] in severities]
assert len(rows) == len(report["findings"]), (len(rows), len(report["findings"]))
assert all(row[1] and row[2] and row[3] and row[4] for row in rows), rows
assert {len(row) for row in page.rows} <= {2, 4, 6, 8}, {len(row) for row in page.rows}
for f in report["findings"]:
    for word in re.split(r"[^\x21-\x7e]+", f["id"]):
        assert word in page.text, word
if len(sys.argv) > 3:
    with open(sys.argv[3], encoding="utf-8") as f:
        lines = f.read().split("\n")
    begins = r"## [A-Z]|### [A-Z0-9]|scanstep looked at |\| |\|:--\||- \S|</?details>$|<summary>\d+ |and \d+ more|Not listed: \d|$"
    assert all(re.match(begins, line) for line in lines), [line for line in lines if not re.match(begins, line)]
    table = [(line.count("|"), before.count("|")) for before, line in zip(lines, lines[1:])]
    assert all(a == b for a, b in table if a and b), "a row has more cells than the one above it"
EOF

rendered()
{
	name=$1
	shift
	check "$name" python3 "$TMPDIR/rendered.py" "$@"
}


if command -v cmark-gfm >/dev/null; then
	for report in tests/golden/json/*.json; do
		case=$(basename "$report" .json)
		case $case in *@*) continue ;; esac
		cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tasklist -e footnotes "tests/golden/markdown/$case.md" \
			>"$TMPDIR/$case.html"
		rendered "$case as GitHub's renderer has it" "$report" "$TMPDIR/$case.html" "tests/golden/markdown/$case.md"
	done
	cmark-gfm --unsafe -e table -e autolink >"$TMPDIR/wrong.html" <<-'EOF'
		## FAILED: ask @team

		| a | b |
		|:--|:--|
		| <img src=x> | https://evil.example |
	EOF
	check_status 1 "what is wrong is noticed" python3 "$TMPDIR/rendered.py" tests/golden/json/empty.json "$TMPDIR/wrong.html"
else
	skip "the golden files, rendered" "cmark-gfm is not installed"
fi

# ---- However much there is, it fits ----

fits()
{
	size=$(wc -c <"$2")
	if [ "$size" -lt 900000 ]; then
		pass "$1"
	else
		echo "$size bytes" >"$TMPDIR/why"
		fail "$1" <"$TMPDIR/why"
	fi
	check_text "$1: it says that there is more" '^\(- \)\{0,1\}and [1-9][0-9]* more' "$2"
	tail -n 1 "$2" >"$TMPDIR/last"
	check_text "$1: the facts are there" '^| Scanned | ' "$TMPDIR/last"
}

cat >"$TMPDIR/make.py" <<'EOF'
import json, sys

with open(sys.argv[1], encoding="utf-8") as f:
    report = json.load(f)
report["findings"] = [{**f, "package": {**f["package"], "version": f"{i} {f['package']['version']}"}}
                      for f in report["findings"] for i in range(2500)]
packages = {json.dumps(f["package"]): f["package"] for f in report["findings"]}
report["packages"] = [{**p, "layer": None} for p in packages.values()]
report["gaps"] = [{**g, "reason": f"{i} {g['reason'] * 20}"} for g in report["gaps"] for i in range(2500)]
report["notices"] = [{**n, "text": f"{i} {n['text'] * 20}"} for n in report["notices"] for i in range(2500)]
for f in report["findings"]:
    f["layer"] = None
    f["title"] = (f["title"] or "")[:2000]
    f["details"] = None
json.dump(report, sys.stdout)
EOF
for case in many hostile-text suppressed; do
	python3 "$TMPDIR/make.py" "tests/fixtures/report/$case.json" >"$TMPDIR/stored"
	"$format" markdown <"$TMPDIR/stored" >"$TMPDIR/large.md" 2>"$TMPDIR/why" || fail "large $case" <"$TMPDIR/why"
	fits "large $case" "$TMPDIR/large.md"
done
"$format" markdown --report-min critical <tests/fixtures/report/many.json >"$TMPDIR/min.md"
check_text "what is not listed is counted" '^Not listed: [1-9][0-9]* under --report-min critical' "$TMPDIR/min.md"
finish
