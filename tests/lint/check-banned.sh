#!/bin/sh
# Fail when an object below $1 needs a symbol of banned.tsv, or one of a folder below step/ or of formatters/ speaks.
find "$1/step" "$1/formatters" -name '*.o' | sort | xargs nm -A -u | awk '
BEGIN {
	while ((getline line < "tests/lint/banned.tsv") > 0)
		if (line !~ /^#/) { split(line, f, "\t"); use[f[1]] = f[2] }
}
{ symbol = $NF; sub(/@.*/, "", symbol); file = $1; sub(/:.*/, "", file) }
symbol in use { printf "%s: %s is banned, use %s\n", file, symbol, use[symbol]; bad = 1 }
symbol ~ /^say(_progress|_up_to)?$/ && file !~ /\/step\/[^\/]*\.o$/ { print file ": only files directly in step/ call " symbol "()"; bad = 1 }
END { exit bad }'
