#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// markdown-micromark.mjs - GitHub's Markdown, with its HTML let through: every finding is text, and nothing else is made
//
// GitHub and GitLab clean HTML up themselves; here none but ours may be left to clean up, and no address but that of a
// vulnerability may become a link. "@name" outside of code would call people.
import { listed, need, row, text, words } from "./truth.mjs";

const { micromark } = need("micromark");
const { gfm, gfmHtml } = need("micromark-extension-gfm");
const elements = /^(a|br|code|del|details|em|h[1-6]|hr|li|ol|p|pre|strong|sub|summary|sup|table|tbody|td|th|thead|tr|ul)$/;
const entities = { amp: "&", lt: "<", gt: ">", quot: "\"", "#39": "'" };

const decode = (s) => s.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name]);

// The tags of micromark's output, which is well formed where no HTML was let through.
function tags(html) {
  return [...html.matchAll(/<(\/?)([A-Za-z!?][^\s>/]*)([^>]*)>/g)].map(([all, end, name, rest]) =>
    ({ all, end: end !== "", name: name.toLowerCase(), attributes: decode(rest) }));
}

await row("markdown", (g) => {
  const html = micromark(text(g.file), { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()],
    htmlExtensions: [gfmHtml()] });
  const found = tags(html);
  const shown = decode(html.replace(/<[^>]*>/g, " "));
  const prose = decode(html.replace(/<code[^>]*>[^<]*<\/code>/g, " ").replace(/<[^>]*>/g, " "));
  const addresses = g.report.findings.map((f) => f.vulnerability?.url ?? f.url).filter(Boolean);
  const problems = [
    ...found.filter((t) => !elements.test(t.name)).map((t) => `an element that is not ours: ${t.all}`),
    ...found.filter((t) => /(^|\s)on\w+\s*=|(^|\s)style\s*=/i.test(t.attributes)).map((t) => `it does something: ${t.all}`),
    ...[...prose.matchAll(/(?<![\w/.])@[A-Za-z0-9][\w-]*/g)].map((m) => `it calls ${m[0]}`),
  ];
  for (const t of found.filter((t) => t.name === "a" && !t.end)) {
    const address = /\bhref="([^"]*)"/.exec(t.attributes)?.[1];
    if (!addresses.some((a) => a === address || encodeURI(a) === address)) problems.push(`a link: ${t.all}`);
  }
  for (const f of listed(g)) {
    const missing = words(f.id).filter((word) => !shown.includes(word));
    if (missing.length > 0) problems.push(`not to be seen: ${missing.join(" ")}`);
  }
  return problems;
});
