# shellcheck shell=sh disable=SC2016
# What the container image holds, what it says of itself, and that its program and its shell run.
. tests/lib.sh

# The promise of the README.
LIMIT=15000000

inside()
{
	sh tests/container/inside.sh "$@"
}

# CONTAINER_FILES: mode, owner, kind, size, path, target of every file.

# ---- Size ----

size=$(awk '$3 == "f" { sum += $4 } END { print sum }' "$CONTAINER_FILES")
layers=$(find "$CONTAINER_OCI/blobs" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
echo "# $size bytes of files; $layers bytes compressed, as they are pulled"
check "all files together are below $LIMIT bytes" [ "$size" -lt "$LIMIT" ]
check "and not absurdly few" [ "$size" -gt 5000000 ]

# ---- Who may do what ----

awk '$1 ~ /^[2467]...$/ && !($3 == "d" && $1 == 1777)' "$CONTAINER_FILES" >"$TMPDIR/setuid"
check_same "no setuid or setgid file" /dev/null "$TMPDIR/setuid"
awk '$2 != "0:0"' "$CONTAINER_FILES" >"$TMPDIR/owned"
check_same "every file is root's" /dev/null "$TMPDIR/owned"
awk '$3 != "l" && $1 ~ /[2367]$/ { print $1, $3, $5 }' "$CONTAINER_FILES" >"$TMPDIR/writable"
printf '1777 d ./cache\n1777 d ./result\n1777 d ./tmp\n' >"$TMPDIR/wanted"
check_same "others may write to three folders alone" "$TMPDIR/wanted" "$TMPDIR/writable"
awk '$3 != "l" && $3 != "d" && $1 ~ /[1357]/ { print $5 }' "$CONTAINER_FILES" >"$TMPDIR/programs"
printf './usr/bin/%s\n' busybox nohup scanstep >"$TMPDIR/wanted"
check_same "three programs, none of which is a package manager" "$TMPDIR/wanted" "$TMPDIR/programs"
awk '$3 !~ /^[dfl]$/' "$CONTAINER_FILES" >"$TMPDIR/devices"
check_same "no devices, pipes and sockets" /dev/null "$TMPDIR/devices"
check_no_text "no library" '\.so\|ld-linux' "$CONTAINER_FILES"
for p in busybox scanstep; do
	ldd "$CONTAINER_ROOT/usr/bin/$p" >"$TMPDIR/ldd" 2>&1
	check_text "$p needs none" 'statically linked\|not a dynamic executable' "$TMPDIR/ldd"
done
find "$CONTAINER_ROOT/usr/bin" -type l | while read -r l; do
	[ -e "$l" ] || echo "$l"
done >"$TMPDIR/broken"
check_same "no link leads nowhere" /dev/null "$TMPDIR/broken"
grep -rlaE 'BEGIN [A-Z ]*PRIVATE KEY|://[^/@ ]*:[^/@ ]*@' "$CONTAINER_ROOT/etc" "$CONTAINER_ROOT/var" >"$TMPDIR/secrets"
check_same "no secret among the settings" /dev/null "$TMPDIR/secrets"

# ---- What it says of itself ----

config()
{
	python3 -c '
import json, sys
config = json.load(open(sys.argv[1]))["OCIv1"]["config"]
for name, value in config.get("Labels", {}).items():
    print("label", name, value)
for name in ("User", "WorkingDir", "Env", "Entrypoint", "Cmd", "Volumes", "ExposedPorts"):
    print(name, json.dumps(config.get(name)))
' "$CONTAINER_CONFIG"
}
config >"$TMPDIR/config"
version=$(sed -n 's/^#define SCANSTEP_VERSION "\(.*\)"$/\1/p' step/release.h)
label='^label org\.opencontainers\.image'
check_text "its title" "$label.title scanstep\$" "$TMPDIR/config"
check_text "its version, that of the program" "$label.version $version\$" "$TMPDIR/config"
check_text "its licence" "$label.licenses Apache-2\.0\$" "$TMPDIR/config"
check_text "its description" "$label.description .* vulnerabilities" "$TMPDIR/config"
check_text "a user who is not root, by number" '^User "1000:1000"$' "$TMPDIR/config"
check_text "the program is its entrypoint" '^Entrypoint \["scanstep"\]$' "$TMPDIR/config"
check_text "and finds out by itself what to do" '^Cmd \["ci"\]$' "$TMPDIR/config"
check_text "it works where reports go" '^WorkingDir "/result"$' "$TMPDIR/config"
check_text "no variable but these" '^Env \["PATH=/usr/bin:/bin", "SCANSTEP_CACHE_DIR=/cache"\]$' "$TMPDIR/config"
check_text "no volume that an engine would leave behind" '^Volumes null$' "$TMPDIR/config"
check_text "no port" '^ExposedPorts null$' "$TMPDIR/config"

# ---- Licences, and a scan of the image itself ----

for p in "$CONTAINER_ROOT"/var/lib/dpkg/status.d/*; do
	[ -s "$CONTAINER_ROOT/usr/share/doc/${p##*/}/copyright" ] || echo "${p##*/}"
done >"$TMPDIR/unlicensed"
check_same "the licence of everything in it" /dev/null "$TMPDIR/unlicensed"
check "and its own" cmp LICENSE "$CONTAINER_ROOT/usr/share/doc/scanstep/copyright"
check "it scans itself, from outside" env SCANSTEP_CACHE_DIR="$TMPDIR/cache" "$SCANSTEP" scan --fail-on none \
	-o "json=$TMPDIR/json" "oci:$CONTAINER_OCI"
for p in openssl curl libisal libarchive glibc zlib busybox; do
	check_text "and finds what it is made of: $p" "\"source_name\": \"$p\"" "$TMPDIR/json"
done

# ---- It runs ----

check "--version" inside -- --version
check_text "which is this one" "^scanstep $version\$" "$TMPDIR/stdout"
check "GitLab's way, by the shell" inside --raw -- sh -c 'scanstep --version'
check_text "it is found there" "^scanstep $version\$" "$TMPDIR/stdout"
check "who it is" inside --raw -- sh -c 'echo "$(whoami) $(id -u):$(id -g) $(pwd)"; id'
check_text "the user and folder of the image" '^scanstep 1000:1000 /result$' "$TMPDIR/stdout"
check "what pipelines' shells need" inside --raw -- sh -euc '
	for p in [ base64 cat chmod cp date env grep gzip head kill ls mkdir mktemp mv nohup ps rm sed sha256sum sleep sort \
		tail tar tee test timeout touch tr true uname wc xargs; do
		command -v "$p" >/dev/null || { echo "there is no $p" >&2; exit 1; }
	done
	echo "echo decoded \$1" | base64 | base64 -d | sh -s x
	nohup env -i sh -c "echo from nohup"
	/usr/bin/env sh -c "/bin/sh -c true"
	test "$(printf "%s\n" b a | sort | head -n 1)" = a'
check_text "a script out of base64, as Woodpecker sends it" '^decoded x$' "$TMPDIR/stdout"
check_text "a command that stays, as Jenkins starts it" '^from nohup$' "$TMPDIR/stdout"
check_status 1 "the root cannot be written to" inside --raw -- sh -c 'true >/result/x || true >/tmp/x || true >/cache/x'
check_text "it is read-only" 'Read-only file system' "$TMPDIR/stderr"

finish
