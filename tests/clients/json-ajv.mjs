#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// json-ajv.mjs - ajv finds that our own format keeps to its schema, strictly read, formats of texts included
import { need, parse, row } from "./truth.mjs";

const Ajv = need("ajv/dist/2020").default;
const ajv = need("ajv-formats").default(new Ajv({ allErrors: true, strict: true, strictRequired: false }));
const validate = ajv.compile(parse("formatters/scanstep-report.schema.json"));

await row("json", (g) => validate(parse(g.file)) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`));
