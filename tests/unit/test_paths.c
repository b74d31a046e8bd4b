/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_paths.c - normal forms, what a path means to the wanted ones, where links lead
 */
#include "step/layer/layer.h"
#include "step/layer/tree.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void
normal(void **state)
{
	static const struct {
		const char *base, *path, *wanted;
	} table[] = {
		{ "", "", "" },
		{ "", "a", "a" },
		{ "", "/a/b/", "a/b" },
		{ "", "./a//b/./c", "a/b/c" },
		{ "", "a/../b", "b" },
		{ "", "../../a", "a" },
		{ "", "a/b/../../..", "" },
		{ "", "...", "..." },
		{ "", ".a/..b", ".a/..b" },
		{ "x/y", "a", "x/y/a" },
		{ "x/y", "../a", "x/a" },
		{ "x/y", "../../../a", "a" },
		{ "x/y", "/a", "a" },
		{ "x/y", "", "x/y" },
		{ "x/y", ".", "x/y" },
		{ "ab/cd", "..", "ab" },
	};
	AUTO_ARENA a = arena_new();
	char longest[LIMIT_PATH + 8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_string_equal(
		    path_normal(a, str_of(table[i].base), str_of(table[i].path)), table[i].wanted);
	memset(longest, 'a', sizeof(longest));
	assert_non_null(path_normal(a, STR(""), (struct str){ longest, LIMIT_PATH - 2 }));
	assert_null(path_normal(a, STR(""), (struct str){ longest, LIMIT_PATH }));
	assert_null(path_normal(a, STR("x"), (struct str){ longest, LIMIT_PATH - 2 }));
	/* However long the way, what counts is where it leads. */
	memset(longest, '/', sizeof(longest));
	longest[sizeof(longest) - 1] = 'a';
	assert_string_equal(
	    path_normal(a, STR("x"), (struct str){ longest, sizeof(longest) }), "a");
}

static void
relevance(void **state)
{
	static const struct want wants[] = {
		{ "var/lib/dpkg/status", "var/lib/dpkg/status", 0, 1 },
		{ "var/lib/dpkg/status.d/*", "var/lib/dpkg/status.d/*", 1, 1 },
		{ "data/*", "var/lib/dpkg/status.d/*", 1, 1 },
		{ "data2/x", "etc/os-release", 2, 1 },
	};
	static const struct {
		const char *path;
		enum relevance wanted;
		const char *as;
	} table[] = {
		{ "", ON_THE_WAY, NULL },
		{ "var", ON_THE_WAY, NULL },
		{ "var/lib/dpkg", ON_THE_WAY, NULL },
		{ "var/lib/dpkg/status", WANTED, "var/lib/dpkg/status" },
		{ "var/lib/dpkg/status/x", IRRELEVANT, NULL },
		{ "var/lib/dpkg/status-old", IRRELEVANT, NULL },
		{ "var/lib/dpkg/status.d", ON_THE_WAY, NULL },
		{ "var/lib/dpkg/status.d/tzdata", WANTED, "var/lib/dpkg/status.d/tzdata" },
		{ "var/lib/dpkg/status.d/a/b", IRRELEVANT, NULL },
		{ "va", IRRELEVANT, NULL },
		{ "variable", IRRELEVANT, NULL },
		{ "data/tzdata", WANTED, "var/lib/dpkg/status.d/tzdata" },
		{ "data2/x", WANTED, "etc/os-release" },
		{ "data2", ON_THE_WAY, NULL },
	};
	const struct want_list list = { wants, ARRAY_LEN(wants), 2 };
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct str path = str_of(table[i].path);
		const struct want *want = NULL;

		if (want_relevance(&list, path, &want) != table[i].wanted)
			fail_msg("%s", table[i].path);
		assert_int_equal(want != NULL, table[i].as != NULL);
		if (want)
			assert_string_equal(want_as(a, want, path), table[i].as);
	}
}

/* Where path leads, and what is there: "?" for what is not known. */
static void
leads(struct tree *t, const char *path, const char *wanted, enum node_kind kind)
{
	const struct node *n = NULL;
	const char *real = tree_resolve(t, path, &n);

	if (!real || strcmp(real, wanted) != 0)
		fail_msg("%s leads to %s, not %s", path, real ? real : "nowhere", wanted);
	assert_int_equal(n ? n->kind : NODE_ABSENT, kind);
}

static void
resolve(void **state)
{
	AUTO_ARENA a = arena_new();
	struct inventory *low = inventory_new(a), *high = inventory_new(a);
	struct tree *t = tree_new(a);
	const struct node *n;

	(void)state;
	inventory_mark(low, MARK_FOLDER, "usr/lib", "", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "lib", "usr/lib", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "up", "../../..", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "usr/abs", "/lib/x", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "self", "self", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "ping", "pong", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "pong", "/ping", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "lost", "/no/where", MARK_NO_FILE);
	inventory_mark(low, MARK_FILE, "usr/lib/f", "", MARK_NO_FILE);
	inventory_mark(low, MARK_OTHER, "dev", "", MARK_NO_FILE);
	inventory_mark(low, MARK_SYMLINK, "bytes", "\xff/\x80", MARK_NO_FILE);
	tree_apply(t, low, 0);
	leads(t, "usr/lib/f", "usr/lib/f", NODE_FILE);
	leads(t, "lib/f", "usr/lib/f", NODE_FILE);
	leads(t, "up/lib/f", "usr/lib/f", NODE_FILE);
	leads(t, "usr/abs", "usr/lib/x", NODE_ABSENT);
	leads(t, "lost/x", "no/where/x", NODE_ABSENT);
	leads(t, "dev", "dev", NODE_OTHER);
	leads(t, "lib", "usr/lib", NODE_FOLDER);
	leads(t, "bytes", "\xff/\x80", NODE_ABSENT);
	assert_null(tree_resolve(t, "self", &n));
	assert_null(tree_resolve(t, "ping/x", &n));

	inventory_mark(high, MARK_WHITEOUT, "lib", "", MARK_NO_FILE);
	inventory_mark(high, MARK_OPAQUE, "usr", "", MARK_NO_FILE);
	inventory_mark(high, MARK_FILE, "usr/new", "", MARK_NO_FILE);
	inventory_mark(high, MARK_FILE, "dev/x", "", MARK_NO_FILE);
	tree_apply(t, high, 1);
	leads(t, "lib/f", "lib/f", NODE_ABSENT);
	leads(t, "usr/lib/f", "usr/lib/f", NODE_ABSENT);
	leads(t, "usr/new", "usr/new", NODE_FILE);
	leads(t, "dev/x", "dev/x", NODE_FILE);
	leads(t, "up", "", NODE_FOLDER);
	tree_free(t);
}

/* 40 links are followed, as Linux does; 41 are not. */
static void
hops(void **state)
{
	AUTO_ARENA a = arena_new();
	struct inventory *inv = inventory_new(a);
	struct tree *t = tree_new(a);
	const struct node *n;

	(void)state;
	for (int i = 1; i <= LIMIT_HOPS + 1; i++)
		inventory_mark(inv, MARK_SYMLINK, arena_textf(a, "l%d", i),
		    arena_textf(a, "l%d", i - 1), MARK_NO_FILE);
	inventory_mark(inv, MARK_FILE, "l0", "", MARK_NO_FILE);
	tree_apply(t, inv, 0);
	leads(t, "l40", "l0", NODE_FILE);
	assert_null(tree_resolve(t, "l41", &n));
	tree_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal),
		cmocka_unit_test(relevance),
		cmocka_unit_test(resolve),
		cmocka_unit_test(hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
