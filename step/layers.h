/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.h - all layers of an image to their inventories: cache, children, digests
 */
#ifndef STEP_LAYERS_H
#define STEP_LAYERS_H

#include "step/analyse.h"
#include "step/image/image.h"
#include "step/layer/cache.h"
#include "step/layer/overlay.h"
#include "step/layer/sandbox.h"

/* How far it is. */
struct progress {
	size_t done, count; /* layers */
	uint64_t bytes,
	    total; /* total: as far as the image announces them, never less than bytes in the end */
};

/* What the layers of one image are analysed with. */
struct layers {
	struct opened_image *image;
	struct helper *helper;
	struct cache *cache; /* or NULL */
	bool verify_diff_ids;
	int crash_layer; /* for tests; -1: none */
	/* Called now and then as bytes come and layers are done, one call at a time; or NULL. */
	void (*progress)(const struct layers *l, const struct progress *p);
	/* Called when a layer's outcome is known, one call at a time; or NULL. */
	void (*layer_done)(const struct layers *l, size_t layer);
	void *context; /* theirs */

	/* Filled by layers_merge(), given back by layers_release(). */
	struct layer_outcome *outcomes; /* image->nlayers of them */
	const char *cache_trouble;      /* why inventories could not be kept, or NULL */
	struct arena *kept;             /* what links led to, over all rounds */
	struct arena *round;            /* the last merge */
};

struct layer_outcome {
	struct arena *arena;
	const struct inventory *inventory; /* or NULL: nothing is known of the layer */
	const char *gap;                   /* what is wrong with the layer as a whole, or NULL */
	const char *toc;          /* read in part, by a table of contents of this format; or NULL */
	const char *part_trouble; /* why it could not be read in part, or NULL */
	bool recalled;            /* the cache knew it */
	bool stopped;             /* another one failed first */
	uint64_t fetched;         /* bytes that were read of it */
	int64_t ms;               /* until it was known */
};

/*
 * Analyse every layer, several at a time, and merge them; and
 * again with more wanted paths where links lead to files that were not read. What is
 * wrong with a layer is a gap in its outcome. -1: ERR_IMAGE where a blob could not be had,
 * ERR_INTERNAL. The result lives until layers_release().
 */
int layers_merge(struct layers *l, struct merged *ret, struct err *err) MUST_CHECK;
void layers_release(struct layers *l);
/* That of a layer, which may be the outcome of an earlier one with the same blob. */
const struct layer_outcome *layers_outcome(const struct layers *l, size_t layer);

#endif
