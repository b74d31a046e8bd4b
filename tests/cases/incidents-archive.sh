# shellcheck shell=sh
# What happened to other programs by an archive, a layer or a tar: each incident is a test here, or its name is part of
# the test that covers it elsewhere, which the list at the end makes sure of.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the archives, and is not installed"
fi

CASE=tests/fixtures/image/layers
SPOOL=$TMPDIR/spool
mkdir "$SPOOL"
grep -v '^#' "$CASE/packages.tsv" | cut -f 1-7 >"$TMPDIR/packages"
for form in docker oci-tar; do
	sh tests/mkimage.sh "$CASE" $form none "$TMPDIR/$form.tar"
done
sh tests/mkimage.sh tests/fixtures/image/alpine docker none "$TMPDIR/other.tar"
cut -f 1-7 tests/fixtures/image/alpine/packages.tsv | grep -v '^#' >"$TMPDIR/packages.other"

scan()
{
	TMPDIR=$SPOOL "$SCANSTEP" scan --no-cache "$@"
}

# what: nothing is left where temporary files are made
nothing_left()
{
	find "$SPOOL" ! -type d >"$TMPDIR/left"
	check_same "$1: no temporary file is left" /dev/null "$TMPDIR/left"
}

# ---- Nothing of an image is ever written to the machine ----

# Everything that a path, a link or a hard link of a layer can be aimed with, at a folder that must stay as it is.
CANARY=$TMPDIR/canary
mkdir "$CANARY"
echo alive >"$CANARY/file"
python3 - "$CANARY" "$TMPDIR" <<'EOF'
import hashlib, io, json, os, sys, tarfile

canary, out = sys.argv[1:]
up = "../" * 40 + canary.lstrip("/")
DATABASE = open("tests/fixtures/image/debian/layer0/var/lib/dpkg/status", "rb").read()
RELEASE = b'ID=debian\nVERSION_ID="12"\n'


def layer(entries):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, what in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755
            if kind == tarfile.REGTYPE:
                info.size = len(what)
                tar.addfile(info, io.BytesIO(what))
            else:
                info.linkname = what
                tar.addfile(info)
    return data.getvalue()


F, L, H, D = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
# As cpio within an RPM, which claircore unpacked.
cpio = b"070701" + b"00000001" * 6 + b"%08x" % 5 + b"0" * 32 + b"%08x" % (len(canary) + 6) + b"0" * 8
layers = [
    layer([("etc/os-release", F, RELEASE), ("var/lib/dpkg/status", F, DATABASE),
           (canary + "/absolute", F, b"x"), (up + "/traversal", F, b"x"), ("a/../" + up + "/inner", F, b"x"),
           (canary + "/file", F, b"dead"), (up + "/file", F, b"dead"),
           ("link", L, canary), ("link/through", F, b"x"), ("up", L, up), ("up/through", F, b"x"),
           ("hard", H, canary + "/file"), ("hard2", H, up + "/file"), ("tmp/evil.rpm", F, b"\xed\xab\xee\xdb" + cpio + b"../../" + canary.encode()),
           (canary + "/.wh.file", F, b""), (up + "/.wh..wh..opq", F, b"")]),
    # The entry that was checked as a folder becomes a link before what is below it comes.
    layer([("swap", D, ""), ("swap/a", F, b"x"), ("swap", L, canary), ("swap/swapped", F, b"x"),
           ("hard", F, b"dead"), ("link/second", F, b"x"), ("link/.wh.file", F, b"")]),
]
open(out + "/layer.tar", "wb").write(layers[0])
diff_ids = ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]
config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()
files = {"c.json": config, "0/layer.tar": layers[0], "1/layer.tar": layers[1],
         "manifest.json": json.dumps([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["0/layer.tar", "1/layer.tar"]}]).encode()}
open(out + "/evil.tar", "wb").write(layer([(n, F, d) for n, d in files.items()]))
# The archive itself aims, too.
open(out + "/evil-outside.tar", "wb").write(layer([(n, F, d) for n, d in files.items()] + [(up + "/outer", F, b"x")]))
open(out + "/evil-links.tar", "wb").write(layer(
    [("blobs", L, canary), ("blobs/outer", F, b"x"), (canary + "/outer", F, b"x")] + [(n, F, d) for n, d in files.items()]))
blobs = {hashlib.sha256(d).hexdigest(): d for d in layers + [config]}
manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:" + hashlib.sha256(config).hexdigest(), "size": len(config)},
    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": i, "size": len(d)} for i, d in zip(diff_ids, layers)]}).encode()
blobs[hashlib.sha256(manifest).hexdigest()] = manifest
os.makedirs(out + "/evil-layout/blobs/sha256")
for name, data in blobs.items():
    open(out + "/evil-layout/blobs/sha256/" + name, "wb").write(data)
json.dump({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json",
    "digest": "sha256:" + hashlib.sha256(manifest).hexdigest(), "size": len(manifest)}]}, open(out + "/evil-layout/index.json", "w"))
open(out + "/evil-layout/oci-layout", "w").write('{"imageLayoutVersion":"1.0.0"}')
EOF

canary()
{
	(cd "$CANARY" && find . -printf '%p %y %l %T@ %m\n' | sort && cat file)
}
canary >"$TMPDIR/canary.before"

# A program that unpacks is stopped by nothing: the layer is what it claims to be.
mkdir "$TMPDIR/unpacked"
tar -C "$TMPDIR/unpacked" -P -xf "$TMPDIR/layer.tar" >"$TMPDIR/log" 2>&1
canary >"$TMPDIR/canary.after"
check_status 1 "the canary dies of tar -P" cmp -s "$TMPDIR/canary.before" "$TMPDIR/canary.after"
rm -rf "$CANARY" "$TMPDIR/unpacked" && mkdir "$CANARY" && echo alive >"$CANARY/file"
canary >"$TMPDIR/canary.before"

# identifiers, reference: it is read, or refused, and the canary lives
harmless()
{
	rm -f "$TMPDIR/report.json"
	got=0
	scan -o "json=$TMPDIR/report.json" "$2" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" || got=$?
	canary >"$TMPDIR/canary.after"
	check_same "$1: the canary is as it was (status $got)" "$TMPDIR/canary.before" "$TMPDIR/canary.after"
	if [ "$got" -ne 3 ]; then
		check_text "$1: the packages are found" '"name": "libssl3"\|"name": "libc6"' "$TMPDIR/report.json"
	fi
	case $got in
	0 | 3 | 4) pass "$1: it ends in order" ;;
	*) fail "$1: it ends in order" <"$TMPDIR/stderr" ;;
	esac
	nothing_left "$1"
}

harmless "CVE-2024-24579, CVE-2025-5981: paths that lead out of a layer" "$TMPDIR/evil.tar"
harmless "CVE-2021-3762: paths that lead out of a root filesystem, and of an RPM in it" "rootfs:$TMPDIR/layer.tar"
harmless "CVE-2026-50162, CVE-2026-50163: links and hard links that lead out of a layout's layers" "$TMPDIR/evil-layout"
harmless "CVE-2025-47290: a folder that becomes a link while it is unpacked" "oci:$TMPDIR/evil-layout"
harmless "CVE-2026-50163: links of the archive itself" "$TMPDIR/evil-links.tar"
harmless "CVE-2024-24579: paths that lead out of the archive" "docker-archive:$TMPDIR/evil-outside.tar"
check_status 3 "CVE-2024-24579: an archive with such a path is refused" scan "docker-archive:$TMPDIR/evil-outside.tar"
check_text "CVE-2024-24579: and it says so" 'has a path with \.\.' "$TMPDIR/stderr"

# ---- Temporary files ----

gzip -c "$TMPDIR/docker.tar" >"$TMPDIR/docker.tar.gz"
for input in docker.tar docker.tar.gz oci-tar.tar; do
	check_status 0 "CVE-2026-33481: $input" scan "$TMPDIR/$input"
	nothing_left "CVE-2026-33481, claircore 9ce4404: $input"
	# shellcheck disable=SC2016  # the inner shell expands them
	check_status 0 "CVE-2026-33481: $input from a pipe" sh -c 'cat "$1" | TMPDIR=$2 "$3" scan --no-cache -' sh \
		"$TMPDIR/$input" "$SPOOL" "$SCANSTEP"
	nothing_left "CVE-2026-33481, claircore 9ce4404: $input from a pipe"
done
head -c 30000 "$TMPDIR/docker.tar.gz" | head -c -20 >"$TMPDIR/cut.tar.gz"
check_status 3 "claircore 3aa0770: an archive that fails" scan "$TMPDIR/cut.tar.gz"
nothing_left "claircore 3aa0770: an archive that fails"

# While it spools, what is spooled has no name that could be left, whatever ends the program.
mkfifo "$TMPDIR/pipe"
for signal in TERM:143 KILL:137; do
	TMPDIR=$SPOOL "$SCANSTEP" scan --no-cache - <"$TMPDIR/pipe" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" &
	pid=$!
	exec 3>"$TMPDIR/pipe"
	# More than a pipe holds: what is beyond was read, and so is on its way to the spool.
	head -c 300000 /dev/zero >&3
	find "$SPOOL" ! -type d >"$TMPDIR/left"
	check_same "claircore 9ce4404: what is spooled has no name" /dev/null "$TMPDIR/left"
	kill -s "${signal%:*}" "$pid"
	got=0
	wait "$pid" || got=$?
	exec 3>&-
	check "claircore 9ce4404: SIG${signal%:*} ends it" test "$got" -eq "${signal#*:}"
	nothing_left "CVE-2026-33481, claircore 9ce4404: SIG${signal%:*}"
done

# A reader of layers that is killed, amid a layer that takes a while.
python3 tests/long_layer.py >"$TMPDIR/long.tar.zst"
cat >"$TMPDIR/kill_reader.py" <<'EOF'
"""Starts a scan, kills the process that reads its layer (scan, helper, minder, reader), and ends with the scan's status."""
import os, signal, subprocess, sys, time

def children(of):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == of and fields[0] not in "ZX":
            found.append(int(name))
    return found

scan = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
for _ in range(1200):
    readers = [r for helper in children(scan.pid) for minder in children(helper) for r in children(minder)]
    if readers or scan.poll() is not None:
        break
    time.sleep(0.05)
if not readers:
    scan.kill()
    sys.exit("no reader was seen")
os.kill(readers[-1], signal.SIGKILL)
sys.exit(scan.wait())
EOF
if [ -r /proc/self/stat ]; then
	check_status 4 "claircore 3aa0770: a reader that is killed is a gap" env "TMPDIR=$SPOOL" python3 "$TMPDIR/kill_reader.py" \
		"$SCANSTEP" scan --no-cache -o "json=$TMPDIR/report.json" "rootfs:$TMPDIR/long.tar.zst"
	check_text "claircore 3aa0770: and the report says so" '"reason": "the analysis ' "$TMPDIR/report.json"
	nothing_left "claircore 3aa0770: a reader that is killed"
else
	skip "claircore 3aa0770: a reader that is killed" "there is no /proc"
fi

# Two scans that are both process 1, each in its own container, with one TMPDIR: both spool at the same time.
mkfifo "$TMPDIR/one" "$TMPDIR/two"
if unshare --pid --fork true 2>/dev/null; then
	namespace="unshare --pid --fork"
else
	namespace=
	skip "trivy c8d1d0d: two scans that are process 1" "no process namespace can be made here"
fi
for place in one two; do
	# shellcheck disable=SC2086  # words
	env "TMPDIR=$SPOOL" $namespace "$SCANSTEP" scan --no-cache -o "json=$TMPDIR/$place.json" - \
		<"$TMPDIR/$place" >"$TMPDIR/$place.out" 2>&1 &
done
exec 3>"$TMPDIR/one" 4>"$TMPDIR/two"
head -c 5000 "$TMPDIR/docker.tar" >&3
head -c 5000 "$TMPDIR/other.tar" >&4
tail -c +5001 "$TMPDIR/docker.tar" >&3
tail -c +5001 "$TMPDIR/other.tar" >&4
exec 3>&- 4>&-
wait
python3 tests/packages.py "$TMPDIR/one.json" --no-layers >"$TMPDIR/got" 2>&1
check_same "trivy c8d1d0d: two scans with one TMPDIR: the first has its packages" "$TMPDIR/packages" "$TMPDIR/got"
python3 tests/packages.py "$TMPDIR/two.json" --no-layers >"$TMPDIR/got" 2>&1
check_same "trivy c8d1d0d: two scans with one TMPDIR: the second has its packages" "$TMPDIR/packages.other" "$TMPDIR/got"
nothing_left "trivy c8d1d0d: two scans with one TMPDIR"

# ---- No crash and no damage ends with 0 and less than there is ----

for layer in 0 1 2 3 4; do
	check_status 4 "CVE-2026-44310: layer $layer crashes its reader" env "SCANSTEP_DEBUG_CRASH_LAYER=$layer" \
		"$SCANSTEP" scan --no-cache "$TMPDIR/docker.tar"
done
nothing_left "CVE-2026-44310: crashes"

cat >"$TMPDIR/damage.py" <<'EOF'
"""Damages an archive in ways that a seed gives: each scan must be refused, incomplete, or find the same packages."""
import json, os, random, subprocess, sys

program, archive, report, count = sys.argv[1:]
good = open(archive, "rb").read()

def scan(data):
    open(report + ".tar", "wb").write(data)
    if os.path.exists(report):
        os.unlink(report)
    status = subprocess.run([program, "scan", "--no-cache", "-q", "-o", "json=" + report, report + ".tar"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    packages = None
    if os.path.exists(report):
        packages = sorted((p["type"], p["name"], p["version"]) for p in json.load(open(report))["packages"])
    return status, packages

status, wanted = scan(good)
assert status == 0 and wanted, status
seen = {}
for seed in range(int(count)):
    r = random.Random(seed)
    data = bytearray(good)
    kind = r.choice(["bit", "bytes", "zeros", "cut", "drop", "twice", "header"])
    at = r.randrange(len(data))
    if kind == "bit":
        data[at] ^= 1 << r.randrange(8)
    elif kind == "bytes":
        data[at : at + 8] = r.randbytes(8)
    elif kind == "zeros":
        data[at : at + 512] = bytes(len(data[at : at + 512]))
    elif kind == "cut":
        del data[at:]
    elif kind == "drop":
        del data[at // 512 * 512 : at // 512 * 512 + 512]
    elif kind == "twice":
        data[at:at] = data[at : at + 512]
    else:
        place = at // 512 * 512 + r.choice([124, 130, 148, 156, 257, 345])
        data[place : place + 1] = bytes([r.randrange(256)])
    status, packages = scan(bytes(data))
    seen[status] = seen.get(status, 0) + 1
    if status not in (0, 3, 4) or (status == 0 and packages != wanted):
        print("seed %d, %s at byte %d: status %d, packages %s" % (seed, kind, at, status, packages))
print("statuses: %s" % sorted(seen.items()), file=sys.stderr)
EOF
seeds=150
sanitized && seeds=50
for input in docker oci-tar; do
	python3 "$TMPDIR/damage.py" "$SCANSTEP" "$TMPDIR/$input.tar" "$TMPDIR/damaged" "${DAMAGE_SEEDS:-$seeds}" >"$TMPDIR/wrong" 2>"$TMPDIR/seen"
	check_text "CVE-2026-39395: damage to an archive, $input: most is refused" '^statuses: .*(3, [0-9]' "$TMPDIR/seen"
	check_same "CVE-2026-39395: damage to an archive, $input: none ends with 0 and other packages" /dev/null "$TMPDIR/wrong"
done

# ---- Those whose test stands elsewhere, and carries the name ----

while read -r file incident; do
	[ "$file" ] || continue
	check "$incident is tested by tests/$file" grep -q -F -e "$incident" "tests/$file"
done <<'EOF'
fixtures/archive/cases.tsv CVE-2021-41190
fixtures/archive/cases.tsv CVE-2024-3727
fixtures/archive/cases.tsv CVE-2023-25153
fixtures/archive/cases.tsv CVE-2020-1702
fixtures/archive/cases.tsv ggcr f4396242
fixtures/archive/cases.tsv ggcr 7f937fe5
fixtures/archive/cases.tsv moby #47065
builders.py moby #47065
builders.py moby #47072
builders.py moby #47210
hostile_layers.py CVE-2021-29136
hostile_layers.py CVE-2022-2879
hostile_layers.py CVE-2023-30551
hostile_layers.py CVE-2024-26256
hostile_layers.py CVE-2024-57970
hostile_layers.py CVE-2025-58183
hostile_layers.py CVE-2025-61728
hostile_layers.py CVE-2026-31961
hostile_layers.py CVE-2026-32288
hostile_layers.py CVE-2026-4111
hostile_layers.py CVE-2026-48702
hostile_layers.py CVE-2026-54448
hostile_layers.py claircore 8121da3
hostile_layers.py libarchive 40b92de
hostile_layers.py libarchive 51287ce
hostile_layers.py libarchive f93abd1
hostile_layers.py stereoscope c49e20f
EOF
finish
