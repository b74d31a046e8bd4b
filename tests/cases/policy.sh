# shellcheck shell=sh disable=SC2086
# Settings that decide a finding's standing: each line of tests/fixtures/policy/settings.tsv on a finding of each
# severity and each state of a fix, in a scan and in a gate alike; and how reports tell of it.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the reports, and is not installed"
fi

SOURCE_DATE_EPOCH=1795334400
SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SOURCE_DATE_EPOCH SCANSTEP_CACHE_DIR
STATES=$TMPDIR/states.json
GOT=$TMPDIR/got.json
python3 -B tests/reports/states.py make >"$STATES"
grep -v '^#' tests/fixtures/policy/settings.tsv >"$TMPDIR/settings"

# gate STATUS NAME REPORT SETTINGS...: the report judged, in $GOT.
gate()
{
	status=$1 name=$2 report=$3
	shift 3
	check_status "$status" "$name" "$SCANSTEP" gate "$@" -o "json=$GOT" "$report"
}

# ---- A gate ----

tab=$(printf '\t')
while IFS=$tab read -r settings status grids; do
	[ "$settings" != - ] || settings=
	gate "$status" "gate $settings: the status" "$STATES" $settings
	echo "$grids" >"$TMPDIR/wanted"
	python3 -B tests/reports/states.py standings <"$GOT" >"$TMPDIR/standings"
	check_same "gate $settings: the standings" "$TMPDIR/wanted" "$TMPDIR/standings"
done <"$TMPDIR/settings"

gate 1 "a variable" "$STATES" --fail-on high
SCANSTEP_FAIL_ON=high SCANSTEP_UNKNOWN=pass SCANSTEP_ONLY_FIXED=1 gate 1 "three variables" "$STATES"
cp "$GOT" "$TMPDIR/flags.json"
gate 1 "and their flags" "$STATES" --fail-on high --unknown pass --only-fixed
check_same "are the same" "$GOT" "$TMPDIR/flags.json"
SCANSTEP_FAIL_ON=high SCANSTEP_IGNORE_STATUS=unfixed,fix_deferred,end_of_life,not_affected gate 1 "a list" "$STATES"
check_count "of two states of ours accepts twelve" 12 '"standing": "allowed"' "$GOT"
check_status 2 "no status" "$SCANSTEP" gate --ignore-status open "$STATES"
check_text "and which there are" "'open' is not fixed, unfixed, wont-fix or unknown, nor a status of Trivy" "$TMPDIR/stderr"
check_status 2 "neither" "$SCANSTEP" gate --unknown ignore "$STATES"

# ---- A scan: the same reports, byte by byte, as a gate makes of the scan without settings ----

ROOT=$TMPDIR/root
mkdir -p "$ROOT/etc" "$ROOT/var/lib/dpkg"
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >"$ROOT/etc/os-release"
for package in "libssl3 3.0.11-1~deb12u1 openssl" "zlib1g 1:1.2.13.dfsg-1 zlib"; do
	set -- $package
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\nSource: %s\n\n' "$@"
done >"$ROOT/var/lib/dpkg/status"
check "a database" "$SCANSTEP" db build --from tests/fixtures/db/feeds

# scanned STATUS NAME FILE SETTINGS...
scanned()
{
	status=$1 name=$2 file=$3
	shift 3
	check_status "$status" "$name" "$SCANSTEP" scan --offline "$@" -o "json=$file" "rootfs:$ROOT"
}

scanned 0 "a scan" "$TMPDIR/scan.json"
check_count "finds four" 4 '"standing": "open"' "$TMPDIR/scan.json"
while IFS=$tab read -r settings _; do
	[ "$settings" != - ] || continue
	"$SCANSTEP" gate $settings -o "json=$GOT" "$TMPDIR/scan.json" >"$TMPDIR/stdout" 2>&1
	scanned $? "scan $settings: the status" "$TMPDIR/scanned.json" $settings
	check_same "scan $settings: what the gate says" "$GOT" "$TMPDIR/scanned.json"
done <"$TMPDIR/settings"

# ---- What was decided, and by what ----

# decided SETTING PACKAGE: why and by what its finding is accepted
decided()
{
	gate 1 "$1" "$STATES" --fail-on high $1
	python3 -B tests/reports/states.py decision "$2" <"$GOT" >"$TMPDIR/decided"
	echo "$3" >"$TMPDIR/wanted"
	check_same "$1: why $2 is accepted, and by what" "$TMPDIR/wanted" "$TMPDIR/decided"
}

decided --only-fixed unfixed-low "no fix is released yet, --only-fixed"
decided --only-fixed wont-fix-high "its publisher will not fix it, --only-fixed"
decided --only-fixed unknown-unknown "whether there is a fix is not known, --only-fixed"
decided "--ignore-status affected" unfixed-high "no fix is released yet, --ignore-status unfixed"
decided "--ignore-status end_of_life" wont-fix-low "its publisher will not fix it, --ignore-status wont-fix"
decided "--ignore-status fixed" fixed-critical "a fix is released, --ignore-status fixed"

# An allow-list's entry comes first, and is used.
echo '- {id: CVE-2024-1011, reason: not reachable, owner: platform team}' >"$TMPDIR/allow.yml"
gate 1 "an allow-list and a setting" "$STATES" --fail-on high --only-fixed --allowlist "$TMPDIR/allow.yml"
check_count "the entry covers its finding" 1 '"reason": "not reachable"' "$GOT"
check_count "the setting the others" 17 '"source": "--only-fixed"' "$GOT"
check_no_text "no entry is unused" allowlist-unused "$GOT"

# A file is one whatever it is called.
cp "$TMPDIR/allow.yml" "$TMPDIR/--mine.yml"
(cd "$TMPDIR" && SCANSTEP_ALLOWLIST=--mine.yml "$SCANSTEP" gate --only-fixed -o "json=$GOT" "$STATES") >"$TMPDIR/stdout" 2>&1
check_text "a list that is called like a setting" '"source": "--mine.yml"' "$GOT"
check_count "is the file that it is" 1 '"by": "file"' "$GOT"
check_count "and the setting as one" 17 '"by": "setting"' "$GOT"
check "the same in words" "$SCANSTEP" convert -o openvex=- "$GOT"
check_text "names the file as one" 'accepted: not reachable (platform team, in --mine.yml)' "$TMPDIR/stdout"
check_no_text "and not as a setting" 'by --mine.yml' "$TMPDIR/stdout"

# ---- Judged again ----

gate 1 "unknown passes" "$STATES" --fail-on high --unknown pass --ignore-status unfixed
cp "$GOT" "$TMPDIR/stored.json"
gate 1 "judged again by the same" "$TMPDIR/stored.json" --fail-on high --unknown pass --ignore-status unfixed
check_same "is the same report" "$TMPDIR/stored.json" "$GOT"
check_text "the policy is stored" '"unknown": "pass"' "$GOT"
gate 1 "judged again without" "$TMPDIR/stored.json" --fail-on high
check_no_text "nothing of it is left" 'unknown-passes\|--ignore\|"allowed",' "$GOT"
gate 0 "and without a threshold" "$TMPDIR/stored.json" --unknown pass
check_no_text "nothing passes for it" unknown-passes "$GOT"

# ---- How reports tell of it ----

UNKNOWN=tests/fixtures/report/unknown-severity.json
gate 1 "unknown severity fails" "$UNKNOWN" --fail-on critical
gate 0 "unless it passes" "$UNKNOWN" --fail-on critical --unknown pass
cp "$GOT" "$TMPDIR/passing.json"
gate 0 "and so may what has no fix" "$STATES" --only-fixed --ignore-status fixed --fail-on high
cp "$GOT" "$TMPDIR/accepted.json"

# in_text FORMAT REPORT: the report in the format, on one line, in $TMPDIR/line
in_text()
{
	check "$1: ${2##*/}" "$SCANSTEP" convert -o "$1=-" "$2"
	tr '\n' ' ' <"$TMPDIR/stdout" | sed 's/<[^>]*>//g; s/  */ /g' >"$TMPDIR/line"
}

for format in table json sarif gitlab html markdown csv jenkins github junit; do
	in_text "$format" "$TMPDIR/passing.json"
	check_text "$format: says what passes" \
		'unknown pass: [0-9]* findings\{0,1\} of unknown severity do\(es\)\{0,1\} not fail the build' "$TMPDIR/line"
done
check "the table" "$SCANSTEP" convert "$TMPDIR/passing.json"
check_text "and why it passed" '^PASSED: no open finding reaches --fail-on critical (exit status 0)$' "$TMPDIR/stdout"
for format in table markdown junit openvex cyclonedx; do
	in_text "$format" "$TMPDIR/accepted.json"
	check_text "$format: a setting is no file" 'accepted: no fix is released yet (by --only-fixed)' "$TMPDIR/line"
	check_no_text "$format: and has no end" '(until\|, until' "$TMPDIR/line"
done
in_text html "$TMPDIR/accepted.json"
check_text "html: a setting is no file" 'accepted: no fix is released yet, by --only-fixed' "$TMPDIR/line"
check_no_text "html: and has neither owner nor end" 'no owner\|no end\|said in' "$TMPDIR/line"
check_text "html: the policy" '--fail-on high, --only-fixed, --ignore-status fixed' "$TMPDIR/line"
in_text markdown "$TMPDIR/accepted.json"
check_text "markdown: the policy" '--fail-on high, --only-fixed, --ignore-status fixed' "$TMPDIR/line"
in_text junit "$TMPDIR/accepted.json"
check_text "junit: all are skipped" 'skipped="24"' "$TMPDIR/stdout"
finish
