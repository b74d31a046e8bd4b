"""GitHub's runner, as far as a composite action meets it.

    github_runner.py ACTION WORKSPACE OUT [INPUT=VALUE | @STEP.OUTPUT=VALUE]...

Does to the action.yml in the folder ACTION what the runner does: evaluates expressions, runs each "run" with the shell it
names, in WORKSPACE, with files of its own for GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY, reads these back,
and obeys the commands in what is printed. A "uses" is not run: what it gets is written down, and @STEP.OUTPUT is
what it answers. GITHUB_* and RUNNER_* are this program's own, but RUNNER_DEBUG; it and all others are the job's.

OUT gets: conclusion (success, failure), outputs/NAME, steps (id or number, outcome, status), log, commands (name, then data, a
line each), summary, env (what was set for later steps), path, uses/STEP (a line "name=value" for what it gets, with
line breaks as \\n), secrets (the variables of each step, a line "STEP NAME=VALUE").
It ends with 0 whatever the action's conclusion is, and with 1 when the runner itself would refuse something.
"""

import os
import re
import subprocess
import sys

import yaml

SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
    "sh": ["sh", "-e"],
}
# Of the commands that the runner obeys, those that do more than show something.
COMMANDS = ("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-matcher", "remove-matcher",
            "stop-commands", "echo", "set-output", "save-state", "set-env", "add-path", "internal-set-repo-path")


class Refused(Exception):
    """What the runner would not take."""


# ---- Expressions ----

TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(\d+)|([A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*)*)|(==|!=|&&|\|\||[!(),]))")


class Expression:
    """What stands between ${{ and }}; text is compared without regard to case, as there."""

    def __init__(self, text, contexts):
        self.contexts = contexts
        self.tokens = []
        at = 0
        text = text.strip()
        while at < len(text):
            m = TOKEN.match(text, at)
            if not m:
                raise Refused("an expression that is not understood: " + text)
            self.tokens.append(m)
            at = m.end()
        self.tokens.append(None)

    def value(self):
        result = self.either()
        if self.tokens[0]:
            raise Refused("an expression goes on behind its end")
        return result

    def operator(self, *which):
        token = self.tokens[0]
        if token and token.group(4) in which:
            return self.tokens.pop(0).group(4)
        return None

    def either(self):
        left = self.both()
        while self.operator("||"):
            right = self.both()
            left = left or right
        return left

    def both(self):
        left = self.comparison()
        while self.operator("&&"):
            right = self.comparison()
            left = left and right
        return left

    def comparison(self):
        left = self.term()
        while op := self.operator("==", "!="):
            same = as_text(left).lower() == as_text(self.term()).lower()
            left = same if op == "==" else not same
        return left

    def term(self):
        if self.operator("!"):
            return not self.term()
        if self.operator("("):
            inner = self.either()
            if not self.operator(")"):
                raise Refused("a bracket is not closed")
            return inner
        token = self.tokens.pop(0)
        if token is None:
            raise Refused("an expression ends early")
        if token.group(1):
            return token.group(1)[1:-1].replace("''", "'")
        if token.group(2):
            return int(token.group(2))
        if not token.group(3):
            raise Refused("an expression has a stray " + token.group(4))
        return self.named(token.group(3))

    def named(self, name):
        if self.operator("("):
            if not self.operator(")") or name not in ("always", "success", "failure", "cancelled"):
                raise Refused("a function that is not known here: " + name)
            failed = self.contexts["failed"]
            return {"always": True, "cancelled": False, "failure": failed, "success": not failed}[name]
        here = self.contexts
        for part in name.split("."):
            here = here.get(part) if isinstance(here, dict) else None
        return here if here is not None else ""


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def substitute(text, contexts):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: as_text(Expression(m.group(1), contexts).value()), text, flags=re.S)


def holds(condition, contexts):
    condition = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", (condition or "").strip(), flags=re.S)
    if not re.search(r"\b(always|success|failure|cancelled)\(\)", condition):
        condition = "success()" + (" && (%s)" % condition if condition else "")
    return bool(Expression(condition, contexts).value())


# ---- Files and commands of a step ----

def key_values(text):
    """What GITHUB_OUTPUT and GITHUB_ENV hold: name=value, or name<<delimiter and lines up to the delimiter."""
    found = {}
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    while lines:
        line = lines.pop(0)
        if line == "":
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, value = line.split("=", 1)
        elif heredoc >= 0:
            name, delimiter = line.split("<<", 1)
            if not delimiter or delimiter not in lines:
                raise Refused("no end of a value: " + line)
            end = lines.index(delimiter)
            value = "\n".join(lines[:end])
            del lines[:end + 1]
        else:
            raise Refused("a line of no form: " + line)
        if not name:
            raise Refused("a value without a name: " + line)
        found[name] = value
    return found


def commands_in(log):
    """::name props::data at the start of a line, or ##[name props]data anywhere in it."""
    stopped = None
    for line in re.split(r"\r\n|\r|\n", log):
        m = re.match(r"\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$", line) or re.search(r"##\[([^\s\]]+)(?:\s+(.*?))?\](.*)$", line)
        if stopped:
            if m and m.group(1) == stopped:
                stopped = None
        elif m and m.group(1).lower() in COMMANDS:
            if m.group(1).lower() == "stop-commands":
                stopped = m.group(3)
            yield m.group(1).lower(), m.group(3)


# ---- The job ----

class Job:
    def __init__(self, action, workspace, out, given):
        self.action = os.path.abspath(action)
        self.out = os.path.abspath(out)
        self.temp = os.environ.get("RUNNER_TEMP") or os.path.join(self.out, "temp")
        for folder in (self.temp, os.path.join(self.out, "outputs"), os.path.join(self.out, "uses")):
            os.makedirs(folder, exist_ok=True)
        with open(os.path.join(self.action, "action.yml"), encoding="utf-8") as f:
            self.yaml = yaml.load(f, yaml.BaseLoader)
        self.answers = {k[1:]: v for k, v in given.items() if k.startswith("@")}
        self.given = {k: v for k, v in given.items() if not k.startswith("@")}
        self.github = {
            "action_path": self.action, "workspace": os.path.abspath(workspace), "token": "the-job-token",
            "actions": "true", "actor": "somebody", "repository": "Owner/App", "run_id": "17", "ref_name": "main",
            "sha": "b" * 40, "event_name": "push", "server_url": "https://github.com", "job": "image",
        }
        self.contexts = {"github": self.github, "runner": {"os": "Linux", "arch": "X64", "temp": self.temp},
                         "env": dict(os.environ), "steps": {}, "failed": False}
        self.environ = {k: v for k, v in os.environ.items() if k == "RUNNER_DEBUG" or not k.startswith(("GITHUB_", "RUNNER_"))}
        self.later = {}
        self.path = []

    def write(self, name, text, mode="w"):
        with open(os.path.join(self.out, name), mode, encoding="utf-8", errors="surrogateescape", newline="") as f:
            f.write(text)

    def read_inputs(self):
        declared = self.yaml["inputs"]
        for name in self.given:
            if name not in declared:
                raise Refused("there is no input " + name)
        self.contexts["inputs"] = {
            name: self.given.get(name, substitute(row.get("default", ""), {**self.contexts, "inputs": {}}))
            for name, row in declared.items()}

    def variables(self, step, files):
        env = {**self.environ, **self.later}
        env.update({k: substitute(v, self.contexts) for k, v in step.get("env", {}).items()})
        env.update({"GITHUB_" + k.upper(): v for k, v in self.github.items() if k != "token"})
        env.update({"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_TEMP": self.temp, "CI": "true"})
        env["PATH"] = ":".join(self.path[::-1] + [env["PATH"]])
        env.update({k: os.path.join(self.temp, v) for k, v in files.items()})
        return env

    def run(self, name, step):
        files = {"GITHUB_" + k.upper(): "%s_%s" % (k, name) for k in ("output", "env", "path", "state", "step_summary")}
        env = self.variables(step, files)
        for file in files.values():
            open(os.path.join(self.temp, file), "w", encoding="utf-8").close()
        script = os.path.join(self.temp, name + ".sh")
        self.write(script, substitute(step["run"], self.contexts))
        with open(os.path.join(self.out, "log"), "ab") as log, open(os.devnull, "rb") as nothing:
            start = log.tell()
            status = subprocess.run(SHELLS[step["shell"]] + [script], env=env, cwd=self.github["workspace"], stdin=nothing,
                                    stdout=log, stderr=subprocess.STDOUT, check=False).returncode
        with open(os.path.join(self.out, "log"), encoding="utf-8", errors="replace", newline="") as log:
            log.seek(start)
            for command, data in commands_in(log.read()):
                self.write("commands", "%s\t%s\n" % (command, data), "a")
        self.write("secrets", "".join("%s %s=%s\n" % (name, k, v.replace("\n", "\\n")) for k, v in sorted(env.items())), "a")
        texts = {}
        for variable, file in files.items():
            with open(os.path.join(self.temp, file), encoding="utf-8", errors="surrogateescape", newline="") as f:
                texts[variable] = f.read()
        self.later.update(key_values(texts["GITHUB_ENV"]))
        self.path += [line for line in texts["GITHUB_PATH"].split("\n") if line]
        self.write("summary", texts["GITHUB_STEP_SUMMARY"], "a")
        return status, key_values(texts["GITHUB_OUTPUT"])

    def use(self, name, step):
        got = {k: substitute(v, self.contexts) for k, v in step.get("with", {}).items()}
        self.write(os.path.join("uses", name),
                   "".join("%s=%s\n" % (k, v.replace("\n", "\\n")) for k, v in {"uses": step["uses"], **got}.items()))
        return 0, {k.split(".", 1)[1]: v for k, v in self.answers.items() if k.split(".", 1)[0] == name}

    def all_steps(self):
        for number, step in enumerate(self.yaml["runs"]["steps"]):
            name = step.get("id", str(number))
            if not holds(step.get("if"), self.contexts):
                self.write("steps", "%s skipped\n" % name, "a")
                continue
            status, outputs = (self.use if "uses" in step else self.run)(name, step)
            self.contexts["failed"] = self.contexts["failed"] or status != 0
            self.contexts["steps"][name] = {"outputs": outputs}
            self.write("steps", "%s %s %d\n" % (name, "failure" if status else "success", status), "a")

    def finish(self):
        for name, row in self.yaml["outputs"].items():
            self.write(os.path.join("outputs", name), substitute(row["value"], self.contexts))
        self.write("conclusion", "failure\n" if self.contexts["failed"] else "success\n")
        self.write("env", "".join("%s=%s\n" % pair for pair in sorted(self.later.items())))
        self.write("path", "".join(line + "\n" for line in self.path))


def main(action, workspace, out, *given):
    job = Job(action, workspace, out, dict(pair.split("=", 1) for pair in given))
    for file in ("commands", "log", "summary"):
        job.write(file, "")
    try:
        job.read_inputs()
        job.all_steps()
        job.finish()
    except Refused as e:
        sys.exit("the runner refuses: %s" % e)


main(*sys.argv[1:])
