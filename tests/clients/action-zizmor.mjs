#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// action-zizmor.mjs - zizmor, the auditor of GitHub Actions: it finds nothing in the action and its example workflows
//
// Offline, and as its auditor persona, which tells even of what may be meant.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { actionFiles, clients, text, verdict } from "./truth.mjs";

function findings(file) {
  const p = spawnSync(join(clients, "python/bin/zizmor"),
    ["--offline", "--no-config", "--persona=auditor", "--no-progress", "--format=json-v1", file], { encoding: "utf8" });
  if (p.error) throw p.error;
  if (p.status !== 0 && p.stdout === "") throw new Error(p.stderr);
  return JSON.parse(p.stdout)
    .map((f) => `${f.ident}: ${f.desc}, line ${f.locations[0].concrete.location.start_point.row + 1}`);
}

for (const file of actionFiles()) verdict(file, findings(file));

const folder = join(process.env.TMPDIR, "injected");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "action.yml"),
  text("action/action.yml").replace('run: exit "$STATUS"', "run: exit ${{ inputs.fail-on }}"));
verdict("an input in a script is found",
  findings(join(folder, "action.yml")).some((f) => f.startsWith("template-injection")) ? [] : ["it is not"]);
