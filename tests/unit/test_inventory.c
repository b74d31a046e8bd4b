/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_inventory.c - what was written is read; what was damaged is refused, or is another whole one
 */
#include "step/layer/inventory.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	READERS = 3
};

static struct inventory *
sample(struct arena *a)
{
	struct inventory *inv = inventory_new(a);

	inv->size = 123456789;
	inv->entries = 42;
	inv->diff_id = "sha256:"
		       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	inventory_mark(inv, MARK_FOLDER, "var", "", MARK_NO_FILE);
	inventory_mark(inv, MARK_FILE, "var/lib/dpkg/status", "", 0);
	inventory_mark(inv, MARK_SYMLINK, "etc/os-release", "../usr/lib/os-release", MARK_NO_FILE);
	inventory_mark(inv, MARK_HARDLINK, "a\xff", "b", MARK_NO_FILE);
	inventory_mark(inv, MARK_WHITEOUT, "c", "", MARK_NO_FILE);
	inventory_mark(inv, MARK_OPAQUE, "", "", MARK_NO_FILE);
	inv->nfiles = 2;
	inv->files = arena_alloc(a, 2 * sizeof(*inv->files));
	inv->files[0] = (struct inventory_file){ .reader = 1, .path = "var/lib/dpkg/status" };
	inv->files[0].npackages = 2;
	inv->files[0].packages = arena_alloc(a, 2 * sizeof(struct package));
	inv->files[0].packages[0] = (struct package){ .type = "deb",
		.name = "bash",
		.version = "5.2",
		.arch = "amd64",
		.source_name = "bash",
		.source_version = "5.2" };
	inv->files[0].packages[1] = (struct package){ .type = "deb",
		.name = "caf\xc3\xa9",
		.version = "1",
		.source_name = "",
		.source_version = "" };
	inv->files[0].ngaps = 1;
	inv->files[0].gaps = arena_alloc(a, sizeof(char *));
	inv->files[0].gaps[0] = "record 3: no version";
	inv->files[1] = (struct inventory_file){ .reader = 2, .path = "etc/os-release" };
	inv->files[1].distro = arena_alloc(a, sizeof(struct distro));
	*inv->files[1].distro = (struct distro){ .id = "debian", .version = "12" };
	inventory_gap(inv, NULL, "%s", "the whole layer");
	inventory_gap(inv, "a\xff", "%s", "one path");
	return inv;
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
round_trip(void **state)
{
	AUTO_ARENA a = arena_new();
	struct inventory *in = sample(a), *out;
	struct str first, second;
	struct err err;

	(void)state;
	inventory_write(in, &first);
	assert_int_equal(inventory_read(first, READERS, a, &out, &err), 0);
	assert_int_equal(out->size, in->size);
	assert_int_equal(out->entries, in->entries);
	assert_string_equal(out->diff_id, in->diff_id);
	assert_int_equal(out->nmarks, in->nmarks);
	for (size_t i = 0; i < in->nmarks; i++) {
		assert_int_equal(out->marks[i].kind, in->marks[i].kind);
		assert_string_equal(out->marks[i].path, in->marks[i].path);
		assert_string_equal(out->marks[i].target, in->marks[i].target);
		assert_int_equal(out->marks[i].file, in->marks[i].file);
	}
	assert_int_equal(out->nfiles, 2);
	assert_int_equal(out->files[0].npackages, 2);
	assert_string_equal(out->files[0].packages[1].name, "caf\xc3\xa9");
	assert_null(out->files[0].packages[1].arch);
	assert_string_equal(out->files[0].gaps[0], "record 3: no version");
	assert_null(out->files[0].distro);
	assert_string_equal(out->files[1].distro->id, "debian");
	assert_null(out->files[1].distro->codename);
	assert_null(out->gaps[0].path);
	assert_string_equal(out->gaps[1].path, "a\xef\xbf\xbd");
	assert_true(same(out->gaps[1].reason, "one path"));
	inventory_write(out, &second);
	assert_int_equal(str_compare(first, second), 0);
	auto_free(&first.ptr);
	auto_free(&second.ptr);
}

static void
truncated(void **state)
{
	AUTO_ARENA a = arena_new();
	struct inventory *out;
	struct str whole;
	struct err err;

	(void)state;
	inventory_write(sample(a), &whole);
	for (size_t len = 0; len < whole.len; len++) {
		/* A copy of just this length: a byte read behind it is noticed by AddressSanitizer. */
		AUTO_FREE char *copy = xalloc(len + (len == 0));

		memcpy(copy, whole.ptr, len);
		if (inventory_read((struct str){ copy, len }, READERS, a, &out, &err) == 0)
			fail_msg("taken with %zu of %zu bytes", len, whole.len);
		assert_int_equal(err.kind, ERR_CONTENT);
	}
	auto_free(&whole.ptr);
}

static void
check_flipped(struct str bytes, size_t at)
{
	AUTO_ARENA a = arena_new();
	struct inventory *out;
	struct str again;
	struct err err;

	if (inventory_read(bytes, READERS, a, &out, &err) < 0)
		return;
	for (size_t i = 0; i < out->nfiles; i++)
		assert_true(out->files[i].reader < READERS);
	for (size_t i = 0; i < out->nmarks; i++)
		assert_true(out->marks[i].file == MARK_NO_FILE || out->marks[i].file < out->nfiles);
	inventory_write(out, &again);
	if (str_compare(bytes, again) != 0)
		fail_msg("byte %zu: what was read is not what was written", at);
	auto_free(&again.ptr);
}

static void
flipped(void **state)
{
	AUTO_ARENA a = arena_new();
	AUTO_FREE char *copy = NULL;
	struct str whole;

	(void)state;
	inventory_write(sample(a), &whole);
	copy = xalloc(whole.len);
	for (size_t at = 0; at < whole.len; at++)
		for (unsigned bits = 1; bits < 256; bits++) {
			memcpy(copy, whole.ptr, whole.len);
			copy[at] = (char)(copy[at] ^ (int)bits);
			check_flipped((struct str){ copy, whole.len }, at);
		}
	auto_free(&whole.ptr);
}

static void
refuses(const struct inventory *inv, const char *what)
{
	AUTO_ARENA a = arena_new();
	struct inventory *out;
	struct str bytes;
	struct err err;

	inventory_write(inv, &bytes);
	if (inventory_read(bytes, READERS, a, &out, &err) == 0)
		fail_msg("taken: %s", what);
	assert_int_equal(err.kind, ERR_CONTENT);
	auto_free(&bytes.ptr);
}

/* What a child that was taken over might say. */
static void
lies(void **state)
{
	static const char *const paths[] = { "", "/etc", "etc/", "a//b", "../a", "a/..", ".",
		"a/./b" };
	AUTO_ARENA a = arena_new();
	struct inventory *inv;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		inv = inventory_new(a);
		inventory_mark(inv, MARK_FOLDER, paths[i], "", MARK_NO_FILE);
		refuses(inv, paths[i]);
		inv = inventory_new(a);
		inventory_mark(inv, MARK_HARDLINK, "a", paths[i], MARK_NO_FILE);
		refuses(inv, paths[i]);
		inv = sample(a);
		inv->files[0].path = paths[i];
		refuses(inv, paths[i]);
	}
	inv = sample(a);
	inv->files[0].reader = READERS;
	refuses(inv, "a reader that is none");
	inv = sample(a);
	inv->marks[1].file = 2;
	refuses(inv, "a file that is none");
	inv = sample(a);
	inv->marks[0].kind = (enum mark_kind)MARK_COUNT;
	refuses(inv, "a kind that is none");
	inv = sample(a);
	inv->files[0].packages[0].name = "";
	refuses(inv, "a package without a name");
	inv = sample(a);
	inv->files[0].packages[0].version = "\xff";
	refuses(inv, "a version that is no text");
	inv = sample(a);
	inv->diff_id = "sha256:../../x";
	refuses(inv, "a digest that is none");
	inv = sample(a);
	inv->files[0].packages[0].name = NULL;
	refuses(inv, "a package's name that is absent");
}

/* As many gaps as come: the first of them are kept, and what is kept is read back. */
static void
many_gaps(void **state)
{
	AUTO_ARENA a = arena_new();
	struct inventory *inv = inventory_new(a), *out;
	struct str bytes;
	struct err err;

	(void)state;
	for (unsigned i = 0; i < 200000; i++)
		inventory_gap(inv, "a", "number %u", i);
	assert_int_equal(inv->ngaps, 101);
	inventory_write(inv, &bytes);
	assert_int_equal(inventory_read(bytes, READERS, a, &out, &err), 0);
	assert_int_equal(out->ngaps, 101);
	assert_string_equal(out->gaps[99].reason, "number 99");
	assert_null(out->gaps[100].path);
	assert_string_equal(out->gaps[100].reason, "more problems follow; they are not listed");
	auto_free(&bytes.ptr);
	inv->gaps = arena_grow(a, inv->gaps, inv->ngaps, sizeof(*inv->gaps));
	inv->gaps[inv->ngaps++] = inv->gaps[0];
	refuses(inv, "more gaps than are ever made");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(truncated),
		cmocka_unit_test(flipped),
		cmocka_unit_test(lies),
		cmocka_unit_test(many_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
