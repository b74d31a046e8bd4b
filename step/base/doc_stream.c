/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_stream.c - a long JSON document, one top-level member at a time
 *
 *      { "openssl": { ... }, "zlib": { ... } }      or      [ { ... }, { ... } ]
 *
 * doc_stream_within() looks into one member that is a list in the same way.
 *
 * The braces around the document are read here; what stands between two commas is
 * found by doc_scan(), which knows texts and nesting, and only then parsed. So one
 * member is held, not the document, and bytes are looked at twice, never more.
 *
 * Left out: a key that comes twice at the top is not noticed (but for that list), since that would take
 * every key's memory. Within a member it is refused.
 */
#include "step/base/doc_tree.h"

#include <stdlib.h>
#include <string.h>

enum {
	CHUNK = 64 * 1024 /* bytes asked for at once, and the buffer's first size */
};

struct doc_stream {
	struct stream *in;
	enum err_kind kind;
	char *buf;
	size_t start, end; /* bytes not yet taken */
	size_t size;
	struct doc_place place; /* of start */
	struct doc *key;        /* the last one given */
	char close;             /* what ends the document, 0 before its beginning */
	const char *list;       /* the member whose elements come one at a time, or NULL */
	bool within;            /* in that list */
	bool listed;            /* it has begun */
	bool has_member;        /* so that a comma must come before the next */
	bool ended;
};

struct doc_stream *
doc_stream_new(struct stream *s, enum err_kind kind)
{
	struct doc_stream *d = xalloc(sizeof(*d));

	*d = (struct doc_stream){ .in = s, .kind = kind, .size = CHUNK, .place = { 1, 1 } };
	d->buf = xalloc(d->size);
	return d;
}

void
doc_stream_free(struct doc_stream *d)
{
	if (!d)
		return;
	doc_free(d->key);
	free(d->buf);
	free(d);
}

void
auto_doc_stream(struct doc_stream **d)
{
	doc_stream_free(*d);
}

static int
fail(struct doc_stream *d, struct err *err, const char *what)
{
	return err_set(
	    err, d->kind, "line %zu, column %zu: %s", d->place.line, d->place.column, what);
}

static struct str
held(const struct doc_stream *d)
{
	return (struct str){ d->buf + d->start, d->end - d->start };
}

static void
drop(struct doc_stream *d, size_t len)
{
	doc_place_move(&d->place, (struct str){ d->buf + d->start, len });
	d->start += len;
}

/* More bytes behind those held: 1, 0 at the end of input, -1. */
static int
more(struct doc_stream *d, struct err *err)
{
	ssize_t n;

	if (d->start > 0) {
		memmove(d->buf, d->buf + d->start, d->end - d->start);
		d->end -= d->start;
		d->start = 0;
	}
	if (d->end == LIMIT_MEMBER)
		return err_set(err, d->kind, "line %zu: a member is longer than %d MiB",
		    d->place.line, (int)(LIMIT_MEMBER / MIB));
	if (d->end == d->size) {
		d->size = d->size * 2 < LIMIT_MEMBER ? d->size * 2 : LIMIT_MEMBER;
		d->buf = xrealloc(d->buf, d->size);
	}
	n = stream_read(
	    d->in, d->buf + d->end, d->size - d->end < CHUNK ? d->size - d->end : CHUNK, err);
	if (n < 0)
		return -1;
	d->end += (size_t)n;
	return n > 0;
}

/* The next byte that is not blank, which stays: 1, 0 at the end of input, -1. */
static int
peek(struct doc_stream *d, char *ret, struct err *err)
{
	for (;;) {
		struct str bytes = held(d);
		size_t blank = 0;

		while (blank < bytes.len && memchr(" \t\r\n", bytes.ptr[blank], 4))
			blank++;
		drop(d, blank);
		if (d->start < d->end) {
			*ret = d->buf[d->start];
			return 1;
		}
		int n = more(d, err);
		if (n <= 0)
			return n;
	}
}

/* The same where the document cannot end: 0 or -1. */
static int
peek_more(struct doc_stream *d, char *ret, struct err *err)
{
	int n = peek(d, ret, err);

	if (n == 0)
		return fail(d, err, "the document ends too early");
	return n < 0 ? -1 : 0;
}

/* Parse and take the value that is held next, reading as much as it needs. */
static int
take_value(struct doc_stream *d, struct doc **ret, struct err *err)
{
	struct doc_scan scan = { 0 };
	enum doc_scanned scanned;

	while ((scanned = doc_scan(&scan, held(d))) == SCAN_MORE) {
		int n = more(d, err);

		if (n < 0)
			return -1;
		if (n == 0)
			return fail(d, err, "the document ends within this value");
	}
	if (scanned != SCAN_DONE) {
		drop(d, scan.used);
		return doc_scan_error(scanned, d->place, d->kind, err);
	}
	if (scan.used == 0)
		return fail(d, err, "no value where one should be");
	if (doc_parse_value(
		(struct str){ d->buf + d->start, scan.used }, d->place, d->kind, ret, err) < 0)
		return -1;
	drop(d, scan.used);
	return 0;
}

/* The brace or bracket that opens the document. */
static int
begin(struct doc_stream *d, struct err *err)
{
	char c = '\0';

	switch (peek(d, &c, err)) {
	case -1:
		return -1;
	case 0:
		return fail(d, err, "the document is empty");
	default:
		break;
	}
	if (c != '{' && c != '[')
		return fail(d, err, "neither a JSON object nor a list");
	d->close = c == '{' ? '}' : ']';
	drop(d, 1);
	return 0;
}

/* Behind the last member nothing may come but blanks. */
static int
finish(struct doc_stream *d, struct err *err)
{
	char c = '\0';
	int n;

	drop(d, 1);
	d->ended = true;
	n = peek(d, &c, err);
	if (n > 0)
		return fail(d, err, "the document goes on behind its end");
	return n;
}

/* A member's name and its colon. */
static int
take_key(struct doc_stream *d, struct err *err)
{
	char c = '\0';

	if (peek_more(d, &c, err) < 0)
		return -1;
	if (c != '"')
		return fail(d, err, "no name where a member should begin");
	doc_free(d->key);
	d->key = NULL;
	if (take_value(d, &d->key, err) < 0 || peek_more(d, &c, err) < 0)
		return -1;
	if (c != ':')
		return fail(d, err, "no colon behind a member's name");
	drop(d, 1);
	return 0;
}

void
doc_stream_within(struct doc_stream *d, const char *key)
{
	d->list = key;
}

/* Into the list whose elements come one at a time. */
static int
enter_list(struct doc_stream *d, char c, struct err *err)
{
	if (c != '[')
		return fail(d, err, "no list where one should be");
	if (d->listed)
		return fail(d, err, "the list comes twice");
	drop(d, 1);
	d->listed = d->within = true;
	d->has_member = false;
	return 0;
}

/* Behind one member, before the next, or at the end: 1, 0, or -1. */
static int
next_place(struct doc_stream *d, char *c, struct err *err)
{
	if (peek_more(d, c, err) < 0)
		return -1;
	if (d->within && *c == ']') {
		drop(d, 1);
		d->within = false;
		d->has_member = true;
		if (peek_more(d, c, err) < 0)
			return -1;
	}
	if (!d->within && *c == d->close)
		return finish(d, err);
	if (d->has_member) {
		if (*c != ',')
			return fail(d, err, "no comma between two members");
		drop(d, 1);
	}
	d->has_member = true;
	return 1;
}

/* To the value of the next member, and into the list where that is it: 1, 2 where there is more to go, 0, or -1. */
static int
next_value(struct doc_stream *d, struct err *err)
{
	char c = '\0';
	int n = next_place(d, &c, err);

	if (n <= 0)
		return n;
	if (!d->within && d->close == '}' && take_key(d, err) < 0)
		return -1;
	if (peek_more(d, &c, err) < 0)
		return -1;
	if (d->within || !d->list || d->close != '}' || strcmp(doc_text(d->key), d->list) != 0)
		return 1;
	return enter_list(d, c, err) < 0 ? -1 : 2;
}

int
doc_stream_next(struct doc_stream *d, const char **ret_key, struct doc **ret_value, struct err *err)
{
	int n;

	if (d->ended)
		return 0;
	if (!d->close && begin(d, err) < 0)
		return -1;
	do
		n = next_value(d, err);
	while (n == 2);
	if (n <= 0)
		return n;
	if (take_value(d, ret_value, err) < 0)
		return -1;
	*ret_key = d->close == '}' ? doc_text(d->key) : "";
	return 1;
}
