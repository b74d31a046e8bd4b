/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_gitlab.c - the texts and vectors that GitLab's reports may hold
 */
#include "formatters/cvss_vector.h"
#include "formatters/gitlab.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct truth {
	const char *in, *out; /* out NULL: nothing is left */
};

static void
assert_same(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void
take_vectors(void **state)
{
	static const char base3[] = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
	static const struct truth cases[] = {
		{ base3, base3 },
		{ "CVSS:3.0/A:H/I:H/C:H/S:C/UI:R/PR:L/AC:H/AV:P",
		    "CVSS:3.0/A:H/I:H/C:H/S:C/UI:R/PR:L/AC:H/AV:P" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:U/RC:C/CR:M/MS:X/MA:N",
		    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:U/RC:C/CR:M/MS:X/MA:N" },
		{ "AV:N/AC:L/Au:N/C:P/I:P/A:P", "AV:N/AC:L/Au:N/C:P/I:P/A:P" },
		{ "(AV:N/AC:L/Au:N/C:P/I:P/A:P)", "AV:N/AC:L/Au:N/C:P/I:P/A:P" },
		{ "CVSS:2.0/AV:L/AC:H/Au:M/C:N/I:N/A:C", "AV:L/AC:H/Au:M/C:N/I:N/A:C" },
		{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:UR/CDP:LM/TD:ND/CR:ND",
		    "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:UR/CDP:LM/TD:ND/CR:ND" },
		{ NULL, NULL },
		{ "", NULL },
		{ "()", NULL },
		{ "CVSS:3.1/", NULL },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", NULL },
		{ "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL },
		{ "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL },
		{ "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL },              /* no prefix */
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", NULL },         /* one missing */
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H", NULL }, /* twice */
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", NULL }, /* ends with a slash */
		{ "CVSS:3.1//AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL },
		{ "CVSS:3.1/AV:N/AC:M/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL }, /* a value of 2.0 */
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H:H", NULL },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:", NULL },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A", NULL },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n", NULL },
		{ " CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", NULL },
		{ "CVSS:3.1/(AV:N/AC:L/Au:N/C:P/I:P/A:P)", NULL },
		{ "(AV:N/AC:L/Au:N/C:P/I:P/A:P", NULL },
		{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:poc", NULL },
		/* All metrics there are: the longest. */
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X/CR:X/IR:X/AR:X/MAV:X/"
		  "MAC:X/MPR:X/MUI:X/MS:X/MC:X/MI:X/MA:X",
		    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X/CR:X/IR:X/AR:X/MAV:X/"
		    "MAC:X/MPR:X/MUI:X/MS:X/MC:X/MI:X/MA:X" },
		{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:UR/CDP:LM/TD:ND/CR:ND/IR:ND/AR:ND",
		    "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:UR/CDP:LM/TD:ND/CR:ND/IR:ND/AR:ND" },
	};
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_same(scored_vector(a, cases[i].in), cases[i].out);
}

static void
shorten_texts(void **state)
{
	static const struct truth cases[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ " \t\r\n", NULL },
		{ " a \n b ", "a b" },
		{ "0123456789", "0123456789" },
		{ "01234567890", "0123456..." },
		{ "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
		    "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4" },
		{ "a\033\xff", "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "](](](](](", "] (] (]..." },        /* longer as a line than as it came */
		{ "          a          b", "a ..." }, /* no more than 20 are looked at */
		{ "                    a", "..." },
		{ "                    ", NULL },
	};
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_same(short_line(a, cases[i].in, 10), cases[i].out);
}

static void
keep_lines_not_markup(void **state)
{
	static const struct truth cases[] = {
		{ "", "" },
		{ "a\r\n\tb\n", "a\n\tb\n" },
		{ "![x](https://example.com/x)", "![x] (https://example.com/x)" },
		{ "[x][1]\n\n[1]: https://example.com", "[x] [1]\n\n[1] : https://example.com" },
		{ "<img src=x><!-- a --></p><?php", "< img src=x>< !-- a -->< /p>< ?php" },
		{ "1 < 2, a<=b, [a] b, x[1]", "1 < 2, a<=b, [a] b, x[1]" },
		{ "\xe2\x80\xae\x07", "\xef\xbf\xbd\xef\xbf\xbd" },
		/* Carriage returns go, so that what they stood between comes together. */
		{ "[x]\r(https://example.com)", "[x] (https://example.com)" },
		{ "[x]\r\r[1]", "[x] [1]" },
		{ "<\rimg src=x>", "< img src=x>" },
		{ "<\r\r!-- a -->", "< !-- a -->" },
		{ "]\r\n(", "]\n(" },
		/* Commands to GitLab: a slash at the beginning of a line. */
		{ "/close", "&#47;close" },
		{ "a /b\n \t/close\n/label x/y\n\r\r/z",
		    "a /b\n \t&#47;close\n&#47;label x/y\n&#47;z" },
		{ "//", "&#47;/" },
		{ "<", "<" },
		{ "<\xe2\x80\x8b"
		  "b>",
		    "<\xef\xbf\xbd"
		    "b>" },
	};
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_same(gitlab_markdown(a, cases[i].in, 1000), cases[i].out);
	assert_string_equal(gitlab_markdown(a, "<b<b<b", 6), "< b...");
	assert_string_equal(gitlab_markdown(a, "///////", 7), "&#47...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take_vectors),
		cmocka_unit_test(shorten_texts),
		cmocka_unit_test(keep_lines_not_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
