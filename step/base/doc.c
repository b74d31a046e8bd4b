/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.c - the tree of a document, whatever it was written in
 *
 * Every accessor answers NULL and wrong kinds with nothing, so that a document of
 * the wrong shape is found out at the end of a path, not by a crash in the middle.
 */
#include "step/base/doc_tree.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLAIN_MARK = 2 /* bytes before the spelling: NUL and the kind */
};

json_t *
doc_node(const struct doc *d)
{
	union {
		const struct doc *doc;
		json_t *node;
	} same = { d };

	return same.node;
}

struct doc *
doc_of_node(json_t *node)
{
	return (struct doc *)node;
}

json_t *
doc_plain_new(enum doc_kind kind, const char *spelling, size_t len)
{
	char *text = xalloc(PLAIN_MARK + len);
	json_t *node;

	text[0] = '\0';
	text[1] = (char)kind;
	memcpy(text + PLAIN_MARK, spelling, len);
	node = json_stringn_nocheck(text, PLAIN_MARK + len);
	free(text);
	return node;
}

/* What a plain scalar says, or NULL for any other node. */
static const char *
plain(const struct doc *d)
{
	const char *text = json_string_value(doc_node(d));

	if (!text || text[0] != '\0' || json_string_length(doc_node(d)) < PLAIN_MARK)
		return NULL;
	return text + PLAIN_MARK;
}

void
doc_free(struct doc *root)
{
	json_decref(doc_node(root));
}

void
auto_doc(struct doc **root)
{
	doc_free(*root);
}

enum doc_kind
doc_kind(const struct doc *d)
{
	const char *spelling;

	if (!d)
		return DOC_NULL;
	switch (json_typeof(doc_node(d))) {
	case JSON_NULL:
		return DOC_NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		return DOC_BOOL;
	case JSON_INTEGER:
	case JSON_REAL:
		return DOC_NUMBER;
	case JSON_ARRAY:
		return DOC_LIST;
	case JSON_OBJECT:
		return DOC_MAP;
	case JSON_STRING:
		break;
	}
	spelling = plain(d);
	return spelling ? (enum doc_kind)spelling[-1] : DOC_TEXT;
}

const struct doc *
doc_get(const struct doc *map, const char *key)
{
	return doc_of_node(json_object_get(doc_node(map), key));
}

const struct doc *
doc_at(const struct doc *list, size_t i)
{
	return doc_of_node(json_array_get(doc_node(list), i));
}

size_t
doc_len(const struct doc *d)
{
	return json_is_array(doc_node(d)) ? json_array_size(doc_node(d))
					  : json_object_size(doc_node(d));
}

const char *
doc_text(const struct doc *d)
{
	return doc_kind(d) == DOC_TEXT ? json_string_value(doc_node(d)) : NULL;
}

const char *
doc_get_text(const struct doc *map, const char *key)
{
	return doc_text(doc_get(map, key));
}

bool
doc_bool(const struct doc *d, bool fallback)
{
	if (doc_kind(d) != DOC_BOOL)
		return fallback;
	if (plain(d))
		return plain(d)[0] == 't' || plain(d)[0] == 'T';
	return json_is_true(doc_node(d));
}

/* YAML's octal and hexadecimal; *ret_is_one is false for any other number. */
static double
radix_number(const char *spelling, bool *ret_is_one)
{
	int base = strncmp(spelling, "0x", 2) == 0 ? 16 : strncmp(spelling, "0o", 2) == 0 ? 8 : 0;

	*ret_is_one = base != 0;
	return base ? (double)strtoull(spelling + 2, NULL, base) : 0;
}

double
doc_number(const struct doc *d, double fallback)
{
	double value;
	bool is_radix;

	if (doc_kind(d) != DOC_NUMBER)
		return fallback;
	if (!plain(d))
		return json_number_value(doc_node(d));
	value = radix_number(plain(d), &is_radix);
	if (!is_radix)
		value = strtod(plain(d), NULL);
	/* ".inf" is a number to YAML, but no quantity to anyone who asks here. */
	return isfinite(value) && !strpbrk(plain(d), "iInN") ? value : fallback;
}

int64_t
doc_integer(const struct doc *d, int64_t fallback)
{
	const double most = 9007199254740992.0; /* beyond 2^53 a double skips integers */
	const char *spelling;
	double value;

	if (doc_kind(d) != DOC_NUMBER)
		return fallback;
	spelling = plain(d);
	if (!spelling && json_is_integer(doc_node(d)))
		return json_integer_value(doc_node(d));
	if (spelling && spelling[strspn(spelling, "+-0123456789")] == '\0') {
		errno = 0;
		long long exact = strtoll(spelling, NULL, 10);
		return errno ? fallback : exact;
	}
	value = doc_number(d, NAN);
	if (!(value <= most && value >= -most) || (double)(int64_t)value != value)
		return fallback;
	return (int64_t)value;
}

const char *
doc_spelling(const struct doc *d)
{
	const char *spelling = d ? plain(d) : NULL;

	return spelling ? spelling : doc_text(d);
}

void *
doc_first(const struct doc *map)
{
	return json_object_iter(doc_node(map));
}

void *
doc_next(const struct doc *map, void *i)
{
	return json_object_iter_next(doc_node(map), i);
}

const char *
doc_key(void *i)
{
	return json_object_iter_key(i);
}

const struct doc *
doc_value(void *i)
{
	return doc_of_node(json_object_iter_value(i));
}
