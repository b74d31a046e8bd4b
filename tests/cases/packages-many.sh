# shellcheck shell=sh
# An image of 70,000 packages from scan to gate to convert, and one of more packages than a report holds.
. tests/lib.sh

export SOURCE_DATE_EPOCH=1700000000
tree=$TMPDIR/tree
mkdir -p "$tree/etc" "$tree/var/lib/dpkg" "$tree/lib/apk/db"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >"$tree/etc/os-release"
awk 'BEGIN { for (i = 0; i < 70000; i++)
	printf "Package: p%d\nStatus: install ok installed\nArchitecture: all\nVersion: 1.%d-1\n\n", i, i }' \
	>"$tree/var/lib/dpkg/status"
scan="$SCANSTEP scan --no-cache rootfs:$tree -o json=$TMPDIR/scanned.json"
# shellcheck disable=SC2086
check_status 0 "70,000 packages: scan" $scan
check_count "70,000 packages: all are in the report" 70000 '"source_name"' "$TMPDIR/scanned.json"
check_status 0 "70,000 packages: gate" "$SCANSTEP" gate "$TMPDIR/scanned.json" -o "json=$TMPDIR/gated.json"
check_same "70,000 packages: gate changes nothing" "$TMPDIR/scanned.json" "$TMPDIR/gated.json"
check_status 0 "70,000 packages: convert" "$SCANSTEP" convert "$TMPDIR/gated.json" -o "sarif=$TMPDIR/converted.sarif"
check_text "70,000 packages: convert writes" '"version": "2.1.0"' "$TMPDIR/converted.sarif"

# No single file has too many.
awk 'BEGIN { for (i = 0; i < 30001; i++) print "P:a" i "\nV:1\n" }' >"$tree/lib/apk/db/installed"
# shellcheck disable=SC2086
check_status 4 "100,001 packages: scan" $scan
check_text "100,001 packages: is a gap" '"more than 100000 packages: the rest is left out"' "$TMPDIR/scanned.json"
check_count "100,001 packages: 100,000 are in the report" 100000 '"source_name"' "$TMPDIR/scanned.json"
check_status 4 "100,001 packages: gate" "$SCANSTEP" gate "$TMPDIR/scanned.json"
finish
