/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_json.c - JSON by jansson, looked over before it is parsed
 *
 *      {"id": "CVE-2021-3449", "affected": [{"fixed": "1.1.1k-r0"}]}
 *
 * RFC 8259. jansson refuses what is not UTF-8, lone surrogates, control bytes in
 * text, escaped NUL, a byte order mark, numbers that do not fit, and text behind
 * the document. It builds up to 75 times the input's size, and goes as deep as
 * 2048 levels, so depth and number of values are counted beforehand.
 */
#include "step/base/doc_tree.h"

#include <string.h>

/* Takes one byte; true when it ends the value. */
static bool
scan_byte(struct doc_scan *s, char c)
{
	if (s->in_text) {
		if (s->escaped)
			s->escaped = false;
		else if (c == '\\')
			s->escaped = true;
		else if (c == '"')
			s->in_text = false;
		return !s->in_text && s->depth == 0;
	}
	switch (c) {
	case '"':
		s->in_text = true;
		return false;
	case '{':
	case '[':
		s->depth++;
		s->values++;
		return false;
	case '}':
	case ']':
		return s->depth == 0 || --s->depth == 0;
	case ',':
		s->values++;
		return false;
	default:
		return false;
	}
}

static enum doc_scanned
scan_word(struct doc_scan *s, struct str bytes)
{
	while (s->used < bytes.len && !memchr(",:]}[{\" \t\r\n", bytes.ptr[s->used], 11))
		s->used++;
	return s->used < bytes.len ? SCAN_DONE : SCAN_MORE;
}

enum doc_scanned
doc_scan(struct doc_scan *s, struct str bytes)
{
	if (s->used == 0 && bytes.len)
		s->is_word = !memchr("{[\"", bytes.ptr[0], 3);
	if (s->is_word)
		return scan_word(s, bytes);
	while (s->used < bytes.len) {
		bool ended = scan_byte(s, bytes.ptr[s->used]);

		if (s->depth > LIMIT_DEPTH)
			return SCAN_DEEP;
		if (s->values > LIMIT_NODES)
			return SCAN_MANY;
		s->used++;
		if (ended)
			return SCAN_DONE;
	}
	return SCAN_MORE;
}

void
doc_place_move(struct doc_place *place, struct str bytes)
{
	const char *end = bytes.ptr + bytes.len;
	const char *at = bytes.ptr;

	for (const char *lf; (lf = memchr(at, '\n', (size_t)(end - at))); at = lf + 1) {
		place->line++;
		place->column = 1;
	}
	for (; at < end; at++)
		place->column += ((unsigned char)*at & 0xc0) != 0x80; /* characters, not bytes */
}

int
doc_scan_error(enum doc_scanned why, struct doc_place place, enum err_kind kind, struct err *err)
{
	if (why == SCAN_DEEP)
		return err_set(err, kind, "line %zu, column %zu: nested deeper than %d levels",
		    place.line, place.column, LIMIT_DEPTH);
	return err_set(err, kind, "line %zu, column %zu: more than %d values", place.line,
	    place.column, LIMIT_NODES);
}

/* jansson's complaint, counted from where the bytes began. */
static int
parse_error(const json_error_t *e, struct doc_place from, enum err_kind kind, struct err *err)
{
	size_t line = e->line > 0 ? (size_t)e->line : 1;
	size_t column = e->column > 0 ? (size_t)e->column : 1;
	enum json_error_code code = json_error_code(e);
	bool is_nul = code == json_error_null_character || code == json_error_null_byte_in_key;

	if (line == 1)
		column += from.column - 1;
	return err_set(err, kind, "line %zu, column %zu: %s", from.line + line - 1, column,
	    is_nul ? "a NUL within a text" : e->text);
}

int
doc_parse_value(
    struct str bytes, struct doc_place place, enum err_kind kind, struct doc **ret, struct err *err)
{
	json_error_t why;
	json_t *root =
	    json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

	if (!root)
		return parse_error(&why, place, kind, err);
	*ret = doc_of_node(root);
	return 0;
}

int
doc_parse_json(struct str bytes, enum err_kind kind, struct doc **ret, struct err *err)
{
	struct doc_place start = { 1, 1 };
	struct doc_scan scan = { 0 };
	enum doc_scanned scanned;
	size_t blank = 0;

	while (blank < bytes.len && memchr(" \t\r\n", bytes.ptr[blank], 4))
		blank++;
	if (blank == bytes.len)
		return err_set(err, kind, "line 1, column 1: the document is empty");
	if (!memchr("{[", bytes.ptr[blank], 2)) {
		doc_place_move(&start, (struct str){ bytes.ptr, blank });
		return err_set(err, kind, "line %zu, column %zu: neither a JSON object nor a list",
		    start.line, start.column);
	}
	scanned = doc_scan(&scan, str_skip(bytes, blank));
	if (scanned == SCAN_DEEP || scanned == SCAN_MANY) {
		doc_place_move(&start, (struct str){ bytes.ptr, blank + scan.used });
		return doc_scan_error(scanned, start, kind, err);
	}
	return doc_parse_value(bytes, start, kind, ret, err);
}

/* The text that a quote opens, without quotes; false when the bytes end before it does. */
static bool
take_text(struct str *rest, struct str *ret)
{
	struct doc_scan scan = { 0 };

	if (doc_scan(&scan, *rest) != SCAN_DONE)
		return false;
	*ret = (struct str){ rest->ptr + 1, scan.used - 2 };
	*rest = str_skip(*rest, scan.used);
	return true;
}

bool
doc_peek_key(struct str head, unsigned depth, const char *key)
{
	unsigned open = 0;
	struct str text;

	while (head.len) {
		char c = head.ptr[0];

		if (c != '"') {
			open += c == '{' || c == '[';
			open -= open && (c == '}' || c == ']');
			head = str_skip(head, 1);
			continue;
		}
		if (!take_text(&head, &text))
			return false;
		while (head.len && memchr(" \t\r\n", head.ptr[0], 4))
			head = str_skip(head, 1);
		if (open == depth && head.len && head.ptr[0] == ':' && str_is(text, key))
			return true;
	}
	return false;
}
