# shellcheck shell=sh
# csv: Python's reader gets every finding back, a record is a line, and no cell is a formula, wherever it is parted.
. tests/lib.sh

format=$BUILD/tests/drivers/format

# Rows against our own json of the same report: FILE.csv and FILE.json each.
cat >"$TMPDIR/rows.py" <<'EOF'
import csv, json, re, sys

FORMULA = re.compile("^[\s\"]*[=+@\uff1d\uff0b\uff0d\uff20-]")
header = None
for base in sys.argv[1:]:
    with open(base + ".csv", "rb") as f:
        data = f.read()
    report = json.load(open(base + ".json", encoding="utf-8"))
    text = data.decode("utf-8")
    assert data[:1] != b"\xef" and b"\0" not in data, "a mark or a NUL"
    assert data.endswith(b"\r\n") and data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n"), "line ends"
    assert not re.search("[\x01-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", text), "control"
    assert "##" not in text and not re.search("^[ \"]*::", text, re.M), "a command of a CI runner's"
    for row in csv.reader(text.splitlines(), delimiter=";", quoting=csv.QUOTE_NONE):
        for cell in row[1:]:
            assert not FORMULA.match(cell), ("a formula behind a semicolon", cell)
    rows = list(csv.reader(text.split("\r\n")[:-1], strict=True))
    header = header or rows[0]
    assert rows[0] == header and all(len(row) == len(header) for row in rows), "the columns differ"
    for cell in (cell for row in rows for cell in row):
        assert not FORMULA.match(cell), ("a formula", cell)
        assert len(cell) <= 32767, "longer than a spreadsheet's cell"
    rows = [dict(zip(header, row)) for row in rows[1:]]
    kinds = [row["record"] for row in rows]
    wanted = ["gap"] * len(report["gaps"]) + ["notice"] * len(report["notices"]) + ["finding"] * len(report["findings"])
    assert kinds == wanted, ("records", kinds)
    for row, finding in zip(rows[kinds.count("gap") + kinds.count("notice"):], report["findings"]):
        got = [row[key] for key in ("severity", "standing", "fix_state", "fingerprint", "upgradable")]
        assert got == [finding[key] for key in ("severity", "standing", "state", "fingerprint")] + \
            ["yes" if finding["state"] == "fixed" else "no"], (row, finding)
        for key, value in (("id", finding["id"]), ("package", finding["package"]["name"]),
                           ("fixed_version", finding["fixed_version"] or "")):
            if re.fullmatch("[0-9a-z][ -~]*", value, re.I):
                assert row[key] == value, (key, row[key], value)
EOF

first="id,image,tag,package,version,title,severity,description,countermeasure,upgradable,cvss_score,cvss_vector,reference,"
for report in tests/fixtures/report/*.json; do
	case=$(basename "$report" .json)
	"$format" csv <"$report" >"$TMPDIR/$case.csv" 2>"$TMPDIR/why" && "$format" json <"$report" >"$TMPDIR/$case.json"
	check "$case is read back" python3 "$TMPDIR/rows.py" "$TMPDIR/$case"
	check_text "its columns begin as ContainerKitty's" "^$first" "$TMPDIR/$case.csv"
done

# What a spreadsheet would reckon with, and how the cell begins.
text()
{
	python3 tests/reports/plain.py texts "$1" | "$format" csv >"$TMPDIR/one.csv" 2>"$TMPDIR/why"
	check_text "$2" "^$3," "$TMPDIR/one.csv"
	check_count "and it is one line of two" 2 '' "$TMPDIR/one.csv"
}

tab=$(printf '\t')
text '=1+1' "a formula" "'=1+1"
text '+1' "plus" "'+1"
text '-1' "minus" "'-1"
text '@SUM(A1)' "at" "'@SUM(A1)"
text "$tab=1+1" "a tab in front" "'=1+1"
text "  =1+1" "blanks in front" "'=1+1"
text "$(printf '\r\n=1+1')" "a line end in front" "'=1+1"
text "$(printf '\302\240=1+1')" "a blank that is none" "$(printf '\302\240')'=1+1"
text '"=1+1"' "quotes in front" "\"\"\"'=1+1\"\"\""
text '＝1+1' "full-width equals" "'＝1+1"
text '＋1' "full-width plus" "'＋1"
text '－1' "full-width minus" "'－1"
text '＠SUM' "full-width at" "'＠SUM"
text 'a;=1+1' "behind a semicolon" "\"a;'=1+1\""
text 'a; "-1' "behind that and a quote" "\"a; \"\"'-1\""
text 'a-1=b+c@d' "signs within are none" 'a-1=b+c@d'
text 'a,b' "a comma" '"a,b"'
text 'a"b' "a quote" '"a""b"'
text "$(printf 'a\nb\r\nc\td')" "line ends and tabs" 'a b c d'
text "$(printf 'a\033[2J\302\233\342\200\256b')" "what cannot be seen" 'a\\x1b\[2J\\x9b\\u202eb'
text '::error::x' "a command of GitHub's runner" '\\x3a:error::x'
text 'a ##[error]' "one of Azure's" 'a #\\x23\[error\]'

python3 tests/reports/plain.py texts "$(head -c 100000 /dev/zero | tr '\0' '#')" | "$format" csv >"$TMPDIR/long.csv"
check "a long text ends" [ "$(wc -c <"$TMPDIR/long.csv")" -lt 300000 ]

python3 tests/reports/plain.py count 30000 >"$TMPDIR/many.stored"
"$format" csv <"$TMPDIR/many.stored" >"$TMPDIR/many.csv" && "$format" json <"$TMPDIR/many.stored" >"$TMPDIR/many.json"
check_count "30,000 findings are 30,000 lines and the header" 30001 '' "$TMPDIR/many.csv"
check "they are read back" python3 "$TMPDIR/rows.py" "$TMPDIR/many"
check_count "an allowed one is there" 10000 ',finding,allowed,' "$TMPDIR/many.csv"
"$format" csv --report-min high <"$TMPDIR/many.stored" >"$TMPDIR/high.csv"
check_count "--report-min high: critical, high and unknown" 15001 '' "$TMPDIR/high.csv"
finish
