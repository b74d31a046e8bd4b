"""What GitLab asks of its reports beyond the schemas, and what must be in them: held against our own json.

    python3 tests/reports/gitlab_facts.py gitlab|codequality REPORT.json OUR.json [MIN-SEVERITY]

OUR.json is the same report in our own format. Prints what is wrong; exits with 1 if anything is.
"""
import collections
import json
import re
import sys
import uuid

ORDER = ["unknown", "negligible", "low", "medium", "high", "critical"]
LEVELS = dict(zip(ORDER, ["Unknown", "Info", "Low", "Medium", "High", "Critical"]))
WORDS = dict(zip(ORDER, ["info", "info", "minor", "major", "critical", "blocker"]))
PRIORITY = ["blocker", "critical", "major", "minor", "info"]
DISMISSED = ("allowed", "not-affected", "fixed")
problems = []


def wrong(what, *details):
    problems.append(" ".join([what, *map(repr, details)])[:400])


def listed(report, least):
    return [f for f in report["findings"] if f["standing"] not in DISMISSED
            and (f["severity"] == "unknown" or ORDER.index(f["severity"]) >= ORDER.index(least))]


def unique(what, names):
    twice = [name for name, n in collections.Counter(names).items() if n > 1]
    if twice:
        wrong(what + " occur twice:", twice[:5])


def plain(value, where=""):
    """No text that is blank, begins or ends with a blank, or holds what cannot be seen; lines in descriptions alone."""
    if isinstance(value, dict):
        for key, inner in value.items():
            plain(inner, where + "/" + key)
    elif isinstance(value, list):
        for inner in value:
            plain(inner, where + "/*")
    elif isinstance(value, str):
        if where.endswith("/description"):
            value = value.replace("\n", " ").replace("\t", " ").strip()
        if value != value.strip() or not value:
            wrong("blanks in " + where, value)
        if re.search("[\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", value):
            wrong("something unseen in " + where, value)


def check_vector(vector):
    """Written down again from the specifications, not from our code."""
    two = r"AV:[NAL]/AC:[LMH]/Au:[MSN]/C:[NPC]/I:[NPC]/A:[NPC](/.*)?"
    three = r"CVSS:3\.[01]/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[NLH]/I:[NLH]/A:[NLH](/.*)?"
    metrics = [m.split(":")[0] for m in vector.split("/")]
    if not re.fullmatch(two + "|" + three, vector):
        wrong("no vector:", vector)
    if len(set(metrics)) != len(metrics):
        wrong("a metric twice in", vector)


def check_identifiers(v, f):
    ids = v["identifiers"]
    kinds = [i["type"] for i in ids]
    ranks = [["cve", "ghsa"].index(k) if k in ("cve", "ghsa") else 9 if k == "cwe" else 5 for k in kinds]
    if len(ids) > 20:
        wrong("more identifiers than GitLab stores:", len(ids))
    if ranks != sorted(ranks):
        wrong("identifiers are not in order:", kinds)
    unique("identifiers of one finding", [(i["type"], i["value"]) for i in ids])
    for i in ids:
        if i["type"] == "cwe" and not re.fullmatch("[1-9][0-9]*", i["value"]):
            wrong("no number of a weakness:", i["value"])
        if i["type"] == "cve" and not re.fullmatch("CVE-[0-9]{4}-[0-9]{4,}", i["value"]):
            wrong("no CVE id:", i["value"])
    if re.fullmatch("CVE-[0-9]{4}-[0-9]{4,}", f["id"]) and ids[0]["value"] != f["id"]:
        wrong("the first identifier is not", f["id"])


def check_collapse(vulnerabilities):
    """GitLab drops a finding that shares an identifier, weaknesses aside, with another one at its location."""
    owners = {}
    for v in vulnerabilities:
        for i in v["identifiers"]:
            if i["type"] != "cwe":
                key = (v["location"]["dependency"]["package"]["name"], i["type"], i["value"])
                first = v["identifiers"][0]["value"]
                if owners.setdefault(key, first) != first:
                    wrong("GitLab would drop one of two:", owners[key], first, key)


def check_end_of_life(got, report):
    """The finding of the distribution, which no threshold leaves out, is the last; the others are returned."""
    of = [i for i, v in enumerate(got) if v["identifiers"][0]["type"] == "scanstep_eol"]
    if not of:
        return got
    last, distro = got[-1], report["image"]["distro"]
    if of != [len(got) - 1] or len(last["identifiers"]) != 1:
        wrong("the end of support is not one finding at the end, of one name:", of)
    if not any(n["kind"] == "end-of-life" for n in report["notices"]):
        wrong("no distribution is past its end of life")
    if last["location"]["dependency"] != {"package": {"name": distro["id"]}, "version": distro["version"] or "unknown"}:
        wrong("the distribution is not", last["location"]["dependency"])
    if uuid.UUID(last["id"]).version != 5:
        wrong("no UUID of version 5:", last["id"])
    return got[:-1]


def check_gitlab(ours, report, least):
    findings, got = listed(report, least), ours["vulnerabilities"]
    unique("ids", [v["id"] for v in got])
    got = check_end_of_life(got, report)
    if len(findings) != len(got):
        wrong("findings:", len(got), "not", len(findings))
    for v, f in zip(got, findings):
        if uuid.UUID(v["id"]).version != 5 or v["id"] != v["id"].lower():
            wrong("no UUID of version 5:", v["id"])
        if v["severity"] != LEVELS[f["severity"]]:
            wrong("severity:", v["severity"], f["severity"])
        if len(v["description"]) > 15000 or not v["description"]:
            wrong("description:", len(v["description"]))
        for vector in v.get("cvss_vectors", []):
            check_vector(vector["vector"])
        if re.search(r"\]\(|\]\[|\]:|<[a-zA-Z/!?]", v["description"]):
            wrong("markup in", v["description"])
        check_identifiers(v, f)
    check_collapse(got)
    incomplete = report["verdict"]["exit_status"] == 4
    if (ours["scan"]["status"] == "failure") != incomplete:
        wrong("status", ours["scan"]["status"])
    if sum(m["value"].startswith("Not looked at: ") for m in ours["scan"]["messages"]) != min(100, len(report["gaps"])):
        wrong("not every gap is a message")
    if ours["remediations"] != [] or "primary_identifiers" in ours["scan"]:
        wrong("remediations or primary identifiers")


def check_codequality(ours, report, least):
    findings = listed(report, least)
    entries = [e for e in ours if e["check_name"] not in ("scanstep-gap", "scanstep-notice")]
    if len(findings) != len(entries):
        wrong("entries:", len(entries), "not", len(findings))
    unique("fingerprints", [e["fingerprint"] for e in ours])
    for e, f in zip(entries, findings):
        if e["severity"] != WORDS[f["severity"]]:
            wrong("severity:", e["severity"], f["severity"])
    ranks = [PRIORITY.index(e["severity"]) for e in ours]
    if ranks != sorted(ranks):
        wrong("not worst first")
    gaps = [e for e in ours if e["check_name"] == "scanstep-gap"]
    if bool(gaps) != bool(report["gaps"]):
        wrong("gaps:", len(gaps), "not", len(report["gaps"]))
    if report["verdict"]["exit_status"] == 4 and ours[0] != gaps[0]:
        wrong("an incomplete scan does not begin with it")
    for e in ours:
        if "\n" in e["description"]:
            wrong("lines in", e["description"])


def main(kind, path, truth, least="negligible"):
    with open(path, encoding="utf-8") as f:
        ours = json.load(f)
    with open(truth, encoding="utf-8") as f:
        report = json.load(f)
    plain(ours)
    (check_gitlab if kind == "gitlab" else check_codequality)(ours, report, least)
    print("\n".join(problems[:40]))
    return bool(problems)


sys.exit(main(*sys.argv[1:]))
