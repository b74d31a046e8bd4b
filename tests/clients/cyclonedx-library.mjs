#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// cyclonedx-library.mjs - CycloneDX's own library for JavaScript: valid by the strict schema of 1.6
import { need, row, text } from "./truth.mjs";

const { Spec, Validation } = need("@cyclonedx/cyclonedx-library");
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

await row("cyclonedx", async (g) => {
  const errors = await validator.validate(text(g.file));
  return errors === null ? [] : errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
});
