/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull.c - manifests and configs of an image out of a registry, its mirrors, or what was kept of them
 *
 *      HEAD /v2/app/manifests/1.4     200, Docker-Content-Digest: sha256:5f70...     kept: no GET
 *      GET  /v2/app/manifests/1.4
 *      GET  /v2/app/manifests/sha256:...     an index's entry
 *      GET  /v2/app/blobs/sha256:...         a config
 *
 * Docker Hub counts GETs of manifests and not HEADs: what was had before is not had again.
 *
 * Who cannot give a document is passed over for registry_next(); who gives another than the
 * one asked for is not: that is an error, which names the host. What comes is anything, and may repeat our own
 * Authorization header: it is kept once an image was made of it.
 */
#include "step/image/pull.h"

#include <string.h>

#define LIMIT_HAD (4 * LIMIT_DOCUMENT) /* together, that wait to be kept: the rest is not */
#define TRIES     2 /* of a document whose connection breaks, or that is another one */

enum {
	GOT = 0,
	UNAVAILABLE = 1, /* here, with err saying why; -1 is an error as everywhere */
	NOT_KEPT = 2,    /* of head_manifest(): it has to be had */
};

/* ---- Remarks ---- */

void
remarks_add(struct remarks *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	r->list = arena_grow(r->arena, r->list, r->n, sizeof(*r->list));
	r->list[r->n++] = arena_textv(r->arena, fmt, args);
	va_end(args);
	r->list = arena_grow(r->arena, r->list, r->n, sizeof(*r->list));
	r->list[r->n] = NULL;
}

void
remarks_add_trouble(struct remarks *r, const char *text)
{
	/* One file may be passed over for the mirror and for the registry. */
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->list[i], text) == 0)
			return;
	remarks_add(r, "%s", text);
	r->trouble = r->trouble ? arena_textf(r->arena, "%s; %s", r->trouble, text)
				: arena_textf(r->arena, "%s", text);
}

/* Why r was passed over. */
static void
remark_next(struct pull *p, const struct registry *r, const struct err *why)
{
	remarks_add_trouble(
	    p->remarks, arena_textf(p->remarks->arena, "the mirror %s is passed over: %s",
			    registry_site(r), why->text));
}

/* ---- What is kept ---- */

struct document {
	const char *digest;
	struct str bytes;
};

static void
take_down(struct pull *p, const char *digest, struct str bytes)
{
	struct arena *a = p->arena;

	if (!p->documents || bytes.len > LIMIT_HAD - p->had_bytes)
		return;
	p->had = arena_grow(a, p->had, p->nhad, sizeof(*p->had));
	p->had[p->nhad++] = (struct document){ arena_string(a, str_of(digest)),
		{ arena_copy(a, bytes.ptr, bytes.len), bytes.len } };
	p->had_bytes += bytes.len;
}

void
pull_keep(struct pull *p)
{
	for (size_t i = 0; i < p->nhad; i++)
		documents_put(p->documents, p->had[i].digest, p->had[i].bytes);
}

/* ---- One document of one registry ---- */

static bool
is_web_page(const struct http_response *response)
{
	return response->content_type && strcmp(response->content_type, "text/html") == 0;
}

static int
take_document(struct registry *r, struct registry_answer *answer, const char *what, struct arena *a,
    struct str *ret, struct err *err)
{
	if (answer->http.status != 200)
		return registry_refused(r, answer, what, err);
	what = what ? what : "the manifest";
	if (is_web_page(&answer->http))
		return err_set(
		    err, ERR_IMAGE, "a web page came instead of %s: is this a registry?", what);
	if (stream_whole(answer->http.body, LIMIT_DOCUMENT, ERR_IMAGE, a, ret, err) == 0)
		return 0;
	registry_late(r, err);
	return -1;
}

/* what is NULL for the manifest that the reference itself names. GOT, UNAVAILABLE or -1. */
static int
get_document(struct registry *r, const char *path, const char *what, struct arena *a,
    struct str *ret, struct registry_answer *ret_answer, struct err *err)
{
	const struct registry_request req = { .path = path, .accept = MANIFEST_ACCEPT };

	for (int i = 1;; i++) {
		struct registry_answer *answer = ret_answer;
		int status;

		*answer = (struct registry_answer){ .elsewhere = NULL };
		if (registry_send(r, &req, a, answer, err) < 0)
			return err->kind == ERR_IMAGE ? UNAVAILABLE : -1;
		status = take_document(r, answer, what, a, ret, err);
		stream_close(answer->http.body);
		answer->http.body = NULL;
		if (status == 0)
			return GOT;
		if (answer->http.status != 200 || i == TRIES)
			return UNAVAILABLE;
	}
}

/* Where a document lies depends on what it is: "manifests/" or "blobs/". */
static bool
may_be_manifest(const struct descriptor *d)
{
	struct str types = STR(MANIFEST_ACCEPT);

	while (d->media_type && types.len > 0)
		if (str_is(str_trim(str_cut(&types, ',')), d->media_type))
			return true;
	return !d->media_type;
}

static int
get_named(struct registry *r, const struct descriptor *d, struct arena *a, struct str *ret,
    struct err *err)
{
	bool manifest = may_be_manifest(d);
	const char *path = arena_textf(a, "%s/%s", manifest ? "manifests" : "blobs", d->digest);
	const char *what = arena_textf(a, "%s %s", manifest ? "manifest" : "blob", d->digest);

	for (int i = 1;; i++) {
		struct registry_answer answer;
		int status = get_document(r, path, what, a, ret, &answer, err);

		if (status != GOT || descriptor_verify(d, *ret, err) == 0)
			return status;
		if (i == TRIES)
			return err_wrap(err, "%s gives other bytes", registry_site(r));
	}
}

static int
fetch(struct document_source *from, const struct descriptor *d, struct arena *a, struct str *ret,
    struct err *err)
{
	struct pull *p = (struct pull *)from;
	struct registry *r = p->from;

	if (documents_get(p->documents, d->digest, a, ret))
		return 0;
	for (;;) {
		int status = get_named(r, d, a, ret, err);

		if (status == GOT) {
			take_down(p, d->digest, *ret);
			return 0;
		}
		if (status < 0 || !registry_next(r))
			return -1;
		remark_next(p, r, err);
		r = registry_next(r);
	}
}

void
pull_init(struct pull *p, struct registry *first, struct documents *d, struct remarks *r)
{
	*p = (struct pull){
		.source = { fetch },
		.from = first,
		.documents = d,
		.remarks = r,
		.arena = arena_new(),
	};
}

void
pull_end(struct pull *p)
{
	arena_free(p->arena);
}

/* ---- The manifest that the reference names ---- */

/* Registries of files answer with types of files: those say nothing. */
static const char *
document_type(const char *content_type)
{
	static const char documents[] = "application/vnd.";

	if (!content_type || !str_starts(str_of(content_type), documents))
		return NULL;
	return content_type;
}

/* Is an answer to HEAD the last word? Whatever is about HEAD alone, or about the store that it led to, is not. */
static bool
is_last_word(const struct registry_answer *answer)
{
	long s = answer->http.status;

	return s == 429 || (!answer->elsewhere && (s == 401 || s == 403));
}

static int
head_manifest(struct pull *p, struct registry *r, const char *path, struct arena *a,
    struct pulled *ret, struct err *err)
{
	const struct registry_request req = { HTTP_HEAD, path, MANIFEST_ACCEPT, 0, 0 };
	struct registry_answer answer = { .elsewhere = NULL };
	const char *digest;
	int status = NOT_KEPT;

	if (registry_send(r, &req, a, &answer, err) < 0)
		return err->kind == ERR_IMAGE ? UNAVAILABLE : -1;
	digest = answer.http.content_digest;
	if (is_last_word(&answer)) {
		registry_refused(r, &answer, NULL, err);
		status = UNAVAILABLE;
	} else if (answer.http.status == 200 && digest && !answer.elsewhere &&
		   documents_get(p->documents, digest, a, &ret->bytes)) {
		ret->type = document_type(answer.http.content_type);
		status = GOT;
	}
	stream_close(answer.http.body);
	return status;
}

/* Of a digest nothing else counts; of a tag the registry's word is compared, for what it is worth. */
static int
check_digest(struct pull *p, struct registry *r, const struct reference *ref, const char *said,
    const char *computed, struct err *err)
{
	if (ref->digest && strcmp(computed, ref->digest) != 0)
		return err_set(err, ERR_IMAGE, "%s gives a manifest with the digest %s for %s",
		    registry_site(r), computed, ref->digest);
	if (!ref->digest && said && digest_valid(str_of(said)) && strcmp(said, computed) != 0)
		remarks_add(p->remarks, "%s says that the manifest has the digest %s; it has %s",
		    registry_site(r), said, computed);
	return 0;
}

static int
get_manifest(struct pull *p, struct registry *r, const struct reference *ref, const char *path,
    struct arena *a, struct pulled *ret, struct err *err)
{
	struct registry_answer answer;
	const char *computed;
	int status = get_document(r, path, NULL, a, &ret->bytes, &answer, err);

	if (status != GOT)
		return status;
	ret->type = document_type(answer.http.content_type);
	computed = digest_of(ret->bytes, a);
	if (check_digest(p, r, ref, answer.http.content_digest, computed, err) < 0)
		return -1;
	take_down(p, computed, ret->bytes);
	return GOT;
}

int
pull_manifest(struct pull *p, const struct reference *ref, struct arena *a, struct pulled *ret,
    struct err *err)
{
	const char *version = ref->digest ? ref->digest : ref->tag;
	const char *path = arena_textf(a, "manifests/%s", version);

	*ret = (struct pulled){ { "", 0 }, NULL };
	if (ref->digest && documents_get(p->documents, ref->digest, a, &ret->bytes))
		return 0;
	for (;;) {
		struct registry *r = p->from;
		int status = NOT_KEPT;

		if (p->documents && !ref->digest)
			status = head_manifest(p, r, path, a, ret, err);
		if (status == NOT_KEPT)
			status = get_manifest(p, r, ref, path, a, ret, err);
		if (status == GOT)
			return 0;
		if (status < 0 || !registry_next(r))
			return -1;
		remark_next(p, r, err);
		p->from = registry_next(r);
	}
}
