# shellcheck shell=sh disable=SC2317
# SIGINT and SIGTERM end a scan with 130 and 143 and leave neither files nor processes behind; a closed pipe is an error of writing.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 starts the programs, and is not installed"
fi

mkfifo "$TMPDIR/in"
mkdir "$TMPDIR/spool" "$TMPDIR/reports"

# A scan that waits for the rest of standard input. More than a pipe holds was written when the signal is
# sent, so that the scan is known to read.
for signal in TERM:143 INT:130; do
	env "TMPDIR=$TMPDIR/spool" "$SCANSTEP" scan -o "json=$TMPDIR/reports/r.json" - <"$TMPDIR/in" 2>"$TMPDIR/stderr" &
	pid=$!
	exec 3>"$TMPDIR/in"
	head -c 300000 /dev/zero >&3
	kill -s "${signal%:*}" "$pid"
	got=0
	wait "$pid" || got=$?
	exec 3>&-
	check "SIG${signal%:*} ends it with ${signal#*:}" test "$got" -eq "${signal#*:}"
	check "SIG${signal%:*} leaves no file" test -z "$(find "$TMPDIR/spool" "$TMPDIR/reports" -type f)"
done

# ---- Processes: the helper, and those that read layers. ----

# A program of a name that nothing else has, where another user gets at it.
open=$(mktemp -d /tmp/scanstep-signals.XXXXXX)
program=sst-${open##*.}
# Its processes, without those that have ended and whom nobody has asked about yet.
processes()
{
	cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) ($program) [^ZX] .*/\1/p"
}
kill_all()
{
	for p in $(processes); do
		kill -KILL "$p" 2>/dev/null
	done
}
trap 'kill_all; rm -rf "$open"' EXIT
chmod 0755 "$open"
mkdir "$open/spool"
chmod 1777 "$open/spool"
cp "$SCANSTEP" "$open/$program"
# Whoever reads it is busy for a while.
python3 tests/long_layer.py >"$open/long.tar.zst"
cat >"$open/as.py" <<'EOF'
import os, sys
user = int(sys.argv[1])
if user != os.getuid():
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
os.execv(sys.argv[2], sys.argv[2:])
EOF

# Waits up to a minute until there are so many processes at least, or "none".
wait_for()
{
	tries=600
	while [ $tries -gt 0 ]; do
		count=$(processes | wc -l)
		if [ "$1" = none ]; then
			[ "$count" -gt 0 ] || return 0
		elif [ "$count" -ge "$1" ]; then
			return 0
		fi
		sleep 0.1
		tries=$((tries - 1))
	done
	return 1
}

none_left()
{
	if wait_for none; then
		pass "$1"
	else
		for p in $(processes); do cat "/proc/$p/status"; done >"$TMPDIR/why" 2>/dev/null
		fail "$1" <"$TMPDIR/why"
		kill_all
	fi
}

# what, SIGNAL:STATUS, process: it ends so, and no other is left
ended()
{
	kill -s "${2%:*}" "$3"
	got=0
	wait "$3" || got=$?
	check "$1: ${2#*:}" test "$got" -eq "${2#*:}"
	none_left "$1: no process is left"
}

users=$(id -u)
if ! [ -r /proc/self/stat ]; then
	skip "processes" "there is no /proc"
	users=
elif [ "$users" = 0 ]; then
	users="0 65534"
else
	skip "processes of another user" "only root can start them"
fi
for user in $users; do
	for signal in TERM:143 INT:130; do
		what="SIG${signal%:*} to user $user's scan"

		TMPDIR=$open/spool python3 "$open/as.py" "$user" "$open/$program" scan --no-cache - <"$TMPDIR/in" >/dev/null 2>&1 &
		pid=$!
		exec 3>"$TMPDIR/in"
		head -c 300000 /dev/zero >&3
		check "$what of a pipe: the helper is there" wait_for 2
		ended "$what of a pipe" "$signal" "$pid"
		exec 3>&-

		python3 "$open/as.py" "$user" "$open/$program" scan --no-cache "rootfs:$open/long.tar.zst" >/dev/null 2>&1 &
		pid=$!
		check "$what: layers are under way" wait_for 4
		# Stopped, they notice nothing by themselves: that they end must not need it.
		for p in $(processes); do
			[ "$p" = "$pid" ] || kill -STOP "$p"
		done
		ended "$what" "$signal" "$pid"
	done
done

# Standard output is a pipe that nobody reads.
cat >"$TMPDIR/closed.py" <<'EOF'
import os, signal, subprocess, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.call(sys.argv[1:], stdout=w, stdin=subprocess.DEVNULL))
EOF
sh tests/mkimage.sh tests/fixtures/image/alpine rootfs none "$TMPDIR/alpine.tar"
check_status 6 "help into a closed pipe" python3 "$TMPDIR/closed.py" "$SCANSTEP" --help
check_text "help into a closed pipe says so" 'standard output' "$TMPDIR/stderr"
check_status 6 "a report into a closed pipe" python3 "$TMPDIR/closed.py" "$SCANSTEP" scan "rootfs:$TMPDIR/alpine.tar"
check_status 6 "a report into a closed pipe does not harm the other" python3 "$TMPDIR/closed.py" \
	"$SCANSTEP" scan -o table -o "json=$TMPDIR/reports/r.json" "rootfs:$TMPDIR/alpine.tar"
if [ -e "$TMPDIR/reports/r.json" ]; then
	check "the other is whole" python3 -m json.tool "$TMPDIR/reports/r.json"
fi

# A file that may not grow to the size of the report.
check_status 6 "a file size limit" sh -c 'ulimit -f 1; exec "$@"' sh "$SCANSTEP" convert \
	tests/golden/json/many.json -o "json=$TMPDIR/reports/large.json"
check_text "which has its sentence" 'large.json' "$TMPDIR/stderr"
check "no unfinished file" test -z "$(find "$TMPDIR/reports" -type f ! -name r.json)"
finish
