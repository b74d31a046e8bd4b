/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h - inventories on disk, shared by any number of processes
 *
 * An inventory is a pure function of the layer's bytes, the readers and the
 * wanted paths: its name is made of the first's verified digest and a hash of the
 * others, so it never goes stale and knows no database of advisories.
 */
#ifndef STEP_LAYER_CACHE_H
#define STEP_LAYER_CACHE_H

#include "step/layer/inventory.h"

struct cache;

/*
 * Open (and where needed make) the folder. One that others may write to is refused: what
 * they put there would decide a verdict. -1 with ERR_INTERNAL; the scan goes on without.
 */
int cache_open(const char *folder, struct cache **ret, struct err *err) MUST_CHECK;
/* Drops the oldest inventories beyond the cache's size. NULL is a no-op. */
void cache_close(struct cache *c);

/* The inventory's bytes in the arena. False where there is none, or what is there is damaged. */
bool cache_get(
    struct cache *c, const char *digest, const char *key, struct arena *a, struct str *ret);
/* Put one there whole or not at all. -1 with ERR_INTERNAL where it cannot be written. */
int cache_put(struct cache *c, const char *digest, const char *key, struct str bytes,
    struct err *err) MUST_CHECK;

#endif
