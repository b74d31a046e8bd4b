# shellcheck shell=sh disable=SC2016
# The GitHub action: its steps as the runner runs them, with its files, and with inputs of strangers.
. tests/lib.sh
sanitized && skip_all "these are scripts, which sanitizers do not watch"
if ! python3 -c 'import yaml' 2>/dev/null; then
	skip_all "python3 with yaml plays the runner, and is not installed"
fi

# The job that this suite may be part of is another one. Nothing leaves this machine.
unset GITLAB_CI JENKINS_URL IMAGE_TO_SCAN CS_IMAGE ADDITIONAL_CA_CERT_BUNDLE RUNNER_DEBUG
https_proxy=http://127.0.0.1:9
export https_proxy

TREE=$PWD
ACTION=$TREE/action
OUT=$TMPDIR/out
WORK=$TMPDIR/work
WITHOUT=$PATH
mkdir "$TMPDIR/bin" "$WORK"
ln -s "$SCANSTEP" "$TMPDIR/bin/scanstep"
PATH=$TMPDIR/bin:$PATH
export PATH

# The action, with these inputs; what came of it is in $OUT. The starter set has findings enough.
replay()
{
	rm -rf "$OUT"
	RUNNER_TEMP=$TMPDIR/temp python3 tests/github_runner.py "$ACTION" "$WORK" "$OUT" offline=true "$@"
}

# check_output NAME OUTPUT VALUE
check_output()
{
	printf '%s' "$3" >"$TMPDIR/wanted"
	check_same "$1" "$TMPDIR/wanted" "$OUT/outputs/$2"
}

# check_end NAME CONCLUSION EXIT-STATUS VERDICT
check_end()
{
	{
		cat "$OUT/conclusion"
		cat "$OUT/outputs/exit-status"
		echo
		cat "$OUT/outputs/verdict"
	} >"$TMPDIR/got"
	printf '%s\n%s\n%s' "$2" "$3" "$4" >"$TMPDIR/wanted"
	check_same "$1: $2 with $3, $4" "$TMPDIR/wanted" "$TMPDIR/got"
}

# FIXTURE FILE
image()
{
	check "image $2" sh tests/mkimage.sh "tests/fixtures/image/$1" docker none "$WORK/$2"
}

# ---- How scans end ----

image sample app.tar
image opaque clean.tar
image ubuntu odd.tar
while IFS='|' read -r name inputs conclusion status verdict open; do
	rm -f "$WORK"/scanstep*
	# shellcheck disable=SC2086
	check "$name" replay $inputs
	check_end "$name" "$conclusion" "$status" "$verdict"
	check_output "$name: open" open "$open"
	check_text "$name: the last step says so" "^end .* $status\$" "$OUT/steps"
	for report in sarif=scanstep.sarif json=scanstep.json html=scanstep.html markdown=scanstep.md junit=scanstep-junit.xml \
		cyclonedx=scanstep.cdx.json; do
		if [ "$verdict" = error ]; then
			check_output "$name: no ${report%%=*}" "${report%%=*}" ""
		else
			check_output "$name: ${report%%=*}" "${report%%=*}" "${report#*=}"
			check "$name: which is there" test -s "$WORK/${report#*=}"
		fi
	done
done <<'END'
clean|image=clean.tar fail-on=negligible|success|0|passed|0
findings|image=app.tar fail-on=critical|failure|1|failed|10
findings without a threshold|image=app.tar|success|0|passed|79
missing|image=absent.tar|failure|3|error|
incomplete|image=odd.tar|failure|4|incomplete|0
incomplete, allowed|image=odd.tar allow-incomplete=true|success|0|passed|0
a threshold that is none|image=app.tar fail-on=hihg|failure|2|error|
END

check "findings, once more" replay image=app.tar fail-on=critical
check_same "the summary is the report" "$WORK/scanstep.md" "$OUT/summary"
for number in critical=10 high=34 medium=33 low=2 unknown=0 gaps=0 database=starter; do
	check_output "output ${number%%=*}" "${number%%=*}" "${number#*=}"
done
sed -n 's/^\(error\|warning\|notice\)	.*/\1/p' "$OUT/commands" | sort | uniq -c | sed 's/ *\([0-9]*\) .*/\1/' >"$TMPDIR/annotations"
check "there are annotations" test -s "$TMPDIR/annotations"
check "and not more of one kind than the runner takes of a step" \
	awk '$1 > 10 { bad = 1 } END { exit bad }' "$TMPDIR/annotations"
check "the image as the pipeline names it" replay image=
check_text "is the package of the repository" 'ghcr.io/owner/app:bbbbbbbb' "$OUT/log"
check_end "which cannot be had here" failure 3 error

# ---- Inputs that are settings ----

check "two more reports" replay image=app.tar "formats=csv=findings.csv
gitlab" output-dir=reports
check_output "a folder for reports" json reports/scanstep.json
check "one of the two" test -s "$WORK/reports/findings.csv"
check "the other" test -s "$WORK/reports/gl-container-scanning-report.json"
check_output "the platform's own stay" sarif reports/scanstep.sarif
SCANSTEP_FAIL_ON=critical
export SCANSTEP_FAIL_ON
check "an input that is empty" replay image=app.tar fail-on=
check_end "leaves the job's variable" failure 1 failed
check "an input that is not" replay image=app.tar fail-on=none
check_end "wins over it" success 0 passed
unset SCANSTEP_FAIL_ON
SCANSTEP_ALLOW_INCOMPLETE=1 check "a switch that is off" replay image=odd.tar allow-incomplete=false
check_end "wins over the job's variable" failure 4 incomplete
RUNNER_DEBUG=1
export RUNNER_DEBUG
check "a job that is run again with debug logging" replay image=clean.tar
check_text "says more" '^scanstep: layer 1' "$OUT/log"
unset RUNNER_DEBUG
printf -- '- id: %s\n  reason: not reached\n' CVE-2023-38545 >"$WORK/scanstep-allowlist.yml"
check "an allow-list in the checkout" replay image=app.tar fail-on=critical
check_output "counts" open 8
rm "$WORK/scanstep-allowlist.yml"

"$SCANSTEP" ci --help >"$TMPDIR/help"
awk '/^for name in/ { on = 1 } on { print } /; do$/ { on = 0 }' action/scan.sh | tr -cs 'A-Z_' '\n' | grep . >"$TMPDIR/settings"
check "settings of the action" test "$(wc -l <"$TMPDIR/settings")" -ge 15
while read -r setting; do
	check_text "are scanstep's: SCANSTEP_$setting" "SCANSTEP_$setting\>" "$TMPDIR/help"
done <"$TMPDIR/settings"

# ---- Secrets ----

check "a user and a password" replay image=app.tar registry-username=somebody-else registry-password=hunter2-secret
check_end "of a registry" success 0 passed
grep 'hunter2-secret\|the-job-token' "$OUT/secrets" >"$TMPDIR/who"
check_count "reach one step" 2 '^scan ' "$TMPDIR/who"
check_no_text "and no other" '^\(install\|before\|after\|end\) ' "$TMPDIR/who"
check_no_text "nor anything else" 'hunter2-secret' "$OUT/log"
grep -r -l -e hunter2-secret -e the-job-token "$WORK" "$OUT/outputs" "$OUT/uses" "$OUT/summary" "$OUT/commands" >"$TMPDIR/leaks"
check_same "at all" /dev/null "$TMPDIR/leaks"

# ---- Strangers' inputs ----

# NAME: whatever came of it, nobody's command was run, no line of the log obeyed, no output forged.
check_nothing_forged()
{
	find "$TMPDIR" . -maxdepth 3 -name 'pwned*' >"$TMPDIR/made"
	check_same "$1: nothing was run" /dev/null "$TMPDIR/made"
	grep -e '^set-' -e '^add-' -e '^save-' -e '	forged' "$OUT/commands" >"$TMPDIR/forged"
	check_same "$1: nothing was obeyed" /dev/null "$TMPDIR/forged"
	check_same "$1: later steps are as before" /dev/null "$OUT/env"
	grep -r -l -e forged "$OUT/outputs" | grep -v -f "$TMPDIR/paths" >"$TMPDIR/forged"
	check_same "$1: no output is forged" /dev/null "$TMPDIR/forged"
}

check_error()
{
	check_text "$1: a clear error" '^scanstep: .\|^::error title=scanstep::.' "$OUT/log"
	check_nothing_forged "$1"
}

# Outputs that are paths hold what output-dir and the names of files hold.
printf '/%s$\n' sarif json html markdown junit cyclonedx >"$TMPDIR/paths"

number=0
while IFS= read -r line; do
	number=$((number + 1))
	text=$(printf '%b.' "$line")
	text=${text%.}
	check "text $number as image" replay "image=$text"
	case $text in
	-) check_end "text $number" failure 3 error ;;
	*) check_text "text $number fails" '^end failure [23]$' "$OUT/steps" ;;
	esac
	check_error "text $number"
done <tests/fixtures/action/hostile.txt
check "there are texts" test "$number" -gt 20

# All of it in one, in one input after the other: what the action's end must be.
worst=$(cat tests/fixtures/action/worst.txt)
while IFS='|' read -r input conclusion status verdict; do
	check "the worst in $input" replay image=app.tar "$input=$worst"
	check_end "the worst in $input" "$conclusion" "$status" "$verdict"
	if [ "$conclusion" = success ]; then
		check_nothing_forged "the worst in $input"
	else
		check_error "the worst in $input"
	fi
done <<'END'
image|failure|2|error
fail-on|failure|2|error
report-min|failure|2|error
only-fixed|failure|2|error
ignore-status|failure|2|error
unknown|failure|2|error
allowlist|failure|2|error
platform|failure|2|error
formats|failure|2|error
registry-username|success|0|passed
registry-password|success|0|passed
token|success|0|passed
db|failure|5|error
from|success|0|passed
cache-db|failure|7|error
offline|failure|2|error
allow-empty|failure|2|error
allow-incomplete|failure|2|error
binary-url|failure|7|error
binary-sha256|failure|7|error
END

# These may hold anything that a file may be named.
sarif_location=$(printf '%s' "$worst" | tr -d '/')
check "the worst in sarif-location" replay image=app.tar "sarif-location=$sarif_location"
check_nothing_forged "the worst in sarif-location"
check "the worst in output-dir" replay image=app.tar "output-dir=$worst"
check_end "the worst in output-dir" success 0 passed
check_nothing_forged "the worst in output-dir"
check_output "which is its name" json "$worst/scanstep.json"
check "and there it is" test -s "$WORK/$worst/scanstep.json"
mv "$WORK/$worst" "$TMPDIR/away"
cp "$WORK/app.tar" "$WORK/$worst"
check "an image of that name" replay "image=$worst" fail-on=critical
check_end "is scanned" failure 1 failed
check_nothing_forged "an image of that name"
rm "$WORK/$worst"
cp "$WORK/app.tar" "$WORK/gate"
check "an image that is called like a command" replay image=gate fail-on=critical
check_end "is refused" failure 2 error
check_text "says how the command is meant" 'gate stands right behind ci' "$OUT/log"
check "the path of one" replay image=./gate fail-on=critical
check_end "is scanned" failure 1 failed
rm "$WORK/gate"

# ---- Alerts of several images ----

category()
{
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["runs"][0]["automationDetails"]["id"])' "$1"
}
check "one image" replay image=app.tar output-dir=one
check "another" replay image=clean.tar output-dir=two
check "have two categories" test "$(category "$WORK/one/scanstep.sarif")" != "$(category "$WORK/two/scanstep.sarif")"

# ---- The advisory database between jobs ----

check "nothing is kept" replay image=app.tar
check_text "without a database" '^keep skipped$' "$OUT/steps"
check_text "but looked for: db" "^path=$HOME/.cache/scanstep/db\\\\n" "$OUT/uses/restore"
check_text "and feeds" "\\\\n$HOME/.cache/scanstep/feeds\\\\n$" "$OUT/uses/restore"
prefix=$(sed -n 's/^restore-keys=//p' "$OUT/uses/restore")
check_text "under today" "^key=$prefix$(date -u +%Y-%m-%d)$" "$OUT/uses/restore"
check "a database" "$SCANSTEP" db build --from tests/fixtures/db/feeds
touch -d 2026-01-02T03:04:05Z "$HOME/.cache/scanstep/db/advisories.sqlite"
check "that was restored" replay image=app.tar fail-on=low "@restore.cache-matched-key=${prefix}2026-01-02"
check_output "is used" database full
check_text "and not kept again" '^keep skipped$' "$OUT/steps"
check "one that is newer than what was restored" replay image=app.tar fail-on=low "@restore.cache-matched-key=${prefix}2026-01-01"
check_end "of a red scan, too" failure 1 failed
check_text "is kept" "^key=${prefix}2026-01-02$" "$OUT/uses/keep"
grep '^path=' "$OUT/uses/keep" >"$TMPDIR/kept"
grep '^path=' "$OUT/uses/restore" >"$TMPDIR/restored"
check_same "where it is looked for" "$TMPDIR/restored" "$TMPDIR/kept"
check "other feeds" replay image=app.tar from=elsewhere
check_no_text "are another database" "^key=$prefix" "$OUT/uses/restore"
check "no cache" replay image=app.tar cache-db=false
check_count "nothing is asked of it" 3 '^\(restore\|after\|keep\) skipped$' "$OUT/steps"
check "a database of one's own" replay image=app.tar "db=$HOME/.cache/scanstep/db/advisories.sqlite"
check_count "is none of the cache's" 3 '^\(restore\|after\|keep\) skipped$' "$OUT/steps"
check_output "and is used" database full
rm -r "$HOME/.cache/scanstep"

# ---- Which scanstep runs ----

PATH=$WITHOUT
if command -v scanstep >/dev/null; then
	skip "installing" "there is a scanstep on this machine's PATH"
elif ! command -v curl >/dev/null; then
	skip "installing" "curl fetches it, and is not installed"
else
	mkdir "$TMPDIR/served"
	cp "$SCANSTEP" "$TMPDIR/served/scanstep"
	printf '#!/bin/sh\ntouch pwned\n' >"$TMPDIR/served/other"
	python3 tests/servers/files.py "$TMPDIR/served" >"$TMPDIR/port" &
	server=$!
	trap 'kill "$server"' EXIT
	while ! [ -s "$TMPDIR/port" ]; do sleep 0.1; done
	site=http://127.0.0.1:$(cat "$TMPDIR/port")
	sum=$(sha256sum <"$SCANSTEP" | cut -d ' ' -f 1)

	refused()
	{
		name=$1
		shift
		check "$name" replay image=app.tar "$@"
		check_end "$name" failure 7 error
		check_text "$name: nothing else is done" '^scan skipped$' "$OUT/steps"
		check_error "$name"
		check "$name: nothing is left" test ! -e "$TMPDIR/temp/scanstep/bin/scanstep"
	}
	refused "a program of another checksum" "binary-url=$site/other" "binary-sha256=$sum"
	check_text "says so" 'does not have the checksum' "$OUT/log"
	refused "one that is not there" "binary-url=$site/absent" "binary-sha256=$sum"
	refused "one without a checksum" "binary-url=$site/scanstep"
	refused "a checksum without a program" "binary-sha256=$sum"
	refused "a checksum that is cut" "binary-url=$site/scanstep" "binary-sha256=${sum%?}"
	refused "a file" "binary-url=file://$TMPDIR/served/scanstep" "binary-sha256=$sum"
	check_text "says what would do" "'binary-url' begins with neither https:// nor http://" "$OUT/log"
	refused "an address of two lines" "binary-url=$site/other
output = pwned" "binary-sha256=$sum"
	check_text "says so" "'binary-url' holds a line end" "$OUT/log"
	refused "an address that is an option" "binary-url=--config=$TMPDIR/served/other" "binary-sha256=$sum"

	printf '#!/bin/sh\necho cannot be run here\n' >"$TMPDIR/served/broken"
	check "a program that is no scanstep" replay image=app.tar "binary-url=$site/broken" \
		"binary-sha256=$(sha256sum <"$TMPDIR/served/broken" | cut -d ' ' -f 1)"
	check_end "whatever its checksum" failure 7 error
	check_error "a program that is no scanstep"

	mkdir "$TMPDIR/only"
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >>'"'%s'"'\nexec %s "$@"\n' "$TMPDIR/shown" "$(command -v curl)" >"$TMPDIR/only/curl"
	chmod +x "$TMPDIR/only/curl"
	PATH=$TMPDIR/only:$PATH
	check "a token in the address" replay image=app.tar fail-on=critical \
		"binary-url=$site/"'to"ken\canary\\/"scanstep"/scanstep' "binary-sha256=$sum"
	check_end "a token in the address" failure 1 failed
	check_text "curl was run" '^--config$' "$TMPDIR/shown"
	check_no_text "its command line, which all can see, has none of it" 'canary' "$TMPDIR/shown"
	rm -r "$TMPDIR/only" "$TMPDIR/temp/scanstep/bin/scanstep"

	check "a release" replay image=app.tar fail-on=critical "binary-url=$site/to/scanstep" \
		"binary-sha256=$(echo "$sum" | tr a-f A-F)"
	check_end "is fetched and run" failure 1 failed
	echo "$TMPDIR/temp/scanstep/bin" >"$TMPDIR/wanted"
	check_same "and on the PATH of later steps" "$TMPDIR/wanted" "$OUT/path"
	kill "$server"
	trap - EXIT
	check "a second scan of the job" replay image=app.tar "binary-url=$site/scanstep" "binary-sha256=$sum"
	check_end "fetches nothing" success 0 passed
fi

# A checkout whose Makefile has what the action asks of ours; the program that it builds is there already.
rm -rf "$TMPDIR/temp"
check "our Makefile says what the build needs" make -s print-build-packages
check_text "a compiler among it" '\bgcc\b' "$TMPDIR/stdout"
check "and knows the goal" make -n build
mkdir -p "$TMPDIR/checkout/tests"
cp -R action "$TMPDIR/checkout/action"
cat >"$TMPDIR/checkout/Makefile" <<END
print-build-packages:
	@echo one two
build:
	@env >environment
	@cp '$SCANSTEP' scanstep
END
echo 'echo "$@" >>"$(dirname "$0")/../packages"' >"$TMPDIR/checkout/tests/deps.sh"
ACTION=$TMPDIR/checkout/action
export BUILD PREFIX=/nowhere
if command -v scanstep >/dev/null; then
	skip "building" "there is a scanstep on this machine's PATH"
else
	check "nothing but the checkout" replay image=app.tar fail-on=critical
	check_end "is built and scans" failure 1 failed
	printf 'make\none two\n' >"$TMPDIR/wanted"
	check_same "with the packages that it needs" "$TMPDIR/wanted" "$TMPDIR/checkout/packages"
	check_no_text "and without the job's variables" '^BUILD=\|^PREFIX=\|^IN_' "$TMPDIR/checkout/environment"
	mv "$TMPDIR/checkout/Makefile" "$TMPDIR/checkout/Makefile.away"
	check "a second scan of the job" replay image=app.tar
	check_end "builds nothing" success 0 passed
	rm -r "$TMPDIR/temp"
	check "a checkout that is not whole" replay image=app.tar
	check_end "is no scan" failure 7 error
	check_error "a checkout that is not whole"
fi

# ---- What is written about it ----

check "the documents" python3 tests/action_docs.py action
finish
