# shellcheck shell=sh disable=SC2016,SC2317
# What a scan says besides its reports, what it says in them of the distribution's support, and who may read them.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the images, and is not installed"
fi

IMAGE=$TMPDIR/image
SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR
check "an image of five layers" sh tests/mkimage.sh tests/fixtures/image/layers oci gzip "$IMAGE"

# ---- -v, -vv, -q ----

scan()
{
	"$SCANSTEP" scan -o "json=$TMPDIR/r.json" "$@" "$IMAGE"
}

check "without -v" scan
check_no_text "nothing is said of layers" '[0-9] layers\|layer [0-9]' "$TMPDIR/stderr"
check "-v" scan -v
check_text "says how many layers there are" '^scanstep: .*: 5 layers$' "$TMPDIR/stderr"
check_count "and how each was had" 5 '^scanstep: layer [1-5] of 5, sha256:[0-9a-f]\{12\}: known$' "$TMPDIR/stderr"
check "without the cache" scan -v --no-cache
check_count "as many bytes in so many seconds" 5 \
	'^scanstep: layer [1-5] of 5, sha256:[0-9a-f]\{12\}: [0-9.]* KB in [0-9.]* s$' "$TMPDIR/stderr"
check "-vv" scan -vv
check_count "says what each layer held" 5 \
	'^scanstep: layer [1-5]: [0-9]* bytes, [0-9]* entries, [0-9]* files read$' "$TMPDIR/stderr"
check "-q" scan -q
check_same "says nothing" /dev/null "$TMPDIR/stderr"

# ---- Progress, which is for people alone ----

# COMMAND on a terminal; what it wrote over becomes lines of its own
terminal()
{
	python3 tests/terminal.py "$@" | tr '\r' '\n'
}
if python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
	TERM=xterm terminal "$SCANSTEP" scan --no-cache -o "json=$TMPDIR/r.json" "$IMAGE" >"$TMPDIR/seen"
	erase=$(printf '\033\\[K')
	check_text "a terminal sees progress" "^${erase}5 of 5 layers, [0-9.]* KB of [0-9.]* KB, [0-9.]* [KM]B/s" "$TMPDIR/seen"
	tail -n 1 "$TMPDIR/seen" | tr -d '\n' >"$TMPDIR/last"
	check_no_text "which is gone in the end" 'layer' "$TMPDIR/last"
	TERM=xterm terminal "$SCANSTEP" scan -q --no-cache -o "json=$TMPDIR/r.json" "$IMAGE" >"$TMPDIR/seen"
	check_no_text "not with -q" 'layer' "$TMPDIR/seen"
else
	skip "progress on a terminal" "there are no terminals to be had here (no /dev/pts)"
fi
check "no terminal" scan --no-cache
check_no_text "sees no progress" 'layer [0-9]* of\|opening' "$TMPDIR/stderr"

# ---- Who may read what ----

# umask, mode: of reports, after layers were analysed side by side
mode()
{
	rm -rf "$SCANSTEP_CACHE_DIR" "$TMPDIR"/m.*
	check "umask $1" sh -c 'umask "$1"; shift; exec "$@"' sh "$1" \
		"$SCANSTEP" scan -o "json=$TMPDIR/m.json" -o "sarif=$TMPDIR/m.sarif" "$IMAGE"
	find "$TMPDIR"/m.* ! -perm "$2" >"$TMPDIR/other"
	check_same "umask $1: reports have the mode $2" /dev/null "$TMPDIR/other"
	find "$SCANSTEP_CACHE_DIR" -perm /022 >"$TMPDIR/other"
	check_same "umask $1: nobody else may write to the cache" /dev/null "$TMPDIR/other"
}
# What goes wrong between threads goes wrong now and then.
mode 022 0644
mode 022 0644
mode 022 0644
mode 077 0600

# ---- The end of support ----

# What the program's version of the distribution is, and what is said of it.
support()
{
	mkdir -p "$TMPDIR/$1/etc" "$TMPDIR/$1/var/lib/dpkg"
	printf 'ID=debian\n%b\n' "$2" >"$TMPDIR/$1/etc/os-release"
	printf 'Package: one\nStatus: install ok installed\nArchitecture: all\nVersion: 1-1\n\n' >"$TMPDIR/$1/var/lib/dpkg/status"
	"$SCANSTEP" scan --allow-incomplete -o table -o "json=$TMPDIR/$1.json" "rootfs:$TMPDIR/$1" >"$TMPDIR/$1.txt" 2>"$TMPDIR/stderr"
}
support old 'VERSION_ID="9"\nVERSION_CODENAME=stretch\nPRETTY_NAME="Debian GNU/Linux 9 (stretch)"'
check_text "an old release: json" '"kind": "end-of-life"' "$TMPDIR/old.json"
check_text "an old release: since when" 'Debian GNU/Linux 9 (stretch) has had no support since 2022-06-30' "$TMPDIR/old.json"
check_text "an old release: the table" 'has had no support since 2022-06-30' "$TMPDIR/old.txt"
support rolling 'PRETTY_NAME="Debian GNU/Linux trixie/sid"'
check_text "a release without an end: is there" '"name": "one"' "$TMPDIR/rolling.json"
check_no_text "a release without an end: none is told" 'end-of-life' "$TMPDIR/rolling.json"

# ---- The table's last line when nothing was checked ----

support uncovered 'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04"'
check_text "nothing checked: is not said to be clean" \
	'^PASSED: nothing was found, though none of 1 package was checked (starter set only); 1 gap accepted by --allow-incomplete (exit status 0)$' \
	"$TMPDIR/uncovered.txt"
"$SCANSTEP" scan "rootfs:$TMPDIR/uncovered" >"$TMPDIR/uncovered.txt" 2>&1
check_text "nothing checked: what would accept it" \
	'^INCOMPLETE: 1 gap (--allow-incomplete accepts it); none of 1 package was checked (exit status 4)$' \
	"$TMPDIR/uncovered.txt"
mkdir "$TMPDIR/bare"
: >"$TMPDIR/bare/file"
"$SCANSTEP" scan "rootfs:$TMPDIR/bare" >"$TMPDIR/bare.txt" 2>&1
check_text "nothing recognised: what would accept it" \
	'^INCOMPLETE: 1 gap (--allow-empty accepts it); there was no package to judge (exit status 4)$' "$TMPDIR/bare.txt"
# ---- The upgrade that closes a package's findings ----

check "an image with many fixes" sh tests/mkimage.sh tests/fixtures/image/sample oci gzip "$TMPDIR/sample"
check "is scanned" "$SCANSTEP" scan --no-cache --offline -o "json=$TMPDIR/sample.json" "$TMPDIR/sample"
# A line for each finding with a fix: its version and the upgrade, for "compare"; then each package with several upgrades.
python3 - "$TMPDIR/sample.json" >"$TMPDIR/pairs" 2>"$TMPDIR/torn" <<'EOF'
import collections, json, sys

upgrades = collections.defaultdict(set)
fixes = collections.defaultdict(set)
for f in json.load(open(sys.argv[1]))["findings"]:
    key = f["package"]["source_name"], f["package"]["source_version"]
    if f["fixed_version"]:
        upgrades[key].add(f["upgrade_to"])
        fixes[key].add(f["fixed_version"])
        print(f["fixed_version"], f["upgrade_to"], sep="\t")
    elif f["upgrade_to"]:
        print("an upgrade without a fix:", f["id"], file=sys.stderr)
for key in upgrades:
    if len(upgrades[key]) != 1 or not upgrades[key] <= fixes[key]:
        print("not one of its fixes:", key, upgrades[key], file=sys.stderr)
if not any(len(fixes[key]) > 1 for key in fixes):
    print("no package has two fixes: this proves nothing", file=sys.stderr)
EOF
check_same "it is one of its fixes" /dev/null "$TMPDIR/torn"
"$SCANSTEP" compare deb <"$TMPDIR/pairs" >"$TMPDIR/orders"
check_no_text "and none is newer" '[>i]' "$TMPDIR/orders"
check_text "some are older" '<' "$TMPDIR/orders"

finish
