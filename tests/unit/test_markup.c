/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markup.c - XML and HTML element by element: what is escaped, where lines break, misuse
 */
#include "formatters/markup.h"
#include "step/base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A document into a memory stream. */
struct capture {
	char *text;
	size_t len;
	FILE *out;
	struct markup m;
};

static struct markup *
begin(struct capture *c, enum markup_kind kind)
{
	c->out = open_memstream(&c->text, &c->len);
	assert_non_null(c->out);
	markup_begin(&c->m, c->out, kind);
	return &c->m;
}

/* The document ends well and is wanted, behind the line that all begin with. */
static void
expect(struct capture *c, const char *wanted)
{
	struct err err;

	assert_int_equal(markup_finish(&c->m, &err), 0);
	fclose(c->out);
	assert_non_null(strchr(c->text, '\n'));
	assert_string_equal(strchr(c->text, '\n') + 1, wanted);
	free(c->text);
}

static void
expect_refused(struct capture *c)
{
	struct err err;

	assert_int_equal(markup_finish(&c->m, &err), -1);
	assert_int_equal(err.kind, ERR_INTERNAL);
	fclose(c->out);
	free(c->text);
}

/* As text, and as the value of an attribute where that differs; of XML, and of HTML where that does. */
static const struct {
	const char *text, *as_text, *as_attr, *as_html;
} truths[] = {
	{ "plain 1.0~rc1+b2 'x'", "plain 1.0~rc1+b2 'x'", NULL, NULL },
	{ "</a><script>&amp;", "&lt;/a&gt;&lt;script&gt;&amp;amp;", NULL, NULL },
	{ "]]>", "]]&gt;", NULL, NULL },
	{ "a\"b", "a\"b", "a&quot;b", NULL },
	{ "a\tb\nc", "a\tb\nc", "a&#9;b&#10;c", NULL },
	{ "a\r\nb", "a&#13;\nb", "a&#13;&#10;b", "a\\x0d\nb" },
	{ "\x1b[2J\x7f", "\\x1b[2J\\x7f", NULL, NULL },
	{ "\xc2\x9b", "\\x9b", NULL, NULL },             /* C1 CSI */
	{ "\xe2\x80\xae", "\\u202e", NULL, NULL },       /* right-to-left override */
	{ "\xef\xbf\xbe", "\\ufffe", NULL, NULL },       /* no characters */
	{ "\xef\xb7\x90", "\\ufdd0", NULL, NULL },       /* HTML holds none of these either */
	{ "\xf0\x9f\xbf\xbf", "\\U01ffff", NULL, NULL }, /* nor of the other planes' */
	{ "\xff", "\\xff", NULL, NULL }, /* no UTF-8: text is repaired; shown all the same */
	{ "\xe5\x85\xa8\xf0\x9f\x98\x80", "\xe5\x85\xa8\xf0\x9f\x98\x80", NULL, NULL },
	{ "##[error]##", "#&#35;[error]#&#35;", NULL, NULL },
	{ "a#b", "a#b", NULL, NULL },
	{ "::error::x", "&#58;:error::x", NULL, NULL },
	{ "a\n  ::b", "a\n  &#58;:b", "a&#10;  &#58;:b", NULL },
	{ "a::b", "a::b", NULL, NULL },
};

static void
text_is_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		AUTO_ARENA a = arena_new();
		const char *html = truths[i].as_html ? truths[i].as_html : truths[i].as_text;
		struct capture c;

		markup_element(begin(&c, MARKUP_XML), "a", truths[i].text);
		expect(&c, arena_textf(a, "<a>%s</a>\n", truths[i].as_text));
		markup_element(begin(&c, MARKUP_HTML), "p", truths[i].text);
		expect(&c, arena_textf(a, "<p>%s</p>\n", html));
	}
}

static void
values_are_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		AUTO_ARENA a = arena_new();
		const char *wanted = truths[i].as_attr ? truths[i].as_attr : truths[i].as_text;
		struct capture c;

		markup_open(begin(&c, MARKUP_XML), "a");
		markup_attr(&c.m, "b", truths[i].text);
		markup_close(&c.m);
		expect(&c, arena_textf(a, "<a b=\"%s\"/>\n", wanted));
	}
}

static void
pieces_are_escaped_alone(void **state)
{
	struct capture c;

	(void)state;
	markup_open(begin(&c, MARKUP_HTML), "p");
	markup_text(&c.m, "a");
	markup_textf(&c.m, "%s%d", "<", 1);
	markup_text(&c.m, "");
	markup_close(&c.m);
	expect(&c, "<p>a&lt;1</p>\n");
}

static void
xml_is_indented(void **state)
{
	struct capture c;

	(void)state;
	markup_open(begin(&c, MARKUP_XML), "a");
	markup_attrf(&c.m, "n", "%d", 2);
	markup_element(&c.m, "b", "text");
	markup_open(&c.m, "c");
	markup_close(&c.m);
	markup_close(&c.m);
	expect(&c, "<a n=\"2\">\n  <b>text</b>\n  <c/>\n</a>\n");
}

static void
html_has_lines_between_blocks_alone(void **state)
{
	struct capture c;

	(void)state;
	markup_open(begin(&c, MARKUP_HTML), "div");
	markup_open(&c.m, "p");
	markup_text(&c.m, "see ");
	markup_element(&c.m, "code", "x");
	markup_element(&c.m, "b", "y");
	markup_close(&c.m);
	markup_open(&c.m, "input");
	markup_attr(&c.m, "hidden", NULL);
	markup_close(&c.m);
	markup_element(&c.m, "td", "");
	markup_close(&c.m);
	expect(&c, "<div>\n<p>see <code>x</code><b>y</b></p>\n<input hidden>\n<td></td>\n</div>\n");
}

static void
verbatim_cannot_end_its_element(void **state)
{
	struct capture c;

	(void)state;
	markup_open(begin(&c, MARKUP_HTML), "style");
	markup_verbatim(&c.m, "a > b {}");
	markup_close(&c.m);
	expect(&c, "<style>a > b {}</style>\n");
	markup_open(begin(&c, MARKUP_HTML), "style");
	markup_verbatim(&c.m, "a {}</style>");
	markup_close(&c.m);
	expect_refused(&c);
}

static void
misuse_is_an_error(void **state)
{
	struct capture c;

	(void)state;
	begin(&c, MARKUP_XML);
	markup_text(&c.m, "no element");
	expect_refused(&c);
	markup_open(begin(&c, MARKUP_XML), "left-open");
	expect_refused(&c);
	markup_element(begin(&c, MARKUP_XML), "a", "");
	markup_close(&c.m);
	expect_refused(&c);
	markup_open(begin(&c, MARKUP_XML), "a");
	markup_text(&c.m, "text");
	markup_attr(&c.m, "late", "x");
	markup_close(&c.m);
	expect_refused(&c);
	markup_open(begin(&c, MARKUP_HTML), "br");
	markup_element(&c.m, "i", "void elements hold nothing");
	markup_close(&c.m);
	expect_refused(&c);
	begin(&c, MARKUP_XML);
	for (size_t i = 0; i <= MARKUP_DEPTH; i++)
		markup_open(&c.m, "a");
	for (size_t i = 0; i < MARKUP_DEPTH; i++)
		markup_close(&c.m);
	expect_refused(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_text),
		cmocka_unit_test(values_are_values),
		cmocka_unit_test(pieces_are_escaped_alone),
		cmocka_unit_test(xml_is_indented),
		cmocka_unit_test(html_has_lines_between_blocks_alone),
		cmocka_unit_test(verbatim_cannot_end_its_element),
		cmocka_unit_test(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
