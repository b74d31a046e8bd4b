# Requests and answers without TLS: methods, ranges, sockets, deadlines, headers that nobody should send, and addresses
# that a name may not lead to. The server is tests/servers/answers.py.
. tests/lib.sh
. tests/servers/registry.sh

command -v python3 >/dev/null || skip_all "needs python3"
http=$BUILD/tests/drivers/http
log=$TMPDIR/requests
socket=$TMPDIR/socket
: >"$log"
python3 tests/servers/answers.py "$log" "$socket" >"$TMPDIR/log" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/log" 's/^port \([0-9]*\)$/\1/p' $! || exit 1
site=http://127.0.0.1:$PORT

# ---- What is asked ----
check "GET" "$http" "$site/"
check_text "is one" '^GET / ' "$log"
check "HEAD" "$http" --method HEAD --fields 1 "$site/head"
check_text "is one" '^HEAD /head ' "$log"
check_text "its answer has a header" '^content-digest sha256:0123$' "$TMPDIR/stdout"
check_text "and no body" '^bytes 0 ' "$TMPDIR/stdout"
: >"$log"
check "HEAD of one that sends the body late" "$http" --warm 1 --method HEAD "$site/late"
check_text "is answered" '^status 200$' "$TMPDIR/stdout"
check_count "on another connection" 3 '^HEAD /late ' "$log"
check "POST" "$http" --method POST --form 'a=b&c=%20d' "$site/"
check_text "of a form" '^POST / .*Content-Type: application/x-www-form-urlencoded.* a=b&c=%20d$' "$log"
check_no_text "without waiting for leave" 'Expect:' "$log"
while read -r offset length range; do
	: >"$log"
	check "bytes $range" "$http" --offset "$offset" --length "$length" "$site/"
	if [ "$range" = all ]; then
		check_no_text "bytes $range: no range" 'Range:' "$log"
	else
		check_text "bytes $range: are asked for" "|Range: bytes=$range\$\||Range: bytes=$range|\||Range: bytes=$range " "$log"
	fi
done <<EOT
0 0 all
7 0 7-
0 1 0-0
0 100 0-99
7 100 7-106
4294967296 4294967296 4294967296-8589934591
18446744073709551615 1 18446744073709551615-18446744073709551615
EOT
check "a socket" "$http" --socket "$socket" "http://engine.invalid/fields"
check_text "is connected to in place of the host" '^GET /fields Host: engine.invalid' "$log"
check "a socket, though there is a proxy" env http_proxy=http://127.0.0.1:1 "$http" --socket "$socket" "http://engine.invalid/"
check "a socket is no address" "$http" --socket "$socket" --public-only 1 --fields 1 "http://engine.invalid/"
check_text "of this network or another" '^private-peer no$' "$TMPDIR/stdout"
check_status 3 "no such socket" "$http" --socket "$TMPDIR/nosuch" "http://engine.invalid/"
check_text "is told by its path" "^error cannot connect to $TMPDIR/nosuch: No such file or directory" "$TMPDIR/stdout"

# ---- What the header says ----
check "the fields" "$http" --fields 1 "$site/fields"
cat >"$TMPDIR/wanted" <<'EOT'
status 200
location /one
retry-after 7
etag "x"
content-digest sha256:0123
rate-limit 100;w=21600
rate-remaining 99;w=21600
api-version 1.43
private-peer yes
EOT
sed '/^bytes/d' "$TMPDIR/stdout" >"$TMPDIR/got"
check_same "are as they were sent, the first of two" "$TMPDIR/wanted" "$TMPDIR/got"
check "an early answer" "$http" --fields 1 "$site/early"
check_no_text "is not the answer" '^location' "$TMPDIR/stdout"
check "a line that goes on" "$http" --fields 1 "$site/fold"
check_no_text "is no field" '^location' "$TMPDIR/stdout"

# refused PATH SENTENCE [FLAG...]
refused()
{
	path=$1
	sentence=$2
	shift 2
	check_status 3 "$path" "$http" "$@" "$site$path"
	check_text "$path: says so" "^error $sentence" "$TMPDIR/stdout"
	check_count "$path: no byte of it is taken" 0 '^status' "$TMPDIR/stdout"
}
here=127.0.0.1:$PORT
refused /gzip "$here answers with a Content-Encoding, which it was not asked for$"
refused /x-gzip "$here answers with a Content-Encoding"
check "an encoding, if the caller can" "$http" --any-encoding 1 "$site/gzip"
check "identity is none" "$http" "$site/identity"
check "of an error it does not matter" "$http" "$site/gzip-404"
refused /cr "$here answers with a header line that holds control characters$"
refused /escape "$here answers with a header line that holds control characters$"
refused /nul ".*$here"
refused /many "$here answers with more than 512 header lines$"
refused /huge "$here answers with more than 64 KiB of header$"
refused /endless "$here answers with more than "
refused /packed "$here answers with a Transfer-Encoding other than chunked$"
check "a field behind the body" "$http" "$site/trailer"
check_no_text "comes too late" 'late' "$TMPDIR/stdout"
check_status 3 "fields without end behind the body" "$http" "$site/trailers"
check_text "fields without end behind the body: says so" "^error $here answers with more than 512 header lines$" "$TMPDIR/stdout"
refused /go "$here wants TLS and was asked without (is --registry-plain-http set"
check "400 for another reason" "$http" "$site/400"
check_text "is an answer" '^bytes 5 ' "$TMPDIR/stdout"
refused /go "$here wants TLS and was asked without$" --no-hints 1
refused /smtp "$here does not answer in HTTP$" --no-hints 1
refused /hang "$here took too long$" --deadline 300 --no-hints 1
: >"$log"
refused /hang "$here stalls: next to nothing came for 0 s (look at the network, or try again later)$" --patience 100
check_count "/hang: three are asked to answer" 3 '^GET /hang' "$log"
check_status 3 "/drip" "$http" --patience 100 "$site/drip"
check_count "/drip: an answer that began is the caller's to resume" 1 '^GET /drip' "$log"
refused /smtp "$here does not answer in HTTP (is --registry-plain-http set"
refused /alert "$here does not answer in HTTP (is --registry-plain-http set"
: >"$log"
refused /nothing "the connection to $here broke: "
check_count "a connection that breaks is tried again" 3 '^GET /nothing ' "$log"
: >"$log"
refused /nothing "the connection to $here broke: " --method POST --form x
check_count "but a form is posted once" 1 '^POST /nothing ' "$log"
check_status 3 "a body that ends early" "$http" "$site/short"
check_text "is told as such" "^error the connection to $here broke: " "$TMPDIR/stdout"
check_status 3 "TLS to a server without" "$http" "https://$here/"
check_text "is told as such" "^error no TLS with $here: it answers without TLS (--registry-plain-http" "$TMPDIR/stdout"

# ---- Deadlines ----
refused /hang "$here took longer than --timeout allows$" --deadline 300
check_status 3 "a body that does not come" "$http" --deadline 300 "$site/drip"
check_text "is told as such" "^error $here took longer than --timeout allows$" "$TMPDIR/stdout"
check "a deadline that is far" "$http" --deadline 600000 "$site/"

# ---- Addresses ----
for flag in --public-only --not-here; do
	: >"$log"
	refused / "127.0.0.1:$PORT has the address 127.0.0.1, which is .*: not connected to" "$flag" 1
	check_same "$flag: nothing is sent" /dev/null "$log"
	check_status 3 "$flag: on a connection that was kept" "$http" --warm 1 "$flag" 1 "$site/"
	check_text "$flag: says so" "has the address 127.0.0.1, which is " "$TMPDIR/stdout"
	check_count "$flag: only the first was sent" 1 '^GET' "$log"
done
finish
