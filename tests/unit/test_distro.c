/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_distro.c - releases, ends of life and points in time
 */
#include "step/base/io.h"
#include "step/model/model.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
distro_complete_all(void **state)
{
	static const struct {
		const char *id, *version, *codename, *name; /* from os-release */
		const char *release, *eol, *full_name;      /* wanted */
	} truths[] = {
		{ "debian", "12", "bookworm", "Debian 12", "debian:bookworm", "2028-06-10",
		    "Debian 12" },
		{ "debian", "12", NULL, "Distroless", "debian:bookworm", "2028-06-10",
		    "Distroless" },
		{ "debian", "12.5", NULL, NULL, "debian:bookworm", "2028-06-10", "debian 12.5" },
		{ "debian", "11", "bullseye", NULL, "debian:bullseye", "2026-08-14", "debian 11" },
		{ "debian", "13", "trixie", NULL, "debian:trixie", "2030-06-30", "debian 13" },
		{ "debian", NULL, "trixie", NULL, "debian:trixie", "2030-06-30", "debian trixie" },
		{ "debian", NULL, "forky", NULL, "debian:forky", NULL, "debian forky" },
		{ "debian", NULL, "sid", NULL, "debian:sid", NULL, "debian sid" },
		{ "debian", NULL, NULL, "Distroless", NULL, NULL, "Distroless" },
		{ "debian", "99", NULL, NULL, "debian:99", NULL, "debian 99" },
		{ "debian", "", "", "", NULL, NULL, "debian" },
		{ "alpine", "3.20.3", NULL, NULL, "alpine:v3.20", "2026-04-01", "alpine 3.20.3" },
		{ "alpine", "3.9", NULL, NULL, "alpine:v3.9", "2020-11-01", "alpine 3.9" },
		{ "alpine", "3.10.0_rc1", NULL, NULL, "alpine:v3.10", "2021-05-01",
		    "alpine 3.10.0_rc1" },
		{ "alpine", "3.20_rc1", NULL, NULL, "alpine:v3.20", "2026-04-01",
		    "alpine 3.20_rc1" },
		{ "alpine", "3.99.1", NULL, NULL, "alpine:v3.99", NULL, "alpine 3.99.1" },
		{ "alpine", "4", NULL, NULL, "alpine:v4", NULL, "alpine 4" },
		{ "alpine", "3.20.0_alpha20240329", NULL, "Alpine Linux", "alpine:edge", NULL,
		    "Alpine Linux" },
		{ "alpine", "3.20.0", NULL, "Alpine Linux edge", "alpine:edge", NULL,
		    "Alpine Linux edge" },
		{ "alpine", NULL, NULL, "Alpine Linux edge", "alpine:edge", NULL,
		    "Alpine Linux edge" },
		{ "alpine", NULL, NULL, NULL, NULL, NULL, "alpine" },
		{ "ubuntu", "18.04", "bionic", NULL, "ubuntu:18.04", "2023-05-31", "ubuntu 18.04" },
		{ "ubuntu", "24.04", "noble", NULL, "ubuntu:24.04", "2029-05-31", "ubuntu 24.04" },
		{ "almalinux", "8.10", NULL, NULL, "almalinux:8", "2029-03-01", "almalinux 8.10" },
		{ "amzn", "2023", NULL, NULL, "amzn:2023", "2028-03-15", "amzn 2023" },
		{ "amzn", "2018.03", NULL, NULL, "amzn:2018.03", "2023-12-31", "amzn 2018.03" },
		{ "sles", "15.5", NULL, NULL, "sles:15.5", "2024-12-31", "sles 15.5" },
		{ "sles", "15.99", NULL, NULL, "sles:15.99", NULL, "sles 15.99" },
		{ "wolfi", "20230201", NULL, NULL, "wolfi:20230201", NULL, "wolfi 20230201" },
		{ "arch", NULL, NULL, NULL, NULL, NULL, "arch" },
	};
	AUTO_ARENA arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		struct distro d = { .id = truths[i].id,
			.version = truths[i].version,
			.codename = truths[i].codename,
			.name = truths[i].name };

		distro_complete(arena, &d);
		assert_string_equal(d.name, truths[i].full_name);
		assert_string_equal(
		    d.release ? d.release : "-", truths[i].release ? truths[i].release : "-");
		assert_string_equal(d.eol ? d.eol : "-", truths[i].eol ? truths[i].eol : "-");
	}
}

static void
debian_codename_all(void **state)
{
	(void)state;
	assert_string_equal(debian_codename(STR("12")), "bookworm");
	assert_string_equal(debian_codename(STR("9.13")), "stretch");
	assert_null(debian_codename(STR("")));
	assert_null(debian_codename(STR("1")));
	assert_null(debian_codename(STR("120")));
}

static void
time_both_ways(void **state)
{
	static const struct {
		int64_t epoch;
		const char *text;
	} truths[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 951827696, "2000-02-29T12:34:56Z" },
		{ 1709164800, "2024-02-29T00:00:00Z" },
		{ 1735689599, "2024-12-31T23:59:59Z" },
		{ 1795334400, "2026-11-22T08:00:00Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ INT64_C(253402300799), "9999-12-31T23:59:59Z" },
		{ INT64_C(-62167219200), "0000-01-01T00:00:00Z" },
	};
	AUTO_ARENA arena = arena_new();
	int64_t got;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		assert_string_equal(time_text(arena, truths[i].epoch), truths[i].text);
		assert_true(time_parse(str_of(truths[i].text), &got));
		assert_int_equal(got, truths[i].epoch);
	}
	for (int64_t day = -800000; day < 3000000; day += 997) {
		if (day < -719528 || day > 2932896)
			continue;
		assert_true(time_parse(str_of(time_text(arena, day * 86400 + 86399)), &got));
		assert_int_equal(got, day * 86400 + 86399);
	}
	assert_string_equal(time_text(arena, INT64_MAX), "9999-12-31T23:59:59Z");
	assert_string_equal(time_text(arena, INT64_MIN), "0000-01-01T00:00:00Z");
	assert_true(time_parse(STR("2026-11-22"), &got));
	assert_int_equal(got, 1795305600);
}

static void
time_parse_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"2026",
		"2026-11",
		"2026-1-2",
		"2026-13-01",
		"2026-00-01",
		"2026-11-31",
		"2025-02-29",
		"1900-02-29",
		"2026-11-22T",
		"2026-11-22T08:00:00",
		"2026-11-22T08:00:00+01:00",
		"2026-11-22T24:00:00Z",
		"2026-11-22T08:60:00Z",
		"2026-11-22T08:00:60Z",
		"2026-11-22T08:00:00Zx",
		"2026-11-22 08:00:00Z",
		"2026/11/22",
		"-026-11-22",
		"+026-11-22",
		" 2026-11-22",
		"2026-11-22 ",
		"20261-11-22",
	};
	int64_t got = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (time_parse(str_of(texts[i]), &got))
			fail_msg("'%s' was accepted", texts[i]);
	assert_int_equal(got, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distro_complete_all),
		cmocka_unit_test(debian_codename_all),
		cmocka_unit_test(time_both_ways),
		cmocka_unit_test(time_parse_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
