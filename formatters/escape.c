/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.c - text from strangers, for a terminal or a CI log
 *
 * Combining characters count as one column: a column more than they take, but
 * no text is then without width, and every cut ends.
 */
#include "formatters/escape.h"

#include <stdio.h>
#include <string.h>

/* One character as it is shown. */
struct glyph {
	char text[UTF8_NUMBER];
	size_t columns;
};

/* Characters that take two columns: East Asian Wide and Fullwidth (UAX 11), in coarse ranges. */
static const struct {
	int32_t first, last;
} wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x303e },
	{ 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

static size_t
columns_of(int32_t c)
{
	if (c < wide[0].first)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		if (c >= wide[i].first && c <= wide[i].last)
			return 2;
	return 1;
}

/* Is c, which stands behind before (0: at the beginning) and in front of rest, to be shown as its number? */
static bool
needs_number(int32_t c, int32_t before, const char *rest)
{
	if (c == '#')
		return before == '#';
	if (c == ':')
		return before == 0 && *rest == ':';
	return utf8_is_control(c);
}

/* The next character of *text, which moves on; before is the one in front of it. False at the end. */
static bool
glyph_next(const char **text, int32_t *before, struct glyph *ret)
{
	const char *start = *text;
	int32_t c = utf8_next(text);

	if (c == 0)
		return false;
	if (c < 0 || needs_number(c, *before, *text)) {
		utf8_number(c, start, ret->text);
		ret->columns = strlen(ret->text);
	} else {
		memcpy(ret->text, start, (size_t)(*text - start));
		ret->text[*text - start] = '\0';
		ret->columns = columns_of(c);
	}
	*before = c;
	return true;
}

void
escape_terminal(FILE *out, const char *text)
{
	struct glyph g;
	int32_t before = 0;

	while (glyph_next(&text, &before, &g))
		fputs(g.text, out);
}

size_t
escape_columns(const char *text, size_t enough)
{
	struct glyph g;
	int32_t before = 0;
	size_t columns = 0;

	while (columns <= enough && glyph_next(&text, &before, &g))
		columns += g.columns;
	return columns;
}

/* reserved NULL: nothing is percent-encoded. */
static void
put_glyph(FILE *out, const char *text, const char *reserved)
{
	for (const char *c = text; *c; c++) {
		if (reserved && (*c == '%' || strchr(reserved, *c)))
			fprintf(out, "%%%02X", (unsigned char)*c);
		else
			putc(*c, out);
	}
}

static size_t
put_cut(FILE *out, const char *text, size_t max, const char *reserved)
{
	struct glyph g;
	int32_t before = 0;
	size_t columns = 0;
	bool fits = escape_columns(text, max) <= max;
	size_t room = fits ? max : max - 3;

	while (glyph_next(&text, &before, &g) && columns + g.columns <= room) {
		put_glyph(out, g.text, reserved);
		columns += g.columns;
	}
	if (fits)
		return columns;
	fputs("...", out);
	return columns + 3;
}

size_t
escape_cut(FILE *out, const char *text, size_t max)
{
	return put_cut(out, text, max, NULL);
}

size_t
escape_command(FILE *out, const char *text, size_t max, const char *reserved)
{
	return put_cut(out, text, max, reserved);
}

static void
line_break(FILE *out, size_t indent)
{
	fprintf(out, "\n%*s", (int)indent, "");
}

/* Columns of the word that text begins with. */
static size_t
word_columns(const char *text, int32_t before, size_t enough)
{
	struct glyph g;
	size_t columns = 0;

	while (*text != ' ' && columns <= enough && glyph_next(&text, &before, &g))
		columns += g.columns;
	return columns;
}

/*
 * The word at *text, which moves behind it, broken where it is wider than a
 * line. Returns the column reached.
 */
static size_t
put_word(FILE *out, const char **text, size_t at, size_t indent, size_t width)
{
	struct glyph g;
	int32_t before = 0; /* each word may come to begin a line */

	while (**text != ' ') {
		const char *next = *text;

		if (!glyph_next(&next, &before, &g))
			break;
		if (at + g.columns > width && at > indent) {
			line_break(out, indent);
			at = indent;
			before = 0; /* read again, as what begins a line */
			continue;
		}
		fputs(g.text, out);
		at += g.columns;
		*text = next;
	}
	return at;
}

void
escape_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width)
{
	bool first = true;

	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		if (!first && at + 1 + word_columns(text, 0, width) > width) {
			line_break(out, indent);
			at = indent;
		} else if (!first) {
			putc(' ', out);
			at++;
		}
		at = put_word(out, &text, at, indent, width);
		first = false;
	}
	putc('\n', out);
}
