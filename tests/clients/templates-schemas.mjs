#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// templates-schemas.mjs - check-jsonschema holds the templates against the schemas that editors use; tests/cases/templates.sh runs them
//
// A schema that lets everything pass would prove nothing: of each template, one with a fault must be refused.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { clients, text, verdict } from "./truth.mjs";

const program = join(clients, "python/bin/check-jsonschema");
const templates = [
  { file: "azure/scanstep.yml", schema: "azure-pipelines", flags: ["--data-transform", "azure-pipelines"], fault: [/type: string/, "type: strings"] },
  { file: "bitbucket/bitbucket-pipelines.yml", schema: "bitbucket-pipelines", flags: [], fault: [/script:/, "script: none\n        commands:"] },
  { file: "circleci/config.yml", schema: "circle-ci", flags: [], fault: [/command: /, "commands: "] },
  { file: "woodpecker/scanstep.yaml", schema: "woodpecker-ci", flags: [], fault: [/commands:/, "command:"] },
  { file: "drone/drone.yml", schema: "drone-ci", flags: [], fault: [/steps:/, "step:"] },
];

// What it says against a file, or nothing.
function refused(file, { schema, flags }) {
  const p = spawnSync(program, ["--builtin-schema", `vendor.${schema}`, ...flags, file], { encoding: "utf8" });
  if (p.error) throw p.error;
  return p.status === 0 ? [] : [p.stdout + p.stderr];
}

for (const template of templates) {
  const file = join("ci-templates", template.file);
  verdict(`${file} is what ${template.schema} takes`, refused(file, template));
  const broken = join(process.env.TMPDIR, `${template.schema}.yml`);
  writeFileSync(broken, text(file).replace(...template.fault));
  const why = refused(broken, template);
  verdict(`with ${JSON.stringify(template.fault[1])} it is not`, why.length > 0 ? [] : ["it is"]);
}
