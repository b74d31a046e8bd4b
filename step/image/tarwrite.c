/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarwrite.c - the headers of a tar that is made on the fly
 *
 * GNU tar's format: a header of 512 bytes and padded data; names and link targets of 100
 * bytes and more in an L or K entry before it; sizes from 8 GiB on in base 256.
 *
 * Spec: https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * Left out: times, owners, extended attributes, numbers of devices.
 */
#include "step/image/tarwrite.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)TAR_BLOCK)

/* len zeros more. */
static char *
append(struct tarwrite *t, size_t len)
{
	char *ret;

	if (t->len + len > t->room) {
		t->room = t->len + len + 4 * BLOCK;
		t->bytes = xrealloc(t->bytes, t->room);
	}
	ret = t->bytes + t->len;
	memset(ret, 0, len);
	t->len += len;
	return ret;
}

/* A number field of 12 bytes. */
static void
put_size(char *at, uint64_t n)
{
	if (n < UINT64_C(1) << 33) {
		snprintf(at, 12, "%011llo", (unsigned long long)n);
		return;
	}
	at[0] = (char)0x80;
	for (size_t i = 11; i > 0; i--, n >>= 8)
		at[i] = (char)(n & 0xff);
}

static void
put_header(
    struct tarwrite *t, char type, const char *name, const char *link, unsigned mode, uint64_t size)
{
	char *h = append(t, BLOCK);
	size_t len = strlen(name), link_len = strlen(link);
	unsigned sum = 0;

	memcpy(h, name, len < 100 ? len : 100);
	snprintf(h + 100, 8, "%07o", mode & 07777);
	memcpy(h + 108, "0000000\0000000000", 16);
	put_size(h + 124, size);
	memcpy(h + 136, "00000000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 157, link, link_len < 100 ? link_len : 100);
	memcpy(h + 257, "ustar  ", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	h[155] = ' ';
}

/* An L or K entry for what a header has no room for. */
static void
put_long(struct tarwrite *t, char type, const char *text)
{
	size_t len = strlen(text) + 1;

	if (len <= 100)
		return;
	put_header(t, type, "././@LongLink", "", 0644, len);
	memcpy(append(t, (len + BLOCK - 1) / BLOCK * BLOCK), text, len);
}

void
tarwrite_entry(
    struct tarwrite *t, char type, const char *path, const char *link, unsigned mode, uint64_t size)
{
	put_long(t, 'L', path);
	put_long(t, 'K', link);
	put_header(t, type, path, link, mode, size);
}

void
tarwrite_padding(struct tarwrite *t, uint64_t size)
{
	append(t, (BLOCK - size % BLOCK) % BLOCK);
}

void
tarwrite_end(struct tarwrite *t)
{
	append(t, 2 * BLOCK);
}

size_t
tarwrite_take(struct tarwrite *t, void *buf, size_t len)
{
	size_t n = t->len - t->at < len ? t->len - t->at : len;

	if (n == 0)
		return 0;
	memcpy(buf, t->bytes + t->at, n);
	t->at += n;
	if (t->at == t->len)
		t->at = t->len = 0;
	return n;
}

void
tarwrite_release(struct tarwrite *t)
{
	free(t->bytes);
	*t = (struct tarwrite){ 0 };
}
