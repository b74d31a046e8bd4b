/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proxy.c - which proxy the environment names, and for whom it does not count
 *
 * tests/vectors/no-proxy.tsv has the rows of no_proxy; the case net-proxy asks the curl tool the same.
 */
#include "step/base/io.h"
#include "step/base/proxy.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
rows_of_no_proxy(void **state)
{
	AUTO_ARENA a = arena_new();
	struct str rest;
	struct err err;
	size_t rows = 0;

	(void)state;
	if (file_whole("tests/vectors/no-proxy.tsv", MIB, ERR_USAGE, a, &rest, &err) < 0)
		fail_msg("%s", err.text);
	while (rest.len > 0) {
		struct str line = str_line(&rest);
		const char *list = arena_string(a, str_cut(&line, '\t'));
		const char *host = arena_string(a, str_cut(&line, '\t'));
		struct str port = str_cut(&line, '\t'), wanted = str_cut(&line, '\t');
		uint64_t number;

		if (*list == '#')
			continue;
		assert_true(str_number(port, 65535, &number));
		if (proxy_bypassed(list, host, (unsigned)number) != str_is(wanted, "yes"))
			fail_msg("no_proxy='%s' of %s:%u is not %.*s", list, host, (unsigned)number,
			    (int)wanted.len, wanted.ptr);
		rows++;
	}
	assert_true(rows > 50);
}

/* Of all variables that are read these are set, no others. */
static void
set_environment(const char *const settings[4])
{
	static const char *const all[] = { "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY",
		"all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		unsetenv(all[i]);
	for (size_t i = 0; i < 4 && settings[i] != NULL; i++) {
		size_t len = strcspn(settings[i], "=");
		char name[40];

		memcpy(name, settings[i], len);
		name[len] = '\0';
		assert_int_equal(setenv(name, settings[i] + len + 1, 1), 0);
	}
}

static const char *
or_none(const char *text)
{
	return text != NULL ? text : "-";
}

#define HTTPS "https://r.example/"
#define HTTP  "http://r.example/"

/* URL, VARIABLE, USER, PASSWORD as they come out; "-" for none. */
static const struct {
	const char *settings[4];
	const char *url, *wanted;
} settings_rows[] = {
	{ { NULL }, HTTPS, "- - - -" },
	{ { "https_proxy=http://p:1" }, HTTPS, "http://p:1 https_proxy - -" },
	{ { "https_proxy=http://p:1" }, HTTP, "- - - -" },
	{ { "HTTPS_PROXY=http://p:1" }, HTTPS, "http://p:1 HTTPS_PROXY - -" },
	{ { "https_proxy=http://a:1", "HTTPS_PROXY=http://b:1" }, HTTPS,
	    "http://a:1 https_proxy - -" },
	{ { "https_proxy=", "HTTPS_PROXY=http://b:1" }, HTTPS, "http://b:1 HTTPS_PROXY - -" },
	{ { "http_proxy=http://p:1" }, HTTP, "http://p:1 http_proxy - -" },
	{ { "http_proxy=http://p:1" }, HTTPS, "- - - -" },
	{ { "HTTP_PROXY=http://p:1" }, HTTP, "http://p:1 HTTP_PROXY - -" },
	{ { "HTTP_PROXY=http://p:1", "REQUEST_METHOD=GET" }, HTTP, "- - - -" },
	{ { "http_proxy=http://p:1", "REQUEST_METHOD=GET" }, HTTP, "http://p:1 http_proxy - -" },
	{ { "all_proxy=http://p:1" }, HTTPS, "http://p:1 all_proxy - -" },
	{ { "ALL_PROXY=http://p:1" }, HTTP, "http://p:1 ALL_PROXY - -" },
	{ { "ALL_PROXY=http://p:1", "HTTPS_PROXY=http://q:1" }, HTTPS,
	    "http://q:1 HTTPS_PROXY - -" },
	{ { "all_proxy=http://p:1", "NO_PROXY=example" }, HTTPS, "- - - -" },
	{ { "all_proxy=http://p:1", "no_proxy=x", "NO_PROXY=example" }, HTTPS,
	    "http://p:1 all_proxy - -" },
	{ { "all_proxy=http://p:1", "no_proxy=", "NO_PROXY=example" }, HTTPS, "- - - -" },
	{ { "all_proxy=http://p:1" }, "https://127.0.0.1:5000/", "- - - -" },
	{ { "all_proxy=http://p:1" }, "http://[::1]/", "- - - -" },
	{ { "all_proxy=http://p:1" }, "https://localhost/", "- - - -" },
	{ { "all_proxy=P.Example" }, HTTPS, "http://p.example:1080 all_proxy - -" },
	{ { "all_proxy=p:3128" }, HTTPS, "http://p:3128 all_proxy - -" },
	{ { "all_proxy=https://p" }, HTTPS, "https://p:443 all_proxy - -" },
	{ { "all_proxy=HTTP://p:1/x?y#z" }, HTTPS, "http://p:1 all_proxy - -" },
	{ { "all_proxy=http://[2001:db8::1]:1" }, HTTPS, "http://[2001:db8::1]:1 all_proxy - -" },
	{ { "all_proxy=socks5h://p:1" }, HTTPS, "socks5h://p:1 all_proxy - -" },
	{ { "all_proxy=http://robin:se%40cret@p:1" }, HTTPS, "http://p:1 all_proxy robin se@cret" },
	{ { "all_proxy=http://ro@bin:a:b@p:1" }, HTTPS, "http://p:1 all_proxy ro@bin a:b" },
	{ { "all_proxy=robin@p:1" }, HTTPS, "http://p:1 all_proxy robin " },
	{ { "all_proxy=http://p:1:hidden" }, HTTPS, "refused" },
	{ { "all_proxy=http://robin:hid%zzen@p:1" }, HTTPS, "refused" },
	{ { "all_proxy=http://robin:%00hidden@p:1" }, HTTPS, "refused" },
	{ { "all_proxy=http://robin:hidden/x@p:1" }, HTTPS, "refused" },
	{ { "all_proxy=ftp://p:1" }, HTTPS, "refused" },
	{ { "all_proxy=http://" }, HTTPS, "refused" },
	{ { "all_proxy=http://p:0" }, HTTPS, "refused" },
	{ { "all_proxy=http://[::1" }, HTTPS, "refused" },
	{ { "all_proxy=http://p p:1" }, HTTPS, "refused" },
	{ { "all_proxy=hidden\n" }, HTTPS, "refused" },
};

static void
rows_of_settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(settings_rows); i++) {
		AUTO_ARENA a = arena_new();
		struct proxy p = { .url = NULL };
		struct url u;
		struct err err = { ERR_NONE, "" };
		const char *got = "refused";

		set_environment(settings_rows[i].settings);
		assert_int_equal(
		    url_parse(str_of(settings_rows[i].url), ERR_IMAGE, a, &u, &err), 0);
		if (proxy_find(&u, a, &p, &err) == 0)
			got = arena_textf(a, "%s %s %s %s", or_none(p.url), or_none(p.variable),
			    or_none(p.user), or_none(p.password));
		if (strcmp(got, settings_rows[i].wanted) != 0)
			fail_msg("%s: %s, not %s (%s)", settings_rows[i].settings[0], got,
			    settings_rows[i].wanted, err.text);
		assert_null(strstr(err.text, "hid"));
		assert_true(strcmp(got, "refused") != 0 ||
			    (err.kind == ERR_USAGE && strstr(err.text, "all_proxy") != NULL));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_no_proxy),
		cmocka_unit_test(rows_of_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
