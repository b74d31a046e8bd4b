#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// jenkins-jenkins.mjs - Jenkins' warnings-ng reads its native issues: our ids, four severities, our fingerprints, gaps and notices
import { differences, dismissed, equal, golden, jenkins, listed, row } from "./truth.mjs";

const severity = { critical: "ERROR", high: "HIGH", medium: "NORMAL", low: "LOW", negligible: "LOW", unknown: "LOW" };
const issues = jenkins("native", golden("jenkins"));
const isGap = (i) => i.type === "scanstep-gap";
const isNotice = (i) => i.type === "scanstep-notice";

await row("jenkins", (g) => {
  const got = issues(g);
  return [
    ...differences(listed(g).filter((f) => !dismissed(f)).map((f) => `${f.fingerprint} ${severity[f.severity]}`),
      got.filter((i) => !isGap(i) && !isNotice(i)).map((i) => `${i.fingerprint} ${i.severity}`)),
    ...equal("the number of gaps", g.report.gaps.length, got.filter(isGap).length),
    ...equal("the number of notices", g.report.notices.length, got.filter(isNotice).length),
  ];
});
