/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_markdown.c - hostile text in Markdown: no markup, no cell, no link, no mention, no reference, no line of its own
 */
#include "formatters/markdown_text.h"
#include "step/base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct truth {
	const char *text, *shown;
};

/* As text, in prose. */
static const struct truth prose[] = {
	{ "", "" },
	{ " \r\n", "" },
	{ "plain text, (1.0-rc1) said: \"yes\" = 'no'?",
	    "plain text, (1.0-rc1) said: \"yes\" = 'no'?" },
	{ "one\r\n\ttwo  three ", "one two three" },
	{ "a|b \\| c\\", "a&#124;b &#92;&#124; c&#92;" },
	{ "*a* _b_ `c` <b>", "&#42;a&#42; &#95;b&#95; &#96;c&#96; &#60;b&#62;" },
	{ "a & b # c !", "a &#38; b &#35; c &#33;" },
	/* what both sites look for in rendered text */
	{ "ask @team now", "ask `@team` now" },
	{ "a@b.example #1 !2", "`a@b.example` `#1` `!2`" },
	{ "~bug %1.0 $3 &4 ^alert", "`~bug` `%1.0` `$3` `&4` `^alert`" },
	{ "see http://x.example, or", "see `http://x.example`, or" },
	{ "WWW.x.example", "`WWW.x.example`" },
	{ "GH-1 high-2 gh-x", "`GH-1` high-2 gh-x" },
	{ ":x: a:b: a:b", "`:x`: `a:b`: a:b" },
	{ "fixed in 4fe6c58.", "fixed in `4fe6c58`." },
	{ "defaced 20240131", "defaced 20240131" },
	{ "x (a@b.example, c) (d@e.example).", "x (`a@b.example`, c) (`d@e.example`)." },
	{ "[a](b) [ ] {0}", "`[a](b)` &#91; &#93; `{0}`" },
	{ "&lt;", "`&lt`;" },
	{ "@a`b|c\\", "`@a`&#96;`b`&#124;`c\\`" },
	/* what cannot be seen */
	{ "\x1b[2J", "`\\x1b[2J`" },
	{ "a\xe2\x80\xae b", "a&#92;u202e b" },
	{ "\xef\xbf\xbf", "&#92;uffff" },
	{ "\xff", "\xef\xbf\xbd" }, /* cannot happen: text is repaired */
	{ "\xe5\x85\xa8\xc3\xa9", "\xe5\x85\xa8\xc3\xa9" },
	/* what CI runners obey; a text never begins a line */
	{ "::error::x", "`::error::x`" },
	{ "##[group]", "`#`&#35;`[group]`" },
	{ "# # ##", "&#35; &#35; `#`&#35;" },
};

static const struct truth code[] = {
	{ "", "" },
	{ "libssl3", "`libssl3`" },
	{ "1:1.2+x~y", "`1:1.2+x~y`" },
	{ "a  b\n|`</code>", "`a  b\\x0a`&#124;&#96;`</code>`" },
	{ "##vso[x] ###", "`#`&#35;`vso[x] #`&#35;&#35;" },
};

static void
text_is_text(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prose); i++)
		assert_string_equal(markdown_text(a, prose[i].text, 1000), prose[i].shown);
}

static void
code_is_code(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(code); i++)
		assert_string_equal(markdown_code(a, code[i].text, 1000), code[i].shown);
}

static void
links_are_safe_or_none(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	assert_string_equal(markdown_link(a, "CVE-1", 9, "https://x.example/a?b=1&copy=2(*)"),
	    "[CVE-1](<https://x.example/a?b=1&amp;copy=2(*)>)");
	assert_string_equal(markdown_link(a, "](x) @y", 9, "https://x.example"),
	    "[&#93;(x) &#64;y](<https://x.example>)");
	assert_string_equal(markdown_link(a, "CVE-1", 9, "javascript:alert(1)"), "CVE-1");
	assert_string_equal(markdown_link(a, "CVE-1", 9, "https://x.example/<>"), "CVE-1");
	assert_string_equal(markdown_link(a, "CVE-1", 9, NULL), "CVE-1");
	assert_string_equal(markdown_link(a, "", 9, "https://x.example"), "");
}

static void
cut_before_it_is_escaped(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	assert_string_equal(markdown_text(a, "||||||||", 5), "&#124;&#124;...");
	assert_string_equal(markdown_code(a, "abcdefgh", 6), "`abc...`");
	assert_string_equal(
	    markdown_link(a, "abcdefgh", 6, "https://x.example"), "[abc...](<https://x.example>)");
}

/* Whatever stands in a text: nothing is lost for want of room. */
static void
growth_fits(void **state)
{
	static const char *const pieces[] = { "@a", "\x01", "\xf3\xa0\x81\x81", "\xff", "|", "::" };
	AUTO_ARENA a = arena_new();
	char text[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t len = 0, n = 0;
		const char *shown;

		for (; len + 8 < sizeof(text); n++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s x ", pieces[i]);
		shown = markdown_text(a, text, sizeof(text));
		for (const char *p = shown; (p = strchr(p, 'x')); p++)
			n -= strncmp(p - 1, " x", 2) == 0;
		assert_int_equal(n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_text),
		cmocka_unit_test(code_is_code),
		cmocka_unit_test(links_are_safe_or_none),
		cmocka_unit_test(cut_before_it_is_escaped),
		cmocka_unit_test(growth_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
