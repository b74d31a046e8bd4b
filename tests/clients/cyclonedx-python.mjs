#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// cyclonedx-python.mjs - CycloneDX's own library for Python: strictly valid, and every finding on its component
import { differences, equal, golden, python, row } from "./truth.mjs";

const boms = python("cyclonedx", golden("cyclonedx"));
const severity = { critical: "critical", high: "high", medium: "medium", low: "low", negligible: "info", unknown: "unknown" };
// The library writes an address anew, with fewer escapes.
const plain = (purl) => decodeURIComponent(purl);
const key = (...parts) => parts.join(" | ");

await row("cyclonedx", (g) => {
  const bom = boms(g);
  const { findings, packages } = g.report;
  const affected = bom.vulnerabilities.flatMap((v) => v.affects.map((ref) => ({ ...v, purl: bom.components[ref] ?? "of nothing" })));
  return [
    ...equal("the subject", "container", bom.subject),
    ...differences(packages.map((p) => plain(p.purl)), Object.values(bom.components).map(plain)),
    ...differences(findings.map((f) => key(f.id, plain(f.package.purl), severity[f.severity])),
      affected.map((v) => key(v.id, plain(v.purl), v.severities[0]))),
  ];
});
