/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull.h - manifests and configs of an image out of a registry, its mirrors, or what was kept of them
 */
#ifndef STEP_IMAGE_PULL_H
#define STEP_IMAGE_PULL_H

#include "step/image/documents.h"
#include "step/image/manifest.h"
#include "step/image/registry.h"

/* What a log should tell of it, in the order in which it happened. */
struct remarks {
	struct arena *arena;
	const char **list; /* NULL-terminated; NULL: none */
	size_t n;
	const char *trouble; /* those that may be why nothing could be had in the end, or NULL */
};

void remarks_add(struct remarks *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
void remarks_add_trouble(struct remarks *r, const char *text);

struct document; /* one that was had, and is not kept yet */

struct pull {
	struct document_source source; /* image_resolve()'s way to further documents */
	struct registry
	    *from; /* who is asked first, and then registry_next(); later who gave the manifest */
	struct documents *documents; /* or NULL */
	struct remarks *remarks;
	struct arena *arena; /* for the rest */
	struct document *had;
	size_t nhad, had_bytes;
};

void pull_init(struct pull *p, struct registry *first, struct documents *d, struct remarks *r);
/* Keep what was had: for once it has turned out to be the documents of an image. */
void pull_keep(struct pull *p);
void pull_end(struct pull *p);

/* A document, and what its carrier says that it is (or NULL). */
struct pulled {
	struct str bytes;
	const char *type;
};

/*
 * The manifest that the reference names, by its tag or digest; a digest is verified. Of a tag it is asked
 * first (HEAD) what it means today, where that may save the document itself. ERR_IMAGE.
 */
int pull_manifest(struct pull *p, const struct reference *ref, struct arena *a, struct pulled *ret,
    struct err *err) MUST_CHECK;

#endif
