# TLS that does not come about, each time for another reason and told as such; client certificates; certs.d. On nginx, and
# on openssl's server for what is told by an alert. Both libraries that libcurl may have.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/nginx.sh
. tests/servers/pull.sh

needs "$(nginx_missing)"
http=$BUILD/tests/drivers/http
pki=$TMPDIR/pki
mkdir "$pki"

# authority NAME: $pki/NAME.pem, which may sign
authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$pki/$1.key" \
		-out "$pki/$1.pem" 2>/dev/null
	printf '[ca]\ndefault_ca=a\n[a]\ndatabase=%s/%s.db\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n' "$pki" "$1" "$pki" \
		>"$pki/$1.conf"
	printf 'copy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n' >>"$pki/$1.conf"
	: >"$pki/$1.db"
}

# signed NAME AUTHORITY ALTERNATIVE-NAME FROM TO: $pki/NAME.pem and NAME.key
signed()
{
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -addext "subjectAltName=$3" -keyout "$pki/$1.key" -out "$pki/$1.csr" \
		2>/dev/null
	openssl ca -batch -notext -config "$pki/$2.conf" -cert "$pki/$2.pem" -keyfile "$pki/$2.key" -in "$pki/$1.csr" \
		-out "$pki/$1.pem" -startdate "$4" -enddate "$5" >/dev/null 2>"$TMPDIR/ca.log" || cat "$TMPDIR/ca.log" >&2
}

long_ago=20200101000000Z
now=$(date -u -d yesterday +%Y%m%d000000Z)
later=20490101000000Z
authority ours
authority theirs
signed good ours IP:127.0.0.1 "$now" "$later"
signed expired ours IP:127.0.0.1 "$long_ago" 20200201000000Z
signed early ours IP:127.0.0.1 20480101000000Z "$later"
signed other ours DNS:other.example "$now" "$later"
signed client ours DNS:client "$now" "$later"
signed stranger theirs DNS:stranger "$now" "$later"
signed former ours DNS:former "$long_ago" 20200201000000Z

# site NAME CERTIFICATE [DIRECTIVE [ANSWER]]: sets PORT and LOG
site()
{
	nginx_start "$1" <<-EOT
		server {
			listen @PORT@ ssl;
			ssl_certificate $pki/$2.pem;
			ssl_certificate_key $pki/$2.key;
			${3:-}
			location / { ${4:-return 200 hello}; }
		}
	EOT
}

# gnutls has a folder in which libcurl is the one with GnuTLS.
mkdir "$TMPDIR/gnutls"
library=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | sed -n 's/.*libcurl-gnutls\.so\.4 .*=> //p' | head -n 1)
[ -z "$library" ] || ln -s "$library" "$TMPDIR/gnutls/libcurl.so.4"

# both NAME STATUS PATTERN [FLAG...] URL: a line of what is said matches. GnuTLS does not tell all reasons apart: gnutls_says
# is its pattern, if it is another one.
gnutls_says=
both()
{
	row=$1
	status=$2
	pattern=$3
	shift 3
	for kind in openssl gnutls; do
		[ "$kind" = openssl ] || [ -n "$library" ] || { skip "$kind: $row" "needs libcurl-gnutls.so.4"; continue; }
		[ "$kind" = openssl ] || [ -z "$gnutls_says" ] || pattern=$gnutls_says
		check_status "$status" "$kind: $row" env "LD_LIBRARY_PATH=$TMPDIR/$kind" "$http" "$@"
		check_text "$kind: $row: is told" "$pattern" "$TMPDIR/stdout"
	done
	gnutls_says=
}

trust="--ca-bundle $pki/ours.pem"
# ---- Certificates that do not verify ----
site good good || exit 1
good=127.0.0.1:$PORT
good_log=$LOG
# shellcheck disable=SC2086
both "a good one" 0 '^status 200$' $trust "https://$good/"
gnutls_says="^error no TLS with $good: its certificate does not verify: .* nobody known here (--ca-bundle"
both "an authority that nobody knows" 3 "^error no TLS with $good: its certificate is signed by nobody known here (--ca-bundle" "https://$good/"
gnutls_says="^error no TLS with $good: its certificate does not verify: "
both "another authority" 3 "^error no TLS with $good: its certificate is signed by nobody known here" --ca-bundle "$pki/theirs.pem" "https://$good/"
while read -r fault words; do
	site "$fault" "$fault" || exit 1
	[ "$fault" = other ] || gnutls_says="^error no TLS with 127.0.0.1:$PORT: its certificate does not verify: .* expired"
	# shellcheck disable=SC2086
	both "$fault" 3 "^error no TLS with 127.0.0.1:$PORT: $words" $trust "https://127.0.0.1:$PORT/"
	check_same "$fault: nothing is sent" /dev/null "$LOG"
done <<'EOT'
expired its certificate has expired (or is the clock
early its certificate is not valid yet (or is the clock
other its certificate is for another host$
EOT
for version in TLSv1 TLSv1.1; do
	site "$version" good "ssl_protocols $version; ssl_ciphers ALL:@SECLEVEL=0;" || exit 1
	# shellcheck disable=SC2086
	both "$version" 3 "^error no TLS with 127.0.0.1:$PORT: it knows no version from TLS 1.2 on$" $trust "https://127.0.0.1:$PORT/"
done
check_status 3 "asked without TLS" "$http" "http://$good/"
check_text "it says what it wants" "^error $good wants TLS and was asked without (is --registry-plain-http set" "$TMPDIR/stdout"
check_status 3 "without hints" "$http" --no-hints 1 "https://$good/"
check_text "none is given" "^error no TLS with $good: its certificate is signed by nobody known here$" "$TMPDIR/stdout"

# ---- Client certificates ----
site asking good "ssl_client_certificate $pki/ours.pem; ssl_verify_client on;" || exit 1
asking=127.0.0.1:$PORT
cat "$pki/client.pem" "$pki/client.key" >"$pki/both.pem"
cat "$pki/client.key" "$pki/client.pem" >"$pki/reversed.pem"
# shellcheck disable=SC2086
{
	both "a server that wants to know us" 3 "^error no TLS with $asking: it wants to know us by a certificate (--registry-client-cert)" \
		$trust "https://$asking/"
	both "a client certificate" 0 '^status 200$' $trust --client-cert "$pki/client.pem" --client-key "$pki/client.key" "https://$asking/"
	both "with its key in one file" 0 '^status 200$' $trust --client-cert "$pki/both.pem" "https://$asking/"
	both "the key first" 0 '^status 200$' $trust --client-cert "$pki/reversed.pem" "https://$asking/"
	both "a stranger's" 3 "^error no TLS with $asking: it does not accept the certificate of --registry-client-cert" \
		$trust --client-cert "$pki/stranger.pem" --client-key "$pki/stranger.key" "https://$asking/"
	both "a stranger's, without hints" 3 "^error no TLS with $asking: it does not accept our certificate$" --no-hints 1 \
		$trust --client-cert "$pki/stranger.pem" --client-key "$pki/stranger.key" "https://$asking/"
	both "none, without hints" 3 "^error no TLS with $asking: it wants to know us by a certificate$" --no-hints 1 $trust "https://$asking/"
	check_status 3 "one that has expired" "$http" $trust --client-cert "$pki/former.pem" --client-key "$pki/former.key" "https://$asking/"
	check_text "is told as such" 'it does not accept the certificate of --registry-client-cert' "$TMPDIR/stdout"
	check "where nobody asks it does not matter" "$http" $trust --client-cert "$pki/client.pem" --client-key "$pki/client.key" "https://$good/"
}
for version in 1_2 1_3; do
	openssl s_server -accept 127.0.0.1:0 -www "-tls$version" -Verify 1 -verify_return_error -cert "$pki/good.pem" -key "$pki/good.key" \
		-CAfile "$pki/ours.pem" >"$TMPDIR/server$version" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$TMPDIR/server$version" 's/^ACCEPT .*:\([0-9]*\)$/\1/p' $! || exit 1
	# shellcheck disable=SC2086
	{
		both "none, told by an alert ($version)" 3 "^error no TLS with 127.0.0.1:$PORT: it wants to know us by a certificate" \
			$trust "https://127.0.0.1:$PORT/"
		both "a stranger's, told by an alert ($version)" 3 "^error no TLS with 127.0.0.1:$PORT: it does not accept the certificate of" \
			$trust --client-cert "$pki/stranger.pem" --client-key "$pki/stranger.key" "https://127.0.0.1:$PORT/"
		both "one that it wants ($version)" 0 '^status 200$' $trust --client-cert "$pki/both.pem" "https://127.0.0.1:$PORT/"
	}
done

# Files that are no certificate and no key: told before anything is sent.
openssl ec -in "$pki/ours.key" -aes128 -passout pass:hidden -out "$pki/locked.key" 2>/dev/null
openssl pkcs8 -topk8 -in "$pki/client.key" -passout pass:hidden -out "$pki/locked8.key" 2>/dev/null
openssl rsa -in "$pki/client.key" -traditional -aes128 -passout pass:hidden -out "$pki/locked1.key" 2>/dev/null
echo hidden >"$pki/text"
: >"$good_log"
while read -r cert key sentence; do
	set -- --client-cert "$pki/$cert"
	[ "$key" = - ] || set -- "$@" --client-key "$pki/$key"
	check_status 2 "$cert with $key" "$http" "$@" "https://$good/"
	check_text "$cert with $key: is told" "^error the client $sentence" "$TMPDIR/stdout"
	check_no_text "$cert with $key: nothing of it" 'hidden' "$TMPDIR/stdout"
done <<EOT
nosuch client.key certificate '$pki/nosuch': .*No such file or directory
client.pem nosuch key '$pki/nosuch': .*No such file or directory
text client.key certificate '$pki/text' holds no certificate
client.key client.key certificate '$pki/client.key' holds no certificate
client.pem - key '$pki/client.pem' holds no private key
client.pem text key '$pki/text' holds no private key
client.pem stranger.key key '$pki/stranger.key' is not that of the certificate
client.pem locked.key key '$pki/locked.key' has a passphrase
client.pem locked1.key key '$pki/locked1.key' has a passphrase
client.pem locked8.key key '$pki/locked8.key' has a passphrase
EOT
check_same "nothing is sent" /dev/null "$good_log"

# ---- certs.d ----
certs=$HOME/.config/containers/certs.d
mkdir -p "$certs"
check_status 3 "no folder of the registry" "$http" --certs "$asking" "https://$asking/"
mkdir "$certs/$asking"
check_status 3 "an empty one" "$http" --certs "$asking" "https://$asking/"
cp "$pki/theirs.pem" "$certs/$asking/a.crt"
cp "$pki/ours.pem" "$certs/$asking/ca.crt"
check_status 3 "authorities" "$http" --certs "$asking" "https://$asking/"
check_text "are believed" "it wants to know us by a certificate" "$TMPDIR/stdout"
cp "$pki/client.pem" "$certs/$asking/client.cert"
check_status 2 "a certificate without its key" "$http" --certs "$asking" "https://$asking/"
check_text "is told as such" "^error '$certs/$asking/client.cert' stands there without its key 'client.key'" "$TMPDIR/stdout"
cp "$pki/client.key" "$certs/$asking/client.key"
check "a pair" "$http" --certs "$asking" "https://$asking/"
check_status 3 "for this registry alone" "$http" --certs "$good" "https://$good/"
check "besides --ca-bundle" "$http" --ca-bundle "$pki/theirs.pem" --certs "$asking" "https://$asking/"
check_status 3 "the client certificate of the command line wins" "$http" --certs "$asking" --client-cert "$pki/stranger.pem" \
	--client-key "$pki/stranger.key" "https://$asking/"
cp "$pki/stranger.pem" "$certs/$asking/a.cert"
cp "$pki/stranger.key" "$certs/$asking/a.key"
check_status 3 "the first pair by its name" "$http" --certs "$asking" "https://$asking/"
mv "$certs/$asking/a.cert" "$certs/$asking/z.cert"
check_status 2 "a key without its certificate" "$http" --certs "$asking" "https://$asking/"
check_text "is told as such" "a.key' stands there without its certificate 'a.cert'" "$TMPDIR/stdout"
mv "$certs/$asking/a.key" "$certs/$asking/z.key"
check "the other one first" "$http" --certs "$asking" "https://$asking/"
cp "$pki/text" "$certs/$asking/b.crt"
check_status 2 "an authority that is none" "$http" --certs "$asking" "https://$asking/"
check_text "is told as such" "^error '$certs/$asking/b.crt': it holds no certificate (PEM)" "$TMPDIR/stdout"
rm "$certs/$asking/b.crt"
i=0
while [ "$i" -lt 70 ]; do
	: >"$certs/$asking/$i.crt"
	i=$((i + 1))
done
check_status 2 "very many" "$http" --certs "$asking" "https://$asking/"
check_text "are too many" 'holds more than 64 certificates and keys' "$TMPDIR/stdout"
mkdir -p "$certs/registry.example:443" && cp "$pki/client.pem" "$certs/registry.example:443/x.cert"
check_status 2 "the port of https may be written" "$http" --certs registry.example "https://$good/"
mkdir -p "$certs/short.example" && cp "$pki/client.pem" "$certs/short.example/x.cert"
check_status 2 "or left out" "$http" --certs short.example:443 "https://$good/"
check_status 3 "but no other" "$http" --certs short.example:4430 "https://$good/"
check_status 3 "another port is another registry" "$http" --certs registry.example:5000 "https://$good/"

# ---- A registry that wants to know us, and the program ----
needs "$(servers_missing)"
rm -r "$certs"
image_make app || exit 1
registry_start open || exit 1
open=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-app" "$open/team/app:1" || exit 1
site registry good "ssl_client_certificate $pki/ours.pem; ssl_verify_client on;" "proxy_pass http://$open" || exit 1
registry=127.0.0.1:$PORT

# scan [FLAG...]: and whether there is a report
scan()
{
	"$SCANSTEP" scan --offline --no-cache --allow-empty --ca-bundle "$pki/ours.pem" -o "json=$TMPDIR/report.json" "$registry/team/app:1" "$@"
}
check "a scan with a client certificate" scan --registry-client-cert "$pki/client.pem" --registry-client-key "$pki/client.key"
check_text "its report is of the image" "\"name\": \"$registry/team/app\"" "$TMPDIR/report.json"
check_text "the registry gave its layers" '^127.0.0.1 /v2/team/app/blobs/sha256:[0-9a-f]* 200' "$LOG"
check "a scan with both in one file" scan --registry-client-cert "$pki/both.pem"
check "a scan with them in variables" env "SCANSTEP_REGISTRY_CLIENT_CERT=$pki/client.pem" \
	"SCANSTEP_REGISTRY_CLIENT_KEY=$pki/client.key" "$SCANSTEP" scan --offline --no-cache --allow-empty --ca-bundle "$pki/ours.pem" \
	"$registry/team/app:1"
while read -r status cert key sentence; do
	set --
	[ "$cert" = - ] || set -- --registry-client-cert "$pki/$cert"
	[ "$key" = - ] || set -- "$@" --registry-client-key "$pki/$key"
	: >"$LOG"
	check_status "$status" "a scan with $cert and $key" scan "$@"
	check_text "a scan with $cert and $key: is told" "^scanstep: .*$sentence" "$TMPDIR/stderr"
	sed '/^scanstep: warning: SCANSTEP_SANDBOX=off: /d' "$TMPDIR/stderr" >"$TMPDIR/said"
	check_count "a scan with $cert and $key: in one sentence" 1 . "$TMPDIR/said"
	check_no_text "a scan with $cert and $key: nothing is given" ' 200 ' "$LOG"
done <<EOT
3 - - no TLS with $registry: it wants to know us by a certificate (--registry-client-cert)
3 stranger.pem stranger.key no TLS with $registry: it does not accept the certificate of --registry-client-cert
3 former.pem former.key no TLS with $registry: it does not accept the certificate of --registry-client-cert
2 - client.key --registry-client-key needs --registry-client-cert
2 client.pem stranger.key '$pki/stranger.key' is not that of the certificate
2 nosuch.pem client.key '$pki/nosuch.pem': No such file
EOT
check "a mirror that wants to know us" "$SCANSTEP" scan --offline --no-cache --allow-empty --ca-bundle "$pki/ours.pem" \
	--registry-client-cert "$pki/client.pem" --registry-client-key "$pki/client.key" --mirror "$open=$registry" "$open/team/app:1"
check_text "is not shown what is for the registry" \
	"the mirror $registry is passed over: no TLS with $registry: it wants to know us by a certificate" "$TMPDIR/stderr"
finish
