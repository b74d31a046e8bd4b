#!/bin/sh
# The example at the top of the README is what the program prints for the sample image, and stays so.
#
#	tests/lint/usage.sh --check PROGRAM
#	tests/lint/usage.sh --write PROGRAM

mode=$1
case $2 in
/*) program=$2 ;;
*) program=$PWD/$2 ;;
esac
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/out"
sh tests/mkimage.sh tests/fixtures/image/sample oci-tar gzip "$tmp/out/sample.tar" || exit 1
{
	echo '```console'
	echo "\$ ./scanstep out/sample.tar --report-min critical --fail-on critical"
	(cd "$tmp" && env -i LC_ALL=C TZ=UTC SCANSTEP_CACHE_DIR="$tmp/cache" SOURCE_DATE_EPOCH=1767225600 \
		"$program" out/sample.tar --report-min critical --fail-on critical </dev/null 2>&1)
	echo "\$ echo \$?"
	(cd "$tmp" && env -i SCANSTEP_CACHE_DIR="$tmp/cache" "$program" out/sample.tar --fail-on critical -o json >/dev/null 2>&1
	echo $?)
	echo '```'
} | sed 's/ *$//' >"$tmp/usage"
awk -v usage="$tmp/usage" '
/^<!-- usage -->/ { print; while ((getline line < usage) > 0) print line; skip = 1; next }
/^<!-- end of usage -->/ { skip = 0 }
!skip' README.md >"$tmp/README.md"
if [ "$mode" = --write ]; then
	cat "$tmp/README.md" >README.md
elif ! cmp -s README.md "$tmp/README.md"; then
	diff README.md "$tmp/README.md"
	echo "README.md: its example is not what the program prints; run tests/lint/usage.sh --write $2"
	exit 1
fi
