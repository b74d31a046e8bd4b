/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_check.c - finds tar headers that programs read differently
 *
 * Found are: a number that begins with NUL and goes on with digits (nothing to libarchive,
 * a number to Go); a pax size on a member that has no body; a pax and a GNU name for the
 * same member; a global header between an extension and its member; the name of a GNU
 * sparse file without its map, or with a version that is none; a pax name with a NUL in it;
 * pax records that are damaged; a prefix under a magic that has none.
 *
 * Only headers are looked at, a block at a time; bodies are passed over.
 *
 * Spec: pax(1), POSIX.1-2017; https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
#include "step/layer/tar_check.h"

#include <stdlib.h>
#include <string.h>

enum {
	PENDING_PAX = 1 << 0,
	PENDING_PAX_NAME = 1 << 1,
	PENDING_PAX_LINK = 1 << 2,
	PENDING_PAX_SIZE = 1 << 3,
	PENDING_SPARSE_NAME = 1 << 4,
	PENDING_SPARSE_MAP = 1 << 5,
	PENDING_SPARSE_MAJOR = 1 << 6, /* says 1: its map is in the body */
	PENDING_SPARSE_MINOR = 1 << 7, /* says 0 */
	PENDING_GNU_NAME = 1 << 8,
	PENDING_GNU_LINK = 1 << 9,

	LIMIT_PAX = 1 << 20, /* as libarchive, which refuses a larger header */

	AT_SIZE = 124, /* fields of a header */
	SIZE_LEN = 12,
	AT_TYPE = 156,
	AT_SPARSE_MORE = 482, /* of the header of an old GNU sparse member */
	AT_SPARSE_NEXT = 504, /* of a block that goes on with its map */
};

static void
find(struct tar_check *t, const char *what)
{
	if (!t->odd)
		t->odd = what;
}

/* An octal or base-256 number. */
static uint64_t
number(struct tar_check *t, const unsigned char *field, size_t len)
{
	uint64_t n = 0;
	size_t i = 0;

	if (field[0] & 0x80) {
		n = field[0] & 0x7f;
		for (i = 1; i < len; i++)
			n = n << 8 | field[i];
		return n;
	}
	for (i = 0; i < len && (field[i] == ' ' || field[i] == '\t'); i++)
		continue;
	if (i < len && field[i] == '\0')
		for (size_t k = i + 1; k < len; k++)
			if (field[k] >= '0' && field[k] <= '7')
				find(t, "a number that begins with NUL");
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(field[i] - '0');
	return n;
}

/* Runtimes take a sparse file of an unknown version for a plain one, libarchive does not. */
static void
take_sparse_record(struct tar_check *t, struct str key, struct str value)
{
	if (str_is(key, "GNU.sparse.name"))
		t->pending |= PENDING_SPARSE_NAME;
	else if (str_is(key, "GNU.sparse.map") || str_is(key, "GNU.sparse.offset"))
		t->pending |= PENDING_SPARSE_MAP;
	else if (str_is(key, "GNU.sparse.major") && str_is(value, "1"))
		t->pending |= PENDING_SPARSE_MAJOR;
	else if (str_is(key, "GNU.sparse.minor") && str_is(value, "0"))
		t->pending |= PENDING_SPARSE_MINOR;
	else if ((str_is(key, "GNU.sparse.major") && !str_is(value, "0")) ||
		 (str_is(key, "GNU.sparse.minor") && !str_is(value, "1")))
		find(t, "a sparse file of an unknown version");
}

/* One "LENGTH KEY=VALUE\n"; rest moves behind it. False where it is damaged. */
static bool
take_pax_record(struct tar_check *t, struct str *rest)
{
	struct str whole = *rest, record = *rest, key;
	uint64_t len, size;
	struct str digits = str_cut(&record, ' ');

	if (!str_number(digits, whole.len, &len) || len <= digits.len + 1)
		return false;
	record.len = (size_t)len - digits.len - 1;
	if (record.ptr[record.len - 1] != '\n')
		return false;
	record.len--;
	*rest = str_skip(whole, (size_t)len);
	key = str_cut(&record, '=');
	if (str_is(key, "path"))
		t->pending |= PENDING_PAX_NAME;
	else if (str_is(key, "linkpath"))
		t->pending |= PENDING_PAX_LINK;
	else if (str_starts(key, "GNU.sparse."))
		take_sparse_record(t, key, record);
	else if (str_is(key, "size") && str_number(record, INT64_MAX, &size)) {
		t->pending |= PENDING_PAX_SIZE;
		t->size = size;
	} else if (str_is(key, "size"))
		find(t, "a size that is no number");
	if ((str_is(key, "path") || str_is(key, "linkpath")) && record.len &&
	    memchr(record.ptr, '\0', record.len))
		find(t, "a name with a NUL in it");
	return true;
}

static void
end_pax(struct tar_check *t)
{
	struct str rest = { t->pax, t->pax_len };

	t->in_pax = false;
	while (rest.len && take_pax_record(t, &rest))
		continue;
	if (rest.len)
		find(t, "a pax record that is damaged");
}

static void
take_member(struct tar_check *t, unsigned char type, uint64_t size)
{
	bool has_body = !(type >= '1' && type <= '6');
	unsigned p = t->pending;

	if ((p & PENDING_PAX_SIZE) && !has_body && t->size > 0)
		find(t, "a size for a member without a body");
	if (((p & (PENDING_PAX_NAME | PENDING_SPARSE_NAME)) && (p & PENDING_GNU_NAME)) ||
	    ((p & PENDING_PAX_LINK) && (p & PENDING_GNU_LINK)))
		find(t, "two names for one member");
	if ((p & (PENDING_SPARSE_NAME | PENDING_SPARSE_MAJOR)) &&
	    !(p & PENDING_SPARSE_MAP) ==
		!((p & PENDING_SPARSE_MAJOR) && (p & PENDING_SPARSE_MINOR)))
		find(t, "a sparse file's name without its map");
	if (p & PENDING_PAX_SIZE)
		size = t->size;
	t->skip = has_body ? size : 0;
	t->pending = 0;
	t->sparse_blocks = type == 'S' && t->block[AT_SPARSE_MORE] != 0;
}

static void
take_header(struct tar_check *t)
{
	unsigned char type = t->block[AT_TYPE];
	const char *odd_prefix;
	uint64_t size;

	if (tar_block_empty(t->block) || !tar_header_valid(t->block)) {
		t->ended = true; /* the end; or damage, which libarchive tells */
		return;
	}
	size = number(t, t->block + AT_SIZE, SIZE_LEN);
	odd_prefix = tar_prefix_odd(t->block);
	if (odd_prefix)
		find(t, odd_prefix);
	t->in_pax = t->in_name = false;
	switch (type) {
	case 'X':
		find(t, "a pax header of another kind");
		t->skip = size;
		break;
	case 'x':
		if (t->pending & PENDING_PAX)
			find(t, "two pax headers for one member");
		t->pending |= PENDING_PAX;
		t->in_pax = size > 0 && size <= LIMIT_PAX;
		t->pax_len = 0;
		t->skip = size;
		break;
	case 'g':
		if (t->pending)
			find(t, "a global header between an extension and its member");
		t->skip = size;
		break;
	case 'L':
	case 'K':
		t->pending |= type == 'L' ? PENDING_GNU_NAME : PENDING_GNU_LINK;
		if (size == 0)
			find(t, "a name of no bytes");
		t->in_name = true;
		t->skip = size;
		break;
	default:
		take_member(t, type, size);
		break;
	}
	t->padding = (unsigned)(-t->skip % TAR_BLOCK);
}

/* Some of a body: how many of len bytes belong to it. */
static size_t
take_body(struct tar_check *t, const char *bytes, size_t len)
{
	size_t n = t->skip < len ? (size_t)t->skip : len;

	if (t->in_pax) {
		if (t->pax_size < t->pax_len + n) {
			t->pax_size = t->pax_len + n + 4096;
			t->pax = xrealloc(t->pax, t->pax_size);
		}
		memcpy(t->pax + t->pax_len, bytes, n);
		t->pax_len += n;
	}
	if (t->in_name && bytes[0] == '\0')
		find(t, "a name of no bytes");
	t->in_name = false;
	t->skip -= n;
	if (t->skip == 0 && t->in_pax)
		end_pax(t);
	return n;
}

static size_t
take_block(struct tar_check *t, const char *bytes, size_t len)
{
	size_t n = TAR_BLOCK - t->held;

	if (n > len)
		n = len;
	memcpy(t->block + t->held, bytes, n);
	t->held += n;
	if (t->held < TAR_BLOCK)
		return n;
	t->held = 0;
	if (t->sparse_blocks)
		t->sparse_blocks = t->block[AT_SPARSE_NEXT] != 0;
	else
		take_header(t);
	return n;
}

void
tar_check_feed(struct tar_check *t, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len && !t->ended) {
		size_t n;

		if (t->sparse_blocks || (t->skip == 0 && t->padding == 0))
			n = take_block(t, at, len);
		else if (t->skip)
			n = take_body(t, at, len);
		else {
			n = t->padding < len ? t->padding : len;
			t->padding -= (unsigned)n;
		}
		at += n;
		len -= n;
	}
}

void
tar_check_release(struct tar_check *t)
{
	free(t->pax);
	t->pax = NULL;
}
