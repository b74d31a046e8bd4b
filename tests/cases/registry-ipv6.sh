# A registry that has nothing but an IPv6 address: its name in references, files and headers is "[::1]:PORT".
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"
python3 -c 'import socket; socket.create_server(("::1", 0), family=socket.AF_INET6)' 2>/dev/null ||
	skip_all "this machine has no IPv6 loopback"
SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS

# There are tools that push to no such registry: it gets what another one was given.
image_make app || exit 1
registry_start four || exit 1
four=127.0.0.1:$PORT
for repository in team/app public/app; do
	registry_push "$TMPDIR/oci-app" "$four/$repository:1" || exit 1
done
image_wanted "$four/team/app:1"
ADDRESS='[::1]'
# started NAME MODE: sets PORT
started()
{
	mkdir -p "$TMPDIR/$1"
	cp -R "$TMPDIR/four/storage" "$TMPDIR/$1/storage"
	registry_start "$1" "$2" || exit 1
}
started open anonymous
open=$ADDRESS:$PORT
open_port=$PORT
started basic basic
basic=$ADDRESS:$PORT
started token token
token=$ADDRESS:$PORT
tokens=$ADDRESS:$TOKEN_PORT
started tls tls
tls=$ADDRESS:$PORT
# literal TEXT: as a pattern
literal()
{
	printf %s "$1" | sed 's/[].[]/\\&/g'
}

# ---- Without TLS ----

image_same "an image" "$open/team/app:1"
check_text "is called as it was asked for" "^name $(literal "$open")/team/app\$" "$TMPDIR/stdout"
check_no_text "there is nothing to notice" '^notice' "$TMPDIR/stdout"
check_text "its address is that of the Host header" "http.request.host=\"$(literal "$open")\".*scanstep" "$TMPDIR/open/log"
image_same "by digest" "$open/team/app@$(image_digest app)"
image_same "by both" "$open/team/app:1@$(image_digest app)"
image_same "with the prefix" "registry:$open/team/app:1"
image_same "in another spelling" "[0:0:0:0:0:0:0:1]:$open_port/team/app:1"
http_proxy=http://127.0.0.1:1 no_proxy=::1
export http_proxy no_proxy
image_same "past a proxy" "$open/team/app:1"
unset http_proxy no_proxy
image_same "a mirror" "$four/team/app:1" --mirror "$four=$open"
check_text "is told" "^remark mirror of $four: $(literal "$open")\$" "$TMPDIR/stdout"
image_same "a mirror of it" "$open/team/app:1" --mirror "$open=$four"
check_text "is told" "^remark mirror of $(literal "$open"): $four\$" "$TMPDIR/stdout"
check_status 3 "nobody there" pull '[::1]:1/team/app:1'
said "is told" 'cannot connect to \[::1\]:1: Connection refused'
check_status 3 "no such image" pull "$open/team/other:1"
said "is told with its name" "$(literal "$open")/team/other:1: not found"

# ---- Who asks ----

secret=$(printf %s "robin:$REGISTRY_PASSWORD" | openssl base64)
check_status 3 "a registry that wants to know" pull "$basic/team/app:1"
said "says so" "$(literal "$basic") wants a user name and password"
check "a password of the image's own" as robin "$REGISTRY_PASSWORD" pull "$basic/team/app:1"
check_status 3 "of the address without the port" env "DOCKER_AUTH_CONFIG={\"auths\": {\"[::1]\": {\"auth\": \"$secret\"}}}" \
	"$BUILD/tests/drivers/image" "$basic/team/app:1"
mkdir -p "$HOME/.docker"
for key in "$basic" "http://$basic" "http://$basic/v2/"; do
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$key" "$secret" >"$HOME/.docker/config.json"
	image_same "a file's, for $key" "$basic/team/app:1"
	check_text "is remarked" "^remark credentials for $(literal "$basic"): .*config.json" "$TMPDIR/stdout"
done
check "a token" as robin "$REGISTRY_PASSWORD" pull "$token/team/app:1"
check_text "is given by its own service" '^request .*known' "$TMPDIR/token/token.log"
check "and to nobody in particular" pull "$token/public/app:1"
check_status 3 "but not for everything" pull "$token/team/app:1"
check_status 3 "with a wrong password" as robin wrong pull "$token/team/app:1"
said "none is given" "the token service $(literal "$tokens") refuses the user name or password"

# ---- With TLS ----

image_same "a certificate that is trusted" "$tls/team/app:1" --ca-bundle "$TMPDIR/tls/cert.pem"
check_status 3 "one that is not" pull "$tls/team/app:1"
said "is told" "no TLS with $(literal "$tls"): its certificate .* signed by nobody known here"
mkdir -p "$HOME/.config/containers/certs.d/$tls"
cp "$TMPDIR/tls/cert.pem" "$HOME/.config/containers/certs.d/$tls/ca.crt"
image_same "by a file of its own" "$tls/team/app:1"

# ---- The program ----

scan()
{
	"$SCANSTEP" scan --offline --no-cache --allow-empty -o "json=$TMPDIR/report.json" "$@"
}
check "a scan" scan "$open/team/app:1"
check_text "its report has the name" "\"reference\": \"$(literal "$open")/team/app:1\"" "$TMPDIR/report.json"
check "a scan with a file's password" scan "$basic/team/app:1"
check "a scan with TLS" scan "$tls/team/app:1"
for reference in '::1/team/app' '[::1/team/app' '[::1]5000/team/app' '[::1]:0/team/app' '[::1%lo]:5000/team/app' '[::g]:5000/team/app'; do
	check_status 2 "no reference: $reference" scan "$reference"
done
finish
