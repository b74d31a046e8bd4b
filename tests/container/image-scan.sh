# shellcheck shell=sh disable=SC2016
# Scans by the container image, whose root is read-only: of an image in a real registry, by address and by name, with
# and without a place to write to.
. tests/lib.sh
. tests/servers/registry.sh

inside()
{
	sh tests/container/inside.sh "$@"
}

# What the sample image has, in the starter set.
expected()
{
	check_text "$1: a critical one" 'CVE-2023-38545' "$2"
	check_text "$1: a package" 'libwebp7' "$2"
}

check "an image" sh tests/mkimage.sh tests/fixtures/image/sample oci gzip "$TMPDIR/oci"
registry_start open || exit 1
open=127.0.0.1:$PORT
check "in a registry" registry_push "$TMPDIR/oci" "$open/app:1"

# What a pipeline mounts; it belongs to the image's user.
mkdir "$TMPDIR/cache" "$TMPDIR/result" || exit 1
chown 1000:1000 "$TMPDIR/cache" "$TMPDIR/result"

# ---- A read-only root, and two folders to write to ----

check_status 1 "findings" inside --bind "$TMPDIR/cache=/cache" --bind "$TMPDIR/result=/result" -- \
	scan --offline --fail-on high -o table -o json=scanstep.json -o html=/result/scanstep.html "$open/app:1"
expected "table" "$TMPDIR/stdout"
expected "json" "$TMPDIR/result/scanstep.json"
expected "html" "$TMPDIR/result/scanstep.html"
check "the layers were kept" [ -n "$(find "$TMPDIR/cache" -type f)" ]
find "$TMPDIR/cache" "$TMPDIR/result" -type f ! -uid 1000 >"$TMPDIR/foreign"
check_same "all as the image's user" /dev/null "$TMPDIR/foreign"
check_status 0 "no finding as bad as that" inside --tmpfs /tmp --tmpfs /cache -- \
	scan --offline --fail-on none -q -o json "$open/app:1"
expected "json, from a cache in memory" "$TMPDIR/stdout"

# ---- Nothing to write to ----

check_status 1 "findings, and nothing can be written" inside -- scan --offline --fail-on high -o table "$open/app:1"
expected "table, of that" "$TMPDIR/stdout"
check_status 1 "as a user whom nobody knows" inside --user 12345:0 --workdir / -- \
	scan --offline --fail-on high -o table "$open/app:1"
expected "table, of that user" "$TMPDIR/stdout"
check_status 1 "as root, if someone must" inside --user 0:0 -- scan --offline --fail-on high "$open/app:1"
check_status 6 "a report that cannot be written" inside -- scan --offline -o json=/result/x.json "$open/app:1"
check_text "is said" '/result/x\.json' "$TMPDIR/stderr"
check_status 3 "an image that is not there" inside -- scan --offline "$open/app:2"
check_status 1 "from a folder of the checkout" inside --bind "$TMPDIR/oci=/tmp" -- \
	scan --offline --fail-on high -o table oci:/tmp
expected "table, of a folder" "$TMPDIR/stdout"

# ---- Names: a static program asks the machine's name server itself ----

python3 tests/servers/dns.py registry.example 127.0.0.1 >"$TMPDIR/dns" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/dns" 's/^port \([0-9]*\)$/\1/p' $! || exit 1
echo 'nameserver 127.0.0.1' >"$TMPDIR/resolv.conf"
registry_start secure tls || exit 1
secure=registry.example:$PORT
check "an image in a registry with TLS" registry_push "$TMPDIR/oci" "127.0.0.1:$PORT/app:1"
mkdir "$TMPDIR/trusted"
install -m 644 "$TMPDIR/secure/cert.pem" "$TMPDIR/trusted/cert.pem"

# named ARGUMENT...: with a name server
named()
{
	inside --bind "$TMPDIR/resolv.conf=/etc/resolv.conf" "$@"
}

check_status 3 "a certificate that nobody vouches for" named -- scan --offline "$secure/app:1"
check_text "the name server was asked" '^1 registry\.example$' "$TMPDIR/dns"
check_text "the certificate is the reason" 'certificate' "$TMPDIR/stderr"
check_status 1 "one that is vouched for" named --bind "$TMPDIR/trusted/cert.pem=/etc/ssl/certs/ca-certificates.crt" -- \
	scan --offline --fail-on high -o table "$secure/app:1"
expected "table, by name and TLS" "$TMPDIR/stdout"
check_status 1 "one of a bundle of one's own" named --bind "$TMPDIR/trusted=/tmp" \
	--env SCANSTEP_CA_BUNDLE=/tmp/cert.pem -- scan --offline --fail-on high -o table "$secure/app:1"
expected "table, by a bundle of one's own" "$TMPDIR/stdout"
check_status 3 "a name that nobody knows" named -- scan --offline "other.example:$PORT/app:1"
check_text "is said" 'other\.example' "$TMPDIR/stderr"
printf '127.0.0.1 registry.example\n' >"$TMPDIR/hosts"
lines=$(wc -l <"$TMPDIR/dns")
check_status 1 "a name of the hosts file" inside --bind "$TMPDIR/hosts=/etc/hosts" \
	--bind "$TMPDIR/trusted/cert.pem=/etc/ssl/certs/ca-certificates.crt" -- scan --offline --fail-on high -o table "$secure/app:1"
expected "table, by the hosts file" "$TMPDIR/stdout"
check "asks no name server" [ "$lines" = "$(wc -l <"$TMPDIR/dns")" ]

finish
