# How a registry is told who asks: Basic, tokens and their end, identity tokens, tokens of its own; and what is said of it.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"

SCANSTEP_DEBUG_RETRY_MS=10
export SCANSTEP_DEBUG_RETRY_MS
app_start
registry_start basic basic || exit 1
basic=127.0.0.1:$PORT
basic_port=$PORT
registry_push "$TMPDIR/oci-app" "$basic/team/app:1" || exit 1
registry_start token token || exit 1
token=127.0.0.1:$PORT
token_log=$TMPDIR/token/token.log
registry_push "$TMPDIR/oci-app" "$token/team/app:1" || exit 1
registry_push "$TMPDIR/oci-app" "$token/public/app:1" || exit 1

# ---- Basic.

registry_requests basic "$basic_port" >"$TMPDIR/before"
check_status 3 "basic: a wrong password" as robin wrong pull "$basic/team/app:1"
said "is told with where it is from" \
	"$basic refuses the manifest to this user name and password (from SCANSTEP_REGISTRY_USERNAME) (UNAUTHORIZED)"
registry_requests basic "$basic_port" >"$TMPDIR/got"
printf 'GET /v2/team/app/manifests/1 401\nGET /v2/team/app/manifests/1 401\n' >"$TMPDIR/two"
check_same "and is sent once" "$TMPDIR/two" "$TMPDIR/got"
check "basic: the right password" as robin "$REGISTRY_PASSWORD" pull "$basic/team/app:1"
check_text "where it is from is remarked" "^remark credentials for $basic: SCANSTEP_REGISTRY_USERNAME\$" \
	"$TMPDIR/stdout"
registry_requests basic "$basic_port" | grep -c ' 401$' >"$TMPDIR/got"
echo 1 >"$TMPDIR/one"
check_same "and it is asked for once" "$TMPDIR/one" "$TMPDIR/got"
check_status 3 "basic: nobody" pull "$basic/team/app:1"
said "is told what is wanted" "cannot authenticate: $basic wants a user name and password (SCANSTEP_REGISTRY_USERNAME"

# ---- Tokens.

: >"$token_log"
check "a token" as robin "$REGISTRY_PASSWORD" pull "$token/team/app:1"
check_count "is asked for once" 1 "^request .*known" "$token_log"
check_status 3 "a wrong password" as robin wrong pull "$token/team/app:1"
said "is refused by the service" \
	'cannot authenticate: the token service 127.0.0.1:[0-9]* refuses the user name or password (from SCANSTEP_'
check_status 3 "nobody" pull "$token/team/app:1"
said "is refused by the registry" "$token refuses the manifest without a user name .*also mean that there is no such"
: >"$LOG"
image_same "tokens that end soon" "$faults/shortlived/team/app:1"
grep -v /token/ "$LOG" | sed 's/ - \| secret /&/; s/^front [^ ]*\/\(manifests\|blobs\)[^ ]* \([a-z-]*\) .*/\1 \2/' |
	sort | uniq -c | tr -s ' ' >"$TMPDIR/got"
cat >"$TMPDIR/once" <<'EOT'
 3 blobs secret
 1 manifests -
 1 manifests secret
EOT
check_same "are renewed before they end: there is one 401" "$TMPDIR/once" "$TMPDIR/got"
check_count "and it is done once, when one has ended" 2 /token/ "$LOG"
: >"$LOG"
check_status 3 "a token that is not good for enough" as robin hidden pull "$faults/scope/team/app:1"
said "is told as such" 'it may not pull from this repository, or there is no such repository (insufficient_scope)'
check_count "and asked for once" 1 /token/ "$LOG"

# ---- Identity tokens, as auth files and helpers have them.

# identity TOKEN USER:PASSWORD COMMAND...
identity()
{
	user=$(printf '%s' "$2" | openssl base64)
	DOCKER_AUTH_CONFIG=$(printf '{"auths": {"%s": {"auth": "%s", "identitytoken": "%s"}}}' "$token" "$user" "$1")
	export DOCKER_AUTH_CONFIG
	shift 2
	identity_status=0
	"$@" || identity_status=$?
	unset DOCKER_AUTH_CONFIG
	return $identity_status
}
: >"$token_log"
check "an identity token" identity identity-of-robin robin: pull "$token/team/app:1"
check_text "its source is remarked" "^remark credentials for $token: DOCKER_AUTH_CONFIG" "$TMPDIR/stdout"
check_text "it is sent in a form" \
	"^refresh \['scanstep'\] \['test-registry'\] \['repository:team/app:pull'\] known\$" "$token_log"
check_no_text "and nothing else is" '^request' "$token_log"
check "one of nobody" identity identity-of-robin '' pull "$token/team/app:1"
check_status 3 "one that is not known" identity hidden '' pull "$token/team/app:1"
said "is refused by the service" 'the token service .* refuses the identity token (from DOCKER_AUTH_CONFIG)'
for status in 400 401 404 405; do
	echo "$status" >"$TMPDIR/token/no-forms"
	for way in "hidden robin:$REGISTRY_PASSWORD" "identity-of-robin robin:"; do
		: >"$token_log"
		check "forms are answered with $status: ${way%% *}" identity "${way%% *}" "${way#* }" \
			pull "$token/team/app:1"
		check_text "the user's name and what goes with it are not: ${way%% *}" '^request .* known$' "$token_log"
	done
done
check_status 3 "forms are not taken, and there is no user name" identity hidden '' pull "$token/team/app:1"
said "that is told" 'the token service .* answers with status 405'
rm "$TMPDIR/token/no-forms"

# ---- A token for the registry itself.

bearer()
{
	SCANSTEP_REGISTRY_TOKEN=$1
	export SCANSTEP_REGISTRY_TOKEN
	shift
	bearer_status=0
	"$@" || bearer_status=$?
	unset SCANSTEP_REGISTRY_TOKEN
	return $bearer_status
}
: >"$LOG"
check "a token for the registry" bearer right pull "$faults/bearer/team/app:1"
check_no_text "goes with every request" ' - all' "$LOG"
: >"$LOG"
check_status 3 "another one" bearer hidden pull "$faults/bearer/team/app:1"
said "is refused" 'refuses the manifest to this token (from SCANSTEP_'
check_count "at once" 1 . "$LOG"
check_status 2 "one that is no header" bearer "hid den" pull "$faults/bearer/team/app:1"

# ---- Who else is not told.

: >"$LOG"
check_status 3 "ggcr-2360: a store that wants to know who asks" as robin "$REGISTRY_PASSWORD" \
	pull "$faults/store/team/app:1"
said "is told as such" "127.0.0.1:[0-9]*, to which $faults redirects, refuses blob .* with status 401"
check_text "it is asked" '^store /private' "$LOG"
check_no_text "and not told" '^store .* secret ' "$LOG"
finish
