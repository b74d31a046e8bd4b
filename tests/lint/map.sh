#!/bin/sh
# Print "path  caption" of every source file, from its own first comment. A file without a caption or
# without its licence line fails. step/README.md and formatters/README.md hold this output:
#
#	tests/lint/map.sh [--check | --write] [FOLDER...]

mode=print
case ${1:-} in
--check) mode=check; shift ;;
--write) mode=write; shift ;;
esac
[ $# -gt 0 ] || set -- step formatters

map()
{
	bad=0
	for f in $(find "$1" -name '*.[ch]' | LC_ALL=C sort); do
		c=$(sed -n "2,12s,^ \* ${f##*/} - \(.*\)$,\1,p" "$f" | head -n 1)
		c=${c%.}
		[ -n "$c" ] || { echo "$f: no caption line \" * ${f##*/} - ...\"" >&2; bad=1; }
		[ "$(head -n 1 "$f")" = "/* SPDX-License-Identifier: Apache-2.0 */" ] ||
			{ echo "$f: the first line is not the licence's" >&2; bad=1; }
		printf '%-30s %s\n' "$f" "$c"
	done
	return "$bad"
}

# The README with what stands between its two marks replaced.
filled()
{
	map "$1" >"$tmp/map" || return 1
	awk -v map="$tmp/map" '
	/^<!-- map: / { print; print "```"; while ((getline line < map) > 0) print line; print "```"; skip = 1; next }
	/^<!-- end of map -->/ { skip = 0 }
	!skip' "$1/README.md"
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
status=0
for folder in "$@"; do
	case $mode in
	print) map "$folder" || status=1 ;;
	write) filled "$folder" >"$tmp/new" && cat "$tmp/new" >"$folder/README.md" || status=1 ;;
	check)
		if ! filled "$folder" >"$tmp/new"; then
			status=1
		elif ! cmp -s "$tmp/new" "$folder/README.md"; then
			echo "$folder/README.md: its map is not that of the files; run tests/lint/map.sh --write"
			diff "$folder/README.md" "$tmp/new" | head -n 20
			status=1
		fi
		;;
	esac
done
exit "$status"
