/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toc_tar.c - a tar stream made on the fly of what a table of contents names
 *
 * Pieces that lie side by side in the layer, or nearly, come by one request. A member of the layer is
 * decoded once for all pieces in it that follow each other. The last bytes of a piece are delivered only
 * once its digest is right.
 *
 * Left out: where most of the layer would have to be read, or by many requests, it is read whole.
 */
#include "step/image/toc.h"

#include "step/image/tarwrite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	NEARLY = 64 << 10,   /* bytes that are rather read than asked around */
	LIMIT_REQUESTS = 64, /* each is a way to the registry and back */
};

#define LIMIT_DECODED (2 * LIMIT_PACKAGE_DB) /* files that matter, and what stands before them */

/* Bytes of the layer on their way into a decoder: those of the request, up to an end. */
struct extent {
	struct stream stream;
	struct toc_tar *tar;
	uint64_t end;
};

struct toc_tar {
	struct stream stream;
	struct toc_source *from;
	struct arena *arena;
	struct toc toc;
	struct tarwrite head;
	size_t next;        /* entry */
	size_t chunk, last; /* pieces of the entry under way that are to come: [chunk, last) */
	bool in_file;       /* its padding is to come */
	bool ended, failed;

	struct stream *part; /* the request, or NULL */
	uint64_t at, stop;   /* of it: the next byte, and where it ends */
	struct extent extent;
	struct stream *decoded; /* of the member at offset, or NULL */
	uint64_t offset, decoded_at;

	uint64_t left; /* bytes of the piece under way */
	struct sha256 hash;
};

/* ---- Requests ---- */

/* Does a piece come behind another in the layer, with no more than a few bytes between them? */
static bool
follows(const struct toc_chunk *c, const struct toc_chunk *before, uint64_t end)
{
	if (c->offset == before->offset)
		return c->inner >= before->inner + before->size;
	return c->offset > before->offset && c->offset <= end + NEARLY;
}

/* How far a request goes that begins with this piece; *i becomes the first that it does not hold. */
static uint64_t
request_end(const struct toc *toc, size_t *i)
{
	const struct toc_chunk *before = &toc->chunks[*i];
	uint64_t end = before->end;

	for (++*i; *i < toc->nchunks; ++*i) {
		const struct toc_chunk *c = &toc->chunks[*i];

		if (c->zeros)
			continue;
		if (!follows(c, before, end))
			break;
		before = c;
		end = c->end;
	}
	return end;
}

/* All that would have to be decoded or made for these pieces, which may stand far within a member. */
static uint64_t
decoded_bytes(const struct toc *toc)
{
	uint64_t offset = 0, at = 0, ret = 0;

	for (size_t i = 0; i < toc->nchunks; i++) {
		const struct toc_chunk *c = &toc->chunks[i];

		ret += c->size;
		if (c->zeros)
			continue;
		ret += c->offset == offset && c->inner >= at ? c->inner - at : c->inner;
		offset = c->offset;
		at = c->inner + c->size;
	}
	return ret;
}

static int
check_worth(const struct toc_source *from, const struct toc *toc, struct err *err)
{
	uint64_t bytes = 0, decoded = decoded_bytes(toc);
	unsigned requests = 0;
	size_t i = 0;

	while (i < toc->nchunks) {
		uint64_t begin = toc->chunks[i].offset;

		if (toc->chunks[i].zeros) {
			bytes += toc->chunks[i++].size;
			continue;
		}
		bytes += request_end(toc, &i) - begin;
		requests++;
	}
	if (requests > LIMIT_REQUESTS || bytes > from->size / 2)
		return err_set(err, ERR_CONTENT,
		    "%" PRIu64 " of its %" PRIu64 " bytes by %u requests are no gain", bytes,
		    from->size, requests);
	if (decoded > LIMIT_DECODED)
		return err_set(err, ERR_CONTENT,
		    "%" PRIu64 " bytes to decode are more than the limit of %llu", decoded,
		    (unsigned long long)LIMIT_DECODED);
	return 0;
}

static void
drop_member(struct toc_tar *t)
{
	stream_close(t->decoded);
	t->decoded = NULL;
}

/* So that the piece's first byte is the next one of the request. */
static int
reach(struct toc_tar *t, size_t i, struct err *err)
{
	const struct toc_chunk *c = &t->toc.chunks[i];
	uint64_t from = t->at;

	if (t->part && from <= c->offset && c->end <= t->stop) {
		t->at = c->offset;
		return stream_skip(t->part, c->offset - from, ERR_CONTENT, err);
	}
	stream_close(t->part);
	t->part = NULL;
	t->at = c->offset;
	t->stop = request_end(&t->toc, &i);
	return t->from->part(t->from, t->at, t->stop - t->at, &t->part, err);
}

static ssize_t
extent_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct extent *e = (struct extent *)s;
	struct toc_tar *t = e->tar;
	ssize_t n;

	if (e->end - t->at < len)
		len = (size_t)(e->end - t->at);
	if (len == 0)
		return 0;
	n = stream_read(t->part, buf, len, err);
	if (n == 0)
		return err_set(err, ERR_CONTENT, "the bytes end too early");
	if (n > 0)
		t->at += (uint64_t)n;
	return n;
}

static void
extent_close(struct stream *s)
{
	(void)s;
}

/* ---- Pieces ---- */

/* To the first byte of the next piece. */
static int
begin_piece(struct toc_tar *t, struct err *err)
{
	const struct toc_chunk *c = &t->toc.chunks[t->chunk];
	uint64_t skip;

	t->left = c->size;
	sha256_init(&t->hash);
	if (c->zeros)
		return 0;
	if (!t->decoded || t->offset != c->offset || t->decoded_at > c->inner) {
		drop_member(t);
		if (reach(t, t->chunk, err) < 0)
			return -1;
		t->extent = (struct extent){ { extent_read, extent_close }, t, c->end };
		t->decoded = stream_decode(&t->extent.stream, false, ERR_CONTENT);
		t->offset = c->offset;
		t->decoded_at = 0;
	}
	skip = c->inner - t->decoded_at;
	t->decoded_at = c->inner;
	return stream_skip(t->decoded, skip, ERR_CONTENT, err);
}

static int
end_piece(struct toc_tar *t, struct err *err)
{
	const struct toc_chunk *c = &t->toc.chunks[t->chunk++];
	char hex[SHA256_HEX];

	sha256_hex(&t->hash, hex);
	if (!c->hex[0] || strcmp(hex, c->hex) == 0)
		return 0;
	return err_set(
	    err, ERR_CONTENT, "its bytes have the digest sha256:%s, not sha256:%s", hex, c->hex);
}

static ssize_t
piece_read(struct toc_tar *t, void *buf, size_t len, struct err *err)
{
	ssize_t n;

	len = t->left < len ? (size_t)t->left : len;
	n = (ssize_t)len;
	if (t->toc.chunks[t->chunk].zeros)
		memset(buf, 0, len);
	else
		n = stream_read(t->decoded, buf, len, err);
	if (n == 0)
		return err_set(err, ERR_CONTENT, "its bytes end too early");
	if (n < 0)
		return -1;
	sha256_update(&t->hash, buf, (size_t)n);
	t->decoded_at += t->toc.chunks[t->chunk].zeros ? 0 : (uint64_t)n;
	t->left -= (uint64_t)n;
	return t->left == 0 && end_piece(t, err) < 0 ? -1 : n;
}

/* ---- The tar ---- */

/* Behind all headers and pieces so far: make more headers. False at the end. */
static bool
head_more(struct toc_tar *t)
{
	const struct toc_entry *e;

	if (t->in_file) {
		t->in_file = false;
		tarwrite_padding(&t->head, t->toc.entries[t->next - 1].size);
		return true;
	}
	if (t->next == t->toc.nentries) {
		if (t->ended)
			return false;
		t->ended = true;
		tarwrite_end(&t->head);
		return true;
	}
	e = &t->toc.entries[t->next++];
	t->chunk = e->chunk;
	t->last = e->chunk + e->nchunks;
	t->in_file = e->size > 0;
	tarwrite_entry(&t->head, e->type, e->path, e->link, e->mode, e->size);
	return true;
}

static ssize_t
tar_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct toc_tar *t = (struct toc_tar *)s;
	ssize_t n;

	while (!t->failed && (n = (ssize_t)tarwrite_take(&t->head, buf, len)) == 0) {
		if (t->chunk == t->last) {
			if (!head_more(t))
				return 0;
			continue;
		}
		if (t->left > 0 || begin_piece(t, err) == 0)
			n = piece_read(t, buf, len, err);
		else
			n = -1;
		t->failed = n < 0;
		return n < 0 ? err_wrap(err, "%.200s", t->toc.entries[t->next - 1].path) : n;
	}
	return t->failed ? err_set(err, ERR_CONTENT, "it could not be read in part") : n;
}

static void
tar_close(struct stream *s)
{
	struct toc_tar *t = (struct toc_tar *)s;

	drop_member(t);
	stream_close(t->part);
	tarwrite_release(&t->head);
	arena_free(t->arena);
	t->from->close(t->from);
	free(t);
}

int
toc_open(struct toc_source *from, const struct image_layer *layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct toc_tar *t = xalloc(sizeof(*t));

	*t = (struct toc_tar){
		.stream = { tar_read, tar_close }, .from = from, .arena = arena_new()
	};
	if (toc_fetch(from, layer, filter, t->arena, &t->toc, err) < 0 ||
	    check_worth(from, &t->toc, err) < 0) {
		tar_close(&t->stream);
		return -1;
	}
	*ret = &t->stream;
	return 0;
}
