#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// schemas-ajv.mjs - ajv, which most programs in JavaScript validate with: every format that has a JSON Schema keeps to it
//
// GitLab's report by the version that it declares and by the newest; make test asks Python's validator the same.
import { existsSync } from "node:fs";
import { parse, row, skip, validator } from "./truth.mjs";

const table = [
  // format, draft, schema
  ["json", "2020", "formatters/scanstep-report.schema.json"],
  ["sarif", "07", "../shared/schemas/sarif/sarif-schema-2.1.0.schemastore.json"],
  ["gitlab", "07", "../shared/schemas/gitlab/container-scanning-report-format-15.0.7.json"],
  ["gitlab", "07", "../shared/schemas/gitlab/container-scanning-report-format-15.2.1.json"],
  ["codequality", "07", "../shared/schemas/gitlab/codequality-report.schema.json"],
  ["jenkins", "07", "../shared/schemas/jenkins/warnings-ng-native-issues.schema.json"],
  ["openvex", "2020", "../shared/schemas/openvex/openvex_json_schema-0.2.0.json"],
];

// OpenVEX has no way to say that there is nothing to say: this is what its schema minds then, and nothing else.
const isUnsaid = (g, e) =>
  e.instancePath === "/statements" && e.keyword === "minItems" && g.report.findings.length === 0;

for (const [format, draft, schema] of table) {
  if (schema.startsWith("../") && !existsSync(schema)) {
    skip(`golden files of ${format}`, `${schema} is not beside the tree: its licence keeps it out`);
    continue;
  }
  const validate = validator(draft, schema);
  await row(format, (g) => {
    validate(parse(g.file));
    return (validate.errors ?? []).filter((e) => !isUnsaid(g, e))
      .map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  });
}
