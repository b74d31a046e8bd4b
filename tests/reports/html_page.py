#!/usr/bin/env python3
"""html_page.py PAGE REPORT [MIN] - one line for each thing that is wrong with the html report of a stored report

What a page must hold whatever the report says: no way out of text, one style and one script that its own policy
allows by their hashes, nothing loaded but report.css, links that lead somewhere, every finding of MIN or worse.
"""
import base64
import collections
import hashlib
import html.parser
import json
import re
import sys

SEVERITIES = ["unknown", "negligible", "low", "medium", "high", "critical"]
UNSEEN = [(0, 0x1f), (0x7f, 0x9f), (0xad, 0xad), (0x61c, 0x61c), (0x200b, 0x200f), (0x2028, 0x202e), (0x2060, 0x206f),
          (0xfdd0, 0xfdef), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xe0000, 0xe007f)]


def number(c):
    return "\\U%06x" % c if c > 0xffff else "\\u%04x" % c if c > 0xff else "\\x%02x" % c


def shown(text):
    """What the page shows of a text: what cannot be seen, as its number."""
    return "".join(number(ord(c)) if c not in "\t\n" and (any(a <= ord(c) <= b for a, b in UNSEEN) or
                   ord(c) & 0xfffe == 0xfffe) else c for c in text)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.inside, self.text, self.wrong = [], [], []
        self.content = {"style": [], "script": []}
        self.ids, self.ways, self.policies = [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in self.content:
            self.inside.append(tag)
            self.content[tag].append("")
        for name, value in attrs.items():
            if name == "style" or name.startswith("on") or name in ("src", "srcset", "action", "formaction", "target"):
                self.wrong.append(f"attribute {name} of {tag}: {value}")
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(attrs["content"])
        if "href" in attrs:
            self.link(tag, attrs)

    def link(self, tag, attrs):
        href = attrs["href"]
        if href.startswith("#"):
            self.ways.append(href[1:])
        elif tag == "link":
            if (attrs.get("rel"), href) != ("stylesheet", "report.css"):
                self.wrong.append(f"link to {href}")
        elif tag != "a" or not re.match(r"https?://[A-Za-z0-9]", href) or attrs.get("rel") != "noopener noreferrer":
            self.wrong.append(f"{tag} leads to {href}")

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if self.inside:
            self.content[self.inside[-1]][-1] += data
        else:
            self.text.append(data)


def embedded(page, source, folder="formatters/"):
    """Is there one style and one script, each the file of ours, and each allowed by the policy?"""
    if len(page.policies) != 1:
        return [f"{len(page.policies)} policies"]
    wanted, wrong = {"default-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'none'"]}, []
    for tag, name, directive in ("style", "report.css", "style-src"), ("script", "report.js", "script-src"):
        if len(page.content[tag]) != 1 or len(re.findall("<" + tag, source, re.I)) != 1:
            return [f"{tag} is not there once"]
        text = page.content[tag][0]
        if text != open(folder + name, encoding="utf-8").read().strip():
            wrong.append(f"{tag} is not {name}")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        wanted[directive] = ["'self'"] * (tag == "style") + [f"'sha256-{digest}'"]
    policy = {words[0]: words[1:] for words in (part.split() for part in page.policies[0].split(";"))}
    return wrong + ([] if policy == wanted else [f"policy {policy}, not {wanted}"])


def findings(page, report, least):
    text, wrong = " ".join(" ".join(page.text).split()), []
    pieces = {" ".join(piece.split()) for piece in page.text}
    for finding in report["findings"]:
        if finding["severity"] != "unknown" and SEVERITIES.index(finding["severity"]) < SEVERITIES.index(least):
            continue
        decision = finding["decision"] if finding["standing"] not in ("open", "below") else None
        if " ".join(shown(finding["id"]).split()) not in pieces:
            wrong.append(f"no id: {shown(finding['id'])}")
        for field in [finding["package"]["name"], *(text for key, text in (decision or {}).items() if key != "by")]:
            if field and " ".join(shown(field).split()) not in text:
                wrong.append(f"not there: {shown(field)}")
    for gap in report["gaps"] if len(report["gaps"]) <= 200 else []:
        if " ".join(shown(gap["reason"]).split()) not in text:
            wrong.append(f"no gap: {shown(gap['reason'])}")
    return wrong


def main():
    source = open(sys.argv[1], encoding="utf-8", newline="").read()
    report = json.load(open(sys.argv[2], encoding="utf-8"))
    page = Page()
    page.feed(source)
    page.close()
    wrong = page.wrong + embedded(page, source)
    wrong += findings(page, report, sys.argv[3] if len(sys.argv) > 3 else "negligible")
    wrong += [f"two of id {i}" for i, n in collections.Counter(page.ids).items() if n > 1]
    wrong += [f"no id {i}" for i in set(page.ways) - set(page.ids)]
    wrong += [f"character {number(ord(c))}" for c in set(source) if shown(c) != c]
    wrong += ["a command of a CI runner"] if "##" in source or re.search(r"^[ \t]*::", source, re.M) else []
    for line in wrong:
        print(line)
    return 1 if wrong else 0


sys.exit(main())
