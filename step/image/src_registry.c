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
 * is the first of that chain. Mirrors are asked first, and are nobody that the image's own user name and
 * password, client certificate or leave to go without TLS are for. Left out: the `urls` of a descriptor (they
 * would make a manifest choose whom we contact), referrers, uploads.
 */
#include "step/image/blob.h"
#include "step/image/credentials.h"
#include "step/image/mirror.h"
#include "step/image/pull.h"
#include "step/image/sources.h"
#include "step/image/toc.h"

#include <stdlib.h>
#include <string.h>

struct registry_image {
	struct opened_image image;
	struct arena *arena;
	struct reference reference;
	struct registry
	    *first; /* of the mirrors in their order and the registry itself, which is the last */
	struct registry *from; /* of these who gave the manifest, and is asked for layers */
	struct documents *documents;
	struct remarks remarks;
};

/* ---- Layers ---- */

static int
open_layer(struct opened_image *image, size_t layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct registry_image *img = (struct registry_image *)image;
	const struct image_layer *l = &image->layers[layer];

	(void)filter; /* a blob comes whole */
	if (blob_open(img->from, l->blob_digest, l->size, ret, err) == 0)
		return 0;
	if (l->foreign)
		err_wrap(err,
		    "layer %zu is not distributable, and the addresses that its manifest "
		    "names for it are never asked",
		    layer);
	return -1;
}

/* A layer's blob, of which a table of contents says where its files are. */
struct blob_source {
	struct toc_source source;
	struct registry *from;
	const char *digest;
};

static int
blob_part(struct toc_source *source, uint64_t offset, uint64_t length, struct stream **ret,
    struct err *err)
{
	struct blob_source *s = (struct blob_source *)source;

	return blob_open_part(s->from, s->digest, source->size, offset, length, ret, err);
}

static void
blob_source_close(struct toc_source *source)
{
	free(source);
}

static int
open_part(struct opened_image *image, size_t layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct registry_image *img = (struct registry_image *)image;
	const struct image_layer *l = &image->layers[layer];
	struct blob_source *s = xalloc(sizeof(*s));

	*s = (struct blob_source){ { l->size, blob_part, blob_source_close }, img->from,
		l->blob_digest };
	return toc_open(&s->source, l, filter, ret, err);
}

static void
close_image(struct opened_image *image)
{
	struct registry_image *img = (struct registry_image *)image;
	struct registry *next;

	for (struct registry *r = img->first; r; r = next) {
		next = registry_next(r);
		registry_close(r);
	}
	documents_close(img->documents);
	arena_free(img->arena);
}

/* ---- Who is asked ---- */

/* The registry that ref names, with its credentials; where they were found is remarked. */
static int
open_registry(struct registry_image *img, const struct image_request *req,
    const struct reference *ref, struct registry **ret, struct err *err)
{
	struct credentials credentials;
	const char *warning;
	int status = credentials_find(req, ref, img->arena, &credentials, &warning, err);

	if (warning)
		remarks_add_trouble(&img->remarks, warning);
	if (status < 0)
		return -1;
	credentials.mirror = ref != &img->reference;
	if (credentials_any(&credentials) && credentials.origin)
		remarks_add(&img->remarks, "credentials for %s: %s", ref->site, credentials.origin);
	return registry_open(req, ref, &credentials, ret, err);
}

/* One that cannot be used is passed over like one that does not answer. */
static void
open_mirror(struct registry_image *img, const struct image_request *req, const char *setting,
    struct registry **ret)
{
	struct image_request mirrored = *req;
	struct reference ref;
	struct err err;

	if (!mirror_reference(setting, &img->reference, img->arena, &ref))
		return;
	mirrored.login = (struct login){ .site = NULL };
	mirrored.client_cert = mirrored.client_key = NULL;
	mirrored.plain_http = mirrored.skip_tls_verify = false;
	if (open_registry(img, &mirrored, &ref, ret, &err) < 0)
		remarks_add_trouble(
		    &img->remarks, arena_textf(img->arena, "the mirror %s is passed over: %s",
				       ref.site, err.text));
}

static int
open_registries(struct registry_image *img, const struct image_request *req, struct err *err)
{
	struct registry *last = NULL, *r;

	for (const char *const *m = req->mirrors; m && *m; m++) {
		r = NULL;
		open_mirror(img, req, *m, &r);
		if (r && last)
			registry_set_next(last, r);
		img->first = img->first ? img->first : r;
		last = r ? r : last;
	}
	if (open_registry(img, req, &img->reference, &r, err) < 0)
		return -1;
	if (last)
		registry_set_next(last, r);
	img->first = img->first ? img->first : r;
	return 0;
}

static void
open_documents(struct registry_image *img, const struct image_request *req)
{
	struct err err;

	if (req->documents && documents_open(req->documents, &img->documents, &err) < 0)
		remarks_add(&img->remarks, "manifests are not kept: %s", err.text);
}

/* ---- From the reference to the list of layers ---- */

static void
remark_registry(struct registry_image *img)
{
	const char *left = registry_pulls_left(img->from, img->arena);

	/* What is kept is asked of nobody. */
	if (registry_next(img->from) && registry_spoken(img->from))
		remarks_add(&img->remarks, "mirror of %s: %s", img->reference.site,
		    registry_site(img->from));
	if (left)
		remarks_add(&img->remarks, "%s", left);
}

/*
 * Of all who were asked for a document, or may yet be for a layer. Mirrors are verified: it is the
 * registry itself that may not be.
 */
static const struct notice *
chain_notice(const struct registry_image *img)
{
	const struct notice *notice = NULL;

	for (struct registry *r = img->first; r && !notice; r = registry_next(r))
		notice = registry_notice(r);
	return notice;
}

/* The image that the reference means; img->from is who gave it. */
static int
find_image(struct registry_image *img, const struct image_request *req, struct pull *pull,
    struct resolved_image *ret, struct err *err)
{
	struct image_choice choice = { .platform = req->platform };
	struct arena *a = img->arena;
	struct pulled top;

	if (pull_manifest(pull, &img->reference, a, &top, err) < 0)
		return -1;
	img->from = pull->from;
	if (image_resolve(&pull->source, top.bytes, top.type, &choice, a, ret, err) < 0)
		return registry_next(img->from)
			   ? err_wrap(err, "from the mirror %s", registry_site(img->from))
			   : -1;
	pull_keep(pull);
	return 0;
}

static int
resolve(struct registry_image *img, const struct image_request *req, struct err *err)
{
	struct resolved_image resolved;
	struct pull pull;
	int status;

	pull_init(&pull, img->first, img->documents, &img->remarks);
	status = find_image(img, req, &pull, &resolved, err);
	pull_end(&pull);
	if (status < 0)
		return -1;
	remark_registry(img);
	img->image.digest = resolved.digest;
	img->image.platform = resolved.platform;
	img->image.layers = resolved.layers;
	img->image.nlayers = resolved.nlayers;
	img->image.notice = chain_notice(img);
	return 0;
}

/* May it have been meant as a file? Not if it names a registry or a digest. */
static bool
may_be_file(struct str text, const struct reference *ref, struct arena *a)
{
	struct str rest = text, first = str_cut(&rest, '/');

	return !ref->digest && (rest.len == 0 || !reference_site(first, a));
}

/* Puts the reference in front; one that may have been meant as a file is told to be none. */
static int
wrap_reference(const struct image_request *req, const char *text, const struct reference *ref,
    struct arena *a, struct err *err)
{
	const char *version = ref->digest ? ref->digest : ref->tag;

	if (text == req->reference && may_be_file(str_of(text), ref, a))
		return err_wrap(
		    err, "%.80s: no file of that name; as %.120s:%.80s", text, ref->name, version);
	return err_wrap(err, "%.120s%c%.80s", ref->name, ref->digest ? '@' : ':', version);
}

/* What was passed over may be the reason; nobody sees the remarks of an image that is not there. */
static void
add_trouble(const struct remarks *remarks, struct err *err)
{
	char text[sizeof(err->text)];

	if (!remarks->trouble)
		return;
	memcpy(text, err->text, sizeof(text));
	err_set(err, err->kind, "%s; before that: %s", text, remarks->trouble);
}

static int
open_image(const struct image_request *req, const struct image_input *in, struct opened_image **ret,
    struct err *err)
{
	struct arena *a = arena_new();
	struct registry_image *img = arena_alloc(a, sizeof(*img));
	struct str text = str_of(in != NULL ? in->path : req->reference);

	img->arena = a;
	img->remarks.arena = a;
	img->image.open_layer = open_layer;
	img->image.open_part = req->whole_layers ? NULL : open_part;
	img->image.close = close_image;
	img->image.remote = true;
	if (reference_parse(text, a, &img->reference, err) < 0 ||
	    credentials_check(req, &img->reference, err) < 0) {
		close_image(&img->image);
		return -1;
	}
	open_documents(img, req);
	if (open_registries(img, req, err) < 0 || resolve(img, req, err) < 0) {
		add_trouble(&img->remarks, err);
		wrap_reference(req, text.ptr, &img->reference, a, err);
		close_image(&img->image);
		return -1;
	}
	img->image.name = img->reference.name;
	img->image.tag = img->reference.tag;
	img->image.remarks = img->remarks.list;
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
