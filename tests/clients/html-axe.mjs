#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// html-axe.mjs - axe in chromium: nothing serious or critical for people who see or point otherwise, by day and by night
import { need, row, text } from "./truth.mjs";
import { open, start } from "./browser.mjs";

const axe = text(need.resolve("axe-core/axe.min.js"));
const browser = await start();

async function violations(page) {
  await page.addScriptTag({ content: axe });
  const found = await page.evaluate("axe.run(document)");
  if (found.passes.length === 0) return ["axe has looked at nothing"];
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.impact} ${v.id}: ${v.nodes.length} times, first ${v.nodes[0].html}: ${v.nodes[0].failureSummary}`);
}

await row("html", async (g) => {
  const problems = [];
  for (const dark of [false, true]) {
    const found = await open(browser, g, { dark, bypass: true }, violations);
    problems.push(...found.map((v) => `${dark ? "dark" : "light"}: ${v}`));
  }
  return problems;
});
await browser.close();
