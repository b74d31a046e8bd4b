# shellcheck shell=sh
# Takes long.
# Hostile and endless texts in every field of a stored report, in every format; tests/reports/hostile.py has them.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the reports, and is not installed"
fi
exec python3 -B tests/reports/hostile.py "$BUILD/tests/drivers/format"
