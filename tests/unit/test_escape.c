/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_escape.c - hostile text on its way to a terminal: numbers, cuts, wrapped lines
 */
#include "formatters/escape.h"
#include "step/base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was written into a memory stream; the caller frees it. */
struct capture {
	char *text;
	size_t len;
	FILE *out;
};

static FILE *
begin(struct capture *c)
{
	c->out = open_memstream(&c->text, &c->len);
	assert_non_null(c->out);
	return c->out;
}

static void
expect(struct capture *c, const char *wanted)
{
	fclose(c->out);
	assert_string_equal(c->text, wanted);
	free(c->text);
}

static const struct {
	const char *text, *shown;
} truths[] = {
	{ "", "" }, { "plain text 1.0~rc1+b2", "plain text 1.0~rc1+b2" }, { "\x1b[2J", "\\x1b[2J" },
	{ "a\r\nb\tc", "a\\x0d\\x0ab\\x09c" }, { "\x7f", "\\x7f" },
	{ "\xc2\x9b"
	  "31m",
	    "\\x9b31m" },                                   /* C1 CSI */
	{ "\xe2\x80\xae", "\\u202e" },                      /* right-to-left override */
	{ "\xe2\x80\x8b", "\\u200b" },                      /* zero width space */
	{ "\xf3\xa0\x81\x81", "\\U0e0041" },                /* a tag character */
	{ "\xe5\x85\xa8\xc3\xa9", "\xe5\x85\xa8\xc3\xa9" }, /* others stay */
	{ "::error::x", "\\x3a:error::x" }, { "a::b", "a::b" }, { ":", ":" },
	{ "##[group]", "#\\x23[group]" }, { "a###b", "a#\\x23\\x23b" }, { "#1 #2", "#1 #2" },
	{ "\xff", "\\xff" }, /* cannot happen: text is repaired; shown all the same */
};

static void
terminal_truths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		struct capture c;

		escape_terminal(begin(&c), truths[i].text);
		expect(&c, truths[i].shown);
	}
}

static void
columns_are_those_shown(void **state)
{
	(void)state;
	assert_int_equal(escape_columns("abc", 100), 3);
	assert_int_equal(escape_columns("\x1b", 100), 4);
	assert_int_equal(escape_columns("\xe2\x80\xae", 100), 6);
	assert_int_equal(escape_columns("\xe5\x85\xa8\xe8\xa7\x92", 100), 4);
	assert_int_equal(escape_columns("\xc3\xa9", 100), 1);
	assert_true(escape_columns("abcdefgh", 3) > 3);
}

static void
cut_never_exceeds(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *shown;
	} cuts[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdefg", 6, "abc..." },
		{ "ab\x1b[0m", 6, "ab..." },                          /* no half of an escape */
		{ "\xe5\x85\xa8\xe5\x85\xa8\xe5\x85\xa8", 4, "..." }, /* nor of a wide character */
		{ "\xe5\x85\xa8\xe5\x85\xa8\xe5\x85\xa8", 5, "\xe5\x85\xa8..." },
		{ "", 4, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		struct capture c;
		size_t taken = escape_cut(begin(&c), cuts[i].text, cuts[i].max);

		assert_true(taken <= cuts[i].max);
		assert_int_equal(taken, escape_columns(cuts[i].shown, 100));
		expect(&c, cuts[i].shown);
	}
}

static void
command_data_ends_nothing(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *reserved, *shown;
	} commands[] = {
		{ "100%0A", 20, "", "100%250A" }, { "a:b,c", 20, "", "a:b,c" },
		{ "a:b,c", 20, ":,", "a%3Ab%2Cc" }, { "a::b", 20, ":,", "a%3A%3Ab" },
		{ "::b", 20, ":,", "\\x3a%3Ab" },
		{ "a\r\n::b##[c]", 40, "", "a\\x0d\\x0a::b#\\x23[c]" },
		{ "%%%%%%%%", 6, "", "%25%25%25..." }, /* columns are those of the text */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct capture c;
		size_t taken = escape_command(
		    begin(&c), commands[i].text, commands[i].max, commands[i].reserved);

		assert_true(taken <= commands[i].max);
		expect(&c, commands[i].shown);
	}
}

static void
wrap_breaks_at_blanks(void **state)
{
	struct capture c;

	(void)state;
	escape_wrap(begin(&c), "one two  three four", 2, 2, 12);
	expect(&c, "one two\n  three four\n");
}

static void
wrap_breaks_long_words(void **state)
{
	struct capture c;

	(void)state;
	escape_wrap(begin(&c), "a bcdefghijkl m", 2, 2, 8);
	expect(&c, "a\n  bcdefg\n  hijkl\n  m\n");
}

static void
wrap_begins_no_line_with_a_command(void **state)
{
	struct capture c;

	(void)state;
	escape_wrap(begin(&c), "words ::error::x y", 0, 2, 12);
	expect(&c, "words\n  \\x3a:error\n  \\x3a:x y\n");
}

static void
wrap_of_nothing_is_a_line(void **state)
{
	struct capture c;

	(void)state;
	escape_wrap(begin(&c), "  ", 4, 4, 20);
	expect(&c, "\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_truths),
		cmocka_unit_test(columns_are_those_shown),
		cmocka_unit_test(cut_never_exceeds),
		cmocka_unit_test(command_data_ends_nothing),
		cmocka_unit_test(wrap_breaks_at_blanks),
		cmocka_unit_test(wrap_breaks_long_words),
		cmocka_unit_test(wrap_begins_no_line_with_a_command),
		cmocka_unit_test(wrap_of_nothing_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
