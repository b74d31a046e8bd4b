/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.h - the walk over one layer's tar: which files are wanted, and where their bytes go
 *
 * A layer is walked once, in a sandboxed child. What is kept of it is little: the
 * wanted files, as their readers understood them, and the entries that decide in
 * the merged file system where a wanted path leads (inventory.h).
 */
#ifndef STEP_LAYER_LAYER_H
#define STEP_LAYER_LAYER_H

#include "step/layer/inventory.h"

/* A path that a reader wants. */
struct want {
	const char *pattern; /* where it may lie: relative, normal form; the last part may be "*" */
	const char *as;  /* what the reader knows it as: pattern itself, unless a link leads here */
	unsigned reader; /* whose it is: handed back, never interpreted here */
	uint64_t max_size; /* bytes; a larger file is a gap */
};

struct want_list {
	const struct want *wants;
	size_t count;
	size_t roots; /* the first so many are the readers' own; the rest is where links led */
};

enum relevance {
	IRRELEVANT = 0,
	ON_THE_WAY, /* a folder above a wanted path */
	WANTED,
};

/* What a path (normal form) means to the list; for WANTED, ret_want (or NULL) is the one. */
enum relevance want_relevance(
    const struct want_list *list, struct str path, const struct want **ret_want);
/* The name by which the reader knows this path, which want covers. */
const char *want_as(struct arena *a, const struct want *want, struct str path);

/*
 * A path in normal form: relative, no empty parts, no ".", ".." taken back and held at
 * the root. With a base (a folder in normal form, or "") relative ones start there.
 * Longer than LIMIT_PATH: NULL.
 */
const char *path_normal(struct arena *a, struct str base, struct str path);

/* Gets the bytes of one wanted file and says what it holds. */
struct walk_visitor {
	/* path: where it lies. as: what it is to want->reader. 0, or -1 when the walk cannot go on. */
	int (*file)(struct walk_visitor *v, const struct want *want, const char *path,
	    const char *as, uint64_t size, struct stream *body, struct err *err);
};

struct walk_options {
	struct want_list wants;
	bool want_diff_id; /* hash the uncompressed tar */
	bool undigested;   /* no digest covers the bytes: check CRCs and the tar's end */
};

/*
 * Walk the tar in blob (plain, gzip or zstd) and fill inv with marks, gaps, sizes and, when asked
 * for, the diff_id. What is wrong with the layer is a gap in inv; the walk goes on where that is safe.
 * Blob is always read to its end. -1 only when reading blob itself failed.
 */
int layer_walk(struct stream *blob, const struct walk_options *o, struct walk_visitor *v,
    struct inventory *inv, struct err *err) MUST_CHECK;

#endif
