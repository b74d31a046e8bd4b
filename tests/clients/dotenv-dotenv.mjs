#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// dotenv-dotenv.mjs - dotenv reads what is written, letter by letter: nothing is quoted, commented or expanded
import { differences, equal, need, row, text } from "./truth.mjs";

const words = { 0: "passed", 1: "failed", 4: "incomplete" };

await row("dotenv", (g) => {
  const { gaps, summary, verdict } = g.report;
  const read = need("dotenv").parse(text(g.file));
  const said = (name) => read[`SCANSTEP_RESULT_${name}`];
  return [
    ...differences(text(g.file).split("\n").slice(0, -1), Object.entries(read).map(([key, value]) => `${key}=${value}`)),
    ...equal("VERDICT", words[verdict.exit_status], said("VERDICT")),
    ...equal("EXIT_STATUS", String(verdict.exit_status), said("EXIT_STATUS")),
    ...equal("OPEN", String(summary.standings.open), said("OPEN")),
    ...equal("GAPS", String(gaps.length), said("GAPS")),
  ];
});
