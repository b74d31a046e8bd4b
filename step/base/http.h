/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h - HTTP(S) requests with timeouts and ceilings; libcurl, loaded when first needed
 */
#ifndef STEP_BASE_HTTP_H
#define STEP_BASE_HTTP_H

#include "step/base/io.h"

/* Whose certificates are believed; all zeros, or no such struct: those of the system. */
struct http_tls {
	char *trusted; /* PEM: these, the system's among them; NULL for the system's alone */
	size_t trusted_len;
	bool alone;       /* trusted alone: not what the system has beside it (SSL_CERT_DIR) */
	bool skip_verify; /* whoever answers is believed */
	/* Files (PEM) by which the server knows us, or NULL; both in one file: the key is NULL. */
	const char *client_cert, *client_key;
};

/*
 * The system's certificates and those of --ca-bundle: setting is a file or PEM text itself; NULL gives
 * all zeros. ERR_USAGE if it cannot be read, has no certificate, or one that is malformed. What is
 * no certificate (a private key beside it) is left out. What ret points to lies in the arena.
 */
int http_tls_load(
    const char *setting, struct arena *a, struct http_tls *ret, struct err *err) MUST_CHECK;
/* What from says (NULL: all zeros), and the certificates in this text believed too. ERR_USAGE as above. */
int http_tls_add(const struct http_tls *from, struct str pem, struct arena *a, struct http_tls *ret,
    struct err *err) MUST_CHECK;
/*
 * Can a server know us by these files (key NULL: both in one)? ERR_USAGE with a sentence that names the file: it
 * cannot be read, is not PEM, the key has a passphrase or belongs to another certificate.
 */
int http_tls_check_client(const char *cert, const char *key, struct err *err) MUST_CHECK;
/* The file of the system's certificates: as the environment says, else where systems have it; or NULL. */
const char *http_tls_system_file(void);

/*
 * What a user can do where a request fails, in the words of whoever sends it: parts of sentences, each of them
 * or NULL. They outlive the answer's body.
 */
struct http_hints {
	const char *plain_http;  /* who answers has no TLS: "--plain is for a server without TLS" */
	const char *tls_wanted;  /* the other way round: "is --plain set for a server with TLS?" */
	const char *client_cert; /* what names our certificate: "--client-cert" */
	const char *ca;          /* what names certificates to trust: "--ca-bundle" */
	const char *deadline;    /* what sets the deadline: "--timeout" */
	const char *nobody;      /* nobody listens: "does the engine run?" */
};

enum http_method {
	HTTP_GET = 0,
	HTTP_HEAD, /* the answer has no body */
	HTTP_POST, /* of a form */
};

/* One request. Redirects are never followed here: who knows the secrets decides. */
struct http_request {
	enum http_method method;
	const char *url;           /* http or https, no userinfo */
	const char *accept;        /* Accept header's value, or NULL */
	const char *authorization; /* Authorization header's value, or NULL */
	const char *form;          /* of HTTP_POST: application/x-www-form-urlencoded */
	uint64_t offset;           /* ask for the bytes from here on (Range), 0 for all */
	uint64_t length;           /* and for no more than so many; 0: to the end */
	/* Ask for the body only if it is another than these tell of (ETag, Last-Modified): else status 304. */
	const char *if_none_match, *if_modified_since; /* or NULL */
	const struct http_tls *tls;                    /* or NULL */
	const char *unix_socket; /* connect to this socket's path in place of the host; or NULL */
	/* Not to an address that is not of the public internet (url_host_private()), whatever name led there. */
	bool public_only;
	bool
	    not_here; /* nor to this machine and its link (url_host_here()); public_only says so, too */
	bool
	    any_encoding; /* an answer with a Content-Encoding is taken, as it is; else it is an error */
	int64_t deadline_ms; /* of monotonic_ms(): the request and its body end then; 0: never */
	int64_t patience_ms; /* in so long a wait 30 KiB arrive, or it has stalled; 0: 30 s */
	const struct http_hints *hints; /* or NULL: messages have none */
	/* Made true if the call fails because who answers is to be asked with TLS; or NULL. Not touched after it. */
	bool *wants_tls;
};

struct http_response {
	long status;                /* 200, 401, ... */
	const char *location;       /* Location, or NULL: an empty one leads nowhere, too */
	const char *content_type;   /* without parameters, or NULL */
	const char *content_range;  /* Content-Range, or NULL */
	const char *retry_after;    /* Retry-After, or NULL */
	const char *etag;           /* ETag with its quotes, or NULL */
	const char *last_modified;  /* Last-Modified, or NULL */
	const char *content_digest; /* Docker-Content-Digest, or NULL */
	const char *rate_limit;     /* RateLimit-Limit, or NULL */
	const char *rate_remaining; /* RateLimit-Remaining, or NULL */
	const char *api_version;    /* Api-Version: a container engine's, or NULL */
	bool
	    private_peer; /* who answered has no address of the public internet; false behind a proxy */
	const char *const *challenges; /* every WWW-Authenticate value, NULL-terminated */
	struct stream *body;           /* owned by the caller: stream_close() */
};

/*
 * Send it and wait for the header of the answer; the body is read from the
 * stream as it arrives. Response text is in the arena. Any status is success
 * here. -1 with err (of the given kind) naming the host and what failed: name,
 * connection, TLS, timeout; ERR_USAGE where the environment names a proxy that is none; ERR_INTERNAL where
 * libcurl is not usable. May be called from several threads at once. A connection that breaks before the
 * header is complete is tried again, but not with HTTP_POST: a form may have been taken. After success
 * err may hold what a try before it failed of.
 */
int http_send(const struct http_request *req, enum err_kind kind, struct arena *a,
    struct http_response *ret, struct err *err) MUST_CHECK;

/*
 * Retry-After's value (RFC 9110, 10.2.3: seconds or a date) as seconds from now (seconds since 1970) on:
 * 0 for the past; false if it is neither.
 */
bool http_retry_after(const char *value, int64_t now, uint64_t *ret_seconds);

/* The value with everything but A-Z a-z 0-9 - . _ ~ percent-encoded, for a query. */
char *http_escape(struct arena *a, const char *value);

#endif
