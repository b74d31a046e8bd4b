"""Hold CycloneDX and OpenVEX files against the report that they were made of, as our own json tells it.

    python3 tests/reports/bom.py cyclonedx OURS.json BOM.json [LEFT-OUT...]   what must be said to be left out, in order
    python3 tests/reports/bom.py openvex OURS.json VEX.json

Prints what does not agree; exits with 1 if there is something.
"""
import json
import re
import sys
from collections import Counter

ROOM = 5000000
RANKS = ("unknown", "info", "low", "medium", "high", "critical")
TERMS = {"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
         "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}
PART = r"(?:[A-Za-z0-9._~:+-]|%[0-9A-Fa-f]{2})+"
PURL = re.compile(rf"pkg:[a-z][a-z0-9.-]*(?:/{PART})+(?:@{PART})?(?:\?[a-z][a-z0-9._-]*={PART}(?:&[a-z][a-z0-9._-]*={PART})*)?")
VECTORS = {
    "CVSSv2": r"AV:[NAL]/AC:[LMH]/Au:[MSN]/C:[NPC]/I:[NPC]/A:[NPC]",
    "CVSSv3": r"CVSS:3\.0/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[HLN]/I:[HLN]/A:[HLN]",
    "CVSSv31": r"CVSS:3\.1/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[HLN]/I:[HLN]/A:[HLN]",
    "CVSSv4": r"CVSS:4\.0/[A-Z]+:[A-Za-z]+(/[A-Z]+:[A-Za-z]+)*",
}
problems = []


def check(ok, *what):
    if not ok:
        problems.append(" ".join(map(str, what))[:400])


def unique(pairs):
    check(len({key for key, _ in pairs}) == len(pairs), "a key occurs twice:", [key for key, _ in pairs])
    return dict(pairs)


def compare(what, wanted, got):
    wanted, got = Counter(wanted), Counter(got)
    for key in wanted - got:
        check(False, what, "missing:", key)
    for key in got - wanted:
        check(False, what, "too much:", key)


def cut(text):
    return text if len(text) <= 1024 else text[:1021] + "..."


def word(severity):
    return "info" if severity == "negligible" else severity


def values(properties, name):
    return [p["value"] for p in properties if p["name"] == name]


def facts(aliases, cwes, epss):
    return tuple(a for a in aliases if a), tuple(cwes), tuple(f"{e:.5f}" for e in epss if e is not None)


def check_metadata(ours, bom):
    image, distro = ours["image"], ours["image"]["distro"] or {}
    properties = bom["metadata"]["properties"]
    gitlab = "gitlab:container_scanning:"
    check(all(p["value"] for p in properties), "a property is empty")
    check(values(properties, "gitlab:meta:schema_version") == ["1"], "GitLab's schema version")
    check(values(properties, gitlab + "image:name") == [cut(image["name"])], "GitLab's image name")
    check(values(properties, gitlab + "image:tag") == [cut(image["tag"] or image["digest"] or "untagged")], "GitLab's tag")
    version = distro.get("version") or distro.get("codename")
    known = bool(distro.get("id") and version)
    check(values(properties, gitlab + "operating_system:name") == ([distro["id"]] if known else []), "GitLab's system")
    check(values(properties, gitlab + "operating_system:version") == ([version] if known else []), "and its version")
    check(values(properties, "scanstep:gaps") == [str(len(ours["gaps"]))], "the number of gaps")
    subject = bom["metadata"]["component"]
    check(subject["type"] == "container" and subject["bom-ref"] == "image", "the subject is no container")
    check("purl" not in subject or PURL.fullmatch(subject["purl"]), "the subject's purl")


def check_rating(v):
    check(len(v["ratings"]) == 1, v["id"], "has not one rating")
    rating = v["ratings"][0]
    if rating["method"] == "other":
        check("vector" not in rating, v["id"], "has a vector and no method")
    else:
        check(re.fullmatch(VECTORS[rating["method"]] + r"(/.*)?", rating["vector"]), v["id"], "has no such vector")


def check_analysis(v, standing):
    analysis = v.get("analysis", {})
    wanted = {"not-affected": "not_affected", "fixed": "resolved"}.get(standing)
    check(analysis.get("state") == wanted, v["id"], "has the state", analysis.get("state"))
    check(("response" in analysis) == (standing == "allowed"), v["id"], "has a response")
    check(bool(analysis) == (standing in ("allowed", "not-affected", "fixed")), v["id"], "has an analysis")
    check(not analysis or analysis["detail"], v["id"], "has an analysis without a detail")
    safe = standing in ("not-affected", "fixed")
    for a in v["affects"]:
        check(a["versions"][0]["status"] == ("unaffected" if safe else "affected"), v["id"], "has a wrong status")


def cyclonedx(ours, bom, *left_out):
    check_metadata(ours, bom)
    properties = bom["metadata"]["properties"]
    said = values(properties, "scanstep:left-out")
    check(len(said) == len(left_out) and all(w in s for w, s in zip(left_out, said)), "left out:", said)
    counts = dict((m[3], (int(m[1]), int(m[2]))) for m in map(re.compile(r"(\d+) of (\d+) (\w+)").match, said) if m)

    components = [c for c in bom["components"] if c["type"] != "operating-system"]
    systems = len(bom["components"]) - len(components)
    distro = ours["image"]["distro"] or {}
    check(systems == bool(distro.get("id") or distro.get("name")), "operating systems:", systems)
    by_ref = {c["bom-ref"]: c for c in bom["components"]}
    check(len(by_ref) == len(bom["components"]) and "image" not in by_ref, "a bom-ref is not unique")
    check(all(c["name"] for c in components), "a component without a name")
    for c in components:
        check("purl" not in c or PURL.fullmatch(c["purl"]), "no purl:", c.get("purl"))

    names = lambda p, purl: (cut(p["name"]), cut(p["version"]), purl)
    purl_of = {p["purl"]: p["purl"] if PURL.fullmatch(p["purl"]) and len(p["purl"]) <= 4100 else None for p in ours["packages"]}
    wanted = Counter(names(p, purl_of[p["purl"]]) for p in ours["packages"])
    got = Counter(names(c, c.get("purl")) for c in components)
    check(not got - wanted, "components that are no packages:", list(got - wanted)[:3])
    left, total = counts.get("packages", (0, len(ours["packages"])))
    check(total == len(ours["packages"]) and len(components) + left == total, len(components), "components,", left, "left out")

    wanted = set()
    for f in ours["findings"]:
        p = f["package"]
        wanted.add((cut(f["id"]), word(f["severity"]), f["standing"], names(p, purl_of[p["purl"]]), p["path"], f["layer"],
                    facts(map(cut, f["aliases"]), f["cwes"], f["epss"].values() if f["epss"] else ())))
    got, severities = [], []
    for v in bom["vulnerabilities"]:
        standing = values(v["properties"], "scanstep:standing")[0]
        severity = v["ratings"][0]["severity"]
        check_rating(v)
        check_analysis(v, standing)
        check(len({a["ref"] for a in v["affects"]}) == len(v["affects"]) > 0, v["id"], "affects a component twice, or none")
        check("cwes" not in v or all(type(c) is int and c > 0 for c in v["cwes"]), v["id"], "has a CWE that is none")
        severities += [RANKS.index(severity)] * len(v["affects"])
        for a in v["affects"]:
            c = by_ref.get(a["ref"])
            check(c, v["id"], "affects", a["ref"], "which is not there")
            check(c and a["versions"][0]["version"] == c["version"], v["id"], "affects another version")
            where = [values(c.get("properties", []), "scanstep:" + n) for n in ("path", "layer")]
            epss = [float(e) for n in ("epss", "epss-percentile") for e in values(v["properties"], "scanstep:" + n)]
            got.append((v["id"], severity, standing, names(c, c.get("purl")), *(w[0] if w else None for w in where),
                        facts([r["id"] for r in v.get("references", [])], v.get("cwes", []), epss)))
    left, total = counts.get("findings", (0, len(wanted)))
    check(total == len(wanted) and len(got) + left == total, len(got), "findings,", left, "left out of", total, "not", len(wanted))
    check(severities == sorted(severities, reverse=True), "the worst are not first")
    if not left_out:
        compare("findings", wanted, got)
    else:
        check(not {w[:4] for w in got} - {w[:4] for w in wanted}, "a finding that is none")
        ranks = sorted((RANKS.index(w[1]) for w in wanted), reverse=True)
        check(severities == ranks[:len(got)], "the worst are not those that stay")


def openvex(ours, vex):
    check(vex["@context"] == "https://openvex.dev/ns/v0.2.0" and vex["author"] == "scanstep", "the head")
    check(vex["timestamp"] == ours["scanned_at"] and vex["version"] == 1, "time and version")
    check(len({s["@id"] for s in vex["statements"]}) == len(vex["statements"]), "a statement's id is not unique")
    status = {"not-affected": "not_affected", "fixed": "fixed"}
    check(len(vex["statements"]) == len(ours["findings"]), "a statement is missing")
    for s, f in zip(vex["statements"], ours["findings"]):
        check(s["vulnerability"]["name"] == f["id"], f["id"], "is", s["vulnerability"]["name"])
        aliases = s["vulnerability"].get("aliases", [])
        check(len(set(aliases)) == len(aliases) and all(aliases), f["id"], "has an alias twice, or an empty one")
        check(s["status"] == status.get(f["standing"], "affected"), f["id"], "is", s["status"])
        check(bool(s.get("action_statement")) == (s["status"] == "affected"), f["id"], "has an action statement")
        if f["standing"] == "allowed" and f["decision"]["reason"]:
            check(f["decision"]["reason"] in s["action_statement"], f["id"], "does not say why it is allowed")
        reasons = [s.get("justification"), s.get("impact_statement")]
        check(any(reasons) == (s["status"] == "not_affected"), f["id"], "has reasons")
        check(reasons[0] is None or reasons[0] in TERMS, f["id"], "has no term for a justification")
        for p in s["products"]:
            check(len(s["products"]) == 1 and PURL.fullmatch(p["@id"]), f["id"], "has a product", p["@id"])
            ids = [c["@id"] for c in p["subcomponents"]]
            check(len(ids) == 1 and PURL.fullmatch(ids[0]), f["id"], "has subcomponents", ids)
            if PURL.fullmatch(f["package"]["purl"]) and len(f["package"]["purl"]) <= 4096:
                check(ids == [f["package"]["purl"]], f["id"], "is in", ids)


def main(kind, ours_path, path, *left_out):
    with open(ours_path, encoding="utf-8") as f:
        ours = json.load(f)
    with open(path, "rb") as f:
        document = f.read()
    check(document.isascii() and b"##" not in document, "other characters than ASCII, or a command")
    parsed = json.loads(document, object_pairs_hook=unique)
    if kind == "cyclonedx":
        check(len(document) < ROOM, "larger than GitLab takes:", len(document))
        cyclonedx(ours, parsed, *left_out)
    else:
        openvex(ours, parsed)
    for problem in problems[:40]:
        print(f"{path}: {problem}".encode("ascii", "backslashreplace").decode())
    return bool(problems)


sys.exit(main(*sys.argv[1:]))
