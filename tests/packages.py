"""The packages of a json report as lines of an image fixture's packages.tsv.

    packages.py REPORT [--no-layers]

The layer is its place in the image, the base 0; "-" for none.
"""

import json
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        report = json.load(f)
    places = {}
    for place, layer in enumerate(report["image"]["layers"]):
        places.setdefault(layer["digest"], str(place))
    rows = []
    for p in report["packages"]:
        row = [p["type"], p["name"], p["version"], p["arch"] or "-", p["source_name"], p["source_version"], p["path"]]
        if "--no-layers" not in sys.argv:
            row.append(places.get(p["layer"], "-") if p["layer"] else "-")
        rows.append("\t".join(row))
    for row in sorted(rows):
        print(row)


main()
