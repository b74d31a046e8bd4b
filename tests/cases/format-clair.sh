# shellcheck shell=sh
# clair: clair-scanner's own reports come back byte for byte, and ours say what our json says.
. tests/lib.sh

format=$BUILD/tests/drivers/format
shared=../shared/feeds/_reports

# Real reports become ours and are rendered; "few" lists ids that it does not describe, which nobody can bring back.
for report in clair_clair_empty clair_clair_few_vuln clair_clair_many_vul jenkins_clair; do
	if ! [ -f "$shared/$report.json" ]; then
		skip "$report.json comes back byte for byte" "the collected reports are not beside this tree"
		continue
	fi
	check "$report.json is understood" \
	    sh -c "python3 tests/reports/plain.py clair $shared/$report.json $TMPDIR/wanted >$TMPDIR/stored"
	"$format" clair <"$TMPDIR/stored" >"$TMPDIR/got" 2>&1
	check_same "$report.json comes back byte for byte" "$TMPDIR/wanted" "$TMPDIR/got"
done

# Ours against our own json of the same report: FILE.clair and FILE.json each.
cat >"$TMPDIR/same.py" <<'EOF'
import json, sys

RANKS = ["Defcon1", "Critical", "High", "Medium", "Low", "Negligible", "Unknown"]
KEYS = ["featurename", "featureversion", "vulnerability", "namespace", "description", "link", "severity", "fixedby"]
for base in sys.argv[1:]:
    with open(base + ".clair", encoding="utf-8", newline="") as f:
        text = f.read()
    assert not text.endswith("\n") and not set("<>&") & set(text), "not as Go writes it"
    got, report = json.loads(text), json.load(open(base + ".json", encoding="utf-8"))
    assert list(got) == ["image", "unapproved", "vulnerabilities"] + (["gaps"] if report["gaps"] else []), list(got)
    assert got["image"] == report["image"]["reference"]
    assert got["unapproved"] == [f["id"] for f in report["findings"] if f["standing"] == "open"], "unapproved"
    assert len(got.get("gaps", [])) == len(report["gaps"]), "gaps"
    assert len(got["vulnerabilities"]) == len(report["findings"]), "vulnerabilities"
    ranks = [RANKS.index(v["severity"]) for v in got["vulnerabilities"]]
    assert ranks == sorted(ranks), "the worst are not first"
    for v, f in zip(got["vulnerabilities"], report["findings"]):
        assert list(v) == KEYS, list(v)
        wanted = [f["package"]["name"], f["package"]["version"], f["id"], f["details"] or f["title"] or "",
                  f["severity"].title(), f["fixed_version"] or ""]
        assert [v[k] for k in KEYS if k not in ("namespace", "link")] == wanted, (v, wanted)
        assert v["link"] in ("", f["url"]), v["link"]
EOF

for report in tests/fixtures/report/*.json; do
	case=$(basename "$report" .json)
	"$format" clair <"$report" >"$TMPDIR/$case.clair" 2>"$TMPDIR/why" && "$format" json <"$report" >"$TMPDIR/$case.json"
	check "$case says what json says" python3 "$TMPDIR/same.py" "$TMPDIR/$case"
done
check_text "a release of Debian" '"namespace": "debian:12"' "$TMPDIR/many.clair"
check_text "one of Alpine" '"namespace": "alpine:v3\.[0-9]*"' "$TMPDIR/starter-eol.clair"
check_text "no distribution" '"namespace": ""' "$TMPDIR/hostile-text.clair"

# Text as Go of that time writes it, and what a log or a terminal would obey.
text()
{
	python3 tests/reports/plain.py texts "$2" | "$format" clair >"$TMPDIR/one.clair" 2>"$TMPDIR/why"
	grep '"description"' "$TMPDIR/one.clair" >"$TMPDIR/got"
	printf '            "description": "%s",\n' "$3" >"$TMPDIR/wanted"
	check_same "$1" "$TMPDIR/wanted" "$TMPDIR/got"
}

text "markup" '<b>&"\/' '\u003cb\u003e\u0026\"\\/'
text "line ends and tabs" "$(printf 'a\nb\r\nc\td')" 'a\nb\r\nc\td'
text "numbers for other controls" "$(printf '\b\f\033')x" '\u0008\u000c\u001bx'
text "letters as they are" 'ü 全角 😀' 'ü 全角 😀'
text "line separators" "$(printf '\342\200\250\342\200\251')x" '\u2028\u2029x'
text "invisible ones are escaped" "$(printf '\177\302\233\342\200\256\363\240\200\201')x" '\u007f\u009b\u202e\udb40\udc01x'
text "commands of a CI runner's" '##[error] ##vso[x] # ###' '\u0023#[error] \u0023#vso[x] # \u0023\u0023#'

python3 tests/reports/plain.py count 30000 >"$TMPDIR/huge.stored"
"$format" clair <"$TMPDIR/huge.stored" >"$TMPDIR/huge.clair" && "$format" json <"$TMPDIR/huge.stored" >"$TMPDIR/huge.json"
check_count "30,000 findings" 30000 '"featurename"' "$TMPDIR/huge.clair"
check "they say what json says" python3 "$TMPDIR/same.py" "$TMPDIR/huge"
"$format" clair --report-min critical <"$TMPDIR/huge.stored" >"$TMPDIR/min.clair"
check_same "whatever --report-min says" "$TMPDIR/huge.clair" "$TMPDIR/min.clair"
finish
