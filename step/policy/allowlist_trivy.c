/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_trivy.c - Trivy's lists of what to ignore: lines, or YAML
 *
 *      # minizip is not built
 *      CVE-2023-45853
 *      CVE-2024-0001 exp:2027-01-31   # until the next base image
 *
 *      vulnerabilities:
 *        - id: CVE-2023-45853
 *          paths: [opt/app-?/status]
 *          purls: [pkg:deb/debian/zlib1g]
 *          expired_at: 2027-01-31
 *          statement: minizip is not built
 *
 * https://trivy.dev/latest/docs/configuration/filtering/
 *
 * As there: an entry ends when its day begins, where ours ends with it; of a line the first word is
 * the id, and the first that begins with "exp:" the date, also in a comment; paths are globs
 * of which one must fit, purls may leave out version and qualifiers. Of the sections only
 * vulnerabilities is ours; misconfigurations, secrets and licenses are left to Trivy. A line's reason is
 * the comment behind it, else those above it, down to the next empty line.
 * Otherwise than there: aliases of an id count; a date that is none is an error, where Trivy skips the
 * line; so is an unknown key of an entry, because what it was to narrow would hold for all. So is a line
 * whose first word cannot be an identifier: the file is another one, and may hold what nobody should read
 * in a report.
 */
#include "step/policy/allowlist.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LIMIT_IDENTIFIER 128

static struct str
without_mark(struct str bytes)
{
	return str_starts(bytes, "\xef\xbb\xbf") ? str_skip(bytes, 3) : bytes;
}

/* The first second of a day like 2027-01-31, where it ends; false if it is none. */
static bool
end_at(struct str day, struct arena *a, struct allow_entry *e)
{
	if (day.len != strlen("2027-01-31") || !time_parse(day, &e->end))
		return false;
	e->expires = time_text(a, e->end);
	return true;
}

/* ---- Lines ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* A word off the line; empty at its end. */
static struct str
take_word(struct str *line)
{
	struct str word = str_trim(*line);
	size_t len = 0;

	while (len < word.len && !is_blank(word.ptr[len]))
		len++;
	*line = str_skip(word, len);
	word.len = len;
	return word;
}

/* Where a file of lines is read. */
struct place {
	const char *above;  /* the comments above, as one line, or NULL */
	bool above_is_used; /* an entry has come since: the next comment begins anew */
	size_t line;
	size_t entries;
	size_t odd;     /* lines with words that are not understood */
	size_t undated; /* words of comments that look like a date */
};

static struct str
without_hash(struct str comment)
{
	while (str_starts(comment, "#"))
		comment = str_skip(comment, 1);
	return str_trim(comment);
}

static void
read_comment(struct place *at, struct str comment, struct arena *a)
{
	if (at->above_is_used)
		at->above = NULL;
	at->above_is_used = false;
	comment = without_hash(comment);
	if (comment.len == 0 || (at->above && strlen(at->above) > LIMIT_PATTERN))
		return;
	at->above = at->above ? arena_textf(a, "%s %s", at->above, allow_reason(a, comment))
			      : allow_reason(a, comment);
}

static void
note_odd(const struct allow_source *in, struct place *at, struct str odd, struct allowlist *l)
{
	if (odd.len == 0 || at->odd++ > LIMIT_SAID)
		return;
	if (at->odd > LIMIT_SAID)
		allowlist_note(l, in, "has more words that are not understood");
	else
		allowlist_note(l, in, "has '%.*s' behind the id on line %zu: it is not understood",
		    (int)(odd.len > 100 ? 100 : odd.len), odd.ptr, at->line);
}

/* The first word that begins with "exp:", also in a comment. */
static int
read_expiry(
    struct place *at, struct str rest, struct arena *a, struct allow_entry *e, struct err *err)
{
	struct str word;

	while ((word = take_word(&rest)).len > 0)
		if (str_starts(word, "exp:"))
			return end_at(str_skip(word, strlen("exp:")), a, e)
				   ? 0
				   : err_set(err, ERR_USAGE,
					 "line %zu: '%.*s' is no date: exp:2027-01-31", at->line,
					 (int)(word.len > 100 ? 100 : word.len), word.ptr);
	return 0;
}

/* "#exp:2027-01-31", "EXP:2027-01-31", "(exp:2027-01-31)": dates to a reader, and to no program. */
static bool
is_near_expiry(struct str word)
{
	while (word.len > 0 && isalnum((unsigned char)word.ptr[0]) == 0)
		word = str_skip(word, 1);
	return word.len > strlen("exp:") && strncasecmp(word.ptr, "exp:", strlen("exp:")) == 0;
}

/* Of an entry that never ends: words of its comment that look as if it did. */
static void
note_near_expiry(
    const struct allow_source *in, struct place *at, struct str comment, struct allowlist *l)
{
	struct str word;

	while ((word = take_word(&comment)).len > 0) {
		if (!is_near_expiry(word) || at->undated++ > LIMIT_SAID)
			continue;
		if (at->undated > LIMIT_SAID)
			allowlist_note(l, in, "has more dates that are not understood");
		else
			allowlist_note(l, in,
			    "has '%.*s' on line %zu, which is no date as Trivy takes it: the entry "
			    "never expires; write exp:2027-01-31 as a word of its own",
			    (int)(word.len > 100 ? 100 : word.len), word.ptr, at->line);
	}
}

/* What stands behind the id: a date, a comment. */
static int
read_rest(const struct allow_source *in, struct place *at, struct str rest, struct allowlist *l,
    struct err *err)
{
	struct allow_entry *e = &l->entries[l->nentries - 1];
	struct str odd = STR(""), word, comment;

	if (read_expiry(at, rest, in->arena, e, err) < 0)
		return -1;
	while ((word = take_word(&rest)).len > 0 && !str_starts(word, "#"))
		if (!str_starts(word, "exp:") && odd.len == 0)
			odd = word;
	note_odd(in, at, odd, l);
	comment = (struct str){ word.ptr, word.len + rest.len };
	if (e->end == INT64_MAX)
		note_near_expiry(in, at, comment, l);
	comment = without_hash(comment);
	if (comment.len > 0)
		e->reason = allow_reason(in->arena, comment);
	return 0;
}

static bool
is_identifier(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (isalnum((unsigned char)id.ptr[i]) == 0 && !strchr("-_.:", id.ptr[i]))
			return false;
	return id.len <= LIMIT_IDENTIFIER;
}

static int
trivy_read(const struct allow_source *in, struct allowlist *l, struct err *err)
{
	struct str rest = without_mark(in->bytes);
	struct place at = { .line = 0 };

	while (rest.len > 0) {
		struct str line = str_trim(str_line(&rest)), id;
		struct allow_entry *e;

		at.line++;
		if (line.len > 0 && memchr(line.ptr, '\0', line.len))
			return err_set(err, ERR_USAGE, "line %zu: a NUL within a text", at.line);
		if (line.len == 0) {
			at.above = NULL;
			continue;
		}
		if (str_starts(line, "#")) {
			read_comment(&at, line, in->arena);
			continue;
		}
		id = take_word(&line);
		if (!is_identifier(id))
			return err_set(err, ERR_USAGE,
			    "line %zu begins with no identifier, which is at most %d letters, digits, "
			    "hyphens, underscores, dots and colons",
			    at.line, LIMIT_IDENTIFIER);
		e = allowlist_add(l, in, ++at.entries);
		e->id = allow_exact(in->arena, id);
		e->reason = at.above ? at.above : allow_reason(in->arena, STR(""));
		at.above_is_used = true;
		if (read_rest(in, &at, line, l, err) < 0)
			return -1;
	}
	return 0;
}

/* Its first line that is no comment begins with an identifier; YAML's would have a colon behind it. */
static bool
trivy_claims(struct str bytes, const struct doc *root)
{
	struct str rest = without_mark(bytes), word = STR("");
	char id[64] = "";

	if (root)
		return false;
	while (rest.len > 0 && (word.len == 0 || str_starts(word, "#"))) {
		struct str line = str_line(&rest);

		word = take_word(&line);
	}
	if (word.len >= sizeof(id))
		return false;
	memcpy(id, word.ptr, word.len);
	return is_cve(id) || (str_starts(word, "GHSA-") && !str_ends(word, ":"));
}

/* ---- YAML ---- */

/* The texts of a list, each checked and put to ret by add. */
static int
read_texts(const struct doc *list, struct arena *a,
    int (*add)(struct arena *, const char *, const char ***, size_t *, struct err *),
    const char *const **ret, struct err *err)
{
	const char **texts = NULL;
	size_t n = 0;

	if (doc_kind(list) != DOC_LIST && doc_kind(list) != DOC_NULL)
		return err_set(err, ERR_USAGE, "it is no list");
	for (size_t i = 0; i < doc_len(list); i++) {
		const char *text = doc_spelling(doc_at(list, i));

		if (!text || !*text)
			return err_set(err, ERR_USAGE, "there is an element that is no text");
		if (add(a, allow_exact(a, str_of(text)), &texts, &n, err) < 0)
			return -1;
	}
	*ret = texts;
	return 0;
}

static int
read_key(struct allow_entry *e, const char *key, const struct doc *value, struct arena *a,
    struct err *err)
{
	const char *text = doc_kind(value) == DOC_NULL ? "" : doc_spelling(value);

	if (strcmp(key, "paths") == 0)
		return read_texts(value, a, allow_globs_add, &e->paths, err);
	if (strcmp(key, "purls") == 0)
		return read_texts(value, a, allow_purls_add, &e->purls, err);
	if (!text)
		return err_set(err, ERR_USAGE, "it is a list or a map, where a text is wanted");
	if (strcmp(key, "id") == 0) {
		e->id = *text ? allow_exact(a, str_of(text)) : NULL;
		return 0;
	}
	if (strcmp(key, "statement") == 0) {
		e->reason = allow_reason(a, str_of(text));
		return 0;
	}
	if (strcmp(key, "expired_at") != 0)
		return err_set(err, ERR_USAGE,
		    "it is no key of an entry: id, paths, purls, expired_at, statement");
	if (*text && !end_at(str_of(text), a, e))
		return err_set(err, ERR_USAGE, "'%s' is no date: 2027-01-31", text);
	return 0;
}

static int
read_entry(
    const struct allow_source *in, const struct doc *d, struct allow_entry *e, struct err *err)
{
	if (doc_kind(d) != DOC_MAP)
		return err_set(err, ERR_USAGE, "it has no keys");
	e->reason = allow_reason(in->arena, STR(""));
	for (void *i = doc_first(d); i; i = doc_next(d, i))
		if (read_key(e, doc_key(i), doc_value(i), in->arena, err) < 0)
			return err_wrap(err, "%s", doc_key(i));
	return e->id ? 0 : err_set(err, ERR_USAGE, "it has no id");
}

static bool
is_section(const char *key)
{
	static const char *const sections[] = { "vulnerabilities", "misconfigurations", "secrets",
		"licenses" };

	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (strcmp(sections[i], key) == 0)
			return true;
	return false;
}

static int
yaml_read(const struct allow_source *in, struct allowlist *l, struct err *err)
{
	const struct doc *list = doc_get(in->root, "vulnerabilities");
	size_t unknown = 0;

	if (doc_kind(in->root) != DOC_MAP && doc_kind(in->root) != DOC_NULL)
		return err_set(err, ERR_USAGE, "it is no map of sections");
	for (void *i = doc_first(in->root); i; i = doc_next(in->root, i))
		if (!is_section(doc_key(i)) && unknown++ < LIMIT_SAID)
			allowlist_note(l, in,
			    "has the section '%s', which is not known: nothing is approved by it",
			    doc_key(i));
	if (doc_kind(list) != DOC_LIST && doc_kind(list) != DOC_NULL)
		return err_set(err, ERR_USAGE, "vulnerabilities is no list of entries");
	for (size_t i = 0; i < doc_len(list); i++)
		if (read_entry(in, doc_at(list, i), allowlist_add(l, in, i + 1), err) < 0)
			return err_wrap(err, "entry %zu", i + 1);
	return 0;
}

static bool
yaml_claims(struct str bytes, const struct doc *root)
{
	(void)bytes;
	for (void *i = doc_first(root); i; i = doc_next(root, i))
		if (is_section(doc_key(i)))
			return true;
	return false;
}

static const char *const lines_files[] = { ".trivyignore", NULL };
static const char *const yaml_files[] = { ".trivyignore.yaml", ".trivyignore.yml", NULL };

const struct allowlist_format allowlist_trivy = {
	.name = "trivy",
	.summary = "Trivy's .trivyignore: an identifier a line, with an expiry or without",
	.files = lines_files,
	.peer = "Trivy",
	.is_plain = true,
	.claims = trivy_claims,
	.read = trivy_read,
};

const struct allowlist_format allowlist_trivy_yaml = {
	.name = "trivy-yaml",
	.summary = "Trivy's .trivyignore.yaml: vulnerabilities by id, paths and purls",
	.files = yaml_files,
	.peer = "Trivy",
	.claims = yaml_claims,
	.read = yaml_read,
};
