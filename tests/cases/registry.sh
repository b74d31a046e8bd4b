# Images out of a registry: authentication, redirects, broken connections, wrong content. On real servers.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

SCANSTEP_DEBUG_RETRY_MS=10
export SCANSTEP_DEBUG_RETRY_MS

needs "$(servers_missing)"

# Two images for two platforms.
for arch in amd64 arm64; do
	image_make "$arch" "$arch" || exit 1
done

registry_start open || exit 1
open=127.0.0.1:$PORT
open_port=$PORT
for arch in amd64 arm64; do
	registry_push "$TMPDIR/oci-$arch" "$open/team/app:$arch" || exit 1
done
python3 tests/servers/index.py "$open" team/app multi amd64 arm64 >"$TMPDIR/digest" || exit 1
digest=$(cat "$TMPDIR/digest")
grep -o 'sha256:[0-9a-f]*' "$TMPDIR/oci-amd64/index.json" | sed 's/^/digest /' >"$TMPDIR/amd64.digest"
manifest=$(image_digest amd64)

faults_start faults "$open_port" || exit 1
faults=127.0.0.1:$PORT

# The server that never answers takes its time; it does so while everything else goes on.
"$BUILD/tests/drivers/image" "$faults/stall/team/app:amd64" >"$TMPDIR/stall.out" 2>"$TMPDIR/stall.err" &
stall=$!

# ---- What there is.

check "a tag" pull "$open/team/app:amd64"
cp "$TMPDIR/stdout" "$TMPDIR/wanted"
check_text "its name has neither tag nor digest" "^name $open/team/app\$" "$TMPDIR/wanted"
check_text "its tag is told" "^tag amd64\$" "$TMPDIR/wanted"
check_text "its platform" '^platform linux/amd64$' "$TMPDIR/wanted"
grep '^digest' "$TMPDIR/wanted" >"$TMPDIR/got"
check_same "its digest is the manifest's" "$TMPDIR/amd64.digest" "$TMPDIR/got"
check_text "its layers are as named" '^bytes 1 .* whole$' "$TMPDIR/wanted"

blob=$(sed -n 's/^bytes 1 \(sha256:[0-9a-f]*\) .*/\1/p' "$TMPDIR/wanted")

image_same "a digest" "$open/team/app@$manifest"
image_same "a digest wins over a tag" "$open/team/app:nosuch@$manifest"
image_same "a prefix" "registry:$open/team/app:amd64"
image_same "a platform out of an index" "$open/team/app:multi" --platform linux/amd64
image_same "an index by digest" "$open/team/app@$digest" --platform linux/amd64
check "the other platform" pull "$open/team/app:multi" --platform linux/arm64
check_text "is another image" '^platform linux/arm64' "$TMPDIR/stdout"
check_status 3 "a platform that is not there" pull "$open/team/app:multi" --platform linux/s390x
said "is told with those that are" 'linux/arm64'

# ---- What there is not.

check_status 3 "a tag that is missing" pull "$open/team/app:nosuch"
said "is named" "$open/team/app:nosuch: not found (MANIFEST_UNKNOWN)"
check_status 3 "a repository that is missing" pull "$open/nosuch:1"
check_status 3 "the default tag is latest" pull "$open/team/app"
said "and named" "$open/team/app:latest: not found"
check_status 3 "a digest that is missing" pull "$open/team/app@sha256:$(printf '%064d' 7)"
# No proxy leads to Docker Hub.
offline()
{
	https_proxy=http://127.0.0.1:1 SCANSTEP_OFFLINE=1 timeout 60 "$SCANSTEP" scan --no-cache "$@"
}
for what in nosuch out/nosuch; do
	check_status 3 "a name that could be a file: $what" offline "$what"
	said "a name that could be a file: $what: is told to be none" \
		"$what: no file of that name; as docker.io/[a-z]*/nosuch:latest: "
done
check_status 3 "a name with a registry" offline "$open/nosuch"
said "is told once" "^[^/]*: $open/nosuch:latest: not found"
check_status 3 "a name with a digest" offline "nosuch@sha256:$(printf '%064d' 7)"
check_no_text "could be no file" 'no file' "$TMPDIR/stderr"
check_status 3 "a port where nobody listens" pull "127.0.0.1:1/app"
said "is told as such" 'cannot connect to 127.0.0.1:1: Connection refused'
check_status 2 "a malformed reference" pull "$open/Team/App:1"
check_status 2 "a malformed digest" pull "$open/app@sha256:../../x"
check_status 2 "a password in a reference" pull "robin:hidden@127.0.0.1/app"
said "is not repeated" 'takes no user name or password'

# ---- Who may come in.

registry_start basic basic || exit 1
basic=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-amd64" "$basic/team/app:amd64" || exit 1
check "basic: the right password" as robin "$REGISTRY_PASSWORD" pull "$basic/team/app:amd64"
check_status 3 "basic: a wrong password" as robin wrong pull "$basic/team/app:amd64"
said "is refused" "$basic refuses .*this user name and password"
check_status 3 "basic: none" pull "$basic/team/app:amd64"
said "and where to put it is told" 'SCANSTEP_REGISTRY_USERNAME'
check_status 2 "a password without a user name" as '' x pull "$basic/team/app:amd64"
check_status 2 "a user name that cannot be sent" as a:b x pull "$basic/team/app:amd64"

registry_start token token || exit 1
token=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-amd64" "$token/team/app:amd64" || exit 1
registry_push "$TMPDIR/oci-amd64" "$token/public/app:amd64" || exit 1
: >"$TMPDIR/token/token.log"
check "token: the right password" as robin "$REGISTRY_PASSWORD" pull "$token/team/app:amd64"
printf "request ['test-registry'] ['repository:team/app:pull'] known\n" >"$TMPDIR/once"
check_same "token: one, for what is needed" "$TMPDIR/once" "$TMPDIR/token/token.log"
check_status 3 "token: a wrong password" as robin wrong pull "$token/team/app:amd64"
said "is refused by the service" 'the token service 127.0.0.1:[0-9]* refuses the user name or password'
check_status 3 "token: none" pull "$token/team/app:amd64"
said "is refused by the registry" "$token/team/app:amd64: $token refuses the manifest without a user name"
check "token: none, for what is public" pull "$token/public/app:amd64"

# ---- Where a registry may send us.

# fault NAME STATUS FAULT PATTERN
fault()
{
	cat "$LOG" >>"$LOG.all"
	: >"$LOG"
	check_status "$2" "$1" pull "$faults/$3/team/app:amd64"
	[ -z "$4" ] || said "$1: what it says" "$4"
}
check "a redirect to a store" as robin "$REGISTRY_PASSWORD" pull "$faults/redirect/team/app:amd64"
check_text "the registry sees the password" '^front .* secret ' "$LOG"
check_text "the store is asked" '^store .*signature=hidden' "$LOG"
check_no_text "the store does not see the password" '^store .* secret ' "$LOG"
: >"$LOG"
: >"$LOG.all"
fault "redirects without end" 3 loop 'redirects more than 5 times'
fault "a redirect to a file" 3 tofile 'neither http nor https'
fault "a redirect to a cloud's metadata" 3 tometadata '169.254.169.254 .*refused'
fault "a redirect to another loopback address" 3 toloopback '127.0.0.2:[0-9]* .*refused'
fault "a redirect with a user name" 3 touser 'user name or password'
cat "$LOG" >>"$LOG.all"
check_no_text "none of these reaches the store" '^store' "$LOG.all"
fault "a layer that is said to be elsewhere" 3 foreign "blob $blob: it is missing"
check_no_text "is not looked for there" '^store' "$LOG"
check_status 3 "a stranger's token service and a password" \
	as robin "$REGISTRY_PASSWORD" pull "$faults/realm/team/app:amd64"
said "do not meet" 'tokens.example.com as its token service, which is not given the user name'
fault "a token service at a private address" 3 realmprivate '10.0.0.1 .*refused'
fault "a token service without TLS" 3 realmplain 'tokens.example.com without TLS .*refused'
fault "a token service that is a web page" 3 realmpage 'token service 127.0.0.1:[0-9]*'
fault "tokens that are never accepted" 3 realmloop 'refuses the manifest'
grep -c . "$LOG" >"$TMPDIR/got"
echo 3 >"$TMPDIR/three"
check_same "are not asked for twice" "$TMPDIR/three" "$TMPDIR/got"
fault "an authentication that nobody speaks here" 3 digestauth 'other than Basic and Bearer'

: >"$LOG"
image_same "tokens that are soon used up" "$faults/expire/team/app:amd64"
grep -c '/token/x?service=x&scope=repository%3Aexpire%2Fteam%2Fapp%3Apull - ' "$LOG" >"$TMPDIR/got"
echo 2 >"$TMPDIR/two"
check_same "are renewed once each time" "$TMPDIR/two" "$TMPDIR/got"

# ---- What a network does.

image_same "no fault" "$faults/none/team/app:amd64"
: >"$LOG"
image_same "a blob that is cut twice" "$faults/cut/team/app:amd64"
check_text "is resumed where it broke" "/cut/team/app/blobs/$blob - bytes=3002[0-9]*-" "$LOG"
image_same "a blob that is cut, and no ranges" "$faults/norange/team/app:amd64"
check_text "is asked for from where it broke" "/norange/team/app/blobs/$blob - bytes=2001[0-9]*-" "$LOG"
image_same "connections that end before the answer" "$faults/early/team/app:amd64"
image_same "a server that wants us to wait" "$faults/busy/team/app:amd64"
fault "a blob that is cut again and again" 3 cutalways 'blob sha256:[0-9a-f]*: the connection to 127.0.0.1:[0-9]* broke'
fault "another range than was asked for" 3 wrongrange 'other bytes came'
fault "a server that is always busy" 3 overloaded 'answers with status 503'
fault "a web page" 3 html 'a web page came instead of the manifest'
fault "no JSON" 3 text ''
fault "a manifest without end" 3 endless ''
fault "a header without end" 3 header 'header'

# ---- What is not what it should be.

fault "a blob that is shorter" 4 short ''
fault "a blob that is longer" 4 long ''
fault "a blob with one bit changed" 4 flipped ''
check_status 3 "a pinned manifest that is another" pull "$faults/swapped/team/app@$manifest"
said "is told with both digests" "gives a manifest with the digest sha256:[0-9a-f]* for $manifest"
check_status 3 "an entry of an index that is another" pull "$faults/swapped/team/app@$digest" --platform linux/amd64

# The large blob, in the registry's own storage.
hex=${blob#sha256:}
data=$TMPDIR/open/storage/docker/registry/v2/blobs/sha256/$(printf '%.2s' "$hex")/$hex/data
printf 'X' | dd of="$data" bs=1 seek=1000 conv=notrunc 2>/dev/null
check_status 4 "a blob that rotted in the registry" pull "$open/team/app:amd64"
rm "$data"
check_status 3 "a blob that is gone" pull "$open/team/app:amd64"
said "is named" "blob $blob: it is missing in $open/team/app"

status=0
wait "$stall" || status=$?
echo "$status" >"$TMPDIR/got"
echo 3 >"$TMPDIR/three"
check_same "a server that never answers" "$TMPDIR/three" "$TMPDIR/got"
check_text "is given up" '127.0.0.1:[0-9]* stalls' "$TMPDIR/stall.err"
finish
