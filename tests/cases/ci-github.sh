# scanstep ci in a step of GitHub Actions: reports, annotations, job summary, outputs, and text that would be a command.
. tests/lib.sh
. tests/ci.sh

OUTPUT=$TMPDIR/output
SUMMARY=$TMPDIR/summary
github()
{
	: >"$OUTPUT"
	: >"$SUMMARY"
	ci GITHUB_ACTIONS=true "GITHUB_WORKSPACE=$JOB" "GITHUB_OUTPUT=$OUTPUT" "GITHUB_STEP_SUMMARY=$SUMMARY" "$@"
}

# What the runner makes of GITHUB_OUTPUT: NAME=VALUE lines, each line end of a value as %0A
outputs()
{
	python3 - "$OUTPUT" <<'END'
import sys
lines = iter(open(sys.argv[1], encoding="utf-8", newline="").read().split("\n"))
for line in lines:
    if "<<" in line and ("=" not in line or line.index("<<") < line.index("=")):
        name, delimiter = line.split("<<", 1)
        value = []
        for line in lines:
            if line == delimiter:
                break
            value.append(line)
        else:
            raise SystemExit("no end of " + name)
        print(name + "=" + "%0A".join(value))
    elif line:
        raise SystemExit("no output: " + line)
END
}
# NAME WANTED...: the outputs are these lines
check_outputs()
{
	outputs_of=$1
	shift
	printf '%s\n' "$@" | LC_ALL=C sort >"$TMPDIR/wanted"
	outputs 2>&1 | sed 's/^\(report-id\)=[0-9a-f]\{32\}$/\1/' | LC_ALL=C sort >"$TMPDIR/got"
	check_same "$outputs_of" "$TMPDIR/wanted" "$TMPDIR/got"
}

check_status 1 "findings at the threshold: status 1" github "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high
check_files "the reports are there" scanstep.sarif scanstep.json scanstep.html report.css scanstep.md scanstep-junit.xml \
	scanstep.cdx.json
check_outputs "and the outputs" verdict=failed database=starter exit-status=1 gaps=0 open=44 critical=10 high=34 medium=33 \
	low=2 unknown=0 report-id sarif=scanstep.sarif json=scanstep.json html=scanstep.html markdown=scanstep.md \
	junit=scanstep-junit.xml cyclonedx=scanstep.cdx.json
check_same "the summary is the Markdown report" "$JOB/scanstep.md" "$SUMMARY"
check_count "at most ten errors are annotations" 10 '^::error ' "$TMPDIR/stdout"
cat "$TMPDIR/stdout" "$TMPDIR/stderr" >"$TMPDIR/log"
check_count "two groups begin" 2 '^::group::scanstep: ' "$TMPDIR/log"
check_count "and end" 2 '^::endgroup::$' "$TMPDIR/log"
sed -n '/^::endgroup::/,$p' "$TMPDIR/stdout" >"$TMPDIR/after"
check_count "annotations stand outside of them" 10 '^::error ' "$TMPDIR/after"

echo before >"$SUMMARY"
check_status 1 "a summary that has begun" ci GITHUB_ACTIONS=true "GITHUB_STEP_SUMMARY=$SUMMARY" "CS_IMAGE=$SAMPLE" \
	SCANSTEP_FAIL_ON=high
check_text "goes on" '^before$' "$SUMMARY"
check_text "with ours" '^## FAILED' "$SUMMARY"
check_status 1 "a report that is the summary" ci GITHUB_ACTIONS=true "GITHUB_STEP_SUMMARY=$SUMMARY" "CS_IMAGE=$SAMPLE" \
	SCANSTEP_FAIL_ON=high -o "markdown=$SUMMARY"
check_count "is not appended to itself" 1 '^## FAILED' "$SUMMARY"
mkfifo "$TMPDIR/pipe"
cat "$TMPDIR/pipe" >"$TMPDIR/piped" &
check_status 1 "a report that goes into a pipe" github "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high -o "markdown=$TMPDIR/pipe"
wait
check_text "goes there" '^## FAILED' "$TMPDIR/piped"
check_same "and is no summary" /dev/null "$SUMMARY"
check "no threshold: status 0" github "CS_IMAGE=$SAMPLE"
check_status 4 "gaps: status 4" github "CS_IMAGE=$BROKEN"
outputs >"$TMPDIR/got"
check_text "the verdict says so" '^verdict=incomplete$' "$TMPDIR/got"
check "no findings: status 0" github "CS_IMAGE=$CLEAN" SCANSTEP_FAIL_ON=low
check_status 3 "an image that is not there: status 3" github "CS_IMAGE=$TMPDIR/none.tar" SCANSTEP_FAIL_ON=low
check_outputs "the outputs say that" exit-status=3 verdict=error
check_text "and an annotation" '^::error title=scanstep::.*none.tar: No such file' "$TMPDIR/stdout"
check_same "the summary has nothing" /dev/null "$SUMMARY"
check_status 2 "settings that are wrong: status 2" github "CS_IMAGE=$CLEAN" SCANSTEP_FAIL_ON=hihg
check_outputs "the outputs say that, too" exit-status=2 verdict=error
check_text "and an annotation" "^::error title=scanstep::SCANSTEP_FAIL_ON: 'hihg' is not none" "$TMPDIR/stdout"
check_status 1 "a scan, and" github "CS_IMAGE=$SAMPLE" SCANSTEP_FAIL_ON=high
check_status 1 "its gate" github SCANSTEP_FAIL_ON=high gate
check_text "has annotations" '^::error title=scanstep::FAILED: 44 findings' "$TMPDIR/stdout"
check_text "the verdict stands behind the section" '^FAILED: 44 findings' "$TMPDIR/stdout"
check_outputs "and outputs" verdict=failed database=starter exit-status=1 gaps=0 open=44 critical=10 high=34 medium=33 \
	low=2 unknown=0 report-id
check_status 2 "a gate without a report" github gate "$TMPDIR/none.json"
check_outputs "says so, too" exit-status=2 verdict=error
check_status 3 "without a file for outputs" ci GITHUB_ACTIONS=true "CS_IMAGE=$TMPDIR/none.tar"
mkdir "$TMPDIR/folder"
check_status 6 "a file for outputs that is none: status 6" ci GITHUB_ACTIONS=true "GITHUB_OUTPUT=$TMPDIR/folder" \
	"CS_IMAGE=$CLEAN"
check_text "and a sentence" "^scanstep: GITHUB_OUTPUT: cannot append to '.*/folder'" "$TMPDIR/stderr"

check_status 3 "the repository's own image" github GITHUB_REPOSITORY=Team/App GITHUB_SHA=0123abc SCANSTEP_PLATFORM=linux/amd64
check_text "is in GitHub's registry" '^  input *ghcr.io/team/app:0123abc  (GITHUB_REPOSITORY, GITHUB_SHA)' "$TMPDIR/stderr"
check_status 3 "GITHUB_TOKEN" github GITHUB_REPOSITORY=t/a GITHUB_SHA=0123abc GITHUB_ACTOR=me GITHUB_TOKEN=hidden
check_text "is for GitHub's registry" '^  credentials *GITHUB_ACTOR, GITHUB_TOKEN  (for ghcr.io alone)$' "$TMPDIR/stderr"
check_no_text "and not told" hidden "$TMPDIR/stderr"
check_status 3 "another registry" github CS_IMAGE=127.0.0.1:1/t/a:1 GITHUB_ACTOR=me GITHUB_TOKEN=hidden
check_text "does not get it" '^  credentials *GITHUB_ACTOR, GITHUB_TOKEN  (for ghcr.io alone)$' "$TMPDIR/stderr"

new_job
check "reports elsewhere" github "CS_IMAGE=$CLEAN" -o csv --output-dir 'out dir'
outputs >"$TMPDIR/got"
check_text "have the path for an output" '^sarif=out dir/scanstep.sarif$' "$TMPDIR/got"
check_text "those that were added, too" '^csv=out dir/scanstep.csv$' "$TMPDIR/got"

# ---- Text that would be a command to the runner, or end a value ----

new_job
name='a
verdict<<x
passed
x
::add-mask::e
##[error]e'
check_status 2 "an image's name with commands" github "CS_IMAGE=$name" || true
cat "$TMPDIR/stdout" "$TMPDIR/stderr" | grep -v '^::error title=scanstep::' | grep -v '^::\(end\)\{0,1\}group::' >"$TMPDIR/log"
check_no_text "no line is one" '^ *::\|##\[' "$TMPDIR/log"
check_outputs "no output is forged" exit-status=2 verdict=error
mkdir "$JOB/in"
hostile='x
exit-status<<y
0'
check "a folder with line ends" github "CS_IMAGE=$CLEAN" "SCANSTEP_OUTPUT_DIR=in/$hostile"
outputs >"$TMPDIR/got"
check_count "is one value" 1 '^exit-status=' "$TMPDIR/got"
check_text "as it is" '^sarif=in/x%0Aexit-status<<y%0A0/scanstep.sarif$' "$TMPDIR/got"

finish
