# SIGINT and SIGTERM end a scan with 130 and 143 and leave nothing behind; a closed pipe is an error of writing.
. tests/lib.sh

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
check "no unfinished file" test -z "$(find "$TMPDIR/reports" -type f ! -name r.json)"
finish
