#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// action-schemas.mjs - the schemas that editors hold actions and workflows against, by check-jsonschema, which has them
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { actionFiles, clients, verdict } from "./truth.mjs";

function problems(schema, file) {
  const p = spawnSync(join(clients, "python/bin/check-jsonschema"),
    ["--builtin-schema", `vendor.${schema}`, "--output-format", "text", file], { encoding: "utf8" });
  if (p.error) throw p.error;
  return p.status === 0 ? [] : `${p.stdout}${p.stderr}`.trim().split("\n");
}

const schemaOf = (file) => (file.endsWith("action.yml") ? "github-actions" : "github-workflows");
for (const file of actionFiles()) {
  verdict(file, problems(schemaOf(file), file));
  const other = schemaOf(file) === "github-actions" ? "github-workflows" : "github-actions";
  verdict(`${file} is not of ${other}`, problems(other, file).length > 0 ? [] : ["it is"]);
}
