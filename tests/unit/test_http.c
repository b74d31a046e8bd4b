/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http.c - what of HTTP needs no server: Retry-After, and how far an address leads
 */
#include "step/base/http.h"
#include "step/base/url.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW     INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's example */
#define GARBAGE UINT64_MAX
#define LONGEST (UINT64_C(366) * DAY)

static void
rows_of_retry_after(void **state)
{
	static const struct {
		const char *value;
		uint64_t wanted;
	} rows[] = {
		{ "0", 0 },
		{ "120", 120 },
		{ " 120 ", 120 },
		{ "1000000000", LONGEST },
		{ "99999999999999999999999999", LONGEST },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
		{ "Sun, 06 Nov 1994 08:49:38 GMT", 1 },
		{ "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
		{ "Mon, 07 Nov 1994 08:49:37 GMT", DAY },
		{ "Tue, 06 Dec 1994 08:49:37 GMT", 30 * DAY },
		{ "Sun, 05 Nov 1995 08:49:37 GMT", 364 * DAY },
		{ "Tue, 22 Nov 2044 00:00:00 GMT", LONGEST },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "", GARBAGE },
		{ "-1", GARBAGE },
		{ "+1", GARBAGE },
		{ "1.5", GARBAGE },
		{ "35.852\xc2\xb5s", GARBAGE },
		{ "soon", GARBAGE },
		{ "120 s", GARBAGE },
		{ "0x10", GARBAGE },
		{ "Sun, 06 Nov 1994 08:49:37", GARBAGE },
		{ "Sun, 06 Nov 1994 08:49:37 UTC", GARBAGE },
		{ "Sun, 06 Nov 94 08:49:37 GMT", GARBAGE },
		{ "Sun, 6 Nov 1994 08:49:37 GMT", GARBAGE },
		{ "Sun, 06 Foo 1994 08:49:37 GMT", GARBAGE },
		{ "Sun, 32 Nov 1994 08:49:37 GMT", GARBAGE },
		{ "Sun, 06 Nov 1994 24:49:37 GMT", GARBAGE },
		{ "Sun, 06 Nov 1994 08:60:37 GMT", GARBAGE },
		{ "Sun, 06 Nov", GARBAGE },
		{ "Sun,", GARBAGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t got = 7;

		if (!http_retry_after(rows[i].value, NOW, &got))
			got = GARBAGE;
		if (got != rows[i].wanted)
			fail_msg(
			    "'%s': %" PRIu64 ", not %" PRIu64, rows[i].value, got, rows[i].wanted);
	}
	assert_false(http_retry_after(NULL, NOW, &(uint64_t){ 0 }));
}

/* Around the leap days: 2024-02-29, 2100 has none. From the day before, so that nothing is capped. */
static void
dates_count_days(void **state)
{
	static const struct {
		int64_t before;
		const char *date;
	} rows[] = {
		{ 1709164800 - 86400, "Thu, 29 Feb 2024 00:00:00 GMT" },
		{ 1709251200 - 86400, "Fri, 01 Mar 2024 00:00:00 GMT" },
		{ 1735603200 - 86400, "Tue, 31 Dec 2024 00:00:00 GMT" },
		{ 951782400 - 86400, "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ 4107542400 - 86400, "Mon, 01 Mar 2100 00:00:00 GMT" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t got = 0;

		assert_true(http_retry_after(rows[i].date, rows[i].before, &got));
		if (got != (uint64_t)DAY)
			fail_msg("%s: %" PRIu64, rows[i].date, got);
	}
}

/* here: this machine and its link; private: not of the public internet; public. */
static void
rows_of_addresses(void **state)
{
	static const struct {
		const char *address, *wanted;
	} rows[] = {
		{ "0.0.0.0", "here" },
		{ "127.0.0.1", "here" },
		{ "127.255.255.255", "here" },
		{ "128.0.0.1", "public" },
		{ "169.254.169.254", "here" },
		{ "169.253.255.255", "public" },
		{ "9.255.255.255", "public" },
		{ "10.0.0.0", "private" },
		{ "10.255.255.255", "private" },
		{ "11.0.0.0", "public" },
		{ "100.63.255.255", "public" },
		{ "100.64.0.0", "private" },
		{ "100.127.255.255", "private" },
		{ "100.128.0.0", "public" },
		{ "172.15.255.255", "public" },
		{ "172.16.0.0", "private" },
		{ "172.31.255.255", "private" },
		{ "172.32.0.0", "public" },
		{ "192.0.0.8", "private" },
		{ "192.0.1.0", "public" },
		{ "192.168.0.1", "private" },
		{ "192.169.0.1", "public" },
		{ "198.18.0.0", "private" },
		{ "198.20.0.0", "public" },
		{ "223.255.255.255", "public" },
		{ "224.0.0.1", "private" },
		{ "255.255.255.255", "private" },
		{ "::", "here" },
		{ "::1", "here" },
		{ "::ffff:127.0.0.1", "here" },
		{ "::ffff:10.0.0.1", "private" },
		{ "::ffff:8.8.8.8", "public" },
		{ "64:ff9b::7f00:1", "here" },
		{ "64:ff9b::808:808", "public" },
		{ "64:ff9b:1::808:808", "private" },
		{ "64:ff9b:1::a9fe:a9fe", "here" },
		{ "64:ff9b:2::808:808", "public" },
		{ "2002:7f00:1::1", "here" },
		{ "2002:a9fe:a9fe::", "here" },
		{ "2002:c0a8:101::1", "private" },
		{ "2002:808:808::1", "public" },
		{ "fd00:ec2::254", "here" },
		{ "fd00::1", "private" },
		{ "fc00::1", "private" },
		{ "fe80::1", "here" },
		{ "febf::1", "here" },
		{ "fec0::1", "private" },
		{ "ff02::1", "private" },
		{ "2001:db8::1", "public" },
		{ "2606:4700::1", "public" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned char bytes[16];
		bool six = strchr(rows[i].address, ':') != NULL;
		size_t len = six ? 16 : 4;
		const char *got = "public";

		assert_int_equal(inet_pton(six ? AF_INET6 : AF_INET, rows[i].address, bytes), 1);
		if (url_address_private(bytes, len))
			got = url_address_here(bytes, len) ? "here" : "private";
		if (strcmp(got, rows[i].wanted) != 0)
			fail_msg("%s: %s, not %s", rows[i].address, got, rows[i].wanted);
	}
	assert_true(url_address_private((const unsigned char *)"", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_retry_after),
		cmocka_unit_test(dates_count_days),
		cmocka_unit_test(rows_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
