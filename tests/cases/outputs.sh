# shellcheck shell=sh
# gate and convert: verdicts, where reports go, and that they appear whole or not at all. What -o may say is cli.sh's.
. tests/lib.sh

reports=$PWD/tests/fixtures/report
cp "$reports"/*.json "$TMPDIR"
cd "$TMPDIR" || exit 1

# ---- gate: report, flags, status ----

while read -r report status flags; do
	# shellcheck disable=SC2086
	check_status "$status" "gate $report $flags" "$SCANSTEP" gate "$report.json" $flags
done <<EOF
one 0
one 1 --fail-on high
one 0 --fail-on critical
many 1 --fail-on critical
unknown-severity 0 --fail-on none
unknown-severity 1 --fail-on critical
gaps 4
gaps 4 --fail-on negligible
gaps 0 --allow-incomplete
gaps 1 --allow-incomplete --fail-on high
allowed 0
allowed 1 --fail-on high
EOF
check_status 1 "gate prints a table" "$SCANSTEP" gate one.json --fail-on high
check_text "its last line is the verdict" '^FAILED: 1 finding reaches --fail-on high' stdout
check "a format's own file" "$SCANSTEP" gate one.json -v -o sarif
check_text "is named with -v" '^scanstep: wrote scanstep.sarif$' stderr
rm scanstep.sarif
echo hello >no-report
check_status 2 "gate of what is no report" "$SCANSTEP" gate no-report
check_text "says so and what to do" '^scanstep: no-report is no scanstep json report: .*; write one with scan -o json=FILE$' stderr
check_status 4 "gate with gaps" "$SCANSTEP" gate gaps.json
check_text "its last line says so" '^INCOMPLETE: 4 gaps' stdout

cat >allow.yml <<-EOF
	- id: CVE-2023-0286
	  reason: the service parses no certificates
	  expires: 2999-12-31
EOF
check_status 0 "gate with an allow-list" "$SCANSTEP" gate one.json --fail-on high --allowlist allow.yml -o json=gated.json
check_text "the standing is decided anew" '"standing": "allowed"' gated.json
check_text "with the reason" '"reason": "the service parses no certificates"' gated.json
printf -- '- id: CVE-1999-0001\n  reason: unused\n' >unused.yml
check_status 4 "an entry that covers nothing, and gaps" "$SCANSTEP" gate gaps.json --allowlist unused.yml
check_text "may cover what was not looked at" 'covers no finding in what could be looked at$' stdout
check_status 0 "an entry that covers nothing, without gaps" "$SCANSTEP" gate one.json --allowlist unused.yml
check_text "covers no finding" 'covers no finding$' stdout
check_status 1 "and anew again, without it" "$SCANSTEP" gate gated.json --fail-on high
check_status 2 "gate with an allow-list that is missing" "$SCANSTEP" gate one.json --allowlist absent.yml -o json=keep.json

# --allow-empty accepts the scan's own gap of an empty image, and no stranger's words.
empty_with()
{
	python3 - "$1" <<-'EOF2'
		import json, sys
		report = json.load(open("gaps.json"))
		report["packages"], report["findings"] = [], []
		report["gaps"] = [{"kind": sys.argv[1], "packages": 0, "layer": None, "path": None,
		                   "reason": "nothing was recognised: no database of packages is in the image"}]
		json.dump(report, open("empty-gap.json", "w"))
	EOF2
}
if command -v python3 >/dev/null; then
	empty_with empty
	check_status 4 "gate of an empty image" "$SCANSTEP" gate empty-gap.json
	check_status 0 "which is allowed" "$SCANSTEP" gate empty-gap.json --allow-empty
	empty_with unread
	check_status 4 "another gap is not, whatever its words" "$SCANSTEP" gate empty-gap.json --allow-empty
	sed 's/"gaps": \[{[^]]*\]/"gaps": []/' empty-gap.json >empty-allowed.json
	check_status 4 "an empty image whose scan allowed it" "$SCANSTEP" gate empty-allowed.json
	check_status 0 "which this gate allows, too" "$SCANSTEP" gate empty-allowed.json --allow-empty
else
	skip "gate of an empty image" "python3 makes the reports, and is not installed"
fi

# ---- Where reports go ----

check "convert into four" "$SCANSTEP" convert one.json -o table -o json=a.json -o sarif -o table=b.txt
for mask in 022 077 002; do
	(umask $mask && "$SCANSTEP" convert one.json -o json=mode.json && : >mode.usual)
	check "with umask $mask, the mode of any file" test "$(stat -c %a mode.json)" = "$(stat -c %a mode.usual)"
	rm mode.json mode.usual
done
odd=$(printf 'caf\351.json')
check "to a name that is no UTF-8" "$SCANSTEP" convert one.json -o "json=$odd"
check "which is not repaired" test -s "$odd"
check "to the same, by the environment" env "SCANSTEP_OUTPUT=table,json=$odd.2" "$SCANSTEP" convert one.json
check "which is not repaired either" test -s "$odd.2"
check "to the default file" test -s scanstep.sarif
check "to a named file" test -s a.json
check "and another" test -s b.txt
check_same "json of our json is itself" a.json "$OLDPWD/tests/golden/json/one.json"
check_same "a table in a file is plain" b.txt "$OLDPWD/tests/golden/table/one.txt"
cp a.json again.json
check "a report that is input and output" "$SCANSTEP" convert again.json -o json=again.json
check_same "is replaced by its successor" a.json again.json
"$SCANSTEP" convert - -o json <a.json >from-stdin.json 2>stderr
check_same "standard input to standard output" a.json from-stdin.json

# ---- Who tells the verdict ----

check_status 1 "a failure of which only a file tells" "$SCANSTEP" gate one.json --fail-on high -o sarif
check_text "is said on standard error" '^scanstep: FAILED: 1 finding reaches --fail-on high$' stderr
check_status 1 "and with --quiet" "$SCANSTEP" gate one.json --fail-on high -q -o sarif
check_text "too" '^scanstep: FAILED: ' stderr
check_status 1 "what fails the build is listed" "$SCANSTEP" gate one.json --fail-on high --report-min critical -o junit
check_text "whatever --report-min says" '<failure' scanstep-junit.xml
check_status 1 "a table and annotations" "$SCANSTEP" gate one.json --fail-on high -o table -o github
check_text "share the log" '^::error' stdout

# ---- A page and its style sheet ----

mkdir pages
echo mine >pages/report.css
check "a page" "$SCANSTEP" convert one.json -o html=pages/one.html
check_same "has its style sheet beside it" "$OLDPWD/formatters/report.css" pages/report.css
check "two pages share it" "$SCANSTEP" convert one.json -o html=pages/one.html -o html=./pages/two.html
check "a page on standard output" "$SCANSTEP" convert one.json -o html=-
check "has none" test ! -e report.css
echo mine >kept.css && cp kept.css report.css
check_status 3 "no image, no page" "$SCANSTEP" scan docker-archive:absent.tar -o html
check_same "and what was there is kept" kept.css report.css
cp one.json report.css
check_status 2 "a style sheet over the input" "$SCANSTEP" convert report.css -o html=x.html
check_same "is refused" one.json report.css
rm report.css && mkfifo report.css
check_status 6 "a pipe in the style sheet's place" "$SCANSTEP" convert one.json -o html=x.html
rm report.css
check_status 2 "a report in its place, spelt otherwise" "$SCANSTEP" convert one.json -o html=x.html -o json=pages/../report.css
check_text "says so" "'pages/../report.css' are the same file" stderr
check_status 2 "two reports in one file, spelt otherwise" "$SCANSTEP" convert one.json -o json=r.json -o sarif=./r.json

# ---- Whole or not at all ----

check_status 6 "a folder that is not there, before anything is read" "$SCANSTEP" scan docker-archive:absent.tar -o json=absent/x

echo earlier >old.json
check_status 2 "a report that cannot be read" "$SCANSTEP" convert absent.json -o json=old.json
check_text "removes no earlier file" earlier old.json
echo '{' >broken.json
check_status 2 "a broken report" "$SCANSTEP" convert broken.json -o json=old.json
check_text "its sentence names it" 'scanstep: broken.json is no scanstep json report: line ' stderr
check_text "and removes no earlier file" earlier old.json
check_status 6 "a folder that is not there" "$SCANSTEP" convert one.json -o json=old.json -o sarif=absent/x.sarif
check "leaves neither the earlier nor a new file" test ! -e old.json
mkdir folder.json
check_status 6 "a folder of that name" "$SCANSTEP" convert one.json -o json=folder.json
if [ -c /dev/full ]; then
	echo earlier >old.json
	"$SCANSTEP" convert one.json -o json=old.json -o table >/dev/full 2>stderr
	echo $? >status
	echo 6 >wanted
	check_same "standard output that is full" wanted status
	check_text "has its sentence" 'standard output' stderr
	check "and no file appears" test ! -e old.json
	check_status 6 "a device that is full" "$SCANSTEP" convert one.json -o json=/dev/full -o sarif=s.sarif
	check "is still there" test -c /dev/full
	check "and nothing else is" test ! -e s.sarif
else
	skip "full devices" "there is no /dev/full"
fi
# The report is larger than a pipe holds, and its reader goes before it is written.
{ "$SCANSTEP" convert "$TMPDIR/hostile-text.json" -o json=p.json -o sarif=- 2>stderr; echo $? >status; } | true
check_same "a pipe without a reader" wanted status
check "and no file appears then" test ! -e p.json
check "/dev/null" "$SCANSTEP" convert one.json -o json=/dev/null
check "is still a device" test -c /dev/null
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
	shm=$(mktemp -d /dev/shm/scanstep-test.XXXXXX)
	trap 'rm -rf "$shm"' EXIT
	check "a new file under /dev" "$SCANSTEP" convert one.json -o "json=$shm/r.json"
	check_same "is written" a.json "$shm/r.json"
	check "a file under /dev that is there" "$SCANSTEP" convert one.json -o "json=$shm/r.json"
	check_same "is replaced" a.json "$shm/r.json"
	echo earlier >"$shm/r.json"
	check_status 6 "a file under /dev, and no report" "$SCANSTEP" convert one.json -o "json=$shm/r.json" -o sarif=absent/x.sarif
	check "does not keep the earlier" test ! -e "$shm/r.json"
	rm -rf "$shm"
	trap - EXIT
else
	skip "files under /dev" "there is no /dev/shm to write to"
fi
if [ -e /dev/fd/0 ]; then
	"$SCANSTEP" convert one.json -o json=/dev/stdout >by-name.json 2>stderr
	check_same "/dev/stdout" a.json by-name.json
	"$SCANSTEP" convert one.json -o json=/dev/fd/3 3>by-number.json 2>stderr
	check_same "/dev/fd/3" a.json by-number.json
else
	skip "/dev/stdout and /dev/fd" "they need /proc, which is not here"
fi
mkfifo fifo
cat fifo >from-fifo.json &
check "a named pipe" "$SCANSTEP" convert one.json -o json=fifo
wait
check_same "gets it" a.json from-fifo.json
check "and is still a pipe" test -p fifo
ln -s a.json link.json
check "a symbolic link" "$SCANSTEP" convert many.json -o json=link.json
check "is replaced" test ! -h link.json
check_same "not followed" a.json "$OLDPWD/tests/golden/json/one.json"
find . -name '.scanstep-*' >left
check_same "no unfinished file is left" /dev/null left

# ---- Folders ----

# Those of --output-dir are made. What a checkout leads elsewhere is not followed; who begins at the root means it.
mkdir elsewhere
ln -s elsewhere led
ln -s ../elsewhere elsewhere/led
check_status 6 "a folder that is a link" "$SCANSTEP" convert one.json --output-dir led -o json=x.json
check_text "is told" "^scanstep: cannot make the folder 'led': 'led' is a symbolic link\$" stderr
check_status 6 "a link on the way to it" "$SCANSTEP" convert one.json --output-dir elsewhere/led/below -o json=x.json
check_text "is named" "^scanstep: cannot make the folder 'elsewhere/led/below': 'elsewhere/led' is a symbolic link\$" stderr
rm elsewhere/led
find elsewhere -mindepth 1 >left
check_same "nothing is written there" /dev/null left
check "a link on a path from the root" "$SCANSTEP" convert one.json --output-dir "$PWD/led/below" -o json=x.json
check "is followed" test -s elsewhere/below/x.json
mkdir deep
# shellcheck disable=SC2016
check "folders that are made, and one above" sh -c 'cd deep && exec "$1" convert ../one.json --output-dir ../made/a/./b/ -o json=x.json' sh "$SCANSTEP"
check "have the report" test -s made/a/b/x.json

# ---- Terminals ----

terminal()
{
	python3 "$OLDPWD/tests/terminal.py" "$@"
}
if ! python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
	skip_all "there are no terminals to be had here (no python3, or no /dev/pts)"
fi
escape=$(printf '\033')
terminal "$SCANSTEP" convert many.json >plain
check_same "a dumb terminal: its width, no colour" plain "$OLDPWD/tests/golden/table/many@60.txt"
TERM=xterm terminal "$SCANSTEP" convert many.json >coloured
check_text "colour on a terminal" "$escape\\[31mhigh" coloured
sed "s/$escape\[[0-9;]*m//g" coloured >uncoloured
check_same "is all that differs" plain uncoloured
TERM=xterm NO_COLOR=1 terminal "$SCANSTEP" convert many.json >uncoloured
check_same "NO_COLOR" plain uncoloured
TERM=xterm COLUMNS=80 terminal "$SCANSTEP" convert many.json >coloured
check_same "COLUMNS" coloured "$OLDPWD/tests/golden/table/many@80-colour.txt"
TERM=xterm "$SCANSTEP" convert many.json >plain
check_same "no terminal" plain "$OLDPWD/tests/golden/table/many.txt"
finish
