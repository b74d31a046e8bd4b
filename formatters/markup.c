/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.c - XML and HTML written element by element, and their escaper
 *
 * Spec: https://www.w3.org/TR/xml/ (2.2 characters, 2.4 data, 3.3.3 attribute values);
 * https://html.spec.whatwg.org/multipage/syntax.html
 */
#include "formatters/markup.h"

#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Elements that have neither content nor end tag. */
static bool
is_void(const char *name)
{
	static const char *const names[] = { "br", "col", "hr", "img", "input", "link", "meta",
		"wbr" };

	return is_one_of(name, names, ARRAY_LEN(names));
}

/* Elements that stand in a line of text: a line break around them would be a blank. */
static bool
is_inline(const char *name)
{
	static const char *const names[] = { "a", "abbr", "b", "bdi", "br", "code", "em", "i",
		"mark", "small", "span", "strong", "time", "wbr" };

	return is_one_of(name, names, ARRAY_LEN(names));
}

/* What stands for c in text and attributes, or NULL: c itself. */
static const char *
reference_of(int32_t c, bool in_attr)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return in_attr ? "&quot;" : NULL;
	case '\t':
		return in_attr ? "&#9;" : NULL;
	case '\n':
		return in_attr ? "&#10;" : NULL;
	case '\r': /* HTML may not refer to it */
		return "&#13;";
	default:
		return NULL;
	}
}

/* Shown as its number: no character, invisible, or none that the document may hold. */
static bool
needs_number(enum markup_kind kind, int32_t c)
{
	if (c == '\t' || c == '\n')
		return false;
	if (c == '\r')
		return kind == MARKUP_HTML;
	return c < 0 || utf8_is_control(c) || (c & 0xfffe) == 0xfffe ||
	       (c >= 0xfdd0 && c <= 0xfdef);
}

/* Would c, behind before and in front of rest, help to make a command of a CI runner's? */
static bool
is_command(int32_t before, int32_t c, const char *rest)
{
	if (c == '#')
		return before == '#';
	return c == ':' && *rest == ':' && (before == 0 || before == '\n' || before == '\r');
}

/* Runs of what stands for itself go out in one piece: a report may hold megabytes. */
static void
put_escaped(struct markup *m, const char *text, bool in_attr)
{
	const char *run = text, *next = text;
	int32_t before = 0, c;

	for (const char *at = text; (c = utf8_next(&next)) != 0; at = next) {
		char number[UTF8_NUMBER];
		const char *other = reference_of(c, in_attr);

		if (needs_number(m->kind, c)) {
			utf8_number(c, at, number);
			other = number;
		} else if (is_command(before, c, next)) {
			other = c == '#' ? "&#35;" : "&#58;";
		}
		if (other) {
			fwrite(run, 1, (size_t)(at - run), m->out);
			fputs(other, m->out);
			run = next;
		}
		if (c != ' ' && c != '\t') /* blanks in front of a command do not help */
			before = c;
	}
	fwrite(run, 1, (size_t)(next - run), m->out);
}

static void
end_tag_head(struct markup *m)
{
	if (m->in_tag)
		putc('>', m->out);
	m->in_tag = false;
}

/* A new line, where it changes nothing that is read. */
static void
line_begin(struct markup *m, const char *name)
{
	if (m->depth > 0 && m->has_text[m->depth - 1])
		return;
	if (m->kind == MARKUP_XML)
		fprintf(m->out, "\n%*s", (int)m->depth * 2, "");
	else if (!is_inline(name))
		putc('\n', m->out);
}

void
markup_begin(struct markup *m, FILE *out, enum markup_kind kind)
{
	*m = (struct markup){ .out = out, .kind = kind };
	fputs(kind == MARKUP_XML ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" : "<!DOCTYPE html>",
	    out);
}

void
markup_begin_part(struct markup *m, FILE *out)
{
	*m = (struct markup){ .out = out, .kind = MARKUP_HTML };
}

void
markup_open(struct markup *m, const char *name)
{
	end_tag_head(m);
	line_begin(m, name);
	if (m->depth == MARKUP_DEPTH) {
		m->failed = true;
		return;
	}
	fprintf(m->out, "<%s", name);
	/* Blanks between what stands in a line are read. */
	if (m->depth > 0 && m->kind == MARKUP_HTML && is_inline(name))
		m->has_text[m->depth - 1] = true;
	m->open[m->depth] = name;
	m->has_text[m->depth] = false;
	m->depth++;
	m->in_tag = true;
	m->is_filled = false;
}

void
markup_attr(struct markup *m, const char *name, const char *value)
{
	if (!m->in_tag) {
		m->failed = true;
		return;
	}
	fprintf(m->out, " %s", name);
	if (!value)
		return;
	fputs("=\"", m->out);
	put_escaped(m, value, true);
	putc('"', m->out);
}

void
markup_attrf(struct markup *m, const char *name, const char *fmt, ...)
{
	AUTO_ARENA a = arena_new();
	va_list args;

	va_start(args, fmt);
	markup_attr(m, name, arena_textv(a, fmt, args));
	va_end(args);
}

void
markup_text(struct markup *m, const char *text)
{
	if (*text == '\0')
		return;
	if (m->depth == 0) {
		m->failed = true;
		return;
	}
	end_tag_head(m);
	put_escaped(m, text, false);
	m->has_text[m->depth - 1] = true;
	m->is_filled = true;
}

void
markup_textf(struct markup *m, const char *fmt, ...)
{
	AUTO_ARENA a = arena_new();
	va_list args;

	va_start(args, fmt);
	markup_text(m, arena_textv(a, fmt, args));
	va_end(args);
}

void
markup_verbatim(struct markup *m, const char *text)
{
	if (m->depth == 0 || strstr(text, "</")) {
		m->failed = true;
		return;
	}
	end_tag_head(m);
	fputs(text, m->out);
	m->has_text[m->depth - 1] = true;
	m->is_filled = true;
}

void
markup_escape(FILE *out, const char *text)
{
	struct markup m = { .out = out };

	put_escaped(&m, text, false);
}

static void
put_end_tag(struct markup *m, const char *name, bool has_text)
{
	end_tag_head(m);
	if (m->is_filled && !has_text)
		line_begin(m, name);
	fprintf(m->out, "</%s>", name);
}

void
markup_close(struct markup *m)
{
	const char *name;

	if (m->depth == 0) {
		m->failed = true;
		return;
	}
	name = m->open[--m->depth];
	if (m->kind == MARKUP_HTML && is_void(name)) {
		m->failed = m->failed || m->is_filled;
		end_tag_head(m);
	} else if (m->kind == MARKUP_XML && m->in_tag) {
		fputs("/>", m->out);
		m->in_tag = false;
	} else {
		put_end_tag(m, name, m->has_text[m->depth]);
	}
	m->is_filled = true;
}

void
markup_element(struct markup *m, const char *name, const char *text)
{
	markup_open(m, name);
	markup_text(m, text);
	markup_close(m);
}

int
markup_finish(struct markup *m, struct err *err)
{
	putc('\n', m->out);
	if (m->failed || m->depth != 0)
		return err_set(err, ERR_INTERNAL, "a report's elements are not what they must be");
	return 0;
}
