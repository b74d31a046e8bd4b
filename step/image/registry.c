/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.c - requests to one repository of a registry: authorised, redirected, retried
 *
 *      GET /v2/app/manifests/1.4      401, WWW-Authenticate: Bearer realm="https://auth/..."
 *      GET https://auth/...&scope=repository:app:pull      200 {"token": "..."}
 *      GET /v2/app/manifests/1.4      200
 *      GET /v2/app/blobs/sha256:...   307, Location: https://store/...      200
 *
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 *
 * The Authorization header goes to the registry's own scheme, host and port and nowhere
 * else; the user's credentials go there and to a token service that trust.c knows.
 */
#include "step/image/registry.h"

#include "step/base/doc.h"
#include "step/image/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES             5          /* of a request that is answered by "not now" */
#define LIMIT_RETRY_AFTER 15         /* seconds; who wants more is told that it did not work */
#define LIMIT_DRAIN       (16 * KIB) /* of a body nobody reads, so that the connection lives on */

struct registry {
	struct arena *arena;
	struct url base; /* path is "/v2/REPOSITORY/" */
	const char *site;
	const char *repository;
	struct credentials credentials;
	struct http_tls tls; /* for its own host */
	const struct notice *notice;

	pthread_mutex_t lock; /* for the rest */
	char *authorization;  /* what was answered to the last challenge, or NULL */
	unsigned renewals;    /* how often that changed */
};

int
registry_open(const struct image_request *req, const struct reference *ref,
    const struct credentials *c, struct registry **ret, struct err *err)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof(*r));
	char *rest = arena_textf(a, "://%s/v2/%s/", ref->api_site, ref->repository);
	char *url = arena_textf(a, "https%s", rest);

	*r = (struct registry){
		.arena = a,
		.site = arena_textf(a, "%s", ref->site),
		.repository = arena_textf(a, "%s", ref->repository),
	};
	pthread_mutex_init(&r->lock, NULL);
	if (c->username != NULL) {
		r->credentials.username = arena_string(a, str_of(c->username));
		r->credentials.password = arena_string(a, str_of(c->password));
	}
	r->credentials.realms = c->realms;
	if (url_parse(str_of(url), ERR_USAGE, a, &r->base, err) < 0)
		goto out;
	url = arena_textf(a, "http%s", rest);
	if (trust_plain_http(req, ref, r->base.host) &&
	    url_parse(str_of(url), ERR_USAGE, a, &r->base, err) < 0)
		goto out;
	if (req->tls != NULL)
		r->tls = *req->tls;
	r->tls.skip_verify = req->skip_tls_verify;
	r->notice = trust_notice(req, ref, &r->base, a);
	*ret = r;
	return 0;
out:
	registry_close(r);
	return -1;
}

void
registry_close(struct registry *r)
{
	if (r == NULL)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r->authorization);
	arena_free(r->arena);
}

const struct notice *
registry_notice(const struct registry *r)
{
	return r->notice;
}

static void
sleep_ms(uint64_t ms)
{
	struct timespec left = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&left, NULL);
}

void
registry_back_off(unsigned nth)
{
	uint64_t ms = nth < 5 ? UINT64_C(100) << nth : 2000;

	sleep_ms(ms < 2000 ? ms : 2000);
}

/* How long to wait before the nth repetition: as long as the server says, within reason. */
static void
wait_for_server(const char *retry_after, unsigned nth)
{
	uint64_t seconds;

	if (retry_after != NULL && str_number(str_of(retry_after), UINT32_MAX, &seconds))
		sleep_ms(1000 * (seconds > LIMIT_RETRY_AFTER ? LIMIT_RETRY_AFTER : seconds));
	registry_back_off(nth);
}

/* Read what is left of a short body and close it: its connection is free for the next request. */
static void
drain(struct http_response *response)
{
	char buf[4096];
	struct err ignored;
	uint64_t total = 0;
	ssize_t n;

	while (total < LIMIT_DRAIN &&
	       (n = stream_read(response->body, buf, sizeof(buf), &ignored)) > 0)
		total += (uint64_t)n;
	stream_close(response->body);
	response->body = NULL;
}

static bool
is_not_now(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
	       status == 504;
}

/* One address, until it answers anything but "not now". */
static int
get_patiently(
    const struct http_request *req, struct arena *a, struct http_response *ret, struct err *err)
{
	for (unsigned i = 1;; i++) {
		struct http_response response;

		if (http_send(req, ERR_IMAGE, a, &response, err) < 0)
			return -1;
		if (!is_not_now(response.status) || i == TRIES) {
			*ret = response;
			return 0;
		}
		drain(&response);
		wait_for_server(response.retry_after, i);
	}
}

static bool
is_redirect(const struct http_response *response)
{
	long s = response->status;

	return s == 301 || s == 302 || s == 303 || s == 307 || s == 308;
}

/* One attempt at a request: what it was authorised with, and who answered in the end. */
struct attempt {
	const char *authorization; /* or NULL */
	unsigned renewal;          /* which it is */
	bool own;                  /* the registry itself answered */
};

/* From the registry's address to where it leads. */
static int
get_followed(const struct registry *r, const struct registry_request *req, struct attempt *attempt,
    struct arena *a, struct http_response *ret, struct err *err)
{
	struct url url = r->base;

	url.path = arena_textf(a, "%s%s", r->base.path, req->path);
	for (int hops = 0;; hops++) {
		struct http_response response = { 0 };
		struct url next;
		struct http_tls tls = trust_tls(&r->tls, &r->base, &url);
		struct http_request get = { .url = url_text(a, &url),
			.accept = req->accept,
			.offset = req->offset,
			.tls = &tls };

		attempt->own = url_same_origin(&url, &r->base);
		if (attempt->own)
			get.authorization = attempt->authorization;
		if (get_patiently(&get, a, &response, err) < 0)
			return -1;
		if (!is_redirect(&response) || response.location == NULL) {
			*ret = response;
			return 0;
		}
		drain(&response);
		if (hops == LIMIT_REDIRECTS)
			return err_set(err, ERR_IMAGE, "%s redirects more than %d times", r->site,
			    LIMIT_REDIRECTS);
		if (url_resolve(&url, str_of(response.location), ERR_IMAGE, a, &next, err) < 0)
			return err_wrap(err, "%s redirects", url_site(a, &url));
		if (trust_redirect(&r->base, &url, &next, a, err) < 0)
			return -1;
		url = next;
	}
}

static int
token_fetch(const struct registry *r, const struct auth_challenge *c, struct arena *a,
    const char **ret, struct err *err)
{
	struct http_tls tls;
	struct http_request req = { .accept = "application/json", .tls = &tls };
	struct http_response response;
	struct url realm;
	struct str answer;
	int status;

	if (url_resolve(&r->base, str_of(c->realm), ERR_IMAGE, a, &realm, err) < 0)
		return err_wrap(err, "%s names a token service", r->site);
	if (trust_realm(&r->base, &realm, &r->credentials, a, err) < 0)
		return -1;
	tls = trust_tls(&r->tls, &r->base, &realm);
	req.url = auth_token_url(a, url_text(a, &realm), c->service, r->repository);
	if (r->credentials.username != NULL)
		req.authorization = auth_basic(a, r->credentials.username, r->credentials.password);
	if (get_patiently(&req, a, &response, err) < 0)
		return err_wrap(err, "asking for a token");
	if (response.status != 200) {
		drain(&response);
		if (response.status == 401 || response.status == 403)
			return err_set(err, ERR_IMAGE, "the token service %s refuses %s",
			    url_site(a, &realm),
			    r->credentials.username != NULL ? "the user name or password"
							    : "access without a user name");
		return err_set(err, ERR_IMAGE, "the token service %s answers with status %ld",
		    url_site(a, &realm), response.status);
	}
	status = stream_whole(response.body, LIMIT_TOKEN, ERR_IMAGE, a, &answer, err);
	if (status == 0)
		status = auth_token_read(answer, a, ret, err);
	if (status < 0)
		err_wrap(err, "the token service %s", url_site(a, &realm));
	stream_close(response.body);
	return status;
}

/* The Authorization header that answers these challenges. */
static int
answer_challenge(const struct registry *r, const char *const *challenges, struct arena *a,
    const char **ret, struct err *err)
{
	struct auth_challenge c;

	auth_choose(challenges, a, &c);
	switch (c.scheme) {
	case AUTH_NONE:
		return err_set(err, ERR_IMAGE,
		    "%s demands an authentication other than Basic and Bearer", r->site);
	case AUTH_BASIC:
		if (r->credentials.username == NULL)
			return err_set(err, ERR_IMAGE,
			    "%s wants a user name and password (SCANSTEP_REGISTRY_USERNAME, "
			    "SCANSTEP_REGISTRY_PASSWORD)",
			    r->site);
		*ret = auth_basic(a, r->credentials.username, r->credentials.password);
		return 0;
	case AUTH_BEARER:
		return token_fetch(r, &c, a, ret, err);
	}
	return err_set(err, ERR_INTERNAL, "an unknown kind of authentication");
}

static void
attempt_begin(struct registry *r, struct attempt *attempt, struct arena *a)
{
	*attempt = (struct attempt){ NULL, 0, false };
	pthread_mutex_lock(&r->lock);
	if (r->authorization != NULL)
		attempt->authorization = arena_string(a, str_of(r->authorization));
	attempt->renewal = r->renewals;
	pthread_mutex_unlock(&r->lock);
}

/* After a 401 to what renewal seen gave. Threads that meet it at once share one answer. */
static int
authorization_renew(struct registry *r, unsigned seen, const char *const *challenges,
    struct arena *a, struct err *err)
{
	const char *header = NULL;
	int status = 0;

	pthread_mutex_lock(&r->lock);
	if (r->renewals == seen)
		status = answer_challenge(r, challenges, a, &header, err);
	if (header != NULL) {
		free(r->authorization);
		r->authorization = xstrdup(header);
		r->renewals++;
	}
	pthread_mutex_unlock(&r->lock);
	return status;
}

int
registry_get(struct registry *r, const struct registry_request *req, struct arena *a,
    struct http_response *ret, struct err *err)
{
	for (bool renewed = false;; renewed = true) {
		struct http_response response = { 0 };
		struct attempt attempt;

		attempt_begin(r, &attempt, a);
		if (get_followed(r, req, &attempt, a, &response, err) < 0)
			return -1;
		if (response.status != 401 || renewed || !attempt.own) {
			*ret = response;
			return 0;
		}
		drain(&response);
		if (authorization_renew(r, attempt.renewal, response.challenges, a, err) < 0)
			return -1;
	}
}

/* The first error's code in a registry's answer (" (MANIFEST_UNKNOWN)"), or "". */
static const char *
error_code(const struct http_response *response, struct arena *a)
{
	AUTO_DOC doc = NULL;
	struct str body;
	struct err ignored;
	const char *code;

	if (stream_whole(response->body, LIMIT_ERROR_BODY, ERR_IMAGE, a, &body, &ignored) < 0 ||
	    doc_parse_json(body, ERR_IMAGE, &doc, &ignored) < 0)
		return "";
	code = doc_get_text(doc_at(doc_get(doc, "errors"), 0), "code");
	if (code == NULL || strlen(code) > 64 ||
	    code[strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0')
		return "";
	return arena_textf(a, " (%s)", code);
}

int
registry_refused(const struct registry *r, const struct http_response *response, const char *what,
    struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *code = error_code(response, a);

	if (!what && response->status == 404)
		return err_set(err, ERR_IMAGE, "not found%s", code);
	what = what ? what : "the manifest";
	switch (response->status) {
	case 401:
	case 403:
		if (r->credentials.username != NULL)
			return err_set(err, ERR_IMAGE,
			    "%s refuses %s to this user name and password%s", r->site, what, code);
		return err_set(err, ERR_IMAGE,
		    "%s refuses %s without a user name and password (SCANSTEP_REGISTRY_USERNAME, "
		    "SCANSTEP_REGISTRY_PASSWORD)%s",
		    r->site, what, code);
	case 404:
		return err_set(
		    err, ERR_IMAGE, "%s is missing in %s/%s%s", what, r->site, r->repository, code);
	case 429:
		return err_set(err, ERR_IMAGE, "%s has had too many requests (429) to give %s%s",
		    r->site, what, code);
	default:
		return err_set(err, ERR_IMAGE, "%s answers with status %ld for %s%s", r->site,
		    response->status, what, code);
	}
}
