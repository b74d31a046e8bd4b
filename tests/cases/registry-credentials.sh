# Where logins for a registry come from, which comes first, and that none of them is ever shown: docker-registry with
# passwords and with a token service.
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"

JOB=$TMPDIR/job
AT=$TMPDIR/user
HELPERS=$PWD/tests/fixtures/credential-helper
mkdir "$JOB" "$AT" "$TMPDIR/bin" "$TMPDIR/seen"
case $SCANSTEP in
/*) PROGRAM=$SCANSTEP ;;
*) PROGRAM=$PWD/$SCANSTEP ;;
esac
WRONG=wrong-canary
base64_of()
{
	printf %s "$1" | openssl base64 -A
}

# Everything that a run says or leaves behind is kept in $TMPDIR/seen, and searched for secrets in the end.
runs=0
keep()
{
	runs=$((runs + 1))
	mkdir "$TMPDIR/seen/$runs"
	cat "$TMPDIR/stdout" "$TMPDIR/stderr" >"$TMPDIR/seen/$runs/log"
	(cd "$JOB" && tar cf - .) | (cd "$TMPDIR/seen/$runs" && tar xf -)
}

# run [VARIABLE=VALUE]... -- [ARGUMENT]...: as a job of GitLab, which writes every report. Standard input is $INPUT.
INPUT=/dev/null
run()
{
	# shellcheck disable=SC2086
	(cd "$JOB" && exec env -i PATH="$TMPDIR/bin:$HELPERS:$PATH" HOME="$AT" XDG_RUNTIME_DIR="$AT/run" TMPDIR="$TMPDIR" \
		GITLAB_CI=true CI_PROJECT_DIR="$JOB" SCANSTEP_CACHE_DIR="$TMPDIR/cache" SCANSTEP_OFFLINE=1 \
		SCANSTEP_SANDBOX="${SCANSTEP_SANDBOX:-on}" SCANSTEP_DEBUG_RETRY_MS=1 \
		${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} ${UBSAN_OPTIONS:+"UBSAN_OPTIONS=$UBSAN_OPTIONS"} \
		sh -c 'program=$1; shift; while [ "$1" != -- ]; do export "$1"; shift; done; shift
			exec "$program" ci -vv -o csv "$@"' sh "$PROGRAM" "$@") <"$INPUT"
}

# try STATUS NAME [VARIABLE=VALUE]... [-- ARGUMENT...]; without arguments it is $IMAGE.
try()
{
	try_status=$1 try_name=$2
	shift 2
	case " $* " in
	*' -- '*) ;;
	*) set -- "$@" -- "$IMAGE" ;;
	esac
	rm -rf "$JOB"
	mkdir "$JOB"
	check_status "$try_status" "$try_name" run "$@"
	keep
}

# forget: no file names a login.
forget()
{
	rm -rf "$AT" "$TMPDIR/auth.json" "$TMPDIR/docker"
	mkdir -p "$AT/.docker" "$AT/.config/containers" "$AT/run/containers" "$TMPDIR/docker"
}

# logins KEY USER PASSWORD: a file of Docker's.
logins()
{
	printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$1" "$(base64_of "$2:$3")"
}

# said NAME PATTERN: in the message of the last run.
said()
{
	check_text "$1" "$2" "$TMPDIR/stderr"
}

mkdir -p "$TMPDIR/tree"
check "an image" sh tests/mkimage.sh tests/fixtures/ci/clean oci gzip "$TMPDIR/oci"
registry_start basic basic || exit 1
BASIC=127.0.0.1:$PORT
registry_push "$TMPDIR/oci" "$BASIC/team/app:1" || exit 1
registry_push "$TMPDIR/oci" "$BASIC/other:1" || exit 1
registry_start open || exit 1
OPEN=127.0.0.1:$PORT
registry_push "$TMPDIR/oci" "$OPEN/team/app:1" || exit 1
registry_start token token || exit 1
TOKEN=127.0.0.1:$PORT
registry_push "$TMPDIR/oci" "$TOKEN/team/app:1" || exit 1
IMAGE=$BASIC/team/app:1

# ---- Every place in turn, and each before the next ----

# The places in their order, and what each is called.
places='own DOCKER_AUTH_CONFIG REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_RUNTIME_DIR containers docker CI_REGISTRY'
called()
{
	case $1 in
	own) echo SCANSTEP_REGISTRY_PASSWORD ;;
	REGISTRY_AUTH_FILE) echo "the file $TMPDIR/auth.json" ;;
	DOCKER_CONFIG) echo "the file $TMPDIR/docker/config.json" ;;
	XDG_RUNTIME_DIR) echo "the file $AT/run/containers/auth.json" ;;
	containers) echo "the file $AT/.config/containers/auth.json" ;;
	docker) echo "the file $AT/.docker/config.json" ;;
	CI_REGISTRY) echo "CI_REGISTRY_USER, CI_REGISTRY_PASSWORD" ;;
	*) echo "$1" ;;
	esac
}

# place NAME PASSWORD: a login there. Variables are lines of $TMPDIR/variables.
place()
{
	case $1 in
	own) printf 'SCANSTEP_REGISTRY_USERNAME=robin\nSCANSTEP_REGISTRY_PASSWORD=%s\n' "$2" ;;
	DOCKER_AUTH_CONFIG) printf 'DOCKER_AUTH_CONFIG=%s\n' "$(logins "$BASIC" robin "$2")" ;;
	REGISTRY_AUTH_FILE)
		logins "$BASIC" robin "$2" >"$TMPDIR/auth.json"
		echo "REGISTRY_AUTH_FILE=$TMPDIR/auth.json"
		;;
	DOCKER_CONFIG)
		logins "http://$BASIC/v2/" robin "$2" >"$TMPDIR/docker/config.json"
		echo "DOCKER_CONFIG=$TMPDIR/docker"
		;;
	XDG_RUNTIME_DIR) logins "$BASIC" robin "$2" >"$AT/run/containers/auth.json" ;;
	containers) logins "$BASIC/team/app" robin "$2" >"$AT/.config/containers/auth.json" ;;
	docker) logins "https://$BASIC/v1/" robin "$2" >"$AT/.docker/config.json" ;;
	CI_REGISTRY) printf 'CI_REGISTRY=%s\nCI_REGISTRY_USER=robin\nCI_REGISTRY_PASSWORD=%s\n' "$BASIC" "$2" ;;
	esac >>"$TMPDIR/variables"
}

# try_placed STATUS NAME: with the lines of $TMPDIR/variables.
try_placed()
{
	placed_status=$1 placed_name=$2
	set --
	while IFS= read -r line; do
		set -- "$@" "$line"
	done <"$TMPDIR/variables"
	try "$placed_status" "$placed_name" "$@"
}

for first in $places; do
	for password in "$REGISTRY_PASSWORD" "$WRONG"; do
		forget
		: >"$TMPDIR/variables"
		reached=
		for p in $places; do
			if [ "$p" = "$first" ]; then
				reached=1
				place "$p" "$password"
			elif [ -n "$reached" ] && [ "$password" = "$WRONG" ]; then
				place "$p" "$REGISTRY_PASSWORD"
			elif [ -n "$reached" ]; then
				place "$p" "$WRONG"
			fi
		done
		if [ "$password" = "$WRONG" ]; then
			try_placed 3 "$first: a wrong password there is not mended by what comes later"
			said "$first: is named" "refuses .*$(called "$first")"
		else
			try_placed 0 "$first: before what comes later"
			said "$first: is told" "credentials.*$(called "$first")\$"
		fi
	done
done
forget
try 3 "no login anywhere"
said "and where to put one is told" "$BASIC wants a user name and password (SCANSTEP_REGISTRY_USERNAME"
try 0 "no login for a mirror" -- --mirror "$OPEN=$BASIC" "$OPEN/team/app:1"
said "no login for a mirror: the image's own never goes there" \
	"$BASIC wants a user name and password (DOCKER_AUTH_CONFIG or a config.json)"

# ---- Which registry, which repository ----

logins "127.0.0.1" robin "$WRONG" >"$AT/.docker/config.json"
try 3 "a login for another port is none"
said "so nobody is named" "$BASIC wants a user name and password"
printf '{"auths": {"%s": {"auth": "%s"}, "%s/team": {"auth": "%s"}, "%s/team/app": {"auth": "%s"}}}\n' \
	"$BASIC" "$(base64_of "robin:$WRONG")" "$BASIC" "$(base64_of "robin:$WRONG")" \
	"$BASIC" "$(base64_of "robin:$REGISTRY_PASSWORD")" >"$AT/.docker/config.json"
try 0 "the login of the repository is closer than those of its folder and its registry"
try 3 "another repository does not get it" -- "$BASIC/other:1"
logins "$BASIC/team/app" robin "$REGISTRY_PASSWORD" >"$AT/.docker/config.json"
try 3 "nor where there is none for the registry" -- "$BASIC/other:1"
forget
try 0 "a site is the CI system's in any case" "CI_DEPENDENCY_PROXY_SERVER=$BASIC" CI_DEPENDENCY_PROXY_USER=robin \
	"CI_DEPENDENCY_PROXY_PASSWORD=$REGISTRY_PASSWORD"
said "the dependency proxy's login is told" 'CI_DEPENDENCY_PROXY_USER, CI_DEPENDENCY_PROXY_PASSWORD'
try 3 "and is for that server alone" CI_DEPENDENCY_PROXY_SERVER=127.0.0.1:1 CI_DEPENDENCY_PROXY_USER=robin \
	"CI_DEPENDENCY_PROXY_PASSWORD=$REGISTRY_PASSWORD"
try 3 "the job's token needs a registry" "CI_JOB_TOKEN=$REGISTRY_PASSWORD"
said "and nobody else gets it" "$BASIC wants a user name and password"
try 3 "it is the login of CI_REGISTRY where there is no other" "CI_JOB_TOKEN=$WRONG" "CI_REGISTRY=$BASIC"
said "by its name" 'refuses .*to this job token (from CI_JOB_TOKEN).*: is it right, not expired, and may it pull there?'
place docker "$WRONG"
try 0 "CS_REGISTRY_USER is for the image, before all files" CS_REGISTRY_USER=robin \
	"CS_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"

# ---- The password's file ----

forget
printf '%s\n' "$REGISTRY_PASSWORD" >"$TMPDIR/password"
try 0 "a file" SCANSTEP_REGISTRY_USERNAME=robin "SCANSTEP_REGISTRY_PASSWORD_FILE=$TMPDIR/password"
said "is told by its flag's name" 'credentials.*--registry-password-file$'
INPUT=$TMPDIR/password
try 0 "standard input" -- --registry-username robin --registry-password-file - "$IMAGE"
try 2 "which cannot be the image, too" -- --registry-username robin --registry-password-file - -
said "that is said" 'standard input is the image already'
INPUT=/dev/null
# refused NAME PATTERN: of the file as it is.
refused()
{
	try 2 "$1" SCANSTEP_REGISTRY_USERNAME=robin "SCANSTEP_REGISTRY_PASSWORD_FILE=$TMPDIR/password"
	said "$1: is said" "$2"
}
: >"$TMPDIR/password"
refused "an empty file" "--registry-password-file: it is empty"
echo >"$TMPDIR/password"
refused "a file of an empty line" "it is empty"
printf '%s\n%s\n' "$WRONG" "$WRONG" >"$TMPDIR/password"
refused "two lines" "it holds more than one line"
printf '%s\0' "$WRONG" >"$TMPDIR/password"
refused "a NUL" "it holds a NUL"
head -c 70000 /dev/zero | tr '\0' a >"$TMPDIR/password"
refused "a large file" "larger than\|more than\|limit of 65536 bytes"
rm "$TMPDIR/password"
refused "no file" "No such file"
check_no_text "a password in the place of its file is told nowhere" "$TMPDIR/password" "$TMPDIR/stderr"
try 2 "a password twice" SCANSTEP_REGISTRY_USERNAME=robin SCANSTEP_REGISTRY_PASSWORD=$WRONG \
	SCANSTEP_REGISTRY_PASSWORD_FILE=/dev/null
try 2 "a token beside a user" SCANSTEP_REGISTRY_USERNAME=robin SCANSTEP_REGISTRY_TOKEN=$WRONG
said "a token beside a user: is said" 'a token stands in place of user name and password'
try 2 "a user name alone" SCANSTEP_REGISTRY_USERNAME=robin
said "a user name alone: is said" "no password is given for $BASIC (SCANSTEP_REGISTRY_PASSWORD is empty or unset: .*protected"
try 2 "a user name and an empty password" SCANSTEP_REGISTRY_USERNAME=robin SCANSTEP_REGISTRY_PASSWORD=
try 2 "a user name of GitLab's analyzer alone" CS_REGISTRY_USER=robin
said "a user name of GitLab's analyzer alone: is said" "no password is given for $BASIC (CS_REGISTRY_PASSWORD is empty"
try 2 "a token that would end its header" "SCANSTEP_REGISTRY_TOKEN=$WRONG X"

# ---- Tokens ----

IMAGE=$TOKEN/team/app:1
place docker "$REGISTRY_PASSWORD"
try 3 "the token service is asked with the registry's login alone"
logins "$TOKEN" robin "$REGISTRY_PASSWORD" >"$AT/.docker/config.json"
try 0 "a login for the token service"
logins "$TOKEN" robin "$WRONG" >"$AT/.docker/config.json"
try 3 "a wrong one"
said "is the service's to refuse" "the token service .* refuses .*$AT/.docker/config.json): is it right, not expired"
bearer=$(curl -s -u "robin:$REGISTRY_PASSWORD" \
	"http://127.0.0.1:$TOKEN_PORT/token?service=test-registry&scope=repository:team/app:pull" |
	sed 's/.*"access_token": "\([^"]*\)".*/\1/')
: >"$TMPDIR/token/token.log"
printf '{"auths": {"%s": {"registrytoken": "%s"}}}\n' "$TOKEN" "$bearer" >"$AT/.docker/config.json"
try 0 "a token for the registry itself, in a file"
forget
try 0 "and in a variable" "SCANSTEP_REGISTRY_TOKEN=$bearer"
said "is told" 'credentials.*SCANSTEP_REGISTRY_TOKEN$'
check_no_text "without its service" request "$TMPDIR/token/token.log"

# ---- Helpers ----

cat >"$TMPDIR/bin/docker-credential-ours" <<END
#!/bin/sh
echo "\$1 \$(cat)" >>"$TMPDIR/asked"
env >"$TMPDIR/environment"
printf '{"ServerURL": "x", "Username": "robin", "Secret": "%s"}' "$REGISTRY_PASSWORD"
END
chmod 755 "$TMPDIR/bin/docker-credential-ours"
# helper JSON: the file that names one, with a login of its own that would do, but for the helper.
helper()
{
	forget
	printf '{"auths": {"%s": {"auth": "%s"}}, %s}\n' "$BASIC" "$(base64_of "robin:${2:-$WRONG}")" "$1" \
		>"$AT/.docker/config.json"
}
# A token service elsewhere is for nobody who is not trusted: nothing of it depends on where the login is from.
IMAGE=$TOKEN/team/app:1
helper '"credsStore": "ours"'
try 0 "a helper's login goes to a token service"
REALM=https://auth.example.net/token registry_start away token || exit 1
IMAGE=127.0.0.1:$PORT/team/app:1
try 3 "a helper's login and a token service elsewhere"
said "which is not given it" 'which is not given the user name and password.*--trust-realm auth.example.net'
IMAGE=$BASIC/team/app:1
: >"$TMPDIR/asked"
helper "\"credHelpers\": {\"$BASIC\": \"ours\"}, \"credsStore\": \"nosuch\""
try 0 "a helper for the registry, before the store for all and the file's logins"
said "is told" "credentials.*docker-credential-ours (of the file $AT/.docker/config.json)\$"
echo "get $BASIC" >"$TMPDIR/wanted"
check_same "it is asked once, for the registry" "$TMPDIR/wanted" "$TMPDIR/asked"
helper '"credsStore": "ours"'
try 0 "a store, before the file's logins"
helper "\"credHelpers\": {\"$BASIC\": \"\"}, \"credsStore\": \"nosuch\"" "$REGISTRY_PASSWORD"
try 0 "no helper for this host: the file's logins"
helper '"credsStore": "none"'
try 0 "a store that has none: what comes after the file" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin \
	"CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
helper "\"credHelpers\": {\"127.0.0.1:1\": \"nosuch\"}" "$REGISTRY_PASSWORD"
try 0 "a helper of another registry is not asked"
helper '"credsStore": "ours"'
try 0 "a helper in a job with secrets" "CI_JOB_TOKEN=$WRONG" "GITHUB_TOKEN=$WRONG" "DOCKER_AUTH_CONFIG={\"x\": \"$WRONG\"}" \
	AWS_REGION=eu-west-1
check_no_text "sees none of them" "$WRONG" "$TMPDIR/environment"
check_text "but what leads it to its own" '^AWS_REGION=eu-west-1$' "$TMPDIR/environment"

# Whatever is wrong with it: nobody else is asked, and no registry either.
for helper in nosuch plain fails signal junk silent large half ../ours; do
	helper "\"credHelpers\": {\"$BASIC\": \"$helper\"}" "$REGISTRY_PASSWORD"
	lines=$(wc -l <"$TMPDIR/basic/log")
	try 3 "CVE-2021-41092: $helper: status 3" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin \
		"CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
	said "CVE-2021-41092: $helper: which file names it" "the file $AT/.docker/config.json keeps logins in docker-credential-$helper, which "
	check "CVE-2021-41092: $helper: no registry was asked" test "$(wc -l <"$TMPDIR/basic/log")" = "$lines"
done
helper '"credsStore": "nosuch"'
try 3 "a helper that fails, behind a file that is passed over" "REGISTRY_AUTH_FILE=$AT/nosuch"
said "both are told" "which is in no folder of PATH: .*before that: the file $AT/nosuch is passed over: "
helper "\"credsStore\": \"nosuch\""
try 3 "CVE-2021-41092: a store that is missing" -- "$OPEN/team/app:1"
said "CVE-2021-41092: is named" "the file $AT/.docker/config.json keeps logins in docker-credential-nosuch, which is in no folder of PATH: install it"

# ---- Files that cannot be understood ----

# malformed NAME PATTERN: of ~/.docker/config.json as it is; what comes after it is asked.
malformed()
{
	try 0 "$1: passed over" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin "CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
	said "$1: is told" "the file $AT/.docker/config.json $2"
}
forget
echo "{\"auths\": {\"$BASIC\": {\"auth\": $WRONG}}}" >"$AT/.docker/config.json"
malformed "no JSON" 'is passed over: it cannot be understood from line 1, column [0-9]* on$'
echo "{\"auths\": {\"$BASIC\": {\"auth\": \"$WRONG\"}}}" >"$AT/.docker/config.json"
malformed "no base64" "has a login for $BASIC that is passed over: its \"auth\" is no base64"
head -c 1100000 /dev/zero | tr '\0' ' ' >"$AT/.docker/config.json"
malformed "a large file" 'is passed over: .*1048576'
rm "$AT/.docker/config.json"
mkdir "$AT/.docker/config.json"
malformed "a folder" 'is passed over: .*Is a directory'
rm -r "$AT/.docker"
echo >"$AT/.docker"
try 0 "a file in place of its folder is none" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin \
	"CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
check_no_text "and nobody is told" 'passed over' "$TMPDIR/stderr"
forget
try 0 "a file that is named and not there" "REGISTRY_AUTH_FILE=$TMPDIR/auth.json" "CI_REGISTRY=$BASIC" \
	CI_REGISTRY_USER=robin "CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
said "is told" "the file $TMPDIR/auth.json is passed over: No such file"
try 0 "a text that is none" "DOCKER_AUTH_CONFIG={\"auths\": \"$WRONG\"}" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin \
	"CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
said "is told by its variable" 'DOCKER_AUTH_CONFIG is passed over: it is no file of logins'
try 0 "a path that is no text" "DOCKER_AUTH_CONFIG=$TMPDIR/auth.json" "CI_REGISTRY=$BASIC" CI_REGISTRY_USER=robin \
	"CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
said "a path that is no text: is told" "DOCKER_AUTH_CONFIG is passed over: it wants the JSON itself, this is a file's path"
try 3 "a relative HOME is none" "HOME=." "CI_REGISTRY=127.0.0.1:1"

# ---- No secret is anywhere ----

check "the runs left something" test "$runs" -gt 60
check "reports, too" test -s "$TMPDIR/seen/1/scanstep.json"
check "and a cache" test -d "$TMPDIR/cache/layers"
# absent NAME TEXT: in nothing that was said, reported or kept.
absent()
{
	if grep -r -a -l -F -e "$2" "$TMPDIR/seen" "$TMPDIR/cache" >"$TMPDIR/why"; then
		fail "CVE-2025-65965, CVE-2023-24827: $1" <"$TMPDIR/why"
	else
		pass "CVE-2025-65965, CVE-2023-24827: $1"
	fi
}
absent "no password" "$REGISTRY_PASSWORD"
absent "no wrong password" canary
absent "no base64 of them" "$(base64_of "robin:$REGISTRY_PASSWORD")"
absent "nor of the wrong one" "$(base64_of "robin:$WRONG")"
absent "no password in an address" "$(printf %s "$REGISTRY_PASSWORD" | sed 's/ /%20/; s/:/%3A/; s/%$/%25/')"
if grep -r -a -l --exclude=log robin "$TMPDIR/seen" "$TMPDIR/cache" >"$TMPDIR/why"; then
	fail "no user name but in settings of the log" <"$TMPDIR/why"
else
	pass "no user name but in settings of the log"
fi
absent "no token" "$(printf %s "$bearer" | cut -c 1-40)"

finish
