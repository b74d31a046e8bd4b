/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob.c - a registry's blob as a stream that survives broken connections
 *
 *      GET /v2/app/blobs/sha256:...
 *      Range: bytes=1048576-          206, Content-Range: bytes 1048576-2097151/2097152
 *
 * RFC 9110, section 14. A server may ignore Range and answer 200 with all bytes; those
 * already delivered are then skipped. One that answers with other bytes than were asked for, or with
 * 416, is asked once for all of them. A connection that breaks is resumed where it broke; but TRIES of them
 * running that brought less than PROGRESS, and not slowly, are the end.
 */
#include "step/image/blob.h"

#include "step/image/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PROGRESS MIB   /* bytes that are worth a further connection, */
#define LASTED   60000 /* as is one that held so many milliseconds */

struct blob {
	struct stream stream;
	struct registry *registry;
	char *digest;
	uint64_t size;   /* or IMAGE_SIZE_UNKNOWN */
	uint64_t offset; /* of the next byte to deliver */

	struct stream *body; /* or NULL: not connected */
	bool final;          /* what is wrong is no broken connection */
	bool whole;          /* no Range next time: what came to it was not what was asked for */
	bool restarted;      /* that has been so */
	bool refused;        /* this registry says that it does not give it */
	unsigned barren;     /* connections with no progress, the last ones running */
	uint64_t begin;      /* offset where this connection began to deliver */
	int64_t begin_ms;
};

/* Is what broke without anything more to bring? The digest tells whether it is right. An empty blob has yet to be seen. */
static bool
is_complete(const struct blob *b)
{
	return b->size > 0 && b->offset == b->size;
}

/* What a Content-Range says: "bytes 5-9/10", its last part SIZE_UNKNOWN for "*". */
struct range {
	uint64_t first, last, total;
};

static bool
range_read(const char *value, struct range *ret)
{
	struct str rest = str_of(value);

	if (!str_starts(rest, "bytes "))
		return false;
	rest = str_trim(str_skip(rest, strlen("bytes ")));
	if (!str_number(str_cut(&rest, '-'), UINT64_MAX, &ret->first) ||
	    !str_number(str_cut(&rest, '/'), UINT64_MAX - 1, &ret->last))
		return false;
	ret->total = IMAGE_SIZE_UNKNOWN;
	return str_is(rest, "*") || str_number(rest, UINT64_MAX - 1, &ret->total);
}

/* Are these bytes, and no others, what the answer says it has? end is behind the last one, or unknown. */
static bool
range_fits(const char *value, uint64_t offset, uint64_t end, uint64_t size)
{
	struct range r;

	if (!range_read(value, &r) || r.first != offset || r.last < r.first)
		return false;
	if (r.total != IMAGE_SIZE_UNKNOWN &&
	    (r.last >= r.total || (size != IMAGE_SIZE_UNKNOWN && r.total != size)))
		return false;
	if (end == IMAGE_SIZE_UNKNOWN)
		end = r.total;
	return end == IMAGE_SIZE_UNKNOWN || r.last + 1 == end;
}

/* Is this answer the bytes from b->offset on? Makes it so where it can. */
static int
accept_answer(struct blob *b, struct registry_answer *answer, bool ranged, struct err *err)
{
	long status = answer->http.status;
	bool wrong = ranged && (status == 206 || status == 416);

	if (status == 200)
		return stream_skip(answer->http.body, b->offset, ERR_IMAGE, err);
	if (ranged && status == 206 &&
	    range_fits(answer->http.content_range, b->offset, b->size, b->size))
		return 0;
	b->final = !wrong || b->restarted;
	b->restarted = b->whole = true;
	if (wrong)
		return err_set(err, ERR_IMAGE, "other bytes came than were asked for");
	b->refused = status / 100 == 4 && status != 429;
	return registry_refused(b->registry, answer, "it", err);
}

static int
connect_blob(struct blob *b, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct registry_answer answer = { .elsewhere = NULL };
	struct registry_request req = { .path = arena_textf(a, "blobs/%s", b->digest),
		.offset = b->whole ? 0 : b->offset };

	b->whole = false;
	b->begin = b->offset;
	b->begin_ms = monotonic_ms();
	if (registry_send(b->registry, &req, a, &answer, err) < 0) {
		b->final = true; /* it has tried again itself */
		return -1;
	}
	if (accept_answer(b, &answer, req.offset > 0, err) < 0) {
		stream_close(answer.http.body);
		return -1;
	}
	b->body = answer.http.body;
	return 0;
}

static void
disconnect(struct blob *b)
{
	stream_close(b->body);
	b->body = NULL;
}

/* Whoever else may have it, from where it broke. */
static bool
go_on_elsewhere(struct blob *b, const struct err *err)
{
	struct registry *next = NULL;

	if (err->kind == ERR_IMAGE)
		next = registry_leave(b->registry, b->digest, !b->refused, err);
	if (!next)
		return false;
	b->registry = next;
	b->final = b->restarted = b->whole = b->refused = false;
	b->barren = 0;
	return true;
}

/* After a failure: 0 when it is worth another try, having waited. */
static int
give_up(struct blob *b, struct err *err)
{
	bool progress = b->offset - b->begin >= PROGRESS || monotonic_ms() - b->begin_ms >= LASTED;

	b->barren = progress ? 0 : b->barren + 1;
	if (err->kind == ERR_IMAGE && !b->final && b->barren < RETRY_TRIES &&
	    retry_wait(registry_patience(b->registry), b->barren ? b->barren : 1, NULL, err->text))
		return 0;
	if (go_on_elsewhere(b, err))
		return 0;
	return err_wrap(err, "blob %s", b->digest);
}

/* No more than the image announces: who sends on and on is not listened to. */
static ssize_t
read_body(struct blob *b, void *buf, size_t len, struct err *err)
{
	ssize_t n = stream_read(b->body, buf, len, err);

	if (n <= 0)
		return n;
	if (b->size != IMAGE_SIZE_UNKNOWN && (uint64_t)n > b->size - b->offset)
		return err_set(err, ERR_CONTENT,
		    "more bytes came than the %" PRIu64 " that the image announces", b->size);
	b->offset += (uint64_t)n;
	return n;
}

static ssize_t
blob_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct blob *b = (struct blob *)s;

	for (;;) {
		ssize_t n = -1;

		if (b->body == NULL && is_complete(b))
			return 0;
		if (b->body != NULL || connect_blob(b, err) == 0)
			n = read_body(b, buf, len, err);
		if (n >= 0)
			return n;
		if (b->body != NULL)
			registry_late(b->registry, err);
		disconnect(b);
		if (!(is_complete(b) && err->kind == ERR_IMAGE) && give_up(b, err) < 0)
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
blob_open(
    struct registry *r, const char *digest, uint64_t size, struct stream **ret, struct err *err)
{
	struct blob *b = xalloc(sizeof(*b));

	*b = (struct blob){
		.stream = { blob_read, blob_close },
		.registry = registry_sound(r),
		.digest = xstrdup(digest),
		.size = size,
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

/* ---- A part ---- */

struct part {
	struct stream stream;
	struct stream *body;
	uint64_t left;
};

static ssize_t
part_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct part *p = (struct part *)s;
	ssize_t n;

	if (p->left == 0)
		return 0;
	n = stream_read(p->body, buf, len > p->left ? (size_t)p->left : len, err);
	if (n == 0)
		return err_set(err, ERR_IMAGE, "%" PRIu64 " bytes of a part did not come", p->left);
	p->left -= n > 0 ? (uint64_t)n : 0;
	return n;
}

static void
part_close(struct stream *s)
{
	struct part *p = (struct part *)s;

	stream_close(p->body);
	free(p);
}

static int
part_from(struct registry *r, const char *digest, uint64_t size, uint64_t offset, uint64_t length,
    struct stream **ret, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *path = arena_textf(a, "blobs/%s", digest);
	const struct registry_request req = { .path = path, .offset = offset, .length = length };
	struct registry_answer answer = { .elsewhere = NULL };
	bool whole = offset == 0 && length == size;
	struct part *p;

	if (registry_send(r, &req, a, &answer, err) < 0)
		return -1;
	if ((answer.http.status == 206 &&
		range_fits(answer.http.content_range, offset, offset + length, size)) ||
	    (answer.http.status == 200 && whole)) {
		p = xalloc(sizeof(*p));
		*p = (struct part){ { part_read, part_close }, answer.http.body, length };
		*ret = &p->stream;
		return 0;
	}
	if (answer.http.status == 200 || answer.http.status == 206 || answer.http.status == 416)
		err_set(err, ERR_IMAGE, "other bytes came than were asked for");
	else
		registry_refused(r, &answer, "it", err);
	stream_close(answer.http.body);
	return -1;
}

int
blob_open_part(struct registry *r, const char *digest, uint64_t size, uint64_t offset,
    uint64_t length, struct stream **ret, struct err *err)
{
	for (r = registry_sound(r); r;) {
		if (part_from(r, digest, size, offset, length, ret, err) == 0)
			return 0;
		r = err->kind == ERR_IMAGE ? registry_leave(r, digest, false, err) : NULL;
	}
	return err_wrap(err, "blob %s", digest);
}
