# SPDX-License-Identifier: Apache-2.0
"""readers.py - what programs from PyPI, and Python itself, read in report files

    python readers.py READER FILE...

Prints an object as JSON: by file, what READER made of it ("read"), or why it could not ("refused").
"""
import csv
import json
import sys
import warnings

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from junitparser import JUnitXml
from vexipy import Document


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.reader(f, strict=True))


def read_junit(path):
    """Each suite as it says it is and as it counts up, and its cases."""

    def counts(suite):
        return {key: getattr(suite, key) for key in ("tests", "failures", "errors", "skipped")}

    suites = []
    for suite in JUnitXml.fromfile(path):
        said = counts(suite)
        suite.update_statistics()
        cases = [
            {
                "classname": case.classname,
                "name": case.name,
                "results": [{"kind": type(r).__name__, "type": r.type, "text": r.text} for r in case.result],
            }
            for case in suite
        ]
        suites.append({"name": suite.name, "said": said, "counted": counts(suite), "cases": cases})
    return suites


def read_cyclonedx(path):
    with open(path, encoding="utf-8") as f:
        document = f.read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    if error is not None:
        raise ValueError(error)
    with warnings.catch_warnings():
        # It would like to see what depends on what, which a package database does not always say.
        warnings.simplefilter("ignore")
        bom = Bom.from_json(json.loads(document))
        bom.validate()
    return {
        "subject": bom.metadata.component.type.value,
        "components": {c.bom_ref.value: str(c.purl) for c in bom.components if c.purl},
        "vulnerabilities": [
            {
                "id": v.id,
                "severities": [r.severity.value for r in v.ratings if r.severity],
                "affects": [target.ref for target in v.affects],
                "state": v.analysis.state.value if v.analysis and v.analysis.state else None,
            }
            for v in bom.vulnerabilities
        ],
    }


def read_openvex(path):
    with open(path, encoding="utf-8") as f:
        document = Document.from_json(f.read())
    return [
        {
            "name": s.vulnerability.name,
            "status": s.status.value,
            "action": s.action_statement,
            "products": [p.id for p in s.products],
            "subcomponents": [c.id for p in s.products for c in p.subcomponents or ()],
        }
        for s in document.statements
    ]


READERS = {"csv": read_csv, "cyclonedx": read_cyclonedx, "junit": read_junit, "openvex": read_openvex}



def attempt(read, path):
    try:
        return {"read": read(path)}
    except Exception as e:  # whatever a client throws, it says that it cannot read the file
        return {"refused": f"{type(e).__name__}: {e}"}


print(json.dumps({path: attempt(READERS[sys.argv[1]], path) for path in sys.argv[2:]}))
