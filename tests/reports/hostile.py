#!/usr/bin/env python3
"""
Hostile texts in every field of a report, in every format: text they stay.

    hostile_reports.py DRIVER [FORMAT...]

DRIVER is tests/drivers/format. tests/reports/make.py makes them, tests/reports/readback.py reads what
comes out with parsers that are not ours: a hostile report must show as many findings as its plain twin, with no word
of the syntax that golden reports and the plain twins do not have. Prints TAP.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import make
import readback

SANITIZED = os.environ.get("SCANSTEP_SANDBOX") == "off"  # slow: a sample is enough
SECONDS_MOST = 120  # a run that takes longer has got stuck
WORKERS = 2
LONG = 1 << 17 if SANITIZED else 1 << 20
TIMES_MOST = 16
SHORTER = 1 << 14
OPTIONS = ([], ["--suppressed", "--location", "Dockerfile", "--default-branch-image", "app:main"])


class Tap:
    def __init__(self):
        self.tests = self.failures = 0

    def say(self, name, why):
        self.tests += 1
        self.failures += bool(why)
        print("%sok %d - %s" % ("not " if why else "", self.tests, name))
        for line in why[:20]:
            print("# " + line.encode("unicode_escape").decode()[:1000])

    def finish(self):
        print("1..%d" % self.tests)
        sys.exit(self.failures > 0)


def run(driver, name, data, options=()):
    """Status, output and error of the driver."""
    done = subprocess.run(
        [driver, name, *options], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS_MOST
    )
    return done.returncode, done.stdout, done.stderr


def read(driver, name, data, options=()):
    """readback.read() of a report in a format; raises Broken if there is none."""
    status, out, err = run(driver, name, data, options)
    readback.need(status == 0, "status %d: %s" % (status, err.decode(errors="replace")))
    return readback.read(name, out)


def vocabulary(driver, name, plain):
    """The words that the plain reports and all stored ones of the tests make the format use."""
    words = set()
    folder = "tests/fixtures/report"
    for file in sorted(os.listdir(folder)):
        if "hostile" not in file:
            with open(os.path.join(folder, file), "rb") as f:
                data = f.read()
            for options in OPTIONS:
                words |= read(driver, name, data, options)[1]
    for data in plain.values():
        for options in OPTIONS:
            words |= read(driver, name, data, options)[1]
    return words


def flaws_of(driver, name, reports, plain):
    """What a format makes of each report besides text: a line each."""
    flaws = []
    try:
        known = vocabulary(driver, name, plain)
        shown = [{twin: read(driver, name, data, o)[0] for twin, data in plain.items()} for o in OPTIONS]
    except Exception as e:
        return ["a plain report: %s: %s" % (type(e).__name__, e)]
    for i, (title, twin, data) in enumerate(reports):
        options = i % len(OPTIONS)
        try:
            n, words = read(driver, name, data, OPTIONS[options])
            readback.need(words <= known, "has words of its own: %r" % sorted(words - known)[:5])
            # The table's findings are known by their ids, which are hostile, too.
            if name != "table":
                wanted = shown[options][twin]
                readback.need(n == wanted, "shows %d findings, not %d" % (n, wanted))
        except Exception as e:  # whatever a parser says of it
            flaws.append("%s %s: %s: %s" % (title, " ".join(OPTIONS[options]), type(e).__name__, e))
    return flaws


def long_reports():
    """Names, how many bytes of text, and reports."""
    for length, only in ((SHORTER, None), (LONG, "mixed")):
        for title, report in make.long_texts(length):
            if not only or title == only:
                n = sum(len(text.encode()) for text in strings(report))
                yield "%s of %d" % (title, length), n, json.dumps(report).encode()


def sizes_of(driver, name, reports):
    """Of long texts a format makes a report that is no longer than in proportion: an escaped one is six times as long."""
    flaws = []
    for title, length, data in reports:
        try:
            status, out, err = run(driver, name, data)
            readback.need(status == 0, "status %d: %s" % (status, err.decode(errors="replace")))
            readback.need(len(out) < TIMES_MOST * length + 100000, "%d bytes of %d" % (len(out), length))
            readback.read(name, out)
        except Exception as e:
            flaws.append("%s: %s: %s" % (title, type(e).__name__, e))
    return flaws


def strings(node):
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def texts_kept(driver, reports):
    """Our own json gives every text back as it was."""
    flaws = []
    for title, _, data in reports:
        status, out, err = run(driver, "json", data)
        wanted, got = json.loads(data), json.loads(out)
        for part in ("image", "notices", "gaps", "database"):
            if sorted(strings(wanted[part])) != sorted(strings(got[part])):
                flaws.append("%s: %s is not what it was" % (title, part))
        for part, own in (("findings", ("fingerprint",)), ("packages", ())):
            forms = [
                sorted(json.dumps({k: v for k, v in one.items() if k not in own}, sort_keys=True) for one in r[part])
                for r in (wanted, got)
            ]
            if forms[0] != forms[1]:
                flaws.append("%s: %s are not what they were" % (title, part))
    return flaws


# What no file of ours holds, and the end of the sentence that refuses it.
def refusals():
    good = json.dumps(make.full()).encode()
    at = good.index(b"a notice")
    for title, bad in (
        ("a NUL", b"\\u0000"),
        ("a NUL as it is", b"\0"),
        ("a control byte as it is", b"\x1b"),
        ("a line end as it is", b"\n"),
        ("a byte that is no UTF-8", b"\xff"),
        ("an overlong NUL", b"\xc0\x80"),
        ("a surrogate in UTF-8", b"\xed\xa0\x80"),
        ("half a character", b"\xe2\x80"),
        ("a surrogate alone", b"\\ud800"),
        ("a surrogate pair the wrong way", b"\\udc00\\ud800"),
        ("an escape that is none", b"\\x41"),
    ):
        yield title, good[:at] + bad + good[at:]
    yield "a key that comes twice", good.replace(b'"gaps": [', b'"gaps": [], "gaps": [', 1)
    yield "an address that is a script", good.replace(b'"https://', b'"javascript:https://', 1)
    yield "a time that is none", good.replace(b"2026-11-22T08:00:00Z", b"2026-11-22T08:00:00Z\\n::error::", 1)
    yield "a severity that is none", good.replace(b'"severity": "', b'"severity": "<b>', 1)
    yield "an image with a name that is too long", good.replace(b'"name": "registry', b'"name": "' + b"a" * 5000, 1)
    yield "a byte order mark", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode().encode("utf-16")


def refused(driver):
    flaws = []
    for title, data in refusals():
        status, out, err = run(driver, "table", data)
        if status != 2 or out or err.count(b"\n") != 1 or readback.HIDDEN.search(err.decode()[:-1]):
            flaws.append("%s: status %d, %r, %r" % (title, status, err, out[:60]))
    return flaws


def main(driver, *only):
    tap = Tap()
    listed = subprocess.run([driver, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode()
    names = [line.split("\t")[0] for line in listed.splitlines()]
    reports = [(title, twin, json.dumps(report).encode()) for title, twin, report in make.hostile()]
    plain = {title: data for title, twin, data in reports if title == twin}
    if SANITIZED:
        # The plain ones, every fourth of a text or a field (both options get some), and all texts in all fields.
        reports = [r for i, r in enumerate(reports) if r[0] == r[1] or i % 8 < 2] + reports[-1:]
    tap.say("what no report holds is refused, in one clean sentence", refused(driver))
    tap.say("our json keeps every text as it is", texts_kept(driver, reports))
    long = list(long_reports())
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [
            (name, pool.submit(flaws_of, driver, name, reports, plain), pool.submit(sizes_of, driver, name, long))
            for name in names
            if not only or name in only
        ]
        for name, flaws, sizes in jobs:
            tap.say("hostile text stays text: " + name, flaws.result())
            tap.say("long texts stay in proportion: " + name, sizes.result())
    tap.finish()


main(*sys.argv[1:])
