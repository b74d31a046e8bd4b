/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth.h - what a registry demands in WWW-Authenticate, and the answers to it
 */
#ifndef STEP_IMAGE_AUTH_H
#define STEP_IMAGE_AUTH_H

#include "step/base/base.h"

enum auth_scheme {
	AUTH_NONE = 0, /* nothing that is understood */
	AUTH_BASIC,    /* RFC 7617: name and password with every request */
	AUTH_BEARER,   /* a token from the service that realm names */
};

struct auth_challenge {
	enum auth_scheme scheme;
	const char *realm;   /* of AUTH_BEARER never NULL */
	const char *service; /* or NULL */
	const char
	    *error; /* what the registry says was wrong with the token that was sent, or NULL */
};

/*
 * The challenge to answer out of all WWW-Authenticate values (NULL-terminated): the
 * first Bearer that has a realm, else Basic. A value is read as far as it can be.
 */
void auth_choose(const char *const *values, struct arena *a, struct auth_challenge *ret);

/* Where to ask for a token to pull from repository: all in one URL; service or NULL. */
char *auth_token_url(
    struct arena *a, const char *realm, const char *service, const char *repository);

/* The form by which the same is asked for with an identity token (OAuth 2 refresh token); it holds that. */
char *auth_token_form(
    struct arena *a, const char *service, const char *repository, const char *identity_token);

/* What a token service gave. */
struct auth_token {
	const char *header; /* "Bearer ...", an Authorization header's value */
	uint64_t seconds;   /* how long it is good for */
};

/*
 * The token in a token service's answer (JSON, `token` or `access_token`): ERR_IMAGE if there is none
 * or it is malformed.
 */
int auth_token_read(
    struct str answer, struct arena *a, struct auth_token *ret, struct err *err) MUST_CHECK;

/* "Basic ..." */
char *auth_basic(struct arena *a, const char *username, const char *password);
/* "Bearer ..."; NULL: it holds bytes that no header may have. */
char *auth_bearer(struct arena *a, const char *token);

#endif
