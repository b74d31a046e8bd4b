// SPDX-License-Identifier: Apache-2.0
//
// truth.mjs - what every row shares: the golden files, what is true of them, and verdicts as TAP
//
// What is true is in tests/golden/json/CASE.json: our own format leaves nothing out, and make test proves it.
// A row is "await row(format, judge)": judge gets one golden file after the other and returns a list of what is
// wrong with it; an exception is wrong, too. Clients that take many files at once run before, over golden(format).

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

// Where run.sh has installed the clients.
export const clients = process.env.CLIENTS;
// A package of npm's.
export const need = createRequire(join(clients, "npm", "package.json"));

const fixtures = "tests/fixtures/report";
const order = ["unknown", "negligible", "low", "medium", "high", "critical"];

// ---- Golden files ----

// The golden pages stand without style and script (tests/cases/golden.sh): one as a scan leaves it, for this row alone.
function whole(file) {
  const page = ["report.css", "report.js"].reduce((html, name) => {
    const content = text(join("formatters", name)).trim();
    const hash = createHash("sha256").update(content).digest("base64");
    return html.replace(`'sha256-of-${name}'`, `'sha256-${hash}'`).replace(`>${name}</`, () => `>${content}</`);
  }, text(file));
  const folder = join(process.env.TMPDIR, "html");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, basename(file)), page);
  return join(folder, basename(file));
}

// {file, name, variant, report}: of tests/golden/FORMAT/NAME[@VARIANT].ENDING, with the report that it shows.
// stored is the golden file, file the same as its readers get it.
export function golden(format) {
  const folder = join("tests/golden", format);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().map((entry) => {
    const [, name, variant] = /^([^@]+?)(?:@([^.]*))?\.[a-z]+$/.exec(entry);
    const truth = join("tests/golden/json", `${name}.json`);
    const stored = join(folder, entry);
    return { stored, file: format === "html" ? whole(stored) : stored, name, variant: variant ?? "", report: parse(truth) };
  });
}

// The GitHub action, and the workflows that show how it is used.
export const actionFiles = () => ["action/action.yml",
  ...readdirSync("action/examples").sort().map((name) => join("action/examples", name))];

export const text = (file) => readFileSync(file, "utf8");
export const parse = (file) => JSON.parse(text(file));

// The findings that a golden file must show: those that reach the threshold of a variant "min-SEVERITY" (unknown
// ones do always). The formats that keep the facts hold all: they have no such variant.
export function listed(g) {
  const least = order.indexOf(/^min-(\w+)$/.exec(g.variant)?.[1] ?? "negligible");
  return g.report.findings.filter((f) => f.severity === "unknown" || order.indexOf(f.severity) >= least);
}

// Accepted by the allow-list, or said not to apply by VEX.
export const dismissed = (f) => ["allowed", "not-affected", "fixed"].includes(f.standing);

// The words of an id or name. Formats show in ways of their own what cannot be seen, and what CI runners, Markdown or
// spreadsheets would obey, so that only what is between can be looked for.
export const words = (s) => s.match(/[\w.+~-]+/g) ?? [];

// ---- Comparing ----

// What is in one list and not in the other, counting doubles.
export function differences(wanted, got) {
  const count = new Map();
  for (const w of wanted) count.set(w, (count.get(w) ?? 0) + 1);
  for (const g of got) count.set(g, (count.get(g) ?? 0) - 1);
  const problems = [];
  for (const [what, n] of count) {
    if (n > 0) problems.push(`missing${n > 1 ? ` ${n} times` : ""}: ${what}`);
    if (n < 0) problems.push(`too much${n < -1 ? ` ${-n} times` : ""}: ${what}`);
  }
  return problems;
}

export function equal(what, wanted, got) {
  const [w, g] = [JSON.stringify(wanted), JSON.stringify(got)];
  return w === g ? [] : [`${what} is ${g}, not ${w}`];
}

// ---- Running ----

// What a program prints; an exception unless its status is 0.
export function run(program, ...args) {
  const p = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (p.error) throw p.error;
  if (p.status !== 0) throw new Error(`${program}: status ${p.status}\n${p.stdout}${p.stderr}`.slice(0, 4000));
  return p.stdout;
}

// What a client made of golden files, all at once: a function of one of them, which fails where the client did.
function reading(printed) {
  const files = JSON.parse(printed);
  return (g) => {
    const { refused } = files[g.file];
    if (refused !== undefined) throw new Error(`refused: ${refused.split("\n").slice(0, 3).join("\n")}`);
    return files[g.file].read;
  };
}

// A reader in Python (readers.py), or one of Jenkins' parsers (Issues.java).
export const python = (reader, files) => reading(
  run(join(clients, "python/bin/python"), "tests/clients/readers.py", reader, ...files.map((g) => g.file)));
export const jenkins = (parser, files) => reading(
  run("java", "-cp", join(clients, "java/*"), "tests/clients/Issues.java", parser, ...files.map((g) => g.file)));

// ajv's validator of a schema, by the draft that it is written in.
export function validator(draft, schema) {
  const Ajv = need(draft === "07" ? "ajv" : `ajv/dist/${draft}`).default;
  const ajv = new Ajv({ allErrors: true, strict: false });
  need("ajv-formats").default(ajv);
  ajv.addFormat("iri", true);
  return ajv.compile(parse(schema));
}

// ---- Verdicts ----

let verdicts = 0;
let failures = 0;

// Problems show what strangers wrote: in a CI log it commands nothing.
const plain = (line) => line.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
  .replaceAll("##", "#\\u0023").slice(0, 400);

export function verdict(name, problems) {
  verdicts++;
  if (problems.length > 0) failures++;
  console.log(`${problems.length > 0 ? "not ok" : "ok"} ${verdicts} - ${name}`);
  const lines = problems.flatMap((p) => String(p).split("\n"));
  for (const line of lines.slice(0, 20)) console.log(`# ${plain(line)}`);
  if (lines.length > 20) console.log(`# and ${lines.length - 20} more lines`);
}

// What cannot be judged here: said loudly, and no failure.
export function skip(name, reason) {
  verdicts++;
  console.log(`ok ${verdicts} - ${name} # SKIP ${reason}`);
}

async function attempt(judge, g) {
  try {
    return (await judge(g)) ?? [];
  } catch (e) {
    return [e.message];
  }
}

// A verdict on each golden file of a format, and one on their being there. With fits, files that do not are left out.
export async function row(format, judge, fits = () => true) {
  const files = golden(format);
  const names = new Set(files.map((g) => g.name));
  const missing = readdirSync(fixtures).map((f) => basename(f, ".json")).filter((name) => !names.has(name));
  verdict(`tests/golden/${format} has a file for every stored report`,
    missing.length > 0 ? [`none for ${missing.join(", ")}`] : []);
  for (const g of files.filter(fits)) verdict(g.stored, await attempt(judge, g));
}

// The plan, unless an exception has ended the row: its absence is a failure then.
process.once("beforeExit", () => {
  console.log(`1..${verdicts}`);
  process.exitCode = failures > 0 ? 1 : 0;
});
