#!/bin/sh
# Fail when a row of a table lacks its proof or its line in a document. $1 is the program, which knows the tables.

program=$1
status=0

complain()
{
	echo "$1"
	status=1
}

for table in options commands formats platforms sources readers feeds schemes; do
	if [ -z "$("$program" --list-$table)" ]; then
		complain "--list-$table lists nothing"
	fi
done

# Fixtures of a row: at least one that is read, and one that is refused or has gaps.
cases()
{
	for kind in ok bad; do
		ls -d "tests/fixtures/$1/$2/$kind-"* >/dev/null 2>&1 ||
			complain "$1 $2: no case tests/fixtures/$1/$2/$kind-..."
	done
}

for row in $("$program" --list-readers); do
	cases reader "$row"
done
for row in $("$program" --list-feeds); do
	cases feed "$row"
	grep -q "^| $row |" README.md || complain "feed $row: no line \"| $row |\" in README.md"
done
for row in $("$program" --list-schemes); do
	[ -s "tests/vectors/$row.tsv" ] || complain "scheme $row: no tests/vectors/$row.tsv"
done
for row in $("$program" --list-formats); do
	ls "tests/golden/$row/"* >/dev/null 2>&1 || complain "format $row: no tests/golden/$row/"
	grep -q "^| \`$row\` |" README.md || complain "format $row: no line in README.md"
	grep -q "\"$row\":" tests/reports/readback.py || complain "format $row: no reader in tests/reports/readback.py"
	grep -q "\"$row\"" tests/fuzz/formats.c || complain "format $row: no checker in tests/fuzz/formats.c"
	grep -q "^$row	" tests/golden/huge.tsv || complain "format $row: no line in tests/golden/huge.tsv"
done
# Every file that ci writes stands in the README's table of them: | `FILE` | `FORMAT` | PLATFORM, PLATFORM | ... |
"$program" --list-platforms | while IFS='	' read -r platform format file; do
	[ "$file" = - ] || grep -q "^| \`$file\` | \`$format\` |[^|]*\b$platform\b" README.md ||
		echo "ci: no line | \`$file\` | \`$format\` | $platform ... in README.md"
done >"${TMPDIR:-/tmp}/platforms.$$"
cat "${TMPDIR:-/tmp}/platforms.$$"
[ ! -s "${TMPDIR:-/tmp}/platforms.$$" ] || status=1
rm -f "${TMPDIR:-/tmp}/platforms.$$"
for row in $("$program" --list-sources); do
	grep -q "^| \`$row:" README.md || complain "source $row: no line in README.md"
done
# Every page of help fits 80 columns, addresses apart.
for row in $("$program" --list-commands | tr ' ' '_'); do
	row=$(echo "$row" | tr _ ' ')
	grep -q "^| \`$row\b" README.md || complain "command $row: no line in README.md"
	# shellcheck disable=SC2086
	"$program" $row --help | awk 'length > 80 && !/https:/ { print; bad = 1 } END { exit !NR || bad }' ||
		complain "$row --help: no help, or wider than 80 columns, above"
done

# The README's table of settings, and CONTRIBUTING's of those for tests, against the program's: flag, variable, default.
"$program" --list-options | awk -F '\t' '
{
	flag = $1 == "-" ? "" : "--" $1
	if (flag != "" && $4 != "-") flag = flag " " $4
	if ($2 != "-") flag = "-" $2 ", " flag
	print (flag == "" ? "" : "`" flag "`") "\t`" $3 "`\t" ($5 == "-" || $4 == "-" ? "" : "`" $5 "`")
}' >"${TMPDIR:-/tmp}/options.$$"
awk '/^<!-- settings -->/ { on = 1; next } /^<!-- end of settings -->/ { on = 0 } on && /^\| *(`|\|)/' README.md CONTRIBUTING.md |
	sed -e 's/\\|/~~/g' -e 's/^| *//' -e 's/ *| */\t/g' -e 's/~~/|/g' |
	cut -f 1-3 >"${TMPDIR:-/tmp}/readme.$$"
if ! diff "${TMPDIR:-/tmp}/options.$$" "${TMPDIR:-/tmp}/readme.$$"; then
	complain "README.md and CONTRIBUTING.md: their tables of settings (flag, variable, default) are not the program's, above: < program, > documents"
fi
rm -f "${TMPDIR:-/tmp}/options.$$" "${TMPDIR:-/tmp}/readme.$$"
exit "$status"
