# shellcheck shell=sh
# Every real image gives exactly its packages, whichever way it comes in: as a root file system, wrapped by umoci
# and skopeo into every archive there is, and out of a registry.
. tests/lib.sh
. tests/servers/registry.sh

DATA=../shared/data
[ -d "$DATA/images" ] || skip_all "there is no $DATA beside the tree"
needs "$(servers_missing)"
registry_start registry

SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR

# packages NAME WANTED IMAGE [STATUS...]: no gap but that no feed covers the release
packages()
{
	rm -f "$TMPDIR/report.json"
	"$SCANSTEP" scan --allow-incomplete -o "json=$TMPDIR/report.json" "$3" >/dev/null 2>"$TMPDIR/stderr"
	python3 - "$TMPDIR/report.json" >"$TMPDIR/got" 2>&1 <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
for gap in report["gaps"]:
    if "no advisory feed covers" not in gap["reason"]:
        print("gap", gap)
for line in sorted("\t".join([p["name"], p["version"], p["arch"], p["source_name"]]) for p in report["packages"]):
    print(line)
PYTHON
	check_same "$1" "$2" "$TMPDIR/got"
}

skopeo_copy()
{
	skopeo --insecure-policy copy --quiet --dest-tls-verify=false "$@" >"$TMPDIR/why" 2>&1 ||
		fail "skopeo copy $*" <"$TMPDIR/why"
}

# every_way NAME WANTED LAYOUT: an OCI layout's image "latest" in all its clothes
every_way()
{
	skopeo_copy "oci:$3:latest" "docker-archive:$TMPDIR/docker.tar:example.com/$1:latest"
	skopeo_copy "oci:$3:latest" "oci-archive:$TMPDIR/oci.tar:latest"
	skopeo_copy "oci:$3:latest" "docker://127.0.0.1:$PORT/$1:latest"
	gzip -k "$TMPDIR/docker.tar"
	zstd -q "$TMPDIR/oci.tar" -o "$TMPDIR/oci.tar.zst"
	packages "$1: OCI folder" "$2" "$3"
	packages "$1: OCI tar" "$2" "$TMPDIR/oci.tar"
	packages "$1: OCI tar in zstd" "$2" "$TMPDIR/oci.tar.zst"
	packages "$1: docker-archive" "$2" "$TMPDIR/docker.tar"
	packages "$1: docker-archive in gzip" "$2" "$TMPDIR/docker.tar.gz"
	packages "$1: registry" "$2" "127.0.0.1:$PORT/$1:latest"
	rm -rf "$TMPDIR"/docker.tar* "$TMPDIR"/oci.tar*
}

for image in "$DATA"/images/alpine-*.tar.gz; do
	name=$(basename "$image" .tar.gz)
	tail -n +2 "$DATA/expected/packages-$name.tsv" | LC_ALL=C sort >"$TMPDIR/wanted"
	packages "$name: root file system" "$TMPDIR/wanted" "rootfs:$image"
	layout=$TMPDIR/layout
	umoci init --layout "$layout"
	umoci new --image "$layout:latest"
	gzip -dc "$image" >"$TMPDIR/layer.tar"
	umoci raw add-layer --image "$layout:latest" "$TMPDIR/layer.tar" >"$TMPDIR/why" 2>&1 || fail "$name: umoci" <"$TMPDIR/why"
	every_way "$(echo "$name" | tr A-Z_ a-z-)" "$TMPDIR/wanted" "$layout"
	rm -rf "$layout" "$TMPDIR/layer.tar"
done

for image in "$DATA"/images/trivy-*.tar*; do
	name=$(basename "$image")
	name=${name#trivy-}
	name=${name%%.*}
	tail -n +2 "$DATA/expected/packages-trivy-$name.tsv" | LC_ALL=C sort >"$TMPDIR/wanted"
	packages "$name: as it is" "$TMPDIR/wanted" "$image"
	case $image in
	*.gz) gzip -dc "$image" >"$TMPDIR/image.tar" ;;
	*) cp "$image" "$TMPDIR/image.tar" ;;
	esac
	umoci init --layout "$TMPDIR/layout"
	skopeo_copy "docker-archive:$TMPDIR/image.tar" "oci:$TMPDIR/layout:latest"
	every_way "$(echo "$name" | tr A-Z_ a-z-)" "$TMPDIR/wanted" "$TMPDIR/layout"
	rm -rf "$TMPDIR/layout" "$TMPDIR/image.tar"
done

# Nothing is recognised in busybox: never a green build, unless it is said to be all right.
for image in "$DATA"/images/oci-busybox-*.tar; do
	name=$(basename "$image" .tar)
	check_status 4 "$name: nothing recognised" "$SCANSTEP" scan "$image"
	check_status 0 "$name: --allow-empty" "$SCANSTEP" scan --allow-empty "$image"
done
servers_stop
finish
