#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// jenkins-step.mjs - Groovy runs the Jenkins step through tests/fixtures/jenkins/scenarios.json and runs the examples
//
// Which steps, in which order, what the scan gets to know and what the build is told stands in the scenarios. Of all
// holds: the shell's script is the same, nothing but the scan sees credentials, no text outside its environment has a
// secret. Scenarios with "run" have the script run for real, on an image file of that name.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { clients, equal, parse, run, verdict } from "./truth.mjs";

const step = "ci-templates/jenkins/vars/scanstep.groovy";
const fixture = "tests/fixtures/jenkins/scenarios.json";
const examples = ["declarative", "scripted"].map((kind) => `ci-templates/jenkins/examples/Jenkinsfile.${kind}`);
const groovy = join(clients, "java", "groovy-all-2.4.21.jar");

const scenarios = parse(fixture);
const results = JSON.parse(run("java", "-cp", groovy, "groovy.ui.GroovyMain", "tests/clients/JenkinsStep.groovy", step,
  fixture, ...examples));
const script = results[0].calls[0].args.script;
const scan = (result) => result.calls.find((c) => c.step === "sh");

// What Jenkins shows in its log and on its pages: every argument, and what failed the build.
const shown = (result) => JSON.stringify([result.calls.map((c) => c.args), result.thrown]);
const hides = (result, secret) => [shown(result), JSON.stringify(scan(result)?.args ?? "")]
  .flatMap((t) => t.includes(JSON.stringify(secret).slice(1, -1)) ? [`${secret} is shown`] : []);

function judge(scenario, result) {
  const { calls, returned, thrown } = result;
  const last = calls.at(-1);
  const problems = [
    ...equal("the order of steps", scenario.steps, calls.map((c) => c.step)),
    ...equal("what it returns", scenario.returns, returned ?? undefined),
    ...calls.filter((c) => c.step !== "sh").flatMap((c) => equal(`what ${c.step} stands in`, [[], []], [c.within, c.env])),
    ...(scenario.credentials ? hides(result, scenario.credentials.password) : []),
  ];
  if (scenario.says && !String(thrown ?? last?.args.message).includes(scenario.says)) {
    problems.push(`it says ${thrown ?? last?.args.message}`);
  }
  if (!scan(result)) return problems;
  const bound = scenario.config.credentialsId ? ["withEnv", "withCredentials"] : ["withEnv"];
  problems.push(...equal("the script", script, scan(result).args.script),
    ...equal("what sh stands in", bound, scan(result).within));
  if (scenario.env) {
    const sorted = (env) => Object.entries(env).sort();
    problems.push(...equal("the environment", sorted(scenario.env), sorted(scan(result).env)));
  }
  if (scenario.published) problems.push(...equal("what is archived", scenario.published, published(result)));
  return problems;
}

const published = (result) => result.calls.find((c) => c.step === "archiveArtifacts").args.artifacts.split(",");

// ---- For real ----

const work = process.env.TMPDIR;
mkdirSync(join(work, "bin"));
symlinkSync(process.env.SCANSTEP, join(work, "bin/scanstep"));

// The recorded script in its recorded environment, as the agent's shell would run it, in a workspace with that image.
function execute(scenario, result) {
  const workspace = join(work, `run-${scenarios.indexOf(scenario)}`);
  const image = scenario.config.image;
  mkdirSync(workspace);
  run("sh", "tests/mkimage.sh", "tests/fixtures/image/sample", "oci-tar", "gzip", join(work, "image.tar"));
  renameSync(join(work, "image.tar"), join(workspace, image));
  const env = {
    ...scan(result).env, HOME: work, JENKINS_URL: "https://jenkins.example.com/", WORKSPACE: workspace,
    PATH: `${join(work, "bin")}:${process.env.PATH}`,
  };
  const p = spawnSync("sh", ["-xec", script], { cwd: workspace, env, encoding: "utf8" });
  const problems = equal("the status", 0, p.status);
  if (p.status !== 0) return [...problems, p.stderr];
  problems.push(...equal("the image", image, parse(join(workspace, "scanstep-report/scanstep.json")).image.reference));
  for (const call of result.calls) {
    const { testResults, tool, target } = call.args;
    const files = [testResults, tool?.pattern, target && join(target.reportDir, target.reportFiles)].filter(Boolean);
    problems.push(...files.filter((f) => !existsSync(join(workspace, f))).map((f) => `${f} was not written`));
  }
  problems.push(...published(result).filter((f) => !existsSync(join(workspace, f))).map((f) => `${f} was not written`));
  problems.push(...equal("what else is in the workspace", [image, "scanstep-report"].sort(), readdirSync(workspace).sort()));
  if ((p.stdout + p.stderr).includes(scenario.credentials.password)) problems.push("the log has the password");
  return problems;
}

scenarios.forEach((scenario, i) => {
  verdict(`step: ${scenario.name}`, judge(scenario, results[i]));
  if (scenario.run) verdict(`run: ${scenario.name}`, execute(scenario, results[i]));
});
verdict("the script has no text of a scenario", scenarios.flatMap((s) => Object.values(s.config))
  .filter((v) => typeof v === "string" && v.length > 1 && !["scanstep", "error"].includes(v) && script.includes(v)));
for (const [i, example] of examples.entries()) {
  const result = results[scenarios.length + i];
  const scans = result.calls.filter((c) => c.step === "sh");
  verdict(example, [
    ...(result.thrown ? [result.thrown] : []),
    ...equal("the number of scans", i + 1, scans.length),
    ...equal("folders of its own", scans.length, new Set(scans.map((c) => c.env.SCANSTEP_OUTPUT_DIR)).size),
    ...scans.flatMap((c) => equal("the secret's block", "withCredentials", c.within.at(-1))),
  ]);
}

// Help and page name every key that the step knows.
const unknown = scenarios.findIndex((s) => s.name === "refused: an unknown key");
const keys = /there are (.*)/.exec(results[unknown].thrown)[1].split(", ");
for (const file of ["ci-templates/jenkins/vars/scanstep.txt", "ci-templates/jenkins/README.md"]) {
  const page = readFileSync(file, "utf8");
  const named = (key) => page.includes(`<code>${key}</code>`) || page.includes(`\`${key}\``);
  verdict(`${file} has every key`, keys.filter((key) => !named(key)));
}
