# Every reader on its fixtures, and on files too large to be kept: tests/fixtures/reader/<row>/<case>/
#
#	in        the file
#	path      where it lies in the image, if it is not the reader's first path
#	out.tsv   what the driver must say (tests/drivers/reader.c)
#
# A case is called ok- when nothing may be missing from its answer: no gap and no error; bad- when there
# must be one; hostile- when either is right.
. tests/lib.sh

READER=$BUILD/tests/drivers/reader

for dir in tests/fixtures/reader/*/*/; do
	dir=${dir%/}
	case=${dir##*/}
	row=${dir%/*}
	row=${row##*/}
	case $row in
	apk) path=lib/apk/db/installed ;;
	dpkg) path=var/lib/dpkg/status ;;
	*) path=etc/os-release ;;
	esac
	[ ! -f "$dir/path" ] || path=$(cat "$dir/path")
	"$READER" "$row" "$path" "$dir/in" >"$TMPDIR/out" 2>&1
	check_same "$row: $case" "$dir/out.tsv" "$TMPDIR/out"
	case $case in
	ok-*) check_no_text "$row: $case has no gap" '^gap\|^error' "$TMPDIR/out" ;;
	bad-*) check_text "$row: $case has a gap" '^gap\|^error' "$TMPDIR/out" ;;
	esac
done

# big COUNT: that many lines of 1,000 letters each behind a blank or "L:"
big()
{
	awk -v n="$1" -v head="$2" 'BEGIN {
		line = sprintf("%1000s", ""); gsub(/ /, "x", line)
		for (i = 0; i < n; i++) print head line
	}'
}
one='Package: one\nStatus: install ok installed\nVersion: 1\n'
two='\nPackage: two\nStatus: install ok installed\nVersion: 2\n\n'

# answer ROW PATH <FILE: what the driver says of it, into $TMPDIR/out
answer()
{
	cat >"$TMPDIR/in"
	"$READER" "$1" "$2" "$TMPDIR/in" >"$TMPDIR/out" 2>&1
}

# shellcheck disable=SC2059
{ printf "${one}Description: long\n"; big 10000 ' '; printf "$two"; } | answer dpkg var/lib/dpkg/status
check_text "dpkg: a field of 10 MB is a gap that names the line" 'line 1052: a record of more than 1 MiB' "$TMPDIR/out"
check_text "dpkg: the record with the long field stays" '^package.deb.one' "$TMPDIR/out"
check_text "dpkg: the record behind it is read" '^package.deb.two' "$TMPDIR/out"

# shellcheck disable=SC2059
{ printf "${one}\n${one}Description: "; big 10000 '' | tr -d '\n'; printf "$two"; } | answer dpkg var/lib/dpkg/status
check_text "dpkg: a line of 10 MB ends the file with an error that names the line" '^error.line 8: ' "$TMPDIR/out"
check_text "dpkg: the record before it stays" '^package.deb.one' "$TMPDIR/out"

# shellcheck disable=SC2059
{ printf 'Package: '; big 70 '' | tr -d '\n'; printf "\nStatus: install ok installed\nVersion: 1\n$two"; } |
	answer dpkg var/lib/dpkg/status
check_text "dpkg: a name of 70 KB is a gap" '^gap.line 1: the name is longer than 64 KiB' "$TMPDIR/out"
check_text "dpkg: and the next package is read" '^package.deb.two' "$TMPDIR/out"

{ printf 'P:one\nV:1\n'; big 2000 'F:'; printf '\nP:two\nV:2\n\n'; } | answer apk lib/apk/db/installed
check_text "apk: a record of 2 MB is a gap" '^gap.*more than 1 MiB' "$TMPDIR/out"
check_text "apk: and the next package is read" '^package.apk.two' "$TMPDIR/out"

{ echo 'ID=debian'; big 10000 '# '; } | answer os-release etc/os-release
check_text "os-release: 10 MB are refused" '^error.*65536' "$TMPDIR/out"

awk 'BEGIN { for (i = 0; i < 100005; i++) print "P:p" i "\nV:1\n" }' | answer apk lib/apk/db/installed
check_text "apk: the 100,001st package is a gap" '^gap.*more than 100000 packages' "$TMPDIR/out"
check "apk: and 100,000 are kept" test "$(grep -c '^package' "$TMPDIR/out")" -eq 100000

finish
