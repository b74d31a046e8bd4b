# shellcheck shell=sh
# The container image in the place of ClairInABox's: its variables, its files, its exit status; its root is read-only.
. tests/lib.sh
. tests/servers/registry.sh

check "an image" sh tests/mkimage.sh tests/fixtures/image/sample oci gzip "$TMPDIR/oci"
registry_start open || exit 1
open=127.0.0.1:$PORT
check "in a registry" registry_push "$TMPDIR/oci" "$open/app:1"
registry_start closed basic || exit 1
closed=127.0.0.1:$PORT
check "and in one that wants a password" registry_push "$TMPDIR/oci" "$closed/app:1"

# drop_in NAME=VALUE...: as docker run -e ... -v result:/result would; what it wrote is in $TMPDIR/result
drop_in()
{
	rm -rf "$TMPDIR/result"
	mkdir "$TMPDIR/result"
	chown 1000:1000 "$TMPDIR/result"
	for v in "$@"; do
		set -- "$@" --env "$v"
		shift
	done
	sh tests/container/inside.sh --bind "$TMPDIR/result=/result" --env SCANSTEP_OFFLINE=1 --env PROJECT_NAME=shop "$@"
}

# files NAME: those of ClairInABox, and those alone
files()
{
	(cd "$TMPDIR/result" && find . -type f | LC_ALL=C sort) >"$TMPDIR/got"
	printf './%s\n' clair-log.log clair-report.html clair-report.json report.css target/clair-result/clair-report.html \
		target/clair-result/clair-report.json target/clair-result/report.css >"$TMPDIR/wanted"
	check_same "$1: its files" "$TMPDIR/wanted" "$TMPDIR/got"
}

# ---- Findings ----

check_status 1 "THRESHOLD High" drop_in "IMAGE_TO_SCAN=$open/app:1" THRESHOLD=High
files "THRESHOLD High"
cp -r "$TMPDIR/result" "$TMPDIR/high"
check_text "the table is in the log, too" 'CVE-2023-38545' "$TMPDIR/stdout"
check_text "clair-log.log" 'CVE-2023-38545' "$TMPDIR/high/clair-log.log"
check_text "clair-report.html" 'CVE-2023-38545' "$TMPDIR/high/clair-report.html"
check_text "clair-report.json" '"vulnerability": "CVE-2023-38545"' "$TMPDIR/high/clair-report.json"
check_text "which names the image" "\"image\": \"$open/app:1\"" "$TMPDIR/high/clair-report.json"
check_same "a copy for the next step" "$TMPDIR/high/clair-report.json" "$TMPDIR/high/target/clair-result/clair-report.json"
check_status 0 "THRESHOLD Defcon1" drop_in "IMAGE_TO_SCAN=$open/app:1" THRESHOLD=Defcon1
files "THRESHOLD Defcon1"
check_status 1 "no THRESHOLD, which is Unknown" drop_in "IMAGE_TO_SCAN=$open/app:1"

# ---- A whitelist of all that reaches the threshold ----

python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
print("generalwhitelist:")
for name in sorted(set(report["unapproved"])):
    print("  %s: known" % name)
' "$TMPDIR/high/clair-report.json" >"$TMPDIR/whitelist"
check "there is something to accept" [ "$(wc -l <"$TMPDIR/whitelist")" -gt 1 ]
check_status 0 "WHITELIST" drop_in "IMAGE_TO_SCAN=$open/app:1" THRESHOLD=High "WHITELIST=$(cat "$TMPDIR/whitelist")"
files "WHITELIST"
check_text "nothing is left" '"unapproved": \[\]' "$TMPDIR/result/clair-report.json"
check_status 2 "a WHITELIST that is none" drop_in "IMAGE_TO_SCAN=$open/app:1" 'WHITELIST=generalwhitelist: ['
check_text "is said" 'WHITELIST' "$TMPDIR/stderr"

# ---- A registry that wants a password ----

check_status 1 "user name and password" drop_in "IMAGE_TO_SCAN=$closed/app:1" THRESHOLD=High \
	"IMAGE_TO_SCAN_REPO_URL=$closed" IMAGE_TO_SCAN_REPO_USERNAME=robin "IMAGE_TO_SCAN_REPO_PASSWORD=$REGISTRY_PASSWORD"
files "user name and password"
grep -rF "$REGISTRY_PASSWORD" "$TMPDIR/result" "$TMPDIR/stdout" "$TMPDIR/stderr" >"$TMPDIR/leaked"
check_same "the password is nowhere" /dev/null "$TMPDIR/leaked"
check_status 3 "without them" drop_in "IMAGE_TO_SCAN=$closed/app:1" THRESHOLD=High
check_status 3 "those of another registry stay at home" drop_in "IMAGE_TO_SCAN=$closed/app:1" THRESHOLD=High \
	IMAGE_TO_SCAN_REPO_URL=other.example IMAGE_TO_SCAN_REPO_USERNAME=robin \
	"IMAGE_TO_SCAN_REPO_PASSWORD=$REGISTRY_PASSWORD"

# ---- What is wrong ----

check_status 2 "a THRESHOLD that is none" drop_in "IMAGE_TO_SCAN=$open/app:1" THRESHOLD=Severe
check_text "is said, by name" "THRESHOLD: 'Severe' is not" "$TMPDIR/stderr"
check_status 6 "nowhere to write the reports to" sh tests/container/inside.sh --env SCANSTEP_OFFLINE=1 \
	--env "IMAGE_TO_SCAN=$open/app:1"
check_text "the folder is named" '/result' "$TMPDIR/stderr"

finish
