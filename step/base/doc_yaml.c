/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_yaml.c - YAML by libyaml's events, into the same tree as JSON
 *
 *      distroversion: v3.10
 *      packages:
 *        - pkg: {name: openssl, secfixes: {1.1.1k-r0: [CVE-2021-3449]}}
 *
 * https://yaml.org/spec/1.2.2/, its core schema for plain scalars, which keep
 * their spelling: "3.10" is a number to some and a version to others.
 *
 * Left out, with an error: anchors, aliases, tags, merge keys, a second document,
 * keys that are no scalars, what is not UTF-8. libyaml's own loader is not used:
 * its time grows with the square of anchors and depth. By events nothing is read
 * on after the first that is too deep, and what the scanner reads ahead is bounded
 * by the 1024 characters that a key may be long. Its time also grows with the square
 * of %TAG lines, all of which it reads before it says a word: they are looked for
 * beforehand, so that no line of a text may begin like that either.
 */
#include "step/base/doc_tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A list or map that is still open. */
struct level {
	json_t *node; /* owned by the tree */
	char *key;    /* of a map's member whose value comes next, or NULL */
};

struct builder {
	yaml_parser_t parser;
	struct str bytes;
	enum err_kind kind;
	json_t *root;
	struct level levels[LIMIT_YAML_DEPTH];
	size_t depth;
	size_t values;
	size_t documents;
	bool ended;
	struct arena *arena; /* of the repeats, or NULL: a key that comes twice is an error */
	struct doc_repeats repeats;
};

static int
fail(struct builder *b, const yaml_mark_t *at, struct err *err, const char *what)
{
	return err_set(
	    err, b->kind, "line %zu, column %zu: %s", at->line + 1, at->column + 1, what);
}

/* libyaml stopped. Its reader only knows the byte, its scanner line and column. */
static int
parser_failed(struct builder *b, struct err *err)
{
	const char *problem = b->parser.problem ? b->parser.problem : "not enough memory";
	struct doc_place place = { 1, 1 };
	size_t offset = b->parser.problem_offset;

	if (b->parser.error != YAML_READER_ERROR)
		return fail(b, &b->parser.problem_mark, err, problem);
	doc_place_move(
	    &place, (struct str){ b->bytes.ptr, offset < b->bytes.len ? offset : b->bytes.len });
	return err_set(err, b->kind, "line %zu, column %zu: %s", place.line, place.column, problem);
}

static bool
is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static size_t
digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool
is_decimal(const char *text)
{
	size_t whole, part = 0;

	text += *text == '-' || *text == '+';
	whole = digits(text);
	text += whole;
	if (*text == '.') {
		part = digits(++text);
		text += part;
	}
	if (!whole && !part)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		whole = digits(text);
		if (!whole)
			return false;
		text += whole;
	}
	return *text == '\0';
}

/* The core schema's kind of a plain scalar. */
static enum doc_kind
plain_kind(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	static const char *const bools[] = { "true", "True", "TRUE", "false", "False", "FALSE" };
	static const char *const odd[] = { ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN" };
	const char *unsigned_text = text + (*text == '-' || *text == '+');

	if (is_one_of(text, nulls, ARRAY_LEN(nulls)))
		return DOC_NULL;
	if (is_one_of(text, bools, ARRAY_LEN(bools)))
		return DOC_BOOL;
	if (is_decimal(text) || is_one_of(unsigned_text, odd, ARRAY_LEN(odd)))
		return DOC_NUMBER;
	if (strncmp(text, "0x", 2) == 0 && text[2] &&
	    text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0')
		return DOC_NUMBER;
	if (strncmp(text, "0o", 2) == 0 && text[2] &&
	    text[2 + strspn(text + 2, "01234567")] == '\0')
		return DOC_NUMBER;
	return DOC_TEXT;
}

/* Put a node where the document is now; the tree owns it, or it is gone. */
static int
place(struct builder *b, json_t *node, const yaml_mark_t *at, struct err *err)
{
	struct level *top = b->depth ? &b->levels[b->depth - 1] : NULL;
	int rc;

	if (!node)
		return fail(b, at, err, "a text that is not valid UTF-8");
	if (++b->values > LIMIT_NODES) {
		json_decref(node);
		return fail(b, at, err, "more values than are taken");
	}
	if (!top) {
		b->root = node;
		return 0;
	}
	if (json_is_array(top->node))
		return json_array_append_new(top->node, node) < 0
			   ? fail(b, at, err, "out of memory")
			   : 0;
	if (!top->key) {
		json_decref(node);
		return fail(b, at, err, "a key that is a list or a map");
	}
	rc = json_object_set_new_nocheck(top->node, top->key, node);
	free(top->key);
	top->key = NULL;
	return rc < 0 ? fail(b, at, err, "out of memory") : 0;
}

static int
open_level(struct builder *b, json_t *node, const yaml_mark_t *at, struct err *err)
{
	if (b->depth == LIMIT_YAML_DEPTH) {
		json_decref(node);
		return err_set(err, b->kind, "line %zu, column %zu: nested deeper than %d levels",
		    at->line + 1, at->column + 1, LIMIT_YAML_DEPTH);
	}
	if (place(b, node, at, err) < 0)
		return -1;
	b->levels[b->depth++] = (struct level){ node, NULL };
	return 0;
}

int
doc_repeat_error(const struct doc_repeat *repeat, enum err_kind kind, struct err *err)
{
	return err_set(err, kind, "line %zu, column %zu: the key '%s' comes twice", repeat->line,
	    repeat->column, repeat->key);
}

static int
take_key(struct builder *b, const char *text, bool is_plain, const yaml_mark_t *at, struct err *err)
{
	struct level *top = &b->levels[b->depth - 1];

	if (is_plain && strcmp(text, "<<") == 0)
		return fail(b, at, err, "merge keys are not allowed");
	if (json_object_get(top->node, text)) {
		struct doc_repeat repeat = { text, at->line + 1, at->column + 1 };
		struct doc_repeats *all = &b->repeats;

		if (!b->arena)
			return doc_repeat_error(&repeat, b->kind, err);
		repeat.key = arena_text(b->arena, str_of(text));
		all->list = arena_grow(b->arena, all->list, all->n, sizeof(*all->list));
		all->list[all->n++] = repeat;
	}
	top->key = xstrdup(text);
	return 0;
}

static int
take_scalar(struct builder *b, const yaml_event_t *event, struct err *err)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	enum doc_kind kind = is_plain ? plain_kind(text) : DOC_TEXT;
	struct level *top = b->depth ? &b->levels[b->depth - 1] : NULL;

	if (strlen(text) != len)
		return fail(b, &event->start_mark, err, "a NUL within a text");
	if (top && json_is_object(top->node) && !top->key)
		return take_key(b, text, is_plain, &event->start_mark, err);
	return place(b, kind == DOC_TEXT ? json_stringn(text, len) : doc_plain_new(kind, text, len),
	    &event->start_mark, err);
}

/* The anchor and the tag that a node has, if any: both refused. */
static int
check_node(struct builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
    const yaml_char_t *tag, struct err *err)
{
	if (anchor)
		return fail(b, &event->start_mark, err, "anchors are not allowed");
	if (tag)
		return fail(b, &event->start_mark, err, "tags are not allowed");
	return 0;
}

static int
take_event(struct builder *b, const yaml_event_t *event, struct err *err)
{
	const yaml_mark_t *at = &event->start_mark;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return ++b->documents > 1 ? fail(b, at, err, "a second document") : 0;
	case YAML_ALIAS_EVENT:
		return fail(b, at, err, "aliases are not allowed");
	case YAML_SCALAR_EVENT:
		if (check_node(b, event, event->data.scalar.anchor, event->data.scalar.tag, err) <
		    0)
			return -1;
		return take_scalar(b, event, err);
	case YAML_SEQUENCE_START_EVENT:
		if (check_node(b, event, event->data.sequence_start.anchor,
			event->data.sequence_start.tag, err) < 0)
			return -1;
		return open_level(b, json_array(), at, err);
	case YAML_MAPPING_START_EVENT:
		if (check_node(b, event, event->data.mapping_start.anchor,
			event->data.mapping_start.tag, err) < 0)
			return -1;
		return open_level(b, json_object(), at, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	case YAML_STREAM_END_EVENT:
		b->ended = true;
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

static int
build(struct builder *b, struct err *err)
{
	while (!b->ended) {
		yaml_event_t event;
		int rc;

		if (!yaml_parser_parse(&b->parser, &event))
			return parser_failed(b, err);
		rc = take_event(b, &event, err);
		yaml_event_delete(&event);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Does a line begin behind these bytes, to libyaml? It has five ends of lines. */
static bool
ends_line(struct str before)
{
	return before.len == 0 || str_ends(before, "\n") || str_ends(before, "\r") ||
	       str_ends(before, "\xc2\x85") || str_ends(before, "\xe2\x80\xa8") ||
	       str_ends(before, "\xe2\x80\xa9");
}

static int
check_directives(const struct builder *b, struct err *err)
{
	struct str rest = b->bytes;
	const char *at;

	while (rest.len && (at = memchr(rest.ptr, '%', rest.len)) != NULL) {
		struct str before = { b->bytes.ptr, (size_t)(at - b->bytes.ptr) };
		struct doc_place place = { 1, 1 };

		rest = str_skip(b->bytes, before.len);
		if (str_starts(rest, "%TAG") && ends_line(before)) {
			doc_place_move(&place, before);
			return err_set(err, b->kind, "line %zu, column %zu: tags are not allowed",
			    place.line, place.column);
		}
		rest = str_skip(rest, 1);
	}
	return 0;
}

/* The document of the bytes, with b's kind and arena. */
static int
parse(struct builder *b, struct str bytes, struct doc **ret, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* byte order, that UTF-8 has no need of */
	enum err_kind kind = b->kind;
	int rc;

	if (bytes.len > LIMIT_FEED_DOCUMENT)
		return err_set(err, kind, "longer than %d MiB", (int)(LIMIT_FEED_DOCUMENT / MIB));
	if (str_starts(bytes, "\xff\xfe") || str_starts(bytes, "\xfe\xff"))
		return err_set(err, kind, "line 1, column 1: UTF-16, where UTF-8 is wanted");
	b->bytes = str_starts(bytes, mark) ? str_skip(bytes, strlen(mark)) : bytes;
	if (check_directives(b, err) < 0)
		return -1;
	if (!yaml_parser_initialize(&b->parser))
		return err_set(err, ERR_INTERNAL, "out of memory for a YAML parser");
	yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b->parser, (const unsigned char *)b->bytes.ptr, b->bytes.len);

	rc = build(b, err);
	yaml_parser_delete(&b->parser);
	for (size_t i = 0; i < b->depth; i++)
		free(b->levels[i].key);
	if (rc < 0) {
		json_decref(b->root);
		return -1;
	}
	*ret = doc_of_node(b->root ? b->root : doc_plain_new(DOC_NULL, "", 0));
	return 0;
}

int
doc_parse_yaml(struct str bytes, enum err_kind kind, struct doc **ret, struct err *err)
{
	struct builder b = { .kind = kind };

	return parse(&b, bytes, ret, err);
}

int
doc_parse_yaml_repeats(struct str bytes, enum err_kind kind, struct arena *a,
    struct doc_repeats *ret_repeats, struct doc **ret, struct err *err)
{
	struct builder b = { .kind = kind, .arena = a };

	if (parse(&b, bytes, ret, err) < 0)
		return -1;
	*ret_repeats = b.repeats;
	return 0;
}
