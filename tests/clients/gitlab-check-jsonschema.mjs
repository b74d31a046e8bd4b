#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// gitlab-check-jsonschema.mjs - check-jsonschema: the template's header, and what it becomes, keep to GitLab's schema
//
// GitLab's schema is of one document, and of what a pipeline is after its includes: gitlab-ci-local prints that.
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ciLocal, fixtures, nightly, schedule, template, withTemplate } from "./gitlab.mjs";
import { clients, text, verdict } from "./truth.mjs";

function check(what, yml) {
  const file = join(process.env.TMPDIR, "checked.yml");
  writeFileSync(file, yml);
  const p = spawnSync(join(clients, "python/bin/check-jsonschema"),
    ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", file], { encoding: "utf8" });
  if (p.error) throw p.error;
  verdict(what, p.status === 0 ? [] : [p.stdout, p.stderr]);
}

const expanded = (yml) => {
  const { status, printed, log } = ciLocal(withTemplate(yml), schedule, "--preview");
  if (status !== 0) throw new Error(log);
  return printed;
};

const [header] = text(template).split("\n---\n");
check(`the header of ${template}`, header);
for (const name of readdirSync(fixtures).filter((file) => file !== "vulnerability-allowlist.yml").sort())
  check(`what ${name} becomes`, expanded(text(join(fixtures, name))));
check("what the nightly example becomes", expanded(nightly()));
