/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_trust.c - whom a reference leads to, and what a registry's answers may lead to
 */
#include "step/base/io.h"
#include "step/image/image.h"
#include "step/image/trust.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct url
url_of(struct arena *a, const char *text)
{
	struct url u = { 0 };
	struct err err;

	if (url_parse(str_of(text), ERR_IMAGE, a, &u, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return u;
}

/* The letters of trust.tsv that hold of an address. */
static const char *
verdict(const struct url *registry, const char *address, struct arena *a)
{
	static const char *const nobody_else[] = { NULL };
	const struct http_tls own = { .skip_verify = true };
	const struct credentials nobody = { .realms = nobody_else };
	const struct credentials robin = {
		.username = "robin", .password = "secret", .realms = nobody_else
	};
	struct url other;
	struct err err;
	const char *may;

	if (url_resolve(registry, str_of(address), ERR_IMAGE, a, &other, &err) < 0)
		return "-";
	may = arena_textf(a, "%s%s%s",
	    trust_realm(registry, &other, &nobody, a, &err) == 0 ? "m" : "",
	    trust_realm(registry, &other, &robin, a, &err) == 0 ? "s" : "",
	    trust_redirect(registry, registry, &other, a, &err) == 0 ? "r" : "");
	/* An address that is not gone to needs no verdict on its certificate. */
	if (*may == '\0')
		return ".";
	return trust_tls(&own, &own, registry, &other).skip_verify ? arena_textf(a, "%sv", may)
								   : may;
}

/* trust.tsv says what it means. */
static void
answers(void **state)
{
	AUTO_ARENA a = arena_new();
	struct str rest, line;
	struct err err;
	size_t rows = 0, wrong = 0;

	(void)state;
	if (file_whole("tests/vectors/trust.tsv", MIB, ERR_INTERNAL, a, &rest, &err) < 0)
		fail_msg("%s", err.text);
	while (rest.len > 0) {
		const char *registry, *address, *may, *is;
		struct url base;

		line = str_line(&rest);
		if (str_starts(line, "#"))
			continue;
		registry = arena_text(a, str_cut(&line, '\t'));
		address = arena_text(a, str_cut(&line, '\t'));
		may = arena_text(a, line);
		base = url_of(a, registry);
		is = verdict(&base, address, a);
		rows++;
		if (strcmp(is, may) != 0) {
			print_error("%s, %s: '%s', not '%s'\n", registry, address, is, may);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_true(rows > 300);
}

/* A redirect from where a registry has led us already: never back to no TLS, never to a private address. */
static void
further_redirects(void **state)
{
	static const struct {
		const char *registry, *from, *to;
		bool may;
	} cases[] = {
		{ "https://r.example.com/", "https://store.net/x", "https://other.org/", true },
		{ "https://r.example.com/", "https://store.net/x", "//store.net:8443/y", true },
		{ "https://r.example.com/", "https://store.net/x", "y", true },
		{ "https://r.example.com/", "https://store.net/x", "https://r.example.com/", true },
		{ "https://r.example.com/", "https://store.net/x", "http://store.net/y", false },
		{ "https://r.example.com/", "https://store.net/x", "http://r.example.com/", false },
		{ "https://r.example.com/", "https://store.net/x", "https://10.0.0.1/", false },
		{ "https://r.example.com/", "https://store.net/x", "https://[::1]/", false },
		{ "https://r.example.com/", "https://store.net/x", "https://localhost/", false },
		{ "https://10.0.0.1/", "https://store.net/x", "https://10.0.0.1/y", true },
		{ "https://10.0.0.1/", "https://store.net/x", "https://10.0.0.2/y", false },
		{ "http://127.0.0.1:5000/", "http://127.0.0.1:5001/x", "http://127.0.0.1:5002/",
		    true },
		{ "http://127.0.0.1:5000/", "https://store.net/x", "http://127.0.0.1:5000/",
		    false },
		{ "http://127.0.0.1:5000/", "https://store.net/x", "https://store.net/", true },
		{ "http://r.example.com/", "http://r.example.com/x", "http://r.example.com/y",
		    true },
		{ "http://r.example.com/", "http://r.example.com/x", "http://store.net/", false },
		{ "http://r.example.com/", "https://store.net/x", "http://r.example.com/", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct url registry = url_of(a, cases[i].registry),
				 from = url_of(a, cases[i].from);
		struct url to;
		struct err err;

		assert_int_equal(
		    url_resolve(&from, str_of(cases[i].to), ERR_IMAGE, a, &to, &err), 0);
		if ((trust_redirect(&registry, &from, &to, a, &err) == 0) != cases[i].may)
			fail_msg("%s, %s: %s", cases[i].registry, cases[i].from, cases[i].to);
	}
}

/* Where a name may resolve to: p, only to the public internet; h, at least not here. */
static void
resolved(void **state)
{
	static const struct {
		const char *registry;
		bool private_registry; /* it answered from such an address */
		const char *other, *must;
	} cases[] = {
		{ "https://r.example.com/", false, "https://r.example.com/x", "" },
		{ "https://r.example.com/", false, "https://r.example.com:444/x", "" },
		{ "https://r.example.com/", false, "https://t.example.com/x", "ph" },
		{ "https://r.example.com/", true, "https://t.example.com/x", "h" },
		{ "https://r.example.com/", true, "https://r.example.com:444/x", "" },
		{ "https://10.0.0.1/", true, "https://t.example.com/x", "h" },
		{ "https://8.8.8.8/", false, "https://t.example.com/x", "ph" },
		{ "http://127.0.0.1:5000/", true, "https://t.example.com/x", "" },
		{ "http://[::1]:5000/", true, "https://t.example.com/x", "" },
		{ "http://localhost:5000/", true, "https://t.example.com/x", "" },
		{ "https://169.254.1.1/", true, "https://t.example.com/x", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct url registry = url_of(a, cases[i].registry),
				 other = url_of(a, cases[i].other);
		const char *must = arena_textf(a, "%s%s",
		    trust_public_only(&registry, cases[i].private_registry, &other) ? "p" : "",
		    trust_not_here(&registry, &other) ? "h" : "");

		if (strcmp(must, cases[i].must) != 0)
			fail_msg("%s, %s: '%s', not '%s'", cases[i].registry, cases[i].other, must,
			    cases[i].must);
	}
}

/* How a user names a token service: with a port, or at that of https; and what is no such name. */
static void
named_services(void **state)
{
	static const struct {
		const char *named, *realm;
		bool valid, may;
	} cases[] = {
		{ "t.example.net", "https://t.example.net/token", true, true },
		{ "T.Example.NET", "https://t.example.net:443/token", true, true },
		{ "t.example.net:443", "https://t.example.net/token", true, true },
		{ "t.example.net", "https://t.example.net:8443/token", true, false },
		{ "t.example.net", "http://t.example.net/token", true, false },
		{ "t.example.net", "http://t.example.net:443/token", true, false },
		{ "t.example.net", "https://t.example.net.evil.org/token", true, false },
		{ "t.example.net", "https://x.t.example.net/token", true, false },
		{ "t.example.net:8443", "https://t.example.net:8443/token", true, true },
		{ "t.example.net:8443", "https://t.example.net/token", true, false },
		{ "t.example.net:8443", "https://u.example.net:8443/token", true, false },
		{ "[2001:db8::1]:8443", "https://[2001:db8::1]:8443/token", true, true },
		{ "8.8.8.8", "https://8.8.8.8/token", true, true },
		{ "10.0.0.1", "https://10.0.0.1/token", true, false }, /* never asked at all */
		{ "t.example.net:0", "https://t.example.net/token", false, false },
		{ "t.example.net:", "https://t.example.net/token", false, false },
		{ "t.example.net:x", "https://t.example.net/token", false, false },
		{ "t.example.net:65536", "https://t.example.net/token", false, false },
		{ "t.example.net.", "https://t.example.net/token", false, false },
		{ "u.example.net@t.example.net", "https://t.example.net/token", false, false },
		{ "t.example.net/x", "https://t.example.net/token", false, false },
		{ "t.example.net/", "https://t.example.net/token", false, false },
		{ "t.example.net?x", "https://t.example.net/token", false, false },
		{ "t.example.net#x", "https://t.example.net/token", false, false },
		{ "https://t.example.net", "https://t.example.net/token", false, false },
		{ "*.example.net", "https://t.example.net/token", false, false },
		{ "t example.net", "https://t.example.net/token", false, false },
		{ " t.example.net", "https://t.example.net/token", false, false },
		{ "127.1", "https://t.example.net/token", false, false },
		{ "\xc3\xa9.example.net", "https://t.example.net/token", false, false },
		{ "", "https://t.example.net/token", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct url registry = url_of(a, "https://r.example.com/"),
				 realm = url_of(a, cases[i].realm);
		const char *const named[] = { "other.example.net", cases[i].named, NULL };
		const struct credentials robin = {
			.username = "robin", .password = "secret", .realms = named
		};
		struct err err;
		bool valid = trust_realm_check(cases[i].named, &err) == 0;

		if (valid != cases[i].valid || (!valid && err_status(&err) != 2))
			fail_msg("%s is %staken", cases[i].named, valid ? "" : "not ");
		if ((trust_realm(&registry, &realm, &robin, a, &err) == 0) != cases[i].may)
			fail_msg("%s, %s", cases[i].named, cases[i].realm);
	}
}

/* What is refused is told with the way out of it, and a password with neither. */
static void
said(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct url registry = url_of(a, "https://r.example.com/"),
			 realm = url_of(a, "https://t.example.net:8443/token?key=hidden");
	const char *const nobody_else[] = { NULL };
	const struct credentials robin = {
		.username = "robin", .password = "secret", .realms = nobody_else
	};
	struct err err;

	(void)state;
	assert_int_equal(trust_realm(&registry, &realm, &robin, a, &err), -1);
	assert_non_null(strstr(err.text, "--trust-realm t.example.net:8443"));
	assert_null(strstr(err.text, "hidden"));
	assert_null(strstr(err.text, "secret"));
	assert_int_equal(trust_realm_check("robin:hidden@t.example.net", &err), -1);
	assert_null(strstr(err.text, "hidden"));
	assert_null(strstr(err.text, "robin"));
}

static void
verified_unless_asked(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct url registry = url_of(a, "https://r.example.com/");
	const struct http_tls own = { .skip_verify = false };

	(void)state;
	assert_false(trust_tls(&own, &own, &registry, &registry).skip_verify);
}

/* Which registries are spoken to without TLS, and what is said of it. */
static void
plain_http(void **state)
{
	static const struct {
		const char *reference;
		bool asked, skip, plain;
		const char *notice;
	} cases[] = {
		{ "r.example.com/app", false, false, false, NULL },
		{ "r.example.com/app", true, false, true, "registry-plain-http" },
		{ "r.example.com/app", true, true, true, "registry-plain-http" },
		{ "r.example.com/app", false, true, false, "tls-not-verified" },
		{ "r.example.com:443/app", true, false, true, "registry-plain-http" },
		{ "127.0.0.1:5000/app", false, false, true, NULL },
		{ "127.0.0.1:5000/app", true, true, true, NULL },
		{ "127.0.0.1:443/app", false, false, false, NULL },
		{ "127.0.0.1:443/app", false, true, false, "tls-not-verified" },
		{ "localhost:5000/app", false, false, true, NULL },
		{ "localhost.example.com:5000/app", false, false, false, NULL },
		{ "10.0.0.1:5000/app", false, false, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct image_request req = { .plain_http = cases[i].asked,
			.skip_tls_verify = cases[i].skip };
		const struct notice *notice;
		struct reference ref;
		struct url base;
		struct err err;
		bool plain;

		assert_int_equal(reference_parse(str_of(cases[i].reference), a, &ref, &err), 0);
		base = url_of(a, arena_textf(a, "https://%s/", ref.api_site));
		plain = trust_plain_http(&req, &ref, base.host);
		if (plain != cases[i].plain)
			fail_msg("%s: %s TLS", cases[i].reference, plain ? "without" : "with");
		base.https = !plain;
		notice = trust_notice(&req, &ref, &base, a);
		if (text_compare(notice ? notice->kind : NULL, cases[i].notice) != 0)
			fail_msg(
			    "%s: notice %s", cases[i].reference, notice ? notice->kind : "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(further_redirects),
		cmocka_unit_test(resolved),
		cmocka_unit_test(named_services),
		cmocka_unit_test(said),
		cmocka_unit_test(verified_unless_asked),
		cmocka_unit_test(plain_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
