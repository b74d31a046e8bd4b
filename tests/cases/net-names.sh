# Names that lead where a server may not send us: their addresses count, not their spelling. And name servers that are slow.
# The names are those of a hosts file, the addresses those of a network of this case's own: for that it must be root.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/nginx.sh
. tests/servers/pull.sh

needs "$(servers_missing; nginx_missing; command -v ip >/dev/null || echo ip; command -v curl >/dev/null || echo curl)"
if [ -z "${OWN_NETWORK:-}" ]; then
	if [ "$(id -u)" -ne 0 ] || ! unshare --mount --net true 2>/dev/null; then
		skip_all "needs root, and leave to make a network and mounts of its own"
	fi
	export OWN_NETWORK=1
	exec unshare --mount --propagation private --net sh "$0"
fi
SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS

# 203.0.113.0/24 is of the public internet as far as anybody can tell, and nobody's.
six=
ip link set lo up && ip addr add 203.0.113.7/24 dev lo && ip addr add 10.0.0.6/8 dev lo &&
	ip addr add 169.254.169.254/32 dev lo || skip_all "its network gets no addresses"
ip -6 addr show dev lo | grep -q 'inet6 ::1/' && six=six
cat >"$TMPDIR/hosts" <<'EOF'
203.0.113.7 registry.example.test
10.0.0.6 inner.example.test
127.0.0.1 local.example.test
203.0.113.7 public.example.test
10.0.0.7 private.example.test
127.0.0.1 here.example.test
169.254.169.254 cloud.example.test
203.0.113.7 mixed.example.test
127.0.0.1 mixed.example.test
10.0.0.7 mixed.example.test
::1 six.example.test
::ffff:10.0.0.7 mapped.example.test
EOF
ip addr add 10.0.0.7/8 dev lo
echo 'nameserver 127.0.0.1' >"$TMPDIR/resolv.conf"
mount --bind "$TMPDIR/hosts" /etc/hosts && mount --bind "$TMPDIR/resolv.conf" /etc/resolv.conf ||
	skip_all "/etc/hosts cannot be replaced"
if [ "$(getent hosts here.example.test | cut -d ' ' -f 1)" != 127.0.0.1 ]; then
	skip_all "/etc/hosts does not say here who has a name"
fi

image_make app || exit 1
registry_start open || exit 1
open=127.0.0.1:$PORT
for repository in team/app to/app; do
	registry_push "$TMPDIR/oci-app" "$open/$repository:1" || exit 1
done
image_wanted "$open/team/app:1"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=store -addext 'subjectAltName=DNS:*.example.test' \
	-keyout "$TMPDIR/key.pem" -out "$TMPDIR/cert.pem" 2>/dev/null

# The store has what registries lead to: at 443 of every address, at 8443 of those that are of no public network.
nginx_start store <<EOT || exit 1
	log_format where '\$host \$server_addr';
	server {
		listen 0.0.0.0:443 ssl;
		${six:+listen [::]:443 ssl;}
		listen 127.0.0.1:8443 ssl;
		listen 10.0.0.7:8443 ssl;
		ssl_certificate $TMPDIR/cert.pem;
		ssl_certificate_key $TMPDIR/key.pem;
		access_log where where;
		location /token { return 200 '{"token": "x"}'; }
		location /v2/ { proxy_pass http://$open; }
	}
	server {
		listen @PORT@;
		access_log off;
		location / { stub_status; }
	}
EOT
counter=http://127.0.0.1:$PORT/
where=$TMPDIR/store/where
# The registries: blobs of at/HOST/app are with that host (closed: at 8443), who asks for realm/HOST/app is sent there for a
# token.
nginx_start registry <<EOT || exit 1
	server {
		listen 203.0.113.7:80;
		listen 10.0.0.6:80;
		listen 127.0.0.1:80;
		location ~ ^/v2/at/([a-z]*)/app/blobs/(.*)\$ { return 307 https://\$1.example.test/v2/to/app/blobs/\$2; }
		location ~ ^/v2/closed/([a-z]*)/app/blobs/(.*)\$ { return 307 https://\$1.example.test:8443/v2/to/app/blobs/\$2; }
		location ~ ^/v2/(at|closed)/[a-z]*/app/manifests/(.*)\$ { proxy_pass http://$open/v2/to/app/manifests/\$2; }
		location ~ ^/v2/realm/([a-z]*)/app/ {
			add_header WWW-Authenticate 'Bearer realm="https://\$1.example.test/token",service="x"' always;
			return 401;
		}
		location / { proxy_pass http://$open; }
	}
EOT

# How many connections the store has taken, this question's among them.
taken()
{
	curl -s "$counter" | sed -n '3s/^ *\([0-9]*\) .*/\1/p'
}

# named REPOSITORY SITE [FLAG...]: the image, in a registry that is not here by its name
named()
{
	pull "$2.example.test/$1:1" --plain-http --ca-bundle "$TMPDIR/cert.pem"
}

check "a registry with a name" named team/app registry

# ---- Addresses that it may name ----

# goes NAME SITE REPOSITORY LINE: it is gone to, and there alone
goes()
{
	: >"$where"
	check "$1" named "$3" "$2"
	logged "^$4\$" "$where"
	check_text "$1: it is gone to" "^$4\$" "$where"
	check_no_text "$1: nobody else is" "^$4." "$where"
	sort -u "$where" >"$TMPDIR/where"
	check_count "$1: by one address" 1 . "$TMPDIR/where"
}
goes "another name, public" registry at/public/app 'public.example.test 203.0.113.7'
goes "a name with three addresses: the public one" registry at/mixed/app 'mixed.example.test 203.0.113.7'
goes "for a registry within a network, another within it" inner at/private/app 'private.example.test 10.0.0.7'
goes "by IPv6" inner at/mapped/app 'mapped.example.test .*10.0.0.7'

# ---- And those that it may not ----

# stays SITE REPOSITORY HOST ADDRESS WORDS: nobody there is even connected to
stays()
{
	name="$1: $2: $4"
	before=$(taken)
	check_status 3 "$name" named "$2" "$1"
	said "$name: is told" "$3.example.test.* has the address $4, which is $5: not connected to, because it was named by a server"
	check "$name: nobody is connected to" [ "$(taken)" -eq $((before + 1)) ]
}
outside='not of the public internet'
this='this machine or its own link'
: >"$where"
for way in at realm; do
	stays registry "$way/here/app" here 127.0.0.1 "$outside"
	stays registry "$way/private/app" private 10.0.0.7 "$outside"
	stays registry "$way/cloud/app" cloud 169.254.169.254 "$outside"
	stays registry "$way/mapped/app" mapped '.*10.0.0.7' "$outside"
	stays inner "$way/here/app" here 127.0.0.1 "$this"
	stays inner "$way/cloud/app" cloud 169.254.169.254 "$this"
	stays local "$way/here/app" here 127.0.0.1 "$this"
	if [ -n "$six" ]; then
		stays registry "$way/six/app" six ::1 "$outside"
		stays local "$way/six/app" six ::1 "$this"
	else
		skip "$way: ::1" "its network has no IPv6"
	fi
done
stays registry closed/mixed/app mixed '\(127.0.0.1\|10.0.0.7\)' "$outside"
check_same "nobody was asked for anything" /dev/null "$where"
check_status 3 "a scan" "$SCANSTEP" scan --offline --no-cache --registry-plain-http registry.example.test/at/here/app:1
check_text "tells the same" "here.example.test has the address 127.0.0.1, which is $outside: not connected to" "$TMPDIR/stderr"

# ---- Name servers that are slow ----

http=$BUILD/tests/drivers/http
python3 tests/servers/dns.py known.example.test 203.0.113.7 slow.example.test 1 >"$TMPDIR/dns" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/dns" 's/^port \([0-9]*\)$/\1/p' $! || exit 1
check_status 3 "a name that nobody has" "$http" http://nobody.example.test/
check_text "the reason is told" \
	'^error the name of nobody.example.test does not resolve: [A-Z].* not known (check its spelling' "$TMPDIR/stdout"
python3 -c 'import socket; socket.getaddrinfo("slow.example.test", 80, type=socket.SOCK_STREAM)' 2>/dev/null
asked=$(grep -c ' slow.example.test$' "$TMPDIR/dns")
check_status 3 "a name server that fails slowly" "$http" http://slow.example.test/
check_text "is told as such" \
	'^error the name of slow.example.test does not resolve: the resolver gave up after [0-9.]* s (check' "$TMPDIR/stdout"
check_count "it is not asked for a reason as well" $((2 * asked)) ' slow.example.test$' "$TMPDIR/dns"
check_status 3 "a deadline while it is asked" "$http" --deadline 100 http://slow.example.test/
check_text "is told as such" '^error slow.example.test took longer than --timeout allows$' "$TMPDIR/stdout"
check "without waiting for all its answers" [ "$(grep -c ' slow.example.test$' "$TMPDIR/dns")" -lt $((3 * asked)) ]
finish
