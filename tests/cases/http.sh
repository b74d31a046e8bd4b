# Fetching: TLS and whom it trusts, the environment, threads. On real servers.
. tests/lib.sh
. tests/servers/registry.sh

for tool in python3 openssl; do
	command -v "$tool" >/dev/null || skip_all "needs $tool"
done
http=$BUILD/tests/drivers/http

# tls_start NAME SUBJECT-ALTERNATIVE-NAME [OLD]: sets PORT and LOG
tls_start()
{
	mkdir -p "$TMPDIR/$1"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext "subjectAltName=$2" \
		-keyout "$TMPDIR/$1/key" -out "$TMPDIR/$1/cert" 2>/dev/null
	LOG=$TMPDIR/$1/log
	python3 tests/servers/https.py "$TMPDIR/$1/cert" "$TMPDIR/$1/key" ${3:+"$3"} >"$LOG" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$LOG" 's/^port \([0-9]*\)$/\1/p' $!
}

tls_start good IP:127.0.0.1 || exit 1
good=https://127.0.0.1:$PORT
log=$LOG
proxy=127.0.0.1:$(sed -n 's/^proxy port //p' "$log")

check_status 3 "a certificate that nobody signed" "$http" "$good/"
check_text "is told as such" '^error no TLS with 127.0.0.1:[0-9]*: .*certificate' "$TMPDIR/stdout"
check_no_text "nothing is sent to it" '^request' "$log"
for variable in SSL_CERT_FILE CURL_CA_BUNDLE; do
	check "$variable" env "$variable=$TMPDIR/good/cert" "$http" "$good/"
done
mkdir "$TMPDIR/certs"
cp "$TMPDIR/good/cert" "$TMPDIR/certs/$(openssl x509 -hash -noout -in "$TMPDIR/good/cert").0"
check "SSL_CERT_DIR" env "SSL_CERT_DIR=$TMPDIR/certs" "$http" "$good/"
check_status 3 "no such certificates" env "SSL_CERT_FILE=$TMPDIR/nosuch" "$http" "$good/"

# Certificates besides the system's. libcurl with GnuTLS takes them in another way than that with OpenSSL.
tls_start second IP:127.0.0.1 || exit 1
second=https://127.0.0.1:$PORT
mkdir "$TMPDIR/gnutls"
gnutls=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | sed -n 's/.*libcurl-gnutls\.so\.4 .*=> //p' | head -n 1)
for kind in default gnutls; do
	if [ "$kind" = gnutls ]; then
		[ -n "$gnutls" ] || { skip "GnuTLS" "needs libcurl-gnutls.so.4"; continue; }
		ln -s "$gnutls" "$TMPDIR/gnutls/libcurl.so.4"
	fi
	libcurl()
	{
		LD_LIBRARY_PATH=$TMPDIR/$kind "$@"
	}
	check "$kind: a bundle" libcurl "$http" --ca-bundle "$TMPDIR/good/cert" "$good/"
	check "$kind: by many at once" libcurl "$http" --threads 4 --ca-bundle "$TMPDIR/good/cert" "$good/large"
	check_count "$kind: all of them" 4 '^status 200' "$TMPDIR/stdout"
	check_status 3 "$kind: another's" libcurl "$http" --ca-bundle "$TMPDIR/good/cert" "$second/"
	check_text "$kind: is told as such" '^error no TLS' "$TMPDIR/stdout"
	for site in "$good" "$second"; do
		check "$kind: besides the system's" env "SSL_CERT_FILE=$TMPDIR/second/cert" \
			"LD_LIBRARY_PATH=$TMPDIR/$kind" "$http" --ca-bundle "$TMPDIR/good/cert" "$site/"
	done
	check "$kind: unverified" libcurl "$http" --skip-tls-verify 1 "$second/"
	check_status 3 "$kind: a proxy with TLS" \
		env "https_proxy=$second" "LD_LIBRARY_PATH=$TMPDIR/$kind" "$http" --skip-tls-verify 1 https://registry.example.com/
	check_text "$kind: is verified nevertheless" '^error no TLS' "$TMPDIR/stdout"
	check_status 3 "$kind: or found in the bundle" env "https_proxy=$second" "LD_LIBRARY_PATH=$TMPDIR/$kind" \
		"$http" --ca-bundle "$TMPDIR/second/cert" https://registry.example.com/
	check_no_text "$kind: then it is asked" '^error no TLS' "$TMPDIR/stdout"
done

SSL_CERT_FILE=$TMPDIR/good/cert
export SSL_CERT_FILE
printf 'machine 127.0.0.1 login robin password hidden\n' >"$HOME/.netrc"
: >"$TMPDIR/empty"
check "a large body in chunks" env "SSLKEYLOGFILE=$TMPDIR/keys" "$http" "$good/large?x"
i=0
while [ "$i" -lt 65536 ]; do
	printf 0123456789abcdef
	i=$((i + 1))
done | sha256sum | sed 's/^\([0-9a-f]*\).*/status 200\nbytes 1048576 \1/' >"$TMPDIR/wanted"
check_same "is whole" "$TMPDIR/wanted" "$TMPDIR/stdout"
check_status 1 "keys are not logged" test -e "$TMPDIR/keys"
check_text "the request says who we are" '^request /large?x .*User-Agent: scanstep' "$log"
check_no_text "the request holds no password out of .netrc" 'Authorization' "$log"
check_no_text "and offers no encodings" 'Accept-Encoding' "$log"
check "an offset" "$http" --offset 5 "$good/"
check_text "asks for a range" 'Range: bytes=5-' "$log"
check "a body that is left" "$http" --most 1 "$good/large"

check "many threads" "$http" --threads 32 "$good/large"
grep '^bytes' "$TMPDIR/stdout" | sort | uniq -c | sed 's/^ *//' >"$TMPDIR/got"
sed -n 's/^bytes/32 bytes/p' "$TMPDIR/wanted" >"$TMPDIR/wanted.32"
check_same "get the same bytes" "$TMPDIR/wanted.32" "$TMPDIR/got"

# A proxy is for other hosts, and what it is asked is no secret.
for variable in https_proxy HTTPS_PROXY ALL_PROXY http_proxy HTTP_PROXY; do
	check "$variable is not for this machine" env "$variable=http://u:hidden@$proxy" "$http" "$good/"
done
check_no_text "the proxy is not asked" '^proxy [CG]' "$log"
check_status 3 "https_proxy" env "https_proxy=http://u:hidden@$proxy" "$http" "https://registry.example.com/?hidden"
check_text "is asked for the others" '^proxy CONNECT registry.example.com:443' "$log"
check_no_text "its password is not told" 'hidden' "$TMPDIR/stdout"
check_status 3 "HTTP_PROXY" env "HTTP_PROXY=http://$proxy" "$http" "http://registry.example.com/x"
check_text "is asked for http" '^proxy GET http://registry.example.com/x' "$log"
check_text "whose answer it is" '^error the proxy .* (HTTP_PROXY) wants a user name and password (407)' "$TMPDIR/stdout"

tls_start other IP:127.0.0.2,DNS:example.com || exit 1
check_status 3 "a certificate for another host" env "SSL_CERT_FILE=$TMPDIR/other/cert" "$http" "https://127.0.0.1:$PORT/"
check_text "is told as such" '^error no TLS' "$TMPDIR/stdout"
tls_start old IP:127.0.0.1 old || exit 1
check_status 3 "TLS 1.1" env "SSL_CERT_FILE=$TMPDIR/old/cert" "$http" "https://127.0.0.1:$PORT/"
check_text "is told as such" '^error no TLS' "$TMPDIR/stdout"

check_status 3 "no other protocol" "$http" "file://$TMPDIR/empty"
check_status 3 "no password in an address" "$http" "https://robin:hidden@127.0.0.1:1/"
check_no_text "nor in what is said" 'hidden' "$TMPDIR/stdout"
finish
