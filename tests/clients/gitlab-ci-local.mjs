#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// gitlab-ci-local.mjs - gitlab-ci-local runs ci-templates/gitlab in projects: the scan, the gate, and what they leave
//
// Every scenario is a project of its own, tests/fixtures/ci/gitlab/PROJECT.yml, with an image of tests/fixtures/image and a
// checkout per job, so that a file gets from one to the other as an artifact alone. Jobs have the program that
// make has built.
//
// A pipeline whose job fails goes on there, and ends well, as soon as the job has allow_failure with exit_codes,
// whichever; so the gate's own outcome is looked at.
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  ciLocal, fixtures, including, mergeRequest, nightly, opened, push, schedule, tag, template, withTemplate,
} from "./gitlab.mjs";
import { differences, equal, need, parse, python, run, skip, text, validator, verdict } from "./truth.mjs";

const shared = "../shared/schemas/gitlab";
const scanstep = process.env.SCANSTEP;
const work = process.env.TMPDIR;
const names = { scan: "scanstep_container_scanning", gate: "scanstep_container_scanning_gate", tell: "tell" };
const reports = ["gl-code-quality-report.json", "gl-container-scanning-report.json", "gl-sbom.cdx.json", "report.css",
  "scanstep-junit.xml", "scanstep.env", "scanstep.html", "scanstep.json"];

// ---- Images and database ----

function image(name, fixture) {
  const file = join(work, `${name}.tar`);
  run("sh", "tests/mkimage.sh", `tests/fixtures/image/${fixture}`, "oci-tar", "gzip", file);
  return file;
}

const images = {
  clean: image("clean", "hardlinked"),
  findings: image("findings", "debian"),
  incomplete: image("incomplete", "corrupt"),
  missing: join(work, "missing.tar"),
};
const db = join(work, "advisories.sqlite");
run(scanstep, "db", "build", "--db", db, "tests/fixtures/db/feeds");
mkdirSync(join(work, "bin"));
copyFileSync(scanstep, join(work, "bin/scanstep"));

// ---- Pipelines ----

// Runs a pipeline; by job "PASS", "WARN 1", "FAIL 3".
function pipeline(folder, variables) {
  const { status, log } = ciLocal(folder, variables,
    "--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source");
  const jobs = {};
  for (const [, outcome, name] of log.matchAll(/^ (PASS|WARN|FAIL) {2}(\S+)(?: +pre_script)? *$/gm)) jobs[name] = outcome;
  for (const [, name, code] of log.matchAll(/^(\S+) +finished in .* (?:WARN|FAIL) (\d+) *$/gm)) jobs[name] += ` ${code}`;
  return { status, log, jobs };
}

function artifacts(folder, job) {
  const kept = join(folder, ".gitlab-ci-local/artifacts", job);
  return existsSync(kept) ? readdirSync(kept).filter((name) => name !== ".gitlab-ci-reports").sort() : [];
}

// ---- What the reports are ----

const schemas = {
  "scanstep.json": ["2020", "formatters/scanstep-report.schema.json"],
  "gl-container-scanning-report.json": ["07", `${shared}/container-scanning-report-format-15.0.7.json`],
  "gl-code-quality-report.json": ["07", `${shared}/codequality-report.schema.json`],
};

for (const [name, [, schema]] of Object.entries(schemas)) {
  if (existsSync(schema)) continue;
  skip(name, `${schema} is not beside the tree: its licence keeps it out`);
  delete schemas[name];
}

// open: how many findings are; failing: how many reach the threshold.
async function validate(folder, open, failing) {
  const problems = [];
  for (const [name, [draft, schema]] of Object.entries(schemas)) {
    const check = validator(draft, schema);
    check(parse(join(folder, name)));
    problems.push(...(check.errors ?? []).map((e) => `${name}: ${e.instancePath} ${e.message}`));
  }
  const { Spec, Validation } = need("@cyclonedx/cyclonedx-library");
  const bom = text(join(folder, "gl-sbom.cdx.json"));
  const errors = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bom);
  problems.push(...(errors ?? []).map((e) => `gl-sbom.cdx.json: ${e.instancePath} ${e.message}`));
  const junit = { file: join(folder, "scanstep-junit.xml") };
  const failures = python("junit", [junit])(junit).map((suite) => suite.counted.failures).reduce((a, b) => a + b);
  problems.push(...equal("the number of JUnit failures", failing, failures));
  const told = need("dotenv").parse(text(join(folder, "scanstep.env")));
  return [...problems, ...equal("SCANSTEP_RESULT_OPEN", String(open), told.SCANSTEP_RESULT_OPEN)];
}

// ---- Scenarios ----

const FAILED = "FAIL 1";

const scenarios = [
  // what it shows, project, image, jobs, more
  ["two lines and a clean image", "two-lines", "clean", { scan: "PASS", gate: "PASS" }],
  ["two lines, findings, and no threshold", "two-lines", "findings", { scan: "PASS", gate: "PASS" }, { open: 2 }],
  ["two lines, and the threshold is a variable", "two-lines", "findings", { scan: "PASS", gate: FAILED },
    { open: 1, variables: { SCANSTEP_FAIL_ON: "high" } }],
  ["an image that is not there", "two-lines", "missing", { scan: "FAIL 3" }, { status: 1 }],
  ["a clean image in a project", "project", "clean", { scan: "PASS", gate: "PASS", tell: "PASS" },
    { told: "passed, 0 open" }],
  ["findings in a project", "project", "findings", { scan: "PASS", gate: FAILED, tell: "PASS" },
    { told: "failed, 1 open", open: 1 }],
  ["findings that the checkout's allow-list accepts", "project", "findings", { scan: "PASS", gate: "PASS", tell: "PASS" },
    { told: "passed, 0 open", files: { "vulnerability-allowlist.yml": `${fixtures}/vulnerability-allowlist.yml` } }],
  ["an image that cannot be read as a whole", "project", "incomplete", { scan: "PASS", gate: "FAIL 4", tell: "PASS" },
    { told: "incomplete, 0 open" }],
  ["a setting that is wrong", "project", "clean", { scan: "FAIL 2" },
    { status: 1, variables: { SCANSTEP_FAIL_ON: "huge" } }],
  ["a database that is not there", "project", "clean", { scan: "FAIL 5" },
    { status: 1, variables: { SCANSTEP_DB: join(work, "none") } }],
  ["a component and a clean image", "component", "clean", { scan: "PASS", gate: "PASS", tell: "PASS" },
    { names: "app-image", told: "passed, 0 open" }],
  ["a component whose policy is a warning", "component", "findings",
    { scan: "PASS", gate: "WARN 1", tell: "PASS" },
    { names: "app-image", told: "failed, 1 open", open: 1, status: 0 }],
  ["a component: an incomplete image is no warning", "component", "incomplete",
    { scan: "PASS", gate: "FAIL 4", tell: "PASS" },
    { names: "app-image", told: "incomplete, 0 open" }],
  ["a component: a missing image is no warning", "component", "missing", { scan: "FAIL 3" },
    { names: "app-image", status: 1 }],
  ["every input", "inputs", null, { scan: "PASS", gate: FAILED },
    { names: "app-image", open: 2, files: { "it's \"one\"; touch taken *.tar": images.findings } }],
];

for (const [what, name, kind, wanted, more = {}] of scenarios) {
  const called = more.names ? { scan: more.names, gate: `${more.names}_gate`, tell: "tell" } : names;
  const folder = withTemplate(text(`${fixtures}/${name}.yml`), more.files);
  const got = pipeline(folder, {
    SCANSTEP_DB: db, ...(kind && { CS_IMAGE: `archive://${images[kind]}` }), ...more.variables,
  });
  const scanned = wanted.scan === "PASS";
  const problems = [
    ...equal("the jobs' outcome", Object.fromEntries(Object.entries(wanted).map(([job, is]) => [called[job], is]).sort()),
      Object.fromEntries(Object.entries(got.jobs).sort())),
    ...differences(scanned ? reports : [], artifacts(folder, called.scan)),
    ...(more.status === undefined ? [] : equal("the pipeline's status", more.status, got.status)),
    ...(more.told && !got.log.includes(`> told: ${more.told}\n`) ? [`nobody was told: ${more.told}`] : []),
  ];
  if (scanned && problems.length === 0)
    problems.push(...await validate(join(folder, ".gitlab-ci-local/artifacts", called.scan), more.open ?? 0,
      wanted.gate === "PASS" ? 0 : more.open ?? 0));
  const said = got.log.split("\n").filter((line) => line.includes(" > ")).slice(-12);
  verdict(what, problems.length > 0 ? [...problems, ...said] : []);
}

// ---- The cache ----

{
  const folder = withTemplate(text(`${fixtures}/two-lines.yml`));
  const variables = { CS_IMAGE: `archive://${images.findings}`, SCANSTEP_FAIL_ON: "high" };
  const first = pipeline(folder, { ...variables, SCANSTEP_FROM: resolve("tests/fixtures/db/feeds") });
  const second = pipeline(folder, { ...variables, SCANSTEP_FROM: join(work, "gone") });
  const wanted = { [names.scan]: "PASS", [names.gate]: FAILED };
  verdict("a pipeline takes the database that the one before has fetched", [
    ...equal("the first pipeline", wanted, first.jobs),
    ...equal("the second pipeline", wanted, second.jobs),
    ...equal("whether it is cached", true,
      existsSync(join(folder, ".gitlab-ci-local/cache/scanstep/.scanstep-cache/db/advisories.sqlite"))),
  ]);
}

// ---- Which pipelines have the jobs ----

const pipelines = {
  branches: [[push, opened, schedule], [mergeRequest, tag]],
  "merge-requests": [[push, mergeRequest, schedule], [opened, tag]],
  schedules: [[schedule], [push, opened, mergeRequest, tag]],
  all: [[push, opened, mergeRequest, schedule, tag], []],
};

// How many of the two jobs a pipeline has.
const listed = (folder, variables) => {
  const { status, log } = ciLocal(folder, variables, "--list");
  return status === 0 ? Object.values(names).filter((name) => new RegExp(`^${name} `, "m").test(log)).length : log;
};

for (const [value, [those, not]] of Object.entries(pipelines)) {
  const folder = withTemplate(including({ pipelines: value }));
  const off = ["true", "1"].map((disabled) => ({ ...those[0], CONTAINER_SCANNING_DISABLED: disabled }));
  verdict(`pipelines: ${value}`, [
    ...those.flatMap((variables) => equal(JSON.stringify(variables), 2, listed(folder, variables))),
    ...[...not, ...off].flatMap((variables) => equal(JSON.stringify(variables), 0, listed(folder, variables))),
  ]);
}

// ---- What is no input's value ----

const refused = { "fail-on": "huge", "gate-warning-status": 4, pipelines: "tags", "git-strategy": "pull" };

for (const [input, value] of Object.entries(refused)) {
  const { status, log } = ciLocal(withTemplate(including({ [input]: value })), {}, "--list");
  verdict(`${input}: ${value} is refused`, [...equal("the status", 1, status), ...(log.includes(input) ? [] : [log])]);
}

const firsts = (of, pattern) => [...of.matchAll(pattern)].map(([, first]) => first);

// ---- The example, and what the README lists ----

{
  const folder = withTemplate(nightly());
  const jobs = (variables) => {
    const { status, log } = ciLocal(folder, variables, "--list");
    return status === 0 ? firsts(log, /^(\S+) +test +on_success /gm) : [log];
  };
  verdict("the nightly example scans each image in scheduled pipelines",
    differences(["api", "api_gate", "website", "website_gate"], jobs(schedule)));
  verdict("and in no others", differences([], jobs(push)));
  const { printed } = ciLocal(folder, schedule, "--preview");
  const thresholds = firsts(printed, /^ +INPUT_SCANSTEP_FAIL_ON: (\S+)$/gm);
  verdict("the jobs of each include have its own inputs",
    equal("fail-on of the four", ["critical", "critical", "high", "high"], thresholds));
}

const [header] = text(template).split("\n---\n");
const readme = text("ci-templates/gitlab/README.md");
const table = readme.slice(readme.indexOf("\n## Inputs\n"), readme.indexOf("\n## Variables\n"));
verdict("the README lists the inputs",
  differences(firsts(header, /^ {4}([\w-]+):$/gm), firsts(table, /^\| `([\w-]+)` \|/gm)));
verdict("and the artifacts",
  reports.filter((name) => !readme.includes(`\`${name}\``)).map((name) => `missing: ${name}`));
