"""Whether what is written about the GitHub action is true: action_docs.py ACTION-FOLDER

Its README has a row for each input, with the default, and for each output; the lines that it shows of examples are lines of
those; examples give inputs that there are and use outputs that there are; one action is pinned to one commit everywhere, and
has its version beside it. Prints what is wrong.
"""

import glob
import os
import re
import sys

import yaml

folder = sys.argv[1]
problems = []


def read(name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return f.read()


action = yaml.load(read("action.yml"), yaml.BaseLoader)
readme = read("README.md")


def rows(heading):
    section = re.search(r"\n## %s\n(.*?)(?=\n## |\Z)" % heading, readme, re.S).group(1)
    return re.findall(r"^\| `([^`]+)` \|(?: *(?:`([^`]*)`)? *\|)?", section, re.M)


def compare(what, wanted, got):
    for i in sorted(set(wanted) ^ set(got)):
        problems.append("%s %s: only %s has it" % (what, i, "action.yml" if i in wanted else "README.md"))
    if not set(wanted) ^ set(got) and list(wanted) != list(got):
        problems.append(what + "s stand in another order in README.md")


compare("input", action["inputs"], [name for name, _ in rows("Inputs")])
compare("output", action["outputs"], [name for name, _ in rows("Outputs")])
for name, default in rows("Inputs"):
    real = action["inputs"].get(name, {}).get("default", "")
    if real and default != real:
        problems.append("input %s: the default is %s" % (name, real))

shown = re.findall(r"<!-- lines of (\S+) -->\n```yaml\n(.*?)```", readme, re.S)
for name, lines in shown:
    if not lines or lines not in read(name):
        problems.append("README.md shows lines that %s does not have" % name)

pins = {}
files = ["action.yml"] + sorted(os.path.relpath(f, folder) for f in glob.glob(os.path.join(folder, "examples", "*.yml")))
for name in files:
    text = read(name)
    for line in re.findall(r"uses: (.*)", text):
        m = re.match(r"([\w.-]+/[\w.-]+)(/[\w./-]+)?@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", line)
        if not m:
            problems.append("%s: no commit and version: %s" % (name, line))
        elif pins.setdefault(m.group(1), m.groups()[2:]) != m.groups()[2:]:
            problems.append("%s: elsewhere it is another commit: %s" % (name, line))
    for job in yaml.load(text, yaml.BaseLoader).get("jobs", {}).values():
        for step in job["steps"]:
            if "/scanstep/action@" in step.get("uses", ""):
                problems += ["%s: there is no input %s" % (name, i) for i in set(step["with"]) - set(action["inputs"])]
    if name != "action.yml":
        used = set(re.findall(r"steps\.scan\.outputs\.([\w-]+)", text))
        problems += ["%s: there is no output %s" % (name, i) for i in sorted(used - set(action["outputs"]))]
for step in action["runs"]["steps"]:
    if "${{" in step.get("run", ""):
        problems.append("an expression is part of a command: " + step["run"])
if not shown or len(files) < 2:
    problems.append("there is nothing to compare")

print("\n".join(problems), file=sys.stderr)
sys.exit(1 if problems else 0)
