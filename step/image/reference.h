/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference.h - the name of an image in a registry, taken apart
 */
#ifndef STEP_IMAGE_REFERENCE_H
#define STEP_IMAGE_REFERENCE_H

#include "step/base/base.h"

struct reference {
	const char *site; /* host[:port] as written, lower case: "docker.io", "127.0.0.1:5000" */
	const char *repository; /* "library/alpine" */
	const char *name;       /* site/repository: struct image.name */
	const char *tag;        /* "latest" where neither tag nor digest was given, or NULL */
	const char *digest;     /* "sha256:...", or NULL; it wins over the tag */
	const char *api_site;   /* who answers for site: "registry-1.docker.io" */
};

/* Is it Docker Hub, by any of its names? */
bool reference_is_hub(struct str host);
/* "HOST[:PORT]" as struct reference.site has it; NULL: it is none. */
const char *reference_site(struct str text, struct arena *a);

/*
 * Strict: what it accepts is safe in a URL. Errors are ERR_USAGE and quote the text, but for what may be a
 * password.
 */
int reference_parse(
    struct str text, struct arena *a, struct reference *ret, struct err *err) MUST_CHECK;

#endif
