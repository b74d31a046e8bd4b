#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// openvex-vexipy.mjs - vexipy: a statement for every finding, with the status that policy gave it
import { differences, golden, python, row } from "./truth.mjs";

const statements = python("openvex", golden("openvex"));
const status = { "not-affected": "not_affected", fixed: "fixed" };
const key = (...parts) => parts.join(" | ");

await row("openvex", (g) => {
  const got = statements(g);
  return [
    ...differences(g.report.findings.map((f) => key(f.id, status[f.standing] ?? "affected", f.package.purl)),
      got.map((s) => key(s.name, s.status, ...s.subcomponents))),
    ...got.filter((s) => s.status === "affected" && !s.action).map((s) => `${s.name}: affected, and nothing to do`),
    ...got.filter((s) => s.products.length !== 1).map((s) => `${s.name}: ${s.products.length} products`),
  ];
});
