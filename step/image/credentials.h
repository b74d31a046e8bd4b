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

#include "step/image/credential.h"
#include "step/image/image.h"
#include "step/image/reference.h"

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
