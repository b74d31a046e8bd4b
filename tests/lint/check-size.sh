#!/bin/sh
# Fail when a source file is longer than 600 lines.
find step formatters -name '*.[ch]' | sort | xargs awk '
FNR == 601 { print FILENAME ": more than 600 lines"; bad = 1 }
END { exit bad }'
