# shellcheck shell=sh
# What every case of tests/cases shares: TAP, and checks that say why they failed.
#
#	. tests/lib.sh
#	check NAME COMMAND...            passes when the command exits with 0
#	check_status N NAME COMMAND...   passes when it exits with N
#	check_same NAME WANTED GOT       passes when two files are equal; shows the difference
#	check_text NAME PATTERN FILE     passes when a line of FILE matches (grep -e)
#	check_no_text NAME PATTERN FILE  passes when none does
#	check_count NAME N PATTERN FILE  passes when N lines do. A check that cannot look (no such file, a malformed
#	                                 pattern) fails, whatever it looks for
#	pass NAME / fail NAME <FILE      a verdict of one's own; FILE says why (no pipe: a pipe's end counts in
#	                                 a shell of its own)
#	skip NAME REASON                 something that cannot be checked here; said loudly
#	skip_all REASON                  the same for the rest of the case; does not return
#	needs MISSING                    the same, if MISSING is not empty: what is said to be missing, a line each
#	sanitized                        is the program built with sanitizers, and slow? Then a sample is enough
#	finish                           last line of every case
#
# A case is started by tests/run.sh in the root of the tree, with BUILD (the build folder), SCANSTEP (the
# program) and TMPDIR (a folder of its own, empty, removed afterwards); HOME lies in it. The output
# of the last command is left in $TMPDIR/stdout and $TMPDIR/stderr.

set -u
TESTS=0
FAILURES=0

pass()
{
	TESTS=$((TESTS + 1))
	echo "ok $TESTS - $1"
}

# Reads what to say about it from standard input.
fail()
{
	TESTS=$((TESTS + 1))
	FAILURES=$((FAILURES + 1))
	echo "not ok $TESTS - $1"
	sed 's/^/# /'
}

skip()
{
	TESTS=$((TESTS + 1))
	echo "ok $TESTS - $1 # SKIP $2"
}

skip_all()
{
	skip "the rest of this case" "$1"
	finish
}

needs()
{
	[ -z "$1" ] || skip_all "needs $(echo "$1" | tr '\n' ' ')"
}

sanitized()
{
	[ "${SANITIZED:-}" ]
}

check_status()
{
	wanted=$1
	name=$2
	shift 2
	got=0
	"$@" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" </dev/null || got=$?
	if [ "$got" -eq "$wanted" ]; then
		pass "$name"
		return
	fi
	{
		echo "status $got, not $wanted, of: $*"
		head -n 20 "$TMPDIR/stdout"
		echo "standard error:"
		head -n 40 "$TMPDIR/stderr"
	} >"$TMPDIR/why"
	fail "$name" <"$TMPDIR/why"
}

check()
{
	check_status 0 "$@"
}

# A file is always the same as itself.
check_same()
{
	if [ $# -eq 3 ] && [ "$2" != "$3" ] && cmp -s "$2" "$3"; then
		pass "$1"
	else
		{ [ $# -eq 3 ] && diff -u "$2" "$3" || echo "these are to be the same: $*"; } >"$TMPDIR/why" 2>&1
		head -n 60 "$TMPDIR/why" >"$TMPDIR/why.head"
		fail "$1" <"$TMPDIR/why.head"
	fi
}

# found OPTION NAME PATTERN FILE: grep's status, 0 or 1, and what it writes in $TMPDIR/found. Above that it could not
# look, and $TMPDIR/why says why: that there is no such file, or that the pattern is malformed. An empty pattern is
# in every line, and only counts them.
found()
{
	if [ $# -ne 4 ] || { [ -z "$3" ] && [ "$1" != -c ]; }; then
		echo "a check looks for a pattern in a file, not so: $*" >"$TMPDIR/why"
		return 2
	fi
	grep "$1" -e "$3" -- "$4" >"$TMPDIR/found" 2>"$TMPDIR/why"
}

check_text()
{
	found -q "$@"
	case $? in
	0)
		pass "$1"
		return
		;;
	1) { echo "no line matches $2 in:"; head -n 40 "$3"; } >"$TMPDIR/why" ;;
	esac
	fail "$1" <"$TMPDIR/why"
}

check_no_text()
{
	found -n "$@"
	case $? in
	0) fail "$1" <"$TMPDIR/found" ;;
	1) pass "$1" ;;
	*) fail "$1" <"$TMPDIR/why" ;;
	esac
}

check_count()
{
	counted=$1
	lines=$2
	shift 2
	found -c "$counted" "$@"
	if [ $? -gt 1 ]; then
		fail "$counted" <"$TMPDIR/why"
	elif [ "$(cat "$TMPDIR/found")" = "$lines" ]; then
		pass "$counted"
	else
		{ echo "$(cat "$TMPDIR/found") lines, not $lines, match $1 in:"; head -n 40 "$2"; } >"$TMPDIR/why" 2>&1
		fail "$counted" <"$TMPDIR/why"
	fi
}

finish()
{
	echo "1..$TESTS"
	[ "$FAILURES" -eq 0 ]
	exit
}
