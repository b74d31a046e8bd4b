#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// jenkins-codenarc.mjs - CodeNarc on the Jenkins step and the examples: basic, imports, unused, security and jenkins find nothing
//
// A rule is left out silently when a file does not compile for it, and the rule set jenkins looks at files alone that are
// called Jenkinsfile: so is what it is given here, each in a folder of its own, and another file with one fault for each
// rule set shows that all are awake. NonCPS is on Jenkins' class path, and so is a stub of it here.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { clients, parse, run, verdict } from "./truth.mjs";

const work = process.env.TMPDIR;
const sets = ["basic", "imports", "unused", "security", "jenkins"];
const jars = readdirSync(join(clients, "java")).filter((jar) => !jar.startsWith("groovy-all"));
const stub = join(work, "NonCPS.java");
writeFileSync(stub, "package com.cloudbees.groovy.cps;\npublic @interface NonCPS {}\n");
run("javac", "-d", join(work, "stubs"), stub);

const classes = [...jars.map((jar) => join(clients, "java", jar)), join(work, "stubs")].join(delimiter);

// What CodeNarc finds in texts, by the names given to them.
function violations(texts) {
  const folder = join(work, Object.keys(texts).join("-"));
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "Jenkinsfile"), text);
  }
  const report = join(work, "report.json");
  run("java", "-cp", classes, "org.codenarc.CodeNarc", `-basedir=${folder}`, "-includes=**/Jenkinsfile",
    `-rulesetfiles=${sets.map((set) => `rulesets/${set}.xml`).join(",")}`, `-report=json:${report}`);
  const { packages, summary } = parse(report);
  if (summary.totalFiles !== Object.keys(texts).length) throw new Error(`CodeNarc read ${summary.totalFiles} files`);
  return packages.flatMap((p) => (p.files ?? []).flatMap((f) => f.violations.map((v) => ({ where: p.path, ...v }))));
}

const step = readFileSync("ci-templates/jenkins/vars/scanstep.groovy", "utf8");
// The line that names the library is known to no compiler but Jenkins' own.
const example = (kind) => readFileSync(`ci-templates/jenkins/examples/Jenkinsfile.${kind}`, "utf8").replace(/^@Library.*$/m, "");

verdict("CodeNarc finds nothing", violations({ step, declarative: example("declarative"), scripted: example("scripted") })
  .map((v) => `${v.where}:${v.lineNumber}: ${v.ruleName}: ${v.message}`));

const faults = { basic: "EmptyIfStatement", imports: "UnusedImport", unused: "UnusedVariable", security: "InsecureRandom",
  jenkins: "ForbiddenCallInCpsMethod" };
const faulty = step.replace("import ", "import java.util.concurrent.Future\nimport ") + `
void faults() {
    if (true) {
    }
    int unused = 1
    new Random().nextInt()
    ['b', 'a'].toSorted { text -> text.length() }
}
`;
const found = violations({ faulty }).map((v) => v.ruleName);
for (const [set, rule] of Object.entries(faults)) {
  verdict(`its rule set ${set} is awake`, found.includes(rule) ? [] : [`${rule} is not found`]);
}
