/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_versions.c - what the vectors cannot say of version schemes
 */
#include "step/match/version.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void
version_find_knows_every_row(void **state)
{
	(void)state;
	assert_true(nversions >= 5);
	for (size_t i = 0; i < nversions; i++) {
		assert_ptr_equal(version_find(str_of(versions[i]->name)), versions[i]);
		assert_non_null(versions[i]->spec);
	}
}

static void
version_find_others_null(void **state)
{
	(void)state;
	assert_null(version_find(STR("")));
	assert_null(version_find(STR("de")));
	assert_null(version_find(STR("debs")));
	assert_null(version_find(STR("DEB")));
}

/* Not valid anywhere; a NUL ends no slice. */
static void
valid_refuses(void **state)
{
	const struct str wrong[] = { STR(""), STR("1.0\0.0"), STR("1\n0"), STR("1\t0"),
		STR("1.0\x7f") };

	(void)state;
	for (size_t i = 0; i < nversions; i++)
		for (size_t j = 0; j < ARRAY_LEN(wrong); j++)
			assert_false(versions[i]->valid(wrong[j]));
}

/* "1.2." and n digits of which the last decides. */
static struct str
long_version(char *buf, size_t n, char last)
{
	memcpy(buf, "1.2.", 4);
	memset(buf + 4, '7', n);
	buf[4 + n - 1] = last;
	return (struct str){ buf, 4 + n };
}

static void
compare_digits_of_any_length(void **state)
{
	enum {
		DIGITS = 1000000
	};
	char *a = malloc(4 + DIGITS), *b = malloc(4 + DIGITS);

	(void)state;
	assert_true(a && b);
	for (size_t i = 0; i < nversions; i++) {
		const struct version_ops *ops = versions[i];
		struct str x = long_version(a, DIGITS, '3'), y = long_version(b, DIGITS, '4');

		assert_true(ops->valid(x) && ops->valid(y));
		assert_true(ops->compare(x, y) < 0);
		assert_true(ops->compare(y, x) > 0);
		assert_int_equal(ops->compare(x, x), 0);
		x.len--;
		assert_true(ops->compare(x, y) < 0);
	}
	free(a);
	free(b);
}

/* Versions that end where the next page cannot be read. */
static void
compare_reads_nothing_behind(void **state)
{
	static const char *const texts[] = { "1:1.0-1", "1.0~", "1.0_p", "1.0-r", "1.0-r1",
		"1.2.3-", "1.2.3-a.1+b", "1.", "1:", "v", "1.0~a", "-", "1.2.3.", "1.0_alpha1",
		"1.0^", "" };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int zero = open("/dev/zero", O_RDWR);
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);

	(void)state;
	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
	for (size_t i = 0; i < nversions; i++) {
		for (size_t j = 0; j < ARRAY_LEN(texts); j++) {
			struct str edge = { map + page - strlen(texts[j]), strlen(texts[j]) };

			memcpy(map + page - edge.len, texts[j], edge.len);
			(void)versions[i]->valid(edge);
			assert_int_equal(versions[i]->compare(edge, edge), 0);
			for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
				int there = versions[i]->compare(edge, str_of(texts[k]));
				int back = versions[i]->compare(str_of(texts[k]), edge);

				assert_true((there < 0) == (back > 0));
			}
		}
	}
	munmap(map, 2 * page);
	close(zero);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_find_knows_every_row),
		cmocka_unit_test(version_find_others_null),
		cmocka_unit_test(valid_refuses),
		cmocka_unit_test(compare_digits_of_any_length),
		cmocka_unit_test(compare_reads_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
