/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob.c - a registry's blob as a stream that survives broken connections
 *
 *      GET /v2/app/blobs/sha256:...
 *      Range: bytes=1048576-          206, Content-Range: bytes 1048576-2097151/2097152
 *
 * RFC 9110, section 14. A server may ignore Range and answer 200 with all bytes; those
 * already delivered are then skipped. A connection that breaks is resumed where it broke,
 * but only TRIES times in all, and twice running without a byte is the end.
 */
#include "step/image/blob.h"

#include "step/image/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRIES  5 /* connections for one stream */
#define BARREN 2 /* of them that brought nothing, one after the other */
#define SKIP   (16 * KIB)

struct blob {
	struct stream stream;
	struct registry *registry;
	char *digest;
	uint64_t size;   /* or IMAGE_SIZE_UNKNOWN */
	uint64_t offset; /* of the next byte to deliver */

	struct stream *body; /* or NULL: not connected */
	unsigned tries;      /* connections so far */
	unsigned barren;     /* ended without a byte, the last ones running */
	uint64_t begin;      /* offset where this connection began to deliver */
};

/* "bytes 1048576-2097151/2097152" (or "/ *"): does the answer begin where it should? */
static bool
range_fits(const char *value, uint64_t offset, uint64_t size)
{
	struct str rest = str_of(value), last;
	uint64_t first, end, total;

	if (value == NULL || !str_starts(rest, "bytes "))
		return false;
	rest = str_trim(str_skip(rest, strlen("bytes ")));
	if (!str_number(str_cut(&rest, '-'), UINT64_MAX, &first) || first != offset)
		return false;
	last = str_cut(&rest, '/');
	if (!str_number(last, UINT64_MAX, &end) || end < first)
		return false;
	if (str_is(rest, "*"))
		return true;
	return str_number(rest, UINT64_MAX, &total) && end < total &&
	       (size == IMAGE_SIZE_UNKNOWN || total == size);
}

static int
skip(struct stream *s, uint64_t n, struct err *err)
{
	char buf[SKIP];

	while (n > 0) {
		ssize_t got = stream_read(s, buf, n < sizeof(buf) ? (size_t)n : sizeof(buf), err);

		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, ERR_IMAGE, "the blob is shorter than it was before");
		n -= (uint64_t)got;
	}
	return 0;
}

/* Is this answer the bytes from b->offset on? Makes it so where it can. */
static int
accept_answer(struct blob *b, struct http_response *response, struct err *err)
{
	if (response->status == 200)
		return skip(response->body, b->offset, err);
	if (response->status == 206 && b->offset > 0) {
		if (range_fits(response->content_range, b->offset, b->size))
			return 0;
		return err_set(err, ERR_IMAGE, "other bytes came than were asked for");
	}
	b->tries = TRIES; /* an answer, if not the wanted one: final */
	return registry_refused(b->registry, response, "it", err);
}

static int
connect_blob(struct blob *b, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct http_response response;
	struct registry_request req = { .path = arena_textf(a, "blobs/%s", b->digest),
		.offset = b->offset };

	b->tries++;
	b->begin = b->offset;
	if (registry_get(b->registry, &req, a, &response, err) < 0) {
		b->tries = TRIES; /* it has tried again itself */
		return -1;
	}
	if (accept_answer(b, &response, err) < 0) {
		stream_close(response.body);
		return -1;
	}
	b->body = response.body;
	return 0;
}

static void
disconnect(struct blob *b)
{
	stream_close(b->body);
	b->body = NULL;
}

/* After a failure: 0 when it is worth another try, having waited. */
static int
give_up(struct blob *b, struct err *err)
{
	b->barren = b->offset > b->begin ? 0 : b->barren + 1;
	if (b->tries >= TRIES || b->barren >= BARREN)
		return err_wrap(err, "blob %s", b->digest);
	registry_back_off(b->tries);
	return 0;
}

static ssize_t
blob_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct blob *b = (struct blob *)s;

	for (;;) {
		ssize_t n = -1;

		if (b->body != NULL || connect_blob(b, err) == 0)
			n = stream_read(b->body, buf, len, err);
		if (n >= 0) {
			b->offset += (uint64_t)n;
			return n;
		}
		disconnect(b);
		if (give_up(b, err) < 0)
			return -1;
	}
}

static void
blob_close(struct stream *s)
{
	struct blob *b = (struct blob *)s;

	disconnect(b);
	free(b->digest);
	free(b);
}

int
blob_open(struct registry *r, const char *digest, uint64_t size, uint64_t offset,
    struct stream **ret, struct err *err)
{
	struct blob *b;

	if (size != IMAGE_SIZE_UNKNOWN && offset >= size && offset > 0) {
		*ret = stream_of_memory(STR(""));
		return 0;
	}
	b = xalloc(sizeof(*b));
	*b = (struct blob){
		.stream = { blob_read, blob_close },
		.registry = r,
		.digest = xstrdup(digest),
		.size = size,
		.offset = offset,
	};
	/* The first answer tells here whether the blob is there at all. */
	while (connect_blob(b, err) < 0) {
		if (give_up(b, err) < 0) {
			blob_close(&b->stream);
			return -1;
		}
	}
	*ret = &b->stream;
	return 0;
}
