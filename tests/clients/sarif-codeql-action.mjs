#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// sarif-codeql-action.mjs - what github/codeql-action/upload-sarif holds a file against before it uploads it
//
// That is jsonschema 1.5.0 and a copy of the schema of its own; it takes no offence at the form of addresses.
import { existsSync } from "node:fs";
import { need, parse, row, skip } from "./truth.mjs";

const { Validator } = need("jsonschema");
const schema = "../shared/schemas/sarif/sarif-schema-2.1.0.codeql-action-upload-validator.json";

if (!existsSync(schema)) {
  skip("golden files of sarif", `${schema} is not beside the tree: its licence keeps it out`);
} else {
  await row("sarif", (g) => new Validator().validate(parse(g.file), parse(schema)).errors
    .filter((e) => !["uri", "uri-reference"].includes(e.argument)).map((e) => `${e.property} ${e.message}`));
}
