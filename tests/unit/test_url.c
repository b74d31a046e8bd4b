/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_url.c - addresses: the strict reading, Location, and which hosts are whose
 */
#include "step/base/url.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
parse_good(void **state)
{
	static const struct {
		const char *text, *again, *site;
		unsigned port;
	} cases[] = {
		{ "https://Example.COM", "https://example.com/", "example.com", 443 },
		{ "HTTP://example.com:80/a?b#c", "http://example.com/a?b", "example.com", 80 },
		{ "https://example.com:80/", "https://example.com:80/", "example.com:80", 80 },
		{ "https://[::1]:5000/x", "https://[::1]:5000/x", "[::1]:5000", 5000 },
		{ "http://127.0.0.1?q=/", "http://127.0.0.1/?q=/", "127.0.0.1", 80 },
		{ "https://a_b.example/%2e", "https://a_b.example/%2e", "a_b.example", 443 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct url u;
		struct err err;

		if (url_parse(str_of(cases[i].text), ERR_IMAGE, a, &u, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_string_equal(url_text(a, &u), cases[i].again);
		assert_string_equal(url_site(a, &u), cases[i].site);
		assert_int_equal(u.port, cases[i].port);
		arena_free(a);
	}
}

static void
parse_refused(void **state)
{
	static const char *const cases[] = { "", "https:", "https://", "https:///a", "ftp://a/",
		"file:///etc/passwd", "//a/b", "https://secret@a/", "https://secret:secret@a/",
		"https://a@b@c/", "https://a\\@b/", "https://a b/", "https://a\tb/",
		"https://a/\r\nX: y", "https://a:0/", "https://a:99999/", "https://a:/",
		"https://a:b/", "https://[::1/", "https://::1/", "https://[fe80::1%25lo]/",
		"https://127.1/", "https://0x7f000001/", "https://2130706433/",
		"https://0177.0.0.1/", "https://1.2.3.4.5/", "https://a..b/", "https://.a/",
		"https://a./", "https://caf\xc3\xa9/", "https://a%2eb/" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct url u;
		struct err err;

		if (url_parse(str_of(cases[i]), ERR_IMAGE, a, &u, &err) == 0)
			fail_msg("accepted: %s", cases[i]);
		assert_int_equal(err.kind, ERR_IMAGE);
		assert_null(strstr(err.text, "secret"));
		arena_free(a);
	}
}

static void
resolve(void **state)
{
	static const struct {
		const char *location, *wanted;
	} cases[] = {
		{ "/x?y", "https://a.example:5000/x?y" },
		{ "x", "https://a.example:5000/v2/app/x" },
		{ "?z", "https://a.example:5000/v2/app/blob?z" },
		{ "//b.example/x", "https://b.example/x" },
		{ "http://b.example", "http://b.example/" },
		{ "HTTPS://b.example/#f", "https://b.example/" },
		{ "", "https://a.example:5000/v2/app/blob?q=/r" },
		{ "#f", "https://a.example:5000/v2/app/blob?q=/r" },
		{ "?", "https://a.example:5000/v2/app/blob?" },
		{ "x:y", NULL },
		{ "javascript:x", NULL },
		{ "//u@b.example/", NULL },
		{ "/a b", NULL },
		{ "/a\r\nb", NULL },
	};
	struct arena *a = arena_new();
	struct url base, u;
	struct err err;

	(void)state;
	assert_int_equal(
	    url_parse(str_of("https://a.example:5000/v2/app/blob?q=/r"), ERR_IMAGE, a, &base, &err),
	    0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int status = url_resolve(&base, str_of(cases[i].location), ERR_IMAGE, a, &u, &err);

		assert_int_equal(status, cases[i].wanted != NULL ? 0 : -1);
		if (status == 0)
			assert_string_equal(url_text(a, &u), cases[i].wanted);
	}
	arena_free(a);
}

static void
hosts(void **state)
{
	static const struct {
		const char *host;
		bool loopback, private;
	} cases[] = {
		{ "127.0.0.1", true, true },
		{ "127.255.255.254", true, true },
		{ "128.0.0.1", false, false },
		{ "[::1]", true, true },
		{ "localhost", true, true },
		{ "x.localhost", false, true },
		{ "localhost.example.com", false, false },
		{ "0.0.0.0", false, true },
		{ "10.255.0.1", false, true },
		{ "100.64.0.1", false, true },
		{ "100.128.0.1", false, false },
		{ "169.254.169.254", false, true },
		{ "172.15.0.1", false, false },
		{ "172.16.0.1", false, true },
		{ "172.31.255.255", false, true },
		{ "172.32.0.1", false, false },
		{ "192.168.1.1", false, true },
		{ "224.0.0.1", false, true },
		{ "255.255.255.255", false, true },
		{ "8.8.8.8", false, false },
		{ "[::]", false, true },
		{ "[fd00:ec2::254]", false, true },
		{ "[fe80::1]", false, true },
		{ "[ff02::1]", false, true },
		{ "[::ffff:7f00:1]", false, true },
		{ "[::ffff:169.254.169.254]", false, true },
		{ "[64:ff9b::a9fe:a9fe]", false, true },
		{ "[::ffff:8.8.8.8]", false, false },
		{ "[2001:db8::1]", false, false },
		{ "example.com", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (url_host_loopback(cases[i].host) != cases[i].loopback ||
		    url_host_private(cases[i].host) != cases[i].private)
			fail_msg("%s", cases[i].host);
		assert_true(url_host_valid(str_of(cases[i].host)));
	}
}

static void
address_bytes(void **state)
{
	const struct {
		struct str text;
		size_t len;
		unsigned char first, last;
	} cases[] = {
		{ STR("127.0.0.1"), 4, 127, 1 },
		{ STR("2001:db8::5"), 16, 0x20, 5 },
		{ STR("::ffff:10.0.0.9"), 16, 0, 9 },
		{ STR("[::1]"), 0, 0, 0 },
		{ STR("127.1"), 0, 0, 0 },
		{ STR("example.com"), 0, 0, 0 },
		{ STR("127.0.0.1\0x"), 0, 0, 0 },
		{ STR("1111:2222:3333:4444:5555:6666:777.888.999.1000"), 0, 0, 0 },
		{ STR(""), 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned char bytes[URL_ADDRESS_BYTES];
		size_t len = url_address_bytes(cases[i].text, bytes);

		if (len != cases[i].len)
			fail_msg("%s: %zu bytes", cases[i].text.ptr, len);
		if (len > 0) {
			assert_int_equal(bytes[0], cases[i].first);
			assert_int_equal(bytes[len - 1], cases[i].last);
		}
	}
	/* Brackets belong to IPv6, and to no other. */
	assert_false(url_host_valid(STR("::1")));
	assert_false(url_host_valid(STR("[127.0.0.1]")));
	assert_false(url_host_address("example.com"));
	assert_true(url_host_address("10.1.2.3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_good),
		cmocka_unit_test(parse_refused),
		cmocka_unit_test(resolve),
		cmocka_unit_test(hosts),
		cmocka_unit_test(address_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
