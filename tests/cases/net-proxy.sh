# Proxies: which of the variables leads to one, for whom it does not count, and what is said of one that is no way.
# The proxy is tests/servers/proxy.py, the curl tool says what no_proxy means.
. tests/lib.sh
. tests/servers/registry.sh

for tool in python3 openssl curl; do
	command -v "$tool" >/dev/null || skip_all "needs $tool"
done
http=$BUILD/tests/drivers/http
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE https_proxy HTTPS_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY \
	no_proxy NO_PROXY REQUEST_METHOD

# proxy_start NAME MODE TARGET [CERTIFICATE KEY CLIENTS]: sets PORT and LOG
proxy_start()
{
	LOG=$TMPDIR/$1.requests
	: >"$LOG"
	name=$1
	shift
	python3 tests/servers/proxy.py "$LOG" "$@" >"$TMPDIR/$name.log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$TMPDIR/$name.log" 's/^port \([0-9]*\)$/\1/p' $!
}

# What the names lead to: with TLS and without.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
	-addext subjectAltName=DNS:registry.example,DNS:www.registry.example -keyout "$TMPDIR/key" -out "$TMPDIR/cert" 2>/dev/null
python3 tests/servers/https.py "$TMPDIR/cert" "$TMPDIR/key" >"$TMPDIR/https.log" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/https.log" 's/^port \([0-9]*\)$/\1/p' $! || exit 1
tls=$PORT
mkdir "$TMPDIR/plain"
echo hello >"$TMPDIR/plain/index.html"
python3 -u -m http.server --bind 127.0.0.1 --directory "$TMPDIR/plain" 0 >"$TMPDIR/plain.log" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/plain.log" 's/.* port \([0-9]*\) .*/\1/p' $! || exit 1
plain=$PORT
SSL_CERT_FILE=$TMPDIR/cert
export SSL_CERT_FILE

# ---- Which variable ----
proxy_start secure open "$tls" || exit 1
secure=127.0.0.1:$PORT
secure_log=$LOG
proxy_start open open "$plain" || exit 1
open=127.0.0.1:$PORT
open_log=$LOG
for variable in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
	: >"$secure_log"
	check "$variable leads to https" env "$variable=http://$secure" "$http" https://registry.example/
	check_text "$variable: by CONNECT" '^CONNECT registry.example:443$' "$secure_log"
done
for variable in http_proxy HTTP_PROXY all_proxy ALL_PROXY; do
	: >"$open_log"
	check "$variable leads to http" env "$variable=$open" "$http" http://registry.example/x
	check_text "$variable: by the whole address" '^GET http://registry.example/x$' "$open_log"
done
: >"$open_log"
check_status 3 "HTTP_PROXY in a CGI program" env "HTTP_PROXY=http://$open" REQUEST_METHOD=GET "$http" http://registry.invalid/
check_same "is not believed" /dev/null "$open_log"
check "the small letters win" env "https_proxy=http://$secure" HTTPS_PROXY=http://127.0.0.1:1 "$http" https://registry.example/
check "empty is none" env "https_proxy=" "HTTPS_PROXY=http://$secure" "$http" https://registry.example/
for variable in no_proxy NO_PROXY; do
	: >"$secure_log"
	check_status 3 "$variable" env "https_proxy=http://$secure" "$variable=x.test,.invalid" "$http" https://registry.invalid/
	check_text "$variable: the name is looked up here" '^error the name of registry.invalid does not resolve: ' "$TMPDIR/stdout"
	check_same "$variable: the proxy is not asked" /dev/null "$secure_log"
done
for url in "http://127.0.0.1:$plain/" "https://127.0.0.1:$tls/"; do
	: >"$open_log"
	check "loopback is never asked for by a proxy: $url" env "ALL_PROXY=http://$open" "$http" --skip-tls-verify 1 "$url"
	check_same "the proxy is not asked" /dev/null "$open_log"
done
check "behind a proxy nobody here knows the address" env "http_proxy=$open" "$http" --public-only 1 --fields 1 http://registry.example/
check_text "and it is not judged" '^private-peer no$' "$TMPDIR/stdout"

# ---- no_proxy, row by row, as the curl tool takes it ----
: >"$TMPDIR/differ"
rows=0
while IFS='	' read -r list host port wanted ours; do
	case $list in '#'*) continue ;; esac
	: >"$open_log"
	curl -s -o /dev/null --max-time 20 --connect-to "::127.0.0.1:$plain" --proxy "http://$open" --noproxy "$list" -g "http://$host:$port/" \
		</dev/null
	got=yes
	[ -s "$open_log" ] && got=no
	rows=$((rows + 1))
	[ "$got" = "$wanted" ] || [ "$ours" = ours ] || echo "curl: no_proxy='$list' of $host:$port is $got" >>"$TMPDIR/differ"
done <tests/vectors/no-proxy.tsv
check_same "curl takes no_proxy in the same way" /dev/null "$TMPDIR/differ"
check "in every row" test "$rows" -gt 50

# ---- A proxy that wants to know us ----
proxy_start login login "$tls" || exit 1
login=127.0.0.1:$PORT
login_log=$LOG
check "a name and a password" env "https_proxy=http://robin:se%3acret%20%40@$login" "$http" https://registry.example/
check_text "reach the proxy as they are meant" '^CONNECT registry.example:443 as robin:se:cret @$' "$login_log"
check_no_text "but not the host" 'Proxy-Auth' "$TMPDIR/https.log"
check_status 3 "wrong ones" env "https_proxy=http://robin:hidden@$login" "$http" https://registry.example/
check_text "are told as such" "^error the proxy $login (https_proxy) does not accept its user name and password (407)" "$TMPDIR/stdout"
check_no_text "without the password" 'hidden' "$TMPDIR/stdout"
: >"$login_log"
check_status 3 "none" env "HTTPS_PROXY=http://$login" "$http" https://registry.example/
check_text "is told as such" "^error the proxy $login (HTTPS_PROXY) wants a user name and password (407)" "$TMPDIR/stdout"
check_count "it is asked once" 1 '^CONNECT' "$login_log"
check_status 3 "without TLS too" env "http_proxy=http://robin:hidden@$login" "$http" http://registry.example/
check_text "it is told as such" "^error the proxy $login (http_proxy) does not accept" "$TMPDIR/stdout"

# ---- Proxies that are no way ----
# no_way NAME STATUS SETTING URL SENTENCE
no_way()
{
	check_status "$2" "$1" env "$3" "$http" "$4"
	check_text "$1: says so" "^error $5" "$TMPDIR/stdout"
	check_no_text "$1: keeps its password" 'hidden' "$TMPDIR/stdout"
}
user=robin:hidden
proxy_start refuse refuse "$tls" || exit 1
no_way "a proxy that refuses" 3 "https_proxy=http://$user@127.0.0.1:$PORT" https://registry.example/ \
	"the proxy 127.0.0.1:$PORT (https_proxy) refuses to connect to registry.example: status 403$"
check_count "it is asked once" 1 '^CONNECT' "$LOG"
for mode in junk close; do
	proxy_start "$mode" "$mode" "$tls" || exit 1
	no_way "a proxy that is none ($mode)" 3 "https_proxy=http://$user@127.0.0.1:$PORT" https://registry.example/ \
		"the proxy 127.0.0.1:$PORT (https_proxy) does not answer as a proxy, on the way to registry.example$"
	no_way "the same without TLS ($mode)" 3 "http_proxy=http://$user@127.0.0.1:$PORT" http://registry.example/ \
		".* (through the proxy 127.0.0.1:$PORT (http_proxy))$"
done
no_way "nothing listens" 3 "https_proxy=http://$user@127.0.0.1:1" https://registry.example/ \
	'cannot connect to the proxy 127.0.0.1:1 (https_proxy), which leads to registry.example: Connection refused$'
no_way "no such name" 3 "ALL_PROXY=http://$user@proxy.invalid:3128" https://registry.example/ \
	'the name of the proxy proxy.invalid:3128 (ALL_PROXY), which leads to registry.example, does not resolve$'
no_way "an address that is malformed" 2 "https_proxy=http://$user@:3128" https://registry.example/ \
	'https_proxy names no proxy: its host is malformed'
no_way "another scheme" 2 "HTTP_PROXY=ftp://$user@127.0.0.1" http://registry.example/ \
	'HTTP_PROXY names no proxy: its scheme is none of '
no_way "TLS to a proxy without TLS" 3 "https_proxy=https://$user@$secure" https://registry.example/ \
	"no TLS with the proxy $secure (https_proxy): it answers without TLS$"
no_way "a certificate behind a proxy" 3 "https_proxy=http://$user@$secure" https://other.example/ \
	'no TLS with other.example: its certificate is for another host (through the proxy '

# ---- A proxy with TLS of its own: whoever judges the registry judges it ----
for name in proxy client; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$name" \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$TMPDIR/$name.key" -out "$TMPDIR/$name.pem" 2>/dev/null
done
cat "$TMPDIR/cert" "$TMPDIR/proxy.pem" >"$TMPDIR/both.pem"
mkdir "$TMPDIR/certificates"
cp "$TMPDIR/cert" "$TMPDIR/certificates/registry.pem"
cp "$TMPDIR/proxy.pem" "$TMPDIR/certificates"
openssl rehash "$TMPDIR/certificates"
proxy_start tls open "$tls" "$TMPDIR/proxy.pem" "$TMPDIR/proxy.key" "$TMPDIR/client.pem" || exit 1
by_tls=https_proxy=https://$user@127.0.0.1:$PORT
asks=https://127.0.0.1:$PORT/
unset SSL_CERT_FILE
for trust in "SSL_CERT_FILE=$TMPDIR/both.pem" "CURL_CA_BUNDLE=$TMPDIR/both.pem" "SSL_CERT_DIR=$TMPDIR/certificates"; do
	: >"$LOG"
	check "TLS to a proxy: ${trust%%=*}" env "$by_tls" "$trust" "$http" https://registry.example/
	check_text "leads through it: ${trust%%=*}" "^CONNECT registry.example:443 as $user\$" "$LOG"
done
check "TLS to a proxy: --ca-bundle" env "$by_tls" "$http" --ca-bundle "$TMPDIR/both.pem" https://registry.example/
: >"$LOG"
stranger="no TLS with the proxy 127.0.0.1:$PORT (https_proxy): its certificate is signed by nobody known here"
no_way "a proxy that nobody knows" 3 "$by_tls" https://registry.example/ "$stranger"
for verify in 0 1; do
	check_status 3 "trust in the registry is none in the proxy: --skip-tls-verify $verify" env "$by_tls" "SSL_CERT_FILE=$TMPDIR/cert" \
		"$http" --skip-tls-verify "$verify" https://registry.example/
	check_text "says so: --skip-tls-verify $verify" "^error $stranger" "$TMPDIR/stdout"
done
check_same "it is not told what is asked for" /dev/null "$LOG"
check "the registry alone is believed unseen" env "$by_tls" "SSL_CERT_FILE=$TMPDIR/proxy.pem" "$http" --skip-tls-verify 1 https://registry.example/
: >"$LOG"
set -- --ca-bundle "$TMPDIR/both.pem" --client-cert "$TMPDIR/client.pem" --client-key "$TMPDIR/client.key"
check "a client certificate, and a proxy that asks for one" env "$by_tls" "$http" "$@" https://registry.example/
check_text "the proxy is asked" "^CONNECT registry.example:443" "$LOG"
check_no_text "it is not shown the registry's" 'shown a certificate' "$LOG"
check_status 3 "the same, asked as a registry" "$http" "$@" "$asks"
check_text "is shown it" '^GET / shown a certificate$' "$LOG"
proxy_start demand demand "$tls" "$TMPDIR/proxy.pem" "$TMPDIR/proxy.key" "$TMPDIR/client.pem" || exit 1
check_status 3 "a proxy that insists on one" env "https_proxy=https://$user@127.0.0.1:$PORT" "$http" "$@" https://registry.example/
check_text "is not shown it, either" "^error no TLS with the proxy 127.0.0.1:$PORT (https_proxy): it wants to know us by a certificate, and no proxy is shown one$" \
	"$TMPDIR/stdout"
SSL_CERT_FILE=$TMPDIR/cert
export SSL_CERT_FILE

# ---- SOCKS ----
proxy_start socks socks "$tls" || exit 1
for scheme in socks5 socks5h; do
	: >"$LOG"
	name=registry.example
	[ "$scheme" = socks5h ] || name=registry.invalid
	got=0
	all_proxy=$scheme://127.0.0.1:$PORT "$http" "https://$name/" >"$TMPDIR/$scheme.out" || got=$?
	echo "$got" >>"$TMPDIR/$scheme.out"
done
check_text "socks5h: the proxy looks the name up" '^status 200' "$TMPDIR/socks5h.out"
check_text "socks5: it is looked up here" '^error .*registry.invalid' "$TMPDIR/socks5.out"
proxy_start socks-refuse socks-refuse "$tls" || exit 1
no_way "a SOCKS proxy that refuses" 3 "all_proxy=socks5h://127.0.0.1:$PORT" https://registry.example/ \
	"the proxy 127.0.0.1:$PORT (all_proxy) does not connect to registry.example: "
finish
