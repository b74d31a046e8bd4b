#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// sarif-jenkins.mjs - Jenkins' warnings-ng reads SARIF: an issue per result, its id, place and one of three severities
//
// It drops suppressed results and doubles (equal rule, message and place: so the message has to name package and
// version), makes no issue of execution notifications, and does not read fingerprints: it computes its own.
import { differences, dismissed, golden, jenkins, listed, row } from "./truth.mjs";

const severity = { critical: "HIGH", high: "HIGH", medium: "NORMAL", low: "LOW", negligible: "LOW", unknown: "LOW" };
const issues = jenkins("sarif", golden("sarif"));
const key = (...parts) => parts.join(" | ");
// Where all results point at one line of a file of the checkout, the rule tells them apart.
const ruleOf = (g, f) => g.variant === "location" ? `${f.id}-${f.package.name}` : f.id;

await row("sarif", (g) => {
  const wanted = listed(g).filter((f) => !dismissed(f));
  const got = issues(g);
  const problems = differences(wanted.map((f) => key(ruleOf(g, f), severity[f.severity])),
    got.map((i) => key(i.type, i.severity)));
  for (const i of got) {
    if (i.fileName === "-" || i.lineStart < 1) problems.push(`${i.type} is at ${i.fileName}:${i.lineStart}`);
  }
  return problems;
});
