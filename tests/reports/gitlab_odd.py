"""Stored reports that try what GitLab's two formats must withstand, made from tests/fixtures/report/one.json.

    python3 tests/reports/gitlab_odd.py FOLDER

    twins.json    one fingerprint many times: versions and statements side by side, copies, dismissed ones between
    shared.json   advisories that several vulnerabilities of a package share, and more names than are stored
    blank.json    every text that a stored report may leave empty, or fill with blanks
    long.json     every text longer than any limit
    many.json     30,000 findings of 300 fingerprints; 1,000 gaps and notices, some the same
    eol-NAME.json a distribution past its end of life, of which every text is blank, long or hostile
    undated.json, nowhere.json    the same without a date, and without a distribution
"""
import copy
import json
import pathlib
import sys

BASE = json.loads(pathlib.Path("tests/fixtures/report/one.json").read_text(encoding="utf-8"))
SEVERITIES = ["critical", "high", "medium", "low", "negligible", "unknown"]


def add(report, **changes):
    """A finding like that of the base; version and name are its package's."""
    f = copy.deepcopy(BASE["findings"][0])
    package = {k: changes.pop(k) for k in ("version", "name", "path") if k in changes}
    f["package"].update(package)
    f.update(changes)
    report["findings"].append(f)
    p = {**f["package"], "layer": f["layer"]}
    if p not in report["packages"][-1:]:
        report["packages"].append(p)


def empty():
    report = copy.deepcopy(BASE)
    report["findings"], report["packages"] = [], []
    return report


def twins():
    report = empty()
    for version in ("3.0.8-1", "3.0.7-1", "3.0.6-1"):
        for fixed in ("3.0.9-1", "3.0.10-1", None):
            add(report, version=version, fixed_version=fixed)
    add(report)
    add(report)
    add(report, version="3.0.5-1", standing="allowed")
    add(report, version="3.0.4-1", severity="low")
    return report


def shared():
    report = empty()
    add(report, id="CVE-2026-0001", aliases=["DSA-1-1", "GHSA-aaaa-aaaa-aaaa", "USN-1-1"])
    add(report, id="CVE-2026-0002", aliases=["DSA-1-1", "USN-2-1"])
    add(report, id="CVE-2026-0003", aliases=["DSA-1-1"], name="libcrypto3")
    add(report, id="CVE-2026-0004", aliases=["DSA-1-1"], standing="allowed", name="libcrypto3")
    add(report, id="GHSA-bbbb-bbbb-bbbb", aliases=[])
    add(report, id="CVE-2026-0005", aliases=["GHSA-bbbb-bbbb-bbbb"])
    add(report, id="TEMP-0000001-0001", aliases=["CVE-2026-0006", "RHSA-2026:0001", "RHSA-2026:0001"])
    add(report, id="CVE-2026-0007", aliases=[f"OTHER-{i}" for i in range(40)] + ["GHSA-cccc-cccc-cccc"],
        cwes=list(range(1, 40)))
    return report


def fill(report, text, changes):
    """Every text that any value may replace."""
    image, words = report["image"], {"reference", "name", "tag", "digest", "platform", "id", "version", "codename",
                                     "release", "eol", "command", "reason", "path", "layer", "arch", "source_name",
                                     "source_version", "title", "details", "feed", "kev", "fixed_version", "upgrade_to"}
    changes = {**dict.fromkeys(words, text), **changes}

    def walk(value):
        for key in value:
            if isinstance(value[key], dict):
                walk(value[key])
            elif isinstance(value[key], list):
                for inner in value[key]:
                    if isinstance(inner, dict):
                        walk(inner)
            elif key in changes and (isinstance(value[key], str) or value[key] is None):
                value[key] = changes[key]
    walk(image)
    for name in ("findings", "packages", "gaps", "notices"):
        walk({"list": report[name]})
    return report


def filled(text, word):
    report = empty()
    report["image"]["distro"] = copy.deepcopy(BASE["image"]["distro"])
    report["gaps"] = [{"kind": "unread", "packages": 0, "layer": "", "path": "", "reason": ""}] * 3
    report["notices"] = [{"kind": word, "text": text}] * 3
    report["tool"]["version"] = text
    add(report)
    add(report)
    report["findings"][0]["aliases"] = [text, word]
    report = fill(report, text, {"id": word, "name": word, "version": word})
    # What every entry repeats of the image is no longer than a path.
    for part in (report["image"], report["image"]["distro"]):
        part.update({key: value[:4000] for key, value in part.items() if isinstance(value, str)})
    report["image"]["distro"]["id"] = text[:4000]
    return report


def many():
    report = empty()
    for i in range(30000):
        add(report, id=f"CVE-2026-{i % 100:04}", name=f"package-{i // 10000}", version=f"1.{i % 10000 // 100}-1",
            severity=SEVERITIES[i % 6], aliases=[f"DSA-{i % 50}-1"])
    report["gaps"] = [{"kind": "unread", "packages": 0, "layer": f"sha256:{i:064}", "path": "etc/x", "reason": "cut"}
                      for i in range(1000)]
    report["notices"] = [{"kind": "other", "text": "again"}] * 1000
    return report


def ended(text):
    """Past its end of life; every text about the distribution is this one, or no distribution where it is None."""
    report = empty()
    report["notices"] = [{"kind": "end-of-life", "text": text or ""}]
    report["image"]["distro"] = text if text is None else dict.fromkeys(BASE["image"]["distro"], text)
    return report


def undated():
    report = ended("debian")
    report["image"]["distro"]["eol"] = None
    return report


def main(folder):
    for name, report in {"eol-blank": ended(" "), "eol-long": ended("a b" * 1000 + "]"), "undated": undated(),
                         "eol-hostile": ended("\x1b[2J</script>](javascript:x)\n/close\n::error::\u202e\""), "nowhere": ended(None),
                         "twins": twins(), "shared": shared(), "blank": filled("", " "), "blanks": filled(" \t\n ", " "),
                         "long": filled("a b" * 10000 + "]", "c" * 30000), "many": many()}.items():
        seen, kept = set(), []
        for p in report["packages"]:
            key = json.dumps(p, sort_keys=True)
            if key not in seen:
                seen.add(key)
                kept.append(p)
        report["packages"] = kept
        pathlib.Path(folder, name + ".json").write_text(json.dumps(report), encoding="utf-8")


main(sys.argv[1])
