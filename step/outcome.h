/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome.h - one layer of an image to its outcome: known, read in part, or read whole
 *
 * For layers.c alone.
 */
#ifndef STEP_OUTCOME_H
#define STEP_OUTCOME_H

#include "step/analyse.h"
#include "step/layers_data.h"

#include <pthread.h>

/* One round over the layers: all workers share it. */
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
