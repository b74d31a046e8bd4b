#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// sarif-codeql-action.mjs - what github/codeql-action/upload-sarif holds a file against before it uploads it
//
// That is jsonschema 1.5.0 and a copy of the schema of its own; it takes no offence at the form of addresses.
import { need, schemaRow } from "./truth.mjs";

const { Validator } = need("jsonschema");
const schema = "../shared/schemas/sarif/sarif-schema-2.1.0.codeql-action-upload-validator.json";

await schemaRow("sarif", [schema], (s) => function validate(document) {
  const { errors } = new Validator().validate(document, s);
  validate.errors = errors.filter((e) => !["uri", "uri-reference"].includes(e.argument))
    .map((e) => ({ instancePath: e.property, message: e.message }));
  return validate.errors.length === 0;
});
