/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_options.c - flags, environment, defaults: which one wins
 */
#include "step/base/io.h"
#include "step/commands.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct command *
command(unsigned bit)
{
	for (size_t i = 0; i < ncommands; i++) {
		if (commands[i].bit == bit)
			return &commands[i];
	}
	return NULL;
}

/* Parses words ending in NULL; the environment holds nothing of ours but what the test set. */
static int
parse(unsigned bit, const char *const *words, struct arena *a, struct options *o, struct err *err)
{
	enum request request;
	char *argv[16] = { NULL };
	int argc = 1;

	argv[0] = xstrdup("scanstep");
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = arena_text(a, str_of(words[argc - 1]));
	int status = options_parse(command(bit), argc, argv, a, o, &request, err);
	free(argv[0]);
	return status;
}

static void
clear(void)
{
	for (size_t i = 0; i < noption_rows; i++) {
		if (option_rows[i].variable != NULL)
			unsetenv(option_rows[i].variable);
	}
	setenv("HOME", "/nowhere", 1);
	unsetenv("XDG_CACHE_HOME");
}

static void
options_defaults(void **state)
{
	AUTO_ARENA a = arena_new();
	struct options o;
	struct err err;

	(void)state;
	clear();
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_true(o.fail_on_none && o.sandbox && !o.offline && !o.no_cache && !o.allow_empty);
	assert_int_equal(o.format.report_min, SEVERITY_NEGLIGIBLE);
	assert_int_equal(o.db_max_age, 5);
	assert_int_equal(o.debug_crash_layer, -1);
	assert_int_equal(o.noutputs, 1);
	assert_string_equal(o.outputs[0].formatter->name, "table");
	assert_null(o.outputs[0].file);
	assert_null(o.db);
	assert_string_equal(o.default_db, "/nowhere/.cache/scanstep/db/advisories.sqlite");
	assert_int_equal(o.noperands, 1);
	assert_int_equal(o.verbosity, 0);
}

static void
options_flag_beats_variable(void **state)
{
	AUTO_ARENA a = arena_new();
	struct options o;
	struct err err;

	(void)state;
	clear();
	setenv("SCANSTEP_FAIL_ON", "low", 1);
	setenv("SCANSTEP_OFFLINE", "1", 1);
	setenv("SCANSTEP_ALLOW_EMPTY", "1", 1);
	setenv("SCANSTEP_OUTPUT", "json=a, sarif", 1);
	setenv("SCANSTEP_VERBOSE", "2", 1);
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_int_equal(o.fail_on, SEVERITY_LOW);
	assert_int_equal(o.verbosity, 2);
	assert_int_equal(o.noutputs, 2);
	assert_string_equal(o.outputs[0].file, "a");
	assert_string_equal(o.outputs[1].file, o.outputs[1].formatter->file);
	assert_int_equal(parse(FOR_SCAN,
			     (const char *const[]){
				 "--fail-on=high", "--offline=0", "x", "-q", "-o", "json", NULL },
			     a, &o, &err),
	    0);
	assert_int_equal(o.fail_on, SEVERITY_HIGH);
	assert_true(!o.offline && o.allow_empty);
	assert_int_equal(o.verbosity, -1);
	assert_int_equal(o.noutputs, 1);
	assert_null(o.outputs[0].file);
	/* A command that takes no such setting does not even read it. */
	setenv("SCANSTEP_FAIL_ON", "nonsense", 1);
	assert_int_equal(parse(FOR_CONVERT, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	clear();
}

static void
options_cache_folder(void **state)
{
	AUTO_ARENA a = arena_new();
	struct options o;
	struct err err;

	(void)state;
	clear();
	setenv("XDG_CACHE_HOME", "relative", 1);
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_string_equal(o.cache_dir, "/nowhere/.cache/scanstep");
	setenv("XDG_CACHE_HOME", "/xdg", 1);
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_string_equal(o.cache_dir, "/xdg/scanstep");
	setenv("SCANSTEP_CACHE_DIR", "here", 1);
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_string_equal(o.cache_dir, "here");
	clear();
	unsetenv("HOME");
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_null(o.cache_dir);
	assert_null(o.default_db);
	assert_int_equal(o.nwarnings, 1);
	clear();
}

static void
options_secrets_are_not_copied(void **state)
{
	AUTO_ARENA a = arena_new();
	struct options o;
	struct err err;

	(void)state;
	clear();
	setenv("SCANSTEP_REGISTRY_PASSWORD", "secret", 1);
	assert_int_equal(parse(FOR_SCAN, (const char *const[]){ "x", NULL }, a, &o, &err), 0);
	assert_ptr_equal(o.login.password, getenv("SCANSTEP_REGISTRY_PASSWORD"));
	assert_null(o.login.username);
	clear();
}

static void
options_feeds(void **state)
{
	AUTO_ARENA a = arena_new();
	struct options o;
	struct err err;

	(void)state;
	clear();
	assert_int_equal(
	    parse(FOR_DB_BUILD, (const char *const[]){ "--from", "a", "b", "--from=c", NULL }, a,
		&o, &err),
	    0);
	assert_int_equal(o.nfrom, 3);
	assert_string_equal(o.from[0], "a");
	assert_string_equal(o.from[1], "c");
	assert_string_equal(o.from[2], "b");
	/* None is what the feeds publish. */
	assert_int_equal(parse(FOR_DB_BUILD, (const char *const[]){ NULL }, a, &o, &err), 0);
	assert_int_equal(o.nfrom, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_defaults),
		cmocka_unit_test(options_flag_beats_variable),
		cmocka_unit_test(options_cache_folder),
		cmocka_unit_test(options_secrets_are_not_copied),
		cmocka_unit_test(options_feeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
