/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_setup.c - a request as libcurl's options: method, header, range, trust, the way to the host
 *
 * libcurl reads nothing of the environment: what it would obey is decided here, and said to it.
 */
#include "step/base/http_transfer.h"
#include "step/base/proxy.h"

#include <inttypes.h>
#include <stdlib.h>

#define USER_AGENT "scanstep"

/* Who is believed as the host is believed as a proxy with TLS of its own, which a libcurl without such refuses. */
static CURLcode
trust(struct transfer *t, CURLoption of_host, CURLoption of_proxy, const void *value)
{
	t->lib->easy_setopt(t->handle.easy, of_proxy, value);
	return t->lib->easy_setopt(t->handle.easy, of_host, value);
}

/* As a file: a libcurl with GnuTLS takes certificates no other way. It lives until t ends. */
static void
trust_by_file(struct transfer *t, const struct http_tls *tls)
{
	struct err err;

	t->trust_fd = file_spool(&err);
	if (t->trust_fd < 0 || file_write_all(t->trust_fd, tls->trusted, tls->trusted_len) < 0) {
		t->refused = "cannot be asked: no room for its certificates in TMPDIR";
		return;
	}
	trust(t, CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO,
	    arena_textf(t->arena, "/proc/self/fd/%d", t->trust_fd));
}

/* The variables that the curl tool obeys and the library does not, unless tls says whom to believe. */
static void
set_trust(struct transfer *t, const struct http_tls *tls)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;
	const char *file = http_tls_system_file(), *folder = getenv("SSL_CERT_DIR");
	bool verify = tls == NULL || !tls->skip_verify;

	if (tls != NULL && tls->trusted != NULL) {
		struct curl_blob blob = { tls->trusted, tls->trusted_len, CURL_BLOB_COPY };

		if (trust(t, CURLOPT_CAINFO_BLOB, CURLOPT_PROXY_CAINFO_BLOB, &blob) != CURLE_OK)
			trust_by_file(t, tls);
	} else if (file != NULL) {
		trust(t, CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO, file);
	}
	/* Said so, or libcurl believes the folder that it was built with. */
	if (tls != NULL && tls->alone)
		trust(t, CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH, NULL);
	else if (folder != NULL && *folder != '\0')
		trust(t, CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH, folder);
	lib->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	lib->easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* The host alone may be believed unseen. */
	lib->easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	lib->easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	lib->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	lib->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
}

/*
 * To the host alone, never to a proxy. The file of a certificate may hold its key too. Passphrases
 * are refused when the files are checked; should one come later, OpenSSL would ask for it at the
 * terminal unless it is said to be "". GnuTLS takes that for an encrypted key, and never asks.
 */
static void
set_client(struct transfer *t, const struct http_tls *tls)
{
	CURL *easy = t->handle.easy;
	const char *backend = t->lib->version_info(CURLVERSION_NOW)->ssl_version;

	if (tls == NULL || tls->client_cert == NULL)
		return;
	t->knows_us = true;
	t->lib->easy_setopt(easy, CURLOPT_SSLCERT, tls->client_cert);
	t->lib->easy_setopt(
	    easy, CURLOPT_SSLKEY, tls->client_key != NULL ? tls->client_key : tls->client_cert);
	if (!str_starts(str_of(backend), "GnuTLS"))
		t->lib->easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

/* "" is said where there is none, so that libcurl does not look for one itself. */
static void
set_proxy(struct transfer *t, const struct proxy *p)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;

	lib->easy_setopt(easy, CURLOPT_PROXY, p->url != NULL ? p->url : "");
	lib->easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (p->url == NULL)
		return;
	lib->easy_setopt(easy, CURLOPT_PROXYUSERNAME, p->user);
	lib->easy_setopt(easy, CURLOPT_PROXYPASSWORD, p->password);
	t->via = xstrdup(arena_textf(t->arena, "%s (%s)", p->site, p->variable));
	t->via_user = p->user != NULL;
	t->via_socks = p->socks;
	t->via_tls = str_starts(str_of(p->url), "https:");
}

static int
set_way(struct transfer *t, const struct http_request *req, const struct url *u, struct err *err)
{
	struct proxy proxy = { .url = NULL };

	if (req->unix_socket == NULL && proxy_find(u, t->arena, &proxy, err) < 0)
		return -1;
	set_proxy(t, &proxy);
	if (req->unix_socket != NULL && t->lib->easy_setopt(t->handle.easy,
					    CURLOPT_UNIX_SOCKET_PATH, req->unix_socket) != CURLE_OK)
		return err_set(err, ERR_INTERNAL, "this libcurl cannot connect to a socket's path");
	t->is_socket = req->unix_socket != NULL;
	t->public_only = req->public_only;
	t->not_here = req->not_here || req->public_only;
	http_watch_peer(t);
	return 0;
}

static void
add_line(struct transfer *t, const char *name, const char *value)
{
	struct curl_slist *more;

	if (value == NULL)
		return;
	more = t->lib->slist_append(t->lines, arena_textf(t->arena, "%s: %s", name, value));
	if (more == NULL)
		t->refused = "cannot be asked: out of memory";
	else
		t->lines = more;
}

static void
set_header(struct transfer *t, const struct http_request *req)
{
	add_line(t, "Accept", req->accept);
	add_line(t, "Authorization", req->authorization);
	add_line(t, "If-None-Match", req->if_none_match);
	add_line(t, "If-Modified-Since", req->if_modified_since);
	t->lib->easy_setopt(t->handle.easy, CURLOPT_HTTPHEADER, t->lines);
}

static void
set_method(struct transfer *t, const struct http_request *req)
{
	const char *form = req->form != NULL ? req->form : "";

	if (req->method == HTTP_HEAD)
		t->lib->easy_setopt(t->handle.easy, CURLOPT_NOBODY, 1L);
	if (req->method == HTTP_POST) {
		t->lib->easy_setopt(t->handle.easy, CURLOPT_POST, 1L);
		t->lib->easy_setopt(t->handle.easy, CURLOPT_COPYPOSTFIELDS, form);
	}
}

static void
set_range(struct transfer *t, uint64_t offset, uint64_t length)
{
	const char *range = NULL;

	if (length > 0 && length - 1 <= UINT64_MAX - offset)
		range = arena_textf(t->arena, "%" PRIu64 "-%" PRIu64, offset, offset + length - 1);
	else if (offset > 0)
		range = arena_textf(t->arena, "%" PRIu64 "-", offset);
	if (range != NULL)
		t->lib->easy_setopt(t->handle.easy, CURLOPT_RANGE, range);
}

int
http_prepare(
    struct transfer *t, const struct http_request *req, const struct url *u, struct err *err)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;

	lib->easy_setopt(easy, CURLOPT_URL, url_text(t->arena, u));
	lib->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	lib->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	lib->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	lib->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)HTTP_CONNECT_SECONDS);
	/* Or it waits for the resolver to come back, when there is no time left for that. */
	lib->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	lib->easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)HTTP_CHUNK);
	lib->easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	lib->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	lib->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->detail);
	lib->easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_on_header);
	lib->easy_setopt(easy, CURLOPT_HEADERDATA, t);
	set_trust(t, req->tls);
	set_client(t, req->tls);
	set_method(t, req);
	set_header(t, req);
	set_range(t, req->offset, req->length);
	if (set_way(t, req, u, err) < 0)
		return -1;
	return t->refused != NULL ? http_fail(t, err) : 0;
}
