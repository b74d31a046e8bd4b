/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers_tell.c - how far the layers of an image are: on a terminal, and in a log
 */
#include "step/layers_tell.h"

enum {
	LOG_EVERY_MS = 30000,
	DIGEST_SHOWN = 19, /* "sha256:" and 12 digits, as docker shows them */
};

/* Bytes as a person reads them, in the arena. */
static const char *
size_text(struct arena *a, uint64_t bytes)
{
	return bytes < 1000000 ? arena_textf(a, "%.1f KB", (double)bytes / 1e3)
			       : arena_textf(a, "%.1f MB", (double)bytes / 1e6);
}

/* On a terminal as it happens; a log of a slow network gets a line now and then, or the job seems to hang. */
void
layers_tell_progress(const struct layers *l, const struct progress *p)
{
	struct layers_log *log = l->context;
	AUTO_ARENA a = arena_new();
	int64_t now = monotonic_ms(), ms = now - log->began_ms;
	uint64_t rate = ms > 0 ? (uint64_t)((double)p->bytes * 1000 / (double)ms) : 0;
	const char *text = arena_textf(a, "%zu of %zu layer%s, %s of %s, %s/s", p->done, p->count,
	    p->count == 1 ? "" : "s", size_text(a, p->bytes),
	    size_text(a, p->total < p->bytes ? p->bytes : p->total), size_text(a, rate));

	say_progress("%s", text);
	if (now - log->told_ms < LOG_EVERY_MS)
		return;
	log->told_ms = now;
	say(SAY_STEP, "%s", text);
}

void
layers_tell_done(const struct layers *l, size_t layer)
{
	const struct layer_outcome *out = &l->outcomes[layer];
	const char *digest = l->image->layers[layer].digest;
	const enum say_level level = l->image->remote ? SAY_STEP : SAY_INFO;
	AUTO_ARENA a = arena_new();

	if (out->part_trouble)
		say(SAY_INFO, "layer %zu is not read in part: %s", layer + 1, out->part_trouble);
	say(level, "layer %zu of %zu, %.*s: %s", layer + 1, l->image->nlayers, DIGEST_SHOWN,
	    digest ? digest : "no digest",
	    out->gap        ? out->gap
	    : out->recalled ? "known"
			    : arena_textf(a, "%s%s in %.1f s", size_text(a, out->fetched),
				  out->toc ? ", read in part," : "", (double)out->ms / 1000));
	if (out->inventory)
		say(SAY_DEBUG, "layer %zu: %llu bytes, %llu entries, %zu files read", layer + 1,
		    (unsigned long long)out->inventory->size,
		    (unsigned long long)out->inventory->entries, out->inventory->nfiles);
}
