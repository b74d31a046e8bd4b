# shellcheck shell=sh
# sarif: valid by its schemas, within the limits of GitHub and GitLab, one alert for each finding wherever it is shown.
. tests/lib.sh

format=$BUILD/tests/drivers/format

if ! command -v python3 >/dev/null; then
	skip_all "python3 reads the reports, and is not installed"
fi
for s in ../shared/schemas/sarif/sarif-schema-2.1.0.json ../shared/schemas/sarif/sarif-schema-2.1.0.schemastore.json; do
	if ! [ -f "$s" ]; then
		skip "golden files against ${s##*/}" "its licence keeps it out of this tree, and it is not beside it"
	elif ! python3 -c 'import jsonschema' 2>/dev/null; then
		skip "golden files against ${s##*/}" "python3-jsonschema is not installed"
	else
		check "golden files against ${s##*/}" python3 tests/validate.py "$s" tests/golden/sarif/*.sarif
	fi
done

# ---- What must be true of every file ----

cat >"$TMPDIR/invariants.py" <<'EOF'
import json, re, sys

BANDS = {"negligible": (0.1, 3.9), "low": (0.1, 3.9), "medium": (4.0, 6.9), "high": (7.0, 8.9), "critical": (9.0, 10.0),
         "unknown": (0.1, 10.0)}
SEGMENTS = re.compile(r"([\w.~-]|%[0-9A-F]{2})+(/([\w.~-]|%[0-9A-F]{2})+)*", re.A)


def unique(values):
    return len(values) == len(set(values))


def check_rule(rule):
    tags, words = rule["properties"]["tags"], [rule["shortDescription"], rule["fullDescription"]]
    assert "security" in tags and len(tags) <= 10 and unique(tags), tags
    assert len(rule["id"]) <= 255 and len(rule["name"]) <= 255 and rule["help"]["text"], rule
    assert all(0 < len(w["text"]) <= 1024 and w["text"].endswith(".") for w in words), words
    assert isinstance(rule["properties"].get("security-severity", ""), str), rule


def check_result(result, rules, judged):
    (location,) = result["locations"]
    place, prints, rule = location["physicalLocation"], result["partialFingerprints"], rules[result["ruleIndex"]]
    uri, message = place["artifactLocation"]["uri"], result["message"]["text"]
    assert list(place["region"]) == ["startLine", "startColumn", "endLine", "endColumn"], place
    assert SEGMENTS.fullmatch(uri) and not {".", ".."} & set(uri.split("/")), uri
    assert rule["id"] == result["ruleId"], result
    assert message.endswith(".") and len(message) <= 1024 and "](" not in message, message
    assert all("/" not in key or re.search(r"/v\d+$", key) for key in prints), prints
    if result["ruleIndex"] not in judged and "security-severity" in rule["properties"]:
        least, most = BANDS[result["properties"]["severity"]]
        assert least <= float(rule["properties"]["security-severity"]) <= most, rule
    judged.add(result["ruleIndex"])
    return ((result["ruleId"], uri, prints.get("primaryLocationLineHash")), (result["ruleId"], uri, message),
            prints["scanstepFinding/v1"])


for path in sys.argv[1:]:
    with open(path, "rb") as f:
        raw = f.read()
    assert len(raw) < 10_000_000, (path, len(raw))
    (run,) = json.loads(raw)["runs"]
    rules, results, judged = run["tool"]["driver"]["rules"], run["results"], set()
    assert len(results) <= 5000 and unique([rule["id"] for rule in rules]), path
    assert re.fullmatch(r"scanstep/[\x21-\x7e]+/", run["automationDetails"]["id"]), run["automationDetails"]
    for invocation in run["invocations"]:
        gaps = [n for n in invocation["toolExecutionNotifications"] if n["level"] == "error"]
        assert invocation["executionSuccessful"] == (not gaps), path
        assert all(len(n["message"]["text"]) <= 1024 for n in invocation["toolExecutionNotifications"]), path
    for rule in rules:
        check_rule(rule)
    alerts = [check_result(result, rules, judged) for result in results]
    # What GitHub, Jenkins and DefectDojo tell alerts apart by.
    for by in range(3):
        assert unique([alert[by] for alert in alerts]), (path, by)
    assert len({"suppressions" in result for result in results}) <= 1, path
EOF

check "invariants of the golden files" python3 "$TMPDIR/invariants.py" tests/golden/sarif/*.sarif
sed 's/"security-severity": "9/"security-severity": "5/' tests/golden/sarif/many.sarif >"$TMPDIR/wrong.sarif"
check_status 1 "a wrong file is noticed" python3 "$TMPDIR/invariants.py" "$TMPDIR/wrong.sarif"

# ---- Reports that are made of a stored one: its finding, changed ----

cat >"$TMPDIR/make.py" <<'EOF'
import copy, json, sys

with open("tests/fixtures/report/one.json", encoding="utf-8") as f:
    report = json.load(f)
(base,) = report["findings"]


def one(n, **more):
    f = {**copy.deepcopy(base), "layer": None, **more}
    f["package"]["version"] = f"1.{n}-1"
    return f


def rules(title, details):
    return [one(n, id=f"CVE-2026-{n:04}", title=title, details=details) for n in range(5200)]


name = sys.argv[1]
sentence = "A description that goes on. " * 40
report["policy"]["fail_on"] = "none"
report["image"]["platform"] = "linux/arm64"
report["findings"] = {
    "twins": lambda: [one(1), one(2), one(3)],
    "hidden-twin": lambda: [one(1, standing="allowed"), one(2)],
    "long": lambda: [one(n, id="CVE-2026-" + "1" * 5000 + str(n), title="t" * 100000, cwes=list(range(1, 40)))
                     for n in (1, 2)],
    "scores": lambda: [one(n, id=f"CVE-2026-{n}", severity=severity, cvss=score and {"vector": None, "score": score})
                       for n, (severity, score) in enumerate([("low", 9.8), ("critical", 5), ("unknown", None), ("high", None)])],
    "many-rules": lambda: rules(sentence[:150], sentence),
    "wide-rules": lambda: rules("\U0001f600" * 2000, "\U0001f600" * 2000),
}[name]()
packages = {json.dumps(f["package"]): f["package"] for f in report["findings"]}
report["packages"] = [{**p, "layer": None} for p in packages.values()]
json.dump(report, sys.stdout)
EOF

# name, options: into $TMPDIR/NAME.sarif, with its invariants
made()
{
	of=$1
	shift
	python3 "$TMPDIR/make.py" "$of" >"$TMPDIR/stored"
	# shellcheck disable=SC2016
	check "$of $*: written" sh -c '"$@" <"$0" >"$0.sarif"' "$TMPDIR/stored" "$format" sarif "$@"
	mv "$TMPDIR/stored.sarif" "$TMPDIR/$of.sarif"
	check "$of $*: invariants" python3 "$TMPDIR/invariants.py" "$TMPDIR/$of.sarif"
}

made twins
check_count "findings that differ in their versions are three" 3 '"ruleId"' "$TMPDIR/twins.sarif"
check_count "with a hash each" 3 '"primaryLocationLineHash": "[0-9a-f]\{32\}:1"' "$TMPDIR/twins.sarif"
check_text "a category for each platform" '"id": "scanstep/registry.example.com/team/app/linux/arm64/"' "$TMPDIR/twins.sarif"
check_text "an address without the registry" '"uri": "team/app/var/lib/dpkg/status"' "$TMPDIR/twins.sarif"
made twins --location ./docker/Dockerfile
check_count "on a file they have a rule each" 3 '"id": "CVE-[^"]*libssl3"' "$TMPDIR/twins.sarif"
check_text "with a number" '"id": "CVE-2023-0286(2)-libssl3"' "$TMPDIR/twins.sarif"
check_text "and a tag for GitLab" '"cve-2023-0286"' "$TMPDIR/twins.sarif"
check_count "in the file that was named" 3 '"uri": "docker/Dockerfile"' "$TMPDIR/twins.sarif"
check_count "on its line" 3 '"startLine": 7' "$TMPDIR/twins.sarif"
check_count "with no hash but that of GitHub's action" 0 'primaryLocationLineHash' "$TMPDIR/twins.sarif"
made hidden-twin
check_count "an allowed one is not told" 1 '"ruleId"' "$TMPDIR/hidden-twin.sarif"
made hidden-twin --location Dockerfile
check_text "and the other keeps its number" '"id": "CVE-2023-0286(2)-libssl3"' "$TMPDIR/hidden-twin.sarif"
made hidden-twin --suppressed
check_count "both are told" 2 '"ruleId"' "$TMPDIR/hidden-twin.sarif"
check_count "one as suppressed" 1 '"status": "accepted"' "$TMPDIR/hidden-twin.sarif"
made long
check_count "endless ids stay apart" 2 '"ruleId"' "$TMPDIR/long.sarif"
made scores --report-min high
check_text "it says what --report-min leaves out" '"1 of 4 findings are left out: they are below --report-min high\."' "$TMPDIR/scores.sarif"
made scores
check_no_text "and nothing where it leaves nothing out" 'left out' "$TMPDIR/scores.sarif"
for score in 3.9 9.0 7.0; do
	check_count "the severity wins over CVSS: $score" 1 "\"security-severity\": \"$score\"" "$TMPDIR/scores.sarif"
done
check_count "and none is made up" 3 '"security-severity"' "$TMPDIR/scores.sarif"
made many-rules
check_count "5,000 results with a rule each fit" 5000 '"ruleIndex"' "$TMPDIR/many-rules.sarif"
check_text "and it says what does not" '200 of 5200 results are left out' "$TMPDIR/many-rules.sarif"
made wide-rules
check_text "of long texts fewer fit" '[0-9]* of 5200 results are left out' "$TMPDIR/wide-rules.sarif"
finish
