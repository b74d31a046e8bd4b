#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// html-chromium.mjs - chromium: every finding is there to read with scripts off, under Jenkins' policy, and with all on
//
// In each the page asks for nothing but itself and its style sheet, which it gets and heeds; it offers controls only
// where they work. A row of its tables is a vulnerability with the packages of one source package.
import { dismissed, listed, row, words } from "./truth.mjs";
import { jenkinsPolicy, open, start } from "./browser.mjs";

const modes = {
  "scripts off": { script: false },
  "Jenkins' policy": { policy: jenkinsPolicy },
  "all on": {},
};
const browser = await start();

// What a blocked script or style leaves in the console; with all on nothing is blocked.
const isPolicys = (message) => /Content Security Policy|Blocked script execution/.test(message.text);

// In the page: the texts of its findings, as far as they are drawn.
const drawn = `[...document.querySelectorAll("tbody.finding")].filter((body) => body.getClientRects().length > 0)
  .map((body) => body.innerText)`;

async function look(page, seen, g, mode) {
  const texts = await page.evaluate(drawn);
  const styled = await page.evaluate("[...document.styleSheets].some((s) => s.href && s.cssRules.length > 0)");
  const controls = await page.$eval("#controls", (e) => e.getClientRects().length > 0).catch(() => false);
  const problems = [];
  for (const f of listed(g)) {
    const wanted = words(`${f.id} ${f.package.name} ${f.severity[0].toUpperCase()}${f.severity.slice(1)}`);
    if (!texts.some((t) => wanted.every((word) => t.includes(word)))) problems.push(`not to be seen: ${wanted.join(" ")}`);
  }
  if (!styled) problems.push("report.css was not heeded");
  if (controls !== (mode === "all on" && listed(g).some((f) => !dismissed(f))))
    problems.push(`controls that ${controls ? "do nothing" : "are hidden"}`);
  problems.push(...seen.requests.filter((url) => !["/scanstep.html", "/report.css"].includes(url))
    .map((url) => `asked for ${url}`));
  problems.push(...seen.errors.map((e) => `script: ${e}`));
  problems.push(...seen.console.filter((m) => m.type === "error" && (mode === "all on" || !isPolicys(m)))
    .map((m) => `console: ${m.text}`));
  return problems.map((p) => `${mode}: ${p}`);
}

await row("html", async (g) => {
  const problems = [];
  for (const [mode, options] of Object.entries(modes))
    problems.push(...await open(browser, g, options, (page, seen) => look(page, seen, g, mode)));
  return problems;
});
await browser.close();
