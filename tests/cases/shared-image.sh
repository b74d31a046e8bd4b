# shellcheck shell=sh
# Image sources on real archives, where the data beside the tree is there.
. tests/lib.sh

IMAGE=$BUILD/tests/drivers/image
DATA=../shared/data/images
[ -d "$DATA" ] || skip_all "there is no $DATA"

# NAME LAYERS PLATFORM
while read -r name layers platform; do
	"$IMAGE" "$DATA/$name" >"$TMPDIR/out" 2>&1
	printf '%s\n' "$layers" >"$TMPDIR/wanted"
	grep -c '^bytes.*whole$' "$TMPDIR/out" >"$TMPDIR/got"
	check_same "$name: layers that are as they are named" "$TMPDIR/wanted" "$TMPDIR/got"
	check_text "$name: its platform" "^platform.$platform\$" "$TMPDIR/out"
	check_no_text "$name: no error" '^error' "$TMPDIR/out"
done <<'LIST'
trivy-image3_gz_layers.tar 4 linux/amd64
trivy-integration-alpine-310.tar.gz 1 linux/amd64
trivy-integration-alpine-39.tar.gz 1 linux/amd64
oci-busybox-1.38.0-musl-amd64.tar 1 linux/amd64
oci-busybox-1.38.0-musl-arm64v8.tar 1 linux/arm64
LIST

# A root filesystem comes as it is, compressed; without the prefix it is not guessed at.
for path in "$DATA"/alpine-*.tar.gz; do
	name=${path##*/}
	sha256sum "$path" | sed 's/ .*//; s/^/sha256:/' >"$TMPDIR/wanted"
	"$IMAGE" "rootfs:$path" | sed -n 's/^bytes.0.\(sha256:[0-9a-f]*\).*/\1/p' >"$TMPDIR/got"
	check_same "$name as it is" "$TMPDIR/wanted" "$TMPDIR/got"
done
check_status 3 "a root filesystem without the prefix" "$IMAGE" "$path"
check_text "is told how to name it" 'write rootfs:' "$TMPDIR/stderr"
finish
