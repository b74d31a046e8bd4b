# shellcheck shell=sh
# Every format on every stored report of tests/fixtures/report must give tests/golden/FORMAT/CASE[@VARIANT].EXT, byte by
# byte; a golden file that nothing claims is a failure. Pages stand there without their style and script (stored()). The json ones are held against their schema; those of other
# formats in format-*.sh.
#
# With GOLDEN_WRITE=1 (make golden) the files are written instead; GOLDEN_FORMAT and GOLDEN_CASE narrow that.
. tests/lib.sh

format=$BUILD/tests/drivers/format
claimed=$TMPDIR/claimed
echo tests/golden/huge.tsv >"$claimed" # report-huge.sh's

# format, case, variant, options: what is tried beyond the defaults.
variants()
{
	cat <<-EOF
		table many 60 --width 60
		table many 80-colour --width 80 --colour
		table many 140-colour --width 140 --colour
		table many min-high --report-min high
		table gaps 80-colour --width 80 --colour
		table hostile-text 80-colour --width 80 --colour
		table starter-eol 100-colour --width 100 --colour
		table unknown-severity min-critical --report-min critical
		sarif many min-high --report-min high
		sarif many location --location Dockerfile
		sarif suppressed suppressed --suppressed
		markdown many min-high --report-min high
		json many min-critical --report-min critical
		junit many min-high --report-min high
		github many location --location docker/Dockerfile
		csv many min-high --report-min high
		jenkins many min-high --report-min high
		jenkins gaps location --location docker/Dockerfile
		gitlab many min-high --report-min high
		gitlab settings eol --gitlab-eol medium
		gitlab many default-branch --default-branch-image registry.example.com/team/app:latest
		codequality many min-high --report-min high
		codequality gaps location --location ./docker/Dockerfile
	EOF
}

# A report as it is stored: a page names the files of its style and its script where it holds them and their hashes.
# tests/reports/html_page.py proves that they are there as they are, and that the policy allows them.
stored()
{
	case $1 in
	html)
		sed -e "s/\(style-src 'self' 'sha256-\)[^']*'/\1of-report.css'/" \
			-e "s/\(script-src 'sha256-\)[^']*'/\1of-report.js'/" \
			-e '/^<style>/,/<\/style>$/c\
<style>report.css</style>' \
			-e '/^<script>/,/<\/script>$/c\
<script>report.js</script>'
		;;
	*) cat ;;
	esac
}

# format, case, file, options
golden()
{
	name=$1 report=$2 file=tests/golden/$1/$3
	shift 3
	echo "$file" >>"$claimed"
	if ! "$format" "$name" "$@" <"tests/fixtures/report/$report.json" >"$TMPDIR/written" 2>"$TMPDIR/why"; then
		fail "$file" <"$TMPDIR/why"
		return
	fi
	stored "$name" <"$TMPDIR/written" >"$TMPDIR/got"
	if [ -z "${GOLDEN_WRITE:-}" ]; then
		wanted=$file
		[ -f "$file" ] || wanted=/dev/null
		check_same "$file" "$wanted" "$TMPDIR/got"
	elif [ "${GOLDEN_FORMAT:-$name}" = "$name" ] && [ "${GOLDEN_CASE:-$report}" = "$report" ]; then
		mkdir -p "tests/golden/$name"
		cmp -s "$TMPDIR/got" "$file" || echo "# written: $file"
		cp "$TMPDIR/got" "$file"
	fi
}

"$format" --list >"$TMPDIR/formats"
while read -r name ext; do
	for report in tests/fixtures/report/*.json; do
		case=$(basename "$report" .json)
		golden "$name" "$case" "$case.$ext"
	done
done <"$TMPDIR/formats"

variants >"$TMPDIR/variants"
while read -r name case variant options; do
	ext=$(awk -v f="$name" '$1 == f { print $2 }' "$TMPDIR/formats")
	# shellcheck disable=SC2086
	golden "$name" "$case" "$case@$variant.$ext" $options
done <"$TMPDIR/variants"

sort "$claimed" >"$TMPDIR/wanted"
find tests/golden -type f ! -name README.md | sort >"$TMPDIR/present"
if [ -n "${GOLDEN_WRITE:-}" ]; then
	comm -13 "$TMPDIR/wanted" "$TMPDIR/present" | sed 's/^/# no case claims: /'
	pass "written"
	finish
fi
check_same "no golden file without a case" "$TMPDIR/wanted" "$TMPDIR/present"

# ---- What a log or a terminal must never get ----

plain=$(find tests/golden/table -name '*.txt' ! -name '*colour*')
# shellcheck disable=SC2086
{
	cat $plain | tr -d '[:print:]\n\200-\377' >"$TMPDIR/control"
	cat tests/golden/table/*.txt >"$TMPDIR/table"
	cat tests/golden/*/*.json tests/golden/*/*.sarif >"$TMPDIR/json"
}
: >"$TMPDIR/empty"
check_same "no control byte in a log" "$TMPDIR/empty" "$TMPDIR/control"
tr -d '[:print:]\n\200-\377' <"$TMPDIR/table" | tr -d '\033' >"$TMPDIR/control"
check_same "only our colours on a terminal" "$TMPDIR/empty" "$TMPDIR/control"
sed "s/$(printf '\033')\[[0-9;]*m//g" "$TMPDIR/table" >"$TMPDIR/uncoloured"
check_no_text "no workflow command at a line's start in a table" '^[[:blank:]]*::' "$TMPDIR/uncoloured"
check_no_text "no workflow command anywhere in a table" '##' "$TMPDIR/table"
check_no_text "none in json and sarif" '##' "$TMPDIR/json"
# Clair's is as Go wrote it: letters are themselves (format-clair.sh).
find tests/golden '(' -name '*.json' ! -path '*/clair/*' -o -name '*.sarif' ')' -exec cat {} + | tr -d '[:print:]\n' >"$TMPDIR/control"
check_same "json and sarif are ASCII" "$TMPDIR/empty" "$TMPDIR/control"
# Bytes are counted here, so lines of other characters are left out; and hostile ids, since ids are never cut.
for f in $plain; do
	case $f in
	*/hostile-text*) ;;
	*) awk 'length > 120 && !/[\200-\377]/' "$f" ;;
	esac
done >"$TMPDIR/wide"
check_same "no line of a log is wider than 120 columns" "$TMPDIR/empty" "$TMPDIR/wide"

# ---- Our json reads back to the same bytes ----

for f in tests/golden/json/*.json; do
	"$format" json <"$f" >"$TMPDIR/again" 2>&1
	check_same "read and written again: $f" "$f" "$TMPDIR/again"
done

# ---- Schemas ----

schema()
{
	if ! [ -f "$1" ]; then
		skip "golden files against ${1##*/}" "its licence keeps it out of this tree, and it is not beside it"
	elif ! python3 -c 'import jsonschema' 2>/dev/null; then
		skip "golden files against ${1##*/}" "python3-jsonschema is not installed"
	else
		check "golden files against ${1##*/}" python3 tests/validate.py "$@"
	fi
}

schema formatters/scanstep-report.schema.json tests/golden/json/*.json
finish
