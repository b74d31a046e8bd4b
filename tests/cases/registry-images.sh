# Images of all kinds, pushed into a registry by other tools: platforms, many layers, encodings, digests, stores elsewhere.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/nginx.sh
. tests/servers/pull.sh

needs "$(servers_missing; nginx_missing; command -v umoci >/dev/null || echo umoci)"

SCANSTEP_DEBUG_RETRY_MS=10
export SCANSTEP_DEBUG_RETRY_MS
registry_start open || exit 1
open=127.0.0.1:$PORT

# ---- Platforms.

for arch in amd64 arm64 s390x; do
	image_make "$arch" "$arch" || exit 1
	registry_push "$TMPDIR/oci-$arch" "$open/team/app:$arch" || exit 1
done
mkdir -p "$TMPDIR/make-v6"
printf 'platform linux/arm/v6\nlayer\nfile etc/hostname v6\n' >"$TMPDIR/make-v6/Layerfile"
sh tests/mkimage.sh "$TMPDIR/make-v6" oci gzip "$TMPDIR/oci-v6" || exit 1
registry_push "$TMPDIR/oci-v6" "$open/team/app:v6" || exit 1
python3 tests/servers/index.py "$open" team/app multi amd64 arm64 s390x v6=arm/v6 >"$TMPDIR/index" || exit 1
index=$(cat "$TMPDIR/index")
python3 tests/servers/index.py "$open" team/app nested multi=+ >"$TMPDIR/nested" || exit 1
python3 tests/servers/index.py "$open" team/app attested amd64 amd64=unknown/unknown >"$TMPDIR/attested" || exit 1

for platform in linux/amd64=amd64 linux/arm64=arm64 linux/arm64/v8=arm64 linux/s390x=s390x linux/arm/v6=v6 \
	linux/arm/v7=v6 linux/arm/v8=v6; do
	for reference in "$open/team/app:multi" "$open/team/app@$index" "$open/team/app:multi@$index" \
		"$open/team/app:nested"; do
		check "${platform%=*} of ${reference#*/app}" pull "$reference" --platform "${platform%=*}"
		check_text "is ${platform#*=}" "^digest $(image_digest "${platform#*=}")\$" "$TMPDIR/stdout"
	done
done
check_status 3 "a platform that is not there" pull "$open/team/app:multi" --platform linux/arm/v5
said "is told with those that are" \
	'there is no image for linux/arm/v5; there is: linux/amd64, linux/arm64, linux/s390x, linux/arm/v6'
image_wanted "$open/team/app:amd64"
image_same "an attestation beside an image" "$open/team/app:attested"

# ---- 1 to 60 layers, made by umoci; as they are, and recompressed by skopeo.

umoci init --layout "$TMPDIR/layers" >/dev/null 2>&1 || exit 1
umoci new --image "$TMPDIR/layers:0" >/dev/null 2>&1 || exit 1
umoci config --image "$TMPDIR/layers:0" --os linux --architecture amd64 >/dev/null 2>&1 || exit 1
n=0
while [ "$n" -lt 60 ]; do
	mkdir -p "$TMPDIR/root/etc"
	echo "$n" >"$TMPDIR/root/etc/layer-$n"
	umoci insert --image "$TMPDIR/layers:$n" --tag "$((n + 1))" --rootless "$TMPDIR/root/etc/layer-$n" \
		"/etc/layer-$n" >/dev/null 2>&1 || exit 1
	n=$((n + 1))
done
for layers in 1 2 12 60; do
	registry_push "$TMPDIR/layers:$layers" "$open/layers:$layers" || exit 1
	check "$layers layers" pull "$open/layers:$layers"
	check_count "$layers layers are there, and whole" "$layers" '^bytes .* whole$' "$TMPDIR/stdout"
done
for encoding in zstd gzip; do
	skopeo --insecure-policy copy -q --dest-compress --dest-compress-format "$encoding" "oci:$TMPDIR/layers:12" \
		"dir:$TMPDIR/dir-$encoding" || exit 1
	skopeo --insecure-policy copy -q --dest-tls-verify=false "dir:$TMPDIR/dir-$encoding" \
		"docker://$open/layers:$encoding" || exit 1
	check "layers of $encoding" pull "$open/layers:$encoding"
	check_count "layers of $encoding are whole" 12 '^bytes .* whole$' "$TMPDIR/stdout"
done
image_make zstd amd64 zstd || exit 1
registry_push "$TMPDIR/oci-zstd" "$open/team/app:zstd" || exit 1
check "layers of zstd, by a scan" "$SCANSTEP" scan --no-cache --allow-empty "$open/team/app:zstd"
skopeo --insecure-policy copy -q --dest-tls-verify=false --format v2s2 "oci:$TMPDIR/oci-amd64" \
	"docker://$open/team/app:docker" || exit 1
check "Docker's own manifest" pull "$open/team/app:docker"
check_count "its layers are whole" 2 '^bytes .* whole$' "$TMPDIR/stdout"

# ---- Blobs that a second host has.

nginx_start store <<EOT || exit 1
	server {
		listen @PORT@;
		location / {
			proxy_pass http://$open;
		}
	}
EOT
store_log=$LOG
store=127.0.0.1:$PORT
for status in 301 302 303 307 308; do
	nginx_start "front$status" <<-EOT || exit 1
		server {
			listen @PORT@;
			location ~ /blobs/ {
				return $status http://$store\$request_uri?signature=hidden;
			}
			location / {
				proxy_pass http://$open;
			}
		}
	EOT
	: >"$store_log"
	image_same "blobs at a second host: $status" "127.0.0.1:$PORT/team/app:amd64"
	check_count "blobs at a second host: $status: a config and two layers" 3 'signature=hidden' "$store_log"
done
finish
