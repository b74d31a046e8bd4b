# shellcheck shell=sh disable=SC2317
# An archive that was cut after it was scanned is noticed, although a cache knows all of its layers.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the archives, and is not installed"
fi

CASE=tests/fixtures/image/layers
SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR
grep -v '^#' "$CASE/packages.tsv" | cut -f 1-7 >"$TMPDIR/packages"

scan()
{
	rm -f "$TMPDIR/report.json"
	"$SCANSTEP" scan --platform linux/amd64 -o "json=$TMPDIR/report.json" "$@"
}

# what, scan's arguments: all its packages, no gap
whole()
{
	what=$1
	shift
	check_status 0 "$what" scan "$@"
	python3 tests/packages.py "$TMPDIR/report.json" --no-layers >"$TMPDIR/got" 2>&1
	check_same "$what: its packages" "$TMPDIR/packages" "$TMPDIR/got"
}

# what, file, bytes that are left of it: with the cache and without
cut_at()
{
	head -c "$3" "$2" >"$TMPDIR/cut"
	check_status 3 "$1: status 3" scan "$TMPDIR/cut"
	check_text "$1: one sentence says why" '^scanstep: [^ ]*/cut: .*\(the archive ends early\|or a damaged one\)' "$TMPDIR/stderr"
	check_status 3 "$1, without the cache: status 3" scan --no-cache "$TMPDIR/cut"
}

mkdir "$TMPDIR/out"
python3 tests/builders.py "$CASE" tests/fixtures/image/alpine "$TMPDIR/out" >"$TMPDIR/names"
for form in docker-1-10 docker-28 kaniko podman buildx-oci-plain buildx-oci-platforms; do
	file=$TMPDIR/out/$form
	size=$(wc -c <"$file")
	whole "$form" "$file"
	# These end with exactly two blocks of zeros.
	for less in 1 512 1023 1024 1025 2000; do
		cut_at "$form without its last $less bytes" "$file" $((size - less))
	done
	cut_at "half of $form" "$file" $((size / 2))
	cut_at "$form but for its first block" "$file" 512
	# Where each member begins, and within each.
	python3 - "$file" <<-'EOF' >"$TMPDIR/places"
		import sys, tarfile
		with tarfile.open(sys.argv[1]) as tar:
		    places = [(m.offset_data, m.size) for m in tar if m.size]
		for at, size in places[:: max(1, len(places) // 3)]:
		    print(at, at + size // 2, at + size - 1, at + (size + 511) // 512 * 512)
	EOF
	while read -r begin middle last behind; do
		for place in $begin $middle $last $behind; do
			cut_at "$form cut at byte $place" "$file" "$place"
		done
	done <"$TMPDIR/places"
	whole "$form again" "$file"
	# shellcheck disable=SC2016  # the inner shell expands them
	check_status 3 "half of $form through a pipe" sh -c 'head -c "$1" "$2" | "$3" scan --platform linux/amd64 -' sh \
		$((size / 2)) "$file" "$SCANSTEP"
	{ cat "$file" && printf 'not a tar'; } >"$TMPDIR/longer"
	whole "$form with something behind its end" "$TMPDIR/longer"
done

# GNU tar and Python pad to 10 KiB: without some of those zeros nothing is missing.
file=$TMPDIR/out/bazel-rules-docker
size=$(wc -c <"$file")
whole "a padded archive" "$file"
head -c $((size - 512)) "$file" >"$TMPDIR/less"
whole "a padded archive with less padding" "$TMPDIR/less"
cut_at "a padded archive that ends within a block" "$file" $((size - 1))

# Compressed as a whole.
for how in gzip zstd; do
	$how -c "$TMPDIR/out/docker-28" >"$TMPDIR/packed" 2>"$TMPDIR/log"
	size=$(wc -c <"$TMPDIR/packed")
	whole "$how of an archive" "$TMPDIR/packed"
	for less in 1 8 512; do
		head -c $((size - less)) "$TMPDIR/packed" >"$TMPDIR/cut"
		check_status 3 "$how of an archive without its last $less bytes" scan "$TMPDIR/cut"
		check_text "$how without its last $less bytes: it says so" "$how: the data ends early" "$TMPDIR/stderr"
	done
	head -c $((4096 * 4)) "$TMPDIR/out/docker-28" | $how -c >"$TMPDIR/cut" 2>"$TMPDIR/log"
	check_status 3 "$how of a cut archive" scan "$TMPDIR/cut"
done

# One block of zeros between members: tools end there, go on, or refuse it.
python3 - "$TMPDIR/out/docker-28" "$TMPDIR/hidden" <<'EOF'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(data[:-1024] + bytes(512) + data[:1024] + bytes(1024))
EOF
check_status 3 "members behind a block of zeros" scan "$TMPDIR/hidden"
check_text "members behind a block of zeros: it says so" 'one block of zeros at byte' "$TMPDIR/stderr"

# A layout's files: what a blob holds must have the size that the manifest states.
python3 - "$CASE" "$TMPDIR" <<'EOF'
import subprocess, sys
subprocess.run(["sh", "tests/mkimage.sh", sys.argv[1], "oci", "gzip", sys.argv[2] + "/layout"], check=True)
EOF
whole "a layout" "$TMPDIR/layout"
blob=$(python3 -c '
import json, sys
def blob(digest):
    return sys.argv[1] + "/blobs/sha256/" + digest[7:]
index = json.load(open(sys.argv[1] + "/index.json"))
print(blob(json.load(open(blob(index["manifests"][0]["digest"])))["layers"][2]["digest"]))' "$TMPDIR/layout")
cp "$blob" "$TMPDIR/blob"
size=$(wc -c <"$blob")
for left in 0 1 $((size / 2)) $((size - 100)) $((size - 1)) $((size + 1)); do
	{ cat "$TMPDIR/blob" && printf X; } | head -c "$left" >"$blob"
	check_status 4 "a layout's blob of $size bytes that has $left" scan "$TMPDIR/layout"
	check_text "a layout's blob that has $left bytes: the gap says so" "$left bytes came where the image announces $size" \
		"$TMPDIR/report.json"
	check_status 4 "a layout's blob that has $left bytes, without the cache" scan --no-cache "$TMPDIR/layout"
done
rm "$blob"
check_status 3 "a layout's blob that is missing" scan "$TMPDIR/layout"
check_text "a layout's blob that is missing: it says so" "blobs/sha256/${blob##*/}: No such file" "$TMPDIR/stderr"
cp "$TMPDIR/blob" "$blob"
whole "the layout as it was" "$TMPDIR/layout"

# The same in a tar of a layout, whose header tells the size.
python3 - "$TMPDIR/layout" "${blob##*/}" "$TMPDIR/layout.tar" <<'EOF'
import io, os, sys, tarfile
root, short, out = sys.argv[1:]
with tarfile.open(out, "w") as tar:
    for folder, _, names in os.walk(root):
        for name in names:
            data = open(os.path.join(folder, name), "rb").read()
            info = tarfile.TarInfo(os.path.relpath(os.path.join(folder, name), root))
            info.size = len(data) - (name == short)
            tar.addfile(info, io.BytesIO(data))
EOF
check_status 4 "a layout's member that is shorter than announced" scan "$TMPDIR/layout.tar"
check_text "a layout's member that is shorter: the gap says so" "$((size - 1)) bytes came where the image announces $size" \
	"$TMPDIR/report.json"
finish
