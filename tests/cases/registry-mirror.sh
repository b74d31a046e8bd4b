# Mirrors: who is asked first, what it is told, and when the registry itself is asked after all.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"

SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS
image_make app || exit 1
image_make other arm64 || exit 1
manifest=$(image_digest app)
# Three layers that can be cut, and come at once.
for n in 1 2 3; do
	mkdir -p "$TMPDIR/make-three/tree$n"
	head -c 200000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' $n)" -iv "$(printf '%032d' 0)" \
		>"$TMPDIR/make-three/tree$n/large$n"
done
printf 'platform linux/amd64\nlayer\ntree tree1\nlayer\ntree tree2\nlayer\ntree tree3\n' >"$TMPDIR/make-three/Layerfile"
sh tests/mkimage.sh "$TMPDIR/make-three" oci gzip "$TMPDIR/oci-three" || exit 1
registry_start open || exit 1
open=127.0.0.1:$PORT
open_port=$PORT
registry_push "$TMPDIR/oci-app" "$open/team/app:1" || exit 1
registry_push "$TMPDIR/oci-three" "$open/team/three:1" || exit 1
python3 tests/servers/index.py "$open" team/app multi 1=amd64 >"$TMPDIR/index" || exit 1
REMOTE=http://$open
registry_start through || exit 1
through=127.0.0.1:$PORT
through_port=$PORT
REMOTE=
registry_start plain || exit 1
plain=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-app" "$plain/hub/library/alpine:3" || exit 1
registry_push "$TMPDIR/oci-app" "$plain/library/alpine:3" || exit 1
registry_push "$TMPDIR/oci-other" "$plain/wrong/team/app:1" || exit 1
registry_start basic basic || exit 1
basic=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-app" "$basic/team/app:1" || exit 1
faults_start faults "$open_port" || exit 1
faults=127.0.0.1:$PORT
image_wanted "$open/team/app:1"
registry_requests open "$open_port" >"$TMPDIR/before"

# mirrored NAME MIRROR [PATTERN] [REFERENCE]: it gives the same image, and says so.
mirrored()
{
	image_same "$1" "${4:-$open/team/app:1}" --mirror "$2"
	check_text "$1: what is remarked" "${3:-^remark mirror of ${2%%=*}: ${2#*=}}" "$TMPDIR/stdout"
}

# ---- What a mirror is for.

mirrored "a mirror that pulls through" "$open=$through"
check_text "the image is called as before" "^name $open/team/app\$" "$TMPDIR/stdout"
registry_requests through "$through_port" | grep -c ' 20[06]$' >"$TMPDIR/got"
echo 4 >"$TMPDIR/four"
check_same "all of it comes from the mirror" "$TMPDIR/four" "$TMPDIR/got"
mirrored "an image of Docker Hub" "docker.io=$plain" "^remark mirror of docker.io: $plain\$" alpine:3
check_text "its full name is asked for" "^name docker.io/library/alpine\$" "$TMPDIR/stdout"
mirrored "a prefix" "docker.io=$plain/hub" "^remark mirror of docker.io: $plain\$" docker.io/library/alpine:3
mirrored "a prefix with a slash" "index.docker.io=$plain/hub/" "^remark mirror of docker.io: $plain\$" alpine:3
mirrored "a digest" "docker.io=$plain/hub" "^remark mirror of docker.io: $plain\$" "alpine@$manifest"
image_same "a mirror of another registry" "$open/team/app:1" --mirror "docker.io=$faults/denied"
check_no_text "is not asked" . "$LOG"

# ---- When it cannot.

for fault in always404 always401 always403 always500 always503 limited60 html unknown tofile; do
	mirrored "$fault" "$open=$faults/$fault" "^remark the mirror $faults is passed over: "
done
mirrored "nobody there" "$open=127.0.0.1:1" '^remark the mirror 127.0.0.1:1 is passed over: cannot connect'
image_same "one of two" "$open/team/app:1" --mirror "$open=127.0.0.1:1" --mirror "$open=$through"
check_text "the second is told" "^remark mirror of $open: $through\$" "$TMPDIR/stdout"
check_status 3 "none of all" pull "127.0.0.1:1/team/app:1" --mirror "127.0.0.1:1=$faults/denied"
said "both are told" \
	"cannot connect to 127.0.0.1:1: .*before that: the mirror $faults is passed over: .* refuses the manifest"
mirrored "a manifest, and no blobs" "$open=$faults/says404" "^remark the mirror $faults is passed over: blob .* missing"
registry_requests open "$open_port" >"$TMPDIR/before"
mirrored "blobs that are cut again and again" "$open=$faults/cutalways" "^remark mirror of $open: $faults\$"
registry_requests open "$open_port" >"$TMPDIR/after"
tail -n "+$((seen + 1))" "$TMPDIR/open/log" >"$TMPDIR/since"
check_count "are resumed at the registry" 1 '"GET .*/blobs/.*" 206 .*"scanstep' "$TMPDIR/since"
left="the mirror $faults does not give blob sha256:[0-9a-f]*: .* broke: .*; what it does not give comes from $open"
check_count "that is told once" 1 "^told.$left\$" "$TMPDIR/stderr"
check "a scan of three of them" "$SCANSTEP" scan --offline --no-cache --allow-empty --mirror "$open=$faults/cutalways" "$open/team/three:1"
check_count "tells it once" 1 "^scanstep: $left\$" "$TMPDIR/stderr"
check_text "behind who the mirror is" "^scanstep: mirror of $open: $faults\$" "$TMPDIR/stderr"
: >"$LOG"
check "blobs that begin with other bytes, and are cut" "$SCANSTEP" scan --offline --no-cache --allow-empty \
	--mirror "$open=$faults/cutwrong" "$open/team/three:1"
check "are asked for once more, at the registry alone" test "$(grep -c '/cutwrong/team/three/blobs/' "$LOG")" -le 20
mirrored "blobs that are cut twice" "$open=$faults/cut" "^remark mirror of $open: $faults\$"
check_no_text "are no reason to leave it" '^told' "$TMPDIR/stderr"

# ---- When it may not.

check_status 3 "another manifest than the pinned one" pull "$open/team/app@$manifest" --mirror "$open=$faults/swapped"
said "is the mirror's fault" "$faults gives a manifest with the digest sha256:[0-9a-f]* for $manifest"
check_status 3 "another entry of an index" pull "$open/team/app@$(cat "$TMPDIR/index")" --mirror "$open=$faults/swapped"
said "is, too" "$faults gives a manifest with"
check_status 4 "other bytes of a layer" pull "$open/team/app:1" --mirror "$open=$faults/flipped"

# ---- Who is told what.

: >"$LOG"
check "the registry's own password" as robin "$REGISTRY_PASSWORD" pull "$basic/team/app:1" \
	--mirror "$basic=$faults/redirect"
check_text "the mirror is asked" '^front /v2/redirect/team/app/manifests/1 - ' "$LOG"
check_no_text "and not told" ' secret ' "$LOG"
check_text "so it is passed over" "^remark the mirror $faults is passed over: cannot authenticate: $faults wants a user" \
	"$TMPDIR/stdout"
: >"$LOG"
DOCKER_AUTH_CONFIG=$(printf '{"auths": {"%s": {"auth": "%s"}}}' "$faults" "$(printf %s "robin:$REGISTRY_PASSWORD" |
	openssl base64)")
export DOCKER_AUTH_CONFIG
mirrored "a mirror's own password" "$open=$faults/redirect" "^remark mirror of $open: $faults\$"
check_text "is the mirror's" '^front .* secret ' "$LOG"
unset DOCKER_AUTH_CONFIG

# ---- What is none.

for value in nothing =mirror.example.com docker.io= docker=mirror.example.com docker.io=mirror \
	docker.io=https://mirror.example.com docker.io=mirror.example.com/Hub docker.io=mirror.example.com/a/../b \
	docker.io=mirror.example.com/a:1 docker.io=mirror.example.com:0 docker.io=mirror.example.com// \
	docker.io/library=mirror.example.com docker.io=robin:hidden@mirror.example.com; do
	check_status 2 "no mirror: $value" "$SCANSTEP" scan --mirror "$value" "$open/team/app:1"
	said "no mirror: $value: is told" 'REGISTRY=HOST\[:PORT\]\[/PREFIX\]'
done
check_status 2 "in the variable" env SCANSTEP_MIRROR="docker.io=mirror.example.com,nothing" "$SCANSTEP" scan x
finish
