# shellcheck shell=sh
# dotenv: what GitLab takes, what a shell reads, and that a later scan which inherits it is not told of a setting that is none.
. tests/lib.sh

empty=$TMPDIR/empty
: >"$empty"
for f in tests/golden/dotenv/*.env; do
	LC_ALL=C grep -v '^SCANSTEP_RESULT_[A-Z_]*=[a-z0-9][a-z0-9]*$' "$f" >"$TMPDIR/other"
	check_same "names, digits and words only: $f" "$empty" "$TMPDIR/other"
	check_count "eleven variables: $f" 11 '^' "$f"
	check "they are different ones: $f" test "$(cut -d = -f 1 "$f" | sort -u | wc -l)" -eq 11
	check "at most 5 KB: $f" test "$(wc -c <"$f")" -le 5120
	# shellcheck disable=SC1090
	. "./$f"
	json=tests/golden/json/$(basename "$f" .env).json
	check "severities add up: $f" test "$(grep -c '"standing": "\(open\|below\)"' "$json")" -eq \
		$((SCANSTEP_RESULT_CRITICAL + SCANSTEP_RESULT_HIGH + SCANSTEP_RESULT_MEDIUM + SCANSTEP_RESULT_LOW + \
		SCANSTEP_RESULT_UNKNOWN))
	check "open ones too: $f" test "$(grep -c '"standing": "open"' "$json")" -eq "$SCANSTEP_RESULT_OPEN"
	case $SCANSTEP_RESULT_VERDICT/$SCANSTEP_RESULT_EXIT_STATUS in
	passed/0 | failed/1 | incomplete/4) pass "the verdict is the exit status: $f" ;;
	*) fail "the verdict is the exit status: $f" <"$f" ;;
	esac
done

# What --report-min leaves out is counted all the same.
"$BUILD/tests/drivers/format" dotenv --report-min critical <tests/fixtures/report/many.json >"$TMPDIR/got"
check_same "it holds all findings" tests/golden/dotenv/many.env "$TMPDIR/got"

cp tests/golden/json/one.json "$TMPDIR/one.json"
(
	set -a
	# shellcheck disable=SC1091
	. tests/golden/dotenv/one.env
	"$SCANSTEP" gate --fail-on none -o "dotenv=$TMPDIR/later.env" "$TMPDIR/one.json"
) >"$TMPDIR/log" 2>&1
check_text "a later job's gate runs" '^SCANSTEP_RESULT_VERDICT=passed$' "$TMPDIR/later.env"
check_same "and is told nothing of what it inherits" "$empty" "$TMPDIR/log"
finish
