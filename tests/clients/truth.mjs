// SPDX-License-Identifier: Apache-2.0
//
// truth.mjs - what every row shares: the golden files, what is true of them, and verdicts as TAP
//
// What is true is in tests/golden/json/CASE.json: our own format leaves nothing out, and make test proves it.
// A row is "await row(format, judge)": judge gets one golden file after the other and returns a list of what is
// wrong with it; an exception is wrong, too. Clients that take many files at once run before, over golden(format).

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

// Where run.sh has installed the clients.
export const clients = process.env.CLIENTS;
// A package of npm's.
export const need = createRequire(join(clients, "npm", "package.json"));

const fixtures = "tests/fixtures/report";
const order = ["unknown", "negligible", "low", "medium", "high", "critical"];

// ---- Golden files ----

// {file, name, variant, report}: of tests/golden/FORMAT/NAME[@VARIANT].ENDING, with the report that it shows.
export function golden(format) {
  const folder = join("tests/golden", format);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().map((entry) => {
    const [, name, variant] = /^([^@]+?)(?:@([^.]*))?\.[a-z]+$/.exec(entry);
    const truth = join("tests/golden/json", `${name}.json`);
    return { file: join(folder, entry), name, variant: variant ?? "", report: parse(truth) };
  });
}

export const text = (file) => readFileSync(file, "utf8");
export const parse = (file) => JSON.parse(text(file));

// The findings that a golden file must show: those that reach the threshold of a variant "min-SEVERITY" (unknown
// ones do always), without those that the format leaves out by their standing.
export function listed(g, without = []) {
  const least = order.indexOf(/^min-(\w+)$/.exec(g.variant)?.[1] ?? "negligible");
  return g.report.findings.filter((f) => !without.includes(f.standing) &&
    (f.severity === "unknown" || order.indexOf(f.severity) >= least));
}

// An id or name as people see it: formats show what cannot be printed in ways of their own, so that only the
// pieces between such characters can be looked for.
export const pieces = (s) => s.split(/[^\x20-\x7e]+|\s+/).filter((piece) => piece !== "");

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

// What a reader in Python (readers.py) or one of Jenkins' parsers (Issues.java) read of golden files: by file.
export const python = (reader, files) =>
  JSON.parse(run(join(clients, "python/bin/python"), "tests/clients/readers.py", reader, ...files.map((g) => g.file)));
export const jenkins = (parser, files) =>
  JSON.parse(run("java", "-Dfile.encoding=UTF-8", "-cp", join(clients, "java/*"), "tests/clients/Issues.java", parser,
    ...files.map((g) => g.file)));

// ---- Verdicts ----

let verdicts = 0;
let failures = 0;

export function verdict(name, problems) {
  verdicts++;
  if (problems.length > 0) failures++;
  console.log(`${problems.length > 0 ? "not ok" : "ok"} ${verdicts} - ${name}`);
  const lines = problems.flatMap((p) => String(p).split("\n"));
  for (const line of lines.slice(0, 40)) console.log(`# ${line.slice(0, 400)}`);
  if (lines.length > 40) console.log(`# and ${lines.length - 40} more lines`);
}

export function finish() {
  console.log(`1..${verdicts}`);
  process.exitCode = failures > 0 ? 1 : 0;
}

export function skip(name, reason) {
  verdicts++;
  console.log(`ok ${verdicts} - ${name} # SKIP ${reason}`);
  finish();
}

async function attempt(judge, g) {
  try {
    return (await judge(g)) ?? [];
  } catch (e) {
    return [e.stack ?? e];
  }
}

// A verdict on each golden file of a format, and one on their being there.
export async function row(format, judge, fits = () => true) {
  const files = golden(format);
  const names = new Set(files.map((g) => g.name));
  const missing = readdirSync(fixtures).map((f) => basename(f, ".json")).filter((name) => !names.has(name));
  verdict(`tests/golden/${format} has a file for every stored report`, missing.map((name) => `none for ${name}`));
  for (const g of files.filter(fits)) verdict(g.file, await attempt(judge, g));
  finish();
}

// A verdict on each golden file against a JSON Schema of those beside the tree: their licences keep them out of it.
export async function schemaRow(format, paths, compile) {
  const absent = paths.filter((p) => !existsSync(p));
  if (absent.length > 0) return skip(`golden files of ${format}`, `${absent.join(", ")}: not beside the tree`);
  const validators = paths.map((p) => [basename(p), compile(parse(p))]);
  return row(format, (g) => validators.flatMap(([schema, validate]) => {
    if (validate(parse(g.file))) return [];
    return validate.errors.map((e) => `${schema}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  }));
}
