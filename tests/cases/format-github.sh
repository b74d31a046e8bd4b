# shellcheck shell=sh
# github: annotations as GitHub's runner takes them, and nothing that a stranger could make it do.
. tests/lib.sh

format=$BUILD/tests/drivers/format
empty=$TMPDIR/empty
: >"$empty"

# name, file: what holds for every one. The runner looks for the second "::" and takes what is in between as
# properties; it cuts messages at 4,096 UTF-16 units, of which there are fewer than bytes here.
check_annotations()
{
	LC_ALL=C grep -v -E '^::(error|warning|notice) (file=[^:,]*,line=[0-9]+,)?title=[^:,]*::.' "$2" >"$TMPDIR/other"
	check_same "every line is an annotation: $1" "$empty" "$TMPDIR/other"
	LC_ALL=C tr -d '[:print:]\n\200-\377' <"$2" >"$TMPDIR/other"
	check_same "no control byte: $1" "$empty" "$TMPDIR/other"
	check_no_text "no command within a line: $1" '##' "$2"
	LC_ALL=C sed -e 's/%25//g' -e 's/%3A//g' -e 's/%2C//g' "$2" | grep '%' >"$TMPDIR/other"
	check_same "a percent sign is escaped: $1" "$empty" "$TMPDIR/other"
	for level in error warning notice; do
		check "at most 10 of $level: $1" test "$(grep -c "^::$level " "$2")" -le 10
	done
	python3 -c 'import sys; sys.exit(max(len(l.rstrip("\n").split("::", 2)[2].encode("utf-16-le")) // 2 for l in open(sys.argv[1], encoding="utf-8")) > 4096)' "$2" &&
		pass "no message is too long: $1" || fail "no message is too long: $1" <"$2"
	head -n 1 "$2" >"$TMPDIR/first"
	check_text "the verdict is the first: $1" '^::[a-z]* .*title=scanstep::\(PASSED\|FAILED\|INCOMPLETE\)' "$TMPDIR/first"
}

for f in tests/golden/github/*.txt; do
	check_annotations "$f" "$f"
done
check_count "an empty report is one notice" 1 '^::notice ' tests/golden/github/empty.txt
check_count "and nothing else" 1 '^' tests/golden/github/empty.txt

# more GAPS FINDINGS FAIL_ON OPTION...: that many, from one.json.
more()
{
	gaps=$1 findings=$2 fail_on=$3
	shift 3
	python3 - "$gaps" "$findings" "$fail_on" >"$TMPDIR/more.json" <<-'EOF'
		import copy, json, sys
		gaps, findings, fail_on = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
		r = json.load(open("tests/fixtures/report/one.json"))
		one = r["findings"][0]
		r["findings"] = [copy.deepcopy(one) for _ in range(findings)]
		for i, f in enumerate(r["findings"]):
		    f["id"] = "CVE-2026-%04d" % i
		    f["severity"] = ["critical", "high", "medium"][i % 3]
		    f["title"] = "\u5168\U0001f600" * 4000
		r["gaps"] = [{"kind": "unread", "packages": 0, "layer": None, "path": "p%d" % i, "reason": "r" * 100000} for i in range(gaps)]
		r["notices"] = [{"kind": "other", "text": "n" * 100000} for i in range(gaps)]
		r["policy"] = {"fail_on": fail_on, "unknown": "fail", "ignore_status": [], "allow_empty": False, "allow_incomplete": False}
		json.dump(r, sys.stdout)
	EOF
	"$format" github "$@" <"$TMPDIR/more.json" >"$TMPDIR/more.txt" 2>"$TMPDIR/why" || fail "github" <"$TMPDIR/why"
}

more 0 300 high
check_annotations "300 findings" "$TMPDIR/more.txt"
check_count "errors are full" 10 '^::error ' "$TMPDIR/more.txt"
check_text "what fails is counted" '::192 more findings that fail the build are not shown here$' "$TMPDIR/more.txt"
check_count "warnings are full" 10 '^::warning ' "$TMPDIR/more.txt"
check_text "and counted" '::91 more findings are not shown here$' "$TMPDIR/more.txt"
check_count "the worst are shown" 8 '^::error .*(critical)' "$TMPDIR/more.txt"
more 0 9 none
check_count "nine findings are nine" 9 '^::warning .*title=CVE' "$TMPDIR/more.txt"
more 0 11 none
check_text "one more than ten is two in one" '::2 more findings are not shown here$' "$TMPDIR/more.txt"
more 300 300 high
check_annotations "300 gaps" "$TMPDIR/more.txt"
check_count "gaps are told" 3 '^::error title=Incomplete scan::Not looked at: p' "$TMPDIR/more.txt"
check_text "and counted" '^::error title=scanstep::297 more gaps are not shown here$' "$TMPDIR/more.txt"
check_count "findings still have a place" 4 '^::error title=CVE' "$TMPDIR/more.txt"
check_text "and are counted" '::196 more findings that fail the build are not shown here$' "$TMPDIR/more.txt"
check_text "notices are counted" '::291 more notices are not shown here$' "$TMPDIR/more.txt"
more 300 300 high --report-min critical
check_no_text "--report-min" '(high)' "$TMPDIR/more.txt"
more 0 1 high --location 'a:b,c%0A::error::d##[e]'
check_annotations "a file's name" "$TMPDIR/more.txt"
check_text "is escaped" '^::error file=a%3Ab%2Cc%250A%3A%3Aerror%3A%3Ad#\\x23\[e\],line=7,title=' "$TMPDIR/more.txt"
finish
