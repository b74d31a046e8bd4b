/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome.h - one layer of an image to its outcome: known, read in part, or read whole
 */
#ifndef STEP_OUTCOME_H
#define STEP_OUTCOME_H

#include "step/analyse.h"
#include "step/image/image.h"
#include "step/layer/cache.h"
#include "step/layer/overlay.h"
#include "step/layer/sandbox.h"

#include <pthread.h>

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

/* One round over the layers: all workers share it. For layers.c alone. */
struct round {
	struct layers *layers;
	struct analysis job; /* but for what depends on the layer */
	struct want_list wants;
	const size_t *order; /* layers to take */
	size_t count;

	pthread_mutex_t lock; /* of what follows */
	size_t next, done;
	uint64_t held;  /* bytes of inventories */
	uint64_t bytes; /* that came */
	uint64_t total; /* that are expected, as far as the image announces them */
	int64_t shown;  /* when progress was told last, of monotonic_ms() */
	bool failed;
	size_t failed_layer; /* the lowest one, so that the message is the same each time */
	struct err err;
	char trouble[sizeof(((struct err *)0)->text)]; /* why the cache did not take one, or "" */
};

/* The layer's outcome is not known yet: what is left of an earlier round goes. */
void outcome_reset(struct round *r, size_t layer);
/* Is it in the cache? Then that is its outcome. */
bool outcome_recall(struct round *r, size_t layer);
/* From the source, in part where that can be, else whole: 0, or -1 with what is wrong with more than this layer. */
int outcome_read(struct round *r, size_t layer, struct err *err) MUST_CHECK;
/*
 * From its blob, which has been opened and is closed here. 0, or -1 as above; ret_again (and 0): other bytes came than
 * announced, they should be asked for once more.
 */
int outcome_take(struct round *r, size_t layer, struct stream *blob, bool last_try, bool *ret_again,
    struct err *err) MUST_CHECK;

#endif
