#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// html-validate.mjs - html-validate, with all that it recommends
import { golden, need, row, text } from "./truth.mjs";

const { HtmlValidate } = need("html-validate");
const validator = new HtmlValidate({ root: true, extends: ["html-validate:recommended", "html-validate:a11y"] });

await row("html", async (g) => {
  const { results } = await validator.validateString(text(g.file), g.file);
  return results.flatMap((r) => r.messages)
    .map((m) => `${m.severity === 2 ? "error" : "warning"} ${m.ruleId}: line ${m.line}: ${m.message}`);
});
