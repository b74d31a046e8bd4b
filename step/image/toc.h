/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toc.h - a layer read in part: what its table of contents says of the files that matter
 *
 *      eStargz         gzip members, a file or a piece of one each, and a last file stargz.index.json
 *      zstd:chunked    zstd frames in the same way, and the table in a frame that decoders skip
 *
 * An annotation of the layer in the manifest has the digest of the table, and the table has one of
 * every piece of a file. So each byte that counts is verified; what is not verified is that the table tells
 * of the same files as the layer does.
 */
#ifndef STEP_IMAGE_TOC_H
#define STEP_IMAGE_TOC_H

#include "step/image/image.h"

#define TOC_ESTARGZ      "eStargz"
#define TOC_ZSTD_CHUNKED "zstd:chunked"

#define LIMIT_TOC   (64 * MIB) /* a table, compressed or not; 50,000 entries have 20 */
#define LIMIT_ZEROS (1 * MIB) /* of a layer's files that matter: bytes that the table calls zeros */

/* Where the bytes of the layer come from. Embed it as the first member. */
struct toc_source {
	uint64_t size; /* of the layer */
	/* Exactly these bytes (length > 0), or an error of any kind. */
	int (*part)(struct toc_source *from, uint64_t offset, uint64_t length, struct stream **ret,
	    struct err *err) MUST_CHECK;
	void (*close)(struct toc_source *from); /* frees it */
};

/* One piece of a file, from its first byte on. */
struct toc_chunk {
	uint64_t offset, end; /* in the layer: what has to be read for it */
	uint64_t inner;       /* bytes of that, decoded, to pass over */
	uint64_t size;        /* its bytes */
	bool zeros;           /* it is not read at all */
	char hex[SHA256_HEX]; /* its digest; "": none, of zeros alone */
};

struct toc_entry {
	char type;        /* as tar has it: '0' a file, '1' a hard link, ... */
	const char *path; /* relative, no "", "." or ".." in it */
	const char *link; /* "" or the target as it was written */
	unsigned mode;
	uint64_t size;
	size_t chunk, nchunks; /* within toc.chunks */
};

/* What matters of a table, in its order. */
struct toc {
	struct toc_entry *entries;
	size_t nentries;
	struct toc_chunk *chunks;
	size_t nchunks;
};

/*
 * Read the JSON of a table that begins at this offset of its layer. Kept are links and whiteouts, all of them,
 * and what matters to the filter (NULL: all): files of LIMIT_PACKAGE_DB bytes together. Everything that is in
 * doubt is an error: ERR_CONTENT.
 */
int toc_read(struct stream *json, uint64_t offset, const struct path_filter *filter,
    struct arena *a, struct toc *ret, struct err *err) MUST_CHECK;

/* Find the table of a layer that has toc_digest, read it and verify it. */
int toc_fetch(struct toc_source *from, const struct image_layer *layer,
    const struct path_filter *filter, struct arena *a, struct toc *ret, struct err *err) MUST_CHECK;

/*
 * opened_image.open_part(): the table, and a tar of what it says as a stream. from is given away, also where
 * this fails; it does so, too, where reading in part is no gain.
 */
int toc_open(struct toc_source *from, const struct image_layer *layer,
    const struct path_filter *filter, struct stream **ret, struct err *err) MUST_CHECK;

#endif
