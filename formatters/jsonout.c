/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonout.c - JSON written value by value through jansson
 *
 * Spec: RFC 8259. Two blanks a level; an empty list or object is "[]" or "{}".
 */
#include "formatters/jsonout.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void
jsonout_init(struct jsonout *j, FILE *out)
{
	*j = (struct jsonout){ .out = out, .empty = true };
}

void
jsonout_init_go(struct jsonout *j, FILE *out)
{
	jsonout_init(j, out);
	j->as_go = true;
}

/*
 * Write and release a value. '#' and DEL occur in JSON only inside texts, where they may be \u0023 and
 * \u007f; jansson escapes neither.
 */
static void
dump(struct jsonout *j, json_t *value, size_t flags)
{
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | flags) : NULL;

	json_decref(value);
	if (!text) {
		j->failed = true;
		return;
	}
	for (const char *p = text; *p; p++) {
		if (*p == '#' && p[1] == '#')
			fputs("\\u0023", j->out);
		else if (*p == 0x7f)
			fputs("\\u007f", j->out);
		else
			putc(*p, j->out);
	}
	free(text);
}

static bool
is_flat(const struct jsonout *j)
{
	return j->flat > 0 && j->depth >= j->flat;
}

static void
line_begin(struct jsonout *j)
{
	if (!j->compact)
		fprintf(j->out, "\n%*s", (int)j->depth * (j->as_go ? 4 : 2), "");
}

/* What stands in front of a value: comma, indentation, key. */
static void
before(struct jsonout *j, const char *key)
{
	if (!j->empty)
		putc(',', j->out);
	if (is_flat(j))
		fputs(j->empty ? "" : " ", j->out);
	else if (j->depth > 0)
		line_begin(j);
	j->empty = false;
	if (key) {
		dump(j, json_string(key), 0);
		fputs(j->compact ? ":" : ": ", j->out);
	}
}

void
jsonout_open(struct jsonout *j, const char *key, char bracket)
{
	before(j, key);
	putc(bracket, j->out);
	if (j->depth == JSONOUT_DEPTH) {
		j->failed = true;
		return;
	}
	j->closing[j->depth++] = bracket == '{' ? '}' : ']';
	j->empty = true;
}

void
jsonout_close(struct jsonout *j)
{
	bool flat;

	if (j->depth == 0) {
		j->failed = true;
		return;
	}
	flat = is_flat(j);
	j->depth--;
	if (!j->empty && !flat)
		line_begin(j);
	putc(j->closing[j->depth], j->out);
	j->empty = false;
}

/* Is c, in front of rest, a number in what Go wrote in 2019, or one for a log's sake? */
static bool
is_go_number(int32_t c, const char *rest)
{
	return c == '<' || c == '>' || c == '&' || (c == '#' && *rest == '#') || utf8_is_control(c);
}

/* A byte that is no UTF-8 is U+FFFD, as there. */
static void
put_go_text(struct jsonout *j, const char *text)
{
	static const char plain[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
	int32_t c;

	putc('"', j->out);
	for (const char *at = text, *next = text; (c = utf8_next(&next)) != 0; at = next) {
		const char *letter = c > 0 && c < 0x80 ? strchr(plain, c) : NULL;

		if (letter)
			fprintf(j->out, "\\%c", letters[letter - plain]);
		else if (c < 0)
			fputs("\\ufffd", j->out);
		else if (!is_go_number(c, next))
			fwrite(at, 1, (size_t)(next - at), j->out);
		else if (c < 0x10000)
			fprintf(j->out, "\\u%04x", (unsigned)c);
		else
			fprintf(j->out, "\\u%04x\\u%04x", 0xd800 + (((unsigned)c - 0x10000) >> 10),
			    0xdc00 + ((unsigned)c & 0x3ff));
	}
	putc('"', j->out);
}

void
jsonout_text(struct jsonout *j, const char *key, const char *text)
{
	before(j, key);
	if (j->as_go && text)
		put_go_text(j, text);
	else
		dump(j, text ? json_string(text) : json_null(), 0);
}

void
jsonout_integer(struct jsonout *j, const char *key, uint64_t n)
{
	before(j, key);
	dump(j, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n), 0);
}

void
jsonout_score(struct jsonout *j, const char *key, double score)
{
	before(j, key);
	dump(j, score < 0 ? json_null() : json_real(score), JSON_REAL_PRECISION(3));
}

void
jsonout_fraction(struct jsonout *j, const char *key, double fraction)
{
	before(j, key);
	dump(j, fraction < 0 ? json_null() : json_real(fraction), JSON_REAL_PRECISION(5));
}

void
jsonout_bool(struct jsonout *j, const char *key, bool value)
{
	before(j, key);
	dump(j, json_boolean(value), 0);
}

void
jsonout_null(struct jsonout *j, const char *key)
{
	jsonout_text(j, key, NULL);
}

int
jsonout_finish(struct jsonout *j, struct err *err)
{
	if (!j->as_go)
		putc('\n', j->out);
	if (j->failed || j->depth != 0)
		return err_set(err, ERR_INTERNAL, "a text of the report cannot be written as json");
	return 0;
}
