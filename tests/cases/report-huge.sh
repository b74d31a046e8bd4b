# shellcheck shell=sh
# Takes long.
# 30,000 findings in every format: how many are shown and the bytes' SHA-256 stand in tests/golden/huge.tsv.
#
# With GOLDEN_WRITE=1 (make golden) huge.tsv is written instead; GOLDEN_FORMAT narrows that, and GOLDEN_CASE, where
# this one is "huge".
. tests/lib.sh
if [ "${GOLDEN_WRITE:-}" ] && [ "${GOLDEN_CASE:-huge}" != huge ]; then
	pass "nothing to write"
	finish
fi
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the reports, and is not installed"
fi

format=$BUILD/tests/drivers/format
golden=tests/golden/huge.tsv

python3 tests/reports/make.py --findings 30000 >"$TMPDIR/stored.json"
printf '# format\tbytes\tfindings shown\tSHA-256: of 30,000 findings as tests/reports/make.py makes them\n' >"$TMPDIR/huge.tsv"
"$format" --list >"$TMPDIR/formats"
while read -r name _; do
	if [ "${GOLDEN_FORMAT:-$name}" != "$name" ]; then
		grep "^$name	" "$golden" >>"$TMPDIR/huge.tsv" 2>/dev/null # as it is
	elif "$format" "$name" <"$TMPDIR/stored.json" >"$TMPDIR/out" 2>"$TMPDIR/why" &&
		shown=$(python3 tests/reports/readback.py "$name" "$TMPDIR/out" 2>"$TMPDIR/why"); then
		sha=$(sha256sum "$TMPDIR/out")
		printf '%s\t%s\t%s\t%s\n' "$name" "$(wc -c <"$TMPDIR/out")" "$shown" "${sha%% *}" >>"$TMPDIR/huge.tsv"
	else
		fail "30,000 findings as $name" <"$TMPDIR/why"
	fi
done <"$TMPDIR/formats"
if [ -n "${GOLDEN_WRITE:-}" ]; then
	cmp -s "$TMPDIR/huge.tsv" "$golden" || echo "# written: $golden"
	cp "$TMPDIR/huge.tsv" "$golden"
	pass "written"
	finish
fi
check_same "30,000 findings in every format" "$golden" "$TMPDIR/huge.tsv"
finish
