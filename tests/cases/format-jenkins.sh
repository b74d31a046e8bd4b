# shellcheck shell=sh
# jenkins: issues that warnings-ng reads, with our counts and fingerprints, and markup of which only ours is markup.
. tests/lib.sh

format=$BUILD/tests/drivers/format
schema=../shared/schemas/jenkins/warnings-ng-native-issues.schema.json

# Ours against our own json of the same report: FILE.jenkins and FILE.json each.
cat >"$TMPDIR/same.py" <<'EOF'
import html, html.parser, json, re, sys

SEVERITY = {"critical": "ERROR", "high": "HIGH", "medium": "NORMAL", "low": "LOW", "negligible": "LOW", "unknown": "LOW"}


class Page(html.parser.HTMLParser):
    def __init__(self, markup):
        super().__init__()
        self.text = ""
        self.tags = []
        self.feed(markup)
        self.close()
        assert not self.tags, ("left open", self.tags)

    def handle_starttag(self, tag, attrs):
        assert tag in ("p", "ul", "li", "a"), ("a tag that is not ours", tag)
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else []), ("attributes", attrs)
        assert all(re.match("https?://", value) for _, value in attrs), attrs
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.tags and self.tags.pop() == tag, ("end tag", tag)

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(("a comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def pieces(text):
    return re.findall(r"[!-~]{2,40}", text.replace("](", "] ("))


for base in sys.argv[1:]:
    document = json.load(open(base + ".jenkins", encoding="ascii"))
    report = json.load(open(base + ".json", encoding="utf-8"))
    issues = document["issues"]
    assert document["size"] == len(issues), "size"
    gaps = [i for i in issues if i["type"] == "scanstep-gap"]
    accepted = report["verdict"]["exit_status"] != 4
    assert [i["severity"] for i in gaps] == ["LOW" if accepted else "ERROR"] * len(report["gaps"]), "gaps"
    findings = [f for f in report["findings"] if f["standing"] not in ("allowed", "not-affected", "fixed")]
    notices = [i for i in issues if i["type"] == "scanstep-notice"]
    assert len(notices) == len(report["notices"]) and issues[len(issues) - len(notices):] == notices, "notices"
    assert len(issues) == len(gaps) + len(findings) + len(notices), "issues"
    assert issues[:len(gaps)] == gaps, "gaps are not first"
    for i in issues:
        assert "\n" not in i["message"] and len(i["message"]) <= 1024, i["message"]
        assert not i["fileName"].startswith("/") and ".." not in i["fileName"].split("/"), i["fileName"]
        assert i["lineStart"] == 1 and i["fingerprint"], i
        Page(i["description"])
        assert not set("<>") & set(i["type"] + i["category"] + i.get("packageName", "")), i
    for i, f in zip(issues[len(gaps):], findings):
        assert (i["fingerprint"], i["severity"]) == (f["fingerprint"], SEVERITY[f["severity"]]), (i, f)
        assert all(p in html.unescape(i["type"]) for p in pieces(f["id"])), (i["type"], f["id"])
        assert all(p in html.unescape(i["packageName"]) for p in pieces(f["package"]["name"])), i["packageName"]
        text = Page(i["description"]).text
        assert all(p in text for p in pieces((f["details"] or "")[:3000])), (text, f["details"])
    keys = [json.dumps(i) for i in issues]
    assert len(keys) == len(set(keys)), "equal issues become one"
EOF

for report in tests/fixtures/report/*.json; do
	case=$(basename "$report" .json)
	"$format" jenkins <"$report" >"$TMPDIR/$case.jenkins" 2>"$TMPDIR/why" && "$format" json <"$report" >"$TMPDIR/$case.json"
	check "$case says what json says" python3 "$TMPDIR/same.py" "$TMPDIR/$case"
done
check_count "gaps are errors" 4 '"type": "scanstep-gap"' "$TMPDIR/gaps.jenkins"

# What a rebuild does not change: the fingerprints of gaps and notices, each of which has its own.
# layers in hexadecimal digits
rebuilt()
{
	python3 - "$@" >"$TMPDIR/rebuilt.stored" <<-'EOF'
		import json, sys
		r = json.load(open("tests/fixtures/report/one.json"))
		r["gaps"] = [{"kind": "unread", "packages": 0, "layer": "sha256:" + c * 64, "path": "p", "reason": "r"} for c in sys.argv[1:]]
		r["notices"] = [{"kind": "other", "text": "n"}] * 3
		json.dump(r, sys.stdout)
	EOF
	"$format" jenkins <"$TMPDIR/rebuilt.stored" | grep '"fingerprint"' | sort
}
rebuilt a b >"$TMPDIR/before"
rebuilt c d >"$TMPDIR/after"
check_same "a rebuild does not change a fingerprint" "$TMPDIR/before" "$TMPDIR/after"
uniq "$TMPDIR/before" >"$TMPDIR/after"
check_same "no two are the same" "$TMPDIR/before" "$TMPDIR/after"
check_count "gaps, notices and the finding have one each" 6 . "$TMPDIR/before"

"$format" jenkins --location docker/Dockerfile <tests/fixtures/report/one.json >"$TMPDIR/located"
check_text "an issue can point to a file of the checkout" '"fileName": "docker/Dockerfile"' "$TMPDIR/located"
check_text "to a line of it" '"lineStart": 7' "$TMPDIR/located"

python3 tests/reports/plain.py count 30000 >"$TMPDIR/huge.stored"
"$format" jenkins <"$TMPDIR/huge.stored" >"$TMPDIR/huge.jenkins" && "$format" json <"$TMPDIR/huge.stored" >"$TMPDIR/huge.json"
check_text "of 30,000 findings, those that nothing dismisses" '"size": 20000$' "$TMPDIR/huge.jenkins"
check "they say what json says" python3 "$TMPDIR/same.py" "$TMPDIR/huge"
"$format" jenkins --report-min critical <"$TMPDIR/huge.stored" >"$TMPDIR/critical"
check_no_text "--report-min critical: none is of low severity but the unknown" '"HIGH"\|"NORMAL"\|(low)' "$TMPDIR/critical"
check_text "those are there" '(unknown)' "$TMPDIR/critical"

if ! [ -f "$schema" ]; then
	skip "the golden files against their schema" "it was derived for this project and is not beside this tree"
elif ! python3 -c 'import jsonschema' 2>/dev/null; then
	skip "the golden files against their schema" "python3-jsonschema is not installed"
else
	check "the golden files against their schema" python3 tests/validate.py "$schema" tests/golden/jenkins/*.json
	check "so are issues in a file of the checkout, and many" \
	    python3 tests/validate.py "$schema" "$TMPDIR/located" "$TMPDIR/huge.jenkins"
fi
finish
