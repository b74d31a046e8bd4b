// SPDX-License-Identifier: Apache-2.0
//
// browser.mjs - Debian's chromium, on pages that a server of this process gives it
//
// The server knows the golden page and its style sheet, which stand beside each other as they do where a scan
// leaves them, and answers whatever else is asked with "not found".
import { createServer } from "node:http";
import { join } from "node:path";
import { need, text } from "./truth.mjs";

// The policy that Jenkins sends with every file that it publishes.
export const jenkinsPolicy = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';";

const puppeteer = need("puppeteer-core").default;

function serve(files, policy) {
  const server = createServer((request, response) => {
    const file = files[request.url];
    if (policy) response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", request.url.endsWith(".css") ? "text/css" : "text/html; charset=utf-8");
    response.writeHead(file ? 200 : 404);
    response.end(file ? text(file) : "");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

export async function start() {
  return puppeteer.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    userDataDir: join(process.env.TMPDIR, "chromium"),
  });
}

// Opens a golden page and has it looked at: visit(page, seen) with what it asked for and what its console says.
// options: script (on unless false), policy (a header of the server's), dark, bypass (its own policy, for axe).
export async function open(browser, g, options, visit) {
  const files = { "/scanstep.html": g.file, "/report.css": "formatters/report.css" };
  const server = await serve(files, options.policy);
  const origin = `http://127.0.0.1:${server.address().port}`;
  const page = await browser.newPage();
  const seen = { requests: [], console: [], errors: [] };
  try {
    page.on("request", (r) => seen.requests.push(r.url().replace(origin, "")));
    page.on("console", (m) => seen.console.push({ type: m.type(), text: m.text() }));
    page.on("pageerror", (e) => seen.errors.push(e.message));
    await page.setViewport({ width: 1280, height: 900 });
    await page.setJavaScriptEnabled(options.script !== false);
    if (options.bypass) await page.setBypassCSP(true);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: options.dark ? "dark" : "light" }]);
    await page.goto(`${origin}/scanstep.html`);
    await page.waitForNetworkIdle({ idleTime: 100 });
    return await visit(page, seen);
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}
