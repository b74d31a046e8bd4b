# What went wrong in other clients of registries, by the name under which it is known: none of it happens here. The
# servers, those who are named as well as those who name them, keep every request: in the end nobody has a secret who should not.
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE NO_PROXY no_proxy
SCANSTEP_DEBUG_RETRY_MS=1 SCANSTEP_OFFLINE=1
export SCANSTEP_DEBUG_RETRY_MS SCANSTEP_OFFLINE
# As in tests/servers/incidents.py.
REGISTRY_PASSWORD=canary-4e1f
. tests/servers/pull.sh
BASIC=$BASE64

# hex TEXT: as a repository's name can hold it
hex()
{
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

scan()
{
	"$SCANSTEP" scan --no-cache --allow-empty "$@"
}

# robin COMMAND...: with a user name and a password
robin()
{
	as robin "$REGISTRY_PASSWORD" "$@"
}

# bounded COMMAND...: in 512 MiB (a build with AddressSanitizer cannot)
bounded()
{
	# shellcheck disable=SC3045 # dash has it, and every other shell
	sanitized || ulimit -v 524288
	"$@"
}

# as_small COMMAND...: the same, in a shell of its own
as_small()
(
	bounded "$@"
)

# said NAME PATTERN: in the message of the last command, which never holds a secret.
said()
{
	check_text "$1" "$2" "$TMPDIR/stderr"
	check_no_text "$1: no secret" "canary\|hidden\|$BASIC" "$TMPDIR/stderr"
}

# forget: what was asked so far is put away
forget()
{
	cat "$FARM" >>"$FARM.all"
	cat "$SITES" >>"$SITES.all"
	: >"$FARM"
	: >"$SITES"
}

# unasked NAME ROLE: nobody of that role was asked since the last forget
unasked()
{
	check_no_text "$1" "^$2 " "$FARM"
	check_no_text "$1: nor a stranger" ' unknown$' "$SITES"
	forget
}

# ---- The servers: hosts with names and TLS, all of them the same few programs.

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ours -keyout "$TMPDIR/ours.key" \
	-out "$TMPDIR/ours.pem" 2>/dev/null
SSL_CERT_FILE=$TMPDIR/ours.pem
export SSL_CERT_FILE
host=registry.example.com
like=$(sed -n '/^# Forty/,/^# Address/s|^https://registry-1.docker.io/	https://\([^/]*\)/.*|\1|p' tests/vectors/trust.tsv)
{
	printf 'subjectAltName=DNS:*.example.com,DNS:*.example.net,DNS:registry-1.docker.io'
	for name in $like; do
		printf ',DNS:%s' "$name"
	done
} >"$TMPDIR/names"
mkdir "$TMPDIR/good" "$TMPDIR/bad"
for cert in good bad; do
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=farm -keyout "$TMPDIR/$cert/key" \
		-out "$TMPDIR/$cert/request" 2>/dev/null
done
openssl x509 -req -in "$TMPDIR/good/request" -CA "$TMPDIR/ours.pem" -CAkey "$TMPDIR/ours.key" -set_serial 2 -days 2 \
	-extfile "$TMPDIR/names" -out "$TMPDIR/good/cert" 2>/dev/null
openssl x509 -req -in "$TMPDIR/bad/request" -signkey "$TMPDIR/bad/key" -set_serial 3 -days 2 \
	-extfile "$TMPDIR/names" -out "$TMPDIR/bad/cert" 2>/dev/null

FARM=$TMPDIR/farm
: >"$FARM"
python3 tests/servers/incidents.py "$FARM" >"$TMPDIR/farm.log" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/farm.log" 's/^port \([0-9]*\)$/\1/p' $! || exit 1
registry=$PORT
for role in tokens store stranger; do
	eval "$role=\$(sed -n 's/^$role port //p' '$TMPDIR/farm.log')"
done
plain=127.0.0.1:$registry
# shellcheck disable=SC2154 # tokens, store and stranger are set by the loop
set -- "https://$host=$registry,$TMPDIR/good" \
	"https://$host:8443=$tokens,$TMPDIR/good" \
	"https://$host:8444=$store,$TMPDIR/good" \
	"http://$host=$stranger" \
	"https://auth.example.com=$tokens,$TMPDIR/good" \
	"https://auth.example.com:8443=$tokens,$TMPDIR/good" \
	"http://auth.example.com=$stranger" \
	"https://badcert.example.com=$tokens,$TMPDIR/bad" \
	"https://cdn.example.com=$store,$TMPDIR/good" \
	"https://tokens.example.net=$tokens,$TMPDIR/good" \
	"https://store.example.net=$store,$TMPDIR/good" \
	"https://stranger.example.net=$stranger,$TMPDIR/good" \
	"http://stranger.example.net=$stranger" \
	"https://registry-1.docker.io=$registry,$TMPDIR/good"
for name in $like; do
	set -- "$@" "https://$name=$registry,$TMPDIR/good"
done
internet_start sites "$@" || exit 1
SITES=$LOG
http_proxy=http://127.0.0.1:$PORT https_proxy=http://127.0.0.1:$PORT
export http_proxy https_proxy

check "the image, from anybody" pull "$host/none/open/app:1"
cp "$TMPDIR/stdout" "$TMPDIR/wanted"
check "by its password" robin pull "$host/none/basic/app:1"
check "by a token" robin pull "$host/none/bearer/app:1"
check_text "which the registry sees" '"Bearer canary-9c2a"' "$FARM"
manifest=$(sed -n 's/^digest //p' "$TMPDIR/wanted")
forget

# ---- CVE-2020-15157, CVE-2026-10517, claircore's layer URI, go-containerregistry #2293: a manifest says where its parts are.

for url in "https://stranger.example.net/x" "http://127.0.0.1:$stranger/x" "http://169.254.169.254/latest/meta-data/" \
	"http://[fd00:ec2::254]/latest" "http://127.1:$stranger/" "http://0x7f.1:$stranger/" "http://[::ffff:7f00:1]:$stranger/" \
	"file:///etc/passwd"; do
	check "CVE-2020-15157 CVE-2026-10517 ggcr#2293: urls with $url" robin pull "$host/urls-$(hex "$url")/bearer/app:1"
	unasked "CVE-2020-15157 CVE-2026-10517 ggcr#2293: nobody goes to $url" 'stranger\|store'
	check_status 3 "CVE-2020-15157: a layer that is at $url alone" robin pull "$plain/foreign-$(hex "$url")/basic/app:1"
	unasked "CVE-2020-15157: nobody goes to $url for it" 'stranger\|store'
done

# ---- CVE-2019-10214: the token service's certificate.

realm=$(hex https://badcert.example.com/token)
check_status 3 "CVE-2019-10214: a token service with a certificate that nobody signed" pull "$host/realm-$realm/bearer/app:1"
said "CVE-2019-10214: is told" 'no TLS with badcert.example.com'
check_status 3 "CVE-2019-10214: with a password" robin pull "$host/realm-$realm/bearer/app:1"
check_status 3 "CVE-2019-10214: though the registry goes unverified" \
	robin pull "$host/realm-$realm/bearer/app:1" --skip-tls-verify
logged '^https://badcert.example.com distrusted$' "$SITES"
check_text "CVE-2019-10214: it was distrusted" '^https://badcert.example.com distrusted$' "$SITES"
unasked "CVE-2019-10214: it is not asked" tokens

# ---- CVE-2024-35192: registries whose names look like another's.

auth=$(printf '{"auths": {"https://index.docker.io/v1/": {"auth": "%s"}, "docker.io": {"auth": "%s"}}}' "$BASIC" "$BASIC")
check "CVE-2024-35192: Docker Hub gets its password" env "DOCKER_AUTH_CONFIG=$auth" \
	"$BUILD/tests/drivers/image" docker.io/none/basic/app:1
check_text "CVE-2024-35192: from its own entry" '^https://registry-1.docker.io /.* secret$' "$SITES"
forget
for name in $like; do
	DOCKER_AUTH_CONFIG=$auth "$BUILD/tests/drivers/image" "$name:443/none/basic/app:1" \
		>"$TMPDIR/stdout" 2>"$TMPDIR/stderr"
	echo "$? $name" >>"$TMPDIR/alike"
done
check_count "CVE-2024-35192: forty that look like it are refused" 40 '^[23] ' "$TMPDIR/alike"
check_no_text "CVE-2024-35192: without it" ' secret$' "$SITES"
unasked "CVE-2024-35192: and none leads on" 'tokens\|store\|stranger'

# ---- CVE-2024-3727: what is no digest.

for digest in 'sha256:../../x' sha256:zz "sha256:$(printf '%063d' 0)" "sha256:$(printf '%064d' 0)/../x" \
	"SHA256:$(printf '%064d' 0)" "sha256:$(printf '%064d' 0 | tr 0 A)" "md5:$(printf '%032d' 0)" sha512:00 sha256: latest ''; do
	check_status 2 "CVE-2024-3727: a reference with '$digest'" pull "$host/none/open/app@$digest"
done
unasked "CVE-2024-3727: is refused before anybody is asked" registry
for where in layer config entry; do
	for digest in 'sha256:../../x' 'sha256:zz' '../../../etc/passwd' "sha256:$(printf '%064d' 0)/../x" \
		"sha256:$(printf '%064d' 0 | tr 0 A)" 'sha512:00' 'x' ' '; do
		check_status 3 "CVE-2024-3727: a $where with '$digest'" robin pull "$host/digest-$where-$(hex "$digest")/basic/app:1"
	done
done
check_no_text "CVE-2024-3727: none of them becomes a path" 'passwd\|zz\|\.\./\|sha512\|AAAA\|manifests/ \|blobs/ ' "$FARM"
unasked "CVE-2024-3727: nor leads anywhere" 'tokens\|store\|stranger'

# ---- CVE-2026-33540, CVE-2026-48978, go-containerregistry #2243, #2285: the token service that a registry names. The
# status for nobody and for robin, and who is given the password.

while read -r nobody known given realm; do
	for who in pull "robin pull"; do
		wanted=$nobody
		[ "$who" = pull ] || wanted=$known
		# shellcheck disable=SC2086 # one word or two
		check_status "$wanted" "CVE-2026-33540 CVE-2026-48978 ggcr#2243 ggcr#2285: $who, realm $realm" \
			$who "$host/realm-$(hex "$realm")/bearer/app:1"
	done
	grep "$BASIC" "$FARM" | sed 's/ .*//' | sort -u >"$TMPDIR/got"
	echo "$given" | sed '/^-$/d' >"$TMPDIR/wanted.given"
	check_same "CVE-2026-33540: who gets the password for $realm" "$TMPDIR/wanted.given" "$TMPDIR/got"
	unasked "CVE-2026-33540: and who is asked" stranger
done <<-EOF
	0 0 registry /token
	0 0 registry https://registry.example.com/token
	0 0 registry //registry.example.com/token
	0 3 - https://registry.example.com:8443/token
	0 0 tokens https://auth.example.com/token
	0 3 - https://auth.example.com:8443/token
	0 3 - https://tokens.example.net/token
	3 3 - http://auth.example.com/token
	3 3 - http://registry.example.com/token
	3 3 - https://robin@auth.example.com/token
	3 3 - https://auth.example.com./token
	3 3 - https://169.254.169.254/latest/meta-data/
	3 3 - http://169.254.169.254/latest/meta-data/
	3 3 - https://[fd00:ec2::254]/latest
	3 3 - https://[fe80::1]/token
	3 3 - https://10.0.0.1/token
	3 3 - https://127.0.0.1:$stranger/token
	3 3 - https://127.1:$stranger/token
	3 3 - https://0x7f.1/token
	3 3 - https://2130706433/token
	3 3 - https://[::1]/token
	3 3 - https://[::ffff:7f00:1]/token
	3 3 - https://0.0.0.0/token
	3 3 - https://[::]/token
	3 3 - https://localhost/token
	3 3 - ftp://auth.example.com/token
	3 3 - file:///etc/passwd
EOF
realm=$(hex https://tokens.example.net/token?key=hidden)
check_status 3 "CVE-2026-33540: a stranger" robin scan "$host/realm-$realm/bearer/app:1"
said "CVE-2026-33540: is told, and how to change it" 'tokens.example.net .*--trust-realm tokens.example.net'
check "CVE-2026-33540: --trust-realm" robin scan "$host/realm-$realm/bearer/app:1" --trust-realm tokens.example.net
check_text "CVE-2026-33540: gives it the password" '^https://tokens.example.net /.* secret$' "$SITES"
# What it may, and nobody else.
grep -v '^https://tokens.example.net /' "$SITES" >"$TMPDIR/others"
cp "$TMPDIR/others" "$SITES"
unasked "CVE-2026-33540: and nobody else" 'store\|stranger'
check_status 2 "CVE-2026-33540: a --trust-realm that is none" robin scan "$host/none/open/app:1" --trust-realm 'robin:hidden@x.example.net'
said "CVE-2026-33540: is told" '^scanstep:.*trust-realm'

# ---- GHSA-vh4v-2xq2-g5cg, CVE-2026-48978, CVE-2022-27774, CVE-2025-14524, CVE-2026-49349, go-containerregistry #2349:
# redirects. Does the image arrive? All addresses are tried with 307, and of each kind ("+") one with the other codes:
# where a redirect may lead is not the code's matter, and tests/vectors/trust.tsv has more of them.

for code in 301 302 303 307 308; do
	while read -r kind wanted location; do
		[ "$code$kind" = 307- ] || [ "$kind" = + ] || continue
		for auth in basic bearer; do
			[ "$wanted $auth" != "3 basic" ] || continue # refused alike; one is enough
			check_status "$wanted" "GHSA-vh4v-2xq2-g5cg CVE-2022-27774 CVE-2025-14524: $code to $location, $auth" \
				robin pull "$host/go-$code-$(hex "$location")/$auth/app:1"
		done
		check_no_text "GHSA-vh4v-2xq2-g5cg CVE-2026-49349: $code, no Authorization for $location" '^store.*[Aa]uthorization' "$FARM"
		unasked "GHSA-vh4v-2xq2-g5cg: $code to $location, no stranger" stranger
	done <<-EOF
		+ 0 https://store.example.net@
		- 0 https://cdn.example.com@
		- 0 https://registry.example.com:8444@
		+ 3 http://registry.example.com@
		- 3 http://stranger.example.net@
		- 3 https://robin:hidden@store.example.net@
		+ 3 https://169.254.169.254@
		- 3 https://[fd00:ec2::254]@
		+ 3 https://127.0.0.1:$stranger@
		- 3 https://127.1@
		- 3 https://[::ffff:7f00:1]@
		- 3 https://0.0.0.0@
		- 3 https://localhost@
		- 3 imap://registry.example.com@
	EOF
	check_status 3 "GHSA-vh4v-2xq2-g5cg: $code of a manifest, without TLS" \
		robin pull "$host/goall-$code-$(hex "http://registry.example.com@")/basic/app:1"
	check "CVE-2022-27774: $code to another port, without TLS" \
		robin pull "$plain/go-$code-$(hex "http://127.0.0.1:$store@")/basic/app:1"
	check_no_text "CVE-2022-27774: $code, which gets no Authorization" '^store.*[Aa]uthorization' "$FARM"
	unasked "CVE-2022-27774: $code, nobody else" stranger
done

# A store that asks who comes is told by nobody's password; a token of its own may be had by anybody.
check_status 3 "CVE-2026-49349: a store that wants a password" \
	robin pull "$host/go-307-$(hex "https://store.example.net/basic@")/basic/app:1"
said "CVE-2026-49349: is told" .
check_no_text "CVE-2026-49349: but gets none" '^store.*[Aa]uthorization' "$FARM"
robin pull "$host/go-307-$(hex "https://store.example.net/bearer-$(hex https://tokens.example.net/token)@")/bearer/app:1" \
	>"$TMPDIR/stdout" 2>"$TMPDIR/stderr"
check_no_text "ggcr#2349 ggcr#2360: a store with a token service of its own gets none of ours" '^\(store\|tokens\).*canary' "$FARM"
check_no_text "ggcr#2360: nor does that service get the password" "^tokens.*$BASIC" "$FARM"
robin pull "$host/go-307-$(hex "https://store.example.net/bearer-$(hex https://169.254.169.254/x)@")/bearer/app:1" \
	>"$TMPDIR/stdout" 2>"$TMPDIR/stderr" && fail "ggcr#2360: a store's token service at a private address" <"$TMPDIR/stdout"
unasked "ggcr#2360: nobody else" stranger

# ---- go-containerregistry #2292: a token service that redirects.

for code in 301 302 303 307 308; do
	for location in https://tokens.example.net/token http://169.254.169.254/latest https://stranger.example.net/token \
		"https://127.0.0.1:$stranger/token"; do
		case $code,$location in
		307,* | *//tokens.example.net/*) ;;
		*) continue ;; # alike: no redirect is followed, wherever it leads
		esac
		check_status 3 "ggcr#2292: $code of a token service to $location" \
			robin pull "$host/realm-$(hex "https://auth.example.com/$code/$(hex "$location")")/bearer/app:1"
		check_no_text "ggcr#2292: $location is not asked" "^https://tokens.example.net" "$SITES"
		unasked "ggcr#2292: nor is anybody else" stranger
	done
done

# ---- go-containerregistry #2302: a registry on this machine may be its own token service.

check "ggcr#2302: its own token service, at its own port" robin pull "$plain/realm-$(hex "http://$plain/token")/bearer/app:1"
check_text "ggcr#2302: gets the password" "^registry GET /token.*$BASIC" "$FARM"
for realm in "http://127.0.0.2:$stranger/" "http://localhost:$stranger/" "http://[::1]:$stranger/" http://169.254.169.254/; do
	check_status 3 "ggcr#2302: but not $realm" robin pull "$plain/realm-$(hex "$realm")/bearer/app:1"
done
unasked "ggcr#2302: nobody else does" 'stranger\|tokens'

# ---- go-containerregistry #2332: links to next pages.

check "ggcr#2332: a manifest with a link" robin pull "$plain/link/basic/app:1"
unasked "ggcr#2332: which is not followed" stranger

# ---- trivy 1ac9b1f: a password in a reference.

for reference in "robin:hidden@$host/none/open/app:1" "https://robin:hidden@$host/none/open/app:1" \
	"docker://robin:hidden@$host/none/open/app" "registry:robin:hidden@$host/none/open/app:1" \
	"docker:robin:hidden@$host/none/open/app" "podman:robin:hidden@$host/none/open/app:1@$manifest"; do
	check_status 2 "trivy 1ac9b1f: a password in a reference" scan "$reference" -o "json=$TMPDIR/report.json"
	said "trivy 1ac9b1f: is told" .
	check_no_text "trivy 1ac9b1f: not shown" hidden "$TMPDIR/stdout"
	check "trivy 1ac9b1f: nor reported" test ! -e "$TMPDIR/report.json"
done
unasked "trivy 1ac9b1f: nor sent" registry

# ---- GHSA-qv35-3gw6-8q4j: a digest that is pinned.

for reference in "app@$manifest" "app:1@$manifest"; do
	check_status 3 "GHSA-qv35-3gw6-8q4j: another manifest than $reference" pull "$host/other/open/$reference"
	said "GHSA-qv35-3gw6-8q4j: is told with both digests" "the digest sha256:[0-9a-f]* for $manifest"
	check "GHSA-qv35-3gw6-8q4j: $reference itself" pull "$host/none/open/$reference"
done

# ---- CVE-2021-41190: one document with two meanings.

for what in asindex asmanifest asdocker untyped header body twice case deepcase; do
	check_status 3 "CVE-2021-41190: $what" pull "$host/polyglot-$what/open/app:1"
done

# ---- go-containerregistry d807d512: a layer of which one bit is another.

for at in 0 3 9 10 1000 100000 m1 m4 m5 m8 m1000; do
	check_status 4 "ggcr d807d512: a bit flipped at $at" scan "$host/flip-$at/open/app:1" -o table
	check_text "ggcr d807d512: is told ($at)" 'digest' "$TMPDIR/stdout"
done

# ---- CVE-2020-1702, CVE-2023-25153, CVE-2023-46737, CVE-2024-29902, go-containerregistry #2296: what has no end.

for what in manifest entry config error unauthorized overload blob404; do
	check_status 3 "CVE-2020-1702 CVE-2023-25153 ggcr#2296: $what without end" as_small pull "$plain/endless-$what/open/app:1"
done
check_status 3 "ggcr#2296: a token without end" as_small robin pull "$plain/realm-$(hex "http://$plain/endless")/bearer/app:1"
said "ggcr#2296: is told" "token service 127.0.0.1:$registry: larger than the limit"
for what in entries-2000 entries-100000 layers-1100 layers-100000 annotations-300000; do
	check_status 3 "CVE-2023-46737 CVE-2024-29902: $what" as_small pull "$plain/many-$what/open/app:1"
done
check_status 3 "CVE-2024-29902: indexes in indexes" pull "$plain/nested-6/open/app:1"
check_no_text "CVE-2023-46737: nobody asks for what refers to an image" '/referrers/\|/tags/\|/_catalog' "$FARM"
forget

# ---- trivy-db #442: too many requests.

check "trivy-db #442: 429, and then not" scan "$plain/busy-1/open/app:1"
check_status 3 "trivy-db #442: 429 for good" scan "$plain/busy-1000/open/app:1"
said "trivy-db #442: is told" 'too many requests\|429\|rate limit'
check "trivy-db #442: and has an end" test "$(grep -c '/busy-1000/' "$FARM")" -le 20

# ---- trivy 3054b3b: the first cause is the one that is told.

check_status 3 "trivy 3054b3b: the first of two layers is not there" scan "$plain/first/open/app:1"
first=$(sed -n 's/^layer 0 \(sha256:[0-9a-f]*\) .*/\1/p' "$TMPDIR/wanted")
said "trivy 3054b3b: is told" "$first"
check_no_text "trivy 3054b3b: and not what came of it" '[Cc]ancel\|abort\|interrupt' "$TMPDIR/stderr"

# ---- CVE-2026-24137: names from outside as names of files.

mkdir "$TMPDIR/climb"
check "CVE-2026-24137: names that climb" \
	env "SCANSTEP_CACHE_DIR=$TMPDIR/climb/a/b/cache" "$SCANSTEP" scan --allow-empty "$plain/names/open/app:1"
find "$TMPDIR" "$PWD" -maxdepth 6 -name '*climbed*' 2>/dev/null >"$TMPDIR/got"
: >"$TMPDIR/nothing"
check_same "CVE-2026-24137: reach nothing" "$TMPDIR/nothing" "$TMPDIR/got"
find "$TMPDIR/climb/a/b/cache/layers" -type f | sed 's|.*/||' | grep -v -x '[0-9a-f-]*' >"$TMPDIR/got"
check_same "CVE-2026-24137: files of the cache are called by digests alone" "$TMPDIR/nothing" "$TMPDIR/got"
check "CVE-2026-24137: of which there are two" test "$(find "$TMPDIR/climb/a/b/cache/layers" -type f | wc -l)" -eq 2

# ---- After all of it: whoever is neither the registry nor a token service of its own has seen no secret, in no header, no
# path and no body.

forget
check_text "the password was sent at all" "^registry .*$BASIC" "$FARM.all"
check_text "so was the token" '^registry .*canary-9c2a' "$FARM.all"
check_no_text "no store and no stranger saw a secret" "^\(store\|stranger\) .*\(canary\|$BASIC\)" "$FARM.all"
check_no_text "no token service saw a token" '^tokens .*canary-9c2a' "$FARM.all"
check_no_text "no stranger was asked for anything" '^stranger ' "$FARM.all"
grep ' secret$' "$SITES.all" | grep -v -e "^https://$host /" -e '^https://auth.example.com /' -e '^https://registry-1.docker.io /' \
	>"$TMPDIR/got"
check_same "no unlisted host and port saw an Authorization header" "$TMPDIR/nothing" "$TMPDIR/got"
check_no_text "and nobody was met whom nobody named" ' unknown$' "$SITES.all"
finish
