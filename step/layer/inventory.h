/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inventory.h - what one layer holds, as far as packages are concerned
 *
 * It is a pure function of the layer's bytes, the readers and the wanted paths:
 * no other layer, no network, no database, no clock. Its wire form is the same
 * between child and parent and in the cache.
 */
#ifndef STEP_LAYER_INVENTORY_H
#define STEP_LAYER_INVENTORY_H

#include "step/base/io.h"
#include "step/model/model.h"

/* Kinds of entries that decide where a wanted path leads. */
enum mark_kind {
	MARK_FOLDER = 0,
	MARK_FILE,     /* a regular file; read when .file says which */
	MARK_OTHER,    /* device, fifo, socket */
	MARK_SYMLINK,  /* to .target, as it was written */
	MARK_HARDLINK, /* to .target, normal form */
	MARK_WHITEOUT, /* .path of the layers below is gone */
	MARK_OPAQUE,   /* what .path held in the layers below is gone */
};
enum {
	MARK_COUNT = MARK_OPAQUE + 1
};
#define MARK_NO_FILE UINT32_MAX

/* One entry, in the order of the tar. Paths are bytes, not text: no NUL, that is all. */
struct mark {
	enum mark_kind kind;
	const char *path;   /* normal form: relative, no "." or ".." */
	const char *target; /* of a link, else "" */
	uint32_t file;      /* index into files, or MARK_NO_FILE */
};

/* One file that a reader read. Text is valid UTF-8. */
struct inventory_file {
	unsigned reader;          /* its number */
	const char *path;         /* as in its mark */
	struct package *packages; /* purl, path and layer not set */
	size_t npackages;
	const char **gaps; /* what was not understood of it */
	size_t ngaps;
	struct distro *distro; /* or NULL; release and eol not set */
};

struct inventory_gap {
	const char *path; /* text, or NULL: the layer itself */
	const char *reason;
};

struct inventory {
	struct arena *arena; /* what everything here lives in */
	uint64_t size;       /* bytes, uncompressed */
	uint64_t entries;    /* of the tar */
	const char *diff_id; /* "sha256:...", or NULL: not asked for */
	struct mark *marks;
	size_t nmarks;
	struct inventory_file *files;
	size_t nfiles;
	struct inventory_gap *gaps;
	size_t ngaps;
};

struct inventory *inventory_new(struct arena *a); /* in the arena */
void inventory_mark(struct inventory *inv, enum mark_kind kind, const char *path,
    const char *target, uint32_t file);
void inventory_gap(struct inventory *inv, const char *path, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Raised with every change of the wire form or of what the walk records: part of the cache's key. */
enum {
	INVENTORY_FORMAT = 1
};

/* The wire form, malloc()ed: the caller frees ret->ptr. */
void inventory_write(const struct inventory *inv, struct str *ret);
/*
 * Read it back into the arena. No byte is trusted: counts, lengths, text, path forms and reader
 * numbers (below nreaders) are checked. -1 with ERR_CONTENT.
 */
int inventory_read(struct str bytes, size_t nreaders, struct arena *a, struct inventory **ret,
    struct err *err) MUST_CHECK;

#endif
