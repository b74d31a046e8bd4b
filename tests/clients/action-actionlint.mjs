#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// action-actionlint.mjs - actionlint: it finds nothing in the action's example workflows
import { pathToFileURL } from "node:url";
import { actionFiles, need, text, verdict } from "./truth.mjs";

const { createLinter } = await import(pathToFileURL(need.resolve("actionlint")));
const lint = await createLinter();
const problems = (file, content) => lint(content, file).map((e) => `line ${e.line}: ${e.message} [${e.kind}]`);

for (const file of actionFiles().filter((f) => !f.endsWith("action.yml"))) {
  verdict(file, problems(file, text(file)));
  verdict(`${file} with an output of no step is refused`,
    problems(file, `${text(file)}      - run: echo "\${{ steps.nobody.outputs.x }}"\n`).length > 0 ? [] : ["it says nothing"]);
}
