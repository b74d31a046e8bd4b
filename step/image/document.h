/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - the parts of image documents, between their readers and image_resolve()
 */
#ifndef STEP_IMAGE_DOCUMENT_H
#define STEP_IMAGE_DOCUMENT_H

#include "step/image/manifest.h"

struct doc;

/*
 * Parse one of these documents: at most LIMIT_DOCUMENT bytes of JSON; what names it in
 * errors ("manifest"). ERR_IMAGE. Free it with doc_free().
 */
int document_parse(
    struct str bytes, const char *what, struct doc **ret, struct err *err) MUST_CHECK;
/*
 * Refuse a map that has one of these members (NULL-terminated) in another spelling than this:
 * Go's JSON reader ignores case, so "Layers" beside "layers" is two images under one digest.
 */
int document_check_names(
    const struct doc *map, const char *const *names, const char *what, struct err *err) MUST_CHECK;
/* The same for one member's name. */
int document_check_name(
    const char *key, const char *const *names, const char *what, struct err *err) MUST_CHECK;

enum document_kind {
	DOCUMENT_OTHER = 0,
	DOCUMENT_UNSAID, /* no media type: the document itself will tell */
	DOCUMENT_INDEX,
	DOCUMENT_MANIFEST,
	DOCUMENT_SCHEMA1,
};
/* Index or manifest: its own word, the carrier's (or NULL) and its members must agree on one. */
int document_kind(const struct doc *root, const char *carrier, enum document_kind *ret,
    struct err *err) MUST_CHECK;

/* A manifest as it stands: its layers have no diff_ids yet. */
struct manifest {
	struct descriptor config;
	struct image_layer *layers;
	size_t nlayers;
};
int manifest_read(
    const struct doc *root, struct arena *a, struct manifest *ret, struct err *err) MUST_CHECK;
/* The type of what a manifest holds that is no image; NULL: it is an image's. */
const char *manifest_artifact(const struct doc *root);
/* ERR_IMAGE: an artifact. what says whose type it is; one that is no media type is not repeated. */
int artifact_refuse(const char *what, const char *type, struct err *err);

/* An entry of an index. */
struct index_entry {
	const char *none; /* "is an attestation": why it can be no image; NULL: it may be one */
	struct descriptor d;
	struct platform platform; /* with has_platform */
	bool has_platform;
	const char *ref_name;  /* what the index calls it, or NULL */
	const char *full_name; /* what Docker and containerd call it, or NULL */
};
/* All of an index. Of entries that can be no images only the names are read. */
int index_read_all(const struct doc *root, struct arena *a, struct index_entry **ret,
    size_t *ret_count, struct err *err) MUST_CHECK;
/* The same without those; at least one is left. */
int index_read(const struct doc *root, struct arena *a, struct index_entry **ret, size_t *ret_count,
    struct err *err) MUST_CHECK;

#endif
