# The variables and files of ClairInABox. Numbers are those of the vectors for clair-scanner's behaviour.
. tests/lib.sh
. tests/ci.sh

RESULT=$JOB/result
box()
{
	ci "SCANSTEP_RESULT_DIR=$RESULT" PROJECT_NAME=p "$@"
}
# NAME FILE WANTED: the ids of unapproved
unapproved()
{
	python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))["unapproved"]))' "$1"
}

check_status 1 "findings: status 1" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=High
check_files "the files" result/clair-report.json result/clair-report.html result/clair-log.log result/report.css \
	target/clair-result/clair-report.json target/clair-result/clair-report.html target/clair-result/report.css
check_same "the copies are the same" "$RESULT/clair-report.json" "$JOB/target/clair-result/clair-report.json"
check_text "the log says it, too" '^FAILED: 44 findings reach --fail-on high' "$RESULT/clair-log.log"
check_text "image is what was asked for" "\"image\": \"$SAMPLE\"" "$RESULT/clair-report.json"
unapproved "$RESULT/clair-report.json" >"$TMPDIR/ids"
check_count "1: a threshold includes its own severity" 44 . "$TMPDIR/ids"
check_count "6: all are in the report" 79 '"vulnerability": ' "$RESULT/clair-report.json"
check "no findings: status 0" box "IMAGE_TO_SCAN=$CLEAN"
check_text "and an empty list" '"unapproved": \[\]' "$RESULT/clair-report.json"
check_status 1 "2: everything fails without THRESHOLD" box "IMAGE_TO_SCAN=$SAMPLE"
unapproved "$RESULT/clair-report.json" >"$TMPDIR/ids"
check_count "2: all of it" 79 . "$TMPDIR/ids"
check_status 1 "2: as with Unknown" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Unknown
check "Defcon1: none is so bad" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Defcon1
check_text "which is said" 'THRESHOLD is Defcon1, a severity that no advisory has here' "$TMPDIR/stderr"
check_status 1 "4: a threshold in another case" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=high
check_text "4: is taken, with a warning" "THRESHOLD 'high' is taken as High" "$TMPDIR/stderr"
check_status 2 "4: one that is none: status 2" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Hihg
check_text "4: and a sentence" "^scanstep: THRESHOLD: 'Hihg' is not Defcon1, Critical" "$TMPDIR/stderr"

# ---- Unknown severity passes there, and the report says so ----

check "a database with unknown severities" "$PROGRAM" db build --db "$TMPDIR/unknown.sqlite" --from tests/fixtures/ci/unknown
check "one that unknown ones are found with" box "IMAGE_TO_SCAN=$CLEAN" THRESHOLD=High "SCANSTEP_DB=$TMPDIR/unknown.sqlite"
check_text "the report says that they pass" 'unknown severity' "$RESULT/clair-log.log"
check "3: Negligible lets them pass, too" box "IMAGE_TO_SCAN=$CLEAN" THRESHOLD=Negligible "SCANSTEP_DB=$TMPDIR/unknown.sqlite"
check_status 1 "2: Unknown does not" box "IMAGE_TO_SCAN=$CLEAN" THRESHOLD=Unknown "SCANSTEP_DB=$TMPDIR/unknown.sqlite"
check_status 1 "nor does scanstep by itself" ci "SCANSTEP_DB=$TMPDIR/unknown.sqlite" SCANSTEP_FAIL_ON=high "$CLEAN"

# ---- The whitelist, as text ----

list=$(printf 'generalwhitelist:\n  CVE-2023-38545: proxy\nimages:\n  %s:\n    CVE-2024-32002: git\n' "$SAMPLE")
check_status 1 "6: a whitelist" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Critical "WHITELIST=$list"
unapproved "$RESULT/clair-report.json" >"$TMPDIR/ids"
check_no_text "6: what it lists is approved" CVE-2023-38545 "$TMPDIR/ids"
check_text "6: and still in the report" '"vulnerability": "CVE-2023-38545"' "$RESULT/clair-report.json"
check "12: an empty one" box "IMAGE_TO_SCAN=$CLEAN" WHITELIST=
check_status 2 "13: one that cannot be understood: status 2" box "IMAGE_TO_SCAN=$SAMPLE" 'WHITELIST=generalwhitelist: [CVE-1]'
check_text "13: and a sentence" 'WHITELIST' "$TMPDIR/stderr"
check_status 2 "13: the name of a file" box "IMAGE_TO_SCAN=$SAMPLE" WHITELIST=clair-whitelist.yml
check_text "13: is told as such" "^scanstep: WHITELIST: it holds the text of a whitelist, and 'clair-whitelist.yml'" "$TMPDIR/stderr"
check_status 1 "14: a key that is none" box "IMAGE_TO_SCAN=$SAMPLE" 'WHITELIST=whitelist:
  CVE-2023-38545: x'
check_text "14: is told" 'whitelist' "$RESULT/clair-log.log"
check_status 1 "17: two packages with one vulnerability" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Critical
unapproved "$RESULT/clair-report.json" >"$TMPDIR/ids"
check_count "17: are two" 2 '^CVE-2023-38545$' "$TMPDIR/ids"
check_status 1 "22: quiet" box "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=Critical -q
check_count "22: the report is the same" 10 . "$TMPDIR/ids"

# ---- Everywhere, and whatever else goes wrong keeps our statuses ----

check_status 1 "on GitLab: status 1 at once" box GITLAB_CI=true "CI_PROJECT_DIR=$JOB" "IMAGE_TO_SCAN=$SAMPLE" THRESHOLD=High
check_status 3 "an image that is not there: status 3" box "IMAGE_TO_SCAN=$TMPDIR/none.tar"
check "no report of an earlier scan is left" test ! -e "$RESULT/clair-report.json" -a ! -e "$RESULT/clair-log.log"
check_status 4 "gaps: status 4" box "IMAGE_TO_SCAN=$BROKEN" THRESHOLD=Defcon1
echo x >"$JOB/file"
check_status 6 "no place for results: status 6" ci SCANSTEP_RESULT_DIR=file "IMAGE_TO_SCAN=$CLEAN"
rm -rf "$JOB/target"
echo x >"$JOB/target"
check "no place for copies" box "IMAGE_TO_SCAN=$CLEAN"
check_text "is a warning" "cannot make the folder 'target/clair-result'" "$TMPDIR/stderr"
check "and the results are there" test -s "$RESULT/clair-report.json"
rm -f "$JOB/target"
check "the copies' own folder for results" ci SCANSTEP_RESULT_DIR=target/clair-result "IMAGE_TO_SCAN=$CLEAN"
check "has them" test -s "$JOB/target/clair-result/clair-report.json"
check_status 2 "a gate without a report" box "IMAGE_TO_SCAN=$CLEAN" gate
check_text "wants one" '^scanstep: which report? Name it behind' "$TMPDIR/stderr"
check "CS_IMAGE beside it" box "IMAGE_TO_SCAN=$CLEAN" "CS_IMAGE=$SAMPLE"
check_text "is told not to count" 'IMAGE_TO_SCAN is scanned, and CS_IMAGE is not' "$TMPDIR/stderr"

finish
