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
 * A registry on this machine is spoken to without TLS unless it answers that it wants TLS: then with it, for good.
 *
 * The Authorization header goes to the registry's own scheme, host and port and nowhere
 * else; the user's credentials go there and to a token service that trust.c knows. A redirect is
 * followed with the method it came with, 303 too: there is nothing here but GET and HEAD.
 */
#include "step/image/registry.h"

#include "step/image/certs.h"
#include "step/image/refusal.h"
#include "step/image/token.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct registry {
	struct arena *arena;
	struct url plain, secure; /* its address without and with TLS; path is "/v2/REPOSITORY/" */
	bool may_change;          /* from the first to the second */
	atomic_bool is_secure;
	const char *site;
	const char *repository;
	struct credentials credentials;
	struct http_tls own, others; /* trust_tls()'s */
	struct patience patience;
	unsigned timeout; /* minutes, or 0 */
	const struct notice *plain_notice, *secure_notice;
	struct registry *next;
	atomic_bool spoken;       /* it has answered */
	atomic_bool private_peer; /* from no address of the public internet */
	atomic_bool left;         /* for the next one, at some blob */
	atomic_bool broke;        /* at some blob, and there is a next one */

	pthread_mutex_t token_lock; /* of who changes the authorization, while it is asked for */
	pthread_mutex_t lock;       /* for the rest, never held over the network; taken second */
	struct arena *kept;         /* what the next two hold */
	struct authorization authorization;
	struct auth_challenge challenge; /* that this answers */
	unsigned renewals;               /* how often it changed */
	struct pulls_left pulls;
};

static const struct url *
base_of(const struct registry *r)
{
	return r->is_secure ? &r->secure : &r->plain;
}

static const char *
copy_text(struct arena *a, const char *text)
{
	return text ? arena_string(a, str_of(text)) : NULL;
}

/* A token for the registry itself goes with every request; it cannot be renewed. */
static int
take_credentials(struct registry *r, const struct credentials *c, struct err *err)
{
	struct arena *a = r->arena;

	r->credentials = (struct credentials){
		.username = copy_text(a, c->username),
		.password = copy_text(a, c->password),
		.identity_token = copy_text(a, c->identity_token),
		.registry_token = copy_text(a, c->registry_token),
		.origin = copy_text(a, c->origin),
		.realms = c->realms,
		.mirror = c->mirror,
	};
	if (!c->registry_token)
		return 0;
	r->authorization.header = auth_bearer(r->kept, c->registry_token);
	if (!r->authorization.header)
		return err_set(err, ERR_USAGE,
		    "the token for %s%s%s holds bytes that none may have", r->site,
		    c->origin ? ", from " : "", c->origin ? c->origin : "");
	return 0;
}

static int
take_address(struct registry *r, const struct image_request *req, const struct reference *ref,
    struct err *err)
{
	struct arena *a = r->arena;
	const char *rest = arena_textf(a, "://%s/v2/%s/", ref->api_site, ref->repository);

	if (url_parse(str_of(arena_textf(a, "https%s", rest)), ERR_USAGE, a, &r->secure, err) < 0 ||
	    url_parse(str_of(arena_textf(a, "http%s", rest)), ERR_USAGE, a, &r->plain, err) < 0)
		return -1;
	r->is_secure = !trust_plain_http(req, ref, r->secure.host);
	r->may_change = !r->is_secure && !req->plain_http;
	return 0;
}

/* Those of the request, and what certs.d has for this registry. */
static int
take_certificates(struct registry *r, const struct image_request *req, struct err *err)
{
	struct http_tls named = { .trusted = NULL };

	if (req->tls)
		r->others = named = *req->tls;
	named.client_cert = copy_text(r->arena, req->client_cert);
	named.client_key = copy_text(r->arena, req->client_key);
	if (certs_find(r->site, &named, r->arena, &r->own, err) < 0)
		return -1;
	r->own.skip_verify = req->skip_tls_verify;
	return 0;
}

int
registry_open(const struct image_request *req, const struct reference *ref,
    const struct credentials *c, struct registry **ret, struct err *err)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof(*r));

	r->arena = a;
	r->kept = arena_new();
	r->site = copy_text(a, ref->site);
	r->repository = copy_text(a, ref->repository);
	r->patience =
	    (struct patience){ req->retry_ms, req->deadline_ms, req->tell, req->tell_context };
	r->timeout = req->timeout;
	pthread_mutex_init(&r->token_lock, NULL);
	pthread_mutex_init(&r->lock, NULL);
	if (take_credentials(r, c, err) < 0 || take_address(r, req, ref, err) < 0 ||
	    take_certificates(r, req, err) < 0) {
		registry_close(r);
		return -1;
	}
	r->plain_notice = trust_notice(req, ref, &r->plain, a);
	r->secure_notice = trust_notice(req, ref, &r->secure, a);
	*ret = r;
	return 0;
}

void
registry_close(struct registry *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	pthread_mutex_destroy(&r->token_lock);
	arena_free(r->kept);
	arena_free(r->arena);
}

const struct notice *
registry_notice(const struct registry *r)
{
	return r->is_secure || (r->may_change && !r->spoken) ? r->secure_notice : r->plain_notice;
}

bool
registry_spoken(const struct registry *r)
{
	return r->spoken;
}

const char *
registry_site(const struct registry *r)
{
	return r->site;
}

const struct patience *
registry_patience(const struct registry *r)
{
	return &r->patience;
}

struct registry *
registry_next(const struct registry *r)
{
	return r->next;
}

void
registry_set_next(struct registry *r, struct registry *next)
{
	r->next = next;
}

static bool
is_late(const struct registry *r)
{
	return r->patience.deadline_ms && monotonic_ms() >= r->patience.deadline_ms;
}

struct registry *
registry_leave(struct registry *r, const char *digest, bool broke, const struct err *why)
{
	AUTO_ARENA a = arena_new();

	if (!r->next || is_late(r))
		return NULL;
	if (broke)
		atomic_store(&r->broke, true);
	if (r->patience.tell && !atomic_exchange(&r->left, true))
		r->patience.tell(r->patience.tell_context,
		    arena_textf(a,
			"the mirror %s does not give blob %s: %s; what it does not give comes "
			"from %s",
			r->site, digest, why->text, r->next->site));
	return r->next;
}

struct registry *
registry_sound(struct registry *r)
{
	while (r->next && atomic_load(&r->broke))
		r = r->next;
	return r;
}

/* ---- One request ---- */

/* One attempt at a request: at which address, and what it is authorised with. */
struct attempt {
	const struct url *base;
	const char *authorization; /* or NULL */
	unsigned renewal;          /* which it is */
	int64_t until_ms;          /* struct authorization's */
};

static bool
is_redirect(const struct http_response *response)
{
	long s = response->status;

	return response->location && (s == 301 || s == 302 || s == 303 || s == 307 || s == 308);
}

/* "100;w=21600" as 100. */
static bool
read_rate(const char *value, uint64_t *ret)
{
	struct str rest = str_of(value);

	return value && str_number(str_trim(str_cut(&rest, ';')), UINT32_MAX, ret);
}

/* What the registry itself answered tells of it. */
static void
learn(struct registry *r, const struct http_response *response)
{
	struct pulls_left pulls = { .known = true };

	r->spoken = true;
	if (response->private_peer)
		r->private_peer = true;
	if (!read_rate(response->rate_remaining, &pulls.left))
		return;
	if (!read_rate(response->rate_limit, &pulls.limit))
		pulls.limit = 0;
	pthread_mutex_lock(&r->lock);
	r->pulls = pulls;
	pthread_mutex_unlock(&r->lock);
}

/* The request at one address, until it is answered by anything but "not now". */
static int
send_to(struct registry *r, const struct registry_request *req, const struct url *url,
    const struct attempt *attempt, struct arena *a, struct registry_answer *ret, struct err *err)
{
	struct http_tls tls = trust_tls(&r->own, &r->others, attempt->base, url);
	bool own = url_same_origin(url, attempt->base), wants_tls = false;
	struct http_request get = {
		.method = req->method,
		.url = url_text(a, url),
		.accept = req->accept,
		.authorization = own ? attempt->authorization : NULL,
		.offset = req->offset,
		.length = req->length,
		.tls = &tls,
		.public_only = trust_public_only(attempt->base, r->private_peer, url),
		.not_here = trust_not_here(attempt->base, url),
		.deadline_ms = r->patience.deadline_ms,
		.wants_tls = &wants_tls,
	};

	if (retry_send(&r->patience, &get, a, &ret->http, &ret->asked, err) < 0) {
		if (own && wants_tls && r->may_change)
			r->is_secure = true;
		return -1;
	}
	ret->elsewhere = own ? NULL : url_site(a, url);
	if (own)
		learn(r, &ret->http);
	return 0;
}

/* From the registry's address to where it leads. */
static int
send_followed(struct registry *r, const struct registry_request *req, const struct attempt *attempt,
    struct arena *a, struct registry_answer *ret, struct err *err)
{
	struct url url = *attempt->base;

	url.path = arena_textf(a, "%s%s", url.path, req->path);
	for (int hops = 0;; hops++) {
		struct url next;

		if (send_to(r, req, &url, attempt, a, ret, err) < 0)
			return -1;
		if (!is_redirect(&ret->http))
			return 0;
		response_drain(&ret->http);
		if (hops == LIMIT_REDIRECTS)
			return err_set(err, ERR_IMAGE, "%s redirects more than %d times", r->site,
			    LIMIT_REDIRECTS);
		if (url_resolve(&url, str_of(ret->http.location), ERR_IMAGE, a, &next, err) < 0)
			return err_wrap(err, "%s redirects", url_site(a, &url));
		if (trust_redirect(attempt->base, &url, &next, a, err) < 0)
			return -1;
		url = next;
	}
}

/* ---- Authentication ---- */

/* Answer a challenge, of which nothing need outlive the call. token_lock is held. */
static int
authorize(
    struct registry *r, const struct auth_challenge *challenge, struct arena *a, struct err *err)
{
	struct auth_challenge c = { challenge->scheme, copy_text(a, challenge->realm),
		copy_text(a, challenge->service), NULL };
	const struct token_client client = { base_of(r), r->site, r->repository, &r->credentials,
		&r->own, &r->others, r->patience, r->private_peer };
	struct authorization got;

	if (token_answer(&client, &c, a, &got, err) < 0)
		return err_wrap(err, "cannot authenticate");
	pthread_mutex_lock(&r->lock);
	arena_reset(r->kept);
	r->authorization = (struct authorization){ copy_text(r->kept, got.header), got.until_ms };
	r->challenge = (struct auth_challenge){ c.scheme, copy_text(r->kept, c.realm),
		copy_text(r->kept, c.service), NULL };
	r->renewals++;
	pthread_mutex_unlock(&r->lock);
	return 0;
}

/* Another answer than the attempt had. Threads that want one at once share it. */
static int
renew(struct registry *r, const struct attempt *attempt, const struct auth_challenge *challenge,
    struct arena *a, struct err *err)
{
	int status = 0;

	pthread_mutex_lock(&r->token_lock);
	if (r->renewals == attempt->renewal)
		status = authorize(r, challenge, a, err);
	pthread_mutex_unlock(&r->token_lock);
	return status;
}

/* With what is known to be needed, and the challenge that it answers. */
static void
attempt_take(struct registry *r, struct attempt *attempt, struct auth_challenge *ret_challenge,
    struct arena *a)
{
	attempt->base = base_of(r);
	pthread_mutex_lock(&r->lock);
	attempt->authorization = copy_text(a, r->authorization.header);
	attempt->until_ms = r->authorization.until_ms;
	attempt->renewal = r->renewals;
	*ret_challenge = (struct auth_challenge){ r->challenge.scheme,
		copy_text(a, r->challenge.realm), copy_text(a, r->challenge.service), NULL };
	pthread_mutex_unlock(&r->lock);
}

/* A token that is about to end is renewed first. */
static int
attempt_begin(struct registry *r, struct attempt *attempt, struct arena *a, struct err *err)
{
	struct auth_challenge challenge;

	attempt_take(r, attempt, &challenge, a);
	if (!attempt->until_ms || monotonic_ms() < attempt->until_ms)
		return 0;
	if (renew(r, attempt, &challenge, a, err) < 0)
		return -1;
	attempt_take(r, attempt, &challenge, a);
	return 0;
}

/* Is there another answer to these challenges than the one that was sent? */
static bool
may_renew(
    const struct registry *r, const struct attempt *attempt, const struct auth_challenge *challenge)
{
	if (r->credentials.registry_token)
		return false;
	/* The same name and password again would only count as one more failure. */
	return challenge->scheme != AUTH_BASIC || !attempt->authorization ||
	       !str_starts(str_of(attempt->authorization), "Basic ");
}

/* After an attempt that failed: has it shown that there is to be one with TLS? */
static bool
has_changed(const struct registry *r, const struct attempt *attempt)
{
	return attempt->base != base_of(r);
}

/* After a 401: 1 when there is another answer to send, 0 when this is the last word, or -1. */
static int
answer_challenge(struct registry *r, const struct attempt *attempt, struct registry_answer *answer,
    struct arena *a, struct err *err)
{
	struct auth_challenge challenge;

	if (answer->http.status != 401 || answer->elsewhere || !answer->http.challenges[0])
		return 0;
	auth_choose(answer->http.challenges, a, &challenge);
	if (!may_renew(r, attempt, &challenge))
		return 0;
	response_drain(&answer->http);
	return renew(r, attempt, &challenge, a, err) < 0 ? -1 : 1;
}

static int
send_authorized(struct registry *r, const struct registry_request *req, struct arena *a,
    struct registry_answer *ret, struct err *err)
{
	for (bool renewed = false;;) {
		struct attempt attempt;
		int status;

		if (attempt_begin(r, &attempt, a, err) < 0)
			return -1;
		if (send_followed(r, req, &attempt, a, ret, err) < 0) {
			if (has_changed(r, &attempt))
				continue;
			return -1;
		}
		status = renewed ? 0 : answer_challenge(r, &attempt, ret, a, err);
		if (status <= 0)
			return status;
		renewed = true;
	}
}

int
registry_send(struct registry *r, const struct registry_request *req, struct arena *a,
    struct registry_answer *ret, struct err *err)
{
	if (send_authorized(r, req, a, ret, err) == 0)
		return 0;
	registry_late(r, err);
	return -1;
}

/* ---- What to say ---- */

static struct pulls_left
pulls_left(struct registry *r)
{
	struct pulls_left pulls;

	pthread_mutex_lock(&r->lock);
	pulls = r->pulls;
	pthread_mutex_unlock(&r->lock);
	return pulls;
}

/* Who had to wait in vain wants to know that it was not for want of trying. */
static void
tell_asked(const struct registry_answer *answer, struct err *err)
{
	AUTO_ARENA a = arena_new();
	int64_t seconds = (answer->asked.ms + 500) / 1000;
	struct err inner = *err;

	if (answer->asked.times < 2)
		return;
	err_set(err, err->kind, "%s (asked %u times%s)%s", inner.text, answer->asked.times,
	    seconds > 0 ? arena_textf(a, " in %" PRId64 " s", seconds) : "",
	    answer->http.retry_after ? "" : ": try again later");
}

int
registry_refused(
    struct registry *r, const struct registry_answer *answer, const char *what, struct err *err)
{
	const struct refusal refusal = { r->site, r->repository, answer->elsewhere, what,
		&r->credentials, pulls_left(r) };

	refusal_set(&refusal, &answer->http, err);
	tell_asked(answer, err);
	return -1;
}

void
registry_late(const struct registry *r, struct err *err)
{
	struct err inner = *err;

	if (!is_late(r))
		return;
	if (r->timeout)
		err_set(err, err->kind,
		    "%s; --timeout is %u min for the whole scan: raise it, or look at the network",
		    inner.text, r->timeout);
	else
		err_set(err, err->kind, "%s; raise --timeout, or look at the network", inner.text);
}

const char *
registry_pulls_left(struct registry *r, struct arena *a)
{
	struct pulls_left pulls = pulls_left(r);

	return pulls.known ? arena_textf(a, "%s: %s", r->site, pulls_left_text(&pulls, a)) : NULL;
}
