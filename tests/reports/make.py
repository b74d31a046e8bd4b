#!/usr/bin/env python3
"""
Stored reports of our json format, made here and never kept: the same bytes every time.

    make.py --findings N [--packages N] [--messages N] [--full]

writes one to standard output, as an image could give it: N findings, and so many packages (a tenth), gaps and notices
(none); with --full all is known of every finding. report-hostile.sh's reports come from hostile() and long_texts(),
which tests/reports/hostile.py calls.
"""
import argparse
import copy
import hashlib
import json
import sys

LAYERS = 12
SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")
TITLES = ("Buffer overflow", "Use after free", "Out-of-bounds read", "Integer overflow", "Infinite loop", "Injection")
PLACES = ("the parser", "certificate checks", "a regular expression", "the decoder", "name resolution", "its cache")


class Dice:
    """Numbers that are the same in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % sides


def digest(of):
    return "sha256:" + hashlib.sha256(str(of).encode()).hexdigest()


def empty():
    """A report of an image without findings."""
    return {
        "schema_version": "1.0",
        "tool": {"name": "scanstep", "version": "0.1.0"},
        "scanned_at": "2026-11-22T08:00:00Z",
        "verdict": {"passed": True, "exit_status": 0},
        "summary": {},
        "image": {
            "reference": "registry.example.com/team/app:1.4",
            "name": "registry.example.com/team/app",
            "tag": "1.4",
            "digest": digest("image"),
            "platform": "linux/amd64",
            "distro": {
                "id": "debian",
                "version": "12",
                "codename": "bookworm",
                "name": "Debian GNU/Linux 12 (bookworm)",
                "release": "debian:bookworm",
                "eol": "2028-06-30",
            },
            "layers": [{"digest": digest(i), "command": "RUN step %d" % i, "toc": None} for i in range(LAYERS)],
        },
        "database": {
            "source": "file",
            "built": "2026-11-20T04:10:00Z",
            "feeds": [{"name": "debian", "statements": 41234}, {"name": "osv", "statements": 903}],
        },
        "policy": {"fail_on": "high", "unknown": "fail", "ignore_status": [], "allow_empty": False, "allow_incomplete": False},
        "notices": [],
        "gaps": [],
        "findings": [],
        "packages": [],
    }


def package(name, version="1.0-1", layer=0):
    return {
        "type": "deb",
        "name": name,
        "version": version,
        "arch": "amd64",
        "source_name": name,
        "source_version": version,
        "purl": "pkg:deb/debian/%s@%s?arch=amd64&distro=debian-12" % (name, version),
        "path": "var/lib/dpkg/status",
        "layer": digest(layer),
    }


def finding(of, **facts):
    """One of this package; facts replace what it says."""
    inner = {key: value for key, value in of.items() if key != "layer"}
    return {
        "id": "CVE-2024-0001",
        "title": "Buffer overflow in the parser",
        "details": "The parser reads behind its input.\n\nA crafted file may crash it.",
        "url": "https://security-tracker.debian.org/tracker/CVE-2024-0001",
        "feed": "debian",
        "kev": None,
        "aliases": [],
        "cwes": [],
        "cvss": None,
        "epss": None,
        "severity": "high",
        "state": "unfixed",
        "standing": "open",
        "fixed_version": None,
        "upgrade_to": None,
        "decision": None,
        "fingerprint": "",
        "layer": of["layer"],
        "package": inner,
        **facts,
    }


# ---- Reports as images give them ----


def vulnerability(number):
    """What is said of the vulnerability of this number, whichever package it is found in."""
    dice = Dice(number)
    vectors = (
        (None, None),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:H", 7.4),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
    )
    vector, score = vectors[dice.roll(len(vectors))]
    name = "CVE-%d-%d" % (2010 + number % 16, 10000 + number)
    what = "%s in %s" % (TITLES[dice.roll(len(TITLES))], PLACES[dice.roll(len(PLACES))])
    return {
        "id": name,
        "title": what,
        "details": "%s allows remote attackers to do harm with a crafted file. " % what * (1 + dice.roll(6)),
        "url": "https://security-tracker.debian.org/tracker/" + name,
        "feed": "debian",
        "kev": "2024-01-%02d" % (1 + dice.roll(28)) if dice.roll(50) == 0 else None,
        "aliases": ["DSA-%d-1" % number, "GHSA-%04d-aaaa-bbbb" % (number % 10000)][: dice.roll(3)],
        "cwes": [79 + dice.roll(700), 787][: dice.roll(3)],
        "cvss": {"vector": vector, "score": score} if vector else None,
        "epss": {"probability": dice.roll(10000) / 10000, "percentile": dice.roll(1000) / 1000} if dice.roll(3) else None,
    }


def standing(number, severity):
    if severity not in ("critical", "high", "unknown"):
        return "below", None
    if number % 10 == 0:
        return "allowed", {
            "reason": "the service does not use it",
            "justification": None,
            "owner": "platform team",
            "expires": "2027-03-31",
            "source": "scanstep-allowlist.yml",
            "by": "file",
        }
    if number % 10 == 1:
        return "not-affected", {
            "reason": None,
            "justification": "vulnerable_code_not_present",
            "owner": None,
            "expires": None,
            "source": "app.openvex.json",
            "by": "file",
        }
    return "open", None


def large(findings, packages, messages, is_full=False):
    report = empty()
    dice = Dice(1)
    report["packages"] = [
        package("package-%d" % i, "1.%d-%d" % (i % 40, 1 + i % 3), i % LAYERS) for i in range(packages)
    ]
    for i in range(findings):
        known = vulnerability(dice.roll(max(1, findings // 5)) if i % 2 else i // 2 % max(1, findings // 5))
        of = report["packages"][i * packages // findings]
        severity = SEVERITIES[dice.roll(len(SEVERITIES))]
        fixed = dice.roll(2)
        stands, decision = standing(i, severity)
        report["findings"].append(
            finding(
                of,
                **known,
                severity=severity,
                state="fixed" if fixed else ("unfixed", "wont-fix", "unknown")[dice.roll(3)],
                fixed_version="2.0-1" if fixed else None,
                upgrade_to="2.0-2" if fixed else None,
                standing=stands,
                decision=decision,
            )
        )
        if is_full:
            facts = full()["findings"][0]
            report["findings"][-1].update((key, facts[key]) for key in ("aliases", "cwes", "cvss", "epss", "decision"))
    for i in range(messages):
        report["notices"].append({"kind": "other", "text": "notice %d" % i})
        report["gaps"].append(
            {"kind": "unread", "packages": 0, "layer": digest(i % LAYERS), "path": "a/%d" % i, "reason": "no reason"}
        )
    return report


# ---- Hostile ones ----

# What a text may hold. Each is the whole of a field, so that what must stand first does.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "element": "<img src=x onerror=alert(1)><svg/onload=alert(1)><x-evil>",
    "end-tags": "</title></style></script></textarea></details></table></failure></testcase>",
    "comment": "--><!-- --!> <!doctype html> <?xml?> <?php",
    "cdata": "]]><![CDATA[",
    "entities": "&amp;&#0;&lt;&evil;&",
    "quotes": "\"'`\u00b4\u201d \" onclick=\"alert(1)\" x='",
    "escape": "\x1b]0;title\x07\x1b[2J\x1b[1;31mred\x9b2J",
    "controls": "".join(map(chr, (*range(1, 32), *range(127, 160)))),
    "workflow-command": "::error file=a,line=1::x\n::set-output name=a::b\r::stop-commands::t\n \t::warning::x",
    "azure-command": "##[error]x\n##vso[task.complete result=Failed]x ##[group]x ###[x]",
    "formula": "=cmd|' /C calc'!A0",
    "formula-plus": "+1+cmd()",
    "formula-minus": "-1+cmd()",
    "formula-at": "@SUM(1+1)*cmd()",
    "formula-tab": "\t=cmd()",
    "formula-line": "\r=cmd()",
    "lines": "a\r\nb\nc\rd\u2028e\u2029f\x85g\x0bh\x0ci\r\n\r\n",
    "bidi": "\u202e\u2066x\u2069\u200f\u061c y\u200b\ufeff\u00ad",
    "noncharacters": "\ufffe\uffff\U0001fffe\U0010ffff\ufffd",
    "astral": "\U0001f4a9\U000e0041\U000e007f",
    "markdown": "| a | b |\n\n# h\n---\n- l\n> q\n```\n~~~\n**b** __c__ \\| [x](javascript:alert(1)) ![x](http://a.example/b)",
    "markdown-links": "https://evil.example <https://evil.example> [x]: https://evil.example\n[x][x] @all #1 !1 ~x $1 &1 :x:",
    "quick-action": "/close\n/label ~x\n\n/merge",
    "percent": "%0A::error::x%0D%25%3A%2C %s%n {{7*7}} {0}",
    "shell": "$(id)`id`;${IFS}|&<>{a,b}*?[x]~!\\",
    "assignment": "A=1\nPATH=/tmp\nexport B=2 # c",
    "backslash": "\\u003cscript\\x3e\\n\\\\",
    "folders": "../../../etc/passwd/./..//\\..\\x",
    "address": "javascript:alert(1)//https://user:secret@evil.example:99999/ \"x",
    "json": "\",\"x\":{\"y\":[null]}}]",
    "blank": " ",
    "empty": "",
}

# What is one of a few words, or is made by us: no text of a stranger's.
WORDS = ("schema_version", "scanned_at", "built", "fail_on", "unknown", "ignore_status", "severity", "state", "standing", "by", "fingerprint")
# What may not be empty.
NEEDED = ("id", "type", "name", "version", "purl", "kind", "source")


def full():
    """A report in which every field that may hold a text does: one finding is allowed, one is open."""
    report = empty()
    of = package("libexample", layer=1)
    report["packages"].append(of)
    report["findings"].append(
        finding(
            of,
            kev="2024-01-02",
            aliases=["DSA-1-1", "GHSA-aaaa-bbbb-cccc", "other-1"],
            cwes=[79, 787],
            cvss={"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "score": 9.8},
            epss={"probability": 0.5, "percentile": 0.9},
            state="fixed",
            fixed_version="2.0-1",
            upgrade_to="2.0-2",
            standing="allowed",
            decision={
                "reason": "not used",
                "justification": "vulnerable_code_not_present",
                "owner": "platform team",
                "expires": "2027-03-31",
                "source": "allow.yml",
                "by": "file",
            },
        )
    )
    other = package("libother", layer=2)
    facts = {key: value for key, value in report["findings"][0].items() if key not in ("layer", "package")}
    report["packages"].append(other)
    report["findings"].append(finding(other, **{**facts, "id": "CVE-2024-0002", "standing": "open", "decision": None}))
    report["gaps"].append({"kind": "unread", "packages": 1, "layer": digest(1), "path": "a/b", "reason": "cut"})
    report["notices"].append({"kind": "other", "text": "a notice"})
    return report


def places(node, way=()):
    """The way to every text that a stranger may have written; a package's are where a finding repeats them."""
    if isinstance(node, dict):
        for key, value in node.items():
            is_gap_kind = key == "kind" and "gaps" in way
            if key not in WORDS and not is_gap_kind and way + (key,) not in (("tool", "name"), ("packages",)):
                yield from places(value, way + (key,))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from places(value, way + (i,))
    elif isinstance(node, str):
        yield way


def once(report):
    """places() of full(), those of findings once: of the allowed one its decision, the others of the open one."""
    return [way for way in places(report) if way[:2] != ("findings", 0) or "decision" in way]


def with_text(plain, ways, text):
    """plain with this text at these places: an address stays one, what may not be empty is not."""
    report = copy.deepcopy(plain)
    for way in ways:
        node = report
        for step in way[:-1]:
            node = node[step]
        # What every entry repeats may be no longer than a path.
        fitting = text.encode()[:4000].decode(errors="ignore") if way[0] == "image" else text
        if way[-1] == "url":
            node["url"] = "https://" + text
        else:
            node[way[-1]] = fitting or ("x" if way[-1] in NEEDED or "feeds" in way else fitting)
    for i, found in enumerate(report["findings"]):
        report["packages"][i] = {**found["package"], "layer": found["layer"]}
    return report


def one_a_field():
    """full() with two findings more for each text of a finding, open and dismissed; and the way to that text in each."""
    report = full()
    one = report["findings"][0]
    ways = []
    for way in [way for way in places(report) if way[:2] == ("findings", 0)]:
        for is_open in (False, True):
            number = len(report["findings"])
            of = package("lib%d" % number, layer=1)
            copied = copy.deepcopy(one)
            copied.update(finding(of, **{k: v for k, v in one.items() if k not in ("layer", "package")}))
            copied["id"] = "CVE-2024-%d" % (10000 + number)
            if is_open:
                copied.update(standing="open", decision=None)
            report["packages"].append(of)
            report["findings"].append(copied)
            if "decision" not in way or not is_open:
                ways.append(("findings", number) + way[2:])
    return report, ways


def hostile():
    """
    Names of reports, of the one that each must look like, and the reports: a text in every field that is there once
    and in a finding of its own for each field that findings have; all texts in one field; all texts in all fields.
    """
    many, ways = one_a_field()
    others = [way for way in places(full()) if way[0] != "findings"]
    every = " ".join(HOSTILE.values())
    yield "many", "many", many
    yield "one", "one", full()
    known = full()
    known["findings"][1]["aliases"] = ["other-%d" % i for i in range(30)]
    yield "aliases", "aliases", known
    for name, text in HOSTILE.items():
        yield name, "many", with_text(many, ways + others, text)
    for way in once(full()):
        yield "all-in-" + "-".join(map(str, way)), "one", with_text(full(), [way], every)
    yield "all-in-all", "one", with_text(full(), list(places(full())), every)


def long_texts(length):
    """Names and reports whose every text is of that length; each kind is hard on somebody."""
    kinds = {
        "mixed": "".join(HOSTILE.values()),
        "letters": "a",
        "blanks": " ",
        "lines": "\n",
        "words": "a ",
        "markup": "<",
        "quotes": '"',
        "colons": "\n::",
        "hashes": "#",
        "brackets": "](",
        "pipes": "|`",
        "bidi": "\u202e",
        "folders": "../",
    }
    plain = full()
    for name, text in kinds.items():
        yield name, with_text(plain, once(plain), (text * (length // len(text) + 1))[:length])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, required=True)
    parser.add_argument("--packages", type=int)
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    packages = max(1, args.findings // 10) if args.packages is None else args.packages
    json.dump(large(args.findings, packages, args.messages, args.full), sys.stdout)
    print()


if __name__ == "__main__":
    main()
