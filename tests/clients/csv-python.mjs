#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// csv-python.mjs - Python's csv, strict: whole rows, our columns, no cell that a spreadsheet would reckon with
import { differences, equal, golden, listed, python, row, words } from "./truth.mjs";

const columns = ["id", "image", "tag", "package", "version", "title", "severity", "description", "countermeasure",
  "upgradable", "cvss_score", "cvss_vector", "reference"];
const tables = python("csv", golden("csv"));

await row("csv", (g) => {
  const [header, ...lines] = tables(g);
  const rows = lines.map((cells) => Object.fromEntries(cells.map((cell, n) => [header[n], cell])));
  const of = (record) => rows.filter((r) => r.record === record);
  const problems = [
    ...equal("the start of the header", columns, header.slice(0, columns.length)),
    ...lines.filter((cells) => cells.length !== header.length).map((cells) => `a row has ${cells.length} cells`),
    ...lines.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell)).map((cell) => `a formula: ${cell}`),
    ...differences(listed(g).map((f) => `${f.fingerprint} ${f.severity} ${f.standing}`),
      of("finding").map((r) => `${r.fingerprint} ${r.severity.toLowerCase()} ${r.standing}`)),
    ...equal("the number of gaps", g.report.gaps.length, of("gap").length),
    ...equal("the number of notices", g.report.notices.length, of("notice").length),
  ];
  for (const f of listed(g)) {
    const r = of("finding").find((r) => r.fingerprint === f.fingerprint) ?? {};
    for (const [name, value] of [["id", f.id], ["package", f.package.name], ["version", f.package.version]]) {
      if (!words(value).every((word) => (r[name] ?? "").includes(word))) problems.push(`${f.id}: ${name} is ${r[name]}`);
    }
  }
  return problems;
});
