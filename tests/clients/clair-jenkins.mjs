#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// clair-jenkins.mjs - Jenkins' parser of clair-scanner's report: an issue per finding, with package and version
import { differences, golden, jenkins, row } from "./truth.mjs";

// An error is "Defcon1" to it, which no feed says.
const severity = { critical: "HIGH", high: "NORMAL", medium: "LOW", low: "LOW", negligible: "LOW", unknown: "LOW" };
const issues = jenkins("clair", golden("clair"));
const key = (...parts) => parts.join(" | ");

await row("clair", (g) => {
  // Copies of a package are one to it: nothing in the format tells them apart.
  const told = new Map(g.report.findings.map((f) => [key(f.id, f.package.name, f.package.version), f]));
  const problems = differences([...told.values()].map((f) => key(f.id, severity[f.severity])),
    issues(g).map((i) => key(i.category, i.severity)));
  for (const { id, package: p } of g.report.findings) {
    const start = `${p.name}:${p.version}`;
    if (!issues(g).some((i) => i.category === id && i.message.startsWith(start)))
      problems.push(`no issue of ${id} begins with ${start}`);
  }
  return problems;
});
