/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_fields.c - words, names and lists that feed files share
 */
#include "step/advisory/feed_fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum severity
severity_of_word(const char *word)
{
	static const struct {
		const char *word;
		enum severity severity;
	} words[] = {
		{ "unimportant", SEVERITY_NEGLIGIBLE }, /* Debian */
		{ "negligible", SEVERITY_NEGLIGIBLE },  /* Ubuntu */
		{ "low", SEVERITY_LOW },
		{ "medium", SEVERITY_MEDIUM },
		{ "moderate", SEVERITY_MEDIUM }, /* GitHub, the Red Hat family */
		{ "high", SEVERITY_HIGH },
		{ "important", SEVERITY_HIGH }, /* the Red Hat family */
		{ "critical", SEVERITY_CRITICAL },
	};
	size_t len = word ? strlen(word) : 0;

	/* Debian marks what a program assigned: "low**". */
	while (len && word[len - 1] == '*')
		len--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (len == strlen(words[i].word) && strncasecmp(word, words[i].word, len) == 0)
			return words[i].severity;
	}
	return SEVERITY_UNKNOWN;
}

bool
field_valid(const char *text)
{
	const char *at = text;

	if (!text || !*text || strlen(text) > LIMIT_FIELD)
		return false;
	while (*at) {
		int32_t c = utf8_next(&at);

		if (c <= ' ' || utf8_is_control(c))
			return false;
	}
	return true;
}

const char *
doc_get_field(const struct doc *map, const char *key)
{
	const char *text = doc_get_text(map, key);

	return field_valid(text) ? text : NULL;
}

const char *
first_line(struct arena *a, const char *text)
{
	struct str rest = str_of(text);
	struct str line = str_trim(str_line(&rest));

	return line.len ? arena_text(a, line) : NULL;
}

static size_t
digits(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return n;
}

const char *
cve_of_word(struct arena *a, struct str word)
{
	struct str year, number;

	if (word.len < 4 || strncasecmp(word.ptr, "CVE", 3) != 0 || !memchr("-_", word.ptr[3], 2))
		return NULL;
	year = str_skip(word, 4);
	year.len = digits(year);
	word = str_skip(word, 4 + year.len);
	if (year.len != 4 || !word.len || !memchr("-_", word.ptr[0], 2))
		return NULL;
	number = str_skip(word, 1);
	number.len = digits(number);
	if (number.len < 4 || number.len > 19)
		return NULL;
	return arena_textf(a, "CVE-%.4s-%.*s", year.ptr, (int)number.len, number.ptr);
}

bool
word_is_id(struct str word)
{
	bool has_dash = false, has_digit = str_starts(word, "GHSA-");

	if (!word.len || word.len > 128 || str_starts(word, "CVE"))
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		bool is_digit = c >= '0' && c <= '9';
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!is_letter && (i == 0 || (!is_digit && !memchr("-_.:", c, 4))))
			return false;
		has_dash |= c == '-';
		has_digit |= is_digit;
	}
	return has_dash && has_digit;
}

void
names_add(struct arena *a, struct names *n, const char *name)
{
	/* One more than counted is kept, for the NULL at the end. */
	n->list = arena_grow(a, n->list, n->count, sizeof(*n->list));
	n->list[n->count++] = name;
	n->list = arena_grow(a, n->list, n->count, sizeof(*n->list));
	n->list[n->count] = NULL;
}

void
names_sort(struct names *n, const char *without)
{
	size_t kept = 0;

	if (!n->count)
		return;
	qsort(n->list, n->count, sizeof(*n->list), text_order);
	for (size_t i = 0; i < n->count; i++) {
		if (without && strcmp(n->list[i], without) == 0)
			continue;
		if (!kept || strcmp(n->list[i], n->list[kept - 1]) != 0)
			n->list[kept++] = n->list[i];
	}
	n->list[kept] = NULL;
	n->count = kept;
}

void
statements_add(struct arena *a, struct statements *s, const struct affected *affected)
{
	s->list = arena_grow(a, s->list, s->count, sizeof(*s->list));
	s->list[s->count++] = *affected;
}
