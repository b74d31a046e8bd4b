# shellcheck shell=sh
# What the cases of the registry client share, beside tests/servers/registry.sh, which is read first.
#
#	pull REFERENCE [FLAG...]         what the image is and what its layers deliver (tests/drivers/image.c). Its
#	                                 status is what a scan would end with: that of the first error, or 4 for a
#	                                 layer that is not as named
#	as USER PASSWORD COMMAND...      with these in the variables
#	said NAME PATTERN                in the message of the last pull, which never holds a secret
#	image_make NAME [ARCH] [ENCODING]    an OCI layout $TMPDIR/oci-NAME of two layers; the second does not
#	                                 compress and is large enough to be cut
#	app_start                        a registry with an image of that kind as team/app:1 at $open, faults.py before
#	                                 it at $faults, and what image_same compares with
#	image_digest NAME                its manifest's
#	image_wanted REFERENCE           what pull gives of this one is what image_same compares with
#	image_same NAME REFERENCE [FLAG...]  passes when it is the same image, whatever it is called
#	registry_requests NAME PORT      what docker-registry NAME answered since the last time: "GET PATH STATUS"

pull()
{
	timeout 120 "$BUILD/tests/drivers/image" "$@" >"$TMPDIR/raw" || return
	tr '\t' ' ' <"$TMPDIR/raw"
	sed -n 's/^error\t[0-9]*\t[0-9]*\t//p' "$TMPDIR/raw" >&2
	status=$(sed -n 's/^error\t[0-9]*\t\([0-9]*\)\t.*/\1/p' "$TMPDIR/raw" | head -n 1)
	[ -z "$status" ] || return "$status"
	! grep '^bytes' "$TMPDIR/raw" | grep -v -q 'whole$' || return 4
}

as()
{
	SCANSTEP_REGISTRY_USERNAME=$1 SCANSTEP_REGISTRY_PASSWORD=$2
	export SCANSTEP_REGISTRY_USERNAME SCANSTEP_REGISTRY_PASSWORD
	shift 2
	as_status=0
	"$@" || as_status=$?
	unset SCANSTEP_REGISTRY_USERNAME SCANSTEP_REGISTRY_PASSWORD
	return $as_status
}

BASE64=$(printf 'robin:%s' "$REGISTRY_PASSWORD" | openssl base64)
said()
{
	check_text "$1" "$2" "$TMPDIR/stderr"
	if grep -q -e hidden -e 'pass word' -e "$BASE64" "$TMPDIR/stderr"; then
		fail "$1: no secret in the message" <"$TMPDIR/stderr"
	fi
}

image_make()
{
	mkdir -p "$TMPDIR/make-$1/tree"
	head -c 400000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" \
		>"$TMPDIR/make-$1/tree/large"
	printf 'platform linux/%s\nlayer\nfile etc/hostname %s\nlayer COPY tree /\ntree tree\n' "${2:-amd64}" "$1" \
		>"$TMPDIR/make-$1/Layerfile"
	sh tests/mkimage.sh "$TMPDIR/make-$1" oci "${3:-gzip}" "$TMPDIR/oci-$1"
}

image_digest()
{
	grep -o 'sha256:[0-9a-f]*' "$TMPDIR/oci-$1/index.json" | head -n 1
}

image_wanted()
{
	check "$1" pull "$@"
	cp "$TMPDIR/stdout" "$TMPDIR/wanted"
}

image_same()
{
	name=$1
	shift
	check "$name" pull "$@"
	for f in wanted stdout; do
		grep -v -e '^name ' -e '^tag ' -e '^remark ' "$TMPDIR/$f" >"$TMPDIR/$f.same"
	done
	check_same "$name: the same image" "$TMPDIR/wanted.same" "$TMPDIR/stdout.same"
}

# Its log is in order: what it answered before a request of our own stands before that.
MARKS=0
registry_requests()
{
	MARKS=$((MARKS + 1))
	mark=/v2/mark/manifests/$$-$MARKS-$(date +%s)
	log=$TMPDIR/$1/log
	curl -s -o "$TMPDIR/mark" "http://127.0.0.1:$2$mark"
	tries=0
	until grep -q "\"GET $mark HTTP" "$log" || [ "$tries" -eq 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	seen=$(cat "$TMPDIR/$1/seen" 2>/dev/null || echo 0)
	tail -n "+$((seen + 1))" "$log" |
		sed -n 's/^127\.0\.0\.1 .*"\([A-Z]* [^ ]*\) HTTP[^"]*" \([0-9]*\) .*/\1 \2/p' | grep -v /v2/mark/
	wc -l <"$log" >"$TMPDIR/$1/seen"
}

app_start()
{
	image_make app || exit 1
	registry_start open || exit 1
	open=127.0.0.1:$PORT
	registry_push "$TMPDIR/oci-app" "$open/team/app:1" || exit 1
	faults_start faults "$PORT" || exit 1
	faults=127.0.0.1:$PORT
	image_wanted "$open/team/app:1"
}
