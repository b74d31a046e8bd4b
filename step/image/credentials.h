/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.h - who a registry is told we are: every place where a name and password may stand
 *
 * The first that has any for the site wins, and its name is what messages and the log say:
 *
 *      a login that the request names (flags, variables)     for the image's registry alone
 *      DOCKER_AUTH_CONFIG                                    JSON, as in Docker's file
 *      REGISTRY_AUTH_FILE                                    a file of that
 *      $DOCKER_CONFIG/config.json
 *      $XDG_RUNTIME_DIR/containers/auth.json                 without that variable: /run/containers/UID/auth.json
 *      $HOME/.config/containers/auth.json
 *      $HOME/.docker/config.json
 *      logins of the CI system, each for exactly its site
 *
 * A file may name a helper to be asked in place of its own logins (credential_helper.h), which is part of that file's
 * place in the order. What they are is in auth_file.h.
 */
#ifndef STEP_IMAGE_CREDENTIALS_H
#define STEP_IMAGE_CREDENTIALS_H

#include "step/image/image.h"
#include "step/image/reference.h"

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

/*
 * Those for the registry that ref names, in the arena or the request's. The request's own login is taken
 * for whatever ref names: who asks for a mirror's passes a request without it. ERR_USAGE: that login cannot
 * be sent (a user name or a password without the other, a colon in the name, a token beside it). ERR_IMAGE: a
 * credential helper that a file names for this registry is missing or fails: then nobody else is asked. A file
 * that cannot be read or understood is passed over, and told in ret_warning (else NULL), without a word of it.
 * ret->mirror is the caller's to set.
 */
int credentials_find(const struct image_request *req, const struct reference *ref, struct arena *a,
    struct credentials *ret, const char **ret_warning, struct err *err) MUST_CHECK;

/* The request's own login alone, without a look at files or helpers: ERR_USAGE as above. */
int credentials_check(
    const struct image_request *req, const struct reference *ref, struct err *err) MUST_CHECK;

#endif
