/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starter.c - the starter advisories that the program carries (starter.tsv)
 *
 *      # scanstep starter advisories 1 2026-11-22
 *      V	CVE-2014-0160	-	high	CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N	title
 *      A	debian:bookworm	openssl	fixed	1.0.1g-1
 *      A	alpine:v3.10	openssl	never	-
 *
 * Fields are parted by tabs. A V line opens a vulnerability: id, aliases parted by
 * blanks, severity, CVSS vector, title; the A lines behind it are its statements:
 * ecosystem, source package, state (fixed, unfixed, declined, never), version. "-"
 * stands for nothing. Other lines that begin with "#" and empty lines are comments.
 *
 * The file is ours, so a line that is not understood is an error, not skipped.
 */
#include "step/advisory/feed_fields.h"

#include <string.h>

#define HEADER "# scanstep starter advisories 1 "

/* A vulnerability whose statements are being gathered; id NULL before the first. */
struct entry {
	struct advisory advisory;
	struct statements said;
};

static bool
starter_claims(struct str head)
{
	return str_starts(head, HEADER);
}

/* The next field, in the arena; NULL for "-" or nothing. */
static const char *
next_field(struct arena *a, struct str *line)
{
	struct str field = str_trim(str_cut(line, '\t'));

	return field.len == 0 || str_is(field, "-") ? NULL : arena_text(a, field);
}

static const char *
scheme_of(const char *ecosystem)
{
	if (ecosystem && strncmp(ecosystem, "debian:", 7) == 0)
		return "deb";
	if (ecosystem && strncmp(ecosystem, "alpine:", 7) == 0)
		return "apk";
	return NULL;
}

static bool
state_of(struct str word, enum affected_state *ret)
{
	static const struct {
		const char *word;
		enum affected_state state;
	} words[] = {
		{ "fixed", AFFECTED_FIXED },
		{ "unfixed", AFFECTED_UNFIXED },
		{ "declined", AFFECTED_DECLINED },
		{ "never", AFFECTED_NEVER },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i].word)) {
			*ret = words[i].state;
			return true;
		}
	}
	return false;
}

/* Hand over the vulnerability that is complete now; the arena is empty then. */
static void
flush(struct entry *e, struct arena *a, struct build *b)
{
	if (e->advisory.id && !e->said.count)
		build_skip(b, "vulnerability without statements");
	else if (e->advisory.id)
		build_advisory(b, &e->advisory, e->said.list, e->said.count);
	*e = (struct entry){ 0 };
	arena_reset(a);
}

/* What stands behind "V". */
static bool
read_vulnerability(struct entry *e, struct arena *a, struct str line)
{
	struct names aliases = { 0 };
	const char *id = next_field(a, &line);
	struct str words = str_of(next_field(a, &line));
	const char *severity = next_field(a, &line);

	if (!field_valid(id))
		return false;
	while (words.len) {
		struct str word = str_cut(&words, ' ');
		const char *alias = arena_text(a, word);

		if (!field_valid(alias))
			return false;
		names_add(a, &aliases, alias);
	}
	names_sort(&aliases, id);
	e->advisory.id = id;
	e->advisory.aliases = aliases.list;
	e->advisory.severity = severity_of_word(severity);
	e->advisory.cvss_vector = next_field(a, &line);
	e->advisory.title = next_field(a, &line);
	if (is_cve(id))
		e->advisory.url = arena_textf(a, "https://www.cve.org/CVERecord?id=%s", id);
	return !severity || e->advisory.severity != SEVERITY_UNKNOWN;
}

/* What stands behind "A". */
static bool
read_statement(struct entry *e, struct arena *a, struct str line)
{
	struct affected one = { .ecosystem = next_field(a, &line) };

	one.scheme = scheme_of(one.ecosystem);
	one.package = next_field(a, &line);
	if (!e->advisory.id || !field_valid(one.ecosystem) || !one.scheme ||
	    !field_valid(one.package))
		return false;
	if (!state_of(str_cut(&line, '\t'), &one.state))
		return false;
	one.fixed = next_field(a, &line);
	if (one.state == AFFECTED_FIXED ? !field_valid(one.fixed) : one.fixed != NULL)
		return false;
	statements_add(a, &e->said, &one);
	return true;
}

static bool
read_line(struct entry *e, struct arena *a, struct str line, struct build *b)
{
	if (line.len == 0 || line.ptr[0] == '#')
		return true;
	if (str_starts(line, "A\t"))
		return read_statement(e, a, str_skip(line, 2));
	if (!str_starts(line, "V\t"))
		return false;
	flush(e, a, b);
	return read_vulnerability(e, a, str_skip(line, 2));
}

static int
starter_parse(const char *name, struct stream *in, struct build *b, struct err *err)
{
	AUTO_LINES lines = lines_new(in, ERR_DATABASE);
	AUTO_ARENA a = arena_new();
	struct entry entry = { 0 };

	for (size_t number = 1;; number++) {
		struct str line;
		bool complete;
		int rc = lines_next(lines, &line, &complete, err);

		if (rc < 0)
			return err_wrap(err, "%s", name);
		if (rc == 0)
			break;
		if (!complete)
			return err_set(err, ERR_DATABASE, "%s: line %zu: cut off", name, number);
		if (!read_line(&entry, a, line, b))
			return err_set(err, ERR_DATABASE,
			    "%s: line %zu: neither a vulnerability nor a statement", name, number);
	}
	flush(&entry, a, b);
	return 0;
}

const struct feed_ops feed_starter = {
	.name = "starter",
	.summary = "starter set that the program carries: well-known vulnerabilities only",
	.licence = "Apache-2.0",
	.url = "step/advisory/starter.tsv",
	.claims = starter_claims,
	.parse = starter_parse,
};
