# scanstep ci in a job of GitLab: image, settings, credentials, reports, log and exit status from its variables.
. tests/lib.sh
. tests/servers/registry.sh
. tests/ci.sh

gitlab()
{
	ci GITLAB_CI=true CI_PROJECT_DIR="$JOB" "$@"
}

# ---- The scan delivers whatever it finds; the gate judges ----

check "findings at the threshold: status 0" gitlab "CS_IMAGE=archive://$SAMPLE" SCANSTEP_FAIL_ON=high
check_text "which is said loudly" '^scanstep: warning: FAILED: .* This job ends with 0 all the same' "$TMPDIR/stderr"
check_text "with what the gate will end with" 'ends with 1 (--gate-later=0 ends with it here)' "$TMPDIR/stderr"
check_text "the table is in the log" '^FAILED: 44 findings reach --fail-on high (exit status 1)' "$TMPDIR/stdout"
check_files "the reports of GitLab are there" gl-container-scanning-report.json gl-sbom.cdx.json scanstep-junit.xml \
	gl-code-quality-report.json scanstep.env scanstep.html report.css scanstep.json
check_text "later jobs are told" '^SCANSTEP_RESULT_VERDICT=failed$' "$JOB/scanstep.env"
check_status 1 "the gate fails" gitlab SCANSTEP_FAIL_ON=high gate
check_text "and says why" '^FAILED: 44 findings reach --fail-on high' "$TMPDIR/stdout"
check "another threshold passes it" gitlab SCANSTEP_FAIL_ON=none gate
check_text "with a warning that it is another" 'judged by another policy (--fail-on high) than this gate' "$TMPDIR/stdout"
check_status 1 "a report by name" gitlab SCANSTEP_FAIL_ON=high gate "$JOB/scanstep.json"
check_status 1 "--gate-later=0 judges at once" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high --gate-later=0
check_status 1 "and so does its variable" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high SCANSTEP_GATE_LATER=0
check "gaps: status 0" gitlab "CS_IMAGE=$BROKEN"
check_text "which is said, too" '^scanstep: warning: INCOMPLETE: .* ends with 4 ' "$TMPDIR/stderr"
check_status 4 "the gate ends with 4" gitlab gate
check_status 3 "an image that is not there: status 3" gitlab CS_IMAGE="$TMPDIR/none.tar"
check_files "and no report of an earlier scan is left, but for the style sheet" report.css
check_status 2 "the gate has nothing to judge" gitlab gate
check_text "and says where it comes from" "^scanstep: there is no 'scanstep.json' here: a job before this one" "$TMPDIR/stderr"
check "no findings: status 0" gitlab "CS_IMAGE=$CLEAN" SCANSTEP_FAIL_ON=low
check_no_text "and nothing to say" 'This job ends with 0' "$TMPDIR/stderr"
check "the gate agrees" gitlab SCANSTEP_FAIL_ON=low gate

# ---- Sections of the log ----

new_job
check "a log" gitlab "CS_IMAGE=$SAMPLE"
esc=$(printf '\033')
cat "$TMPDIR/stdout" "$TMPDIR/stderr" | tr '\r' '\n' >"$TMPDIR/log"
check_count "two sections begin" 2 "^${esc}\\[0Ksection_start:[0-9]*:scanstep_[a-z]*" "$TMPDIR/log"
check_count "and end" 2 "^${esc}\\[0Ksection_end:[0-9]*:scanstep_[a-z]*" "$TMPDIR/log"
check_text "the one of the setup is folded" 'scanstep_setup\[collapsed=true\]' "$TMPDIR/log"
check "-q" gitlab "CS_IMAGE=$SAMPLE" -q
check_no_text "says nothing of the setup" 'setup' "$TMPDIR/stderr"

# ---- Which image ----

# name, wanted, variables...
image()
{
	image_from=$1 image_is=$2
	shift 2
	check_status 3 "$image_from: asked for" gitlab "$@"
	check_text "$image_from" "^  input *127.0.0.1:1/$image_is" "$TMPDIR/stderr"
}

image "the pipeline's own image" 'g/p/main:abc  (CI_REGISTRY_IMAGE, CI_COMMIT_REF_SLUG, CI_COMMIT_SHA)' \
	CI_REGISTRY_IMAGE=127.0.0.1:1/g/p CI_COMMIT_REF_SLUG=main CI_COMMIT_SHA=abc
image "that of Auto DevOps" 'app:7  (CI_APPLICATION_REPOSITORY, CI_APPLICATION_TAG)' CI_REGISTRY_IMAGE=127.0.0.1:1/g/p \
	CI_COMMIT_REF_SLUG=main CI_COMMIT_SHA=abc CI_APPLICATION_REPOSITORY=127.0.0.1:1/app CI_APPLICATION_TAG=7
image "a repository and the commit" 'app:abc' CI_COMMIT_SHA=abc CI_APPLICATION_REPOSITORY=127.0.0.1:1/app
image "CS_IMAGE wins" 'x:1  (CS_IMAGE)' CS_IMAGE=127.0.0.1:1/x:1 CI_APPLICATION_REPOSITORY=127.0.0.1:1/app \
	CI_APPLICATION_TAG=7
image "the command line wins over that" 'y:1$' CS_IMAGE=127.0.0.1:1/x:1 127.0.0.1:1/y:1
check_status 2 "no image at all: status 2" gitlab CI_COMMIT_SHA=abc
check_text "and a sentence" '^scanstep: which image? Name it behind "scanstep ci", or set CS_IMAGE$' "$TMPDIR/stderr"
check_status 2 "an empty CS_IMAGE is none" gitlab CS_IMAGE=

# ---- Reports ----

new_job
check "-o adds a report" gitlab "CS_IMAGE=$CLEAN" -o csv
check "which is there beside GitLab's" test -s "$JOB/scanstep.csv" -a -s "$JOB/gl-container-scanning-report.json"
new_job
check "-o of a format of GitLab's moves it" gitlab "CS_IMAGE=$CLEAN" -o html=index.html
check "there" test -s "$JOB/index.html" -a ! -e "$JOB/scanstep.html"
new_job
check "the variable does the same" gitlab "CS_IMAGE=$CLEAN" SCANSTEP_OUTPUT=html=index.html,csv
check "there, too" test -s "$JOB/index.html" -a ! -e "$JOB/scanstep.html" -a -s "$JOB/scanstep.csv"
new_job
check "--output-dir" gitlab "CS_IMAGE=$CLEAN" --output-dir a/b
check_files "moves all of them" a/b/gl-container-scanning-report.json a/b/gl-sbom.cdx.json a/b/scanstep-junit.xml \
	a/b/gl-code-quality-report.json a/b/scanstep.env a/b/scanstep.html a/b/report.css a/b/scanstep.json
check "and the gate finds the report there" gitlab SCANSTEP_OUTPUT_DIR=a/b gate
echo x >"$JOB/file"
check_status 6 "a folder that is a file: status 6" gitlab "CS_IMAGE=$CLEAN" --output-dir file
check_text "and a sentence" "^scanstep: cannot make the folder 'file':" "$TMPDIR/stderr"

# ---- The variables of GitLab's analyzer ----

# VARIABLE=VALUE, SETTING: what the log says that it became
setting()
{
	check_status 3 "$1" gitlab "CS_IMAGE=127.0.0.1:1/x:1" "$1"
	check_text "$1: is $2" "^  setting *$2  (${1%%=*})" "$TMPDIR/stderr"
}
# VARIABLE=VALUE: changes nothing
no_setting()
{
	check_status 3 "$1" gitlab "CS_IMAGE=127.0.0.1:1/x:1" "$1"
	check_no_text "$1: is no setting" "^  setting.*(${1%%=*})" "$TMPDIR/stderr"
}
# VARIABLE=VALUE: refused by name
refused()
{
	check_status 2 "$1: status 2" gitlab "CS_IMAGE=$CLEAN" "$1"
	check_text "$1: is named" "^scanstep: ${1%%=*}: '${1#*=}' is " "$TMPDIR/stderr"
}

setting CS_SEVERITY_THRESHOLD=HIGH '--report-min HIGH'
setting CS_SEVERITY_THRESHOLD=UNKNOWN '--report-min negligible'
setting CS_IGNORE_UNFIXED=true '--ignore-status unfixed'
setting CS_IGNORE_UNFIXED=1 '--ignore-status wont-fix'
setting CS_IGNORE_STATUSES=will_not_fix,affected '--ignore-status affected'
setting CS_IGNORE_STATUSES=will_not_fix '--ignore-status will_not_fix'
setting CS_DEFAULT_BRANCH_IMAGE=127.0.0.1:1/x '--default-branch-image 127.0.0.1:1/x'
setting CS_DOCKERFILE_PATH=docker/Dockerfile '--sarif-location docker/Dockerfile'
setting CS_DOCKER_INSECURE=true '--registry-skip-tls-verify 1'
setting CS_REGISTRY_INSECURE=True '--registry-plain-http 1'
setting CS_REPORT_OS_EOL=true '--gitlab-eol medium'
setting TRIVY_PLATFORM=linux/arm64 '--platform linux/arm64'
setting SECURE_LOG_LEVEL=debug '--verbose 2'
no_setting CS_IGNORE_UNFIXED=false
no_setting CS_DOCKER_INSECURE=0
no_setting CS_REPORT_OS_EOL=false
no_setting SECURE_LOG_LEVEL=info
no_setting CS_SEVERITY_THRESHOLD=
refused CS_SEVERITY_THRESHOLD=hihg
refused CS_IGNORE_UNFIXED=perhaps
refused CS_IGNORE_STATUSES=gone
refused CS_QUIET=2
refused SECURE_LOG_LEVEL=loud
refused TRIVY_PLATFORM=linux
check "scanstep's own variable wins" gitlab "CS_IMAGE=$SAMPLE" CS_SEVERITY_THRESHOLD=LOW SCANSTEP_REPORT_MIN=critical
check_no_text "and lists less" '^  high ' "$TMPDIR/stdout"
check_text "the log says who won" '^  setting *--report-min critical  (SCANSTEP_REPORT_MIN)$' "$TMPDIR/stderr"
check_no_text "and not who lost" 'CS_SEVERITY_THRESHOLD' "$TMPDIR/stderr"
check "a flag wins over both" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_REPORT_MIN=low --report-min critical
check_text "and is told" '^  setting *--report-min critical  (command line)$' "$TMPDIR/stderr"
check "a variable that means nothing" gitlab "CS_IMAGE=$CLEAN" CS_SEVERITY_TRESHOLD=high
check_text "is told" '^scanstep: warning: CS_SEVERITY_TRESHOLD is set, but means nothing to scanstep$' "$TMPDIR/stderr"

# What the settings do, by the report and the log.
check "fixes that are not there" gitlab "CS_IMAGE=$SAMPLE" CS_IGNORE_UNFIXED=true
check_text "are accepted" '"wont-fix"' "$JOB/scanstep.json"
check "SECURE_LOG_LEVEL=error" gitlab "CS_IMAGE=$CLEAN" SECURE_LOG_LEVEL=error
check_same "means no word but errors" /dev/null "$TMPDIR/stderr"
check "SCANSTEP_QUIET" gitlab "CS_IMAGE=$CLEAN" SCANSTEP_QUIET=1
check_same "does the same" /dev/null "$TMPDIR/stderr"
check "SECURE_LOG_LEVEL=debug" gitlab "CS_IMAGE=$CLEAN" SECURE_LOG_LEVEL=debug
check_text "means all of them" '^scanstep: layer 1: ' "$TMPDIR/stderr"
check_text "the files that were written among them" '^scanstep: wrote scanstep.json' "$TMPDIR/stderr"
new_job
check "CS_QUIET" gitlab "CS_IMAGE=$SAMPLE" CS_QUIET=true SCANSTEP_FAIL_ON=high
check_same "means no table" /dev/null "$TMPDIR/stdout"
check_status 1 "CS_QUIET in the gate" gitlab CS_QUIET=true SCANSTEP_FAIL_ON=high gate
check_same "means none, too" /dev/null "$TMPDIR/stdout"
check_text "the verdict is said all the same" '^scanstep: FAILED: 44 findings' "$TMPDIR/stderr"
check "CS_QUIET and a file that is called table" gitlab "CS_IMAGE=$SAMPLE" CS_QUIET=true CS_DOCKERFILE_PATH=table
check_text "keeps that" '"path": "table"' "$JOB/gl-code-quality-report.json"
check "languages" gitlab "CS_IMAGE=$CLEAN" CS_DISABLE_LANGUAGE_VULNERABILITY_SCAN=false
check_text "are said not to be read" '^scanstep: warning: CS_DISABLE_LANGUAGE_VULNERABILITY_SCAN is false' "$TMPDIR/stderr"
check "CS_SEVERITY_THRESHOLD" gitlab "CS_IMAGE=$SAMPLE" CS_SEVERITY_THRESHOLD=CRITICAL
check_text "leaves the rest out of GitLab's report" '"severity": "Critical"' "$JOB/gl-container-scanning-report.json"
check_no_text "all of it" '"severity": "\(High\|Medium\|Low\)"' "$JOB/gl-container-scanning-report.json"
check "an end of life that is wanted as a finding" gitlab CS_REPORT_OS_EOL=true CS_REPORT_OS_EOL_SEVERITY=Low \
	"CS_IMAGE=$CLEAN"
check_count "is one" 1 '"severity": "Low"' "$JOB/gl-container-scanning-report.json"

# ---- Allow-lists of the checkout ----

new_job
printf 'generalallowlist:\n  CVE-2023-38545: a proxy is not used\n' >"$JOB/vulnerability-allowlist.yml"
printf '# not reachable\nCVE-2024-32002\n' >"$JOB/.trivyignore"
check "lists of others in the checkout" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=critical
check_text "are told" '^  allow-list *vulnerability-allowlist.yml' "$TMPDIR/stderr"
check_text "both" '^  allow-list *\.trivyignore' "$TMPDIR/stderr"
check_text "and count" '^FAILED: 7 findings reach --fail-on critical' "$TMPDIR/stdout"
check_text "the report names them" '"source": "vulnerability-allowlist.yml"' "$JOB/scanstep.json"
check_no_text "GitLab's has no finding of them" 'CVE-2023-38545' "$JOB/gl-container-scanning-report.json"
check_status 1 "the gate reads them, too" gitlab SCANSTEP_FAIL_ON=critical gate
check_text "with the same outcome" '^FAILED: 7 findings reach' "$TMPDIR/stdout"
ln -s mine.yml "$JOB/clair-whitelist.yml"
check "a link" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=critical
check_text "is no list, and every report says so" 'clair-whitelist.yml' "$JOB/scanstep.html"
check_no_text "nor is it read" '^  allow-list *clair-whitelist' "$TMPDIR/stderr"
echo 'allow: []' >"$JOB/mine.yml"
check "a list that is named" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=critical SCANSTEP_ALLOWLIST=mine.yml
check_text "is the only one" '^FAILED: 10 findings' "$TMPDIR/stdout"
echo 'generalallowlist: [CVE-1]' >"$JOB/vulnerability-allowlist.yml"
check_status 2 "one that is not understood: status 2" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=critical
check_text "by its name" 'vulnerability-allowlist.yml' "$TMPDIR/stderr"

# ---- A checkout that is somebody else's: a merge request brings what it likes ----

new_job
mkdir -p "$JOB/registry.example.com/team"
for file in registry.example.com/team/app:1.4 "registry.example.com/team/app@sha256:$(printf %064d 1)" app:1.4; do
	cp "$CLEAN" "$JOB/$file"
	check_status 2 "a file that is called $file" gitlab "CS_IMAGE=$file"
	check_text "is not taken for the image" "is a file here and could be a registry's image: write ./" "$TMPDIR/stderr"
done
check "but one that is meant is" gitlab CS_IMAGE=./app:1.4
check "and so is an archive" gitlab CS_IMAGE=archive://app:1.4
check_status 2 "a password in the image" gitlab CS_IMAGE=https://bob:hidden@127.0.0.1:1/x
check_no_text "is not shown" hidden "$TMPDIR/stderr"
check_status 2 "nor in another form" gitlab CS_IMAGE=bob:hidden@127.0.0.1:1/x
check_no_text "is it shown" hidden "$TMPDIR/stderr"
mkdir -p "$JOB/root/etc"
printf 'ID=alpine\nVERSION_ID=3.18.4\n' >"$JOB/root/etc/os-release"
echo 'CVE-2023-38545' >"$JOB/root/.trivyignore"
check "a checkout that is the image" gitlab "CI_PROJECT_DIR=$JOB/root" CS_IMAGE=rootfs:root SCANSTEP_ALLOW_EMPTY=1
check_text "has no allow-list" 'no allow-list is taken from .* it is part of the image' "$TMPDIR/stderr"
check_no_text "none of its is read" '^  allow-list' "$TMPDIR/stderr"

new_job
check "a report" gitlab "CS_IMAGE=$CLEAN" SCANSTEP_FAIL_ON=high
cp "$JOB/scanstep.json" "$TMPDIR/forged.json"
# NAME=VALUE...: settings that put the scan's report elsewhere; a forged one stands where it was
forged()
{
	new_job
	cp "$TMPDIR/forged.json" "$JOB/scanstep.json"
	echo SCANSTEP_RESULT_VERDICT=passed >"$JOB/scanstep.env"
	check "$1: the scan" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high "$1"
	id=$(cat "$JOB/scanstep.env" "$JOB"/*/scanstep.env 2>/dev/null | grep '^SCANSTEP_RESULT_REPORT_ID=')
	check_status 1 "$1: the gate judges what was scanned" gitlab SCANSTEP_FAIL_ON=high "$1" "$id" gate
	check_no_text "$1: and not what lay there" VERDICT=passed "$JOB/scanstep.env"
}
: >"$TMPDIR/none"
forged SCANSTEP_OUTPUT=json=out.json
forged SCANSTEP_GATE_LATER=1
new_job
cp "$TMPDIR/forged.json" "$JOB/scanstep.json"
check "reports that go elsewhere" gitlab "CS_IMAGE=$SAMPLE" SCANSTEP_OUTPUT_DIR=reports
check "leave none that came with the checkout" test ! -e "$JOB/scanstep.json"
id=$(grep '^SCANSTEP_RESULT_REPORT_ID=' "$JOB/reports/scanstep.env")
cp "$TMPDIR/forged.json" "$JOB/reports/scanstep.json"
check_status 2 "a report that another scan stored: status 2" gitlab "$id" SCANSTEP_OUTPUT_DIR=reports gate
check_text "and a sentence" "is not the one that the scan before this job stored" "$TMPDIR/stderr"
printf 'generalallowlist: [CVE-1]\n' >"$JOB/vulnerability-allowlist.yml"
cp "$TMPDIR/forged.json" "$JOB/scanstep.json"
check_status 2 "an allow-list that is not understood" gitlab "CS_IMAGE=$SAMPLE"
check "leaves no earlier report" test ! -e "$JOB/scanstep.json"

# ---- Credentials go to the host that they are for ----

needs "$(servers_missing)"
new_job
check "a layout" sh tests/mkimage.sh tests/fixtures/ci/clean oci gzip "$TMPDIR/clean"
registry_start reg basic || skip_all "no registry"
check "is pushed" registry_push "$TMPDIR/clean" "127.0.0.1:$PORT/g/p/main:abc"

registry()
{
	gitlab "CS_IMAGE=127.0.0.1:$PORT/g/p/main:abc" CI_REGISTRY_USER=robin "CI_REGISTRY_PASSWORD=$REGISTRY_PASSWORD" "$@"
}
check "the pipeline's own registry gets the pipeline's credentials" registry "CI_REGISTRY=127.0.0.1:$PORT"
check_text "and the log says whose" "^  credentials *CI_REGISTRY_USER, CI_REGISTRY_PASSWORD  (for 127.0.0.1:$PORT alone)\$" "$TMPDIR/stderr"
check_text "and that they were taken" "^scanstep: credentials for 127.0.0.1:$PORT: CI_REGISTRY_USER, CI_REGISTRY_PASSWORD\$" \
	"$TMPDIR/stderr"
check_no_text "not what they are" 'pass word\|robin' "$TMPDIR/stderr"
check "Docker's are named before them" registry "CI_REGISTRY=127.0.0.1:$PORT" 'DOCKER_AUTH_CONFIG={}'
check_text "Docker's are named before them, and for whom" \
	'^  credentials *DOCKER_AUTH_CONFIG  (for the registries that it names)$' "$TMPDIR/stderr"
check_status 3 "a registry of another port does not" registry "CI_REGISTRY=127.0.0.1:1"
check_text "and the log says so" '^  credentials *CI_REGISTRY_USER, CI_REGISTRY_PASSWORD  (for 127.0.0.1:1 alone)$' "$TMPDIR/stderr"
check_status 3 "one of another host neither" registry CI_REGISTRY=registry.example.com
check_status 3 "nor any without CI_REGISTRY" registry
check "CS_REGISTRY_USER is the image's" registry CI_REGISTRY=registry.example.com CS_REGISTRY_USER=robin \
	"CS_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
for system in JENKINS_URL=http://127.0.0.1/ GITHUB_ACTIONS=true CI=true; do
	check "CS_REGISTRY_USER is the image's, too, with $system" ci "$system" "CS_IMAGE=127.0.0.1:$PORT/g/p/main:abc" \
		CS_REGISTRY_USER=robin "CS_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
done
check "scanstep's own win" registry CS_REGISTRY_USER=x CS_REGISTRY_PASSWORD=y SCANSTEP_REGISTRY_USERNAME=robin \
	"SCANSTEP_REGISTRY_PASSWORD=$REGISTRY_PASSWORD"
check_text "the log calls them one name" '^  credentials *SCANSTEP_REGISTRY_PASSWORD  (for ' "$TMPDIR/stderr"
check_text "the log calls them one name, to the end" '^scanstep: credentials for .*: SCANSTEP_REGISTRY_PASSWORD$' \
	"$TMPDIR/stderr"

finish
