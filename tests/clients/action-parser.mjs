#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// action-parser.mjs - GitHub's own parser of workflows and actions: it takes the action and its example workflows
//
// The package is written for bundlers: esbuild makes one file of it first.
import { join } from "node:path";
import { actionFiles, clients, need, text, verdict } from "./truth.mjs";

const bundle = join(process.env.TMPDIR, "parser.cjs");
need("esbuild").buildSync({
  stdin: {
    contents: `export { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
      export { parseAction } from "./node_modules/@actions/workflow-parser/dist/actions/action-parser.js";`,
    resolveDir: join(clients, "npm"),
  },
  bundle: true,
  format: "cjs",
  platform: "node",
  logLevel: "error",
  outfile: bundle,
});
const { NoOperationTraceWriter, parseAction, parseWorkflow } = need(bundle);

function errors(name, content) {
  const parser = name.endsWith("action.yml") ? parseAction : parseWorkflow;
  return parser({ name, content }, new NoOperationTraceWriter()).context.errors.getErrors().map((e) => e.message);
}

for (const file of actionFiles()) {
  verdict(file, errors(file, text(file)));
  verdict(`${file}, misspelt, is refused`,
    errors(file, text(file).replace(/^(\s+)env:|^on:/m, "$1enw:")).length > 0 ? [] : ["it says nothing"]);
}
