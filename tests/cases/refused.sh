# shellcheck shell=sh
# Stored reports that must be refused, with a JSON pointer that says where: tests/vectors/report-refused.tsv.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the reports, and is not installed"
fi
exec python3 tests/refused.py "$SCANSTEP" tests/fixtures/report/one.json tests/vectors/report-refused.tsv "$TMPDIR"
