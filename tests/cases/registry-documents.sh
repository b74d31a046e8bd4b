# Manifests that were had before: a warm scan of a tag asks once, by HEAD, and believes nothing but digests.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"

SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS
image_make one || exit 1
image_make two || exit 1
registry_start open || exit 1
open=127.0.0.1:$PORT
open_port=$PORT
registry_push "$TMPDIR/oci-one" "$open/team/app:1" || exit 1
registry_push "$TMPDIR/oci-two" "$open/team/app:2" || exit 1
python3 tests/servers/index.py "$open" team/app multi 1=amd64 >"$TMPDIR/index" || exit 1
one=$(image_digest one)
kept=$TMPDIR/documents
registry_requests open "$open_port" >"$TMPDIR/before"

# asked NAME LINE...: all that the registry was asked for since, but for layers.
asked()
{
	name=$1
	shift
	registry_requests open "$open_port" | grep -v /blobs/ >"$TMPDIR/got"
	printf '%s' "${1:+$*
}" | tr ';' '\n' >"$TMPDIR/asked"
	check_same "$name" "$TMPDIR/asked" "$TMPDIR/got"
}
manifests=/v2/team/app/manifests

image_wanted "$open/team/app:1"
asked "without a folder a tag is asked for by GET" "GET $manifests/1 200"

image_same "the first time" "$open/team/app:1" --documents "$kept"
asked "it is asked for by HEAD, and had" "HEAD $manifests/1 200;GET $manifests/1 200"
# shellcheck disable=SC2012
ls "$kept" | sed 's/^sha256-[0-9a-f]*$/kept/' | sort | uniq -c | tr -s ' ' >"$TMPDIR/got"
echo ' 2 kept' >"$TMPDIR/two"
check_same "its manifest and its config are kept" "$TMPDIR/two" "$TMPDIR/got"

image_same "the second time" "$open/team/app:1" --documents "$kept"
asked "it is asked for by HEAD alone" "HEAD $manifests/1 200"
image_same "a digest" "$open/team/app:1@$one" --documents "$kept"
asked "is not asked for at all" ""
check "a digest that a mirror might have" pull "$open/team/app@$one" --documents "$kept" --mirror "$open=127.0.0.1:1"
check_no_text "who was not asked for it gave nothing" '^remark mirror of' "$TMPDIR/stdout"
registry_requests open "$open_port" >"$TMPDIR/before"
image_same "an index" "$open/team/app:multi" --documents "$kept"
asked "is had once, and its entry is there" "HEAD $manifests/multi 200;GET $manifests/multi 200"
image_same "an index, warm" "$open/team/app:multi" --documents "$kept"
asked "costs one HEAD as well" "HEAD $manifests/multi 200"

# The tag moves.
registry_push "$TMPDIR/oci-two" "$open/team/app:1" || exit 1
registry_requests open "$open_port" >"$TMPDIR/before"
check "a tag that means another image now" pull "$open/team/app:1" --documents "$kept"
check_text "is that image" "^digest $(image_digest two)\$" "$TMPDIR/stdout"
asked "which is had" "HEAD $manifests/1 200;GET $manifests/1 200"
registry_push "$TMPDIR/oci-one" "$open/team/app:1" || exit 1
registry_requests open "$open_port" >"$TMPDIR/before"

# The whole program: nothing but the HEAD when layers are known, too.
scan()
{
	SCANSTEP_CACHE_DIR=$TMPDIR/cache "$SCANSTEP" scan -o json="$TMPDIR/report.json" --allow-empty -v "$open/team/app:1"
}
scan >"$TMPDIR/stdout" 2>"$TMPDIR/stderr"
registry_requests open "$open_port" >"$TMPDIR/before"
scan >"$TMPDIR/stdout" 2>"$TMPDIR/stderr"
registry_requests open "$open_port" >"$TMPDIR/got"
echo "HEAD $manifests/1 200" >"$TMPDIR/head"
check_same "a warm scan is one request" "$TMPDIR/head" "$TMPDIR/got"

# ---- What lies in the folder is believed only for its digest.

file=sha256-${one#sha256:}
rewrite()
{
	rm -f "$kept/$file"
	"$@" >"$kept/$file"
}
good=$TMPDIR/good
cp "$kept/$file" "$good"
rewrite cat "$kept/sha256-$(image_digest two | sed 's/sha256://')"
image_same "another manifest under this name" "$open/team/app:1" --documents "$kept"
asked "is had anew" "HEAD $manifests/1 200;GET $manifests/1 200"
check_same "and written anew" "$good" "$kept/$file"
rewrite head -c 100 "$good"
image_same "half of it" "$open/team/app@$one" --documents "$kept"
asked "is had anew, too" "GET $manifests/$one 200"
rewrite head -c 5000000 /dev/zero
image_same "too much of it" "$open/team/app@$one" --documents "$kept"
asked "is not read" "GET $manifests/$one 200"
rm "$kept/$file"
ln -s "$good" "$kept/$file"
image_same "a link to it" "$open/team/app@$one" --documents "$kept"
asked "is not followed" "GET $manifests/$one 200"
rm -f "$kept/$file"
mkfifo "$kept/$file"
image_same "a pipe" "$open/team/app@$one" --documents "$kept"
asked "is not waited for" "GET $manifests/$one 200"
echo keep >"$kept/mine"
echo old >"$kept/sha256-$(printf '%064d' 1)"
touch -d '40 days ago' "$kept/mine" "$kept/sha256-$(printf '%064d' 1)"
rm -f "$kept/$file"
image_same "what was not used for a month" "$open/team/app@$one" --documents "$kept"
find "$kept" -mtime +30 -type f | sed 's/.*\///' >"$TMPDIR/got"
echo mine >"$TMPDIR/mine"
check_same "goes, and nothing of others" "$TMPDIR/mine" "$TMPDIR/got"

chmod 777 "$kept"
image_same "a folder that others may write to" "$open/team/app:1" --documents "$kept"
check_text "is not used, and that is told" '^remark manifests are not kept: .*can be written by others' \
	"$TMPDIR/stdout"
chmod 755 "$kept"
ln -s "$kept" "$TMPDIR/link"
image_same "a link in place of a folder" "$open/team/app:1" --documents "$TMPDIR/link"
check_text "is not used, either" '^remark manifests are not kept: .*symbolic link' "$TMPDIR/stdout"
registry_requests open "$open_port" >"$TMPDIR/before"

# ---- What is no document of an image is not kept: it may be anything, our password, too.

kept_files()
{
	find "$kept" -name 'sha256-*' | sort >"$TMPDIR/files.$1"
}
kept_files before
faults_start reflect "$open_port" || exit 1
check_status 3 "a password that comes back as a manifest" \
	as robin "$REGISTRY_PASSWORD" pull "127.0.0.1:$PORT/mirrored/team/app:1" --documents "$kept"
check_status 3 "no JSON" pull "127.0.0.1:$PORT/text/team/app:1" --documents "$kept"
check_status 3 "another platform" pull "127.0.0.1:$PORT/none/team/app:multi" --documents "$kept" --platform linux/s390x
rm "$kept/sha256-$(sed 's/^sha256://' "$TMPDIR/index")" "$kept/$file"
check_status 3 "another platform, anew" \
	pull "127.0.0.1:$PORT/none/team/app:multi" --documents "$kept" --platform linux/s390x
cp "$TMPDIR/files.before" "$TMPDIR/wanted.files"
sed -i -e "/$(sed 's/^sha256://' "$TMPDIR/index")/d" -e "/$file/d" "$TMPDIR/wanted.files"
kept_files after
check_same "none is kept" "$TMPDIR/wanted.files" "$TMPDIR/files.after"
if grep -r -q "$BASE64" "$kept"; then grep -r -l "$BASE64" "$kept"; fi >"$TMPDIR/leaks"
: >"$TMPDIR/none"
check_same "nor the password" "$TMPDIR/none" "$TMPDIR/leaks"
image_same "what is an image's" "$open/team/app:multi" --documents "$kept"
kept_files again
check_same "is kept again" "$TMPDIR/files.before" "$TMPDIR/files.again"
registry_requests open "$open_port" >"$TMPDIR/before"

# ---- What registries make of HEAD.

faults_start faults "$open_port" || exit 1
faults=127.0.0.1:$PORT
for status in 400 404 405 500 501 503; do
	: >"$LOG"
	image_same "HEAD is answered with $status" "$faults/head$status/team/app:1" --documents "$kept"
	check_count "HEAD is answered with $status: once" 1 "/manifests/1 - all HEAD" "$LOG"
	check_count "HEAD is answered with $status: and GET" 1 "/manifests/1 - all GET" "$LOG"
done
for status in 401 403 429; do
	: >"$LOG"
	check_status 3 "HEAD is refused with $status" pull "$faults/head$status/team/app:1" --documents "$kept"
	check_no_text "HEAD is refused with $status: that is the last word" 'GET$' "$LOG"
done
: >"$LOG"
image_same "HEAD is sent elsewhere" "$faults/headredirect/team/app:1" --documents "$kept"
check_count "HEAD is sent elsewhere: it stays HEAD" 2 'HEAD$' "$LOG"
check_no_text "HEAD is sent elsewhere: there is no GET" 'manifests.*GET$' "$LOG"
: >"$LOG"
image_same "HEAD is answered by somebody else" "$faults/headstore/team/app:1" --documents "$kept"
check_count "HEAD is answered by somebody else: the registry's word counts" 1 '^front .*/manifests/1 - all GET$' "$LOG"
: >"$LOG"
image_same "a digest that is not the manifest's" "$faults/liar/team/app:1" --documents "$kept"
check_text "the computed one counts, and that is told" \
	"^remark $faults says that the manifest has the digest sha256:7*; it has $one\$" "$TMPDIR/stdout"
image_same "beside a digest in the reference" "$faults/liar/team/app@$one"
check_no_text "it says nothing" '^remark' "$TMPDIR/stdout"
finish
