/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome.c - one layer of an image to its outcome: known, read in part, or read whole
 *
 * A layer that the cache knows is neither opened nor hashed. One that can be read in part is: then its
 * inventory is kept by its own digest and that of its table of contents together, for a manifest may
 * name another layer's table. Whatever goes wrong with that only means that it is read whole. What arrives
 * with another digest or size than announced is asked for once more, and then a gap: none of it counts.
 */
#include "step/outcome.h"

#include "step/reader/reader.h"

#include <stdlib.h>
#include <string.h>

enum {
	ATTEMPTS = 2,
	PROGRESS_MS = 100, /* between two tellings */
};

/* ---- What is asked of the child ---- */

struct filter {
	struct path_filter filter;
	const struct want_list *wants;
};

static bool
matters(const struct path_filter *f, const char *path)
{
	return want_relevance(((const struct filter *)f)->wants, str_of(path), NULL) != IRRELEVANT;
}

static bool
diff_id_matters(const struct layers *l, const struct image_layer *layer)
{
	if (!layer->diff_id ||
	    (layer->blob_digest && strcmp(layer->blob_digest, layer->diff_id) == 0))
		return false;
	return layer->diff_id_only || l->verify_diff_ids;
}

static struct analysis
job_of(const struct round *r, size_t i, bool part)
{
	const struct image_layer *layer = &r->layers->image->layers[i];
	struct analysis job = r->job;

	job.toc_digest = part ? layer->toc_digest : NULL;
	job.want_diff_id = !part && diff_id_matters(r->layers, layer);
	job.undigested = !part && layer->blob_digest == NULL;
	job.crash = r->layers->crash_layer >= 0 && (size_t)r->layers->crash_layer == i;
	return job;
}

static bool
has_part(const struct round *r, size_t i)
{
	return r->layers->image->open_part && r->layers->image->layers[i].toc_digest;
}

/* ---- Bytes that are counted ---- */

/* Those of a layer on their way to its child; they end at once where another layer has failed for good. */
struct counted {
	struct stream stream;
	struct round *round;
	struct layer_outcome *out;
	struct stream *from;
	bool failed; /* what went wrong is no fault of the child's */
};

/* No more of it is wanted. */
static int
stopped(struct err *err)
{
	return err_set(err, ERR_IMAGE, "another layer failed");
}

static ssize_t
counted_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct counted *c = (struct counted *)s;
	struct round *r = c->round;
	struct layers *l = r->layers;
	ssize_t n = stream_read(c->from, buf, len, err);

	c->failed = n < 0;
	if (n <= 0)
		return n;
	c->out->fetched += (uint64_t)n;
	pthread_mutex_lock(&r->lock);
	c->out->stopped = r->failed;
	r->bytes += (uint64_t)n;
	if (l->progress && monotonic_ms() - r->shown >= PROGRESS_MS) {
		r->shown = monotonic_ms();
		l->progress(l, &(struct progress){ r->done, r->count, r->bytes, r->total });
	}
	pthread_mutex_unlock(&r->lock);
	c->failed = c->out->stopped;
	return c->failed ? stopped(err) : n;
}

static void
counted_close(struct stream *s)
{
	stream_close(((struct counted *)s)->from);
}

/* ---- What the child answers ---- */

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
understand(struct round *r, size_t i, const struct analysis *job, struct str bytes,
    struct inventory **ret, struct err *err)
{
	const struct image_layer *layer = &r->layers->image->layers[i];
	struct inventory *inv = NULL;

	if (inventory_read(bytes, nreaders, r->layers->outcomes[i].arena, &inv, err) < 0)
		return -1;
	/* Where its tar could not be read to the end there is none, and a gap says so. */
	if (job->want_diff_id && !inv->diff_id && inv->ngaps == 0)
		return err_set(err, ERR_CONTENT, "the analysis gave no digest of its tar");
	if (job->want_diff_id && inv->diff_id && strcmp(inv->diff_id, layer->diff_id) != 0)
		return err_set(err, ERR_CONTENT,
		    "its tar has the digest %s, not %s as the image says", inv->diff_id,
		    layer->diff_id);
	/* Was it the layer or its table? Reading it whole will tell. */
	if (inv->ngaps && job->toc_digest)
		return err_set(err, ERR_CONTENT, "%s", inv->gaps[0].reason);
	if (hold(r, bytes.len, err) < 0)
		return -1;
	*ret = inv;
	return 0;
}

static void
keep(struct round *r, size_t i, const struct analysis *job, struct str bytes)
{
	struct err err;
	const char *digest = r->layers->image->layers[i].blob_digest;
	const char *key = analysis_key(r->layers->outcomes[i].arena, job);

	if (cache_put(r->layers->cache, digest, key, bytes, &err) == 0)
		return;
	pthread_mutex_lock(&r->lock);
	memcpy(r->trouble, err.text, sizeof(r->trouble));
	pthread_mutex_unlock(&r->lock);
}

/* Feed the child; its answer's bytes, not understood, for the caller to free. ret_differs: other bytes came than announced. */
static int
feed(struct round *r, size_t i, const struct analysis *job, struct stream *from, struct str *ret,
    bool *ret_differs, struct err *err)
{
	const struct image_layer *layer = &r->layers->image->layers[i];
	struct layer_outcome *out = &r->layers->outcomes[i];
	struct counted blob = { { counted_read, counted_close }, r, out, from, false };
	bool hashed = !job->toc_digest && layer->blob_digest;
	struct str answer = { NULL, 0 }, message;
	struct sha256 hash;
	struct err damage;
	uint64_t size = 0;
	int ran;

	*ret_differs = false;
	if (analysis_write(out->arena, job, &message, err) < 0)
		return -1;
	sha256_init(&hash);
	ran = helper_run(
	    r->layers->helper, message, &blob.stream, hashed ? &hash : NULL, &size, &answer, err);
	if (ran < 0 && blob.failed) {
		*ret_differs = !job->toc_digest && err->kind == ERR_CONTENT;
		return -1;
	}
	/* Wrong bytes explain whatever else went wrong; a failure to get them does not. */
	*ret_differs = !job->toc_digest && (ran == 0 || err->kind == ERR_CONTENT) &&
		       check_blob(layer, size, &hash, &damage) < 0;
	if (*ret_differs)
		*err = damage;
	if (ran < 0 || *ret_differs) {
		auto_free(&answer.ptr);
		return -1;
	}
	*ret = answer;
	return 0;
}

/* Feed, understand and keep. */
static int
analyse(struct round *r, size_t i, const struct analysis *job, struct stream *from,
    bool *ret_differs, struct err *err)
{
	struct layer_outcome *out = &r->layers->outcomes[i];
	struct inventory *inv = NULL;
	struct str answer;
	int result;

	if (feed(r, i, job, from, &answer, ret_differs, err) < 0)
		return -1;
	result = understand(r, i, job, answer, &inv, err);
	if (result == 0)
		out->inventory = inv;
	/* What a limit may have caused is not kept: another machine may do better. */
	if (inv && r->layers->cache && r->layers->image->layers[i].blob_digest && inv->ngaps == 0)
		keep(r, i, job, answer);
	auto_free(&answer.ptr);
	return result;
}

/* ---- The ways to an outcome ---- */

void
outcome_reset(struct round *r, size_t layer)
{
	struct layer_outcome *out = &r->layers->outcomes[layer];

	arena_reset(out->arena);
	*out = (struct layer_outcome){ .arena = out->arena };
}

static bool
recall(struct round *r, size_t i, bool part)
{
	const struct analysis job = job_of(r, i, part);
	struct layers *l = r->layers;
	const char *digest = l->image->layers[i].blob_digest;
	struct layer_outcome *out = &l->outcomes[i];
	struct inventory *inv = NULL;
	struct str bytes;
	struct err ignored;

	if (!l->cache || !digest || job.crash ||
	    !cache_get(l->cache, digest, analysis_key(out->arena, &job), out->arena, &bytes) ||
	    understand(r, i, &job, bytes, &inv, &ignored) < 0)
		return false;
	out->inventory = inv;
	out->recalled = true;
	out->toc = part ? l->image->layers[i].toc_format : NULL;
	return true;
}

bool
outcome_recall(struct round *r, size_t layer)
{
	return recall(r, layer, false) || (has_part(r, layer) && recall(r, layer, true));
}

/* A layer's failure is a gap; 0, unless it is more than the layer's. */
static int
settle(struct layer_outcome *out, const struct err *err)
{
	if (err->kind != ERR_CONTENT)
		return -1;
	out->gap = arena_text(out->arena, str_of(err->text));
	return 0;
}

int
outcome_take(struct round *r, size_t layer, struct stream *blob, bool last_try, bool *ret_again,
    struct err *err)
{
	const struct analysis job = job_of(r, layer, false);
	bool differs = false;
	int result = analyse(r, layer, &job, blob, &differs, err);

	stream_close(blob);
	*ret_again = differs && !last_try;
	if (result == 0 || *ret_again)
		return 0;
	return settle(&r->layers->outcomes[layer], err);
}

/* True if it is done. */
static bool
read_part(struct round *r, size_t i)
{
	struct opened_image *image = r->layers->image;
	struct layer_outcome *out = &r->layers->outcomes[i];
	const struct analysis job = job_of(r, i, true);
	struct filter filter = { { matters }, &r->wants };
	AUTO_STREAM tar = NULL;
	bool differs;
	struct err err;

	if (image->open_part(image, i, &filter.filter, &tar, &err) < 0 ||
	    analyse(r, i, &job, tar, &differs, &err) < 0) {
		out->part_trouble = arena_text(out->arena, str_of(err.text));
		return false;
	}
	out->toc = image->layers[i].toc_format;
	return true;
}

int
outcome_read(struct round *r, size_t layer, struct err *err)
{
	struct opened_image *image = r->layers->image;
	struct layer_outcome *out = &r->layers->outcomes[layer];
	struct filter filter = { { matters }, &r->wants };
	bool again = true;

	if (has_part(r, layer) && read_part(r, layer))
		return 0;
	if (out->stopped)
		return stopped(err);
	for (int n = 1; again; n++) {
		struct stream *blob;

		if (image->open_layer(image, layer, &filter.filter, &blob, err) < 0)
			return settle(out, err);
		if (outcome_take(r, layer, blob, n == ATTEMPTS, &again, err) < 0)
			return -1;
	}
	return 0;
}
