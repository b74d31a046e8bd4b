#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates.py - runs the script of a template as its CI system would: parameters in its variables, and nowhere else

    tests/templates.py PLATFORM WORKSPACE [NAME=VALUE...]

PLATFORM is a folder of ci-templates; NAME is what the template calls a parameter, or a variable of a template without
parameters. The script runs under sh in WORKSPACE, with the variables of this process and the template's. Exits with its
status; with 99, and says why, when a parameter is pasted into the script, or when what the template publishes of a
scan that has a verdict is not there.
"""
import argparse
import glob
import os
import re
import shlex
import subprocess
import sys

import yaml


def load(path):
    with open(f"ci-templates/{path}", encoding="utf-8") as f:
        return yaml.safe_load(f)


def comments(path):
    with open(f"ci-templates/{path}", encoding="utf-8") as f:
        return "".join(line for line in f if line.startswith("#"))


def reports(script):
    """The folder, and the files in it, that a script asks scanstep for."""
    parser = argparse.ArgumentParser(exit_on_error=False, add_help=False)
    parser.add_argument("--output-dir", required=True)
    parser.add_argument("-o", "--output", action="append", required=True)
    (command,) = [line for line in script.splitlines() if line.startswith("scanstep ")]
    asked, _ = parser.parse_known_args(shlex.split(command))
    listed = subprocess.run(["scanstep", "formats"], check=True, capture_output=True, text=True).stdout
    own = dict(re.findall(r"^(\w+) +(\S+\.\w+) ", listed, re.MULTILINE))
    files = [output.partition("=")[2] or own.get(output) for output in asked.output]
    return asked.output_dir, [file for file in files if file]


def fill(text, pattern, values):
    """Each reference that the pattern finds in a text, replaced by its value, as often as it is there, and once."""
    return re.sub(pattern, lambda match: values[match[1]], str(text))


class Template:
    """What a template runs and publishes: script, environment, and patterns of files."""

    def __init__(self, workspace, given):
        self.workspace = workspace
        self.given = given
        self.script = ""
        self.env = {}
        self.published = []

    def azure(self):
        document = load("azure/scanstep.yml")
        values = {p["name"]: p.get("default", "") for p in document["parameters"]} | self.given
        places = {"Agent.TempDirectory": f"{self.workspace}/temp", "Pipeline.Workspace": f"{self.workspace}/pipeline"}

        def filled(text):
            # What stands in a parameter is not looked into again.
            return fill(fill(text, r"\$\(((?:Agent|Pipeline)\.\w+)\)", places), r"\$\{\{ parameters\.(\w+) \}\}", values)

        (step,) = [s for s in document["steps"] if "script" in s]
        (tests,) = [s["inputs"] for s in document["steps"] if s.get("task") == "PublishTestResults@2"]
        (folder,) = [s["publish"] for s in document["steps"] if "publish" in s]
        os.makedirs(f"{self.workspace}/temp", exist_ok=True)
        self.script = step["script"]
        self.env = {name: filled(value) for name, value in step["env"].items()}
        self.published = [f"{filled(tests['searchFolder'])}/{tests['testResultsFiles']}", f"{filled(folder)}/*.html"]

    def bitbucket(self):
        document = load("bitbucket/bitbucket-pipelines.yml")
        (definition,) = document["definitions"]["steps"]
        step = definition["step"]
        assert document["pipelines"]["default"][0]["step"] == step
        variables, again = document["pipelines"]["custom"]["scan-an-image"]
        assert again["step"] == step
        self.script = "\n".join(step["script"])
        self.env = {v["name"]: v.get("default", "") for v in variables["variables"]} | self.given
        # Test results are looked for in folders of this name.
        self.published = ["test-reports/scanstep-junit.xml", *step["artifacts"]]

    def circleci(self):
        job = load("circleci/config.yml")["jobs"]["scan"]
        values = {name: p.get("default", "") for name, p in job["parameters"].items()} | self.given
        (command,) = [s["run"]["command"] for s in job["steps"] if "run" in s]
        assert job["shell"] == "/bin/sh -e"
        self.script = command
        self.env = {name: fill(value, r"<< parameters\.([\w-]+) >>", values) for name, value in job["environment"].items()}
        for step in job["steps"]:
            for kind in ("store_test_results", "store_artifacts"):
                if kind in step:
                    self.published.append(f"{step[kind]['path']}/*.xml")

    def steps(self, path):
        (step,) = load(path)["steps"]
        self.script = "\n".join(step["commands"])
        # A value that is a secret's name is left out: there is none.
        self.env = {k: v for k, v in step["environment"].items() if isinstance(v, str)} | self.given
        (folder, files) = reports(self.script)
        # Nothing publishes them: later steps find them where the page says that they are.
        assert f" {folder}/" in comments(path), f"no comment of {path} names {folder}/"
        self.published = [f"{folder}/{file}" for file in files]

    def woodpecker(self):
        self.steps("woodpecker/scanstep.yaml")

    def drone(self):
        self.steps("drone/drone.yml")

    def tekton(self):
        spec = load("tekton/scanstep.yaml")["spec"]
        values = {p["name"]: p.get("default", "") for p in spec["params"]} | self.given
        (step,) = spec["steps"]
        text = yaml.safe_dump(spec)
        for kind, declared in (("params", values), ("results", {r["name"] for r in spec["results"]}),
                               ("workspaces", {w["name"] for w in spec["workspaces"]})):
            used = set(re.findall(rf"\$\({kind}\.([\w-]+)", text))
            assert used <= set(declared), f"{kind}: {used - set(declared)} is not declared"
            assert kind != "params" or used == set(declared), f"params: {set(declared) - used} is not used"
        folder = f"{self.workspace}/results"
        os.makedirs(folder, exist_ok=True)
        results = {f"results.{r['name']}.path": f"{folder}/{r['name']}" for r in spec["results"]}
        self.script = fill(step["script"], r"\$\((results\.[\w-]+\.path)\)", results)
        self.env = {e["name"]: fill(e["value"], r"\$\(params\.([\w-]+)\)", values) for e in step["env"] if "value" in e}
        self.published = ["scanstep-junit.xml", "scanstep.html", "scanstep.json", "results/verdict", "results/exit-status"]


def main(platform, workspace, *given):
    template = Template(os.path.abspath(workspace), dict(g.split("=", 1) for g in given))
    try:
        getattr(template, platform)()
    except Exception as e:  # a template that is not understood must not look like a scan's status
        print(f"{platform}: {type(e).__name__}: {e}", file=sys.stderr)
        return 99
    pasted = re.findall(r"\$\{\{|<<|\$\(params\.|\$\(inputs\.", template.script)
    if pasted:
        print(f"the script has {pasted}", file=sys.stderr)
        return 99
    env = os.environ | template.env
    status = subprocess.run(["sh", "-ec", template.script], cwd=workspace, env=env, check=False).returncode
    missing = [p for p in template.published if not glob.glob(os.path.join(workspace, p), recursive=True)]
    if status in (0, 1, 4) and missing:
        print(f"published, but not written: {missing}", file=sys.stderr)
        return 99
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
