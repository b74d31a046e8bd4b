/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_auth.c - WWW-Authenticate in all its spellings, tokens, Basic
 */
#include "step/image/auth.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
assert_same(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void
choose_spellings(void **state)
{
	static const struct {
		const char *values[3];
		enum auth_scheme scheme;
		const char *realm, *service;
	} cases[] = {
		{ { "Bearer "
		    "realm=\"https://a/token\",service=\"reg\",scope=\"repository:x:pull\"" },
		    AUTH_BEARER, "https://a/token", "reg" },
		{ { "bearer SERVICE=reg , Realm = \"https://a/t\"" }, AUTH_BEARER, "https://a/t",
		    "reg" },
		{ { "BEARER error=\"x, Basic realm=y\", realm=\"https://a\"" }, AUTH_BEARER,
		    "https://a", NULL },
		{ { "Basic realm=\"a, b\"" }, AUTH_BASIC, "a, b", NULL },
		{ { "Basic realm=\"a \\\"quoted\\\" \\\\ name\"" }, AUTH_BASIC,
		    "a \"quoted\" \\ name", NULL },
		{ { "Basic" }, AUTH_BASIC, NULL, NULL },
		{ { "Negotiate, Basic realm=x" }, AUTH_BASIC, "x", NULL },
		{ { "Negotiate YII=, Basic realm=x" }, AUTH_BASIC, "x", NULL },
		{ { "Negotiate", "Basic realm=x" }, AUTH_BASIC, "x", NULL },
		{ { "Basic realm=x, Bearer realm=\"https://a\"" }, AUTH_BEARER, "https://a", NULL },
		{ { "Basic realm=x", "Bearer realm=\"https://a\"" }, AUTH_BEARER, "https://a",
		    NULL },
		{ { "Bearer realm=\"https://a\", Bearer realm=\"https://b\"" }, AUTH_BEARER,
		    "https://a", NULL },
		{ { "Bearer realm=\"https://a\",realm=\"https://b\"" }, AUTH_BEARER, "https://a",
		    NULL },
		{ { "Bearer service=x, Basic realm=y" }, AUTH_BASIC, "y", NULL },
		{ { ",, ,Bearer realm=\"https://a\",," }, AUTH_BEARER, "https://a", NULL },
		{ { "Bearer realm=\"https://a" }, AUTH_NONE, NULL, NULL },
		{ { "Basic realm=x, Bearer realm=\"https://a" }, AUTH_BASIC, "x", NULL },
		{ { "Bearer" }, AUTH_NONE, NULL, NULL },
		{ { "Digest realm=x, nonce=y" }, AUTH_NONE, NULL, NULL },
		{ { "realm=x" }, AUTH_NONE, NULL, NULL },
		{ { "BearerX realm=\"https://a\"" }, AUTH_NONE, NULL, NULL },
		{ { "" }, AUTH_NONE, NULL, NULL },
		{ { NULL }, AUTH_NONE, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct auth_challenge c;

		auth_choose(cases[i].values, a, &c);
		if (c.scheme != cases[i].scheme)
			fail_msg("%s: %d", cases[i].values[0], (int)c.scheme);
		if (c.scheme != AUTH_NONE) {
			assert_same(c.realm, cases[i].realm);
			assert_same(c.service, cases[i].service);
		}
		arena_free(a);
	}
}

static void
token_url(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(auth_token_url(a, "https://a/t", "x y&z", "team/app"),
	    "https://a/t?service=x%20y%26z&scope=repository%3Ateam%2Fapp%3Apull");
	assert_string_equal(auth_token_url(a, "https://a/t?k=v", NULL, "app"),
	    "https://a/t?k=v&scope=repository%3Aapp%3Apull");
	arena_free(a);
}

static void
token_read(void **state)
{
	static const struct {
		const char *answer, *header;
	} cases[] = {
		{ "{\"token\": \"abc\"}", "Bearer abc" },
		{ "{\"access_token\": \"abc.d-_/+=\"}", "Bearer abc.d-_/+=" },
		{ "{\"token\": \"\", \"access_token\": \"b\"}", "Bearer b" },
		{ "{\"token\": \"a\", \"access_token\": \"b\"}", "Bearer a" },
		{ "{\"token\": \"a\\r\\nX-Evil: b\"}", NULL },
		{ "{\"token\": \"a b\"}", NULL },
		{ "{\"token\": \"caf\\u00e9\"}", NULL },
		{ "{\"token\": null}", NULL },
		{ "{\"token\": 7}", NULL },
		{ "[]", NULL },
		{ "null", NULL },
		{ "<html>", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct auth_token token = { NULL, 0 };
		struct err err;
		int status = auth_token_read(str_of(cases[i].answer), a, &token, &err);

		assert_same(token.header, cases[i].header);
		assert_int_equal(status, cases[i].header != NULL ? 0 : -1);
		if (status < 0)
			assert_int_equal(err.kind, ERR_IMAGE);
		arena_free(a);
	}
}

static void
token_lifetime(void **state)
{
	static const struct {
		const char *answer;
		uint64_t seconds;
	} cases[] = {
		{ "{\"token\": \"a\"}", 60 },
		{ "{\"token\": \"a\", \"expires_in\": 300}", 300 },
		{ "{\"token\": \"a\", \"expires_in\": 1}", 1 },
		{ "{\"token\": \"a\", \"expires_in\": 0}", 60 },
		{ "{\"token\": \"a\", \"expires_in\": -5}", 60 },
		{ "{\"token\": \"a\", \"expires_in\": \"300\"}", 60 },
		{ "{\"token\": \"a\", \"expires_in\": 9223372036854775807}", 60 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct auth_token token;
		struct err err;

		assert_int_equal(auth_token_read(str_of(cases[i].answer), a, &token, &err), 0);
		assert_int_equal(token.seconds, cases[i].seconds);
		arena_free(a);
	}
}

static void
token_form(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(auth_token_form(a, "x y", "team/app", "a&b=c"),
	    "grant_type=refresh_token&client_id=scanstep&service=x%20y&scope=repository%3Ateam%2Fapp%3A"
	    "pull&refresh_token=a%26b%3Dc");
	assert_string_equal(auth_token_form(a, NULL, "app", "t"),
	    "grant_type=refresh_token&client_id=scanstep&service=&scope=repository%3Aapp%3Apull&"
	    "refresh_token=t");
	arena_free(a);
}

/* RFC 4648, section 10, as far as a user name and its colon allow. */
static void
basic_padding(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(auth_basic(a, "", ""), "Basic Og==");
	assert_string_equal(auth_basic(a, "a", ""), "Basic YTo=");
	assert_string_equal(auth_basic(a, "a", "b"), "Basic YTpi");
	assert_string_equal(
	    auth_basic(a, "Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	assert_string_equal(auth_basic(a, "a", "\xff\xfe"), "Basic YTr//g==");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choose_spellings),
		cmocka_unit_test(token_url),
		cmocka_unit_test(token_read),
		cmocka_unit_test(token_lifetime),
		cmocka_unit_test(token_form),
		cmocka_unit_test(basic_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
