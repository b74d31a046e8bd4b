#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// junit-junitparser.mjs - junitparser: what fails, is skipped and passes is what policy says; suites count right
import { differences, dismissed, equal, golden, listed, python, row, words } from "./truth.mjs";

const order = ["negligible", "low", "medium", "high", "critical", "unknown"];
const suites = python("junit", golden("junit"));

// An open finding that reaches the threshold: unknown reaches every one, unless it passes.
function fails(f, policy) {
  const passes = f.severity === "unknown" && policy.unknown === "pass";
  return f.standing === "open" && policy.fail_on !== "none" && !passes &&
    order.indexOf(f.severity) >= order.indexOf(policy.fail_on);
}

function expected(f, policy) {
  if (dismissed(f) || f.standing === "baseline") return "Skipped";
  return fails(f, policy) ? "Failure" : "Passed";
}

const kind = (c) => c.results[0]?.kind ?? "Passed";

await row("junit", (g) => {
  const { gaps, policy, verdict } = g.report;
  const cases = suites(g).flatMap((s) => s.cases);
  const ours = cases.filter((c) => /^scanstep\.(scan|gaps)$/.test(c.classname));
  const others = cases.filter((c) => !ours.includes(c));
  const gapKind = verdict.exit_status === 4 ? "Error" : "Skipped";
  const problems = [
    ...suites(g).flatMap((s) => equal(`what ${s.name} says of itself`, s.counted, s.said)),
    ...suites(g).flatMap((s) => equal(`whether a case of ${s.name} passes`, true,
      s.cases.some((c) => kind(c) === "Passed"))),
    ...differences(listed(g).map((f) => expected(f, policy)), others.map(kind)),
    ...differences([...suites(g).map(() => "Passed"), ...gaps.map(() => gapKind)], ours.map(kind)),
    // GitLab drops the second of two cases with equal names, and shows text alone.
    ...equal("the number of different cases", cases.length, new Set(cases.map((c) => `${c.classname}\n${c.name}`)).size),
    ...cases.filter((c) => kind(c) !== "Passed" && !c.results[0].text).map((c) => `no text: ${c.name}`),
  ];
  for (const f of listed(g)) {
    // Long texts are cut.
    const wanted = [f.id, f.package.name, f.package.version].flatMap((s) => words(s.slice(0, 90)));
    const found = others.some((c) => kind(c) === expected(f, policy) && wanted.every((word) => c.name.includes(word)));
    if (!found) problems.push(`${expected(f, policy)}: no case for ${wanted.join(" ")}`);
  }
  return problems;
});
