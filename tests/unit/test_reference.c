/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reference.c - image references: what they are taken apart into, and which are refused
 */
#include "step/image/reference.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
assert_same(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void
parse_good(void **state)
{
	static const struct {
		const char *text, *site, *repository, *tag, *digest, *api_site;
	} cases[] = {
		{ "alpine", "docker.io", "library/alpine", "latest", NULL, "registry-1.docker.io" },
		{ "alpine:3.19", "docker.io", "library/alpine", "3.19", NULL,
		    "registry-1.docker.io" },
		{ "grafana/grafana", "docker.io", "grafana/grafana", "latest", NULL,
		    "registry-1.docker.io" },
		{ "docker.io/alpine", "docker.io", "library/alpine", "latest", NULL,
		    "registry-1.docker.io" },
		{ "index.docker.io/library/alpine", "docker.io", "library/alpine", "latest", NULL,
		    "registry-1.docker.io" },
		{ "localhost/app", "localhost", "app", "latest", NULL, "localhost" },
		{ "localhost:5000/app", "localhost:5000", "app", "latest", NULL, "localhost:5000" },
		{ "registry:5000/a/b:1", "registry:5000", "a/b", "1", NULL, "registry:5000" },
		{ "GHCR.io/a/b", "ghcr.io", "a/b", "latest", NULL, "ghcr.io" },
		{ "127.0.0.1:5000/app", "127.0.0.1:5000", "app", "latest", NULL, "127.0.0.1:5000" },
		{ "[::1]:5000/app:x", "[::1]:5000", "app", "x", NULL, "[::1]:5000" },
		{ "[2001:db8::1]/app", "[2001:db8::1]", "app", "latest", NULL, "[2001:db8::1]" },
		{ "example.com/a/b:tag@" DIGEST, "example.com", "a/b", "tag", DIGEST,
		    "example.com" },
		{ "alpine@" DIGEST, "docker.io", "library/alpine", NULL, DIGEST,
		    "registry-1.docker.io" },
		{ "a__b/c-d/e--f/g.h/i_j", "docker.io", "a__b/c-d/e--f/g.h/i_j", "latest", NULL,
		    "registry-1.docker.io" },
		{ "a:_A.b-C", "docker.io", "library/a", "_A.b-C", NULL, "registry-1.docker.io" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();
		struct reference r;
		struct err err;

		if (reference_parse(str_of(cases[i].text), a, &r, &err) < 0)
			fail_msg("%s", err.text);
		assert_same(r.site, cases[i].site);
		assert_same(r.repository, cases[i].repository);
		assert_same(r.tag, cases[i].tag);
		assert_same(r.digest, cases[i].digest);
		assert_same(r.api_site, cases[i].api_site);
		assert_same(r.name, arena_textf(a, "%s/%s", r.site, r.repository));
		arena_free(a);
	}
}

static const char *const refused[] = {
	"",
	":",
	"@",
	"/",
	":tag",
	"a/",
	"/a",
	"a//b",
	"a/../b",
	"../a",
	"A",
	"a/B",
	"a b",
	"a\nb",
	"a\r\nX: y",
	"a%2fb",
	"a?b",
	"a#b",
	"a\\b",
	"-a",
	"a-",
	"a..b",
	"a___b",
	"a._b",
	"a:",
	"a:-tag",
	"a:.tag",
	"a:t/g",
	"a:t:g",
	"a:t%41",
	"a@sha256:zz",
	"a@sha256:../../x",
	"a@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	("a@" DIGEST "0"),
	("a@" DIGEST "@" DIGEST),
	"a@sha512:00",
	"robin:secret@sha256.example.com/a",
	"robin:secret@sha.example.com:443/a",
	"robin:secret@shared/a",
	"secret@sha256:zz",
	"secret@sha256:" /* and no digits */,
	"a@md5:00",
	"robin:secret@example.com/a",
	"https://example.com/a",
	"http://example.com/a",
	"example.com:0/a",
	"example.com:65536/a",
	"example.com:x/a",
	"example.com:/a",
	".example.com/a",
	"example..com/a",
	"exa mple.com/a",
	"127.1:5000/a",
	"0x7f.1/a",
	"1.2.3.4.5/a",
	"[::1/a",
	"[::1]x/a",
	"[fe80::1%25eth0]/a",
	"example.com/",
	"caf\xc3\xa9",
};

static void
parse_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct arena *a = arena_new();
		struct reference r;
		struct err err;

		if (reference_parse(str_of(refused[i]), a, &r, &err) == 0)
			fail_msg("accepted: %s", refused[i]);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_null(strstr(err.text, "secret"));
		arena_free(a);
	}
}

static void
sites(void **state)
{
	static const struct {
		const char *text, *site;
	} cases[] = {
		{ "docker.io", "docker.io" },
		{ "index.docker.io", "docker.io" },
		{ "registry-1.docker.io", "docker.io" },
		{ "Registry.Example.COM:5000", "registry.example.com:5000" },
		{ "localhost", "localhost" },
		{ "[::1]:5000", "[::1]:5000" },
		{ "team", NULL },
		{ "", NULL },
		{ "example.com/a", NULL },
		{ "example.com:0", NULL },
		{ "robin@example.com", NULL },
		{ "https://example.com", NULL },
		{ "exa\nmple.com", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new();

		assert_same(reference_site(str_of(cases[i].text), a), cases[i].site);
		arena_free(a);
	}
}

static void
parse_lengths(void **state)
{
	char text[2000];
	struct arena *a = arena_new();
	struct reference r;
	struct err err;

	(void)state;
	memset(text, 'a', sizeof(text));
	/* Of 255, with "library/" in front. */
	assert_int_equal(reference_parse((struct str){ text, 247 }, a, &r, &err), 0);
	assert_int_equal(reference_parse((struct str){ text, 248 }, a, &r, &err), -1);
	text[1] = ':';
	assert_int_equal(reference_parse((struct str){ text, 2 + 128 }, a, &r, &err), 0);
	assert_int_equal(reference_parse((struct str){ text, 2 + 129 }, a, &r, &err), -1);
	assert_int_equal(reference_parse((struct str){ text, sizeof(text) }, a, &r, &err), -1);
	/* A NUL ends no slice. */
	assert_int_equal(reference_parse((struct str){ "a\0b", 3 }, a, &r, &err), -1);
	assert_int_equal(reference_parse((struct str){ "[::1\0]/a", 8 }, a, &r, &err), -1);
	assert_int_equal(reference_parse((struct str){ "127.0.0.1\0/a", 12 }, a, &r, &err), -1);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_good),
		cmocka_unit_test(parse_refused),
		cmocka_unit_test(sites),
		cmocka_unit_test(parse_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
