# shellcheck shell=sh
# Tar headers of an archive that tools read differently are refused: of docker save, of a layout's tar, of what an
# engine sends. tests/mkheaders.py has the rows.
. tests/lib.sh
. tests/servers/registry.sh

command -v python3 >/dev/null || skip_all "needs python3"

IMAGE=$BUILD/tests/drivers/image
A=$TMPDIR/archives
TAB=$(printf '\t')
mkdir "$A"
python3 tests/mkheaders.py "$A" >"$TMPDIR/rows" || exit 1

# expect NAME PATTERN ("-": it is read) REFERENCE
expect()
{
	if [ "$2" = - ]; then
		check "$1" "$IMAGE" "$3"
		check_text "$1: its layer" '^bytes.0.*whole$' "$TMPDIR/stdout"
	else
		check_status 3 "$1" "$IMAGE" "$3"
		cat "$TMPDIR/stdout" "$TMPDIR/stderr" >"$TMPDIR/said" # of what streams it is a layer's line
		check_text "$1: it says so" "$2" "$TMPDIR/said"
	fi
}

while IFS=$TAB read -r row says kind; do
	for form in docker oci; do
		expect "$form: $row" "$says" "$A/$form-$row"
		expect "$form: $row behind all others" "$says" "$A/$form-$row-behind"
	done
done <"$TMPDIR/rows"
expect "a link that goes up behind a link" 'would be outside it' "$A/link-up-behind-link"
expect "a hard link to a symbolic one" 'is a hard link to a symbolic one' "$A/link-hard-to-soft"
expect "a link to a config" - "$A/link-good"
expect "a hard link to a config" - "$A/link-good-hard"

# The program itself says it, in one sentence.
check_status 3 "the program" "$SCANSTEP" scan --no-cache "$A/docker-gnu-prefix"
check_text "the program says so" \
	'^scanstep: .*docker-gnu-prefix: the tar header at byte 0 has a prefix in a GNU header, which tools read differently$' \
	"$TMPDIR/stderr"

# An engine. The path of a socket has a limit, which a folder of a test may be beyond.
ENGINE=$(mktemp -d /tmp/engine.XXXXXX) || exit 1
trap 'servers_stop; rm -rf "$ENGINE"' EXIT
unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH CONTAINER_HOST XDG_RUNTIME_DIR
SCANSTEP_DEBUG_RETRY_MS=1
DOCKER_HOST=unix://$ENGINE/sock
export SCANSTEP_DEBUG_RETRY_MS DOCKER_HOST
python3 tests/servers/docker.py "$ENGINE" >"$ENGINE/log" 2>&1 &
SERVERS="$! $SERVERS"
wait_for "$ENGINE/log" 's/^port \([0-9]*\)$/\1/p' $!
for layout in new podman old loaded; do
	printf 'app:1\t%s\t%s\n' "$layout" "$A/docker-plain" >"$ENGINE/images.tsv"
	echo first >"$ENGINE/fault"
	while IFS=$TAB read -r row says kind; do
		# What streams is known by its digest, wherever it lies; the others go by way of a file.
		[ "$kind" = tree ] && case $layout in
		new | podman) says=- ;;
		esac
		cp "$A/first-$row" "$ENGINE/first"
		expect "an engine, $layout: $row" "$says" docker:app:1
	done <"$TMPDIR/rows"
	cp "$A/first-gnu-prefix" "$ENGINE/first"
	check_status 3 "the program, an engine, $layout" "$SCANSTEP" scan --no-cache docker:app:1
	check_text "the program says so of an engine, $layout" \
		'^scanstep: .*: the tar header at byte 0 has a prefix in a GNU header, which tools read differently$' \
		"$TMPDIR/stderr"
done
finish
