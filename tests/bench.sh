#!/bin/sh
# make bench: speed and memory as ratios of one run, on a real Debian root file system.
#
#	tests/bench.sh PROGRAM
#
# The root is made once by mmdebstrap, from the mirror that apt is set up with, and kept under out/bench.

set -eu
program=$1
folder=out/bench
sh tests/deps.sh mmdebstrap
mkdir -p "$folder"
if ! [ -s "$folder/debian.tar" ]; then
	echo "bench: making a Debian root file system"
	mmdebstrap --quiet --variant=minbase bookworm "$folder/debian.tar.new"
	mv "$folder/debian.tar.new" "$folder/debian.tar"
fi
exec python3 tests/bench.py "$program" "$folder" "${BENCH_ROUNDS:-7}"
