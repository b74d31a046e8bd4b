#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// sarif-multitool.mjs - Microsoft's validator of SARIF, with GitHub's rules: no error, no warning
//
// Its exit status says nothing of what it found, so its own SARIF is read; there a result without a level is a
// warning. It takes 39 seconds for 6,000 results: larger files stay out.
import { join, resolve } from "node:path";
import { clients, golden, parse, row, run } from "./truth.mjs";

const LARGEST = 500;
const fits = (g) => parse(g.file).runs[0].results.length <= LARGEST;
const output = join(process.env.TMPDIR, "multitool.sarif");
const files = golden("sarif").filter(fits).map((g) => g.file);

run(join(clients, "npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"), "validate", ...files,
  "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--config", "tests/clients/sarif-multitool.xml",
  "--output", output, "--log", "ForceOverwrite");
const said = parse(output).runs[0];
const notifications = said.invocations.flatMap((i) =>
  [...i.toolExecutionNotifications ?? [], ...i.toolConfigurationNotifications ?? []]);
const fileOf = (r) => decodeURIComponent(r.locations[0].physicalLocation.artifactLocation.uri).replace("file://", "");

await row("sarif", (g) => {
  const results = said.results.filter((r) => fileOf(r) === resolve(g.file));
  // It says something of every file: that results carry no snippets, or of an empty one no provenance.
  if (results.length === 0) return ["the multitool says nothing of this file"];
  return [...results, ...notifications].filter((r) => r.level !== "note")
    .map((r) => `${r.level ?? "warning"} ${r.ruleId} ${JSON.stringify(r.message)}`);
}, fits);
