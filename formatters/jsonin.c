/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonin.c - checked steps down a JSON document
 */
#include "formatters/jsonin.h"

#include <string.h>

static const char *const kind_names[] = {
	[DOC_NULL] = "null",
	[DOC_BOOL] = "true or false",
	[DOC_NUMBER] = "a number",
	[DOC_TEXT] = "a text",
	[DOC_LIST] = "a list",
	[DOC_MAP] = "an object",
};

/* As deep as the caller's chain, which is as deep as the format it knows. */
static const char *
pointer(const struct at *at)
{
	if (!at->up)
		return "";
	if (at->key)
		return arena_textf(at->in->arena, "%s/%s", pointer(at->up), at->key);
	return arena_textf(at->in->arena, "%s/%zu", pointer(at->up), at->index);
}

int
at_refuse(const struct at *at, const char *what)
{
	return err_set(
	    at->in->err, ERR_USAGE, "%s: %s", at->up ? pointer(at) : "the document", what);
}

int
at_check(const struct at *at, enum doc_kind kind)
{
	if (doc_kind(at->doc) == kind)
		return 0;
	return at_refuse(at, arena_textf(at->in->arena, "is not %s", kind_names[kind]));
}

int
at_member(const struct at *map, const char *key, struct at *ret)
{
	*ret = (struct at){ .in = map->in, .doc = doc_get(map->doc, key), .up = map, .key = key };
	return ret->doc ? 0 : at_refuse(ret, "is missing");
}

int
at_member_of(const struct at *map, const char *key, enum doc_kind kind, struct at *ret)
{
	return at_member(map, key, ret) < 0 ? -1 : at_check(ret, kind);
}

int
at_list(const struct at *map, const char *key, uint64_t limit, struct at *ret)
{
	if (at_member_of(map, key, DOC_LIST, ret) < 0)
		return -1;
	if (doc_len(ret->doc) <= limit)
		return 0;
	return at_refuse(ret,
	    arena_textf(ret->in->arena, "has more than %llu elements", (unsigned long long)limit));
}

int
at_element(const struct at *list, size_t i, enum doc_kind kind, struct at *ret)
{
	*ret = (struct at){ .in = list->in, .doc = doc_at(list->doc, i), .up = list, .index = i };
	return at_check(ret, kind);
}

int
at_text(const struct at *map, const char *key, const char **ret)
{
	struct at at;

	if (at_member_of(map, key, DOC_TEXT, &at) < 0)
		return -1;
	*ret = doc_text(at.doc);
	return 0;
}

int
at_bool(const struct at *map, const char *key, bool *ret)
{
	struct at at;

	if (at_member_of(map, key, DOC_BOOL, &at) < 0)
		return -1;
	*ret = doc_bool(at.doc, false);
	return 0;
}

int
at_count(const struct at *map, const char *key, uint64_t *ret)
{
	struct at at;
	int64_t n;

	if (at_member_of(map, key, DOC_NUMBER, &at) < 0)
		return -1;
	n = doc_integer(at.doc, -1);
	if (n < 0)
		return at_refuse(&at, "is no whole number from 0 on");
	*ret = (uint64_t)n;
	return 0;
}

/* Why a text cannot be what its field needs, or NULL. */
static const char *
text_flaw(enum json_need need, const char *text)
{
	int64_t epoch;

	switch (need) {
	case JSON_NULLABLE:
	case JSON_TEXT:
		return NULL;
	case JSON_WORD:
		return *text ? NULL : "is empty";
	case JSON_TIME:
		return strchr(text, 'T') && time_parse(str_of(text), &epoch) ? NULL : "is no time";
	case JSON_URL:
		if (str_starts(str_of(text), "https://") || str_starts(str_of(text), "http://"))
			return NULL;
		return "is no http or https address";
	}
	return NULL;
}

int
at_field(const struct at *map, const struct json_field *f, void *base)
{
	bool may_be_null = f->need == JSON_NULLABLE || f->need == JSON_URL;
	const char *flaw;
	struct at at;

	if (at_member(map, f->key, &at) < 0)
		return -1;
	if (may_be_null && doc_kind(at.doc) == DOC_NULL)
		return 0;
	if (at_check(&at, DOC_TEXT) < 0)
		return -1;
	flaw = text_flaw(f->need, doc_text(at.doc));
	if (flaw)
		return at_refuse(&at, flaw);
	json_field_set(f, base, arena_text(at.in->arena, str_of(doc_text(at.doc))));
	return 0;
}

int
at_fields(const struct at *map, const struct json_field *fields, void *base)
{
	for (const struct json_field *f = fields; f->key; f++)
		if (at_field(map, f, base) < 0)
			return -1;
	return 0;
}
