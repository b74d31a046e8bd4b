/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.h - from an index or manifest document to the layers of one image
 *
 * Archives, folders and registries all hold the same documents: an index names
 * manifests by platform (and may name further indexes), a manifest names a config and
 * layers, the config names the layers' diff_ids. image_resolve() walks down that chain;
 * where the documents come from is its caller's affair.
 */
#ifndef STEP_IMAGE_MANIFEST_H
#define STEP_IMAGE_MANIFEST_H

#include "step/image/image.h"
#include "step/image/platform.h"

/*
 * The document types image_resolve() understands, as the value of an Accept header; the last two to be told
 * by their name that they are not supported.
 */
#define MANIFEST_ACCEPT \
	"application/vnd.oci.image.index.v1+json, " \
	"application/vnd.docker.distribution.manifest.list.v2+json, " \
	"application/vnd.oci.image.manifest.v1+json, " \
	"application/vnd.docker.distribution.manifest.v2+json, " \
	"application/vnd.docker.distribution.manifest.v1+prettyjws, " \
	"application/vnd.docker.distribution.manifest.v1+json"

#define LAYOUT_BLOBS \
	"blobs/sha256/" /* of an OCI layout: what has a digest lies there by its digits */

/* How one document names another, checked: the digest is valid, the size within its limit. */
struct descriptor {
	const char *media_type; /* or NULL: not said */
	const char *digest;     /* digest_valid(): safe in a path or URL */
	uint64_t size;          /* bytes; of a document at most LIMIT_DOCUMENT */
	bool has_data;          /* the bytes stand in the descriptor itself, */
	struct str data;        /* verified */
};

/* Where documents (manifests, indexes, configs) come from. Embed it as the first member. */
struct document_source {
	/*
	 * All bytes of the document, in the arena; size + 1 of them are enough to be refused.
	 * image_resolve() verifies them; who wants to try again on a mismatch calls
	 * descriptor_verify() first. Errors are ERR_IMAGE.
	 */
	int (*fetch)(struct document_source *from, const struct descriptor *d, struct arena *a,
	    struct str *ret, struct err *err) MUST_CHECK;
};

/* Which of several images is wanted. */
struct image_choice {
	/* "os/arch[/variant]"; NULL: this machine's where there is a choice. */
	const char *platform;
	const char *name; /* what the top index calls it, or its digest, or NULL */
	/* The top index is a layout's, a list of images; else the first that fits is the image. */
	bool is_layout;
};

/* What image_resolve() found; text and lists are in its arena. */
struct resolved_image {
	const char *digest;   /* of the manifest, computed */
	const char *config;   /* digest of the config */
	const char *platform; /* "linux/amd64", or NULL: the config does not say */
	const char *ref_name; /* of the top index's entry, or NULL */
	const struct image_layer *layers;
	size_t nlayers;
};

/*
 * Resolve the document top, which may be an index or a manifest, to one image. Its own
 * digest is the caller's to verify. media_type: what the carrier said it is (a registry's
 * Content-Type, without parameters), or NULL. All refusals are ERR_IMAGE (a platform that is
 * none: ERR_USAGE); where nothing fits, the error lists what there is.
 */
int image_resolve(struct document_source *from, struct str top, const char *media_type,
    const struct image_choice *choice, struct arena *a, struct resolved_image *ret,
    struct err *err) MUST_CHECK;

/* Are these the bytes that d names? Size and SHA-256; ERR_IMAGE with the difference. */
int descriptor_verify(const struct descriptor *d, struct str bytes, struct err *err) MUST_CHECK;
/* "sha256:..." of these bytes, in the arena. */
char *digest_of(struct str bytes, struct arena *a);
/*
 * The digest that the name of an archive's member states, or NULL: "blobs/sha256/HEX", "HEX.json", "HEX.tar",
 * "sha256:HEX". It proves nothing of the bytes.
 */
const char *digest_in_name(const char *name, struct arena *a);

/* An image's config: what a docker-save archive has instead of a manifest. */
struct image_config {
	const struct platform *platform; /* or NULL: not said */
	const char *const *diff_ids;     /* one a layer, the base first; each digest_valid() */
	const char *const *commands;     /* one a layer; each may be NULL: not known */
	size_t nlayers;
};
int image_config_read(
    struct str bytes, struct arena *a, struct image_config *ret, struct err *err) MUST_CHECK;
/* Is it for this platform ("os/arch[/variant]"; NULL: any)? One that does not say is for all. */
int image_config_check(const struct image_config *c, const char *platform, struct arena *a,
    struct err *err) MUST_CHECK;

#endif
