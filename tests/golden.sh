#!/bin/sh
# make golden: write the golden reports anew, for review as a difference.
#
#	BUILD=build tests/golden.sh PROGRAM [FORMAT [CASE]]

set -u
SCANSTEP=$1
GOLDEN_FORMAT=${2:-}
GOLDEN_CASE=${3:-}
GOLDEN_WRITE=1
TMPDIR=$(mktemp -d) || exit 1
trap 'rm -rf "$TMPDIR"' EXIT
LC_ALL=C
export BUILD SCANSTEP GOLDEN_FORMAT GOLDEN_CASE GOLDEN_WRITE TMPDIR LC_ALL
sh tests/cases/golden.sh && sh tests/cases/report-huge.sh
