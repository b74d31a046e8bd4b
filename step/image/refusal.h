/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal.h - what a registry's status that is no success means, in one sentence
 */
#ifndef STEP_IMAGE_REFUSAL_H
#define STEP_IMAGE_REFUSAL_H

#include "step/base/http.h"
#include "step/image/credential.h"

/* How many more manifests a registry gives: RateLimit-Remaining and RateLimit-Limit. */
struct pulls_left {
	bool known;
	uint64_t left, limit; /* limit is 0 where it was not said */
};

/* "97 of 100 pulls left", in the arena. */
char *pulls_left_text(const struct pulls_left *p, struct arena *a);

/* Who refuses what to whom. */
struct refusal {
	const char *site, *repository; /* the registry, and what was asked for there */
	const char
	    *elsewhere; /* who refuses, if it is not the registry but where it redirects; or NULL */
	const char *what; /* "blob sha256:..."; NULL: the manifest that the reference names */
	const struct credentials *credentials;
	struct pulls_left pulls;
};

/* As ERR_IMAGE, -1. Reads the response's body. */
int refusal_set(const struct refusal *r, const struct http_response *response, struct err *err);

#endif
