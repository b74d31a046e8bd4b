#!/bin/sh
# The whole suite: runs every unit test and every case, and sums up.
#
#	tests/run.sh BUILD PROGRAM [CASE...]
#
# BUILD/tests/unit/* are cmocka programs, tests/cases/*.sh are scripts (tests/lib.sh); all print TAP. TEST_SCRIPTS
# names others instead (tests/clients/run.sh does): a pattern, of scripts that say what runs them.
# CASE narrows it to names of either ("version", "test_doc"); one that nothing is called is a failure, and nothing
# runs. Quiet but for failures and skips; the last line is "N passed, N failed", with ", N skipped" behind it if
# there were any. JOBS cases run at a time (default: one more than cores, as many wait for servers); those that say so
# in a line "# Takes long." begin first. One that takes longer than CASE_SECONDS (default: 900) is ended, and has failed.

set -u
umask 022
BUILD=$1
case $2 in
/*) SCANSTEP=$2 ;;
*) SCANSTEP=$PWD/$2 ;;
esac
shift 2
export BUILD SCANSTEP

# What the machine's own settings say must not matter.
for v in $(env | sed -n 's/^\(SCANSTEP_[A-Za-z0-9_]*\)=.*/\1/p'); do
	[ "$v" = SCANSTEP_SANDBOX ] || unset "$v"
done
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR SOURCE_DATE_EPOCH NO_COLOR COLUMNS MAKEFLAGS MFLAGS MAKELEVEL
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
LC_ALL=C
TZ=UTC
TERM=dumb
CMOCKA_MESSAGE_OUTPUT=TAP
export LC_ALL TZ TERM CMOCKA_MESSAGE_OUTPUT

work=$(mktemp -d "${TMPDIR:-/tmp}/scanstep-tests.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/results"
touch "$work/long" "$work/list" "$work/names"

# shellcheck disable=SC2086
for t in ${TEST_SCRIPTS:-"$BUILD"/tests/unit/test_* tests/cases/*.sh}; do
	name=${t##*/}
	name=${name%.*}
	case $t in
	*.d | *.o) continue ;;
	esac
	[ -f "$t" ] || continue
	list=$work/list
	grep -qx '# Takes long\.' "$t" 2>/dev/null && list=$work/long
	if [ $# -gt 0 ]; then
		case " $* " in
		*" $name "*) ;;
		*) continue ;;
		esac
	fi
	echo "$t" >>"$list"
	echo "$name" >>"$work/names"
done
# A long one that began last would keep one core from its rest.
cat "$work/long" "$work/list" >"$work/all"
[ -s "$work/all" ] || [ $# -gt 0 ] || echo "there is nothing to run" >"$work/wrong"
for name; do
	grep -qxF -e "$name" "$work/names" || echo "nothing is called \"$name\"" >>"$work/wrong"
done
if [ -s "$work/wrong" ]; then
	sed 's,^,tests/run.sh: ,' "$work/wrong" >&2
	echo "0 passed, $(($(wc -l <"$work/wrong"))) failed"
	exit 1
fi

# One of them: its TAP into results/NAME.tap, its exit status into NAME.status.
cat >"$work/one" <<'EOF'
work=$1 t=$2
name=${t##*/}
name=${name%.*}
TMPDIR=$work/$name.tmp
HOME=$TMPDIR/home
export TMPDIR HOME
mkdir -p "$HOME"
case $t in
*.sh) set -- sh "$t" ;;
*) set -- "$t" ;;
esac
status=0
timeout -k 10 "${CASE_SECONDS:-900}" "$@" >"$work/results/$name.tap" 2>"$work/results/$name.err" </dev/null || status=$?
echo "$status" >"$work/results/$name.status"
chmod -R u+rwx "$TMPDIR" 2>/dev/null
rm -rf "$TMPDIR"
EOF
xargs -P "${JOBS:-$(($(nproc 2>/dev/null || echo 2) + 1))}" -n 1 sh "$work/one" "$work" <"$work/all"

# A case has failed, too, when it says nothing, ends before its plan, or exits with a status of its own accord.
passed=0 failed=0 skipped=0
while read -r t; do
	name=${t##*/}
	name=${name%.*}
	r=$work/results/$name
	status=$(cat "$r.status" 2>/dev/null || echo none)
	counts=$(awk -v name="$name" -v status="$status" '
	/^not ok/ { bad++; run++; show = 1; print name ": " $0 >"/dev/stderr"; next }
	/^ok/ { run++; show = 0
		if ($0 ~ /# *[Ss][Kk][Ii][Pp]/) { skipped++; print name ": " $0 >"/dev/stderr" }
		next }
	/^1\.\.[0-9]+/ { plan = substr($1, 4) + 0; planned = 1; show = 0; next }
	show && /^#/ { print "    " $0 >"/dev/stderr" }
	END {
		if (!planned) why = "ended without its plan"
		else if (plan != run) why = "planned " plan " checks and ran " run + 0
		else if (run == 0) why = "checked nothing"
		else if (status != 0 && bad == 0) why = "all passed, but the status is not 0"
		if (why != "") { bad++; print name ": " why " (exit status " status ")" >"/dev/stderr" }
		good = run - bad - skipped
		print (good < 0 ? 0 : good), bad + 0, skipped + 0
	}' "$r.tap" 2>"$work/told")
	cat "$work/told"
	# shellcheck disable=SC2086
	set -- $counts
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	if [ "$2" -gt 0 ] && [ -s "$r.err" ]; then
		echo "$name: the last lines of its standard error:"
		tail -n 30 "$r.err" | sed 's/^/    /'
	fi
done <"$work/all"

if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
