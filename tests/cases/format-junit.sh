# shellcheck shell=sh
# junit: valid against both schemas, the same to GitLab's parser as to us, names that are unique, and small enough.
. tests/lib.sh

format=$BUILD/tests/drivers/format
goldens=$(echo tests/golden/junit/*.xml)

# name, file: in XML and against both schemas.
check_schemas()
{
	of=$1
	shift
	if ! command -v xmllint >/dev/null; then
		skip "$of: XML" "xmllint is not installed"
		return
	fi
	check "$of: XML" xmllint --noout "$@"
	for xsd in ../shared/schemas/junit/junit-10-jenkins.xsd ../shared/schemas/junit/JUnit-windyroad.xsd; do
		if [ -f "$xsd" ]; then
			check "$of: ${xsd##*/}" xmllint --noout --schema "$xsd" "$@"
		else
			skip "$of: ${xsd##*/}" "it is not beside this tree"
		fi
	done
}

# shellcheck disable=SC2086
check_schemas "golden files" $goldens

# ---- What GitLab makes of them ----

ruby -e 'require "active_support"' 2>/dev/null && gitlab=yes || gitlab=

# name, file, counts
check_gitlab()
{
	if [ -z "$gitlab" ]; then
		skip "$1: as GitLab reads it" "ruby-activesupport is not installed"
		return
	fi
	check "$1: as GitLab reads it" ruby tests/reports/junit.rb "$2"
	check_text "$1: $3" ": $3$" "$TMPDIR/stdout"
}

while read -r case counts; do
	check_gitlab "$case" "tests/golden/junit/$case.xml" "$counts"
done <<-'EOF'
	all-allowed 1 suites, 2 cases, 0 failed, 0 error, 1 skipped, 1 success
	allowed 1 suites, 6 cases, 0 failed, 0 error, 4 skipped, 2 success
	empty 1 suites, 1 cases, 0 failed, 0 error, 0 skipped, 1 success
	gaps 1 suites, 6 cases, 1 failed, 4 error, 0 skipped, 1 success
	gaps-accepted 1 suites, 6 cases, 0 failed, 0 error, 4 skipped, 2 success
	hostile-text 1 suites, 11 cases, 0 failed, 2 error, 4 skipped, 5 success
	many 2 suites, 22 cases, 3 failed, 0 error, 0 skipped, 19 success
	many@min-high 2 suites, 13 cases, 3 failed, 0 error, 0 skipped, 10 success
	no-distribution 1 suites, 2 cases, 0 failed, 1 error, 0 skipped, 1 success
	one 1 suites, 2 cases, 1 failed, 0 error, 0 skipped, 1 success
	starter-eol 1 suites, 2 cases, 0 failed, 0 error, 0 skipped, 2 success
	suppressed 2 suites, 13 cases, 2 failed, 0 error, 6 skipped, 5 success
	unknown-severity 1 suites, 2 cases, 1 failed, 0 error, 0 skipped, 1 success
EOF

# ---- Nothing but text ----

# shellcheck disable=SC2086
cat $goldens >"$TMPDIR/all"
check_no_text "no type that GitLab's parser takes for one of its own" ' type="[^"]*[^A-Z"]' "$TMPDIR/all"
: >"$TMPDIR/empty"
LC_ALL=C tr -d '[:print:]\n\200-\377' <"$TMPDIR/all" >"$TMPDIR/control"
check_same "no control byte" "$TMPDIR/empty" "$TMPDIR/control"
check_no_text "no command at a line's start" '^[[:blank:]]*::' "$TMPDIR/all"
check_no_text "no command anywhere" '##' "$TMPDIR/all"
if command -v xmllint >/dev/null; then
	xmllint --xpath '//*[not(contains("|testsuites|testsuite|properties|property|testcase|failure|error|skipped|system-out|system-err|", concat("|", name(), "|")))]' \
		tests/golden/junit/hostile-text.xml >"$TMPDIR/elements" 2>/dev/null
	check_same "no element but ours" "$TMPDIR/empty" "$TMPDIR/elements"
fi

# ---- Made ones ----

# script: python that changes the report r, made of one.json with the finding f; into $TMPDIR/made.xml
made()
{
	{
		echo 'import copy, json, sys'
		echo 'r = json.load(open("tests/fixtures/report/one.json"))'
		echo 'f = r["findings"][0]'
		cat
		echo 'r["packages"] = [dict(g["package"], layer=g["layer"]) for g in r["findings"]]'
		echo 'json.dump(r, sys.stdout)'
	} >"$TMPDIR/make.py"
	python3 "$TMPDIR/make.py" >"$TMPDIR/made.json"
	"$format" junit <"$TMPDIR/made.json" >"$TMPDIR/made.xml" 2>"$TMPDIR/why" || fail "junit" <"$TMPDIR/why"
}

made <<'EOF'
def twin(**changes):
    g = copy.deepcopy(f)
    g["package"].update(changes)
    r["findings"].append(g)
twin(arch="i386")                 # another arch
twin(arch="i386", path="x/status")  # another path
twin()                            # the same in everything
twin(arch=None)
twin(arch="")                     # as if there were none
twin(type="rpm")                  # another class, the same suite
twin(type="npm")                  # another suite
twin(version="v" * 400 + "1")     # the same as far as it is shown
twin(version="v" * 400 + "2")
twin(version="1\x1b")             # the same as it is shown
twin(version="1\x1c")
twin(version="1 2")               # blanks, where names are put together
twin(name="libssl3 1", version="2")
twin(name="a.b")                  # the same class as the next
twin(name="a_b")
twin(path="a b/status")
EOF
check_schemas "twins" "$TMPDIR/made.xml"
check_gitlab "twins" "$TMPDIR/made.xml" "2 suites, 19 cases, 17 failed, 0 error, 0 skipped, 2 success"
check_text "arch and path tell twins apart" 'name="CVE-2023-0286 libssl3 3.0.8-1 (i386, x/status)"' "$TMPDIR/made.xml"
check_text "the fingerprint those that are the same" 'name="CVE-2023-0286 libssl3 3.0.8-1 [0-9a-f]\{32\}"' "$TMPDIR/made.xml"
check_text "nobody else has more" 'classname="scanstep.deb.a_b" name="CVE-2023-0286 a.b 3.0.8-1"' "$TMPDIR/made.xml"

made <<'EOF'
r["gaps"] = [{"kind": "unread", "packages": 0, "layer": None, "path": "p%d" % (i % 7), "reason": "r" * 5000} for i in range(250)]
EOF
check_schemas "250 gaps" "$TMPDIR/made.xml"
check_gitlab "250 gaps" "$TMPDIR/made.xml" "1 suites, 102 cases, 1 failed, 100 error, 0 skipped, 1 success"
check_text "the last says how many more" '>151 more gaps are not listed here\.<' "$TMPDIR/made.xml"

made <<'EOF'
f["cvss"] = {"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "score": None}
f["package"]["path"] = "](" * 2000
r["notices"] = [{"kind": "other", "text": "n](" * 2000}]
EOF
check_schemas "a vector without a score" "$TMPDIR/made.xml"
check_text "is told" '^CVSS: CVSS:3\.1/AV:N/' "$TMPDIR/made.xml"
check_count "a notice has at most 1,000 characters" 0 '^n.\{1000\}' "$TMPDIR/made.xml"
check_count "and nearly as many" 1 '^n\] (n.\{980\}' "$TMPDIR/made.xml"

made <<'EOF'
r["findings"] = []
for i in range(30000):
    g = copy.deepcopy(f)
    g["id"] = "CVE-2026-%04d" % (i // 10)
    g["title"] = "A title as long as those that are published usually are, or a little longer than that " * 2
    g["details"] = "What is written of it. " * 60
    g["package"].update(name="package-%d" % (i % 3000), version="1.%d-1" % i)
    r["findings"].append(g)
EOF
check_schemas "30,000 findings" "$TMPDIR/made.xml"
check_count "30,000 failures" 30000 '<failure ' "$TMPDIR/made.xml"
check_count "the first are told at length" 1000 '^What is written of it\.' "$TMPDIR/made.xml"
check "are well below GitLab's 30 MB" test "$(wc -c <"$TMPDIR/made.xml")" -lt 20000000
finish
