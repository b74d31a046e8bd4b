#!/usr/bin/env python3
"""
Reports read back by the rules of their formats' own syntaxes, with Python's parsers and nothing of ours.

    readback.py FORMAT FILE

prints how many findings the report shows. read() gives that and the words of the syntax that it uses: elements and
attributes, keys, columns. A text that a stranger wrote adds none and changes no number, whatever it holds: that is
what tests/reports/hostile.py asks. Raises Broken, or the parser's own error, for what is none of the format.
"""
import csv
import html.parser
import io
import json
import re
import sys
import unicodedata
import xml.parsers.expat


class Broken(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Broken(what)


# ---- Bytes and lines ----

# What a terminal obeys or a reader cannot see: control and format characters, what is no character.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
LOG_COMMAND = re.compile(r"^\s*::", re.MULTILINE)
AZURE_COMMAND = re.compile(r"##(\[|vso\[)")


def text_of(data, controls):
    """As text, after what holds of every format: what may go to a terminal or a CI log."""
    text = data.decode("utf-8")
    found = HIDDEN.search(text.translate({ord(c): None for c in controls}))
    need(not found, "holds %r" % (found and found.group()))
    need(not AZURE_COMMAND.search(text), "holds a command of Azure's runner")
    return text


def plain_log(text):
    found = LOG_COMMAND.search(text)
    need(not found, "has a line that is a command of GitHub's runner: %r" % (found and text[found.start() :][:60]))
    need("##" not in text, "holds ##")


# ---- JSON ----


def unique(pairs):
    keys = [key for key, _ in pairs]
    need(len(keys) == len(set(keys)), "a key comes twice among %r" % keys)
    return dict(pairs)


def ways(node, way=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ways(value, way + "." + key)
    elif isinstance(node, list):
        for value in node:
            yield from ways(value, way + "[]")
    else:
        yield way


def json_reader(count, is_ascii=True):
    def read(data):
        text = text_of(data, "\n")
        plain_log(text)
        need(text.isascii() or not is_ascii, "is not ASCII")
        root = json.loads(text, object_pairs_hook=unique)
        return count(root), set(ways(root))

    return read


# ---- XML ----


def read_junit(data):
    text = text_of(data, "\n\t")
    plain_log(text)
    words, open_elements, cases = set(), [], 0

    def start(name, attrs):
        nonlocal cases
        cases += (name == "testcase") - (name == "testsuite")  # each suite has one that passes
        open_elements.append(name)
        words.add("/".join(open_elements))
        words.update("/".join(open_elements) + "@" + attr for attr in attrs)

    def refuse(*_):
        raise Broken("holds a doctype, a comment, an instruction or CDATA")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open_elements.pop()
    parser.StartDoctypeDeclHandler = parser.CommentHandler = refuse
    parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = refuse
    parser.Parse(data, True)
    return cases, words


# ---- HTML ----


class Page(html.parser.HTMLParser):
    VOID = ("br", "col", "hr", "img", "input", "link", "meta", "wbr")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words, self.open_elements, self.rows, self.counts = set(), [], 0, {}
        self.policy = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.words.add(tag)
        self.words.update(tag + "@" + name for name in attrs)
        self.rows += tag == "tbody" and "finding" in attrs.get("class", "").split()
        if attrs.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = attrs["content"]
        for name, value in attrs.items():
            need(not name.startswith("on") and name not in ("style", "srcdoc", "action"), "has an attribute " + name)
            if name in ("href", "src"):
                need(re.match(r"https?://|#|report\.css$", value), "links to %r" % value)
        if tag not in self.VOID:
            self.open_elements.append(tag)

    def handle_endtag(self, tag):
        need(self.open_elements and self.open_elements.pop() == tag, "</%s> ends something else" % tag)

    def handle_comment(self, data):
        raise Broken("has a comment: %r" % data[:60])

    def unknown_decl(self, data):
        raise Broken("has a declaration: %r" % data[:60])

    handle_pi = unknown_decl


def read_html(data):
    page = Page()
    page.feed(text_of(data, "\n\t"))
    page.close()
    need(not page.open_elements, "does not close %r" % page.open_elements)
    for tag, n in (("html", 1), ("script", 1), ("style", 1), ("link", 1), ("title", 1)):
        need(page.counts.get(tag) == n, "has %s elements %s" % (page.counts.get(tag), tag))
    need(page.policy and "'unsafe" not in page.policy, "has no policy, or an unsafe one")
    return page.rows, page.words


# ---- CSV ----


def read_csv(data):
    text = text_of(data, "\n\r")
    plain_log(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    need(rows and all(len(row) == len(rows[0]) for row in rows), "has rows of different length")
    need(text.endswith("\r\n"), "does not end with a line end")
    for cell in (cell for row in rows for cell in row):
        need(not re.match(r"[=+\-@\t\r\n]", unicodedata.normalize("NFKC", cell)), "has a formula: %r" % cell[:60])
    at = rows[0].index("record")
    return sum(row[at] == "finding" for row in rows), set(rows[0])


# ---- Lines ----


def read_table(data):
    text = text_of(data, "\n")
    plain_log(text)
    return len(re.findall(r"^  [a-z]+ +CVE-", text, re.MULTILINE)), set()


def read_markdown(data):
    text = text_of(data, "\n")
    need(len(data) < 900000, "is larger than a job summary may be")
    need(not LOG_COMMAND.search(text), "has a line that is a command of GitHub's runner")
    need(not re.search(r"^\s*/[a-z]", text, re.MULTILINE), "has a line that is one of GitLab's quick actions")
    rows, cells = 0, 0
    for line in text.split("\n"):
        bare = re.sub(r"\\.", "", line)  # a pipe parts cells in code, too
        if not bare.startswith("|"):
            cells = 0
        elif not cells:
            cells = bare.count("|")
        need(not cells or bare.count("|") == cells, "has a row of another length: %r" % line[:200])
        rows += bool(re.match(r"\| (\*\*)?(Critical|High|Medium|Low|Negligible|Unknown)\b", line))
        bare = re.sub(r"\\.|`[^`]*`", "", line)
        need(not re.search(r"\]\((?!<https?://)", bare), "has a link of a stranger's: %r" % line[:200])
        need("![" not in bare, "has a picture: %r" % line[:200])
        need(not re.search(r"(^|[^`\w.])@\w", bare), "calls somebody: %r" % line[:200])
    return rows, set(re.findall(r"<[^ >]*>?", re.sub(r"\\.|`[^`\n]*`", "", text)))


def read_github(data):
    text = text_of(data, "\n")
    commands = [line for line in text.split("\n") if re.match(r"\s*::", line)]
    for line in commands:
        found = re.fullmatch(r"::(error|warning|notice)(?: ((?:[a-zA-Z]+=[^:,]*,?)*))?::(.*)", line)
        need(found, "has a command that is none of ours: %r" % line[:200])
        need(len(found.group(3)) <= 4096, "has a message of more than 4096 characters")
        need(not re.search(r"%(?!25|0A|0D|3A|2C)", line), "has a percent sign as it is: %r" % line[:200])
    for level in ("error", "warning", "notice"):
        need(sum(line.startswith("::" + level) for line in commands) <= 10, "has more than ten of " + level)
    return len(commands), set()


def read_dotenv(data):
    text = text_of(data, "\n")
    need(len(data) <= 5 * 1024, "is larger than 5 KB")
    lines = text.splitlines()
    for line in lines:
        need(re.fullmatch(r"[A-Z][A-Z0-9_]*=[A-Za-z0-9_./:@+-]*", line), "has a line that GitLab refuses: %r" % line[:200])
    keys = [line.split("=")[0] for line in lines]
    need(0 < len(keys) <= 20 and len(set(keys)) == len(keys), "has keys that come twice, or too many")
    return len(lines), set(keys)


READERS = {
    "table": read_table,
    "json": json_reader(lambda root: len(root["findings"])),
    "sarif": json_reader(lambda root: len(root["runs"][0]["results"])),
    "junit": read_junit,
    "gitlab": json_reader(lambda root: len(root["vulnerabilities"])),
    "html": read_html,
    "markdown": read_markdown,
    "csv": read_csv,
    "cyclonedx": json_reader(lambda root: sum(len(v["affects"]) for v in root.get("vulnerabilities", []))),
    "openvex": json_reader(lambda root: len(root["statements"])),
    "codequality": json_reader(len),
    "jenkins": json_reader(lambda root: len(root["issues"])),
    "github": read_github,
    "clair": json_reader(lambda root: len(root["vulnerabilities"]), is_ascii=False),
    "dotenv": read_dotenv,
}


def read(name, data):
    """How many findings are shown, and the set of the syntax's words."""
    need(name in READERS, "tests/reports/readback.py does not know the format " + name)
    return READERS[name](data)


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as f:
        print(read(sys.argv[1], f.read())[0])
