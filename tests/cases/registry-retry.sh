# What a registry answers when it is busy, limits or breaks off: asked again where that may help, told where not.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"

SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS
app_start
blob=$(sed -n 's/^bytes 1 \(sha256:[0-9a-f]*\) .*/\1/p' "$TMPDIR/wanted")

# fault NAME STATUS FAULT PATTERN [FLAG...]
fault()
{
	fault_name=$1 fault_status=$2 fault_kind=$3 fault_pattern=$4
	shift 4
	: >"$LOG"
	check_status "$fault_status" "$fault_name" pull "$faults/$fault_kind/team/app:1" "$@"
	[ -z "$fault_pattern" ] || said "$fault_name: what it says" "$fault_pattern"
}

# ---- What may be another answer later, and what not.

for status in 408 425 429 500 502 503 504 520; do
	image_same "$status once" "$faults/first$status/team/app:1"
done
for status in 429 500 503; do
	fault "$status always" 3 "always$status" "$status.*; try again in 1 s (asked 5 times\( in [0-9]* s\)*)\$"
	check_count "$status always: five requests" 5 'manifests/1' "$LOG"
done
for status in 400 401 403 404 410 418 501 505; do
	fault "$status" 3 "always$status" ''
	check_count "$status: one request" 1 . "$LOG"
done

fault "a server that is always busy" 3 overloaded 'answers with status 503 for the manifest (asked 5 times'
fault "a server that never says when" 3 never500 \
	'answers with status 500 for the manifest (asked 5 times\( in [0-9]* s\)*): try again later$'
fault "what is asked once is not counted" 3 always400 'answers with status 400 for the manifest.*in 1 s$'
check_no_text "short pauses need no word" '^told' "$TMPDIR/stderr"
SCANSTEP_DEBUG_RETRY_MS=1000
image_same "a long pause" "$faults/first502/team/app@$(image_digest app)"
check_text "is told at once" "^told	$faults answers with status 502: asked again in 1 s\$" "$TMPDIR/stderr"
SCANSTEP_DEBUG_RETRY_MS=1

# ---- Limits.

fault "a limit" 3 limited90 'has had too many requests .*rate limited (429), 0 of 100 pulls left; try again in 90 s'
fault "a limit that lasts longer than we have" 3 limited600 'try again in 600 s' --deadline 5
fault "a limit without end" 3 limited999999999999 'rate limited (429), 0 of 100 pulls left'
SCANSTEP_DEBUG_RETRY_MS=1000
fault "no pause outlasts the deadline" 3 limited30 'try again in 30 s' --deadline 10
check_count "no pause outlasts the deadline: one request" 1 . "$LOG"
SCANSTEP_DEBUG_RETRY_MS=1
image_same "manifests that are counted" "$faults/rated/team/app:1"
check_text "how many are left is told" "^remark $faults: 97 of 100 pulls left\$" "$TMPDIR/stdout"

# ---- Blobs.

for fault in unranged otherstart otherend othertotal; do
	: >"$LOG"
	image_same "a blob that is cut: $fault" "$faults/$fault/team/app:1"
	grep "/blobs/$blob" "$LOG" | head -n 3 | sed 's/bytes=[0-9]*-/from there on/; s/.* - //' >"$TMPDIR/got"
	printf 'all GET\nfrom there on GET\nall GET\n' >"$TMPDIR/three"
	check_same "a blob that is cut: $fault: all of it is asked for then" "$TMPDIR/three" "$TMPDIR/got"
done
fault "a blob that is cut again and again" 3 cutalways "blob $blob: the connection to .* broke"
check_count "a blob that is cut again and again: asked for five times" 5 "/blobs/$blob" "$LOG"
fault "a blob that is longer" 4 long 'more bytes came than the [0-9]* that the image announces'

fault "an empty blob that breaks off" 3 empty 'blob sha256:e3b0c44[0-9a-f]*: the connection to .* broke'
check_count "an empty blob that breaks off: asked for five times" 5 '/blobs/sha256:e3b0c44' "$LOG"
fault "a blob that takes too long" 3 trickle \
	'blob sha256:[0-9a-f]*: .*; --timeout is 7 min for the whole scan: raise it, or look at the network$' --deadline 3

REALM=http://$faults/v2/stall/team/app/manifests/token registry_start waits token || exit 1
check_status 3 "a token service that does not answer" as robin "$REGISTRY_PASSWORD" pull "127.0.0.1:$PORT/team/app:1" --deadline 3
said "is waited for no longer than --timeout" \
	'cannot authenticate: .*; --timeout is 7 min for the whole scan: raise it, or look at the network$'

# ---- What is not there, or not for us.

fault "a blob that is missing" 3 says404 'config sha256:[0-9a-f]* of manifest sha256:[0-9a-f]*: blob sha256:[0-9a-f]* is missing in .* (BLOB_UNKNOWN)'
fault "a blob that is denied" 3 says403 'refuses blob .* without a user name .* (DENIED)$'
fault "a blob that wants to know who asks, and not how" 3 says401 'refuses blob .* without a user name .* (UNAUTHORIZED)$'
fault "a repository that is unknown" 3 unknown 'not found (NAME_UNKNOWN): .* has no such repository, or hides it from'
fault "a manifest that is denied" 3 denied \
	'refuses the manifest without a user name and password (SCANSTEP.* (DENIED): which can also mean that'
check_status 3 "a manifest that is denied to somebody" as robin hidden pull "$faults/denied/team/app:1"
said "is told with who that was" 'to this user name and password (from SCANSTEP_REGISTRY_USERNAME) (DENIED)'
fault "a layer that is not distributable" 3 foreign \
	"layer 1 is not distributable, and the addresses that its manifest names .*blob $blob: it is missing"
finish
