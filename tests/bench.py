"""The work of bench.sh: bench.py PROGRAM FOLDER ROUNDS REGISTRY APART

Each round runs every subject once, one after the other; a figure is the median over the rounds, and a ratio is
to "gzip -dc" of the same layer in the same run. The limit is the program's own decoder to nowhere. APART is the
address of the same registry on the upper half of the processors, or empty where there is only one.
"""

import gzip
import hashlib
import io
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

program, folder, rounds, registry, apart = (
    os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5])
LAYERS = 12
os.environ["SCANSTEP_CACHE_DIR"] = os.path.abspath(folder + "/cache")


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)


def layout(name, tars, compress):
    """An OCI layout of these layers; returns its path and its compressed layers."""
    root = os.path.join(folder, name)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root + "/blobs/sha256")
    paths = []

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        path = root + "/blobs/sha256/" + digest
        with open(path, "wb") as f:
            f.write(data)
        if "layer" in kind:
            paths.append(path)
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest, "size": len(data)}

    layers = [blob(compress(t), "layer.v1.tar+gzip") for t in tars]
    config = {"architecture": "amd64", "os": "linux", "config": {},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(t).hexdigest() for t in tars]}}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": layers}
    write_json(root + "/index.json", {"schemaVersion": 2, "manifests": [
        blob(json.dumps(manifest).encode(), "manifest.v1+json")]})
    write_json(root + "/oci-layout", {"imageLayoutVersion": "1.0.0"})
    return root, paths


def small_root():
    """A few of the big root's files, with its database: about as large as Alpine."""
    out = os.path.join(folder, "small.tar")
    with tarfile.open(folder + "/debian.tar") as big, tarfile.open(out, "w") as small:
        size = 0
        for member in big:
            wanted = member.name.endswith(("lib/dpkg/status", "os-release"))
            if wanted or (member.isfile() and "/bin/" in member.name and size < 8_000_000):
                size += member.size
                small.addfile(member, big.extractfile(member) if member.isfile() else None)
    with open(out, "rb") as f:
        return f.read()


def many_layers():
    """The files of the larger root in twelve tars of about one size, the folders and the database in the first."""
    files = [io.BytesIO() for _ in range(LAYERS)]
    tars = [tarfile.open(fileobj=f, mode="w") for f in files]
    sizes = [0] * LAYERS
    with tarfile.open(folder + "/compiler.tar") as root:
        for member in root:
            base = not member.isfile() or member.name.endswith(("lib/dpkg/status", "os-release"))
            i = 0 if base or member.islnk() else sizes.index(min(sizes))
            sizes[i] += member.size
            tars[i].addfile(member, root.extractfile(member) if member.isfile() else None)
    for t in tars:
        t.close()
    return [f.getvalue() for f in files]


def once(name, make):
    """What make() returns, a path and a list, from an earlier run if there was one."""
    record = folder + "/" + name + ".json"
    if not os.path.exists(record):
        write_json(record, make())
    with open(record, encoding="utf-8") as f:
        return json.load(f)


def push(layout_path, name):
    """What both registries are to have: they keep it in one folder."""
    subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "oci:" + layout_path,
                    "docker://%s/%s" % (registry, name)], check=True)


def transfer(paths):
    """The same blobs out of the registry to nowhere."""
    urls = ["http://%s/v2/bench/many/blobs/sha256:%s" % (registry, os.path.basename(p)) for p in paths]
    return ["curl", "-sf"] + [a for u in urls for a in ("-o", "/dev/null", u)]


def beside(command, other):
    """Both at once, until both have ended; fails when either does."""
    return ["sh", "-c", '%s & %s; status=$?; wait $! && exit $status' % (shlex.join(other), shlex.join(command))]


def lower_half(command):
    """On the processors that APART does not have."""
    return ["taskset", "-c", "0-%d" % (os.cpu_count() // 2 - 1)] + command


def database():
    tracker = {"package%d" % p: {"CVE-2024-%d" % (p * 10 + c): {
        "releases": {"bookworm": {"status": "resolved", "fixed_version": "1.0-1", "urgency": "medium"}}}
        for c in range(10)} for p in range(500)}
    write_json(folder + "/tracker.json", tracker)
    subprocess.run([program, "db", "build", "--from", folder + "/tracker.json", "--db", folder + "/bench.sqlite"],
                   check=True, stdout=subprocess.DEVNULL)


def check_ended(command, status, said):
    """What fails at once would be the fastest: no figure is made of it. None of the scans finds anything."""
    if status != 0:
        said.seek(0)
        sys.stderr.buffer.write(said.read())
        sys.exit("bench: status %d of: %s" % (status, shlex.join(command)))


def resident(pid, peak):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
            children = [int(c) for c in f.read().split()]
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            for line in f:
                if line.startswith("VmHWM"):
                    peak[pid] = int(line.split()[1])
    except (OSError, ValueError):
        return
    for c in children:
        resident(c, peak)


def watched(command, look, pause):
    """Calls look(pid) again and again while it runs."""
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as p:
        while p.poll() is None:
            look(p.pid)
            time.sleep(pause)
        check_ended(command, p.returncode, said)


def most_memory(command):
    """The largest process in MiB, helper and children of layers among them; not timed."""
    peak = {}
    watched(command, lambda pid: resident(pid, peak), 0.001)
    return max(peak.values(), default=0) / 1024


def proportional(pid):
    """What this process and all below it take in KiB, shared pages counted once."""
    total = 0
    try:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as f:
            total = sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
            children = [int(c) for c in f.read().split()]
    except (OSError, ValueError):
        return total
    return total + sum(proportional(c) for c in children)


def all_memory(command):
    """The most that all processes took together in MiB."""
    taken = [0]
    watched(command, lambda pid: taken.append(proportional(pid)), 0.002)
    return max(taken) / 1024


def timed(command, before):
    if before:
        before()
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=said, check=False).returncode
        seconds = time.perf_counter() - start
        check_ended(command, status, said)
    return seconds


def cold():
    shutil.rmtree(os.environ["SCANSTEP_CACHE_DIR"], ignore_errors=True)


def subjects(debian, small, many, many_blobs):
    """Name: a command, and what is done before each time. The limit and the ratios' base read the same layers."""
    scan = [program, "scan", "--db", folder + "/bench.sqlite", "--quiet"]
    disk = scan + ["--no-cache", many]
    decode = os.path.join(os.environ.get("BUILD", "build"), "tests/drivers/decode")
    whole, (layer,) = debian
    all_of_them = {
        "gzip": (["gzip", "-dc", layer], None),
        "limit": ([decode, layer], None),
        "cold": (scan + [whole], cold),
        "warm": (scan + [whole], None),
        "small": (scan + ["--no-cache", small], None),
        "many gzip": (["gzip", "-dc"] + many_blobs, None),
        "disk": (disk, None),
        "registry": (scan + ["--no-cache", registry + "/bench/many:1"], None),
        "transfer": (beside(disk, transfer(many_blobs)), None),
        "start": ([program, "--version"], None),
    }
    if apart:
        all_of_them["half disk"] = (lower_half(disk), None)
        all_of_them["half registry"] = (lower_half(scan + ["--no-cache", apart + "/bench/many:1"]), None)
    return all_of_them, scan + ["--no-cache", whole]


# What is said of a figure, its subject, the subject it is a ratio to or what it is multiplied with, and its form.
ONE_LAYER = (
    ("gzip -dc", "gzip", 1, "%6.2f s  = 1"),
    ("inflating it to nowhere (the limit)", "limit", "gzip", "%6.3f    of gzip -dc"),
    ("scan, cold (at most 0.38)", "cold", "gzip", "%6.3f    of gzip -dc"),
    ("scan, warm", "warm", "gzip", "%6.3f    of gzip -dc"),
    ("scan, warm (below 30)", "warm", 1000, "%6.0f ms"),
    ("scan of a 3 MB layer, cold (below 50)", "small", 1000, "%6.0f ms"),
)
MANY_LAYERS = (
    ("scan from disk (near 0.20)", "disk", "many gzip", "%6.3f    of gzip -dc"),
    ("scan from a registry on 127.0.0.1", "registry", "many gzip", "%6.3f    of gzip -dc"),
    ("registry, on processors of its own (at most 1.15)", "half registry", "half disk", "%6.3f    of disk"),
    ("registry, on the scan's processors (at most 1.15)", "registry", "disk", "%6.3f    of disk"),
    ("disk, while curl fetches the same to nowhere", "transfer", "disk", "%6.3f    of disk"),
    ("all processes of a scan from a registry", "registry memory", 1, "%6.1f MiB"),
    ("start-up", "start", 1000, "%6.1f ms"),
    ("largest process of a cold scan (at most 32)", "cold memory", 1, "%6.1f MiB"),
)


def print_rows(rows, figures):
    for text, name, base, form in rows:
        if name in figures:
            value = figures[name] / figures[base] if isinstance(base, str) else figures[name] * base
            print("%-50s %s" % (text, form % value))


def megabytes(paths):
    return sum(os.path.getsize(p) for p in paths) // 1_000_000


def main():
    with open(folder + "/debian.tar", "rb") as f:
        tar = f.read()
    debian = layout("debian", [tar], lambda t: gzip.compress(t, 6))
    small, _ = layout("small", [small_root()], lambda t: gzip.compress(t, 6))
    many, many_blobs = once("many", lambda: layout("many", many_layers(), lambda t: gzip.compress(t, 6)))
    push(many, "bench/many:1")
    database()
    commands, uncached = subjects(debian, small, many, many_blobs)
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, before) in commands.items():
            times[name].append(timed(command, before))
    figures = {name: statistics.median(values) for name, values in times.items()}
    figures["cold memory"] = most_memory(uncached)
    figures["registry memory"] = all_memory(commands["registry"][0])
    print("one gzip layer of %d MB, %d MB unpacked; medians of %d rounds" % (
        megabytes(debian[1]), len(tar) // 1_000_000, rounds))
    print_rows(ONE_LAYER, figures)
    print("%d gzip layers of %d MB together" % (len(many_blobs), megabytes(many_blobs)))
    print_rows(MANY_LAYERS, figures)


main()
