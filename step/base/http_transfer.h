/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_transfer.h - one request on its way: what the files of http*.c share and nobody else sees
 */
#ifndef STEP_BASE_HTTP_TRANSFER_H
#define STEP_BASE_HTTP_TRANSFER_H

#include "step/base/http.h"
#include "step/base/libcurl.h"
#include "step/base/url.h"

#include <netinet/in.h>

#define HTTP_CONNECT_SECONDS 10
#define ADDRESS_TEXT         INET6_ADDRSTRLEN
#define HTTP_CHUNK           (64 * KIB) /* one receive of libcurl */
#define HTTP_BUFFER          (256 * KIB) /* what may wait for a reader: HTTP_CHUNK fits several times */

struct transfer {
	struct stream stream;
	const struct libcurl *lib;
	struct libcurl_handle handle;
	struct curl_slist *lines; /* of the request's header */
	int trust_fd;             /* of a file of certificates, or -1 */
	enum err_kind kind;
	char *site;           /* for messages: the host, or the path of a socket */
	bool https, knows_us; /* it is shown a client certificate */
	int64_t deadline_ms;  /* of monotonic_ms(), or 0 */
	int64_t patience_ms;  /* next to nothing may arrive for so long */
	struct http_hints hints;
	bool *wants_tls; /* the request's, or NULL */

	/* The way there. */
	char *via;                         /* for messages: the proxy and who named it, or NULL */
	bool via_socks, via_tls, via_user; /* the last: it is told a user name */
	bool is_socket;                    /* the path of one, in place of the host */
	bool public_only, not_here;        /* as in the request */
	char peer_refused[ADDRESS_TEXT]; /* an address that was not connected to for that, or "" */
	bool peer_private;

	/* The header of the answer; not touched once it is complete. */
	struct arena *arena;
	struct http_response response;
	const char **challenges;
	size_t nchallenges;
	size_t header_bytes, header_lines;
	bool header_done, any_encoding;

	/* Body bytes that wait for a reader: buffer[start, end). */
	char *buffer;
	size_t start, end;
	bool paused;

	bool done; /* libcurl is finished with it, result says how */
	CURLcode result;
	const char *refused; /* what a callback here did not accept, or NULL */
	bool stalled, late;
	int64_t waited_ms; /* since window_bytes began to count */
	uint64_t window_bytes;
	char detail[CURL_ERROR_SIZE];
};

/* http_header.c: libcurl's CURLOPT_HEADERFUNCTION, which fills t->response. */
size_t http_on_header(char *bytes, size_t size, size_t n, void *transfer);

/* http_setup.c: everything that the request asks for, but for what takes the body. */
int http_prepare(struct transfer *t, const struct http_request *req, const struct url *u,
    struct err *err) MUST_CHECK;

/* http_peer.c: whom libcurl may connect to, and whom it found. */
void http_watch_peer(struct transfer *t);

/* http_error.c: why the transfer failed, in one sentence; -1. */
int http_fail(const struct transfer *t, struct err *err);
/* Did the connection break, so that another one may do better? */
bool http_broke(const struct transfer *t);
/* A status that says what is wrong with the connection itself: -1 with a sentence, else 0. body: its first bytes. */
int http_refuse_status(const struct transfer *t, struct str body, struct err *err) MUST_CHECK;

#endif
