# shellcheck shell=sh
# Images of a container engine: docker: and podman:. The engine is tests/servers/docker.py, which exports a real
# archive as the versions of both do, and breaks it; at the end Podman itself, where there is one.
. tests/lib.sh
. tests/servers/registry.sh

for tool in python3 openssl; do
	command -v "$tool" >/dev/null || skip_all "needs $tool"
done

IMAGE=$BUILD/tests/drivers/image
# The path of a socket has a limit, which a folder of a test may be beyond.
ENGINE=$(mktemp -d /tmp/engine.XXXXXX) || exit 1
trap 'servers_stop; rm -rf "$ENGINE"' EXIT
ARCHIVE=$TMPDIR/layers.tar
NAME=example.com/layers:latest
sh tests/mkimage.sh tests/fixtures/image/layers docker none "$ARCHIVE" || exit 1
unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH CONTAINER_HOST XDG_RUNTIME_DIR
SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS

# engine_start FOLDER: sets PORT
engine_start()
{
	: >"$1/log" # at once: what the last one said is no answer of this one
	python3 tests/servers/docker.py "$1" >"$1/log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$1/log" 's/^port \([0-9]*\)$/\1/p' $!
}

# holds LAYOUT [NAME] [ARCHIVE]: what the engine has, and nothing is wrong with it
holds()
{
	printf '%s\t%s\t%s\n' "${2:-$NAME}" "$1" "${3:-$ARCHIVE}" >"$ENGINE/images.tsv"
	rm -f "$ENGINE/fault" "$ENGINE/api"
	: >"$ENGINE/requests"
}

scan()
{
	"$SCANSTEP" scan --no-cache --fail-on none -o "json=$TMPDIR/report.json" -o "table=$TMPDIR/table" "$@"
}

# What a report says of the image, without how it was had.
essence()
{
	python3 tests/packages.py "$1"
	python3 - "$1" <<'PY'
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
print(report["image"]["name"], report["image"]["tag"], report["image"]["platform"])
for layer in report["image"]["layers"]:
    print(layer["digest"], layer["command"])
for finding in report["findings"]:
    print(finding["fingerprint"] if "fingerprint" in finding else finding["id"])
print(report["gaps"])
PY
}

# fails NAME STATUS PATTERN REFERENCE: and says why
fails()
{
	check_status "$2" "$1" scan "$4"
	check_text "$1: is told" "$3" "$TMPDIR/stderr"
}

engine_start "$ENGINE" || exit 1
tcp=$PORT
DOCKER_HOST=unix://$ENGINE/sock
CONTAINER_HOST=$DOCKER_HOST
export DOCKER_HOST CONTAINER_HOST

# ---- The same image as out of the archive, in each layout.

check "the archive itself" scan "$ARCHIVE"
essence "$TMPDIR/report.json" >"$TMPDIR/wanted"
check_text "has packages" 'deb' "$TMPDIR/wanted"
for layout in new podman old containerd loaded; do
	holds "$layout"
	check "$layout" scan "docker:$NAME"
	essence "$TMPDIR/report.json" >"$TMPDIR/got"
	check_same "$layout: the same packages, layers and findings" "$TMPDIR/wanted" "$TMPDIR/got"
	check_count "$layout: one export" 1 '/get$' "$ENGINE/requests"
	"$IMAGE" "docker:$NAME" >"$TMPDIR/out"
	check_count "$layout: layers are as they are named" 5 '^bytes.*whole$' "$TMPDIR/out"
	"$IMAGE" "docker:$NAME" --want 3,1 | sed -n 's/^bytes.\([0-9]*\).*/\1/p' | sort >"$TMPDIR/got"
	printf '1\n3\n' >"$TMPDIR/two"
	check_same "$layout: only the layers that are wanted" "$TMPDIR/two" "$TMPDIR/got"
done

# The export is streamed: where nothing can be written it is still read, where names tell which layer is which.
for layout in new podman; do
	holds "$layout"
	check "$layout needs no room in TMPDIR" env TMPDIR="$TMPDIR/nowhere" "$IMAGE" "docker:$NAME"
	echo slow >"$ENGINE/fault"
	check "$layout in small pieces" scan "podman:$NAME"
done
holds old
env TMPDIR="$TMPDIR/nowhere" "$IMAGE" "docker:$NAME" >"$TMPDIR/out" 2>&1
check_text "an old layout does" "no temporary file in '.*/nowhere'" "$TMPDIR/out"

# Two layers that are alike, and none at all.
cat >"$TMPDIR/Layerfile" <<'LAYERS'
layer one
file a b
layer two
file a b
layer three
file c d
LAYERS
mkdir "$TMPDIR/twins" "$TMPDIR/bare" && mv "$TMPDIR/Layerfile" "$TMPDIR/twins" && : >"$TMPDIR/bare/Layerfile"
sh tests/mkimage.sh "$TMPDIR/twins" docker none "$TMPDIR/twins.tar" || exit 1
for layout in new podman old containerd loaded; do
	holds "$layout" twins:1 "$TMPDIR/twins.tar"
	"$IMAGE" docker:twins:1 >"$TMPDIR/out"
	check_count "$layout: layers that are alike come once" 2 '^bytes.*whole$' "$TMPDIR/out"
	check "$layout: and are scanned" scan docker:twins:1 --allow-empty
done

# A large one is not asked for twice where its names do not tell, but where all of it has passed in vain.
mkdir -p "$TMPDIR/large/tree"
head -c 3000000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" \
	>"$TMPDIR/large/tree/file"
printf 'layer one\ntree tree\nlayer two\nfile a b\n' >"$TMPDIR/large/Layerfile"
sh tests/mkimage.sh "$TMPDIR/large" docker none "$TMPDIR/large.tar" || exit 1
for layout in new podman old containerd loaded; do
	holds "$layout" large:1 "$TMPDIR/large.tar"
	"$IMAGE" docker:large:1 >"$TMPDIR/out"
	check_count "$layout, large: layers are as they are named" 2 '^bytes.*whole$' "$TMPDIR/out"
	check_count "$layout, large: one export" 1 '/get$' "$ENGINE/requests"
done
holds podman large:1 "$TMPDIR/large.tar"
echo missing >"$ENGINE/fault"
check_status 3 "a large one that lacks a layer" "$IMAGE" docker:large:1
check_count "is exported once more, to be sure" 2 '/get$' "$ENGINE/requests"

# ---- What is known is not asked for.

holds new
warm()
{
	SCANSTEP_CACHE_DIR=$TMPDIR/cache "$SCANSTEP" scan --fail-on none -o "json=$TMPDIR/report.json" "docker:$NAME"
}
check "a first scan" warm
check_count "exports the image" 1 '/get$' "$ENGINE/requests"
: >"$ENGINE/requests"
check "a second scan" warm
check_no_text "exports nothing" '/get$' "$ENGINE/requests"
essence "$TMPDIR/report.json" >"$TMPDIR/got"
check_same "and finds the same" "$TMPDIR/wanted" "$TMPDIR/got"
layer=$(find "$TMPDIR/cache/layers" -type f | sort | head -n 1)
rm "$layer"
check "a scan that lacks one layer" warm
check_count "exports the image again" 1 '/get$' "$ENGINE/requests"

# ---- Versions of the API.

for api in 1.24 1.41 1.47; do
	holds new
	echo "$api" >"$ENGINE/api"
	check "version $api" "$IMAGE" "docker:$NAME"
	check_text "version $api is spoken" "^/v$api/images/.*/get\$" "$ENGINE/requests"
done
holds new
echo 1.99 >"$ENGINE/api"
check "a version to come" "$IMAGE" "docker:$NAME"
check_text "is spoken to in the newest known" '^/v1.47/images' "$ENGINE/requests"
echo none >"$ENGINE/api"
check "an engine that names no version" "$IMAGE" "docker:$NAME"
check_text "is one of the oldest" '^/v1.24/images' "$ENGINE/requests"
echo 1.23 >"$ENGINE/api"
fails "an engine that is too old" 3 'Docker at .* is too old: it speaks version 1.23 of its API, and 1.24 is needed' \
	"docker:$NAME"
echo ../../x >"$ENGINE/api"
fails "a version that is none" 3 "speaks version '../../x' of its API" "docker:$NAME"

# ---- What it is called.

named()
{
	check "$1" "$IMAGE" "$2"
	tr '\t' ' ' <"$TMPDIR/stdout" | grep -e '^name' -e '^tag' >"$TMPDIR/got"
	printf 'name %s\ntag %s\n' "$3" "$4" >"$TMPDIR/names"
	check_same "$1: its name" "$TMPDIR/names" "$TMPDIR/got"
}
holds new alpine:3
named "a name of Docker Hub" docker:alpine:3 docker.io/library/alpine 3
id=$(sed -n 's|.*\(sha256:[0-9a-f]*\)/get$|\1|p' "$ENGINE/requests" | head -n 1)
named "an id" "docker:$id" docker.io/library/alpine 3
named "the beginning of an id" "docker:$(echo "$id" | cut -c 8-19)" docker.io/library/alpine 3
check_text "its digest is the registry's" '^digest.sha256:' "$TMPDIR/stdout"
holds new untagged
named "an id of an image without a name" "docker:$id" image -
check_text "it has no digest" '^digest.-$' "$TMPDIR/stdout"
check_text "how it was had" '^remark.Docker at .*/sock, version 1.47 of its API$' "$TMPDIR/stdout"

# ---- Platforms.

holds new
check "its platform" scan --platform linux/amd64 "docker:$NAME"
check_status 3 "another platform" scan --platform linux/arm64 "docker:$NAME"
check_text "names both" 'the image is for linux/amd64, not for linux/arm64' "$TMPDIR/stderr"

# ---- What goes wrong.

fails "no such image" 3 "Docker at .*/sock has no image 'example.com/other:1'; registry:example.com/other:1 reads" \
	docker:example.com/other:1
fails "a word" 3 'the image docker with the tag dind is registry:docker:dind' docker:dind
fails "a name that is none" 2 "Docker's images are named as those of registries: 'Alpine' names no image" docker:Alpine
fails "a name that leads elsewhere" 2 'names no image' 'docker:../../containers/json?x='
fails "Podman has no such image" 3 "Podman at .*/sock has no image 'app:1'" podman:app:1

# Another image than the one asked for.
other=1111111111111111111111111111111111111111111111111111111111111111
for layout in new containerd; do
	holds "$layout"
	echo another >"$ENGINE/fault"
	for name in "example.com/layers@sha256:$other" "sha256:$other" "$other" 111111111111 sha256:1111; do
		fails "$layout: another image than $name" 3 "Docker says of '$name': .*" "docker:$name"
	done
	check "$layout: a name is the engine's to understand" "$IMAGE" docker:layers:latest
	"$IMAGE" "docker:$NAME" | sed -n 's/^digest.\(sha256:[0-9a-f]*\)$/\1/p' >"$TMPDIR/digest"
	check "$layout: its own digest" "$IMAGE" "docker:example.com/layers@$(cat "$TMPDIR/digest")"
done
holds new 111111111111:latest
echo another >"$ENGINE/fault"
check "a name that looks like an id" "$IMAGE" docker:111111111111
holds new "$other:latest"
echo another >"$ENGINE/fault"
fails "but not like all of one" 3 "its Id is sha256:[0-9a-f]*, and no name of it is that" "docker:$other"

# fault NAME STATUS PATTERN: with each layout
fault()
{
	for layout in new podman old containerd loaded; do
		holds "$layout"
		echo "$1" >"$ENGINE/fault"
		fails "$1, $layout" "$2" "$3" "docker:$NAME"
	done
}
fault error 3 'answers 500 to the question what the image is: layer does not exist: \\x1b\[31mred'
fault cut 3 'the connection to .* broke\|the archive ends early'
fault late-error 3 'what Docker exports: \(the tar header\|the archive ends early\|the connection\)'
fault missing 3 'has no file'
fault fewer 3 'what Docker exports: its config names other layers than the engine said'
fault endless 3 'what Docker exports: the archive has more than [0-9]* tar headers'
holds new
echo wrong-id >"$ENGINE/fault"
fails "another config, new" 3 "the image's config.*sha256:" "docker:$NAME"
holds old
echo wrong-id >"$ENGINE/fault"
fails "another config, old" 3 "what Docker exports: .*config.*sha256:" "docker:$NAME"
for layout in new podman; do
	holds "$layout"
	echo long >"$ENGINE/fault"
	fails "a layer without an end, $layout" 3 'larger than the limit' "docker:$NAME"
done
holds new
echo huge >"$ENGINE/fault"
fails "an answer without an end" 3 'what Docker says of the image: larger than the limit' "docker:$NAME"
echo garbage >"$ENGINE/fault"
fails "an answer that is none" 3 'what Docker says of the image: ' "docker:$NAME"
echo digests >"$ENGINE/fault"
fails "layers without digests" 3 'RootFS.Layers\[0\] is no digest' "docker:$NAME"

for layout in new podman old containerd loaded; do
	holds "$layout"
	echo changed >"$ENGINE/fault"
	check_status 4 "a changed layer, $layout" scan "docker:$NAME"
	check_text "a changed layer, $layout: is a gap" 'the bytes that came have the digest' "$TMPDIR/table"
done
servers_stop
rm "$ENGINE/sock"
engine_start "$ENGINE" || exit 1
holds new
echo changed-once >"$ENGINE/fault"
check "a layer that is changed once is asked for again" scan "docker:$NAME"
check_count "in a second export" 2 '/get$' "$ENGINE/requests"
tcp=$PORT

# ---- Where the engine listens.

# listens NAME STATUS PATTERN [VARIABLE=VALUE...]: asked where these say
listens()
{
	name=$1 status=$2 pattern=$3
	shift 3
	check_status "$status" "$name" env "$@" "$IMAGE" "$PREFIX:$NAME"
	[ -z "$pattern" ] || check_text "$name: is told" "$pattern" "$TMPDIR/stderr"
}
holds new
PREFIX=docker
unset DOCKER_HOST CONTAINER_HOST
listens "a socket" 0 '' DOCKER_HOST="unix://$ENGINE/sock"
listens "a port of this machine" 0 '' DOCKER_HOST="tcp://127.0.0.1:$tcp"
listens "a socket that is not there" 3 "asking Docker: cannot connect to $ENGINE/none" DOCKER_HOST="unix://$ENGINE/none"
check_text "a socket that is not there: is told" '(does the engine run?)' "$TMPDIR/stderr"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$ENGINE/dead"
listens "a socket that nobody listens to" 3 "cannot connect to $ENGINE/dead: Connection refused (does the engine run?)" \
	DOCKER_HOST="unix://$ENGINE/dead"
listens "a path without a slash" 2 "DOCKER_HOST: a socket's path begins with /" DOCKER_HOST=unix://docker.sock
listens "a path that is too long" 2 "DOCKER_HOST: a socket's path has at most" DOCKER_HOST="unix:///$(printf '%0200d' 1)"
listens "a machine over ssh" 2 'DOCKER_HOST: ssh:// is not spoken' DOCKER_HOST=ssh://robin@build.example.com
listens "a port of another machine" 2 'DOCKER_HOST: 192.0.2.1 .* without TLS.*DOCKER_CERT_PATH' \
	DOCKER_HOST=tcp://192.0.2.1:2375
listens "a port with a path" 2 'takes no path' DOCKER_HOST="tcp://127.0.0.1:$tcp/x"
listens "a password" 2 'DOCKER_HOST: ' DOCKER_HOST=tcp://robin:hidden@127.0.0.1:2375
check_no_text "is not shown" hidden "$TMPDIR/stderr"
listens "something else" 2 'DOCKER_HOST is neither unix:///PATH nor tcp://HOST:PORT' DOCKER_HOST=hidden
check_no_text "is not shown, either" hidden "$TMPDIR/stderr"
mkdir -p "$ENGINE/run/podman"
ln -s "$ENGINE/sock" "$ENGINE/run/docker.sock"
ln -s "$ENGINE/sock" "$ENGINE/run/podman/podman.sock"
PREFIX=podman
listens "Podman's socket" 0 '' CONTAINER_HOST="unix://$ENGINE/sock"
listens "Podman's socket of the user" 0 '' XDG_RUNTIME_DIR="$ENGINE/run"
listens "Podman's variable" 2 'CONTAINER_HOST: ssh://' CONTAINER_HOST=ssh://core@127.0.0.1:22/run/podman/podman.sock
if [ -e /run/podman/podman.sock ]; then
	skip "no Podman" "there is one"
else
	listens "no Podman" 3 '^error.3.no Podman answers here: neither .*/nowhere/podman/podman.sock nor /run/podman/' \
		XDG_RUNTIME_DIR="$ENGINE/nowhere"
fi
PREFIX=docker
if [ -e /var/run/docker.sock ]; then
	skip "no Docker" "there is one"
else
	listens "Docker's socket of the user" 0 '' XDG_RUNTIME_DIR="$ENGINE/run"
	check_status 3 "a relative folder of the user" \
		env -C "$ENGINE" XDG_RUNTIME_DIR=run "$(realpath "$IMAGE")" "docker:$NAME"
	check_text "is none, and no variable is blamed for it" \
		'no Docker answers here: /var/run/docker.sock is not there, nor does XDG_RUNTIME_DIR name a folder' "$TMPDIR/stderr"
	mkdir -p "$ENGINE/$(printf '%0120d' 1)"
	ln -s "$ENGINE/sock" "$ENGINE/$(printf '%0120d' 1)/docker.sock"
	listens "a folder of the user that is too long" 2 "XDG_RUNTIME_DIR: a socket's path has at most" \
		XDG_RUNTIME_DIR="$ENGINE/$(printf '%0120d' 1)"
	listens "no Docker" 3 'no Docker answers here: /var/run/docker.sock is not there.*DOCKER_HOST is not set; registry:' \
		DOCKER_HOST=
fi
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	# The program itself need not be where others may go.
	cp "$IMAGE" "$ENGINE/image" && chmod 755 "$ENGINE" "$ENGINE/image" && chmod 660 "$ENGINE/sock"
	check_status 3 "a socket of others" env DOCKER_HOST="unix://$ENGINE/sock" HOME=/nonexistent TMPDIR=/tmp \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$ENGINE/image" "docker:$NAME"
	check_text "is told" "sock may not be opened by this user: it takes the group docker.*registry: needs no engine" \
		"$TMPDIR/stderr"
else
	skip "a socket of others" "needs root and setpriv"
fi

# ---- TLS. One authority; the server's certificate and ours.

certificate()
{
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$1/key.pem" -out "$1/request.pem" 2>/dev/null &&
		printf 'subjectAltName=IP:127.0.0.1\n' >"$1/ext" &&
		openssl x509 -req -days 2 -in "$1/request.pem" -CA "$TMPDIR/ca.pem" -CAkey "$TMPDIR/ca.key" \
			-CAcreateserial -extfile "$1/ext" -out "$1/cert.pem" 2>/dev/null && cp "$TMPDIR/ca.pem" "$1/ca.pem"
}
secure=$ENGINE/secure
mkdir -p "$secure/tls" "$TMPDIR/certs" "$TMPDIR/nocerts" "$TMPDIR/strange"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout "$TMPDIR/ca.key" -out "$TMPDIR/ca.pem" \
	2>/dev/null
certificate "$secure/tls" engine && certificate "$TMPDIR/certs" client || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout "$TMPDIR/strange/key.pem" \
	-out "$TMPDIR/strange/cert.pem" 2>/dev/null
cp "$TMPDIR/ca.pem" "$TMPDIR/strange"
cp "$ENGINE/images.tsv" "$secure"
engine_start "$secure" || exit 1
DOCKER_HOST=tcp://127.0.0.1:$PORT
DOCKER_TLS_VERIFY=1
export DOCKER_HOST DOCKER_TLS_VERIFY
listens "TLS" 0 '' DOCKER_CERT_PATH="$TMPDIR/certs"
check_count "every layer came" 5 '^bytes.*whole$' "$TMPDIR/stdout"
mkdir -p "$HOME/.docker" && cp "$TMPDIR"/certs/*.pem "$HOME/.docker"
listens "TLS with the user's own certificates" 0 ''
listens "no certificates" 2 "DOCKER_CERT_PATH: '.*/nocerts/ca.pem': No such file" DOCKER_CERT_PATH="$TMPDIR/nocerts"
listens "a certificate of somebody else's" 3 "asking Docker: " DOCKER_CERT_PATH="$TMPDIR/strange"
cp "$TMPDIR/strange/cert.pem" "$TMPDIR/certs/ca.pem"
listens "an engine of somebody else's" 3 'no TLS with 127.0.0.1' DOCKER_CERT_PATH="$TMPDIR/certs"
mkdir "$TMPDIR/believed"
cp "$TMPDIR/ca.pem" "$TMPDIR/believed/$(openssl x509 -hash -noout -in "$TMPDIR/ca.pem").0"
listens "whom the system believes" 3 'no TLS with 127.0.0.1.*signed by nobody known here (ca.pem in DOCKER_CERT_PATH' \
	DOCKER_CERT_PATH="$TMPDIR/certs" SSL_CERT_DIR="$TMPDIR/believed"
listens "TLS with an engine without" 3 'it answers without TLS (is DOCKER_TLS_VERIFY set' DOCKER_CERT_PATH="$TMPDIR/certs" \
	DOCKER_HOST="tcp://127.0.0.1:$tcp"
unset DOCKER_HOST DOCKER_TLS_VERIFY

# ---- Podman itself.

if ! command -v podman >/dev/null; then
	skip "Podman itself" "needs podman"
	finish
fi
# No function: what is stopped at the end must be Podman, not a shell that waits for it.
set -- --root "$ENGINE/real/root" --runroot "$ENGINE/real/run" --storage-driver vfs
if ! podman "$@" load -q -i "$ARCHIVE" >"$TMPDIR/podman" 2>&1; then
	skip "Podman itself" "it loads no image here: $(tail -n 1 "$TMPDIR/podman" | tr -d '#')"
	finish
fi
podman "$@" system service --time 0 "unix://$ENGINE/real.sock" >"$TMPDIR/podman" 2>&1 &
SERVERS="$! $SERVERS"
tries=0
until [ -S "$ENGINE/real.sock" ] || [ "$tries" -eq 100 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
CONTAINER_HOST=unix://$ENGINE/real.sock
export CONTAINER_HOST
check "Podman itself" scan "podman:$NAME"
essence "$TMPDIR/report.json" >"$TMPDIR/got"
check_same "Podman itself: the same packages, layers and findings" "$TMPDIR/wanted" "$TMPDIR/got"
check "Podman itself needs no room in our TMPDIR" env TMPDIR="$TMPDIR/nowhere" "$IMAGE" "podman:$NAME"
check_count "Podman itself: layers are as they are named" 5 '^bytes.*whole$' "$TMPDIR/stdout"
fails "Podman itself, no such image" 3 "Podman at .* has no image 'nope'" podman:nope
DOCKER_HOST=$CONTAINER_HOST
export DOCKER_HOST
check "Podman under Docker's name" scan "docker:$NAME"
finish
