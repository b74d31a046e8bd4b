#!/usr/bin/env python3
"""
Scans of images whose registry breaks: right results, or a clear sentence, and no secret with a stranger.

    chaos_runs.py PROGRAM FOLDER DATABASE ANON BASIC TOKEN TOKENS

FOLDER is for what it writes; the rest are ports on 127.0.0.1: three registries with the same images (one, three, many,
parts: tag 1), of which the second and third want robin and the password of the environment's CANARY, and a token
service. CHAOS_SEEDS runs so many seeds, from 1 on (default 100, with SCANSTEP_SANDBOX=off, as sanitizers need it, 40);
CHAOS_SEED=17 that one, and tells all about it. Prints TAP.
tests/servers/chaos.py stands before them; chaos_draw.py beside it says what goes wrong, chaos_faults.py and
chaos_answers.py how.

A run ends well in one of three ways:

    0    the report is that of an undisturbed run
    3    there is no report, and one sentence names the host or digest and the step that failed; but where nothing
         happened that lasts, or does harm, it has to be 0
    4    only where other bytes came in place of a layer's: the report says of those layers, and of no others, that they
         are missing, and names nothing that is not there
"""
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "servers"))
sys.dont_write_bytecode = True
import chaos  # noqa: E402
import chaos_draw  # noqa: E402

WORKERS = 4
SEEDS = 40 if os.environ.get("SCANSTEP_SANDBOX") == "off" else 100
KINDS_LEAST = ((40, 25), (100, 60))  # of so many seeds, so many kinds of fault happen, and some more
SECONDS_MOST = 90  # of one scan: a hang is a failure; --timeout is a minute
NAME = re.compile(r"127\.0\.0\.1:\d+/s\d+/\w+/\w+")
# What a log says besides.
LOG = re.compile(r"scanstep: (warning: |\d+ of \d+ layers, |credentials for \S+: \S+$|layer \d+ of \d+, sha256:[0-9a-f]{12}: |"
                 r"mirror of \S+: \S+$|the mirror \S+ is passed over: |\S+: \d+ of \d+ pulls left|"
                 r"\S+ says that the manifest has the digest )")
STEP = re.compile("resol|connect|connection|TLS|token service|asking for a token|authenticat|refuses|redirect|manifest|"
                  "index|config|blob|layer|not found|answers|names|header|Range")
program, folder, database = sys.argv[1:4]
ports = dict(zip(("anon", "basic", "token", "tokens"), map(int, sys.argv[4:8])))
canary = os.environ.pop("CANARY")


def secrets_of(server):
    """Every form in which a secret could be seen."""
    pair = base64.b64encode(("robin:" + canary).encode())
    return {canary.encode(), pair, pair.rstrip(b"="), base64.b64encode(canary.encode()),
            urllib.parse.quote(canary, "").encode(), urllib.parse.quote_plus(canary).encode(),
            *(t.encode() for t in server.tokens)}


def secret_in(data, secrets):
    return next((s for s in secrets if s in data), None)


def files_below(path):
    for at, _, names in os.walk(path):
        for name in names:
            with open(os.path.join(at, name), "rb") as f:
                yield os.path.join(at, name), f.read()


def same_for_all(report):
    """Without what two runs may differ in: what the image is called, and whether layers came whole or in parts."""
    report = re.sub(NAME, "IMAGE", report)
    report = re.sub('"fingerprint": "[0-9a-f]*"', '"fingerprint": "OF-IMAGE"', report)
    report = re.sub('"toc": ("[^"]*"|null)', '"toc": "ANY"', report)
    return re.sub(r'"notices": \[\s*\{[^{}]*were read in part[^{}]*\}\s*\]', '"notices": []', report)


class Scan:
    """One run of the program on what a seed's registry has."""

    def __init__(self, server, run, name):
        self.home = os.path.join(folder, name)
        self.cache = os.path.join(self.home, "cache")
        self.path = os.path.join(self.home, "report.json")
        os.makedirs(self.cache, exist_ok=True)
        self.run = run
        reference = "%s/s%d/%s/%s" % (server.site["front"][7:], run.seed, run.mode, run.image.name)
        reference += "@" + run.image.digest if run.by_digest else ":1"
        self.arguments = [program, "scan", "--db", database, "--platform", "linux/amd64", "-o", "json=" + self.path,
                          *([] if run.cached else ["--no-cache"]), reference]
        self.environment = dict(os.environ)
        self.environment.update(
            HOME=self.home, TMPDIR=self.home, SCANSTEP_CACHE_DIR=self.cache, SCANSTEP_OFFLINE="1", SCANSTEP_TIMEOUT="1",
            SCANSTEP_DEBUG_RETRY_MS="1", SOURCE_DATE_EPOCH="1600000000", LC_ALL="C")
        if run.mirrored:
            self.environment["SCANSTEP_MIRROR"] = "%s=%s/mirrored" % (
                server.site["front"][7:], server.site["mirror"][7:])
        if not run.nameless:
            self.environment.update(SCANSTEP_REGISTRY_USERNAME="robin", SCANSTEP_REGISTRY_PASSWORD=canary)

    def start(self):
        if os.path.exists(self.path):
            os.remove(self.path)
        try:
            done = subprocess.run(self.arguments, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=SECONDS_MOST, check=False)
            self.status, self.said, self.printed = done.returncode, done.stderr, done.stdout
        except subprocess.TimeoutExpired as e:
            self.status, self.said, self.printed = "no end after %d s" % SECONDS_MOST, e.stderr or b"", e.stdout or b""
        self.report = None
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.report = same_for_all(f.read())
        return self

    def sentence(self):
        text = self.said.decode("utf-8", "replace")
        text = re.sub("[0-9a-f]{64}", "HEX", re.sub(NAME, "IMAGE", text))
        return re.sub(r"127\.0\.0\.1:\d+", "HOST", text).strip().split("\n")[-1]


class Baselines:
    """Reports of scans that nothing disturbed, by the image's digest and how it was named."""

    def __init__(self, server):
        self.of = {}
        for image in server.images.values():
            for by_digest in (False, True):
                run = chaos_draw.Run(0, server.images)
                run.image, run.by_digest, run.mode, run.cached = image, by_digest, "anon", False
                run.stored = run.mirrored = False
                server.begin(run)
                scan = Scan(server, run, "calm").start()
                if scan.status != 0 or not json.loads(scan.report)["packages"]:
                    raise SystemExit("chaos: the undisturbed scan of %s: %s %s" % (
                        image.name, scan.status, scan.sentence()))
                self.of[image.digest, by_digest] = scan.report

    def fitting(self, run, report=None):
        """Those that this run's report may equal."""
        digests = {run.image.digest} | (set() if run.by_digest else run.others)
        found = [self.of[d, run.by_digest] for d in digests]
        said = report and json.loads(report)["image"]["digest"]
        if said in run.named and not run.by_digest:
            # Other bytes of that manifest came for the tag, and the report says which.
            found += [f.replace(json.loads(f)["image"]["digest"], said) for f in found]
        return found


def invented(report, images, fitting):
    """What a report names that is in no layer and in no undisturbed report."""
    found = report["packages"] + [f["package"] for f in report["findings"]]
    there = {pair for image in images for pair in image.packages}
    known = {f["id"] for whole in fitting for f in json.loads(whole)["findings"]}
    return [p["name"] for p in found if (p["name"].encode(), p["version"].encode()) not in there] + [
        f["id"] for f in report["findings"] if f["id"] not in known]


def judge_missing(scan, fitting):
    """Status 4: what is wrong with its report, or nothing."""
    report = json.loads(scan.report)
    gaps = report["gaps"]
    if report["verdict"]["exit_status"] != 4 or report["verdict"]["passed"] or not gaps:
        return "status 4, and the report does not say so"
    # A gap without a layer is about what was not there to check with, such as an os-release.
    layers = {g["layer"] for g in gaps if g["layer"]}
    known = set(scan.run.image.layers)
    another = not scan.run.by_digest and report["image"]["digest"] in scan.run.named - {scan.run.image.digest}
    if not layers or not layers <= (known if another else scan.run.spoilt):
        return "gaps in %s, where other bytes came of %s" % (sorted(layers), sorted(scan.run.spoilt))
    images = [i for i in scan.run.images.values() if i is scan.run.image or i.digest in scan.run.others]
    more = invented(report, images, fitting)
    return "packages or findings that are not there: %s" % more if more else None


def judge_sentence(text):
    lines = text.split("\n")[:-1]
    *log, text = lines or [""]
    if not text.startswith("scanstep: ") or LOG.match(text) or not all(LOG.match(line) for line in log):
        return "not one sentence, the last"
    if re.search("[\x00-\x1f\x7f-\x9f\ufffd]", text):
        return "a sentence with bytes that do not belong there"
    if "127.0.0.1" not in text and not re.search("sha256:[0-9a-f]{64}", text):
        return "a sentence without host or digest"
    if "No error" in text or not STEP.search(text):
        return "a sentence that does not say which step failed, or why"
    return None


def judge(scan, baselines):
    """What is wrong with how a run ended, or nothing."""
    fitting = baselines.fitting(scan.run, scan.report)
    if scan.run.problems:
        return scan.run.problems[0]
    if scan.printed:
        return "something on standard output"
    if scan.status == 0:
        if scan.report in fitting:
            return None
        wanted = os.path.join(scan.home, "wanted.json")
        with open(wanted, "w", encoding="utf-8") as f:
            f.write(fitting[0])
        return "another report than %s, that of the undisturbed run" % wanted
    if scan.run.must_succeed():
        return "status %s, and nothing happened that could not be got over" % scan.status
    if scan.status == 4 and scan.report is not None:
        return judge_missing(scan, fitting)
    if scan.status != 3:
        return "status %s" % scan.status
    if scan.report is not None:
        return "status 3 and a report"
    return judge_sentence(scan.said.decode("utf-8", "replace"))


def run_seed(server, baselines, seed):
    """The scan, and what was wrong with it, or None."""
    run = chaos_draw.Run(seed, server.images)
    server.begin(run)
    scan = Scan(server, run, "s%d" % seed).start()
    wrong = judge(scan, baselines)
    if wrong is None and run.cached:
        # Nothing that came wrong stays: the next scan is right.
        disturbed, run.faults, run.others = run.faults, [], set()
        again = Scan(server, run, "s%d" % seed).start()
        run.faults = disturbed
        if again.status != 0 or again.report not in baselines.fitting(run, again.report):
            wrong, scan = "the undisturbed scan after it, with its cache, ends with %s" % again.status, again
    return scan, wrong


class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def check(self, name, why):
        """why: lines that say what is wrong, or none."""
        self.count += 1
        self.bad += bool(why)
        print("%sok %d - %s" % ("not " if why else "", self.count, name))
        for line in why:
            print("# " + line.replace("\n", "\n# "))

    def finish(self):
        print("1..%d" % self.count)
        return 1 if self.bad else 0


def leaks(server, scans):
    secrets = secrets_of(server)
    places = [("sent to the " + role, data) for role in ("mirror", "store", "trap") for data in server.received[role]]
    places += [("printed by seed %d" % s.run.seed, s.said + s.printed) for s in scans]
    places += list(files_below(folder))
    return ["a secret, %s..., is in what was %s" % (found.decode()[:12], place)
            for place, data in places for found in [secret_in(data, secrets)] if found]


def tell_failures(tap, name, failures):
    why = []
    for scan, wrong in failures[:25]:
        why += ["%s\n  %s\n  status %s: %s" % (scan.run, wrong, scan.status, scan.sentence()[-600:]),
                "  again: CHAOS_SEED=%d make test CASES=chaos" % scan.run.seed]
    tap.check(name, why)


def tell_shares(tap, scans, fired):
    """Neither may everything go well, nor nothing; and what was to be tried was."""
    share = collections.Counter(s.status for s in scans)
    least = {0: 0.25, 3: 0.15, 4: 0.02}
    for status, part in least.items():
        tap.check("of %d runs, enough ended with %d" % (len(scans), status),
                  ["only %d" % share[status]] if share[status] < part * len(scans) else [])
    kinds = len(chaos_draw.KINDS)
    least = max((n for many, n in (*KINDS_LEAST, (5 * kinds, kinds)) if len(scans) >= many), default=1)
    missing = sorted(set(chaos_draw.KINDS) - set(fired))
    tap.check("of %d kinds of fault, at least %d happened" % (kinds, least),
              ["%d are missing: %s" % (len(missing), " ".join(missing))] if kinds - len(missing) < least else [])
    print("# %d of %d kinds of fault happened" % (kinds - len(missing), kinds))
    print("# %s" % ", ".join("%d with status %s" % (n, s) for s, n in share.most_common()))
    sentences = collections.Counter(s.sentence() for s in scans if s.status == 3)
    for text, n in sorted(sentences.items()):
        print("#   %3d %s" % (n, text))


def main():
    images = {name: chaos.Image(name, ports["anon"]) for name in ("one", "three", "many", "parts")}
    server = chaos.Chaos(ports, images)
    tap = Tap()
    baselines = Baselines(server)
    one = os.environ.get("CHAOS_SEED")
    seeds = [int(one)] if one else range(1, 1 + int(os.environ.get("CHAOS_SEEDS", SEEDS)))
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda seed: run_seed(server, baselines, seed), seeds))
    scans = [scan for scan, _ in results]
    tell_failures(tap, "every scan ends with the right report or with one sentence",
                  [(scan, wrong) for scan, wrong in results if wrong])
    asked = server.received["trap"]
    tap.check("nobody is asked whom the registry may not name", [repr(data[:300]) for data in asked[:20]])
    tap.check("no secret is where it does not belong", leaks(server, scans))
    given = b"".join(server.received["front"] + server.received["tokens"])
    tap.check("the password was given where it belongs, so it would be found elsewhere",
              [] if secret_in(given, secrets_of(server)) or one else ["it was never sent"])
    if one:
        said = scans[0].said.decode("utf-8", "replace").splitlines()
        print("# %s" % str(scans[0].run).replace("\n", "\n# "), *scans[0].run.requests, *said, sep="\n# ")
        print("# %s" % " ".join(scans[0].arguments))
    else:
        tell_shares(tap, scans, {f.kind for s in scans for f in s.run.faults if f.fired})
        for scan, wrong in results:
            if not wrong:
                shutil.rmtree(scan.home, ignore_errors=True)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
