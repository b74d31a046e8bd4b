/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toc_fetch.c - finds a layer's table of contents, and verifies it
 *
 *      eStargz         ... | gzip of a tar with stargz.index.json | footer
 *      zstd:chunked    ... | skippable frame with a zstd frame | ...
 *
 * eStargz's footer is an empty gzip member of 51 bytes that says in its extra field where the table begins:
 *
 *      1f 8b 08 04 ........ .. ..  1a 00  'S' 'G' 16 00  %016x "STARGZ"  01 00 00 ff ff  ........ ........
 *
 * The digest is of the table's JSON. A layer of zstd:chunked says the place in the manifest, and the digest is
 * of the compressed table.
 *
 * Spec: https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md
 *
 * Left out: the footer of stargz, eStargz's forerunner, whose tables have no digests; eStargz whose table is
 * in an image of its own.
 */
#include "step/image/toc.h"

#include <string.h>

#define FOOTER_SIZE 51
#define FOOTER_HEAD 16 /* bytes before the digits */
#define TABLE_NAME  "stargz.index.json"

/* Bytes that pass through are hashed, and no more than so many pass. */
struct tap {
	struct stream stream;
	struct stream *in;
	uint64_t left;
	struct sha256 hash;
};

static ssize_t
tap_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct tap *t = (struct tap *)s;
	ssize_t n;

	if (t->left < len)
		len = (size_t)t->left;
	if (len == 0)
		return 0;
	n = stream_read(t->in, buf, len, err);
	if (n > 0) {
		sha256_update(&t->hash, buf, (size_t)n);
		t->left -= (uint64_t)n;
	}
	return n;
}

static void
tap_close(struct stream *s)
{
	(void)s;
}

static struct tap
tap_of(struct stream *in, uint64_t len)
{
	struct tap ret = { { tap_read, tap_close }, in, len, { { 0 } } };

	sha256_init(&ret.hash);
	return ret;
}

/* All of the table has come through; is it the one that the manifest names? */
static int
tap_check(struct tap *t, const char *digest, struct err *err)
{
	char hex[SHA256_HEX], rest[4096];
	ssize_t n;

	while ((n = stream_read(&t->stream, rest, sizeof(rest), err)) > 0)
		continue;
	if (n < 0)
		return -1;
	sha256_hex(&t->hash, hex);
	if (strcmp(hex, digest + strlen("sha256:")) == 0)
		return 0;
	return err_set(err, ERR_CONTENT, "it has the digest sha256:%s, not %s", hex, digest);
}

/* ---- eStargz ---- */

static int
read_exactly(struct stream *s, char *buf, size_t len, struct err *err)
{
	ssize_t n = stream_fill(s, buf, len, err);

	if (n < 0 || (size_t)n == len)
		return n < 0 ? -1 : 0;
	return err_set(err, ERR_CONTENT, "the bytes end too early");
}

/* Digits of a base from 8 to 16. */
static bool
read_digits(struct str s, unsigned base, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < s.len; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *at = memchr(digits, s.ptr[i], base);

		if (!at || *ret > UINT64_MAX / base - 1)
			return false;
		*ret = *ret * base + (uint64_t)(at - digits);
	}
	return s.len > 0;
}

static int
read_footer(struct toc_source *from, uint64_t *ret_offset, struct err *err)
{
	AUTO_STREAM s = NULL;
	char b[FOOTER_SIZE];
	struct str digits = { b + FOOTER_HEAD, 16 };

	if (from->size <= sizeof(b))
		return err_set(err, ERR_CONTENT, "the layer is too short to have one");
	if (from->part(from, from->size - sizeof(b), sizeof(b), &s, err) < 0)
		return -1;
	if (read_exactly(s, b, sizeof(b), err) < 0)
		return -1;
	if (memcmp(b, "\x1f\x8b\x08\x04", 4) != 0 || memcmp(b + 10, "\x1a\0SG\x16\0", 6) != 0 ||
	    memcmp(b + 32, "STARGZ", 6) != 0 || !read_digits(digits, 16, ret_offset))
		return err_set(err, ERR_CONTENT, "the layer does not end as eStargz does");
	if (*ret_offset == 0 || *ret_offset >= from->size - sizeof(b) ||
	    from->size - *ret_offset > LIMIT_TOC)
		return err_set(err, ERR_CONTENT, "it lies where it cannot, or is too large");
	return 0;
}

/* The header of the one file that is the table: its size. */
static int
read_table_header(struct stream *tar, uint64_t *ret_size, struct err *err)
{
	char h[TAR_BLOCK];
	struct str size = { h + 124, 11 };

	if (read_exactly(tar, h, sizeof(h), err) < 0)
		return -1;
	if (!tar_header_valid(h) || memcmp(h, TABLE_NAME, sizeof(TABLE_NAME)) != 0 ||
	    (h[156] != '0' && h[156] != '\0') || !read_digits(size, 8, ret_size) ||
	    *ret_size > LIMIT_TOC)
		return err_set(err, ERR_CONTENT, "no " TABLE_NAME " is where it should be");
	return 0;
}

static int
fetch_estargz(struct toc_source *from, const char *digest, const struct path_filter *filter,
    struct arena *a, struct toc *ret, struct err *err)
{
	AUTO_STREAM part = NULL;
	AUTO_STREAM tar = NULL;
	struct tap json;
	uint64_t offset = 0, size = 0;

	if (read_footer(from, &offset, err) < 0 ||
	    from->part(from, offset, from->size - FOOTER_SIZE - offset, &part, err) < 0)
		return -1;
	tar = stream_decode(part, false, ERR_CONTENT);
	if (read_table_header(tar, &size, err) < 0)
		return -1;
	json = tap_of(tar, size);
	if (toc_read(&json.stream, offset, filter, a, ret, err) < 0)
		return -1;
	return tap_check(&json, digest, err);
}

/* ---- zstd:chunked ---- */

static int
fetch_zstd(struct toc_source *from, const struct image_layer *layer,
    const struct path_filter *filter, struct arena *a, struct toc *ret, struct err *err)
{
	AUTO_STREAM part = NULL;
	AUTO_STREAM json = NULL;
	struct tap bytes;

	if (from->part(from, layer->toc_offset, layer->toc_size, &part, err) < 0)
		return -1;
	bytes = tap_of(part, layer->toc_size);
	json = stream_with_limit(
	    stream_decode(&bytes.stream, false, ERR_CONTENT), LIMIT_TOC, ERR_CONTENT, "it");
	if (toc_read(json, layer->toc_offset, filter, a, ret, err) < 0)
		return -1;
	return tap_check(&bytes, layer->toc_digest, err);
}

int
toc_fetch(struct toc_source *from, const struct image_layer *layer,
    const struct path_filter *filter, struct arena *a, struct toc *ret, struct err *err)
{
	int result;

	if (strcmp(layer->toc_format, TOC_ESTARGZ) == 0)
		result = fetch_estargz(from, layer->toc_digest, filter, a, ret, err);
	else
		result = fetch_zstd(from, layer, filter, a, ret, err);
	return result < 0 ? err_wrap(err, "its table of contents") : 0;
}
