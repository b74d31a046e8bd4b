/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_decode.c - gzip and zstd frames made by hand: split and cut at every byte
 *
 * Stored DEFLATE blocks and raw zstd blocks carry the text, so that every byte of the
 * frames is known here.
 */
#include "step/base/io.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	ROOM = 4096,
	FHCRC = 2,
	FEXTRA = 4,
	FNAME = 8,
	FCOMMENT = 16,
};

/* Bytes under construction. */
struct bytes {
	unsigned char at[ROOM];
	size_t len;
};

static void
add(struct bytes *b, const void *more, size_t len)
{
	assert_true(len <= ROOM - b->len);
	memcpy(b->at + b->len, more, len);
	b->len += len;
}

static void
add_number(struct bytes *b, uint32_t n, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned char c = (unsigned char)(n >> (8 * i));

		add(b, &c, 1);
	}
}

static uint32_t
crc_of(const char *text)
{
	uint32_t crc = UINT32_MAX;

	for (; *text; text++) {
		crc ^= (unsigned char)*text;
		for (int i = 0; i < 8; i++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* A member with these header fields, the text in two stored blocks, CRC and length. */
static void
add_member(
    struct bytes *b, unsigned flags, const char *text, uint32_t wrong_crc, uint32_t wrong_size)
{
	size_t len = strlen(text), half = len / 2;
	const size_t parts[2] = { half, len - half };

	add(b, "\x1f\x8b\x08", 3);
	add_number(b, flags, 1);
	add(b, "\1\2\3\4\0\3", 6);
	if (flags & FEXTRA)
		add(b, "\5\0\0\x1f\x8b\x08\0", 7);
	if (flags & FNAME)
		add(b, "name", 5);
	if (flags & FCOMMENT)
		add(b, "comment", 8);
	if (flags & FHCRC)
		add(b, "\xab\xcd", 2);
	for (unsigned i = 0; i < 2; i++) {
		add_number(b, i, 1);
		add_number(b, (uint32_t)parts[i], 2);
		add_number(b, ~(uint32_t)parts[i], 2);
		add(b, text + (i ? half : 0), parts[i]);
	}
	add_number(b, crc_of(text) ^ wrong_crc, 4);
	add_number(b, (uint32_t)len ^ wrong_size, 4);
}

static void
add_frame(struct bytes *b, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);

	add(b, "\x28\xb5\x2f\xfd\xa0", 5);
	add_number(b, len, 4);
	add_number(b, 1 | len << 3, 3);
	add(b, text, len);
}

/* Gives first bytes, then the rest, at most most at a time. */
struct split {
	struct stream stream;
	const unsigned char *at;
	size_t first, left, most;
};

static ssize_t
split_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct split *p = (struct split *)s;
	size_t n = p->first ? p->first : p->left;

	(void)err;
	n = n < len ? n : len;
	n = n < p->most ? n : p->most;
	memcpy(buf, p->at, n);
	p->at += n;
	if (p->first)
		p->first -= n;
	else
		p->left -= n;
	return (ssize_t)n;
}

static void
split_close(struct stream *s)
{
	(void)s;
}

/* What comes out as text; NULL with err where it failed. */
static const char *
decode(const struct bytes *b, size_t first, size_t most, size_t want, bool check_crc,
    struct arena *a, struct err *err)
{
	struct split in = { { split_read, split_close }, b->at, first, b->len - first, most };
	AUTO_STREAM s = stream_decode(&in.stream, check_crc, ERR_CONTENT);
	char *out = arena_alloc(a, ROOM);
	size_t len = 0;
	ssize_t n;

	do {
		assert_true(len + want < ROOM);
		n = stream_read(s, out + len, want, err);
		if (n < 0)
			return NULL;
		len += (size_t)n;
	} while (n > 0);
	return out;
}

/* It decodes to text wherever it is split, in pieces of a byte, and into a byte at a time. */
static void
decodes(const struct bytes *b, const char *text)
{
	AUTO_ARENA a = arena_new();
	struct err err;

	for (size_t at = 0; at <= b->len; at++) {
		const char *got = decode(b, at, SIZE_MAX, 100, true, a, &err);

		if (!got || strcmp(got, text) != 0)
			fail_msg("split at %zu of %zu: %s", at, b->len, got ? got : err.text);
	}
	assert_string_equal(decode(b, 0, 1, 100, true, a, &err), text);
	assert_string_equal(decode(b, 0, SIZE_MAX, 1, true, a, &err), text);
	assert_string_equal(decode(b, 0, 1, 1, true, a, &err), text);
	assert_string_equal(decode(b, 0, 3, 7, false, a, &err), text);
}

static void
refused(const struct bytes *b, const char *reason)
{
	AUTO_ARENA a = arena_new();

	for (size_t at = 0; at <= b->len; at++) {
		struct err err = { .kind = ERR_NONE };

		if (decode(b, at, SIZE_MAX, 100, true, a, &err))
			fail_msg("taken, split at %zu: not %s", at, reason);
		assert_int_equal(err.kind, ERR_CONTENT);
		if (!strstr(err.text, reason))
			fail_msg("split at %zu: %s, not %s", at, err.text, reason);
	}
}

static void
headers(void **state)
{
	(void)state;
	for (unsigned flags = 0; flags < 32; flags += 2) {
		struct bytes b = { .len = 0 };

		add_member(&b, flags | 1, "one two three", 0, 0);
		decodes(&b, "one two three");
	}
}

static void
members(void **state)
{
	struct bytes b = { .len = 0 };

	(void)state;
	add_member(&b, FNAME, "first,", 0, 0);
	add_member(&b, 0, "", 0, 0);
	add_member(&b, FEXTRA | FCOMMENT, "second", 0, 0);
	decodes(&b, "first,second");
	add(&b, "\0\0\0\0\0\0\0\0\0", 9);
	decodes(&b, "first,second");
	add(&b, "\1", 1);
	refused(&b, "unknown bytes behind the data");
}

static void
behind(void **state)
{
	static const char *const table[] = { "\x1f", "\x1f\x1f", "\x1fx", "x", "\x8b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct bytes b = { .len = 0 };

		add_member(&b, 0, "text", 0, 0);
		add(&b, table[i], strlen(table[i]));
		refused(&b, "unknown bytes behind the data");
	}
}

static void
trailers(void **state)
{
	AUTO_ARENA a = arena_new();
	struct bytes b = { .len = 0 }, c = { .len = 0 }, d = { .len = 0 };
	struct err err;

	(void)state;
	add_member(&b, 0, "text", 1, 0);
	refused(&b, "the checksum does not match");
	assert_string_equal(decode(&b, 0, SIZE_MAX, 100, false, a, &err), "text");
	add_member(&c, 0, "text", 0, 1);
	refused(&c, "the length does not match");
	assert_null(decode(&c, 0, SIZE_MAX, 100, false, a, &err));
	/* The first of two counts as much as the last. */
	add_member(&d, 0, "text", 1U << 31, 0);
	add_member(&d, 0, "text", 0, 0);
	refused(&d, "the checksum does not match");
}

static void
flags(void **state)
{
	struct bytes b = { .len = 0 };

	(void)state;
	add_member(&b, 0, "text", 0, 0);
	b.at[3] = 0x20;
	refused(&b, "unknown method or flags");
	b.at[3] = 0;
	b.at[2] = 7;
	refused(&b, "unknown method or flags");
}

static void
cut(void **state)
{
	AUTO_ARENA a = arena_new();
	struct bytes b = { .len = 0 }, z = { .len = 0 };
	size_t one;
	struct err err;

	(void)state;
	add_member(&b, FHCRC | FEXTRA | FNAME | FCOMMENT, "first", 0, 0);
	one = b.len;
	add_member(&b, FHCRC | FEXTRA | FNAME | FCOMMENT, "second", 0, 0);
	for (size_t len = b.len - 1; len > 1; len--) {
		b.len = len;
		for (unsigned crc = 0; crc < 2; crc++) {
			const char *got = decode(&b, 0, SIZE_MAX, 100, crc, a, &err);

			if ((got != NULL) != (len == one))
				fail_msg("%zu bytes: %s", len, got ? got : err.text);
		}
	}
	add_frame(&z, "text");
	for (size_t len = z.len - 1; len > 3; len--) {
		z.len = len;
		assert_null(decode(&z, 0, SIZE_MAX, 100, true, a, &err));
		assert_non_null(strstr(err.text, "zstd: the data ends early"));
	}
}

static void
zstd(void **state)
{
	struct bytes b = { .len = 0 }, c = { .len = 0 };

	(void)state;
	add(&b, "\x50\x2a\x4d\x18\3\0\0\0abc", 11);
	add_frame(&b, "first,");
	add(&b, "\x5f\x2a\x4d\x18\0\0\0\0", 8);
	add_frame(&b, "");
	add_frame(&b, "second");
	add(&b, "\x51\x2a\x4d\x18\1\0\0\0x", 9);
	decodes(&b, "first,second");
	add(&b, "garbage!", 8);
	refused(&b, "zstd: ");
	add(&c, "\x28\xb5\x2f\xfd\0\xa8\x01\0\0", 9);
	refused(&c, "zstd: ");
}

static void
others(void **state)
{
	struct bytes b = { .len = 0 };
	struct bytes xz = { .len = 0 }, bzip2 = { .len = 0 };

	(void)state;
	decodes(&b, "");
	add(&b, "\x1f", 1);
	decodes(&b, "\x1f");
	add(&b, "plain", 5);
	decodes(&b, "\x1fplain");
	add(&xz, "\xfd\x37zXZ\0 more", 11);
	refused(&xz, "xz compression is not supported");
	add(&bzip2, "BZh91AY&SY", 10);
	refused(&bzip2, "bzip2 compression is not supported");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(members),
		cmocka_unit_test(behind),
		cmocka_unit_test(trailers),
		cmocka_unit_test(flags),
		cmocka_unit_test(cut),
		cmocka_unit_test(zstd),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
