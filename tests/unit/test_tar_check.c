/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tar_check.c - which headers of a tar are odd, in one piece and byte by byte
 */
#include "step/layer/tar_check.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
	ROOM = 64 << 10
};

/* A tar under construction. */
struct tar {
	unsigned char at[ROOM];
	size_t len;
};

/* What a header says beside its name, which is "x". */
struct head {
	char type;
	const char *size; /* up to 12 bytes of the field as they are, or NULL: the body's length */
	size_t size_len;
	const char *magic, *prefix;
};

static void
add(struct tar *t, struct head head, const void *body, size_t len)
{
	unsigned char *h = t->at + t->len;
	unsigned sum = 0;

	assert_true(t->len + TAR_BLOCK * 2 + len <= ROOM);
	h[0] = 'x';
	h[156] = (unsigned char)head.type;
	if (head.size)
		memcpy(h + 124, head.size, head.size_len);
	else
		snprintf((char *)h + 124, 12, "%011o", (unsigned)len);
	memcpy(h + 257, head.magic ? head.magic : "ustar\00000", 8);
	if (head.prefix)
		memcpy(h + 345, head.prefix, strlen(head.prefix));
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	if (len)
		memcpy(h + TAR_BLOCK, body, len);
	t->len += TAR_BLOCK + (len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

static void
add_text(struct tar *t, char type, const char *body)
{
	add(t, (struct head){ .type = type }, body, strlen(body));
}

static const char *
odd_of(const struct tar *t, size_t piece)
{
	struct tar_check c = { 0 };
	const char *odd;

	for (size_t at = 0; at < t->len; at += piece)
		tar_check_feed(&c, t->at + at, piece < t->len - at ? piece : t->len - at);
	odd = c.odd;
	tar_check_release(&c);
	return odd;
}

/* wanted: what is found, or NULL; the same however the bytes come. */
static void
assert_odd(struct tar *t, const char *wanted)
{
	static const size_t pieces[] = { 1, 7, TAR_BLOCK - 1, TAR_BLOCK, TAR_BLOCK + 1, 3000,
		ROOM };

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		const char *odd = odd_of(t, pieces[i]);

		if (wanted && odd)
			assert_string_equal(odd, wanted);
		else
			assert_true(!wanted && !odd);
	}
	*t = (struct tar){ 0 };
}

/* The members that stand before a file, each a letter of its type and its body. */
static void
extensions(void **state)
{
#define TWO  "two names for one member"
#define LONE "a sparse file's name without its map"
	static const struct {
		const char *members[4];
		const char *wanted;
	} table[] = {
		{ { "0body" }, NULL },
		{ { "x8 path=a\n" }, "a pax record that is damaged" },
		{ { "x10 path=a\n" }, NULL },
		{ { "x010 path=\n" }, NULL },
		{ { "x" }, NULL },
		{ { "Lname" }, NULL },
		{ { "L" }, "a name of no bytes" },
		{ { "Ktarget", "Lname" }, NULL },
		{ { "Lname", "x10 path=a\n" }, TWO },
		{ { "x10 path=a\n", "Lname" }, TWO },
		{ { "x14 linkpath=a\n", "Lname" }, NULL },
		{ { "x14 linkpath=a\n", "Ktarget" }, TWO },
		{ { "x10 path=a\n", "0a", "Lname" }, NULL },
		{ { "x10 path=a\n", "x10 path=a\n" }, "two pax headers for one member" },
		{ { "x10 path=a\n", "0a", "x10 path=a\n" }, NULL },
		{ { "X10 path=a\n" }, "a pax header of another kind" },
		{ { "g10 path=a\n" }, NULL },
		{ { "g10 path=a\n", "x10 path=a\n" }, NULL },
		{ { "x10 path=a\n", "g10 path=a\n" },
		    "a global header between an extension and its member" },
		{ { "Lname", "g10 path=a\n" },
		    "a global header between an extension and its member" },
		{ { "x10 size=9\n", "5" }, "a size for a member without a body" },
		{ { "x10 size=0\n", "5" }, NULL },
		{ { "x10 size=1\n", "0a" }, NULL },
		{ { "x11 size=+1\n" }, "a size that is no number" },
		{ { "x8 size=\n" }, "a size that is no number" },
		{ { "x21 GNU.sparse.name=a\n" }, LONE },
		{ { "x21 GNU.sparse.name=a\n22 GNU.sparse.map=0,1\n" }, NULL },
		{ { "x21 GNU.sparse.name=a\n22 GNU.sparse.major=1\n" }, LONE },
		{ { "x22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n" }, NULL },
		{ { "x22 GNU.sparse.major=1\n22 GNU.sparse.minor=1\n" }, LONE },
		{ { "x22 GNU.sparse.major=2\n22 GNU.sparse.minor=0\n" },
		    "a sparse file of an unknown version" },
		{ { "x21 GNU.sparse.name=a\n22 GNU.sparse.map=0,1\n", "Lname" }, TWO },
	};
	static struct tar t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		for (size_t k = 0; k < 4 && table[i].members[k]; k++)
			add_text(&t, table[i].members[k][0], table[i].members[k] + 1);
		add_text(&t, '0', "file");
		assert_odd(&t, table[i].wanted);
	}
#undef TWO
#undef LONE
}

static void
fields(void **state)
{
	static const char behind_nul[] = "\0\0\0\00000000017", after_blank[] = " \0\0\00000000017";
	static const char base256[12] = { '\x80', [11] = 4 }, none[12];
	static const struct {
		struct head head;
		const char *wanted;
	} table[] = {
		{ { '0', behind_nul, 12, NULL, NULL }, "a number that begins with NUL" },
		{ { '0', after_blank, 12, NULL, NULL }, "a number that begins with NUL" },
		{ { '0', base256, 12, NULL, NULL }, NULL },
		{ { '5', none, 12, NULL, NULL }, NULL },
		{ { '0', NULL, 0, NULL, "folder" }, NULL },
		{ { '0', NULL, 0, "ustarX00", "folder" }, "a prefix under an unknown magic" },
		{ { '0', NULL, 0, "ustar  ", "folder" }, "a prefix in a GNU header" },
		{ { '0', NULL, 0, "ustar  ", "1 2" }, "a prefix in a GNU header" },
		{ { '0', NULL, 0, "ustar  ", "12345670123\xff\x01" }, "a prefix in a GNU header" },
		{ { '0', NULL, 0, "ustar  ", "14520000000" }, NULL },
		{ { '0', NULL, 0, "ustarX00", NULL }, NULL },
		{ { '0', NULL, 0, "\0\0\0\0\0\0\0", "folder" }, NULL },
	};
	static struct tar t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		bool has_body = table[i].head.size != none;

		add(&t, table[i].head, "body", has_body ? 4 : 0);
		assert_odd(&t, table[i].wanted);
	}
	add(&t, (struct head){ .type = 'L' }, "\0name", 5);
	assert_odd(&t, "a name of no bytes");
	add(&t, (struct head){ .type = 'x' }, "12 path=a\0b\n", 12);
	assert_odd(&t, "a name with a NUL in it");
}

/* Only what stands where a header stands is one, and nothing behind the end. */
static void
places(void **state)
{
	static struct tar inner, t;

	(void)state;
	add_text(&inner, 'X', "");
	add(&t, (struct head){ .type = '0' }, inner.at, inner.len);
	assert_odd(&t, NULL);
	add(&t, (struct head){ .type = '1', .size = "00000001000", .size_len = 11 }, NULL, 0);
	add_text(&t, 'X', "");
	assert_odd(&t, "a pax header of another kind");
	add_text(&t, '0', "body");
	t.len += TAR_BLOCK;
	add_text(&t, 'X', "");
	assert_odd(&t, NULL);
}

/* A pax header without a body is over at once: what follows is not kept as if it were one. */
static void
empty_pax_keeps_nothing(void **state)
{
	static const char body[20000];
	static struct tar t;
	struct tar_check c = { 0 };

	(void)state;
	add_text(&t, 'x', "");
	add(&t, (struct head){ .type = '0' }, body, sizeof(body));
	tar_check_feed(&c, t.at, t.len);
	assert_null(c.odd);
	assert_int_equal(c.pax_size, 0);
	tar_check_release(&c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions),
		cmocka_unit_test(fields),
		cmocka_unit_test(places),
		cmocka_unit_test(empty_pax_keeps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
