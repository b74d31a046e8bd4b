"""Stored reports that must be refused: tests/vectors/report-refused.tsv against the program, as TAP.

    python3 tests/refused.py PROGRAM REPORT TABLE FOLDER

Each change is made to REPORT, and "PROGRAM convert" must exit with 2 and say what the table says.
"""
import copy
import json
import subprocess
import sys


def change(document, pointer, value):
    *way, last = pointer.split("/")[1:]
    at = document
    for key in way:
        at = at[int(key) if isinstance(at, list) else key]
    if isinstance(at, list):
        last = int(last)
    if value == "-":
        del at[last]
    else:
        at[last] = json.loads(value)


def main(program, report, table, folder):
    with open(report, encoding="utf-8") as f:
        good = json.load(f)
    with open(table, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    failures = 0
    path = folder + "/changed.json"
    for n, (pointer, value, wanted) in enumerate(rows, 1):
        text = value
        if pointer != "=":
            document = copy.deepcopy(good)
            change(document, pointer, value)
            text = json.dumps(document)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        got = subprocess.run([program, "convert", path], capture_output=True, text=True, check=False)
        begin = f"scanstep: {path} is no scanstep json report: {wanted}"
        good_end = got.returncode == 2 and got.stdout == "" and got.stderr.startswith(begin) and got.stderr.count("\n") == 1
        print("ok" if good_end else "not ok", n, "-", pointer, value[:60].replace("#", ""))
        if not good_end:
            failures += 1
            print(f"# status {got.returncode}, wanted 2 and {begin!r}")
            print("# got", repr(got.stderr[:500]), repr(got.stdout[:80]))
    print(f"1..{len(rows)}")
    return failures > 0 or not rows


sys.exit(main(*sys.argv[1:]))
