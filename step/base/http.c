/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - a request and its answer as a stream that is pulled, on libcurl's multi interface
 *
 * libcurl pushes bytes and this program pulls them. Each transfer has a multi handle
 * of its own, which runs only while somebody reads: what arrives is kept in a bounded
 * buffer, and a full buffer pauses the transfer. HTTP/1.1 alone, because the window of
 * an HTTP/2 stream would be a second buffer of 32 MiB.
 *
 * libcurl ends slow transfers by a clock that also runs while nobody reads; here only
 * the time spent waiting for bytes counts.
 *
 * Handles are kept for the next request whatever came of the last (libcurl.c), and with them
 * those connections that libcurl saw end cleanly. Left out: HTTP/2, cookies, netrc, redirects, content encodings.
 */
#include "step/base/http_transfer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STALL_MS    30000      /* so long may it take for ... */
#define STALL_BYTES (30 * KIB) /* ... this many bytes to arrive */
#define POLL_MS     1000
#define TRIES       3 /* of a request whose connection breaks before the header came */

static void
transfer_free(struct transfer *t)
{
	if (t->handle.easy != NULL) {
		t->lib->multi_remove_handle(t->handle.multi, t->handle.easy);
		libcurl_keep(t->handle);
	}
	t->lib->slist_free_all(t->lines);
	auto_fd(&t->trust_fd);
	free(t->site);
	free(t->via);
	free(t->buffer);
	free(t);
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	size_t len = size * n;

	if (t->start == t->end)
		t->start = t->end = 0;
	if (len > HTTP_BUFFER) {
		t->refused = "delivers too much at once";
		return 0;
	}
	if (len > HTTP_BUFFER - t->end) {
		t->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(t->buffer + t->end, bytes, len);
	t->end += len;
	t->window_bytes += len;
	return len;
}

/* Wait for bytes or a timer of libcurl's. */
static void
wait_for_more(struct transfer *t)
{
	int64_t before = monotonic_ms(), most = POLL_MS;

	if (t->deadline_ms > 0 && t->deadline_ms - before < most)
		most = t->deadline_ms > before ? t->deadline_ms - before : 0;
	t->lib->multi_poll(t->handle.multi, NULL, 0, (int)most, NULL);
	t->waited_ms += monotonic_ms() - before;
	if (t->waited_ms < t->patience_ms)
		return;
	t->stalled = t->window_bytes < STALL_BYTES;
	t->waited_ms = 0;
	t->window_bytes = 0;
}

/* Let libcurl work until it has nothing to do at once; true while it should go on. */
static bool
pump(struct transfer *t)
{
	int running = 0, queued = 0;
	CURLMsg *message;

	if (t->deadline_ms > 0 && monotonic_ms() >= t->deadline_ms) {
		t->late = true;
		return false;
	}
	if (t->paused) {
		t->paused = false;
		t->lib->easy_pause(t->handle.easy, CURLPAUSE_CONT);
	}
	t->lib->multi_perform(t->handle.multi, &running);
	while ((message = t->lib->multi_info_read(t->handle.multi, &queued)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		t->done = true;
		t->result = message->data.result;
	}
	return !t->done && !t->stalled && t->refused == NULL;
}

static bool
has_failed(const struct transfer *t)
{
	return t->late || t->stalled || t->refused != NULL || (t->done && t->result != CURLE_OK);
}

static ssize_t
transfer_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct transfer *t = (struct transfer *)s;

	while (t->start == t->end) {
		if (!t->done && pump(t) && t->start == t->end)
			wait_for_more(t);
		if (t->start < t->end)
			break;
		if (has_failed(t))
			return http_fail(t, err);
		if (t->done)
			return 0;
	}
	if (len > t->end - t->start)
		len = t->end - t->start;
	memcpy(buf, t->buffer + t->start, len);
	t->start += len;
	return (ssize_t)len;
}

static void
transfer_close(struct stream *s)
{
	transfer_free((struct transfer *)s);
}

static struct transfer *
transfer_new(const struct libcurl *lib, const struct http_request *req, enum err_kind kind,
    const struct url *u, struct arena *a)
{
	struct transfer *t = xalloc(sizeof(*t));

	*t = (struct transfer){
		.stream = { transfer_read, transfer_close },
		.lib = lib,
		.kind = kind,
		.arena = a,
		.site = xstrdup(req->unix_socket != NULL ? req->unix_socket : url_site(a, u)),
		.https = u->https,
		.deadline_ms = req->deadline_ms,
		.patience_ms = req->patience_ms > 0 ? req->patience_ms : STALL_MS,
		.any_encoding = req->any_encoding,
		.hints = req->hints != NULL ? *req->hints : (struct http_hints){ .ca = NULL },
		.wants_tls = req->wants_tls,
		.buffer = xalloc(HTTP_BUFFER),
		.trust_fd = -1,
	};
	return t;
}

/* Proxies and servers that were met in the wrong way answer with a status, and say why in the first bytes. */
static int
look_at_status(struct transfer *t, struct err *err)
{
	while (t->response.status == 400 && t->start == t->end && pump(t))
		wait_for_more(t);
	return http_refuse_status(t, (struct str){ t->buffer + t->start, t->end - t->start }, err);
}

/* Send the request and wait for the header: 0, or -1 and whether to try again. */
static int
transfer_begin(struct transfer *t, const struct http_request *req, const struct url *u,
    bool *ret_again, struct err *err)
{
	*ret_again = false;
	if (libcurl_take(&t->handle) < 0)
		return err_set(err, ERR_INTERNAL, "libcurl gives no handle");
	if (http_prepare(t, req, u, err) < 0)
		return -1;
	t->lib->easy_setopt(t->handle.easy, CURLOPT_WRITEFUNCTION, on_body);
	t->lib->easy_setopt(t->handle.easy, CURLOPT_WRITEDATA, t);
	if (t->lib->multi_add_handle(t->handle.multi, t->handle.easy) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl takes no transfer");
	while (pump(t) && !t->header_done)
		wait_for_more(t);
	if (t->header_done && t->refused == NULL)
		return look_at_status(
		    t, err); /* what breaks from here on is the reader's to learn */
	*ret_again = req->method != HTTP_POST && http_broke(t);
	return http_fail(t, err);
}

int
http_send(const struct http_request *req, enum err_kind kind, struct arena *a,
    struct http_response *ret, struct err *err)
{
	const struct libcurl *lib = libcurl_get(err);
	struct transfer *t;
	struct url u;
	bool again = true;

	if (lib == NULL || url_parse(str_of(req->url), kind, a, &u, err) < 0)
		return -1;
	for (int i = 1;; i++) {
		t = transfer_new(lib, req, kind, &u, a);
		if (transfer_begin(t, req, &u, &again, err) == 0)
			break;
		transfer_free(t);
		if (!again || i == TRIES)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = i * 200000000L }, NULL);
	}
	t->challenges = arena_grow(a, t->challenges, t->nchallenges, sizeof(*t->challenges));
	t->challenges[t->nchallenges] = NULL;
	*ret = t->response;
	ret->private_peer = t->peer_private;
	ret->challenges = t->challenges;
	ret->body = &t->stream;
	return 0;
}

char *
http_escape(struct arena *a, const char *value)
{
	char *text = arena_alloc(a, 3 * strlen(value) + 1);

	percent_encode(text, str_of(value), UNRESERVED_URI);
	return text;
}
