/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers_data.h - what the layers of an image are analysed with, and what came of each
 */
#ifndef STEP_LAYERS_DATA_H
#define STEP_LAYERS_DATA_H

#include "step/image/image.h"
#include "step/layer/cache.h"
#include "step/layer/overlay.h"
#include "step/layer/sandbox.h"

/* How far it is. */
struct progress {
	size_t done, count; /* layers */
	uint64_t bytes;
	uint64_t total; /* as far as the image announces them; never less than bytes in the end */
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

#endif
