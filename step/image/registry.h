/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - requests to one repository of a registry: authorised, redirected, retried
 */
#ifndef STEP_IMAGE_REGISTRY_H
#define STEP_IMAGE_REGISTRY_H

#include "step/base/http.h"
#include "step/image/reference.h"
#include "step/image/trust.h"

struct registry;

/* No request is made yet. Text is copied, certificates and c->realms are not. */
int registry_open(const struct image_request *req, const struct reference *ref,
    const struct credentials *c, struct registry **ret, struct err *err) MUST_CHECK;
void registry_close(struct registry *r);                        /* NULL is a no-op */
const struct notice *registry_notice(const struct registry *r); /* trust_notice()'s */

/* What to get. */
struct registry_request {
	const char *path;   /* below the repository: "manifests/latest" */
	const char *accept; /* Accept header's value, or NULL */
	uint64_t offset;    /* of the first byte wanted */
};

/*
 * Any final status is success, and the body is the caller's, as with http_send(). A 401 is
 * answered once by authenticating; an overloaded registry is asked again for a while.
 * Errors are ERR_IMAGE; ERR_INTERNAL where libcurl is not usable. May be called from several threads at once.
 */
int registry_get(struct registry *r, const struct registry_request *req, struct arena *a,
    struct http_response *ret, struct err *err) MUST_CHECK;

/*
 * What a status that is no success means for what was asked for ("blob sha256:..."; NULL: the
 * manifest that the reference names, which the caller puts in front), as ERR_IMAGE. Reads the body. Returns -1.
 */
int registry_refused(const struct registry *r, const struct http_response *response,
    const char *what, struct err *err);

/* Sleep before trying again for the nth time (from 1): 0.2 s, doubled up to 2 s. */
void registry_back_off(unsigned nth);

#endif
