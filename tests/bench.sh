#!/bin/sh
# make bench: speed and memory as ratios of one run, on a real Debian root file system.
#
#	tests/bench.sh PROGRAM
#
# Two roots are made once by mmdebstrap, from the mirror that apt is set up with, and kept under out/bench: a small
# one, and one with a compiler whose files become an image of twelve layers. That one is also pulled, from Debian's
# docker-registry on 127.0.0.1: from one that shares the processors with the scan, and from one that has half of them
# for itself, as a registry on another machine has.

set -eu
program=$1
folder=out/bench
sh tests/deps.sh mmdebstrap docker-registry skopeo
mkdir -p "$folder"
root()
{
	file=$folder/$1
	shift
	if ! [ -s "$file" ]; then
		echo "bench: making a Debian root file system"
		mmdebstrap --quiet --variant=minbase "$@" bookworm "$file.new.tar"
		mv "$file.new.tar" "$file"
	fi
}
root debian.tar
root compiler.tar --include=clang,g++,python3

TMPDIR=$(cd "$folder" && pwd)
export TMPDIR
. tests/servers/registry.sh
registry_start registry
shared=127.0.0.1:$PORT
apart=
processors=$(nproc)
if [ "$processors" -gt 1 ]; then
	mkdir -p "$folder/apart"
	ln -sfn ../registry/storage "$folder/apart/storage"
	registry_start apart
	taskset -a -p -c "$((processors / 2))-$((processors - 1))" "${SERVERS%% *}" >/dev/null
	apart=127.0.0.1:$PORT
fi
python3 tests/bench.py "$program" "$folder" "${BENCH_ROUNDS:-7}" "$shared" "$apart"
