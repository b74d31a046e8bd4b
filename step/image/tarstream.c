/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarstream.c - the members of a tar, one after the other, as its bytes arrive
 *
 * Headers are read by tarhead.c. Unlike a file's, a cut stream is an error at once: nobody can say
 * what would have come.
 */
#include "step/image/tarstream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_HEADERS 400000 /* as of an archive in a file */
#define PASS          (64 * KIB)

struct tarstream {
	struct stream *in;
	struct arena *member; /* its text */
	struct tar_extra extra;
	uint64_t at;   /* bytes of the archive that were taken */
	uint64_t left; /* of the member: bytes that were not taken */
	uint64_t next; /* where the header behind it begins */
	unsigned headers;
	bool ended;
	char head
	    [TAR_BLOCK]; /* the member's first bytes, looked at and not taken: head[head_at, nhead) */
	size_t head_at, nhead;
	char *kept; /* all that has arrived, as long as it fits; then NULL */
	size_t nkept;
};

/* The bytes of the member that t is at. */
struct member_stream {
	struct stream stream;
	struct tarstream *t;
};

struct tarstream *
tarstream_new(struct stream *in)
{
	struct tarstream *t = xalloc(sizeof(*t));

	t->in = in;
	t->member = arena_new();
	t->kept = xalloc(TARSTREAM_KEPT);
	return t;
}

void
tarstream_free(struct tarstream *t)
{
	if (!t)
		return;
	stream_close(t->in);
	arena_free(t->member);
	free(t->kept);
	free(t);
}

static void
keep(struct tarstream *t, const void *bytes, size_t len)
{
	if (t->kept && len > TARSTREAM_KEPT - t->nkept) {
		free(t->kept);
		t->kept = NULL;
	}
	if (!t->kept)
		return;
	memcpy(t->kept + t->nkept, bytes, len);
	t->nkept += len;
}

static ssize_t
arrive(struct tarstream *t, void *buf, size_t len, struct err *err)
{
	ssize_t n = stream_read(t->in, buf, len, err);

	if (n > 0)
		keep(t, buf, (size_t)n);
	return n;
}

static int
refuse_end(struct err *err)
{
	return err_set(err, ERR_IMAGE, "the archive ends early");
}

/* Bytes of the archive: exactly len. */
static int
take(struct tarstream *t, char *buf, size_t len, struct err *err)
{
	while (len > 0) {
		ssize_t n = arrive(t, buf, len, err);

		if (n <= 0)
			return n < 0 ? -1 : refuse_end(err);
		buf += n;
		len -= (size_t)n;
		t->at += (uint64_t)n;
	}
	return 0;
}

static ssize_t
member_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct tarstream *t = ((struct member_stream *)s)->t;
	size_t looked = t->nhead - t->head_at;
	ssize_t n;

	if (len > t->left)
		len = (size_t)t->left;
	if (len == 0)
		return 0;
	if (looked > 0) {
		len = len < looked ? len : looked;
		memcpy(buf, t->head + t->head_at, len);
		t->head_at += len;
		t->left -= len;
		return (ssize_t)len;
	}
	n = arrive(t, buf, len, err);
	if (n <= 0)
		return n < 0 ? -1 : refuse_end(err);
	t->at += (uint64_t)n;
	t->left -= (uint64_t)n;
	return n;
}

static void
member_close(struct stream *s)
{
	free(s);
}

struct stream *
tarstream_open(struct tarstream *t)
{
	struct member_stream *m = xalloc(sizeof(*m));

	*m = (struct member_stream){ { member_read, member_close }, t };
	return &m->stream;
}

int
tarstream_peek(struct tarstream *t, size_t len, struct str *ret, struct err *err)
{
	size_t have = t->nhead - t->head_at;

	if (have == 0) {
		t->head_at = t->nhead = 0;
		have = len < t->left ? len : (size_t)t->left;
		if (take(t, t->head, have, err) < 0)
			return -1;
		t->nhead = have;
	}
	*ret = (struct str){ t->head + t->head_at, len < have ? len : have };
	return 0;
}

/* To where the next header begins. */
static int
pass_over(struct tarstream *t, struct err *err)
{
	AUTO_FREE char *buf = t->at < t->next ? xalloc(PASS) : NULL;

	while (t->at < t->next) {
		uint64_t left = t->next - t->at;

		if (take(t, buf, left < PASS ? (size_t)left : PASS, err) < 0)
			return -1;
	}
	t->left = 0;
	t->head_at = t->nhead = 0;
	return 0;
}

/* A member of size bytes begins here. */
static int
begin(struct tarstream *t, uint64_t size, struct err *err)
{
	if (size > LIMIT_IMAGE)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " announces %" PRIu64
		    " bytes, which is larger than the limit of %" PRIu64,
		    t->at - TAR_BLOCK, size, LIMIT_IMAGE);
	t->left = size;
	t->next = t->at + tar_padded(size);
	return 0;
}

/* The next header: 1, or 0 at the end of the tar. */
static int
header_take(struct tarstream *t, char block[TAR_BLOCK], struct err *err)
{
	if (pass_over(t, err) < 0 || take(t, block, TAR_BLOCK, err) < 0)
		return -1;
	if (tar_block_empty(block)) {
		t->ended = true;
		return 0;
	}
	if (++t->headers > LIMIT_HEADERS)
		return err_set(
		    err, ERR_IMAGE, "the archive has more than %d tar headers", LIMIT_HEADERS);
	if (!tar_header_valid(block))
		return err_set(err, ERR_IMAGE, "the tar header at byte %" PRIu64 " is damaged",
		    t->at - TAR_BLOCK);
	return 1;
}

static int
extra_take(struct tarstream *t, const struct tar_header *h, struct err *err)
{
	AUTO_STREAM s = tarstream_open(t);
	uint64_t size;

	if (tar_header_size(h, &size, err) < 0 || begin(t, size, err) < 0)
		return -1;
	return tar_extra_read(&t->extra, h, size, s, t->member, err);
}

int
tarstream_next(struct tarstream *t, struct tar_entry *ret, struct err *err)
{
	char block[TAR_BLOCK];

	arena_reset(t->member);
	t->extra = (struct tar_extra){ 0 };
	while (!t->ended) {
		int got = header_take(t, block, err);
		const struct tar_header header = { block, t->at - TAR_BLOCK };

		if (got <= 0)
			return got;
		if (!tar_header_is_extra(&header)) {
			if (tar_entry_read(&header, &t->extra, t->member, ret, err) < 0 ||
			    tar_entry_check(ret, header.at, err) < 0)
				return -1;
			/* block is gone then */
			ret->target = str_of(arena_string(t->member, ret->target));
			return begin(t, ret->size, err) < 0 ? -1 : 1;
		}
		if (extra_take(t, &header, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- From the beginning ---- */

struct whole_stream {
	struct stream stream;
	struct tarstream *t;
	size_t at; /* of what was kept */
};

static ssize_t
whole_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct whole_stream *w = (struct whole_stream *)s;
	size_t left = w->t->nkept - w->at;

	if (left == 0)
		return stream_read(w->t->in, buf, len, err);
	len = len < left ? len : left;
	memcpy(buf, w->t->kept + w->at, len);
	w->at += len;
	return (ssize_t)len;
}

static void
whole_close(struct stream *s)
{
	tarstream_free(((struct whole_stream *)s)->t);
	free(s);
}

struct stream *
tarstream_whole(struct tarstream *t)
{
	struct whole_stream *w;

	if (!t->kept) {
		tarstream_free(t);
		return NULL;
	}
	w = xalloc(sizeof(*w));
	*w = (struct whole_stream){ { whole_read, whole_close }, t, 0 };
	return &w->stream;
}
