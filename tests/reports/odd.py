"""Stored reports that no scan would make, to standard output.

    python3 tests/reports/odd.py many FINDINGS PACKAGES DETAILS   details of so many characters each
    python3 tests/reports/odd.py odd                              twins, purls that are none, repeated findings, no tag
"""
import json
import sys

SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")


def package(number, **other):
    name = f"package-{number}"
    version = f"1.{number}-1"
    return {
        "type": "deb", "name": name, "version": version, "arch": "amd64", "source_name": name,
        "source_version": version, "purl": f"pkg:deb/debian/{name}@{version}?arch=amd64",
        "layer": "sha256:" + "a1" * 32, "path": "var/lib/dpkg/status", **other,
    }


def finding(number, of, **other):
    return {
        "id": f"CVE-2026-{number:04}", "title": f"Title of {number}", "details": None, "url": None, "feed": "debian",
        "kev": None, "aliases": [], "cwes": [], "cvss": None, "epss": None, "severity": "high", "state": "unfixed",
        "standing": "open", "fixed_version": None, "upgrade_to": None, "decision": None, "fingerprint": "", "layer": of["layer"],
        "package": {key: value for key, value in of.items() if key != "layer"}, **other,
    }


def report(packages, findings, **image):
    return {
        "schema_version": "1.0", "tool": {"name": "scanstep", "version": "0.1.0"}, "scanned_at": "2026-11-22T08:00:00Z",
        "verdict": {"passed": True, "exit_status": 0}, "summary": {},
        "image": {"reference": "odd", "name": "odd", "tag": None, "digest": None, "platform": None, "distro": None,
                  "layers": [], **image},
        "database": {"source": "file", "built": "2026-11-20T04:10:00Z", "feeds": []},
        "policy": {"fail_on": "none", "unknown": "fail", "ignore_status": [], "allow_empty": False, "allow_incomplete": False}, "notices": [], "gaps": [],
        "packages": packages, "findings": findings,
    }


def many(nfindings, npackages, ndetails):
    packages = [package(i) for i in range(npackages)]
    return report(packages, [
        finding(i % 2000, packages[i * npackages // nfindings], severity=SEVERITIES[i % 6],
                title=f"Title of {i % 2000}" + "." * min(ndetails, 1000), details="d" * ndetails)
        for i in range(nfindings)
    ])


def odd():
    twins = [package(1, path=path) for path in ("opt/a/status", "opt/b/status")]
    purls = ("deb/debian/x@1", "pkg:deb", "pkg:deb/", "pkg:deb/debian/@1", "pkg:deb/a b@1", "pkg:deb/a@%zz", "pkg:deb/a@",
             "pkg:deb/a@1?", "pkg:deb/a@1?arch", "pkg:deb/a@1?=x", "pkg:deb/a@1#\u202e", "pkg:DEB/a@1", "pkg:deb/\u00fc@1",
             "pkg:deb/" + "a" * 5000, "urn:cdx:x")
    packages = [*twins, package(1, path="opt/b/status", layer=None)]
    packages += [package(10 + i, purl=purl) for i, purl in enumerate(purls)]
    packages += [package(50, version="9" * 3000), package(51, name="n" * 3000)]
    findings = [finding(i, p) for i, p in enumerate(packages)]
    findings += [finding(100, p) for p in twins]
    findings += [finding(100, twins[0]), finding(100, twins[0], severity="low"), finding(100, twins[0], standing="below")]
    for vector in ("CVSS:3.1/", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "AV:N/AC:L/Au:N/C:P/I:P/A:P",
                   "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:9.9/AV:N", "CVSS:4.0/AV:N//",
                   "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"):
        findings.append(finding(200 + len(findings), packages[0], cvss={"vector": vector, "score": 5.5}))
    findings.append(finding(300, packages[0], title=None, details="only details", aliases=["b", "a", "", "b"]))
    findings.append(finding(301, packages[0], title="", details="", url="https://user@example.com/"))
    for term in (None, "", "component_not_present", "nonsense"):
        findings.append(finding(310 + len(findings), packages[0], standing="not-affected", decision={
            "reason": None, "justification": term, "owner": None, "expires": None, "source": "v.json", "by": "file"}))
    # Findings that differ in one fact each.
    scores = {"probability": 0.5, "percentile": 0.75}
    findings += [finding(400, packages[0], **{"aliases": ["GHSA-a"], "cwes": [79], "epss": scores, **fact}) for fact in (
        {}, {"aliases": ["GHSA-a", "GHSA-b"]}, {"aliases": ["GHSA-b"]}, {"aliases": []}, {"cwes": [79, 80]}, {"cwes": []},
        {"epss": {**scores, "probability": 0.25}}, {"epss": {**scores, "percentile": 0.5}}, {"epss": None})]
    return report(packages, findings)


print(json.dumps(many(*map(int, sys.argv[2:])) if sys.argv[1] == "many" else odd()))
