/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_trust.c - whom a reference leads to, and what a registry's answers may lead to
 */
#include "step/image/image.h"
#include "step/image/trust.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Run in the root of the tree, where README.md and tests are. */
static void
sites(void **state)
{
	static const struct {
		const char *reference, *site; /* NULL: no registry's */
	} cases[] = {
		{ "alpine", "docker.io" },
		{ "alpine:3.19", "docker.io" },
		{ "team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		    "docker.io" },
		{ "index.docker.io/library/alpine", "docker.io" },
		{ "registry.example.com/team/app:1", "registry.example.com" },
		{ "Registry.Example.COM:5000/team/app:1", "registry.example.com:5000" },
		{ "registry:registry.example.com/team/app", "registry.example.com" },
		{ "registry:5000/app", "registry:5000" },
		{ "registry:README.md", NULL }, /* a repository has no capitals */
		{ "registry:tests", "docker.io" },
		{ "docker:5000/app", "docker:5000" },
		{ "docker:dind", "docker.io" },
		{ "localhost/app", "localhost" },
		{ "[::1]:5000/app", "[::1]:5000" },
		{ "README.md", NULL },
		{ "tests", NULL },
		{ "./tests", NULL },
		{ "/nosuch/image", NULL },
		{ "image.tar", NULL },
		{ "registry.example.com/app.tar.gz", NULL },
		{ "-", NULL },
		{ "oci:alpine", NULL },
		{ "docker-archive:registry.example.com/app", NULL },
		{ "rootfs:registry.example.com/app", NULL },
		{ "docker://registry.example.com/app", NULL },
		{ "https://registry.example.com/app", NULL },
		{ "robin:hidden@registry.example.com/app", NULL },
		{ "registry.example.com@evil.example.com/app", NULL },
		{ "registry.example.com/Team/App", NULL },
		{ "registry.example.com/", NULL },
		{ "registry:", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const char *site = "unset";
		bool found = image_site(cases[i].reference, a, &site);

		if (found != (cases[i].site != NULL) || text_compare(site, cases[i].site) != 0)
			fail_msg("%s: %s, not %s", cases[i].reference, site ? site : "none",
			    cases[i].site ? cases[i].site : "none");
	}
}

static struct url
url_of(struct arena *a, const char *text)
{
	struct url u = { 0 };
	struct err err;

	if (url_parse(str_of(text), ERR_IMAGE, a, &u, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return u;
}

/*
 * What a registry at one address may name: m is a token service, s one that gets the password, r a
 * redirect; v says that its certificate goes unverified where the registry's own does.
 */
static void
answers(void **state)
{
	static const struct {
		const char *registry, *other, *may;
	} cases[] = {
		{ "https://r.example.com/", "https://r.example.com/token", "msrv" },
		{ "https://r.example.com/", "https://r.example.com:5001/token", "mrv" },
		{ "https://r.example.com:5000/", "https://r.example.com/token", "msrv" },
		{ "https://r.example.com:5000/", "https://r.example.com:5000/token", "msrv" },
		{ "https://r.example.com:5000/", "https://r.example.com:5001/token", "mrv" },
		{ "https://r.example.com/", "https://t.example.com/token", "mr" },
		{ "https://r.example.com/", "https://r.example.com.evil.com/token", "mr" },
		{ "https://r.example.com/", "http://r.example.com/token", "" },
		{ "https://r.example.com/", "http://t.example.com/token", "" },
		{ "https://r.example.com/", "https://named.example.com/token", "msr" },
		{ "https://r.example.com/", "https://named.example.com:8443/token", "mr" },
		{ "https://r.example.com/", "http://named.example.com/token", "" },
		{ "https://r.example.com/", "http://named.example.com:443/token", "" },
		{ "https://r.example.com/", "https://named.example.com.evil.org/token", "mr" },
		{ "https://r.example.com/", "https://127.0.0.1/token", "" },
		{ "https://r.example.com/", "https://10.0.0.1/token", "" },
		{ "https://10.0.0.1/", "https://10.0.0.1:5001/token", "mrv" },
		{ "https://10.0.0.1:5000/", "https://10.0.0.1/token", "msrv" },
		{ "https://10.0.0.1/", "https://10.0.0.2/token", "" },
		{ "https://registry-1.docker.io/", "https://auth.docker.io/token", "msr" },
		{ "https://registry-1.docker.io/", "https://auth.docker.io:8443/token", "mr" },
		{ "https://registry-1.docker.io/", "http://auth.docker.io/token", "" },
		{ "http://r.example.com/", "http://r.example.com:5001/token", "mrv" },
		{ "http://r.example.com/", "http://r.example.com:443/token", "mrv" },
		{ "http://r.example.com:5001/", "http://r.example.com:5001/token", "msrv" },
		{ "http://r.example.com/", "https://r.example.com/token", "msrv" },
		{ "http://r.example.com/", "http://t.example.com/token", "" },
		{ "http://r.example.com/", "https://t.example.com/token", "mr" },
		{ "http://r.example.com/", "http://127.0.0.1/token", "" },
		{ "http://registry-1.docker.io/", "https://auth.docker.io/token", "mr" },
		{ "http://127.0.0.1:5000/", "http://127.0.0.1:5001/token", "msrv" },
		{ "https://127.0.0.1/", "https://127.0.0.1:5001/token", "msrv" },
		{ "http://127.0.0.1:5000/", "http://127.0.0.2:5001/token", "" },
		{ "http://127.0.0.1:5000/", "http://localhost:5001/token", "" },
		{ "http://127.0.0.1:5000/", "https://t.example.com/token", "mr" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct url registry = url_of(a, cases[i].registry),
				 other = url_of(a, cases[i].other);
		const struct http_tls own = { .skip_verify = true };
		const char *const named[] = { "named.example.com", NULL };
		const struct credentials nobody = { .realms = named };
		const struct credentials robin = {
			.username = "robin", .password = "secret", .realms = named
		};
		struct err err;
		const char *may = arena_textf(a, "%s%s%s%s",
		    trust_realm(&registry, &other, &nobody, a, &err) == 0 ? "m" : "",
		    trust_realm(&registry, &other, &robin, a, &err) == 0 ? "s" : "",
		    trust_redirect(&registry, &registry, &other, a, &err) == 0 ? "r" : "",
		    trust_tls(&own, &registry, &other).skip_verify ? "v" : "");

		/* An address that is not gone to needs no verdict on its certificate. */
		if (strcmp(may, cases[i].may) != 0 &&
		    !(cases[i].may[0] == '\0' && strcmp(may, "v") == 0))
			fail_msg("%s, %s: '%s', not '%s'", cases[i].registry, cases[i].other, may,
			    cases[i].may);
	}
}

/* How a user names a token service: with a port, or at that of https. */
static void
named_services(void **state)
{
	static const struct {
		const char *named, *realm;
		bool may;
	} cases[] = {
		{ "t.example.com", "https://t.example.com/token", true },
		{ "T.Example.COM", "https://t.example.com:443/token", true },
		{ "t.example.com", "https://t.example.com:8443/token", false },
		{ "t.example.com:8443", "https://t.example.com:8443/token", true },
		{ "t.example.com:8443", "https://t.example.com/token", false },
		{ "t.example.com:8443", "https://u.example.com:8443/token", false },
		{ "[2001:db8::1]:8443", "https://[2001:db8::1]:8443/token", true },
		{ "t.example.com:0", "https://t.example.com/token", false },
		{ "t.example.com:", "https://t.example.com/token", false },
		{ "u.example.com@t.example.com", "https://t.example.com/token", false },
		{ "t.example.com/x", "https://t.example.com/token", false },
		{ "", "https://t.example.com/token", false },
		{ NULL, "https://t.example.com/token", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		const struct url registry = url_of(a, "https://r.example.com/"),
				 realm = url_of(a, cases[i].realm);
		const char *const named[] = { cases[i].named, NULL };
		const struct credentials robin = {
			.username = "robin", .password = "secret", .realms = named
		};
		struct err err;

		if ((trust_realm(&registry, &realm, &robin, a, &err) == 0) != cases[i].may)
			fail_msg(
			    "%s, %s", cases[i].named ? cases[i].named : "nobody", cases[i].realm);
	}
}

static void
verified_unless_asked(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct url registry = url_of(a, "https://r.example.com/");
	const struct http_tls own = { .skip_verify = false };

	(void)state;
	assert_false(trust_tls(&own, &registry, &registry).skip_verify);
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
		cmocka_unit_test(sites),
		cmocka_unit_test(answers),
		cmocka_unit_test(named_services),
		cmocka_unit_test(verified_unless_asked),
		cmocka_unit_test(plain_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
