# shellcheck shell=sh
# What the cases of GitLab's two formats share; sourced behind tests/lib.sh, with kind set to the format's name.

: "${kind:?}"
format=$BUILD/tests/drivers/format

# name, input, output, options
rendered()
{
	what=$1 from=$2 to=$3
	shift 3
	if "$format" "$kind" "$@" <"$from" >"$to" 2>"$TMPDIR/why"; then pass "$what"; else fail "$what" <"$TMPDIR/why"; fi
}

# name, schema, files: by the library that GitLab itself uses, and by a second one
check_schema()
{
	name=$1 schema=../shared/schemas/gitlab/$2
	shift 2
	if ! [ -f "$schema" ]; then
		skip "$name: ${schema##*/}" "it is not beside this tree"
		return
	fi
	if ruby -e 'require "set"; require "json_schemer"' 2>/dev/null; then
		check "$name: ${schema##*/}, json_schemer" ruby tests/reports/gitlab_schema.rb "$schema" "$@"
	else
		skip "$name: ${schema##*/}, json_schemer" "ruby-json-schemer is not installed"
	fi
	if python3 -c 'import jsonschema' 2>/dev/null; then
		check "$name: ${schema##*/}, jsonschema" python3 tests/validate.py "$schema" "$@"
	else
		skip "$name: ${schema##*/}, jsonschema" "python3-jsonschema is not installed"
	fi
}

# A golden file, and the threshold that its name tells of.
check_golden()
{
	case=$(basename "$1" .json)
	least=$(expr "$case" : '.*@min-\(.*\)' || true)
	check "$1 tells what our own report does" \
	    python3 tests/reports/gitlab_facts.py "$kind" "$1" "tests/golden/json/${case%@*}.json" "${least:-negligible}"
}

# name, options: the report of that name in $TMPDIR as this format and as our own, and held against it
made()
{
	name=$1 least=negligible
	shift
	[ "${1:-}" != --report-min ] || least=$2
	if "$format" "$kind" "$@" <"$TMPDIR/$name.json" >"$TMPDIR/$name.$kind" 2>"$TMPDIR/why" &&
	    "$format" json <"$TMPDIR/$name.json" >"$TMPDIR/$name.truth" 2>"$TMPDIR/why"; then
		check "$name tells what our own report does" \
		    python3 tests/reports/gitlab_facts.py "$kind" "$TMPDIR/$name.$kind" "$TMPDIR/$name.truth" "$least"
	else
		fail "$name is rendered" <"$TMPDIR/why"
	fi
}

python3 tests/reports/gitlab_odd.py "$TMPDIR" 2>"$TMPDIR/why" || fail "reports are made" <"$TMPDIR/why"
