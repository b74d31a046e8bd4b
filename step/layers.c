/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.c - every layer of an image to its inventory, and all of them merged
 *
 * One thread a processor takes the layers, the largest first; over a network there are a few more,
 * so that a slow connection leaves no processor idle. Layers that come in one stream are taken as
 * they come.
 */
#define _GNU_SOURCE /* sched_getaffinity(): /proc may not be there */

#include "step/layers.h"

#include "step/outcome.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORKERS_MOST = 64,
	DOWNLOADS_LEAST = 4, /* at 30 MB/s a connection so many end with the largest layer */
	LIMIT_ROUNDS = LIMIT_HOPS + 1, /* of looking where links lead: each finds one more */
	PASSES = 2, /* of a stream of layers: one that comes wrong is asked for once more */
};

/* The layer's bytes, 0 where the image does not say. */
static uint64_t
announced(const struct layers *l, size_t layer)
{
	uint64_t size = l->image->layers[layer].size;

	return size == IMAGE_SIZE_UNKNOWN ? 0 : size;
}

/* A layer is done, or cannot be. */
static void
conclude(struct round *r, size_t i, int64_t since, int result, const struct err *err)
{
	struct layers *l = r->layers;
	struct layer_outcome *out = &l->outcomes[i];

	out->ms = monotonic_ms() - since;
	pthread_mutex_lock(&r->lock);
	if (result == 0) {
		r->done++;
		/* What was known, or read in part, does not come. */
		r->total += out->fetched - announced(l, i);
		if (l->progress)
			l->progress(l, &(struct progress){ r->done, r->count, r->bytes, r->total });
		if (l->layer_done)
			l->layer_done(l, i);
	}
	if (result < 0 && !out->stopped && (!r->failed || i < r->failed_layer)) {
		r->failed = true;
		r->failed_layer = i;
		r->err = *err;
	}
	pthread_mutex_unlock(&r->lock);
}

static void *
work(void *context)
{
	struct round *r = context;

	for (;;) {
		int64_t since = monotonic_ms();
		struct err err = { .kind = ERR_NONE };
		size_t i, at;
		int result = 0;

		pthread_mutex_lock(&r->lock);
		at = r->failed ? r->count : r->next++;
		pthread_mutex_unlock(&r->lock);
		if (at >= r->count)
			return NULL;
		i = r->order[at];
		outcome_reset(r, i);
		if (!outcome_recall(r, i))
			result = outcome_read(r, i, &err);
		conclude(r, i, since, result, &err);
	}
}

static size_t
processors(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count < 1 ? 1 : count > WORKERS_MOST ? WORKERS_MOST : (size_t)count;
}

static void
work_in_parallel(struct round *r)
{
	pthread_t threads[WORKERS_MOST];
	size_t wanted = processors(), started = 0;

	if (r->layers->image->remote && wanted < DOWNLOADS_LEAST)
		wanted = DOWNLOADS_LEAST;
	if (wanted > r->count)
		wanted = r->count;
	while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, r) == 0)
		started++;
	work(r);
	while (started)
		pthread_join(threads[--started], NULL);
}

/* ---- Layers that come in one stream ---- */

/* Once through the stream; wanted keeps those that are to come again. */
static int
pass(struct round *r, bool *wanted, bool last, struct err *err)
{
	struct opened_image *image = r->layers->image;

	for (bool first = true;; first = false) {
		int64_t since = monotonic_ms();
		struct stream *blob = NULL;
		size_t i;
		int got = image->next_layer(image, first, wanted, &i, &blob, err), result;
		bool again;

		if (got <= 0)
			return got;
		wanted[i] = false;
		result = outcome_take(r, i, blob, last, &again, err);
		wanted[i] = again;
		if (!again)
			conclude(r, i, since, result, err);
		if (result < 0)
			return -1;
	}
}

static bool
any(const bool *wanted, size_t n, size_t *ret)
{
	for (*ret = 0; *ret < n; ++*ret)
		if (wanted[*ret])
			return true;
	return false;
}

static const char *
layer_name(const struct round *r, size_t layer)
{
	const char *digest = r->layers->image->layers[layer].digest;

	return digest ? digest : arena_textf(r->layers->round, "%zu", layer + 1);
}

static void
take_stream(struct round *r)
{
	size_t n = r->layers->image->nlayers, missing;
	bool *wanted = arena_alloc(r->layers->round, n * sizeof(*wanted));
	struct err err = { .kind = ERR_NONE };

	for (size_t k = 0; k < r->count; k++) {
		size_t i = r->order[k];

		outcome_reset(r, i);
		wanted[i] = !outcome_recall(r, i);
		if (!wanted[i])
			conclude(r, i, monotonic_ms(), 0, &err);
	}
	for (int n_pass = 1; any(wanted, n, &missing); n_pass++) {
		if (n_pass > PASSES)
			err_set(&err, ERR_IMAGE, "layer %s does not come", layer_name(r, missing));
		if (n_pass > PASSES || pass(r, wanted, n_pass == PASSES, &err) < 0) {
			r->failed = true;
			r->err = err;
			return;
		}
	}
}

/* ---- All layers ---- */

struct sized {
	size_t layer;
	uint64_t size;
};

static int
by_size(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return (x->layer > y->layer) - (x->layer < y->layer);
}

/* The layer that has the same blob and comes first; layer itself if none does. */
static size_t
first_same(const struct opened_image *image, size_t layer)
{
	const char *digest = image->layers[layer].blob_digest;

	for (size_t i = 0; digest && i < layer; i++)
		if (image->layers[i].blob_digest &&
		    strcmp(image->layers[i].blob_digest, digest) == 0)
			return i;
	return layer;
}

const struct layer_outcome *
layers_outcome(const struct layers *l, size_t layer)
{
	return &l->outcomes[first_same(l->image, layer)];
}

static int
run_round(struct layers *l, const struct want_list *wants, struct err *err)
{
	size_t n = l->image->nlayers;
	struct sized *sized = arena_alloc(l->round, n * sizeof(*sized));
	size_t *order = arena_alloc(l->round, n * sizeof(*order));
	struct round r = { .layers = l,
		.wants = *wants,
		.order = order,
		.job = { .extras = wants->wants + wants->roots,
		    .nextras = wants->count - wants->roots } };

	for (size_t i = 0; i < n; i++)
		if (first_same(l->image, i) == i)
			sized[r.count++] = (struct sized){ i, l->image->layers[i].size };
	if (r.count)
		qsort(sized, r.count, sizeof(*sized), by_size);
	for (size_t i = 0; i < r.count; i++) {
		order[i] = sized[i].layer;
		r.total += announced(l, order[i]);
	}
	pthread_mutex_init(&r.lock, NULL);
	if (l->image->next_layer)
		take_stream(&r);
	else
		work_in_parallel(&r);
	pthread_mutex_destroy(&r.lock);
	if (r.trouble[0])
		l->cache_trouble = arena_text(l->kept, str_of(r.trouble));
	if (r.failed) {
		*err = r.err;
		return -1;
	}
	return 0;
}

/* Once all layers and their merge; what no analysis has read yet is in ret->missed. */
static int
merge_once(struct layers *l, const struct want *extras, size_t nextras, struct merged *ret,
    struct err *err)
{
	size_t n = l->image->nlayers;
	const struct inventory **inventories;
	struct want_list wants;

	arena_reset(l->round);
	wants = analysis_wants(l->round, extras, nextras);
	if (run_round(l, &wants, err) < 0)
		return -1;
	inventories = arena_alloc(l->round, n * sizeof(*inventories));
	for (size_t i = 0; i < n; i++) {
		inventories[i] = layers_outcome(l, i)->inventory;
		if (!inventories[i])
			inventories[i] = inventory_new(l->round); /* nothing is known of it */
	}
	overlay_merge(inventories, n, &wants, l->round, ret);
	return 0;
}

int
layers_merge(struct layers *l, struct merged *ret, struct err *err)
{
	struct want *extras = NULL;
	size_t nextras = 0;

	l->kept = arena_new();
	l->round = arena_new();
	l->outcomes = xalloc(l->image->nlayers * sizeof(*l->outcomes));
	for (size_t i = 0; i < l->image->nlayers; i++)
		l->outcomes[i].arena = arena_new();
	for (size_t round = 0; round < LIMIT_ROUNDS; round++) {
		if (merge_once(l, extras, nextras, ret, err) < 0)
			return -1;
		if (ret->nmissed == 0)
			return 0;
		for (size_t i = 0; i < ret->nmissed; i++) {
			struct want w = ret->missed[i];

			w.pattern = arena_copy(l->kept, w.pattern, strlen(w.pattern) + 1);
			w.as = arena_copy(l->kept, w.as, strlen(w.as) + 1);
			extras = arena_grow(l->kept, extras, nextras, sizeof(*extras));
			extras[nextras++] = w;
		}
	}
	for (size_t i = 0; i < ret->nmissed; i++) {
		ret->gaps = arena_grow(l->round, ret->gaps, ret->ngaps, sizeof(*ret->gaps));
		ret->gaps[ret->ngaps++] =
		    (struct merged_gap){ ret->missed[i].as, "links lead too far" };
	}
	return 0;
}

void
layers_release(struct layers *l)
{
	for (size_t i = 0; l->outcomes && i < l->image->nlayers; i++)
		arena_free(l->outcomes[i].arena);
	free(l->outcomes);
	arena_free(l->kept);
	arena_free(l->round);
	l->outcomes = NULL;
	l->kept = l->round = NULL;
}
