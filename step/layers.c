/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.c - cache, children and digests: every layer of an image to its inventory
 *
 * One thread a processor takes the layers, the largest first. A layer that the
 * cache knows is neither opened nor hashed. What arrives with another digest or
 * size than announced is asked for once more, and then a gap: none of it counts.
 */
#define _GNU_SOURCE /* sched_getaffinity(): /proc may not be there */

#include "step/layers.h"

#include "step/reader/reader.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORKERS_MOST = 64,
	LIMIT_ROUNDS = LIMIT_HOPS + 1, /* of looking where links lead: each finds one more */
	ATTEMPTS = 2,
};

/* One round: all workers share it. */
struct round {
	struct layers *layers;
	struct analysis job; /* but for what depends on the layer */
	struct want_list wants;
	const size_t *order; /* layers to take */
	size_t count;

	pthread_mutex_t lock; /* of what follows */
	size_t next, done;
	uint64_t held; /* bytes of inventories */
	bool failed;
	size_t failed_layer; /* the lowest one, so that the message is the same each time */
	struct err err;
	char trouble[sizeof(((struct err *)0)->text)]; /* why the cache did not take one, or "" */
};

/* ---- One layer ---- */

struct filter {
	struct path_filter filter;
	const struct want_list *wants;
};

static bool
matters(const struct path_filter *f, const char *path)
{
	return want_relevance(((const struct filter *)f)->wants, str_of(path), NULL) != IRRELEVANT;
}

/* Are these the bytes that the image names? If not, err says how they differ. */
static int
check_blob(const struct image_layer *layer, uint64_t size, struct sha256 *hash, struct err *err)
{
	char hex[SHA256_HEX];

	if (layer->size != IMAGE_SIZE_UNKNOWN && size != layer->size)
		return err_set(err, ERR_CONTENT, "%llu bytes came where the image announces %llu",
		    (unsigned long long)size, (unsigned long long)layer->size);
	if (!layer->blob_digest)
		return 0;
	sha256_hex(hash, hex);
	if (strcmp(hex, strchr(layer->blob_digest, ':') + 1) != 0)
		return err_set(
		    err, ERR_CONTENT, "the bytes that came have the digest sha256:%s", hex);
	return 0;
}

/* Fetch and analyse once: the answer's bytes, not understood. ret_differs: other bytes came than announced. */
static int
attempt(struct round *r, size_t i, struct str message, struct str *ret, bool *ret_differs,
    struct err *err)
{
	struct opened_image *image = r->layers->image;
	const struct image_layer *layer = &image->layers[i];
	struct filter filter = { { matters }, &r->wants };
	AUTO_FREE char *answer_bytes = NULL;
	AUTO_STREAM blob = NULL;
	struct str answer = { NULL, 0 };
	struct sha256 hash;
	struct err damage;
	uint64_t size = 0;
	int ran;

	if (image->open_layer(image, i, 0, &filter.filter, &blob, err) < 0)
		return -1;
	sha256_init(&hash);
	ran = helper_run(r->layers->helper, message, blob, layer->blob_digest ? &hash : NULL, &size,
	    &answer, err);
	memcpy(&answer_bytes, &answer.ptr, sizeof(answer_bytes));
	/* Wrong bytes explain whatever else went wrong; a failure to get them does not. */
	*ret_differs =
	    (ran == 0 || err->kind == ERR_CONTENT) && check_blob(layer, size, &hash, &damage) < 0;
	if (*ret_differs)
		*err = damage;
	if (ran < 0 || *ret_differs)
		return -1;
	*ret = answer;
	answer_bytes = NULL;
	return 0;
}

static bool
diff_id_matters(const struct layers *l, const struct image_layer *layer)
{
	if (!layer->diff_id ||
	    (layer->blob_digest && strcmp(layer->blob_digest, layer->diff_id) == 0))
		return false;
	return layer->diff_id_only || l->verify_diff_ids;
}

/* All inventories are held at once: together they have a limit. */
static int
hold(struct round *r, uint64_t size, struct err *err)
{
	bool fits;

	pthread_mutex_lock(&r->lock);
	fits = r->held + size <= LIMIT_INVENTORIES;
	r->held += fits ? size : 0;
	pthread_mutex_unlock(&r->lock);
	return fits ? 0
		    : err_set(err, ERR_CONTENT,
			  "the inventories are larger than the limit of %llu bytes",
			  (unsigned long long)LIMIT_INVENTORIES);
}

static int
understand(struct round *r, struct layer_outcome *out, const struct image_layer *layer,
    const struct analysis *job, struct str bytes, struct inventory **ret, struct err *err)
{
	struct inventory *inv = NULL;

	if (hold(r, bytes.len, err) < 0)
		return -1;
	if (inventory_read(bytes, nreaders, out->arena, &inv, err) < 0)
		return -1;
	/* Where its tar could not be read to the end there is none, and a gap says so. */
	if (job->want_diff_id && !inv->diff_id && inv->ngaps == 0)
		return err_set(err, ERR_CONTENT, "the analysis gave no digest of its tar");
	if (job->want_diff_id && inv->diff_id && strcmp(inv->diff_id, layer->diff_id) != 0)
		return err_set(err, ERR_CONTENT,
		    "its tar has the digest %s, not %s as the image says", inv->diff_id,
		    layer->diff_id);
	*ret = inv;
	return 0;
}

static void
keep(struct round *r, const char *digest, const char *key, struct str bytes)
{
	struct err err;

	if (cache_put(r->layers->cache, digest, key, bytes, &err) == 0)
		return;
	pthread_mutex_lock(&r->lock);
	memcpy(r->trouble, err.text, sizeof(r->trouble));
	pthread_mutex_unlock(&r->lock);
}

static int
analyse_fresh(struct round *r, size_t i, const struct analysis *job, struct layer_outcome *out,
    struct err *err)
{
	const struct image_layer *layer = &r->layers->image->layers[i];
	struct inventory *inv = NULL;
	AUTO_FREE char *owned = NULL;
	struct str message, answer;
	bool differs = true;
	int result = -1;

	if (analysis_write(out->arena, job, &message, err) < 0)
		return -1;
	for (int n = 0; n < ATTEMPTS && differs; n++)
		result = attempt(r, i, message, &answer, &differs, err);
	if (result < 0)
		return -1;
	memcpy(&owned, &answer.ptr, sizeof(owned));
	if (understand(r, out, layer, job, answer, &inv, err) < 0)
		return -1;
	out->inventory = inv;
	/* What a limit may have caused is not kept: another machine may do better. */
	if (r->layers->cache && layer->blob_digest && inv->ngaps == 0)
		keep(r, layer->blob_digest, analysis_key(out->arena, job), answer);
	return 0;
}

/* The layer's outcome: 0, or -1 with what is wrong with more than this layer. */
static int
analyse_layer(struct round *r, size_t i, struct err *err)
{
	struct layers *l = r->layers;
	const struct image_layer *layer = &l->image->layers[i];
	struct layer_outcome *out = &l->outcomes[i];
	struct analysis job = r->job;
	struct inventory *inv = NULL;
	struct str bytes;

	job.want_diff_id = diff_id_matters(l, layer);
	job.undigested = layer->blob_digest == NULL;
	job.crash = l->crash_layer >= 0 && (size_t)l->crash_layer == i;
	out->inventory = NULL;
	out->gap = NULL;
	arena_reset(out->arena);
	if (l->cache && layer->blob_digest && !job.crash &&
	    cache_get(
		l->cache, layer->blob_digest, analysis_key(out->arena, &job), out->arena, &bytes) &&
	    understand(r, out, layer, &job, bytes, &inv, err) == 0) {
		out->inventory = inv;
		return 0;
	}
	if (analyse_fresh(r, i, &job, out, err) == 0)
		return 0;
	if (err->kind != ERR_CONTENT)
		return -1;
	out->gap = arena_text(out->arena, str_of(err->text));
	return 0;
}

/* ---- All layers ---- */

static void *
work(void *context)
{
	struct round *r = context;

	for (;;) {
		struct err err = { .kind = ERR_NONE };
		size_t i, at;
		int result;

		pthread_mutex_lock(&r->lock);
		at = r->failed ? r->count : r->next++;
		pthread_mutex_unlock(&r->lock);
		if (at >= r->count)
			return NULL;
		i = r->order[at];
		result = analyse_layer(r, i, &err);
		pthread_mutex_lock(&r->lock);
		r->done++;
		if (r->layers->progress)
			r->layers->progress(r->done, r->count);
		if (result < 0 && (!r->failed || i < r->failed_layer)) {
			r->failed = true;
			r->failed_layer = i;
			r->err = err;
		}
		pthread_mutex_unlock(&r->lock);
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

	if (wanted > r->count)
		wanted = r->count;
	while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, r) == 0)
		started++;
	work(r);
	while (started)
		pthread_join(threads[--started], NULL);
}

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
	for (size_t i = 0; i < r.count; i++)
		order[i] = sized[i].layer;
	pthread_mutex_init(&r.lock, NULL);
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
		inventories[i] = l->outcomes[first_same(l->image, i)].inventory;
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
