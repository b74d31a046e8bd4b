#!/bin/sh
# Fail when a file includes a header that its folder may not (layers.tsv). The files directly in step/
# join the stages and may include all.
find step formatters -mindepth 1 -name '*.[ch]' ! -path 'step/*.[ch]' -o -path 'step/*/*.[ch]' | sort -u |
xargs awk '
BEGIN {
	while ((getline line < "tests/lint/layers.tsv") > 0)
		if (line !~ /^#/) { split(line, f, "\t"); may[f[1]] = " " f[2] " " }
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	from = FILENAME; sub(/\/[^\/]*$/, "", from)
	to = $0; sub(/^[^"]*"/, "", to); sub(/".*/, "", to); sub(/\/[^\/]*$/, "", to)
	if (index(may[from], " " to " ") == 0) {
		printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, to
		bad = 1
	}
}
END { exit bad }'
