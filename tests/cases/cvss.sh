# CVSS scores against tests/vectors/cvss.tsv.
# shellcheck shell=sh
. tests/lib.sh

check "every vector has its score" "$BUILD/tests/drivers/cvss" tests/vectors/cvss.tsv
printf 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\t9.7\n' >"$TMPDIR/wrong.tsv"
check_status 1 "and a wrong score is noticed" "$BUILD/tests/drivers/cvss" "$TMPDIR/wrong.tsv"

finish
