# The feeds on what publishers really wrote, beside the tree: all of it is claimed, nothing is refused.
# shellcheck shell=sh
. tests/lib.sh

[ -d ../shared/feeds ] || skip_all "../shared/feeds is not there"
FEED=$BUILD/tests/drivers/feed

# row, file: claimed by the row and read to its end
read_one()
{
	"$FEED" "$1" "$2" >"$TMPDIR/out" 2>&1
	check_text "$1: ${2#../shared/} is claimed" "^claims.$1\$" "$TMPDIR/out"
	check_no_text "$1: ${2#../shared/} is not refused" '^error' "$TMPDIR/out"
}

for f in ../shared/data/advisories/debian-derived-*.json; do
	read_one debian "$f"
	check_no_text "debian: nothing of it is skipped" '^skip' "$TMPDIR/out"
	check "debian: a statement for each status" \
		test "$(grep -c '^affected' "$TMPDIR/out")" -eq "$(grep -c '"status":' "$f")"
done
read_one debian ../shared/feeds/debian/debian.json

for f in ../shared/feeds/alpine/*; do
	read_one alpine "$f"
done
check "alpine: one statement a package, version and id" \
	test "$("$FEED" alpine ../shared/feeds/alpine/real-v3.11-main.yaml | grep -c '^affected')" -eq 1198

for f in ../shared/feeds/osv/*.json ../shared/feeds/alma/*.json ../shared/feeds/rocky/*.json \
	../shared/feeds/ubuntu/U*.json ../shared/feeds/ghsa/*.json ../shared/feeds/govulndb/*.json \
	../shared/feeds/bitnami/*.json ../shared/feeds/chainguard/CGA-*.json; do
	read_one osv "$f"
done

mkdir "$TMPDIR/alma"
zstd -dc ../shared/data/advisories/almalinux-osv.tar.zst | tar xf - -C "$TMPDIR/alma"
find "$TMPDIR/alma" -name 'A*8*.json' | while read -r f; do
	"$FEED" osv "$f"
done >"$TMPDIR/all"
check_no_text "osv: no AlmaLinux record is refused" '^error\|^skip.malformed' "$TMPDIR/all"
check_no_text "osv: no bug fix advisory is told" '^advisory.AL[BE]A' "$TMPDIR/all"
check_text "osv: security advisories are" '^advisory.ALSA-.*CVE-' "$TMPDIR/all"

finish
