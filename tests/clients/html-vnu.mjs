#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// html-vnu.mjs - the Nu Html Checker, the validator of the W3C: nothing to say about the pages, nor of their style sheet
//
// It judges the page's policy as well, and two remarks on that are passed over: a file has no origin that the style sheet
// could share, and it gets the hash wrong of a text of several lines. html-chromium.mjs proves that both are heeded.
import { join, resolve } from "node:path";
import { clients, golden, row, run } from "./truth.mjs";

const jar = join(clients, "npm/node_modules/vnu-jar/build/dist/vnu.jar");
const files = golden("html").map((g) => g.file);
const check = (...args) => JSON.parse(run("java", "-jar", jar, "--stdout", "--exit-zero-always", "--format", "json",
  ...args)).messages;
const isMistaken = (m) => /violates Content Security Policy/.test(m.message) &&
  /Inline style|Inline script|external stylesheet .report\.css. blocked/.test(m.message);
const messages = files.length > 0 ? [...check("--html", ...files), ...check("--css", "formatters/report.css")] : [];

await row("html", (g) => messages.filter((m) => !isMistaken(m))
  .filter((m) => decodeURIComponent(m.url).endsWith(resolve(g.file)) || m.url.endsWith(".css"))
  .map((m) => `${m.subType ?? m.type}: line ${m.lastLine}: ${m.message} ${m.extract ?? ""}`));
