#!/bin/sh
# make scan: the program on $IMAGE, or on the sample image; the table here, json and sarif under out/.
#
#	tests/scan.sh PROGRAM

set -eu
mkdir -p out
if [ -z "${IMAGE:-}" ]; then
	IMAGE=out/sample.tar
	sh tests/mkimage.sh tests/fixtures/image/sample oci-tar gzip "$IMAGE"
	echo "Scanning the sample image; yours: make scan IMAGE=..."
	echo
fi
status=0
"$1" scan --fail-on none -o table -o json=out/report.json -o sarif=out/report.sarif -- "$IMAGE" || status=$?
if [ "$status" -eq 0 ] || [ "$status" -eq 4 ]; then
	echo
	echo "Reports: out/report.json, out/report.sarif"
fi
exit "$status"
