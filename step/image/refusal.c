/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal.c - what a registry's status that is no success means, in one sentence
 *
 *      404 { "errors": [ { "code": "MANIFEST_UNKNOWN", "message": "...", "detail": ... } ] }
 *
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md, error codes
 *
 * Of what the registry says only the code is repeated: its messages may hold anything.
 */
#include "step/image/refusal.h"

#include "step/base/doc.h"
#include "step/image/auth.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

char *
pulls_left_text(const struct pulls_left *p, struct arena *a)
{
	if (p->limit)
		return arena_textf(a, "%" PRIu64 " of %" PRIu64 " pulls left", p->left, p->limit);
	return arena_textf(a, "%" PRIu64 " pulls left", p->left);
}

/* The first error's code ("MANIFEST_UNKNOWN"), or NULL. */
static const char *
error_code(const struct http_response *response, struct arena *a)
{
	AUTO_DOC doc = NULL;
	struct str body;
	struct err ignored;
	const char *code;

	if (!response->body ||
	    stream_whole(response->body, LIMIT_ERROR_BODY, ERR_IMAGE, a, &body, &ignored) < 0 ||
	    doc_parse_json(body, ERR_IMAGE, &doc, &ignored) < 0)
		return NULL;
	code = doc_get_text(doc_at(doc_get(doc, "errors"), 0), "code");
	if (code == NULL || *code == '\0' || strlen(code) > 64 ||
	    code[strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0')
		return NULL;
	return arena_text(a, str_of(code));
}

static int
not_found(const struct refusal *r, const char *code, const char *shown, struct err *err)
{
	if (r->what)
		return err_set(err, ERR_IMAGE, "%s is missing in %s/%s%s", r->what, r->site,
		    r->repository, shown);
	if (code && strcmp(code, "NAME_UNKNOWN") == 0)
		return err_set(err, ERR_IMAGE, "not found%s: %s has no such repository%s%s", shown,
		    r->site,
		    credentials_any(r->credentials) ? ", or hides it from this user"
						    : ", or hides it from those who name no user ",
		    credentials_any(r->credentials) ? "" : credentials_advice(r->credentials));
	if (code && strcmp(code, "MANIFEST_UNKNOWN") == 0)
		return err_set(err, ERR_IMAGE,
		    "not found%s: there is no such tag or digest, or no such repository", shown);
	return err_set(err, ERR_IMAGE, "not found%s", shown);
}

/* To whom it was refused: "to this user name and password (from DOCKER_AUTH_CONFIG)". */
static const char *
to_whom(const struct credentials *c, struct arena *a)
{
	const char *which = c->registry_token       ? "token"
			    : credentials_of_job(c) ? "job token"
			    : c->username           ? "user name and password"
						    : "identity token";

	if (!credentials_any(c))
		return arena_textf(a, "without a user name and password %s", credentials_advice(c));
	return arena_textf(a, "to this %s%s%s%s", which, c->origin ? " (from " : "",
	    c->origin ? c->origin : "", c->origin ? ")" : "");
}

/* What else it may mean, or "". */
static const char *
why_refused(const struct refusal *r, const struct http_response *response, struct arena *a)
{
	struct auth_challenge c;

	auth_choose(response->challenges, a, &c);
	if (c.error && strcmp(c.error, "insufficient_scope") == 0 &&
	    credentials_any(r->credentials))
		return ": it may not pull from this repository, or there is no such repository "
		       "(insufficient_scope)";
	if (credentials_any(r->credentials))
		return CREDENTIALS_DOUBT;
	if (r->what)
		return "";
	if (strcmp(r->site, "docker.io") == 0)
		return ": Docker Hub answers so, too, if there is no such repository";
	return ": which can also mean that there is no such repository";
}

static int
denied(const struct refusal *r, const struct http_response *response, const char *what,
    const char *shown, struct arena *a, struct err *err)
{
	if (r->elsewhere)
		return err_set(err, ERR_IMAGE,
		    "%s, to which %s redirects, refuses %s with status %ld", r->elsewhere, r->site,
		    what, response->status);
	return err_set(err, ERR_IMAGE, "%s refuses %s %s%s%s", r->site, what,
	    to_whom(r->credentials, a), shown, why_refused(r, response, a));
}

/* "; try again in 90 s", or "". */
static const char *
when_again(const struct http_response *response, struct arena *a)
{
	uint64_t seconds;

	if (!response->retry_after ||
	    !http_retry_after(response->retry_after, time(NULL), &seconds) || seconds == 0)
		return "";
	return arena_textf(a, "; try again in %" PRIu64 " s", seconds);
}

static int
limited(const struct refusal *r, const struct http_response *response, const char *what,
    struct arena *a, struct err *err)
{
	const char *left =
	    r->pulls.known ? arena_textf(a, ", %s", pulls_left_text(&r->pulls, a)) : "";
	const char *hint = "";

	if (!credentials_any(r->credentials) && strcmp(r->site, "docker.io") == 0)
		hint = arena_textf(a, "; it gives more to those with a user name %s",
		    credentials_advice(r->credentials));
	return err_set(err, ERR_IMAGE,
	    "%s has had too many requests to give %s: rate limited (429)%s%s%s",
	    r->elsewhere ? r->elsewhere : r->site, what, left, when_again(response, a), hint);
}

int
refusal_set(const struct refusal *r, const struct http_response *response, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *code = error_code(response, a);
	const char *shown = code ? arena_textf(a, " (%s)", code) : "";
	const char *what = r->what ? r->what : "the manifest";

	switch (response->status) {
	case 401:
	case 403:
		return denied(r, response, what, shown, a, err);
	case 404:
		return not_found(r, code, shown, err);
	case 429:
		return limited(r, response, what, a, err);
	default:
		return err_set(err, ERR_IMAGE, "%s answers with status %ld for %s%s%s",
		    r->elsewhere ? r->elsewhere : r->site, response->status, what, shown,
		    when_again(response, a));
	}
}
