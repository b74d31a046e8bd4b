# Takes long.
# Every image of tests/fixtures/image in every form gives exactly its packages.tsv, and the status in its
# file "status" (0 without one), with the starter advisories.
. tests/lib.sh

# case, form, compression, options of packages.py
scan_form()
{
	name="$1 as $2, $3"
	wanted=0
	[ -f "tests/fixtures/image/$1/status" ] && wanted=$(cat "tests/fixtures/image/$1/status")
	input=$TMPDIR/$1-$2-$3
	rm -rf "$input" "$TMPDIR/report.json" "$TMPDIR/got"
	if ! sh tests/mkimage.sh "tests/fixtures/image/$1" "$2" "$3" "$input" 2>"$TMPDIR/why"; then
		fail "$name: mkimage" <"$TMPDIR/why"
		return
	fi
	case $2 in
	rootfs*) reference=rootfs:$input ;;
	*) reference=$input ;;
	esac
	check_status "$wanted" "$name: status $wanted" "$SCANSTEP" scan -o "json=$TMPDIR/report.json" "$reference"
	grep -v '^#' "tests/fixtures/image/$1/packages.tsv" >"$TMPDIR/wanted"
	if [ -n "$4" ]; then
		cut -f 1-7 "$TMPDIR/wanted" >"$TMPDIR/wanted.cut"
		mv "$TMPDIR/wanted.cut" "$TMPDIR/wanted"
	fi
	python3 tests/packages.py "$TMPDIR/report.json" "$4" >"$TMPDIR/got" 2>&1
	check_same "$name: packages" "$TMPDIR/wanted" "$TMPDIR/got"
	rm -rf "$input"
}

for folder in tests/fixtures/image/*/; do
	case_name=$(basename "$folder")
	scan_form "$case_name" oci gzip ""
	scan_form "$case_name" oci-tar zstd ""
	scan_form "$case_name" docker none ""
	scan_form "$case_name" docker-old none ""
	grep -q -e '^whiteout' -e '^opaque' "$folder/Layerfile" && continue
	scan_form "$case_name" rootfs gzip --no-layers
	scan_form "$case_name" rootfs-dir none --no-layers
done
finish
