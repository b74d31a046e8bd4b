/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential.h - what a registry is told of who we are, wherever it was found
 */
#ifndef STEP_IMAGE_CREDENTIAL_H
#define STEP_IMAGE_CREDENTIAL_H

#include "step/base/base.h"

/* What the registry's user is called and knows. */
struct credentials {
	const char *username; /* NULL: nobody, anonymous */
	const char *password; /* with username never NULL */
	const char *
	    identity_token; /* for the token service in place of both (OAuth 2 refresh token), or NULL */
	const char *registry_token; /* for the registry itself, sent as it is (Bearer), or NULL */
	const char *origin;         /* where they were found, to show; NULL: nowhere */
	/* Token services that may be given them besides the registry's own, "HOST" or "HOST:PORT", over
	 * https; NULL-terminated, never NULL. */
	const char *const *realms;
	bool mirror; /* their registry is one, which never gets the login that the request names */
};

/* Are there any to send? */
bool credentials_any(const struct credentials *c);
/* Where somebody may put such as are not there, in brackets: "(DOCKER_AUTH_CONFIG or a config.json)". */
const char *credentials_advice(const struct credentials *c);
/* What to ask of those that are refused, to stand behind the refusal. */
#define CREDENTIALS_DOUBT ": is it right, not expired, and may it pull there?"
/* Was it the CI system that made them for this job? Then nobody can have mistyped them. */
bool credentials_of_job(const struct credentials *c);

/*
 * What a user name and password stand for, which stay the caller's: "<token>" has an identity token for a
 * password. NULL, or why no registry can be sent them.
 */
const char *credentials_set(
    struct credentials *c, const char *username, const char *password) MUST_CHECK;
/* Can it stand in a header? */
bool credentials_token_valid(const char *token);

#endif
