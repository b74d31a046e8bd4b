"""Stored reports that are made, not kept: to standard output, as our own json.

    python3 tests/reports/plain.py count N              N findings of 2,000 vulnerabilities, of every severity
    python3 tests/reports/plain.py texts TEXT...        a finding for each text, which is in all of its fields
    python3 tests/reports/plain.py clair FILE WANTED    what a report of clair-scanner says; WANTED: the same report as
                                                 scanstep must write it, byte by byte: its entries in our order
"""
import json
import sys

SEVERITIES = ["critical", "high", "medium", "low", "negligible", "unknown"]
DISTRO = {"id": "debian", "version": "12", "codename": "bookworm", "name": "Debian GNU/Linux 12 (bookworm)",
          "release": "debian:bookworm", "eol": None}


def package(name, version, source=None, path="var/lib/dpkg/status", layer=None):
    return {"type": "deb", "name": name, "version": version, "arch": "amd64", "source_name": source or name,
            "source_version": version, "purl": "pkg:deb/debian/x@1", "path": path, "layer": layer}


def finding(id, severity, of, **more):
    of = {key: value for key, value in of.items() if key != "layer"}
    return {"id": id, "title": None, "details": None, "url": None, "feed": "debian", "kev": None, "aliases": [],
            "cwes": [], "cvss": None, "epss": None, "severity": severity, "state": "unfixed", "standing": "open",
            "fixed_version": None, "upgrade_to": None, "decision": None, "fingerprint": "", "layer": None, "package": of, **more}


def report(findings, reference="app:1.4", distro=DISTRO, fail_on="none"):
    packages = {json.dumps(f["package"]): {**f["package"], "layer": f["layer"]} for f in findings}
    name, _, tag = reference.rpartition(":") if ":" in reference else (reference, "", "")
    return {"schema_version": "1.0", "tool": {"name": "scanstep", "version": "0.1.0"},
            "scanned_at": "2026-11-22T08:00:00Z", "verdict": {"passed": True, "exit_status": 0}, "summary": {},
            "image": {"reference": reference, "name": name, "tag": tag or None, "digest": None, "platform": None,
                      "distro": distro, "layers": []},
            "database": {"source": "file", "built": "2026-11-20T04:10:00Z", "feeds": []},
            "policy": {"fail_on": fail_on, "unknown": "fail", "ignore_status": [], "allow_empty": False, "allow_incomplete": False},
            "notices": [], "gaps": [], "findings": findings, "packages": list(packages.values())}


def count(n):
    def one(i):
        details = f"What CVE-2026-{i % 2000:04} is about, in a sentence <of> some \"length\" & depth; as feeds write it."
        return finding(f"CVE-2026-{i % 2000:04}", SEVERITIES[i % 6], package(f"package-{i // 10}", f"1.{i}-1"),
                       title=f"Title of CVE-2026-{i % 2000:04}", details=details, url=f"https://example.com/{i}",
                       aliases=[f"GHSA-{i % 2000}"], cwes=[79, 843],
                       cvss={"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "score": 9.8},
                       epss={"probability": 0.5, "percentile": 0.25},
                       standing=["open", "allowed", "baseline"][i % 3])

    return report([one(i) for i in range(n)])


def texts(*given):
    return report([
        finding(text, "high", package(text, text, text, path=text), title=text, details=text, aliases=[text], feed=text,
                cvss={"vector": text, "score": 9.8}, kev=text, state="fixed", fixed_version=text, upgrade_to=text, standing="allowed",
                decision={"reason": text, "justification": text, "owner": text, "expires": text, "source": text, "by": "file"})
        for text in given])


# ---- clair-scanner's reports ----

def indented(text):
    """With its own indentation of four blanks again: some who collected a report laid it out anew."""
    lines, depth = [], 0
    for line in map(str.strip, text.split("\n")):
        depth -= line[0] in "]}"
        lines.append(" " * 4 * depth + line)
        depth += line[-1] in "[{"
    return "\n".join(lines)


def ordered(text, document):
    """The text of a report, its entries in our order: the worst first, then by package, then by id."""
    text = indented(text)
    if not document["vulnerabilities"]:
        return text
    head, body = text.split('    "vulnerabilities": [\n')
    body, tail = body.rsplit("\n    ]\n", 1)
    entries = list(zip(document["vulnerabilities"], body.split(",\n        {\n")))
    entries = [(v, entry.removeprefix("        {\n").removesuffix("\n        }")) for v, entry in entries]
    entries.sort(key=lambda e: (SEVERITIES.index(e[0]["severity"].lower()), e[0]["featurename"], e[0]["vulnerability"]))
    ids = [f'        "{v["vulnerability"]}"' for v, _ in entries if v["vulnerability"] in document["unapproved"]]
    blocks = ["        {\n" + entry + "\n        }" for _, entry in entries]
    head = head.split("[")[0] + "[\n" + ",\n".join(ids) + "\n    ],\n"
    return head + '    "vulnerabilities": [\n' + ",\n".join(blocks) + "\n    ]\n" + tail


def clair(path, wanted):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    document = json.loads(text)
    with open(wanted, "w", encoding="utf-8", newline="") as f:
        f.write(ordered(text.rstrip("\n"), document))
    space = (document["vulnerabilities"] or [{"namespace": "ubuntu:18.04"}])[0]["namespace"]
    release = space.split(":")
    distro = {"id": release[0], "version": release[1], "codename": None, "name": space, "release": space, "eol": None}
    return report([
        finding(v["vulnerability"], v["severity"].lower(), package(v["featurename"], v["featureversion"]),
                details=v["description"], url=v["link"], fixed_version=v["fixedby"] or None,
                state="fixed" if v["fixedby"] else "unfixed",
                standing="open" if v["vulnerability"] in document["unapproved"] else "allowed")
        for v in document["vulnerabilities"]], document["image"], distro)


made = {"count": lambda n: count(int(n)), "texts": texts, "clair": clair}[sys.argv[1]](*sys.argv[2:])
json.dump(made, sys.stdout)
