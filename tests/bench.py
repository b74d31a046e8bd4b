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
    return ["curl", "-s"] + [a for u in urls for a in ("-o", "/dev/null", u)]


def beside(command, other):
    """Both at once, until both have ended."""
    return ["sh", "-c", '%s & %s; wait' % (shlex.join(other), shlex.join(command))]


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


def peaks(command):
    """Every process's peak in KiB, helper and children of layers among them; not timed."""
    peak = {}
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while p.poll() is None:
        resident(p.pid, peak)
        time.sleep(0.001)
    return peak


def most_memory(command):
    """The largest of them in MiB."""
    return max(peaks(command).values(), default=0) / 1024


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
    most = 0
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while p.poll() is None:
        most = max(most, proportional(p.pid))
        time.sleep(0.002)
    return most / 1024


def timed(command, before):
    if before:
        before()
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main():
    with open(folder + "/debian.tar", "rb") as f:
        tar = f.read()
    whole, blobs = layout("debian", [tar], lambda t: gzip.compress(t, 6))
    small, _ = layout("small", [small_root()], lambda t: gzip.compress(t, 6))
    many, many_blobs = once("many", lambda: layout("many", many_layers(), lambda t: gzip.compress(t, 6)))
    push(many, "bench/many:1")
    database()
    layer = blobs[0]
    scan = [program, "scan", "--db", folder + "/bench.sqlite", "--quiet"]
    disk = scan + ["--no-cache", many]
    pulled = scan + ["--no-cache", registry + "/bench/many:1"]
    decode = os.path.join(os.environ.get("BUILD", "build"), "tests/drivers/decode")

    def cold():
        shutil.rmtree(os.environ["SCANSTEP_CACHE_DIR"], ignore_errors=True)

    subjects = {
        "gzip": (["gzip", "-dc", layer], None),
        "limit": ([decode, layer], None),
        "cold": (scan + [whole], cold),
        "warm": (scan + [whole], None),
        "small": (scan + ["--no-cache", small], None),
        "many gzip": (["gzip", "-dc"] + many_blobs, None),
        "disk": (disk, None),
        "registry": (pulled, None),
        "transfer": (beside(disk, transfer(many_blobs)), None),
        "start": ([program, "--version"], None),
    }
    if apart:
        subjects["half disk"] = (lower_half(disk), None)
        subjects["half registry"] = (lower_half(scan + ["--no-cache", apart + "/bench/many:1"]), None)
    times = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, (command, before) in subjects.items():
            times[name].append(timed(command, before))
    median = {name: statistics.median(values) for name, values in times.items()}
    memory = most_memory(scan + ["--no-cache", whole])
    pulled_memory = all_memory(pulled)
    print("one gzip layer of %d MB, %d MB unpacked; medians of %d rounds" % (
        os.path.getsize(layer) // 1_000_000, len(tar) // 1_000_000, rounds))
    print("%-49s %6.2f s  = 1" % ("gzip -dc", median["gzip"]))
    for name, text in (("limit", "inflating it to nowhere (the limit)"), ("cold", "scan, cold (at most 0.38)"),
                       ("warm", "scan, warm")):
        print("%-49s %6.3f    of gzip -dc" % (text, median[name] / median["gzip"]))
    print("%-49s %6.0f ms" % ("scan, warm (below 30)", median["warm"] * 1000))
    print("%-49s %6.0f ms" % ("scan of a 3 MB layer, cold (below 50)", median["small"] * 1000))
    print("%d gzip layers of %d MB together" % (
        len(many_blobs), sum(os.path.getsize(b) for b in many_blobs) // 1_000_000))
    for name, text in (("disk", "scan from disk (near 0.20)"), ("registry", "scan from a registry on 127.0.0.1")):
        print("%-49s %6.3f    of gzip -dc" % (text, median[name] / median["many gzip"]))
    if apart:
        print("%-49s %6.3f    of disk" % ("registry, on processors of its own (at most 1.15)",
                                          median["half registry"] / median["half disk"]))
    for name, text in (("registry", "registry, on the scan's processors"),
                       ("transfer", "disk, while curl fetches the same to nowhere")):
        print("%-49s %6.3f    of disk" % (text, median[name] / median["disk"]))
    print("%-49s %6.1f MiB" % ("all processes of a scan from a registry", pulled_memory))
    print("%-49s %6.1f ms" % ("start-up", median["start"] * 1000))
    print("%-49s %6.1f MiB" % ("largest process of a cold scan (at most 32)", memory))


main()
