# Version schemes and "scanstep compare" against tests/vectors.
# shellcheck shell=sh
. tests/lib.sh

check "every pair both ways, every version valid, nothing else valid" \
	"$BUILD/tests/drivers/version" tests/vectors

for f in tests/vectors/*-invalid.txt; do
	scheme=${f##*/}
	scheme=${scheme%-invalid.txt}
	grep -v '^# ' "tests/vectors/$scheme.tsv" >"$TMPDIR/pairs"
	cut -f 2 "$TMPDIR/pairs" >"$TMPDIR/wanted"
	cut -f 1,3 "$TMPDIR/pairs" >"$TMPDIR/in"
	"$SCANSTEP" compare "$scheme" <"$TMPDIR/in" >"$TMPDIR/got" 2>&1
	check_same "compare $scheme" "$TMPDIR/wanted" "$TMPDIR/got"
done

printf '1.0\t1.1\n1.0\n1.0\t1.1\t1.2\n\n1.0\t\n\t1.0\n1.0 1.1\n1.1\t1.0' >"$TMPDIR/in"
printf '%s\n' '<' invalid invalid invalid invalid invalid invalid '>' >"$TMPDIR/wanted"
status=0
"$SCANSTEP" compare deb <"$TMPDIR/in" >"$TMPDIR/got" 2>&1 || status=$?
check_same "a line without exactly one tab is invalid" "$TMPDIR/wanted" "$TMPDIR/got"
check "and that is no failure" test "$status" -eq 0

check "no pairs, no answers" "$SCANSTEP" compare deb
check_same "not one" /dev/null "$TMPDIR/stdout"

check_status 2 "an unknown scheme" "$SCANSTEP" compare pacman
check_text "lists the schemes" "pacman.*deb, apk, rpm, npm, semver" "$TMPDIR/stderr"
check_same "and answers nothing" /dev/null "$TMPDIR/stdout"
check_status 2 "no scheme" "$SCANSTEP" compare
check_status 2 "pairs that cannot be read" sh -c '"$1" compare deb </' sh "$SCANSTEP"
check_text "says so" 'reading standard input' "$TMPDIR/stderr"
head -c 2000000 /dev/zero | tr '\0' 1 >"$TMPDIR/in"
check_status 2 "a line longer than any version" sh -c '"$1" compare deb <"$2"' sh "$SCANSTEP" "$TMPDIR/in"
check_text "names the limit" 'longer than the limit' "$TMPDIR/stderr"

if [ -c /dev/full ]; then
	status=0
	printf '1\t2\n' | "$SCANSTEP" compare deb >/dev/full 2>"$TMPDIR/stderr" || status=$?
	check "a full disk is status 6" test "$status" -eq 6
else
	skip "a full disk is status 6" "there is no /dev/full"
fi

finish
