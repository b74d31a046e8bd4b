# scanstep ci in a build of Jenkins, and where there is no CI system that it knows.
. tests/lib.sh
. tests/ci.sh

check_status 1 "Jenkins: findings at the threshold" ci JENKINS_URL=http://127.0.0.1/ "WORKSPACE=$JOB" SCANSTEP_FAIL_ON=high "$SAMPLE"
check_files "Jenkins: its reports" scanstep.json scanstep-issues.json scanstep-junit.xml scanstep.html report.css
check_text "Jenkins: the table is in the log" '^FAILED: 44 findings' "$TMPDIR/stdout"
check_status 2 "Jenkins: no image" ci JENKINS_URL=http://127.0.0.1/
check_text "Jenkins: and a sentence" '^scanstep: which image? Name it behind' "$TMPDIR/stderr"
check "Jenkins: CS_IMAGE" ci JENKINS_URL=http://127.0.0.1/ "CS_IMAGE=$CLEAN"
check "Jenkins: without its address" ci BUILD_TAG=jenkins-a-1 JOB_NAME=a "$CLEAN"
check_text "Jenkins: is known all the same" '^scanstep .*: Jenkins$' "$TMPDIR/stderr"

new_job
check_status 1 "elsewhere: findings at the threshold" ci SCANSTEP_FAIL_ON=high "$SAMPLE"
check_text "elsewhere: it says so" '^scanstep .*: no CI system that is known$' "$TMPDIR/stderr"
check_text "elsewhere: the table" '^FAILED: 44 findings' "$TMPDIR/stdout"
check_files "elsewhere: no file"
check "elsewhere: -o" ci -o json "$CLEAN"
cp "$TMPDIR/stdout" "$TMPDIR/report.json"
check "elsewhere: standard output is the report alone" python3 -m json.tool "$TMPDIR/report.json"
check_status 2 "elsewhere: no image" ci
printf 'CVE-2024-32002\n' >"$JOB/.trivyignore"
check_status 1 "elsewhere: an allow-list in the folder" ci SCANSTEP_FAIL_ON=critical "$SAMPLE"
check_text "elsewhere: counts" '^FAILED: 9 findings' "$TMPDIR/stdout"
check "elsewhere: a report" ci -o json=scanstep.json "$SAMPLE"
check_status 1 "elsewhere: its gate" ci SCANSTEP_FAIL_ON=critical gate
check_text "elsewhere: with the allow-list" '^FAILED: 9 findings' "$TMPDIR/stdout"
check_status 2 "gate behind an option" ci --fail-on high gate
check_text "is not taken for an image" '^scanstep: gate stands right behind ci' "$TMPDIR/stderr"
check "feeds that are not read" ci SCANSTEP_FROM=none "$CLEAN"
check_text "are told" '^scanstep: warning: --from is not read: --offline says' "$TMPDIR/stderr"
check "a misspelt variable" ci SCANSTEP_FAILON=high "$CLEAN"
check_text "is told, with the one that was meant" 'SCANSTEP_FAILON is set, but is no setting of scanstep; did you mean SCANSTEP_FAIL_ON?' "$TMPDIR/stderr"
check_status 2 "GITLAB_CI that is not true is none" ci GITLAB_CI=false
check "the templates' variable" ci SCANSTEP_CONTAINER_IMAGE=x "$CLEAN"
check_no_text "is not taken for a misspelt one" 'no setting' "$TMPDIR/stderr"

# ---- The database: never the starter set by accident ----

check_status 5 "a database that cannot be made: status 5" ci SCANSTEP_OFFLINE=0 SCANSTEP_FROM=http://127.0.0.1:1/feed.json "$CLEAN"
check_text "and a sentence" '127.0.0.1:1' "$TMPDIR/stderr"
check "a database that can" ci SCANSTEP_OFFLINE=0 "SCANSTEP_FROM=$PWD/tests/fixtures/db/feeds" SCANSTEP_ALLOW_INCOMPLETE=1 "$SAMPLE"
check_no_text "is no starter set" STARTER "$TMPDIR/stdout"
check "is there, and of today" ci SCANSTEP_OFFLINE=0 "SCANSTEP_FROM=$PWD/tests/fixtures/db/feeds" SCANSTEP_ALLOW_INCOMPLETE=1 "$SAMPLE"
check_no_text "so it is taken as it is" 'still that of' "$TMPDIR/stdout"
check "of other documents than are asked for now" ci SCANSTEP_OFFLINE=0 SCANSTEP_FROM=http://127.0.0.1:1/feed.json SCANSTEP_ALLOW_INCOMPLETE=1 "$SAMPLE"
check_text "it is kept where they cannot be had, and told" 'WARNING: the advisory database is still that of 20' "$TMPDIR/stdout"

dd if=/dev/zero of="$TMPDIR/cache/db/advisories.sqlite" bs=1 seek=100 count=100 conv=notrunc 2>/dev/null
check_status 5 "a database that is damaged, and none to be had: status 5" ci SCANSTEP_OFFLINE=0 \
	SCANSTEP_FROM=http://127.0.0.1:1/feed.json "$SAMPLE"
check_text "and both are told" 'damaged.*and no new one could be built: ' "$TMPDIR/stderr"

# ---- The log shows every setting in force, and no secret ----

for from in 'http://bob:hidden@127.0.0.1:1/feed.json' 'http://127.0.0.1:1/feed.json?token=hidden' 'http:/bob:hidden@127.0.0.1/x'; do
	check_status 5 "feeds at $from" ci SCANSTEP_OFFLINE=0 "SCANSTEP_FROM=$from" "$SAMPLE"
	check_text "are told without the address" '^  setting *--from  (SCANSTEP_FROM)$' "$TMPDIR/stderr"
	check_no_text "which nothing else shows" hidden "$TMPDIR/stderr"
	check_status 5 "the same by a flag" ci GITHUB_ACTIONS=true SCANSTEP_OFFLINE=0 --from "$from" "$SAMPLE"
	check_text "are told without it, too" '^  setting *--from  (command line)$' "$TMPDIR/stderr"
	check_no_text "which nothing else shows there" hidden "$TMPDIR/stderr"
	check_no_text "nor an annotation" hidden "$TMPDIR/stdout"
done

finish
