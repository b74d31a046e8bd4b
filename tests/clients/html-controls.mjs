#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// html-controls.mjs - chromium, used as people use it: search, filters and order do what they say, and nothing is lost
import { differences, dismissed, equal, listed, row, words } from "./truth.mjs";
import { open, start } from "./browser.mjs";

const browser = await start();

// What is drawn of each table of findings, from top to bottom.
const drawn = (page) => page.evaluate(() => [...document.querySelectorAll("table.findings")].flatMap((table) =>
  [...table.querySelectorAll("tbody.finding")].filter((body) => body.getClientRects().length > 0)
    .map((body) => body.textContent)));

// The search waits for the next letter before it looks: so does this, until the page shows what it should.
async function findsById(page, f) {
  const [word] = words(f.id.toLowerCase());
  await page.$eval("#query", (e) => { e.value = ""; });
  await page.type("#query", word);
  await page.waitForFunction((wanted) => [...document.querySelectorAll("tbody.finding")].every((body) =>
    body.hidden !== body.textContent.toLowerCase().includes(wanted)), { timeout: 5000 }, word);
  const left = await drawn(page);
  return [
    ...left.filter((t) => !t.toLowerCase().includes(word)).map((t) => `${word} also finds ${t}`),
    ...left.length === 0 ? [`${word} finds nothing`] : [],
  ];
}

async function filtersBySeverity(page, severities) {
  const problems = [];
  for (const severity of severities) {
    await page.click(`#severities input[value=${severity}]`);
    const shown = await page.$$eval(`tbody.finding.${severity}`, (all) => all.filter((b) => b.getClientRects().length > 0).length);
    problems.push(...equal(`what is drawn of ${severity}`, 0, shown));
  }
  return [...problems, ...equal("what is drawn of no severity", [], await drawn(page))];
}

// Every column, up and down: all findings are still there, and where two differ in number or severity they are in order.
async function sorts(page, all) {
  const problems = [];
  const columns = await page.$eval("table.findings thead tr", (tr) => tr.cells.length);
  for (let n = 1; n <= columns; n++) {
    const orders = [];
    for (const _ of ["first", "second"]) {
      await page.click(`table.findings thead th:nth-child(${n}) button`);
      orders.push(await page.$eval(`table.findings thead th:nth-child(${n})`, (th) => th.getAttribute("aria-sort")));
      problems.push(...differences(all, await drawn(page)).map((p) => `column ${n}: ${p}`));
    }
    problems.push(...equal(`the two orders of column ${n}`, ["ascending", "descending"], orders.sort()));
  }
  await page.click("table.findings thead th:nth-child(1) button");
  const ranks = ["critical", "high", "medium", "low", "negligible", "unknown"];
  const classes = await page.$$eval("table.findings", ([table]) =>
    [...table.querySelectorAll("tbody.finding")].map((body) => [...body.classList]));
  const got = classes.map((list) => ranks.findIndex((severity) => list.includes(severity)));
  return [...problems, ...equal("the order by severity", got.toSorted((a, b) => a - b), got)];
}

async function use(page, findings) {
  const all = await drawn(page);
  const problems = [];
  for (const f of findings.slice(0, 5)) problems.push(...await findsById(page, f));
  await page.click("#reset");
  problems.push(...equal("what is drawn after a search", all, await drawn(page)));
  problems.push(...await filtersBySeverity(page, await page.$$eval("#severities input", (boxes) =>
    boxes.map((box) => box.value))));
  await page.click("#reset");
  problems.push(...equal("what is drawn after filters", all, await drawn(page)));
  problems.push(...await sorts(page, all));
  await page.click("#group");
  return [...problems, ...equal("what is drawn in groups", all, await drawn(page))];
}

// Where nothing is open there is nothing to search, and the page has no controls: html-chromium.mjs.
await row("html", (g) => open(browser, g, {}, (page) => use(page, listed(g).filter((f) => !dismissed(f)))),
  (g) => listed(g).some((f) => !dismissed(f)));
await browser.close();
