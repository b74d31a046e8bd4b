/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - HTTP(S) GET as a stream that is pulled, on libcurl's multi interface
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
#include "step/base/http.h"

#include "step/base/libcurl.h"
#include "step/base/url.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define USER_AGENT       "scanstep"
#define CONNECT_SECONDS  10
#define STALL_MS         30000      /* so long may it take for ... */
#define STALL_BYTES      (30 * KIB) /* ... this many bytes to arrive */
#define POLL_MS          1000
#define CHUNK            (64 * KIB)  /* one receive of libcurl */
#define BUFFER           (256 * KIB) /* what may wait for a reader: CHUNK fits several times */
#define LIMIT_HEADER     (64 * KIB)  /* all header lines of one answer */
#define LIMIT_CHALLENGES 16
#define TRIES            3 /* of a request whose connection breaks before the header came */

struct transfer {
	struct stream stream;
	const struct libcurl *lib;
	struct libcurl_handle handle;
	struct curl_slist *lines; /* of the request's header */
	int trust_fd;             /* of a file of certificates, or -1 */
	enum err_kind kind;
	char *site; /* for messages */

	/* The header of the answer; not touched once it is complete. */
	struct arena *arena;
	struct http_response response;
	const char **challenges;
	size_t nchallenges;
	size_t header_bytes;
	bool header_done;

	/* Body bytes that wait for a reader: buffer[start, end). */
	char *buffer;
	size_t start, end;
	bool paused;

	bool done; /* libcurl is finished with it, result says how */
	CURLcode result;
	const char *refused; /* what a callback here did not accept, or NULL */
	bool stalled;
	int64_t waited_ms; /* since window_bytes began to count */
	uint64_t window_bytes;
	char detail[CURL_ERROR_SIZE];
};

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
	if (len > BUFFER) {
		t->refused = "delivers too much at once";
		return 0;
	}
	if (len > BUFFER - t->end) {
		t->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(t->buffer + t->end, bytes, len);
	t->end += len;
	t->window_bytes += len;
	return len;
}

/* "HTTP/1.1 200 OK": an answer begins; earlier ones (100, 103) are forgotten. */
static void
begin_answer(struct transfer *t, struct str line)
{
	uint64_t status = 0;

	str_cut(&line, ' ');
	if (!str_number(str_cut(&line, ' '), 999, &status))
		status = 0;
	t->response = (struct http_response){ .status = (long)status };
	t->nchallenges = 0;
}

static void
take_field(struct transfer *t, struct str line)
{
	struct http_response *r = &t->response;
	const struct {
		const char *name;
		const char **value;
	} fields[] = {
		{ "Location", &r->location },
		{ "Content-Type", &r->content_type },
		{ "Content-Range", &r->content_range },
		{ "Retry-After", &r->retry_after },
		{ "ETag", &r->etag },
		{ "Last-Modified", &r->last_modified },
	};
	struct str name = str_cut(&line, ':'), value = str_trim(line);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (name.len != strlen(fields[i].name) || *fields[i].value != NULL ||
		    strncasecmp(name.ptr, fields[i].name, name.len) != 0)
			continue;
		if (fields[i].value == &r->content_type)
			value = str_trim(str_cut(&value, ';'));
		*fields[i].value = arena_text(t->arena, value);
	}
	if (name.len == strlen("WWW-Authenticate") && t->nchallenges < LIMIT_CHALLENGES &&
	    strncasecmp(name.ptr, "WWW-Authenticate", name.len) == 0) {
		t->challenges =
		    arena_grow(t->arena, t->challenges, t->nchallenges, sizeof(*t->challenges));
		t->challenges[t->nchallenges++] = arena_text(t->arena, value);
	}
}

static size_t
on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	size_t len = size * n;
	struct str rest = { bytes, len }, line;

	if (t->header_done)
		return len; /* a trailer */
	t->window_bytes += len;
	t->header_bytes += len;
	if (t->header_bytes > LIMIT_HEADER) {
		t->refused = "answers with more than 64 KiB of header";
		return 0;
	}
	line = str_line(&rest);
	if (str_starts(line, "HTTP/"))
		begin_answer(t, line);
	else if (line.len == 0)
		t->header_done = t->response.status >= 200;
	else
		take_field(t, line);
	return len;
}

/* libcurl's own rule for https; for http it reads the lower-case name alone. */
static const char *
proxy_for(const struct url *u)
{
	const char *proxy = getenv("http_proxy");

	if (url_host_loopback(u->host))
		return "";
	if (u->https || (proxy != NULL && *proxy != '\0'))
		return NULL;
	/* In a CGI program HTTP_PROXY is what the client sent as "Proxy:". */
	return getenv("REQUEST_METHOD") == NULL ? getenv("HTTP_PROXY") : NULL;
}

/* As a file: a libcurl with GnuTLS takes certificates no other way. It lives until t ends. */
static void
trust_by_file(struct transfer *t, const struct http_tls *tls, struct arena *a)
{
	const struct libcurl *lib = t->lib;
	struct err err;
	const char *path;

	t->trust_fd = file_spool(&err);
	if (t->trust_fd < 0 || file_write_all(t->trust_fd, tls->trusted, tls->trusted_len) < 0) {
		t->refused = "cannot be asked: no room for its certificates in TMPDIR";
		return;
	}
	path = arena_textf(a, "/proc/self/fd/%d", t->trust_fd);
	lib->easy_setopt(t->handle.easy, CURLOPT_CAINFO, path);
	lib->easy_setopt(t->handle.easy, CURLOPT_PROXY_CAINFO, path);
}

/* The variables that the curl tool obeys and the library does not, unless tls says whom to believe. */
static void
set_trust(struct transfer *t, const struct http_tls *tls, struct arena *a)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;
	const char *file = http_tls_system_file(), *folder = getenv("SSL_CERT_DIR");
	bool verify = tls == NULL || !tls->skip_verify;

	if (tls != NULL && tls->trusted != NULL) {
		struct curl_blob blob = { tls->trusted, tls->trusted_len, CURL_BLOB_COPY };

		if (lib->easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) != CURLE_OK)
			trust_by_file(t, tls, a);
		else
			lib->easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
	} else if (file != NULL) {
		lib->easy_setopt(easy, CURLOPT_CAINFO, file);
	}
	if (folder != NULL && *folder != '\0')
		lib->easy_setopt(easy, CURLOPT_CAPATH, folder);
	lib->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	lib->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	lib->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
}

static void
add_line(struct transfer *t, struct arena *a, const char *name, const char *value)
{
	struct curl_slist *more;

	if (value == NULL)
		return;
	more = t->lib->slist_append(t->lines, arena_textf(a, "%s: %s", name, value));
	if (more == NULL)
		t->refused = "cannot be asked: out of memory";
	else
		t->lines = more;
}

static void
prepare(struct transfer *t, const struct http_request *req, const struct url *u, struct arena *a)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;
	const char *proxy = proxy_for(u);

	lib->easy_setopt(easy, CURLOPT_URL, url_text(a, u));
	lib->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	lib->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	lib->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	lib->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	lib->easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)CHUNK);
	lib->easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	lib->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	lib->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
	lib->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	lib->easy_setopt(easy, CURLOPT_WRITEDATA, t);
	lib->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	lib->easy_setopt(easy, CURLOPT_HEADERDATA, t);
	if (proxy != NULL)
		lib->easy_setopt(easy, CURLOPT_PROXY, proxy);
	set_trust(t, req->tls, a);
	add_line(t, a, "Accept", req->accept);
	add_line(t, a, "Authorization", req->authorization);
	add_line(t, a, "If-None-Match", req->if_none_match);
	add_line(t, a, "If-Modified-Since", req->if_modified_since);
	lib->easy_setopt(easy, CURLOPT_HTTPHEADER, t->lines);
	if (req->offset > 0)
		lib->easy_setopt(
		    easy, CURLOPT_RANGE, arena_textf(a, "%ju-", (uintmax_t)req->offset));
}

int64_t
http_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait for bytes or a timer of libcurl's. */
static void
wait_for_more(struct transfer *t)
{
	int64_t before = http_now_ms();

	t->lib->multi_poll(t->handle.multi, NULL, 0, POLL_MS, NULL);
	t->waited_ms += http_now_ms() - before;
	if (t->waited_ms < STALL_MS)
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

static int
fail_connect(const struct transfer *t, struct err *err)
{
	long code = 0;

	t->lib->easy_getinfo(t->handle.easy, CURLINFO_OS_ERRNO, &code);
	if (code > 0 && code < INT_MAX) {
		char reason[128];

		if (strerror_r((int)code, reason, sizeof(reason)) == 0)
			return err_set(err, t->kind, "cannot connect to %s: %s", t->site, reason);
	}
	return err_set(err, t->kind, "cannot connect to %s", t->site);
}

/* What libcurl writes in detail of a TLS failure holds no part of the request. */
static int
fail(const struct transfer *t, struct err *err)
{
	const char *reason = t->lib->easy_strerror(t->result);

	if (t->refused != NULL)
		return err_set(err, t->kind, "%s %s", t->site, t->refused);
	if (t->stalled)
		return err_set(err, t->kind, "%s stalls: less than 1 KiB/s for 30 s", t->site);
	switch ((int)t->result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, t->kind, "the name of %s does not resolve", t->site);
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(
		    err, t->kind, "the proxy's name does not resolve (on the way to %s)", t->site);
	case CURLE_COULDNT_CONNECT:
		return fail_connect(t, err);
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(
		    err, t->kind, "cannot connect to %s within %d s", t->site, CONNECT_SECONDS);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		if (t->detail[0] != '\0')
			reason = t->detail;
		return err_set(err, t->kind, "no TLS with %s: %s%s", t->site, reason,
		    t->result == CURLE_PEER_FAILED_VERIFICATION
			? " (--ca-bundle names certificates to trust)"
			: "");
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		return err_set(err, t->kind, "the connection to %s broke: %s", t->site, reason);
	default:
		return err_set(err, t->kind, "no answer from %s: %s", t->site, reason);
	}
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
		if (t->stalled || t->refused != NULL || (t->done && t->result != CURLE_OK))
			return fail(t, err);
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
transfer_new(const struct libcurl *lib, enum err_kind kind, const char *site, struct arena *a)
{
	struct transfer *t = xalloc(sizeof(*t));

	*t = (struct transfer){
		.stream = { transfer_read, transfer_close },
		.lib = lib,
		.kind = kind,
		.arena = a,
		.site = xstrdup(site),
		.buffer = xalloc(BUFFER),
		.trust_fd = -1,
	};
	return t;
}

/* Send the request and wait for the header: 0, or -1 and whether to try again. */
static int
transfer_begin(struct transfer *t, const struct http_request *req, const struct url *u,
    bool *ret_again, struct err *err)
{
	*ret_again = false;
	if (libcurl_take(&t->handle) < 0)
		return err_set(err, ERR_INTERNAL, "libcurl gives no handle");
	prepare(t, req, u, t->arena);
	if (t->lib->multi_add_handle(t->handle.multi, t->handle.easy) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl takes no transfer");
	while (pump(t) && !t->header_done)
		wait_for_more(t);
	if (t->header_done)
		return 0; /* what breaks from here on is the reader's to learn */
	*ret_again = t->done && t->refused == NULL &&
		     (t->result == CURLE_RECV_ERROR || t->result == CURLE_SEND_ERROR ||
			 t->result == CURLE_GOT_NOTHING);
	return fail(t, err);
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
		t = transfer_new(lib, kind, url_site(a, &u), a);
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
	ret->challenges = t->challenges;
	ret->body = &t->stream;
	return 0;
}

bool
http_retry_after(const char *value, int64_t now, uint64_t *ret_seconds)
{
	(void)now;
	return value && str_number(str_of(value), UINT32_MAX, ret_seconds);
}

char *
http_escape(struct arena *a, const char *value)
{
	char *text = arena_alloc(a, 3 * strlen(value) + 1);

	percent_encode(text, str_of(value), UNRESERVED_URI);
	return text;
}
