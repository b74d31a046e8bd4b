#!/usr/bin/env python3
"""
A stored report with a finding for each severity and each state of a fix, and what became of them.

    python3 tests/reports/states.py make                 the report, to standard output
    python3 tests/reports/states.py standings <report    a line of settings.tsv (tests/fixtures/policy): what follows the
                                                         settings and the status
    python3 tests/reports/states.py decision NAME <report
                                                         why the finding of that package is accepted, and by what setting
"""
import json
import sys

import make

STATES = ("fixed", "unfixed", "wont-fix", "unknown")
SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")
LETTERS = {"open": "o", "below": "b", "allowed": "a"}


def made():
    report = make.empty()
    for i, state in enumerate(STATES):
        for k, severity in enumerate(SEVERITIES):
            of = make.package("%s-%s" % (state, severity))
            fix = "2.0-1" if state == "fixed" else None
            report["packages"].append(of)
            report["findings"].append(
                make.finding(of, id="CVE-2024-10%d%d" % (i, k), severity=severity, state=state, fixed_version=fix, upgrade_to=fix)
            )
    return report


def standings(report):
    found = {(f["state"], f["severity"]): LETTERS[f["standing"]] for f in report["findings"]}
    passing = [n["text"].split()[2] for n in report["notices"] if n["kind"] == "unknown-passes"]
    grids = ["".join(found[state, severity] for severity in SEVERITIES) for state in STATES]
    return "\t".join(grids + (passing or ["0"]))


def decision(report, name):
    (of,) = [f["decision"] for f in report["findings"] if f["package"]["name"] == name]
    others = [key for key in ("owner", "expires", "justification") if of[key]]
    return ", ".join([of["reason"], of["source"]] + others)


def main():
    if sys.argv[1] == "make":
        json.dump(made(), sys.stdout, indent=1)
    elif sys.argv[1] == "decision":
        print(decision(json.load(sys.stdin), sys.argv[2]))
    else:
        print(standings(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
