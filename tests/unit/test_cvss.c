/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cvss.c - the severity of a score, and vectors that are no text
 */
#include "step/match/cvss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
cvss_severity_at_its_edges(void **state)
{
	static const struct {
		double score;
		enum severity severity;
	} truths[] = {
		{ -1, SEVERITY_UNKNOWN },
		{ 0.0, SEVERITY_NEGLIGIBLE },
		{ 0.1, SEVERITY_LOW },
		{ 3.9, SEVERITY_LOW },
		{ 4.0, SEVERITY_MEDIUM },
		{ 6.9, SEVERITY_MEDIUM },
		{ 7.0, SEVERITY_HIGH },
		{ 8.9, SEVERITY_HIGH },
		{ 9.0, SEVERITY_CRITICAL },
		{ 10.0, SEVERITY_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++)
		assert_int_equal(cvss_severity(truths[i].score), truths[i].severity);
}

/* A score is the very double that its decimal is, so that thresholds compare as written. */
static void
cvss_score_is_its_decimal(void **state)
{
	(void)state;
	assert_true(cvss_score(STR("AV:L/AC:H/Au:N/C:C/I:C/A:C")) == 6.2);
	assert_true(cvss_score(STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N")) == 6.1);
	assert_true(cvss_score(STR(
			"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")) == 9.3);
}

static void
cvss_score_of_odd_bytes(void **state)
{
	(void)state;
	assert_true(cvss_score(STR("")) < 0);
	assert_true(cvss_score(STR("\0")) < 0);
	assert_true(cvss_score(STR("AV:N/AC:L/Au:N/C:N/I:N/A:C\0")) < 0);
	assert_true(cvss_score(STR("AV:N/AC:L/Au:N/C:N/I:N/A:C\n")) < 0);
	assert_true(cvss_score(STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H ")) < 0);
	assert_true(cvss_score(STR("\xff\xfe")) < 0);
}

static void
cvss_score_of_a_long_vector(void **state)
{
	enum {
		SIZE = 1000000
	};
	char *text = malloc(SIZE);

	(void)state;
	assert_non_null(text);
	memset(text, '/', SIZE);
	assert_true(cvss_score((struct str){ text, SIZE }) < 0);
	memset(text, 'A', SIZE);
	memcpy(text, "CVSS:4.0/", 9);
	assert_true(cvss_score((struct str){ text, SIZE }) < 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cvss_severity_at_its_edges),
		cmocka_unit_test(cvss_score_is_its_decimal),
		cmocka_unit_test(cvss_score_of_odd_bytes),
		cmocka_unit_test(cvss_score_of_a_long_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
