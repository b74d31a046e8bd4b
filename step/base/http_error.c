/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_error.c - why a transfer failed: one sentence that names the step and what to do
 *
 * The steps: its proxy, its name, the connection, TLS, the answer. libcurl tells them apart by its
 * result; what it writes in detail is searched for reasons that are known here, and is passed on where it
 * holds no part of the request.
 */
#include "step/base/http_transfer.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>

#define LIMIT_NAME 256   /* of a host: url.c takes none that is longer */
#define PROMPT_MS  1000  /* a resolver that has said no so soon may be asked why, */
#define WORST_MS   60000 /* where there is time for all its servers to be silent */

static bool
tells(const struct transfer *t, const char *words)
{
	return strstr(t->detail, words) != NULL;
}

/* " (TEXT BEHIND)" for the end of a sentence; "" where there is no such hint. The transfer's own arena may be gone. */
static const char *
hint_text(struct arena *a, const char *text, const char *behind)
{
	return text != NULL ? arena_textf(a, " (%s%s)", text, behind) : "";
}

static bool
cut_off(const struct transfer *t)
{
	return t->result == CURLE_RECV_ERROR || t->result == CURLE_SEND_ERROR ||
	       t->result == CURLE_GOT_NOTHING || (t->result == CURLE_OK && !t->header_done);
}

static long
get_long(const struct transfer *t, CURLINFO info)
{
	long value = 0;

	t->lib->easy_getinfo(t->handle.easy, info, &value);
	return value;
}

/* ---- The name ---- */

/* It said no at once; it may be slower this time. */
static bool
may_ask_again(const struct transfer *t, int64_t took_ms)
{
	return took_ms < PROMPT_MS &&
	       (t->deadline_ms == 0 || t->deadline_ms - monotonic_ms() > WORST_MS);
}

/* libcurl does not pass on what the resolver said, so it is asked again: nothing can end that before it is done. */
static const char *
resolver_reason(const struct transfer *t, struct arena *a)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	char host[LIMIT_NAME];
	size_t len = strcspn(t->site, ":");
	double took = 0;
	int status;

	t->lib->easy_getinfo(t->handle.easy, CURLINFO_TOTAL_TIME, &took);
	if (!may_ask_again(t, (int64_t)(1000 * took)))
		return arena_textf(a, "the resolver gave up after %.1f s", took);
	if (len >= sizeof(host))
		return "it is too long";
	memcpy(host, t->site, len);
	host[len] = '\0';
	status = getaddrinfo(host, NULL, &hints, &found);
	if (status == 0)
		freeaddrinfo(found);
	return status == 0 ? "it does by now" : gai_strerror(status);
}

static int
fail_name(const struct transfer *t, struct err *err)
{
	AUTO_ARENA a = arena_new();

	return err_set(err, t->kind,
	    "the name of %s does not resolve: %s (check its spelling, the DNS of this machine, and "
	    "https_proxy where only a proxy leads out)",
	    t->site, resolver_reason(t, a));
}

/* ---- The connection ---- */

static int
fail_connect(const struct transfer *t, struct err *err)
{
	static const struct {
		int code;
		const char *hint;
	} hints[] = {
		{ ECONNREFUSED, " (nothing listens there: check the port)" },
		{ ENETUNREACH, " (check the network of this machine, and https_proxy)" },
		{ EHOSTUNREACH, " (check the network of this machine, and https_proxy)" },
		{ EACCES, " (may this user?)" },
		{ ENOENT, " (does it run?)" },
	};
	AUTO_ARENA a = arena_new();
	long code = get_long(t, CURLINFO_OS_ERRNO);
	char reason[128] = "it did not work out";
	const char *hint = "";

	if (code <= 0 || code > INT_MAX || strerror_r((int)code, reason, sizeof(reason)) != 0)
		code = 0;
	for (size_t i = 0; i < ARRAY_LEN(hints) && t->via == NULL; i++)
		if (hints[i].code == code)
			hint = hints[i].hint;
	if (t->hints.nobody != NULL && (code == ECONNREFUSED || code == ENOENT))
		hint = hint_text(a, t->hints.nobody, "");
	if (t->via != NULL)
		return err_set(err, t->kind,
		    "cannot connect to the proxy %s, which leads to %s: %s", t->via, t->site,
		    reason);
	return err_set(err, t->kind, "cannot connect to %s: %s%s", t->site, reason, hint);
}

static int
fail_peer(const struct transfer *t, struct err *err)
{
	return err_set(err, t->kind,
	    "%s has the address %s, which is %s: not connected to, because it was named by a server",
	    t->site, t->peer_refused,
	    t->public_only ? "not of the public internet" : "this machine or its own link");
}

/* libcurl's clock for all that comes before the request. */
static int
fail_slow(const struct transfer *t, struct err *err)
{
	double connected = 0;
	int limit = HTTP_CONNECT_SECONDS;

	t->lib->easy_getinfo(t->handle.easy, CURLINFO_CONNECT_TIME, &connected);
	if (t->via != NULL)
		return err_set(err, t->kind,
		    "cannot connect to %s through the proxy %s within %d s", t->site, t->via,
		    limit);
	if (tells(t, "Resolving timed out"))
		return err_set(err, t->kind,
		    "the name of %s does not resolve within %d s (check the DNS of this machine)",
		    t->site, limit);
	if (connected > 0)
		return err_set(
		    err, t->kind, "no TLS with %s: it does not begin within %d s", t->site, limit);
	return err_set(err, t->kind,
	    "cannot connect to %s within %d s (does a firewall drop it, or only a proxy lead out?)",
	    t->site, limit);
}

/* What a server says of our own certificate, or of its absence: in its alerts, as OpenSSL and GnuTLS name them. */
static bool
client_refused(const struct transfer *t)
{
	static const char *const alerts[] = {
		"alert certificate required",
		"alert bad certificate",
		"alert handshake failure",
		"alert unknown ca",
		"alert certificate expired",
		"alert certificate revoked",
		"alert unsupported certificate",
		"alert access denied",
		"alert certificate unknown",
		"alert decrypt error",
		"gnutls_handshake() failed: Handshake failed",
		"gnutls_handshake() failed: Certificate",
		"gnutls_handshake() failed: CA is unknown",
		"A TLS fatal alert has been received",
	};
	bool alerted = false;

	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		alerted |= tells(t, alerts[i]);
	return alerted;
}

/* ---- The proxy ---- */

static int
fail_login(const struct transfer *t, struct err *err)
{
	return err_set(err, t->kind,
	    "the proxy %s %s (407); they are written as http://NAME:PASSWORD@HOST:PORT", t->via,
	    t->via_user ? "does not accept its user name and password"
			: "wants a user name and password");
}

/* The proxy answered something that is no way to the host; false where it did not. */
static bool
fail_proxy(const struct transfer *t, struct err *err)
{
	long status = get_long(t, CURLINFO_HTTP_CONNECTCODE);

	if (t->via == NULL)
		return false;
	if (t->result == CURLE_COULDNT_RESOLVE_PROXY)
		err_set(err, t->kind,
		    "the name of the proxy %s, which leads to %s, does not resolve", t->via,
		    t->site);
	else if (status == 407)
		fail_login(t, err);
	else if (t->https && status >= 300)
		err_set(err, t->kind, "the proxy %s refuses to connect to %s: status %ld", t->via,
		    t->site, status);
	else if (t->via_socks && t->result == CURLE_PROXY)
		err_set(err, t->kind, "the proxy %s does not connect to %s: %s", t->via, t->site,
		    t->detail[0] != '\0' ? t->detail : "no reason given");
	else if (t->result == CURLE_PROXY ||
		 (t->https && !t->via_socks && status == 0 && cut_off(t) && !client_refused(t)))
		err_set(err, t->kind, "the proxy %s does not answer as a proxy, on the way to %s",
		    t->via, t->site);
	else
		return false;
	return true;
}

/* ---- TLS ---- */

/* What a handshake that was cut off is called. */
static const char *const tls_breaks[] = { "SSL_ERROR_SYSCALL", "Connection reset by peer",
	"unexpected eof while reading", "non-properly terminated", "Error in the pull function" };

enum tls_hint {
	HINT_NONE = 0,
	HINT_CA,
	HINT_PLAIN,
};

/* Words of OpenSSL's and GnuTLS's, what they mean, and what may be done about it. */
static const struct {
	const char *words, *meaning;
	enum tls_hint hint;
} tls_reasons[] = {
	{ "certificate has expired",
	    "its certificate has expired (or is the clock of this machine wrong?)", HINT_NONE },
	{ "certificate expiration date has passed",
	    "its certificate has expired (or is the clock of this machine wrong?)", HINT_NONE },
	{ "certificate is not yet valid",
	    "its certificate is not valid yet (or is the clock of this machine wrong?)",
	    HINT_NONE },
	{ "does not match target host name", "its certificate is for another host", HINT_NONE },
	{ "no alternative certificate subject name", "its certificate is for another host",
	    HINT_NONE },
	{ "unable to obtain common name", "its certificate names no host", HINT_NONE },
	{ "self-signed certificate", "its certificate is signed by nobody known here", HINT_CA },
	{ "self signed certificate", "its certificate is signed by nobody known here", HINT_CA },
	{ "issuer certificate", "its certificate is signed by nobody known here", HINT_CA },
	{ "server certificate verification failed",
	    "its certificate does not verify: it has expired, is not valid yet, or is signed by "
	    "nobody known here",
	    HINT_CA },
	{ "wrong version number", "it answers without TLS", HINT_PLAIN },
	{ "packet length too long", "it answers without TLS", HINT_PLAIN },
	{ "unexpected TLS packet", "it answers without TLS", HINT_PLAIN },
	{ "unsupported protocol", "it knows no version from TLS 1.2 on", HINT_NONE },
	{ "alert protocol version", "it knows no version from TLS 1.2 on", HINT_NONE },
	{ "Error in protocol version", "it knows no version from TLS 1.2 on", HINT_NONE },
	{ "unsupported version packet", "it knows no version from TLS 1.2 on", HINT_NONE },
};

/* A proxy with TLS of its own, which comes first. */
static bool
at_proxy(const struct transfer *t)
{
	return t->via_tls && get_long(t, CURLINFO_HTTP_CONNECTCODE) == 0;
}

/* Our own certificate, or its absence, is what it does not like. */
static const char *
stranger(const struct transfer *t, struct arena *a)
{
	const char *hint = t->hints.client_cert;

	if (at_proxy(t))
		return "it wants to know us by a certificate, and no proxy is shown one";
	if (!t->knows_us)
		return arena_textf(
		    a, "it wants to know us by a certificate%s", hint_text(a, hint, ""));
	return hint != NULL ? arena_textf(a, "it does not accept the certificate of %s", hint)
			    : "it does not accept our certificate";
}

static bool
tls_broke(const struct transfer *t)
{
	bool broke = false;

	for (size_t i = 0; i < ARRAY_LEN(tls_breaks); i++)
		broke |= tells(t, tls_breaks[i]);
	return broke && t->result == CURLE_SSL_CONNECT_ERROR;
}

static const char *
known_reason(const struct transfer *t, struct arena *a)
{
	const char *const hints[] = {
		[HINT_NONE] = "",
		[HINT_CA] = hint_text(a, t->hints.ca, " names certificates to trust"),
		[HINT_PLAIN] = at_proxy(t) ? "" : hint_text(a, t->hints.plain_http, ""),
	};

	for (size_t i = 0; i < ARRAY_LEN(tls_reasons); i++)
		if (tells(t, tls_reasons[i].words))
			return arena_textf(
			    a, "%s%s", tls_reasons[i].meaning, hints[tls_reasons[i].hint]);
	return NULL;
}

static int
fail_tls(const struct transfer *t, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *reason = client_refused(t) ? stranger(t, a) : known_reason(t, a);

	if (reason == NULL && tls_broke(t))
		reason = "the connection broke while it began";
	if (reason == NULL)
		reason = t->detail[0] != '\0' ? t->detail : t->lib->easy_strerror(t->result);
	if (at_proxy(t))
		return err_set(err, t->kind, "no TLS with the proxy %s: %s", t->via, reason);
	return err_set(err, t->kind, "no TLS with %s: %s", t->site, reason);
}

/* ---- The answer ---- */

/* On a connection that was kept: bytes of the answer before, which some servers send after that to HEAD. */
static bool
leftover(const struct transfer *t)
{
	return (t->result == CURLE_WEIRD_SERVER_REPLY || t->result == CURLE_UNSUPPORTED_PROTOCOL) &&
	       get_long(t, CURLINFO_NUM_CONNECTS) == 0;
}

bool
http_broke(const struct transfer *t)
{
	/* A cache that first gets what it is asked for may have it the next time. */
	if (t->stalled && !t->header_done)
		return true;
	return t->done && t->refused == NULL && (cut_off(t) || tls_broke(t) || leftover(t)) &&
	       get_long(t, CURLINFO_HTTP_CONNECTCODE) < 300 && !client_refused(t);
}

static int
fail_answer(const struct transfer *t, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *reason = t->lib->easy_strerror(t->result);

	switch ((int)t->result) {
	case CURLE_OK: /* libcurl is content with half a header */
		return err_set(err, t->kind,
		    "the connection to %s broke: it ended within the header of the answer",
		    t->site);
	case CURLE_OUT_OF_MEMORY: /* of its own limit */
		return err_set(
		    err, t->kind, "%s answers with a header line that is too long", t->site);
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		return err_set(err, t->kind, "the connection to %s broke: %s", t->site, reason);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return err_set(err, t->kind, "%s does not answer in HTTP%s", t->site,
		    t->https ? "" : hint_text(a, t->hints.tls_wanted, ""));
	case CURLE_SSL_CERTPROBLEM:
		return err_set(err, t->kind,
		    "the certificate or key by which %s knows us cannot be used", t->site);
	default:
		return err_set(err, t->kind, "no answer from %s: %s", t->site, reason);
	}
}

static int
fail_by_result(const struct transfer *t, struct err *err)
{
	switch ((int)t->result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return fail_name(t, err);
	case CURLE_COULDNT_CONNECT:
		return fail_connect(t, err);
	case CURLE_OPERATION_TIMEDOUT:
		return fail_slow(t, err);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return fail_tls(t, err);
	default:
		return client_refused(t) ? fail_tls(t, err) : fail_answer(t, err);
	}
}

int
http_fail(const struct transfer *t, struct err *err)
{
	if (t->refused != NULL)
		return err_set(err, t->kind, "%s %s", t->site, t->refused);
	if (t->late && t->hints.deadline != NULL)
		return err_set(
		    err, t->kind, "%s took longer than %s allows", t->site, t->hints.deadline);
	if (t->late)
		return err_set(err, t->kind, "%s took too long", t->site);
	if (t->stalled)
		return err_set(err, t->kind,
		    "%s stalls: next to nothing came for %lld s (look at the network, or try again later)",
		    t->site, (long long)(t->patience_ms / 1000));
	if (t->peer_refused[0] != '\0' &&
	    (t->result == CURLE_COULDNT_CONNECT || t->result == CURLE_ABORTED_BY_CALLBACK))
		return fail_peer(t, err);
	if (!t->header_done && fail_proxy(t, err))
		return -1;
	fail_by_result(t, err);
	if (t->via != NULL && strstr(err->text, t->via) == NULL) {
		struct err inner = *err;

		err_set(err, t->kind, "%s (through the proxy %s)", inner.text, t->via);
	}
	return -1;
}

static bool
holds(struct str body, const char *words)
{
	size_t len = strlen(words);

	for (size_t i = 0; i + len <= body.len; i++)
		if (memcmp(body.ptr + i, words, len) == 0)
			return true;
	return false;
}

int
http_refuse_status(const struct transfer *t, struct str body, struct err *err)
{
	AUTO_ARENA a = arena_new();

	if (t->response.status == 407 && t->via != NULL)
		return fail_login(t, err);
	if (t->response.status != 400)
		return 0;
	/* Go's and nginx's words. */
	if (!t->https && (holds(body, "HTTP request to an HTTPS server") ||
			     holds(body, "HTTP request was sent to HTTPS port"))) {
		if (t->wants_tls != NULL)
			*t->wants_tls = true;
		return err_set(err, t->kind, "%s wants TLS and was asked without%s", t->site,
		    hint_text(a, t->hints.tls_wanted, ""));
	}
	if (t->https && (holds(body, "No required SSL certificate was sent") ||
			    (t->knows_us && holds(body, "The SSL certificate error"))))
		return err_set(err, t->kind, "no TLS with %s: %s", t->site, stranger(t, a));
	return 0;
}
