# Registries whose certificate not everybody trusts, and registries without TLS: --ca-bundle, --registry-plain-http,
# --registry-skip-tls-verify. The hosts have names and are behind a proxy: an address of this machine is never asked
# for TLS, and a hosts file of its own needs root (net-names.sh).
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE NO_PROXY no_proxy
image=$BUILD/tests/drivers/image

# pull REFERENCE [FLAG...]: its status is what a scan would end with; a layer that cannot be read counts.
pull()
{
	"$image" "$@" || return
	! grep '^error' "$TMPDIR/stdout" >&2 || return 3
}

# robin COMMAND...
robin()
{
	SCANSTEP_REGISTRY_USERNAME=robin SCANSTEP_REGISTRY_PASSWORD=$REGISTRY_PASSWORD \
		"$image" "$@" || return
	! grep '^error' "$TMPDIR/stdout" >&2 || return 3
}

# authority NAME: an authority of its own, $TMPDIR/NAME.pem
authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$TMPDIR/$1.key" \
		-out "$TMPDIR/$1.pem" 2>/dev/null
}

# certificate NAME HOST [AUTHORITY]: $TMPDIR/NAME/cert and key, for that host, signed by that authority, else by itself
certificate()
{
	mkdir -p "$TMPDIR/$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
		-addext basicConstraints=critical,CA:FALSE -keyout "$TMPDIR/$1/key" -out "$TMPDIR/$1/cert" 2>/dev/null
	[ -n "${3:-}" ] || return 0
	openssl req -new -key "$TMPDIR/$1/key" -subj "/CN=$2" -out "$TMPDIR/$1/request" 2>/dev/null
	printf 'subjectAltName=DNS:%s\n' "$2" >"$TMPDIR/$1/extensions"
	openssl x509 -req -in "$TMPDIR/$1/request" -CA "$TMPDIR/$3.pem" -CAkey "$TMPDIR/$3.key" -set_serial 2 -days 2 \
		-extfile "$TMPDIR/$1/extensions" -out "$TMPDIR/$1/cert" 2>/dev/null
}

authority ours
authority other
certificate registry registry.example.com ours
certificate store store.example.com other
certificate tokens tokens.example.net other
certificate self self.example.com
certificate wrong another.example.com

mkdir -p "$TMPDIR/image/tree"
head -c 70000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" \
	>"$TMPDIR/image/tree/large"
printf 'platform linux/amd64\nlayer\nfile etc/hostname x\nlayer COPY tree /\ntree tree\n' >"$TMPDIR/image/Layerfile"
sh tests/mkimage.sh "$TMPDIR/image" oci gzip "$TMPDIR/oci" || exit 1

# started NAME MODE [REALM]: a registry with the image in it; sets PORT and TOKEN_PORT. It is pushed once, to the first.
started()
{
	mkdir -p "$TMPDIR/$1"
	[ "$1" = open ] || cp -R "$TMPDIR/open/storage" "$TMPDIR/$1/storage"
	REALM=${3:-}
	registry_start "$1" "$2" || exit 1
}
started open anonymous
open=$PORT
for repository in team public; do
	registry_push "$TMPDIR/oci" "127.0.0.1:$open/$repository/app:1" || exit 1
done
started basic basic
basic=$PORT
started foreign token https://tokens.example.net/token
foreign=$PORT foreign_tokens=$TOKEN_PORT
started near token https://near.example.com/token
near=$PORT near_tokens=$TOKEN_PORT
started plain token http://registry.example.com:5001/token
plain=$PORT plain_tokens=$TOKEN_PORT
started apart token http://tokens.example.net/token
apart=$PORT apart_tokens=$TOKEN_PORT
faults_start faults "$open" || exit 1
faults=$PORT
store=$(sed -n 's/^store port //p' "$TMPDIR/faults/log")

host=registry.example.com
internet_start internet \
	"https://$host=$open,$TMPDIR/registry" \
	"https://self.example.com=$open,$TMPDIR/self" \
	"https://wrong.example.com=$basic,$TMPDIR/wrong" \
	"https://$host:5000=$foreign,$TMPDIR/registry" \
	"https://tokens.example.net=$foreign_tokens,$TMPDIR/tokens" \
	"https://near.example.com:5002=$near,$TMPDIR/wrong" \
	"https://near.example.com=$near_tokens,$TMPDIR/self" \
	"https://$host:5003=$faults,$TMPDIR/registry" \
	"https://store.example.com=$store,$TMPDIR/store" \
	"http://$host=$basic" \
	"http://$host:5000=$plain" \
	"http://$host:5001=$plain_tokens" \
	"http://$host:5002=$apart" \
	"http://tokens.example.net=$apart_tokens" \
	"http://$host:5003=$faults" \
	"http://store.example.com=$store" || exit 1
http_proxy=http://127.0.0.1:$PORT https_proxy=http://127.0.0.1:$PORT
export http_proxy https_proxy

# none NAME PATTERN: nobody was asked so since the last of these, and nobody whom no site is named after
none()
{
	check_no_text "$1" "$2" "$LOG"
	check_no_text "$1: no stranger" ' unknown$' "$LOG"
	: >"$LOG"
}

# ---- Whom a certificate is believed from.

check_status 3 "an authority of one's own" pull "$host/team/app:1"
check_text "is not trusted" "no TLS with $host: .*certificate" "$TMPDIR/stderr"
logged "^https://$host distrusted\$" "$LOG"
check_text "and told so" "^https://$host distrusted\$" "$LOG"
none "before anything is asked" ' /v2/'
check "but with --ca-bundle and its file" pull "$host/team/app:1" --ca-bundle "$TMPDIR/ours.pem"
check_no_text "without a notice" '^notice' "$TMPDIR/stdout"
cp "$TMPDIR/stdout" "$TMPDIR/wanted"
check "with its text" pull "$host/team/app:1" --ca-bundle "$(cat "$TMPDIR/ours.pem")"
check_same "it is the same image" "$TMPDIR/wanted" "$TMPDIR/stdout"
check "with its text behind a remark and an empty line" \
	pull "$host/team/app:1" --ca-bundle "$(printf '\n# ours\n' && sed 's/$/\r/' "$TMPDIR/ours.pem")"
openssl ec -aes128 -passout pass:hidden -in "$TMPDIR/ours.key" -out "$TMPDIR/encrypted.key" 2>/dev/null
cat "$TMPDIR/encrypted.key" "$TMPDIR/other.pem" "$TMPDIR/ours.key" "$TMPDIR/ours.pem" >"$TMPDIR/mixed.pem"
check "as one of several, between keys" pull "$host/team/app:1" --ca-bundle "$TMPDIR/mixed.pem"
: >"$LOG"
check_status 3 "another authority" pull "$host/team/app:1" --ca-bundle "$TMPDIR/other.pem"
none "is trusted with its own alone" ' /v2/'
check "the system's authorities are trusted besides" \
	env "SSL_CERT_FILE=$TMPDIR/ours.pem" "$image" "$host/team/app:1" --ca-bundle "$TMPDIR/other.pem"
check "and the others besides the system's" \
	env "SSL_CERT_FILE=$TMPDIR/other.pem" "$image" "$host/team/app:1" --ca-bundle "$TMPDIR/ours.pem"
check "redirects are believed the same way" pull "$host:5003/tostore/team/app:1" --ca-bundle "$TMPDIR/mixed.pem"
check_text "and followed" '^https://store.example.com /v2/team/app/blobs/' "$LOG"
: >"$LOG"
check_status 3 "or not" pull "$host:5003/tostore/team/app:1" --ca-bundle "$TMPDIR/ours.pem"
check_text "and told so" 'no TLS with store.example.com: ' "$TMPDIR/stderr"
none "then nothing is asked there" '^https://store.example.com /'
check "token services are, too" pull "$host:5000/public/app:1" --ca-bundle "$TMPDIR/mixed.pem"
check_text "and asked" '^https://tokens.example.net /token?' "$LOG"
: >"$LOG"

# ---- What is no bundle. Nothing of what may be a secret is repeated.

bundle()
{
	check_status 2 "$1" pull "$host/team/app:1" --ca-bundle "$2"
	check_text "$1: what is said" "$3" "$TMPDIR/stderr"
	check_no_text "$1: no secret" 'BEGIN\|MII' "$TMPDIR/stderr"
}
: >"$TMPDIR/empty"
head -c 5000000 /dev/zero >"$TMPDIR/large"
sed 's/^MII/MIM/' "$TMPDIR/ours.pem" >"$TMPDIR/damaged.pem"
cat "$TMPDIR/ours.pem" "$TMPDIR/damaged.pem" >"$TMPDIR/half.pem"
bundle "a bundle that is not there" "$TMPDIR/nosuch" "--ca-bundle '$TMPDIR/nosuch': No such file or directory"
bundle "a folder" "$TMPDIR" "--ca-bundle '$TMPDIR': .*directory"
bundle "an empty file" "$TMPDIR/empty" 'holds no certificate'
bundle "a key alone" "$TMPDIR/encrypted.key" 'holds no certificate'
bundle "a key's text" "$(cat "$TMPDIR/ours.key")" '^error.*--ca-bundle, which is PEM text: it holds no certificate'
bundle "a certificate that is cut" "$(head -n 5 "$TMPDIR/ours.pem")" 'certificate 1 is malformed'
bundle "one of two that is damaged" "$TMPDIR/half.pem" 'certificate 2 is malformed'
bundle "a file without end" "$TMPDIR/large" 'more than .*4194304 bytes\|limit'
check_status 2 "system's certificates that are not there" \
	env "SSL_CERT_FILE=$TMPDIR/nosuch" "$image" "$host/team/app:1" --ca-bundle "$TMPDIR/ours.pem"
check_text "are named by their variable" "SSL_CERT_FILE '$TMPDIR/nosuch': No such file" "$TMPDIR/stderr"
none "nobody is asked" '^http'

# ---- A certificate that is not verified.

risk='anybody on the way to it can read what is sent and change what comes'
check "a certificate that nobody signed" pull self.example.com/team/app:1 --skip-tls-verify
check_text "is noticed" "^notice	tls-not-verified	the certificate of the registry self.example.com is not verified .*$risk" \
	"$TMPDIR/stdout"
check "the same, behind a mirror" pull self.example.com/team/app:1 --skip-tls-verify --mirror "self.example.com=127.0.0.1:$open"
check_text "the mirror gives the manifest" "^remark	mirror of self.example.com: 127.0.0.1:$open\$" "$TMPDIR/stdout"
check_text "what it does not give comes from whom nobody verifies" '^notice	tls-not-verified	.* self.example.com is not verified' \
	"$TMPDIR/stdout"
check "another's certificate, and a password" robin wrong.example.com/team/app:1 --skip-tls-verify
check_status 3 "the flag is needed" robin wrong.example.com/team/app:1
: >"$LOG"
check_status 3 "another host's token service is verified" pull "$host:5000/public/app:1" --skip-tls-verify
check_text "and told so" 'asking for a token: no TLS with tokens.example.net: ' "$TMPDIR/stderr"
logged '^https://tokens.example.net distrusted$' "$LOG"
check_text "because it was distrusted" '^https://tokens.example.net distrusted$' "$LOG"
none "it is not asked" '^https://tokens.example.net /'
check_status 3 "nor does it get a password" robin "$host:5000/team/app:1" --skip-tls-verify
none "it is not even met" 'tokens.example.net'
check "the host's own token service, at the port of https, is not" robin near.example.com:5002/team/app:1 --skip-tls-verify
check_text "and gets the password" '^https://near.example.com /token?.* secret$' "$LOG"
none "nobody else does" 'store\|tokens'
check_status 3 "a store that is another host's is verified" \
	robin "$host:5003/tostore/team/app:1" --skip-tls-verify
logged '^https://store.example.com distrusted$' "$LOG"
check_text "because it was distrusted" '^https://store.example.com distrusted$' "$LOG"
none "it is not asked" '^https://store.example.com /'

# ---- No TLS.

check_status 3 "a registry without TLS" robin "$host:5000/team/app:1"
none "is not spoken to" '^http://'
check "but with the flag" robin "$host:80/team/app:1" --plain-http
check_text "is noticed" "^notice	registry-plain-http	the registry $host:80 is spoken to without TLS .*$risk" \
	"$TMPDIR/stdout"
check_text "it gets the password" "^http://$host /v2/.* secret\$" "$LOG"
none "and TLS is not tried" '^https'
check_status 3 "its own token service without TLS, at another port," robin "$host:5000/team/app:1" --plain-http
check_text "is not given the password" "$host:5000 names $host:5001 as its token service, which is not given" "$TMPDIR/stderr"
none "nor met" ":5001\|secret\|^https"
check "but asked" pull "$host:5000/public/app:1" --plain-http
check_text "by nobody" "^http://$host:5001 /token?" "$LOG"
none "without one" 'token?.* secret\|^https\|tokens'
check_status 3 "another host's without TLS" pull "$host:5002/public/app:1" --plain-http
check_text "is refused" "$host:5002 names tokens.example.net without TLS as its token service: refused" "$TMPDIR/stderr"
none "and not asked" 'tokens'
check_status 3 "a store without TLS" pull "$host:5003/tostoreplain/team/app:1" --plain-http
check_text "is refused" 'store.example.com without TLS .*: refused' "$TMPDIR/stderr"
none "and not asked" 'store.example.com'
check_status 3 "a store with TLS" pull "$host:5003/tostore/team/app:1" --plain-http --skip-tls-verify
check_text "is verified" 'no TLS with store.example.com' "$TMPDIR/stderr"
none "and not asked" '^https://store.example.com /'
check "and may be trusted" pull "$host:5003/tostore/team/app:1" --plain-http --ca-bundle "$TMPDIR/other.pem"
none "the password stays out of it" ' secret'
check_status 3 "with TLS, no step goes back to none" \
	pull "$host:5003/tostoreplain/team/app:1" --ca-bundle "$TMPDIR/ours.pem"
check_text "is refused" 'redirects to store.example.com without TLS: refused' "$TMPDIR/stderr"
none "and not asked" 'store.example.com'
check "this machine needs no flag" pull "127.0.0.1:$open/team/app:1" --plain-http
check_no_text "and makes no notice" '^notice' "$TMPDIR/stdout"

# ---- The program.

scan()
{
	SCANSTEP_OFFLINE=1 "$SCANSTEP" scan --no-cache "$@"
}
check_status 3 "scan" scan "$host/team/app:1" --allow-empty
check "scan --ca-bundle" scan "$host/team/app:1" --allow-empty --ca-bundle "$TMPDIR/ours.pem"
check "SCANSTEP_CA_BUNDLE, as text" \
	env "SCANSTEP_CA_BUNDLE=$(cat "$TMPDIR/ours.pem")" "$SCANSTEP" scan --no-cache "$host/team/app:1" --allow-empty
check "scan --registry-skip-tls-verify" \
	scan self.example.com/team/app:1 --allow-empty --registry-skip-tls-verify -o table
check_text "its report says so" 'the certificate of the registry self.example.com is not verified' "$TMPDIR/stdout"
check "scan --registry-plain-http" \
	scan "$host:5003/none/team/app:1" --allow-empty --registry-plain-http -o table
check_text "its report says so" "the registry $host:5003 is spoken to without TLS" "$TMPDIR/stdout"
printf 'old\n' >"$TMPDIR/old.json"
: >"$LOG"
check_status 2 "scan, a bundle that is none" \
	scan "$host/team/app:1" --ca-bundle "$TMPDIR/empty" -o "json=$TMPDIR/old.json"
check "leaves the reports of before alone" grep -q '^old$' "$TMPDIR/old.json"
none "and asks nobody" '^http'
finish
