# shellcheck shell=sh
# Real servers on 127.0.0.1 for the cases: Debian's docker-registry, a token service, a proxy that breaks things.
#
#	. tests/lib.sh
#	. tests/servers/registry.sh
#	servers_missing                  says what is missing to run them, or nothing
#	registry_start NAME [MODE]       MODE: anonymous, basic, token, tls; sets PORT; storage in $TMPDIR/NAME/storage.
#	                                 Of basic and token: user "robin", password "$REGISTRY_PASSWORD".
#	                                 REMOTE is the address of the registry that it keeps copies of, if any;
#	                                 ADDRESS that at which it listens, and its token service, if not 127.0.0.1;
#	                                 token sets TOKEN_PORT; REALM is the service's address as the registry says it;
#	                                 tls is for registry.example and here, its certificate in $TMPDIR/NAME/cert.pem
#	faults_start NAME PORT           tests/servers/faults.py before the registry at PORT; sets PORT and LOG
#	internet_start NAME SITE...      tests/servers/internet.py, hosts with names behind a proxy; sets PORT and LOG
#	logged PATTERN FILE              waits for a line of a server's log that may come when the client has gone already
#	registry_push LAYOUT REFERENCE   an OCI layout's image to HOST:PORT/NAME:TAG, as robin
#	servers_stop                     all of them; also at the end of the case
#
# Every server takes a free port itself and says which: nothing here guesses one.

SERVERS=
REGISTRY_PASSWORD='pass word:%'
# bcrypt, cost 4, of that password
REGISTRY_HTPASSWD='robin:$2b$04$abcdefghijklmnopqrstuuSaMNEBhn06JlXIcMsWX2ywylqrAI7Wm'

servers_missing()
{
	for tool in docker-registry skopeo python3 openssl; do
		command -v "$tool" >/dev/null || echo "$tool"
	done
}

# Fails never: where set -e holds, the status of a stopped server would become that of the script.
servers_stop()
{
	for pid in $SERVERS; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	SERVERS=
}

# wait_for FILE SED-SCRIPT PID: sets PORT to what the script prints of the file, as soon as it does.
wait_for()
{
	tries=0
	until PORT=$(sed -n "$2" "$1" 2>/dev/null | head -n 1) && [ -n "$PORT" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ] || ! kill -0 "$3" 2>/dev/null; then
			echo "a server did not start:" >&2
			tail -n 5 "$1" >&2
			return 1
		fi
		sleep 0.1
	done
}

token_start()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=token -keyout "$1/key.pem" -out "$1/cert.pem" \
		2>/dev/null
	python3 tests/servers/token.py "$1" robin "$REGISTRY_PASSWORD" "${ADDRESS:-127.0.0.1}" >>"$1/token.log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$1/token.log" 's/^port \([0-9]*\)$/\1/p' $!
}

# The part of the registry's configuration that says who may come in.
registry_auth()
{
	case $2 in
	basic)
		echo "$REGISTRY_HTPASSWD" >"$1/htpasswd"
		printf 'auth:\n  htpasswd:\n    realm: "a test, with \\"quotes\\""\n    path: %s\n' "$1/htpasswd"
		;;
	token)
		token_start "$1" || return 1
		TOKEN_PORT=$PORT
		printf 'auth:\n  token:\n    realm: %s\n    service: test-registry\n' \
			"${REALM:-http://${ADDRESS:-127.0.0.1}:$PORT/token}"
		printf '    issuer: test-issuer\n    rootcertbundle: %s\n' "$1/cert.pem"
		;;
	tls)
		# Of the part before it, "http".
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry.example \
			-addext subjectAltName=DNS:registry.example,IP:127.0.0.1,IP:::1 -keyout "$1/key.pem" -out "$1/cert.pem" 2>/dev/null
		printf '  tls:\n    certificate: %s\n    key: %s\n' "$1/cert.pem" "$1/key.pem"
		;;
	esac
}

registry_start()
{
	home=$TMPDIR/$1
	mkdir -p "$home/storage"
	{
		printf 'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: %s\n' "$home/storage"
		printf 'http:\n  addr: "%s:0"\n' "${ADDRESS:-127.0.0.1}"
	} >"$home/config.yml"
	registry_auth "$home" "${2:-anonymous}" >"$home/auth.yml" || return 1
	cat "$home/auth.yml" >>"$home/config.yml"
	[ -z "${REMOTE:-}" ] || printf 'proxy:\n  remoteurl: %s\n' "$REMOTE" >>"$home/config.yml"
	docker-registry serve "$home/config.yml" >"$home/log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$home/log" 's/.*listening on [^ "]*:\([0-9]*\)[ ",].*/\1/p' $!
}

faults_start()
{
	mkdir -p "$TMPDIR/$1"
	LOG=$TMPDIR/$1/requests
	: >"$LOG"
	python3 tests/servers/faults.py "$2" "$LOG" >"$TMPDIR/$1/log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$TMPDIR/$1/log" 's/^port \([0-9]*\)$/\1/p' $!
}

internet_start()
{
	internet=$TMPDIR/$1
	mkdir -p "$internet"
	LOG=$internet/requests
	: >"$LOG"
	shift
	python3 tests/servers/internet.py "$LOG" "$@" >"$internet/log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$internet/log" 's/^port \([0-9]*\)$/\1/p' $!
}

logged()
{
	tries=0
	until grep -q -e "$1" "$2" || [ "$tries" -eq 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

registry_push()
{
	skopeo --insecure-policy --tmpdir "$TMPDIR" copy -q --dest-tls-verify=false --dest-creds "robin:$REGISTRY_PASSWORD" \
		"oci:$1" "docker://$2"
}

trap 'servers_stop' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
