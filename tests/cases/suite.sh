#!/bin/sh
# What the suite itself must notice: a check that cannot look (tests/lib.sh), a case that nobody has (tests/run.sh),
# a stage that did nothing (.ci/run).

. tests/lib.sh

# checked NAME VERDICT CHECK...: what a case of this one check says.
checked()
{
	name=$1
	verdict=$2
	shift 2
	mkdir -p "$TMPDIR/inner"
	case $verdict in
	passes) status=0 pattern='^ok 1 - it$' ;;
	fails) status=1 pattern='^not ok 1 - it$' ;;
	esac
	check_status "$status" "$name" env TMPDIR="$TMPDIR/inner" sh -c '. tests/lib.sh; "$@"; finish' sh "$@"
	check_text "$name: $verdict" "$pattern" "$TMPDIR/stdout"
}

printf 'one\ntwo\n' >"$TMPDIR/lines"
: >"$TMPDIR/empty"
cp "$TMPDIR/lines" "$TMPDIR/copy"
while read -r verdict check arguments; do
	# shellcheck disable=SC2046
	checked "$check $arguments" "$verdict" "$check" it $(echo "$arguments" | sed "s,@,$TMPDIR/,g")
done <<'END'
passes check_text one @lines
fails check_text three @lines
fails check_text one @none
fails check_text one
fails check_text \(one @lines
fails check_text one @lines @none
passes check_no_text three @lines
passes check_no_text one @empty
fails check_no_text one @lines
fails check_no_text one @none
fails check_no_text one
fails check_no_text one @
fails check_no_text \(three @lines
fails check_no_text three @lines @none
passes check_count 1 one @lines
passes check_count 0 three @lines
fails check_count 2 one @lines
fails check_count 0 one @none
fails check_count 0 \(one @lines
passes check_same @lines @copy
fails check_same @lines @empty
fails check_same @lines @lines
fails check_same @none @none
fails check_same @empty
fails check_same @none @lines
END
checked "check_text with no pattern" fails check_text it '' "$TMPDIR/lines"
checked "check_no_text with no pattern" fails check_no_text it '' "$TMPDIR/empty"
checked "check_count of all lines" passes check_count it 2 '' "$TMPDIR/lines"
checked "check_count with no number, where it cannot look" fails check_count it '' one "$TMPDIR/none"

# tests/run.sh: names that are asked for.
mkdir "$TMPDIR/some"
for n in one two; do
	printf '. tests/lib.sh\npass "%s"\nfinish\n' "$n" >"$TMPDIR/some/$n.sh"
done
TEST_SCRIPTS="$TMPDIR/some/*.sh"
export TEST_SCRIPTS
check "cases: all of them" sh tests/run.sh "$BUILD" "$SCANSTEP"
check_text "cases: two ran" '^2 passed, 0 failed$' "$TMPDIR/stdout"
check "cases: two by name" sh tests/run.sh "$BUILD" "$SCANSTEP" two one
check_text "cases: both ran" '^2 passed, 0 failed$' "$TMPDIR/stdout"
check_status 1 "cases: one of two names is misspelt" sh tests/run.sh "$BUILD" "$SCANSTEP" one tow
check_text "cases: it is named" ' "tow"$' "$TMPDIR/stderr"
check_text "cases: and fails" '^0 passed, 1 failed$' "$TMPDIR/stdout"
check_no_text "cases: the right one is not" one "$TMPDIR/stderr"
check_status 1 "cases: a pattern is no name" sh tests/run.sh "$BUILD" "$SCANSTEP" 'on.'
check_status 1 "cases: nor is nothing" sh tests/run.sh "$BUILD" "$SCANSTEP" one ''
printf '. tests/lib.sh\nsleep 100\nfinish\n' >"$TMPDIR/some/one.sh"
CASE_SECONDS=1 check_status 1 "cases: one that takes longer than it may" sh tests/run.sh "$BUILD" "$SCANSTEP"
check_text "cases: fails alone" '^1 passed, 1 failed$' "$TMPDIR/stdout"
unset TEST_SCRIPTS

# .ci/run in a tree of its own, whose make says for each stage what the variable SAYS_<stage> holds, or else counts.
mkdir -p "$TMPDIR/ci/.ci"
cp .ci/run "$TMPDIR/ci/.ci/run"
for stage in test check-clients check-image lint tidy sanitize fuzz; do
	variable=SAYS_$(echo "$stage" | tr - _)
	[ "$stage" = tidy ] || count='2 passed, 0 failed'
	[ "$stage" != tidy ] || count='12 warnings generated.'
	printf '%s:\n\t@eval "$${%s-echo %s}"\n' "$stage" "$variable" "'$count'"
done >"$TMPDIR/ci/Makefile"
echo '    true && make test' >"$TMPDIR/ci/README.md"

# ran STATUS NAME LAST [VARIABLE=VALUE...]
ran()
{
	status=$1 what=$2 last=$3
	shift 3
	check_status "$status" "ci: $what" env "$@" sh "$TMPDIR/ci/.ci/run"
	tail -n 1 "$TMPDIR/stdout" >"$TMPDIR/last"
	check_text "ci: $what: counts" "^$last\$" "$TMPDIR/last"
}
ran 0 "every stage is well" '12 passed, 0 failed'
ran 1 "one counts a failure" '11 passed, 1 failed' SAYS_lint='echo 1 passed, 1 failed; exit 2'
ran 1 "one fails without counting" '10 passed, 1 failed' SAYS_sanitize='exit 2'
ran 1 "one fails having counted none" '12 passed, 1 failed' SAYS_fuzz='echo 2 passed, 0 failed; exit 2'
ran 1 "tidy fails" '12 passed, 1 failed' SAYS_tidy='exit 2'
for stage in test check_clients check_image lint sanitize fuzz; do
	ran 1 "$stage does nothing" '10 passed, 1 failed' SAYS_$stage=:
done
check_text "ci: it says so" '^fuzz smoke: it counted nothing$' "$TMPDIR/stdout"
echo '    make check' >"$TMPDIR/ci/README.md"
ran 1 "the README's line is reworded" '10 passed, 1 failed'
check_text "ci: that is said" '^there is no command$' "$TMPDIR/stdout"
finish
