/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src_registry.c - images in a registry, by the distribution API
 *
 *      registry.example.com:5000/team/app:1.4
 *      alpine@sha256:...
 *
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 *
 * Every document is verified against the digest that named it; a digest in the reference
 * is the first of that chain. Left out: the `urls` of a descriptor (they would make a
 * manifest choose whom we contact), referrers, uploads.
 */
#include "step/image/blob.h"
#include "step/image/manifest.h"
#include "step/image/reference.h"
#include "step/image/registry.h"
#include "step/image/sources.h"
#include "step/image/trust.h"

#include <string.h>

#define TRIES 2 /* of a document whose connection breaks */

struct registry_image {
	struct opened_image image;
	struct arena *arena;
	struct registry *registry;
	struct reference reference;
};

/* The resolver's way to further documents. */
struct registry_documents {
	struct document_source source;
	struct registry *registry;
};

static bool
is_web_page(const struct http_response *response)
{
	return response->content_type != NULL && strcmp(response->content_type, "text/html") == 0;
}

/* A document as it came. */
struct document_bytes {
	struct str bytes;
	const char *type; /* Content-Type without parameters, or NULL */
};

static int
take_document(struct registry *r, struct http_response *response, const char *what, struct arena *a,
    struct document_bytes *ret, struct err *err)
{
	if (response->status != 200)
		return registry_refused(r, response, what, err);
	what = what ? what : "the manifest";
	if (is_web_page(response))
		return err_set(
		    err, ERR_IMAGE, "a web page came instead of %s: is this a registry?", what);
	ret->type = response->content_type;
	return stream_whole(response->body, LIMIT_DOCUMENT, ERR_IMAGE, a, &ret->bytes, err);
}

/* what is NULL for the manifest that the reference itself names. */
static int
get_document(struct registry *r, const char *path, const char *what, struct arena *a,
    struct document_bytes *ret, struct err *err)
{
	struct registry_request req = { .path = path, .accept = MANIFEST_ACCEPT };

	for (int i = 1;; i++) {
		struct http_response response = { 0 };
		int status;

		if (registry_get(r, &req, a, &response, err) < 0)
			return -1;
		status = take_document(r, &response, what, a, ret, err);
		stream_close(response.body);
		if (status == 0 || response.status != 200 || i == TRIES)
			return status;
	}
}

/* Where a document lies depends on what it is: "manifests/" or "blobs/". */
static bool
may_be_manifest(const struct descriptor *d)
{
	return d->media_type == NULL || strstr(MANIFEST_ACCEPT, d->media_type) != NULL;
}

static int
registry_fetch(struct document_source *from, const struct descriptor *d, struct arena *a,
    struct str *ret, struct err *err)
{
	struct registry_documents *docs = (struct registry_documents *)from;
	const char *folder = may_be_manifest(d) ? "manifests" : "blobs";
	const char *what =
	    arena_textf(a, "%s %s", may_be_manifest(d) ? "manifest" : "blob", d->digest);
	struct document_bytes document = { { "", 0 }, NULL };

	if (get_document(docs->registry, arena_textf(a, "%s/%s", folder, d->digest), what, a,
		&document, err) < 0)
		return -1;
	*ret = document.bytes;
	return 0;
}

/* Registries of files answer with types of files: those say nothing. */
static const char *
document_type(const char *content_type)
{
	static const char documents[] = "application/vnd.";

	if (content_type == NULL || strncmp(content_type, documents, strlen(documents)) != 0)
		return NULL;
	return content_type;
}

static int
check_pinned(const struct reference *ref, struct str bytes, struct arena *a, struct err *err)
{
	const char *computed;

	if (ref->digest == NULL)
		return 0;
	computed = digest_of(bytes, a);
	if (strcmp(computed, ref->digest) == 0)
		return 0;
	return err_set(err, ERR_IMAGE, "%s gives a manifest with the digest %s for %s", ref->site,
	    computed, ref->digest);
}

/* From the reference to the list of layers. */
static int
resolve(struct registry_image *img, const struct image_request *req, struct err *err)
{
	const struct reference *ref = &img->reference;
	const char *version = ref->digest != NULL ? ref->digest : ref->tag;
	struct registry_documents docs = { { registry_fetch }, img->registry };
	struct image_choice choice = { .platform = req->platform };
	struct arena *a = img->arena;
	struct resolved_image resolved;
	struct document_bytes top = { { "", 0 }, NULL };

	if (get_document(
		img->registry, arena_textf(a, "manifests/%s", version), NULL, a, &top, err) < 0 ||
	    check_pinned(ref, top.bytes, a, err) < 0)
		return -1;
	if (image_resolve(
		&docs.source, top.bytes, document_type(top.type), &choice, a, &resolved, err) < 0)
		return -1;
	img->image.digest = resolved.digest;
	img->image.platform = resolved.platform;
	img->image.layers = resolved.layers;
	img->image.nlayers = resolved.nlayers;
	return 0;
}

static int
open_layer(struct opened_image *image, size_t layer, uint64_t offset,
    const struct path_filter *filter, struct stream **ret, struct err *err)
{
	struct registry_image *img = (struct registry_image *)image;
	const struct image_layer *l = &image->layers[layer];

	(void)filter; /* a blob comes whole */
	return blob_open(img->registry, l->blob_digest, l->size, offset, ret, err);
}

static void
close_image(struct opened_image *image)
{
	struct registry_image *img = (struct registry_image *)image;

	registry_close(img->registry);
	arena_free(img->arena);
}

/* Puts the reference in front; one that may have been meant as a file is told to be none. */
static int
wrap_reference(
    const struct image_request *req, const char *text, const struct reference *ref, struct err *err)
{
	const char *version = ref->digest ? ref->digest : ref->tag;

	if (text == req->reference)
		return err_wrap(err, "%.80s: no file of that name; as %.120s%c%.80s", text,
		    ref->name, ref->digest ? '@' : ':', version);
	return err_wrap(err, "%.120s%c%.80s", ref->name, ref->digest ? '@' : ':', version);
}

static int
open_image(const struct image_request *req, const struct image_input *in, struct opened_image **ret,
    struct err *err)
{
	struct arena *a = arena_new();
	struct registry_image *img = arena_alloc(a, sizeof(*img));
	struct str text = str_of(in != NULL ? in->path : req->reference);
	struct credentials credentials;
	const char *warning;

	img->arena = a;
	img->image.open_layer = open_layer;
	img->image.close = close_image;
	if (reference_parse(text, a, &img->reference, err) < 0 ||
	    credentials_find(req, &img->reference, a, &credentials, &warning, err) < 0) {
		close_image(&img->image);
		return -1;
	}
	if (registry_open(req, &img->reference, &credentials, &img->registry, err) < 0 ||
	    resolve(img, req, err) < 0) {
		wrap_reference(req, text.ptr, &img->reference, err);
		close_image(&img->image);
		return -1;
	}
	img->image.name = img->reference.name;
	img->image.tag = img->reference.tag;
	img->image.notice = registry_notice(img->registry);
	*ret = &img->image;
	return 0;
}

static int
check_reference(const struct image_request *req, const char *path, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct reference reference;

	if (reference_parse(str_of(path), a, &reference, err) < 0)
		return -1;
	return credentials_check(req, &reference, err);
}

const struct image_source source_registry = {
	.prefix = "registry",
	.summary = "an image in a registry: [HOST[:PORT]/]NAME[:TAG][@DIGEST]",
	.remote = true,
	.check = check_reference,
	.open = open_image,
};
