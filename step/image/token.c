/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - the answer to a registry's challenge: Basic, or a token of the service that it names
 *
 *      GET https://auth/token?service=registry&scope=repository%3Aapp%3Apull
 *      Authorization: Basic ...            where there is a user name
 *
 *      POST https://auth/token             where there is an identity token
 *      grant_type=refresh_token&client_id=scanstep&service=...&scope=...&refresh_token=...
 *
 *      200 { "token": "...", "expires_in": 300 }
 *
 * https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/
 *
 * A token service's redirects are not followed: it was trusted by its name, and the next one would not be.
 */
#include "step/image/token.h"

#include "step/base/url.h"
#include "step/image/trust.h"

#define TRIES    2     /* of an answer that breaks off */
#define EARLY_MS 10000 /* a token is renewed so long before its end, or a quarter of its time */

/* " (from DOCKER_AUTH_CONFIG)", or "". */
static const char *
origin_text(const struct credentials *c, struct arena *a)
{
	return c->origin ? arena_textf(a, " (from %s)", c->origin) : "";
}

static int
answer_basic(
    const struct token_client *client, struct arena *a, struct authorization *ret, struct err *err)
{
	const struct credentials *c = client->credentials;

	if (!c->username && c->identity_token)
		return err_set(err, ERR_IMAGE,
		    "%s wants a user name and password, and there is an identity token%s",
		    client->site, origin_text(c, a));
	if (!c->username)
		return err_set(err, ERR_IMAGE, "%s wants a user name and password %s", client->site,
		    credentials_advice(c));
	*ret = (struct authorization){ auth_basic(a, c->username, c->password), 0 };
	return 0;
}

/* A status that is no success, in one sentence. Reads the body away. */
static int
refused(const struct token_client *client, const struct url *realm, struct http_response *response,
    struct arena *a, struct err *err)
{
	const struct credentials *c = client->credentials;
	const char *what = c->identity_token       ? "the identity token"
			   : credentials_of_job(c) ? "this job token"
			   : c->username           ? "the user name or password"
						   : "access without a user name";

	response_drain(response);
	if (response->status == 401 || response->status == 403)
		return err_set(err, ERR_IMAGE, "the token service %s refuses %s%s%s",
		    url_site(a, realm), what, origin_text(c, a),
		    credentials_any(c) ? CREDENTIALS_DOUBT : "");
	return err_set(err, ERR_IMAGE, "the token service %s answers with status %ld",
	    url_site(a, realm), response->status);
}

/* One request to the service; 200 or another status. */
static int
ask(const struct token_client *client, const struct url *realm, const struct http_request *what,
    struct arena *a, struct http_response *ret, struct err *err)
{
	struct http_tls tls = trust_tls(client->own, client->others, client->registry, realm);
	struct http_request req = *what;

	req.accept = "application/json";
	req.tls = &tls;
	req.public_only = trust_public_only(client->registry, client->private_registry, realm);
	req.not_here = trust_not_here(client->registry, realm);
	req.deadline_ms = client->patience.deadline_ms;
	return retry_send(&client->patience, &req, a, ret, NULL, err);
}

/*
 * Services that know nothing of identity tokens say so in all these ways; to them it may be the password
 * that goes with a user name.
 */
static bool
try_as_password(const struct token_client *client, long status)
{
	return client->credentials->username &&
	       (status == 400 || status == 401 || status == 404 || status == 405);
}

static int
ask_by_identity(const struct token_client *client, const struct auth_challenge *challenge,
    const struct url *realm, struct arena *a, struct http_response *ret, struct err *err)
{
	const struct http_request req = { .method = HTTP_POST,
		.url = url_text(a, realm),
		.form = auth_token_form(a, challenge->service, client->repository,
		    client->credentials->identity_token) };

	return ask(client, realm, &req, a, ret, err);
}

static int
ask_by_password(const struct token_client *client, const struct auth_challenge *challenge,
    const struct url *realm, struct arena *a, struct http_response *ret, struct err *err)
{
	const struct credentials *c = client->credentials;
	struct http_request req = { .url = auth_token_url(a, url_text(a, realm), challenge->service,
					client->repository) };
	const char *password = c->password;

	if (c->identity_token && (!password || *password == '\0'))
		password = c->identity_token;
	if (c->username)
		req.authorization = auth_basic(a, c->username, password);
	return ask(client, realm, &req, a, ret, err);
}

/* By whatever there is, to an answer of any status. */
static int
ask_for_token(const struct token_client *client, const struct auth_challenge *challenge,
    const struct url *realm, struct arena *a, struct http_response *ret, struct err *err)
{
	if (client->credentials->identity_token) {
		if (ask_by_identity(client, challenge, realm, a, ret, err) < 0)
			return -1;
		if (!try_as_password(client, ret->status))
			return 0;
		response_drain(ret);
	}
	return ask_by_password(client, challenge, realm, a, ret, err);
}

static struct authorization
authorization_of(const struct auth_token *token)
{
	int64_t ms = (int64_t)token->seconds * 1000;
	int64_t early = ms / 4 < EARLY_MS ? ms / 4 : EARLY_MS;

	return (struct authorization){ token->header, monotonic_ms() + ms - early };
}

/* Once more where the connection breaks in the answer, as with every other document. */
static int
token_text(const struct token_client *client, const struct auth_challenge *challenge,
    const struct url *realm, struct arena *a, struct str *ret, struct err *err)
{
	for (int i = 1;; i++) {
		struct http_response response;
		int status;

		if (ask_for_token(client, challenge, realm, a, &response, err) < 0)
			return err_wrap(err, "asking for a token");
		if (response.status != 200)
			return refused(client, realm, &response, a, err);
		status = stream_whole(response.body, LIMIT_TOKEN, ERR_IMAGE, a, ret, err);
		stream_close(response.body);
		if (status == 0)
			return 0;
		if (i == TRIES)
			return err_wrap(err, "the token service %s", url_site(a, realm));
	}
}

static int
answer_bearer(const struct token_client *client, const struct auth_challenge *challenge,
    struct arena *a, struct authorization *ret, struct err *err)
{
	struct auth_token token = { NULL, 0 };
	struct url realm;
	struct str answer = { "", 0 };

	if (url_resolve(client->registry, str_of(challenge->realm), ERR_IMAGE, a, &realm, err) < 0)
		return err_wrap(err, "%s names a token service", client->site);
	if (trust_realm(client->registry, &realm, client->credentials, a, err) < 0)
		return -1;
	if (token_text(client, challenge, &realm, a, &answer, err) < 0)
		return -1;
	if (auth_token_read(answer, a, &token, err) < 0)
		return err_wrap(err, "the token service %s", url_site(a, &realm));
	*ret = authorization_of(&token);
	return 0;
}

int
token_answer(const struct token_client *client, const struct auth_challenge *challenge,
    struct arena *a, struct authorization *ret, struct err *err)
{
	switch (challenge->scheme) {
	case AUTH_NONE:
		return err_set(err, ERR_IMAGE,
		    "%s demands an authentication other than Basic and Bearer", client->site);
	case AUTH_BASIC:
		return answer_basic(client, a, ret, err);
	case AUTH_BEARER:
		return answer_bearer(client, challenge, a, ret, err);
	}
	return err_set(err, ERR_INTERNAL, "an unknown kind of authentication");
}
