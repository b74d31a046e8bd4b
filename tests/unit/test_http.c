/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http.c - what of HTTP needs no server: Retry-After, how far an address leads, what libcurl is told
 */
#include "step/base/http_transfer.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW     INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's example */
#define GARBAGE UINT64_MAX
#define UNTOLD  0x55 /* in every byte of an option */
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

/* ---- A libcurl that only keeps what it is told ---- */

static struct {
	void *pointers[1000]; /* by what is behind the type in an option's number */
	long longs[1000];
	curl_prereq_callback on_connected;
} told;

static CURLcode
keep_option(CURL *easy, CURLoption option, ...)
{
	unsigned number = (unsigned)option % 10000;
	va_list args;

	(void)easy;
	va_start(args, option);
	assert_true(number < ARRAY_LEN(told.longs));
	if (option == CURLOPT_PREREQFUNCTION)
		told.on_connected = va_arg(args, curl_prereq_callback);
	else if (option < CURLOPTTYPE_OBJECTPOINT)
		told.longs[number] = va_arg(args, long);
	else if (option < CURLOPTTYPE_FUNCTIONPOINT)
		told.pointers[number] = va_arg(args, void *);
	else if (option >= CURLOPTTYPE_BLOB)
		told.pointers[number] = va_arg(args, struct curl_blob *)->data;
	va_end(args);
	return CURLE_OK;
}

static curl_version_info_data *
name_openssl(CURLversion age)
{
	static curl_version_info_data data = { .ssl_version = "OpenSSL/3" };

	(void)age;
	return &data;
}

static const char *
name_error(CURLcode code)
{
	(void)code;
	return "an error";
}

static const struct libcurl keeper = {
	.easy_setopt = keep_option,
	.version_info = name_openssl,
	.easy_strerror = name_error,
};

/* For a host that no variable leads to by a proxy. */
static void
prepare(struct transfer *t, const struct http_request *req, struct arena *a)
{
	static char site[] = "there";
	struct url u = { .https = true, .host = "127.0.0.1", .port = 443, .path = "/" };
	struct err err;

	memset(&told, UNTOLD, sizeof(told));
	*t = (struct transfer){ .lib = &keeper, .arena = a, .trust_fd = -1, .site = site };
	assert_int_equal(http_prepare(t, req, &u, &err), 0);
}

/* A proxy is judged as the registry is, but for what is the registry's alone. */
static void
proxy_is_judged(void **state)
{
	static const struct {
		CURLoption host, proxy;
	} twins[] = {
		{ CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO },
		{ CURLOPT_CAINFO_BLOB, CURLOPT_PROXY_CAINFO_BLOB },
		{ CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH },
		{ CURLOPT_SSLVERSION, CURLOPT_PROXY_SSLVERSION },
	};
	char pem[] = "pem";
	void *untold;
	const struct http_tls rows[] = {
		{ .trusted = NULL },
		{ .trusted = pem, .trusted_len = 3 },
		{ .trusted = pem, .trusted_len = 3, .alone = true },
		{ .skip_verify = true, .client_cert = "cert", .client_key = "key" },
	};

	(void)state;
	memset(&untold, UNTOLD, sizeof(untold));
	setenv("SSL_CERT_FILE", "/file", 1);
	setenv("SSL_CERT_DIR", "/folder", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ARENA a = arena_new();
		struct transfer t;

		prepare(&t, &(struct http_request){ .tls = &rows[i] }, a);
		for (size_t j = 0; j < ARRAY_LEN(twins); j++) {
			unsigned host = twins[j].host % 10000, proxy = twins[j].proxy % 10000;

			if (told.pointers[host] != told.pointers[proxy] ||
			    told.longs[host] != told.longs[proxy])
				fail_msg("row %zu, pair %zu", i, j);
		}
		if (rows[i].trusted != NULL)
			assert_ptr_equal(told.pointers[CURLOPT_CAINFO_BLOB % 10000], pem);
		else
			assert_string_equal(told.pointers[CURLOPT_CAINFO % 10000], "/file");
		if (rows[i].alone)
			assert_null(told.pointers[CURLOPT_CAPATH % 10000]);
		else
			assert_string_equal(told.pointers[CURLOPT_CAPATH % 10000], "/folder");
		assert_int_equal(told.longs[CURLOPT_SSL_VERIFYPEER], rows[i].skip_verify ? 0 : 1);
		assert_int_equal(told.longs[CURLOPT_PROXY_SSL_VERIFYPEER], 1);
		assert_int_equal(told.longs[CURLOPT_PROXY_SSL_VERIFYHOST], 2);
		assert_ptr_equal(told.pointers[CURLOPT_PROXY_SSLCERT % 10000], untold);
		assert_ptr_equal(told.pointers[CURLOPT_PROXY_SSLKEY % 10000], untold);
	}
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
}

/* Whom libcurl says it is connected to, for requests that may not go everywhere. */
static void
peers(void **state)
{
	static const struct {
		const char *peer, *socket;
		bool allowed;
	} rows[] = {
		{ "8.8.8.8", NULL, true },
		{ "127.0.0.1", NULL, false },
		{ "::1", NULL, false },
		{ "fe80::1%eth0", NULL, false },
		{ "127.0.0.1:80", NULL, false },
		{ "[::1]", NULL, false },
		{ "/run/engine.sock", NULL, false },
		{ "", NULL, false },
		{ "/run/engine.sock", "/run/engine.sock", true },
		{ "", "/run/engine.sock", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ARENA a = arena_new();
		struct transfer t;
		struct err err;
		char peer[64], local[] = "";

		prepare(&t,
		    &(struct http_request){ .unix_socket = rows[i].socket, .not_here = true }, a);
		snprintf(peer, sizeof(peer), "%s", rows[i].peer);
		if (told.on_connected(&t, peer, local, 1, 1) !=
		    (rows[i].allowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT))
			fail_msg("'%s'", rows[i].peer);
		if (rows[i].allowed)
			continue;
		t.result = CURLE_ABORTED_BY_CALLBACK;
		assert_int_equal(http_fail(&t, &err), -1);
		assert_non_null(strstr(err.text, "address"));
	}
}

static void
location_empty_is_none(void **state)
{
	AUTO_ARENA a = arena_new();
	struct transfer t = { .arena = a };
	char lines[][24] = { "HTTP/1.1 302 Found\r\n", "Location: \r\n", "ETag: \r\n", "\r\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_equal(
		    http_on_header(lines[i], 1, strlen(lines[i]), &t), strlen(lines[i]));
	assert_true(t.header_done);
	assert_int_equal(t.response.status, 302);
	assert_null(t.response.location);
	assert_string_equal(t.response.etag, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_retry_after),
		cmocka_unit_test(dates_count_days),
		cmocka_unit_test(rows_of_addresses),
		cmocka_unit_test(proxy_is_judged),
		cmocka_unit_test(peers),
		cmocka_unit_test(location_empty_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
