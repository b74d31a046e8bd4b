/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_credentials.c - logins in files and from helpers, their order, and what becomes of malformed ones
 *
 * Run in the root of the tree: tests/fixtures/auth-file/cases.tsv has the files, tests/fixtures/credential-helper the
 * helpers.
 */
#include "step/base/base64.h"
#include "step/image/auth_file.h"
#include "step/image/credential_helper.h"
#include "step/image/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void
base64_both_ways(void **state)
{
	static const struct {
		const char *text;
		const char *bytes; /* NULL: refused */
		size_t len;
	} cases[] = {
		{ "", "", 0 },
		{ "Zg==", "f", 1 },
		{ "Zm8=", "fo", 2 },
		{ "Zm9v", "foo", 3 },
		{ "Zm9vYg==", "foob", 4 },
		{ "//79AA==", "\xff\xfe\xfd\0", 4 },
		{ "Zm9vYmE", "fooba", 5 },
		{ "Zm9v\r\nYmE=\n", "fooba", 5 },
		{ "Z", NULL, 0 },
		{ "Zg=", NULL, 0 },
		{ "Zg===", NULL, 0 },
		{ "Zm9v=", NULL, 0 },
		{ "====", NULL, 0 },
		{ "=", NULL, 0 },
		{ "Zg==Zg==", NULL, 0 },
		{ "Zm 9v", NULL, 0 },
		{ "Zm-_", NULL, 0 },
		{ "Zm9\xc3", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		struct str got;
		bool is = base64_decode(str_of(cases[i].text), a, &got);

		if (is != (cases[i].bytes != NULL))
			fail_msg("%s", cases[i].text);
		if (!is)
			continue;
		assert_int_equal(got.len, cases[i].len);
		assert_memory_equal(got.ptr, cases[i].bytes, got.len);
		if (strlen(cases[i].text) % 4 == 0)
			assert_string_equal(base64_encode(a, got), cases[i].text);
	}
}

/* ---- Files ---- */

/* As the column of cases.tsv has it. */
static const char *
found_text(const struct auth_found *found, struct arena *a)
{
	const struct credentials *c = &found->credentials;
	char *text = arena_textf(a, "%s%s%s%s%s%s%s%s%s", c->username ? c->username : "",
	    c->username ? ":" : "", c->username ? c->password : "",
	    c->identity_token ? " identity=" : "", c->identity_token ? c->identity_token : "",
	    c->registry_token ? " registry=" : "", c->registry_token ? c->registry_token : "",
	    found->helper ? " helper=" : "", found->helper ? found->helper : "");

	if (*text == ' ')
		text++;
	return *text ? text : "-";
}

static void
check_case(struct str line, struct arena *a)
{
	struct str rest = line;
	const char *name = arena_string(a, str_cut(&rest, '\t'));
	const char *wanted = arena_string(a, str_cut(&rest, '\t'));
	const char *words = arena_string(a, str_cut(&rest, '\t'));
	struct auth_found found;
	struct reference ref;
	struct err err;

	if (reference_parse(str_of(name), a, &ref, &err) < 0)
		fail_msg("%s", err.text);
	auth_file_find(rest, &ref, a, &found);
	if (strcmp(found_text(&found, a), wanted) != 0)
		fail_msg("%s for %s: %s", arena_string(a, rest), name, found_text(&found, a));
	if (strcmp(words, "-") == 0 ? found.trouble != NULL
				    : !found.trouble || !strstr(found.trouble, words))
		fail_msg("%s for %s: trouble: %s", arena_string(a, rest), name,
		    found.trouble ? found.trouble : "none");
	if (found.trouble && (strstr(found.trouble, "secret") || strstr(found.trouble, "cm9i")))
		fail_msg("told what it holds: %s", found.trouble);
}

static void
files(void **state)
{
	AUTO_ARENA a = arena_new();
	struct str text;
	struct err err;
	size_t n = 0;

	(void)state;
	assert_int_equal(
	    file_whole("tests/fixtures/auth-file/cases.tsv", MIB, ERR_USAGE, a, &text, &err), 0);
	while (text.len > 0) {
		struct str line = str_cut(&text, '\n');

		if (str_starts(line, "#"))
			continue;
		check_case(line, a);
		n++;
	}
	assert_true(n > 100);
}

static void
file_too_large(void **state)
{
	AUTO_ARENA a = arena_new();
	struct reference ref = { .site = "docker.io", .repository = "library/alpine" };
	struct auth_found found;
	char *text = arena_alloc(a, LIMIT_AUTH_FILE + 2);

	(void)state;
	memset(text, ' ', LIMIT_AUTH_FILE + 1);
	text[0] = '{';
	text[1] = '}';
	auth_file_find((struct str){ text, LIMIT_AUTH_FILE }, &ref, a, &found);
	assert_null(found.trouble);
	auth_file_find((struct str){ text, LIMIT_AUTH_FILE + 1 }, &ref, a, &found);
	assert_non_null(strstr(found.trouble, "larger than the limit of 1048576 bytes"));
}

static void
same_sites(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "registry.example.com", "registry.example.com", true },
		{ "Registry.Example.com:443", "registry.example.com", true },
		{ "registry.example.com:5000", "registry.example.com", false },
		{ "registry.example.com:5000", "registry.example.com:5001", false },
		{ "registry.example.com:4430", "registry.example.com:0", false },
		{ "registry.example.com.", "registry.example.com", false },
		{ "registry.example.com", "example.com", false },
		{ "docker.io", "index.docker.io", true },
		{ "REGISTRY-1.docker.io:443", "docker.io", true },
		{ "docker.io:5000", "docker.io", false },
		{ "", "docker.io", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (auth_same_site(str_of(cases[i].a), str_of(cases[i].b)) != cases[i].same)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
}

/* ---- Helpers ---- */

static int
use_helpers(void **state)
{
	char here[PATH_MAX], path[3 * PATH_MAX];

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	/* One folder is not there, one is relative. */
	snprintf(path, sizeof(path),
	    "/nosuch:tests/fixtures:%s/tests/fixtures/credential-helper:%s", here, getenv("PATH"));
	return setenv("PATH", path, 1);
}

#define SOON INT64_C(300)   /* milliseconds, for those who never answer */
#define LONG INT64_C(60000) /* for the others, on the slowest machine */

static void
helpers(void **state)
{
	static const struct {
		const char *name;
		int64_t patience;
		int status;
		const char *username, *password, *identity;
		const char *words; /* of the error */
	} cases[] = {
		{ "good", LONG, 1, "robin", "registry.example.com:5000", NULL, NULL },
		{ "token", LONG, 1, NULL, NULL, "identity", NULL },
		{ "none", LONG, 0, NULL, NULL, NULL, NULL },
		{ "nobody", LONG, 0, NULL, NULL, NULL, NULL },
		{ "fails", LONG, -1, NULL, NULL, NULL, "fails with status 3" },
		{ "signal", LONG, -1, NULL, NULL, NULL, "was ended by signal 9" },
		{ "hangs", SOON, -1, NULL, NULL, NULL, "does not answer within 1 seconds" },
		{ "leaves", SOON, -1, NULL, NULL, NULL, "does not answer within" },
		{ "shuts", SOON, -1, NULL, NULL, NULL, "does not answer within" },
		{ "large", LONG, -1, NULL, NULL, NULL, "answers with more than 65536 bytes" },
		{ "junk", LONG, -1, NULL, NULL, NULL, "answers with something that is no JSON" },
		{ "silent", LONG, -1, NULL, NULL, NULL, "answers with something that is no JSON" },
		{ "list", LONG, -1, NULL, NULL, NULL,
		    "answers without a user name or without a secret" },
		{ "half", LONG, -1, NULL, NULL, NULL,
		    "answers without a user name or without a secret" },
		{ "unnamed", LONG, -1, NULL, NULL, NULL, "cannot be sent: there is no user name" },
		{ "colon", LONG, -1, NULL, NULL, NULL, "holds a colon" },
		{ "nosuch", LONG, -1, NULL, NULL, NULL, "is in no folder of PATH" },
		{ "plain", LONG, -1, NULL, NULL, NULL, "is in no folder of PATH" },
		{ "shell", LONG, -1, NULL, NULL, NULL, "cannot be started: Exec format error" },
		{ "", LONG, -1, NULL, NULL, NULL, "made of letters" },
		{ "../good", LONG, -1, NULL, NULL, NULL, "made of letters" },
		{ "good;id", LONG, -1, NULL, NULL, NULL, "made of letters" },
		{ "good\n", LONG, -1, NULL, NULL, NULL, "made of letters" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA a = arena_new();
		struct credentials c = { 0 };
		struct err err = { ERR_NONE, "" };
		int status = credential_helper_get(
		    cases[i].name, "registry.example.com:5000", cases[i].patience, a, &c, &err);

		if (status != cases[i].status || text_compare(c.username, cases[i].username) != 0 ||
		    text_compare(c.password, cases[i].password) != 0 ||
		    text_compare(c.identity_token, cases[i].identity) != 0)
			fail_msg("%s: %d, %s", cases[i].name, status, err.text);
		if (status >= 0)
			continue;
		assert_int_equal(err.kind, ERR_IMAGE);
		if (!cases[i].words || !strstr(err.text, cases[i].words) ||
		    strstr(err.text, "canary"))
			fail_msg("%s: %s", cases[i].name, err.text);
	}
}

/* Of our secrets none, of those it needs all. */
/* Longer than a pipe takes at once: it is not begun with, and the reason is told. */
static void
helper_of_long_name(void **state)
{
	AUTO_ARENA a = arena_new();
	char *server = arena_alloc(a, 5000);
	struct credentials c = { 0 };
	struct err err = { ERR_NONE, "" };

	(void)state;
	memset(server, 'a', 4999);
	errno = 0;
	assert_int_equal(credential_helper_get("good", server, LONG, a, &c, &err), -1);
	assert_string_equal(err.text, "cannot be started: File name too long");
}

static void
helper_environment(void **state)
{
	AUTO_ARENA a = arena_new();
	struct credentials c = { 0 };
	struct err err;

	(void)state;
	setenv("SCANSTEP_REGISTRY_PASSWORD", "canary", 1);
	setenv("CI_JOB_TOKEN", "canary", 1);
	setenv("AWS_REGION", "eu-west-1", 1);
	assert_int_equal(dup2(0, 20), 20);
	assert_int_equal(
	    credential_helper_get("environment", "registry.example.com", LONG, a, &c, &err), 1);
	assert_non_null(c.password);
	assert_string_equal(c.password, "none none eu-west-1 closed");
	close(20);
	unsetenv("SCANSTEP_REGISTRY_PASSWORD");
	unsetenv("CI_JOB_TOKEN");
	unsetenv("AWS_REGION");
}

static void *
ask(void *bad)
{
	for (int i = 0; i < 5; i++) {
		AUTO_ARENA a = arena_new();
		struct credentials c = { 0 };
		struct err err;

		if (credential_helper_get("good", "registry.example.com", LONG, a, &c, &err) != 1 ||
		    text_compare(c.password, "registry.example.com") != 0)
			return bad;
	}
	return NULL;
}

static void
helper_threads(void **state)
{
	pthread_t threads[8];
	char bad;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, &bad), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *result;

		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result);
	}
}

/* ---- The request's ---- */

static void
requests(void **state)
{
	static const struct {
		struct login login;
		const char *words; /* of the error, or NULL */
	} cases[] = {
		{ { .username = "robin", .password = "secret" }, NULL },
		{ { .username = "robin" },
		    "no password is given for registry.example.com (SCANSTEP_REGISTRY_PASSWORD "
		    "is empty or unset" },
		{ { .username = "robin", .password = "", .origin = "CS_USER, CS_PASSWORD" },
		    "(CS_PASSWORD is empty or unset" },
		{ { .token = "abc.d-_/+=" }, NULL },
		{ { .username = "", .password = "", .token = "" }, NULL },
		{ { .password = "secret" }, "a password but no user name" },
		{ { .username = "ro:bin", .password = "secret" }, "holds a colon" },
		{ { .username = "robin", .token = "secret" }, "both are given" },
		{ { .password = "secret", .token = "secret" }, "both are given" },
		{ { .token = "sec ret" }, "the token for registry.example.com holds blanks" },
		{ { .token = "a\r\nX-Evil: secret" }, "holds blanks, line ends" },
	};
	struct reference ref = { .site = "registry.example.com", .repository = "team/app" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct image_request req = { .login = cases[i].login };
		struct err err = { ERR_NONE, "" };
		int status = credentials_check(&req, &ref, &err);

		if (status != (cases[i].words ? -1 : 0) ||
		    (cases[i].words && !strstr(err.text, cases[i].words)))
			fail_msg("%zu: %s", i, err.text);
		if (status < 0) {
			assert_int_equal(err.kind, ERR_USAGE);
			assert_null(strstr(err.text, "secret"));
		}
	}
}

/* Whoever logs in, the token services of the site are the same, and nobody else's. */
static void
realms(void **state)
{
	static const struct login sites[] = {
		{ .site = "Registry.example.com:443",
		    .username = "robin",
		    .password = "x",
		    .token_host = "git.example.com",
		    .origin = "CI" },
		{ .site = "other.example.com",
		    .username = "robin",
		    .token_host = "other.example.com",
		    .origin = "no" },
	};
	static const char *const trusted[] = { "auth.example.net", NULL };
	struct image_request req = {
		.site_logins = sites, .nsite_logins = ARRAY_LEN(sites), .trusted_realms = trusted
	};
	struct reference ref = { .site = "registry.example.com", .repository = "team/app" };
	AUTO_ARENA a = arena_new();
	struct credentials c;
	const char *warning;
	struct err err;

	(void)state;
	for (int own = 0; own < 2; own++) {
		req.login = (struct login){ .username = own ? "me" : NULL,
			.password = own ? "mine" : NULL,
			.origin = "own" };
		assert_int_equal(credentials_find(&req, &ref, a, &c, &warning, &err), 0);
		assert_string_equal(c.username, own ? "me" : "robin");
		assert_string_equal(c.origin, own ? "own" : "CI");
		assert_string_equal(c.realms[0], "git.example.com");
		assert_string_equal(c.realms[1], "auth.example.net");
		assert_null(c.realms[2]);
	}
	ref.site = "registry.example.com:5000";
	req.login = (struct login){ .site = NULL };
	assert_int_equal(credentials_find(&req, &ref, a, &c, &warning, &err), 0);
	assert_false(credentials_any(&c));
	assert_string_equal(c.realms[0], "auth.example.net");
}

/* Nor is it otherwise where a helper keeps the login. */
static void
realms_with_helper(void **state)
{
	static const char *const trusted[] = { "auth.example.net", NULL };
	struct image_request req = { .trusted_realms = trusted };
	struct reference ref = { .site = "registry.example.com", .repository = "team/app" };
	AUTO_ARENA a = arena_new();
	struct credentials c;
	const char *warning;
	struct err err;

	(void)state;
	setenv("DOCKER_AUTH_CONFIG", "{\"credsStore\": \"good\"}", 1);
	assert_int_equal(credentials_find(&req, &ref, a, &c, &warning, &err), 0);
	assert_string_equal(c.username, "robin");
	assert_string_equal(c.origin, "docker-credential-good (of DOCKER_AUTH_CONFIG)");
	assert_non_null(c.realms);
	assert_string_equal(c.realms[0], "auth.example.net");
	assert_null(c.realms[1]);
	unsetenv("DOCKER_AUTH_CONFIG");
}

static int
no_files(void **state)
{
	static const char *const variables[] = { "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE",
		"DOCKER_CONFIG" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	setenv("XDG_RUNTIME_DIR", "/nosuch", 1);
	return setenv("HOME", "/nosuch", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(files),
		cmocka_unit_test(file_too_large),
		cmocka_unit_test(same_sites),
		cmocka_unit_test_setup(helpers, use_helpers),
		cmocka_unit_test(helper_of_long_name),
		cmocka_unit_test(helper_environment),
		cmocka_unit_test(helper_threads),
		cmocka_unit_test(requests),
		cmocka_unit_test_setup(realms, no_files),
		cmocka_unit_test_setup(realms_with_helper, no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
