/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alpine.c - Alpine's secdb: which release of a package fixed what
 *
 *      distroversion: v3.11                    {"distroversion": "v3.20", "reponame": "main",
 *      reponame: main                           "packages": [{"pkg": {"name": "xen",
 *      packages:                                  "secfixes": {"4.12.1-r0": ["XSA-295"]}}}]}
 *        - pkg:
 *            name: xen
 *            secfixes:
 *              4.8.1-r2:
 *                - CVE-2016-9932 XSA-200
 *              0:
 *                - CVE-2017-5753 CVE-2017-5715 XSA-254
 *
 * https://secdb.alpinelinux.org/, JSON today and YAML before 2021; a file for each
 * release and repository, at most a few MB. Packages are source packages (origins).
 *
 * A line is written by hand. Every CVE id on it is a vulnerability of its own, other
 * identifiers are further names of each; a line without a CVE id is called by its
 * first word. "CVE_2019-2426" and "CVE 2018-16859" are read as they were meant.
 * Fixed in "0" means never affected, unless another version fixed the same id.
 *
 * Left out: archs, urls. Nothing is said of what is not fixed: secdb does not know it.
 */
#include "step/advisory/feed_fields.h"

#include <stdlib.h>
#include <string.h>

/* One id on one line: this version fixed it. */
struct fix {
	const char *id;
	const char *version;
	const struct names *aliases; /* shared by the ids of a line */
};

/* One document being read. */
struct secdb {
	struct build *build;
	struct arena *scratch; /* one package's */
	const char *ecosystem;
	struct fix *fixes; /* of one package */
	size_t nfixes;
};

/* May stand above the first key that matters; a program that writes such files may not. */
static bool
is_yaml(struct str line)
{
	struct str key = str_cut(&line, ':');

	if (key.len == 0 || str_is(key, "---") || str_starts(key, "#") || str_starts(key, " ") ||
	    str_starts(key, "- "))
		return true;
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] < 'a' || key.ptr[i] > 'z')
			return false;
	return true;
}

static bool
alpine_claims(struct str head)
{
	if (doc_peek_key(head, 1, "distroversion"))
		return true;
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.len) {
		struct str line = str_line(&head);

		if (str_starts(line, "distroversion:"))
			return true;
		if (!is_yaml(line))
			return false;
	}
	return false;
}

/* The next word of a line; a comma, colon or bracket around it is not part of it. */
static struct str
next_word(struct str *line)
{
	struct str word;

	*line = str_trim(*line);
	for (size_t i = 0; i < line->len; i++) {
		if (line->ptr[i] == '\t' || line->ptr[i] == ' ') {
			word = (struct str){ line->ptr, i };
			*line = str_skip(*line, i);
			goto out;
		}
	}
	word = *line;
	*line = str_skip(*line, line->len);
out:
	while (word.len && memchr("([,;", word.ptr[0], 4))
		word = str_skip(word, 1);
	while (word.len && memchr(")],;:.", word.ptr[word.len - 1], 6))
		word.len--;
	return word;
}

static void
fixes_add(struct secdb *s, const char *id, const char *version, const struct names *aliases)
{
	s->fixes = arena_grow(s->scratch, s->fixes, s->nfixes, sizeof(*s->fixes));
	s->fixes[s->nfixes++] = (struct fix){ id, version, aliases };
}

/* The CVE id that begins at this word, which may go on in the next: "CVE 2018-16859". */
static const char *
take_cve(struct secdb *s, struct str word, struct str *rest)
{
	struct str ahead = *rest;
	const char *id;

	if (!str_is(word, "CVE"))
		return cve_of_word(s->scratch, word);
	word = next_word(&ahead);
	id = arena_textf(s->scratch, "CVE-%s", arena_text(s->scratch, word));
	id = cve_of_word(s->scratch, str_of(id));
	if (id)
		*rest = ahead;
	return id;
}

/* One line of a version's list. */
static void
read_line(struct secdb *s, const char *version, struct str line)
{
	struct names *aliases = arena_alloc(s->scratch, sizeof(*aliases));
	size_t before = s->nfixes;
	bool is_first = true;
	const char *id = NULL;

	while (line.len) {
		struct str word = next_word(&line);
		const char *cve = take_cve(s, word, &line);

		if (cve)
			fixes_add(s, cve, version, aliases);
		else if (word_is_id(word) && is_first)
			id = arena_text(s->scratch, word);
		else if (word_is_id(word))
			names_add(s->scratch, aliases, arena_text(s->scratch, word));
		is_first = false;
	}
	if (s->nfixes > before && id)
		names_add(s->scratch, aliases, id);
	else if (s->nfixes == before && id)
		fixes_add(s, id, version, aliases);
	else if (s->nfixes == before)
		build_skip(s->build, "no identifier on the line");
}

static void
read_version(struct secdb *s, const char *version, const struct doc *lines)
{
	if (!field_valid(version)) {
		build_skip(s->build, SKIP_MALFORMED);
		return;
	}
	if (doc_kind(lines) != DOC_LIST) {
		build_skip(s->build, "a version without a list");
		return;
	}
	for (size_t i = 0; i < doc_len(lines); i++) {
		const char *line = doc_text(doc_at(lines, i));

		if (line && strlen(line) <= LIMIT_FIELD)
			read_line(s, version, str_of(line));
		else
			build_skip(s->build, SKIP_MALFORMED);
	}
}

static int
compare_fixes(const void *a, const void *b)
{
	const struct fix *x = a, *y = b;
	int by_id = strcmp(x->id, y->id);

	return by_id ? by_id : strcmp(x->version, y->version);
}

/* All that the package says of one id: "0" sorts first among its versions. */
static void
tell_id(struct secdb *s, const char *package, const struct fix *fixes, size_t n)
{
	struct statements said = { 0 };
	struct names aliases = { 0 };
	struct advisory advisory = {
		.id = fixes[0].id,
		.url = arena_textf(
		    s->scratch, "https://security.alpinelinux.org/vuln/%s", fixes[0].id),
	};

	for (size_t i = 0; i < n; i++) {
		bool is_never = strcmp(fixes[i].version, "0") == 0;
		struct affected one = {
			.ecosystem = s->ecosystem,
			.package = package,
			.scheme = "apk",
			.fixed = is_never ? NULL : fixes[i].version,
			.state = is_never ? AFFECTED_NEVER : AFFECTED_FIXED,
		};

		for (size_t j = 0; j < fixes[i].aliases->count; j++)
			names_add(s->scratch, &aliases, fixes[i].aliases->list[j]);
		if (i + 1 < n && (is_never || strcmp(fixes[i].version, fixes[i + 1].version) == 0))
			continue;
		statements_add(s->scratch, &said, &one);
	}
	names_sort(&aliases, advisory.id);
	advisory.aliases = aliases.list;
	build_advisory(s->build, &advisory, said.list, said.count);
}

static void
read_package(struct secdb *s, const struct doc *package)
{
	const char *name = doc_get_field(package, "name");
	const struct doc *versions = doc_get(package, "secfixes");
	size_t first = 0;

	if (!name || (doc_kind(versions) != DOC_MAP && doc_kind(versions) != DOC_NULL)) {
		build_skip(s->build, SKIP_MALFORMED);
		return;
	}
	s->fixes = NULL;
	s->nfixes = 0;
	for (void *i = doc_first(versions); i; i = doc_next(versions, i))
		read_version(s, doc_key(i), doc_value(i));
	if (s->nfixes)
		qsort(s->fixes, s->nfixes, sizeof(*s->fixes), compare_fixes);
	for (size_t i = 1; i <= s->nfixes; i++) {
		if (i < s->nfixes && strcmp(s->fixes[i].id, s->fixes[first].id) == 0)
			continue;
		tell_id(s, name, s->fixes + first, i - first);
		first = i;
	}
}

/* "v3.10" is "alpine:v3.10", "edge-main" and "edge" are "alpine:edge"; NULL for others. */
static const char *
ecosystem_of(struct arena *a, const char *version)
{
	const char *minor;

	if (!version)
		return NULL;
	if (strcmp(version, "edge") == 0 || strncmp(version, "edge-", 5) == 0)
		return "alpine:edge";
	minor = strchr(version, '.');
	if (version[0] != 'v' || !minor || strlen(version) > 16)
		return NULL;
	if (strspn(version + 1, "0123456789") != (size_t)(minor - version - 1) || !minor[1] ||
	    minor[1 + strspn(minor + 1, "0123456789")])
		return NULL;
	return arena_textf(a, "alpine:%s", version);
}

static int
read_document(const struct doc *document, struct build *b, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_ARENA kept = arena_new();
	struct secdb s = { .build = b, .scratch = scratch };
	const struct doc *packages = doc_get(document, "packages");

	s.ecosystem = ecosystem_of(kept, doc_spelling(doc_get(document, "distroversion")));
	if (!s.ecosystem)
		return err_set(err, ERR_DATABASE, "distroversion is no release of Alpine");
	if (doc_kind(packages) != DOC_LIST && doc_kind(packages) != DOC_NULL)
		return err_set(err, ERR_DATABASE, "packages is not a list");
	build_covers(b, s.ecosystem);
	for (size_t i = 0; i < doc_len(packages); i++) {
		read_package(&s, doc_get(doc_at(packages, i), "pkg"));
		arena_reset(scratch);
	}
	return 0;
}

static int
alpine_parse(const char *name, struct stream *in, struct build *b, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_DOC document = NULL;
	struct str bytes;
	int rc = stream_whole(in, LIMIT_FEED_DOCUMENT, ERR_DATABASE, a, &bytes, err);

	if (rc == 0 && str_starts(str_trim(bytes), "{"))
		rc = doc_parse_json(bytes, ERR_DATABASE, &document, err);
	else if (rc == 0)
		rc = doc_parse_yaml(bytes, ERR_DATABASE, &document, err);
	if (rc == 0)
		rc = read_document(document, b, err);
	return rc < 0 ? err_wrap(err, "%s", name) : 0;
}

#define ALPINE_SECDB "https://secdb.alpinelinux.org/"
// clang-format off
#define ALPINE_RELEASE(of) \
	{ ALPINE_SECDB "v" of "/main.json", "alpine", of }, \
	{ ALPINE_SECDB "v" of "/community.json", "alpine", of }
// clang-format on

/* Releases of the last years; what is not there yet is added when it appears. */
static const struct feed_document alpine_documents[] = {
	ALPINE_RELEASE("3.10"),
	ALPINE_RELEASE("3.11"),
	ALPINE_RELEASE("3.12"),
	ALPINE_RELEASE("3.13"),
	ALPINE_RELEASE("3.14"),
	ALPINE_RELEASE("3.15"),
	ALPINE_RELEASE("3.16"),
	ALPINE_RELEASE("3.17"),
	ALPINE_RELEASE("3.18"),
	ALPINE_RELEASE("3.19"),
	ALPINE_RELEASE("3.20"),
	ALPINE_RELEASE("3.21"),
	ALPINE_RELEASE("3.22"),
	ALPINE_RELEASE("3.23"),
	{ ALPINE_SECDB "edge/main.json", NULL, NULL },
	{ ALPINE_SECDB "edge/community.json", NULL, NULL },
	{ NULL, NULL, NULL },
};

const struct feed_ops feed_alpine = {
	.name = "alpine",
	.summary = "Alpine secdb: fixed vulnerabilities by release and source package",
	.licence = "MIT",
	.url = ALPINE_SECDB,
	.documents = alpine_documents,
	.claims = alpine_claims,
	.parse = alpine_parse,
};
