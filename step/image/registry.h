/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - requests to one repository of a registry: authorised, redirected, retried
 */
#ifndef STEP_IMAGE_REGISTRY_H
#define STEP_IMAGE_REGISTRY_H

#include "step/base/http.h"
#include "step/image/reference.h"
#include "step/image/retry.h"
#include "step/image/trust.h"

struct registry;

/* No request is made yet. Text is copied, certificates and c->realms are not. */
int registry_open(const struct image_request *req, const struct reference *ref,
    const struct credentials *c, struct registry **ret, struct err *err) MUST_CHECK;
void registry_close(struct registry *r); /* NULL is a no-op */
/* trust_notice()'s, of how it was spoken to, or will be where it has to be asked. */
const struct notice *registry_notice(const struct registry *r);
bool registry_spoken(const struct registry *r);      /* it has answered */
const char *registry_site(const struct registry *r); /* as the reference has it */
const struct patience *registry_patience(const struct registry *r);

/* Who else may have what this one has not: of a mirror the next one, or the registry itself; else NULL. */
struct registry *registry_next(const struct registry *r);
void registry_set_next(struct registry *r, struct registry *next);
/*
 * That one, because this one did not give the blob; NULL, too, when there is no time left. The first time it is told:
 * the image's remarks are read by then. broke: it did not refuse it, but failed to give it. From any thread.
 */
struct registry *registry_leave(
    struct registry *r, const char *digest, bool broke, const struct err *why);
/*
 * Who is to be asked for a blob first: this one, or behind a mirror that broke at another blob the
 * next one, for every blob would cost a mirror's whole patience again. From any thread.
 */
struct registry *registry_sound(struct registry *r);

/* What to ask for. */
struct registry_request {
	enum http_method method; /* HTTP_GET or HTTP_HEAD */
	const char *path;        /* below the repository: "manifests/latest" */
	const char *accept;      /* Accept header's value, or NULL */
	uint64_t offset;         /* of the first byte wanted */
	uint64_t length;         /* and for no more than so many; 0: to the end */
};

struct registry_answer {
	struct http_response http; /* its body is the caller's to close, whatever the status */
	const char *
	    elsewhere; /* who gave it, if it is not the registry but where that redirects; or NULL */
	struct asked asked; /* until this came */
};

/*
 * Any final status is success, as with http_send(). A 401 is answered once by authenticating; an
 * overloaded registry is asked again for a while. Errors are ERR_IMAGE; ERR_USAGE where the environment names
 * a proxy that is none; ERR_INTERNAL where libcurl is not usable. May be called from several threads at once.
 */
int registry_send(struct registry *r, const struct registry_request *req, struct arena *a,
    struct registry_answer *ret, struct err *err) MUST_CHECK;

/*
 * What a status that is no success means for what was asked for ("blob sha256:..."; NULL: the
 * manifest that the reference names, which the caller puts in front), as ERR_IMAGE. Reads the body. Returns -1.
 */
int registry_refused(
    struct registry *r, const struct registry_answer *answer, const char *what, struct err *err);

/* Says what to do, where an error is that there was no time left. */
void registry_late(const struct registry *r, struct err *err);

/* "docker.io: 97 of 100 pulls left", as its last answer said, in the arena; NULL: it did not say. */
const char *registry_pulls_left(struct registry *r, struct arena *a);

#endif
