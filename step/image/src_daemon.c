/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src_daemon.c - image sources: what a container engine holds, docker:NAME and podman:NAME
 *
 *      GET /v1.47/images/app:1/json
 *
 *      { "Id": "sha256:...", "RepoTags": [ "app:1" ], "RepoDigests": [ "app@sha256:..." ],
 *        "Os": "linux", "Architecture": "amd64", "RootFS": { "Layers": [ "sha256:..." ] } }
 *
 * https://docs.docker.com/reference/api/engine/. The layers are known from this answer, by their
 * diff_ids: where a cache knows them all, the engine is not asked for a byte of them. Others come in one
 * stream (export.c), and are asked for by the image's id: a tag may move in between.
 *
 * Which build step made a layer is in the image's history, which does not say which steps made
 * none: those of size 0 may be either. So it is taken where the counts leave no doubt.
 *
 * The image is called what a registry would call it, so that findings are the same ones wherever it was read. Its
 * digest is the one by which the engine had it from there: of an image for several platforms the index's.
 */
#include "step/base/doc.h"
#include "step/image/document.h"
#include "step/image/export.h"
#include "step/image/reference.h"
#include "step/image/sources.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_NAMES 1000 /* tags and digests of one image */
#define DIGEST      "sha256:"

struct engine_image {
	struct opened_image image;
	struct arena *arena;
	struct engine engine;
	const char *typed; /* NAME */
	struct reference reference;
	const char *id;        /* "sha256:..." */
	const char *described; /* of its manifest or index, where the engine says; or NULL */
	bool id_is_config;     /* the engine keeps images by their configs */
	struct export *layers;
};

/* ---- What the engine says of the image ---- */

/* Not by this engine, but by a registry? "docker:dind" was such a name, before there was this prefix. */
static const char *
other_ways(const struct engine_image *e, struct arena *a)
{
	const char *prefix = e->engine.kind->prefix;
	bool word = e->engine.kind == &engine_docker && strpbrk(e->typed, ":/@") == NULL;
	struct reference ref;
	struct err ignored;
	/* A name without a host is Docker Hub's there, not that of an image built here. */
	bool hub = reference_parse(str_of(e->typed), a, &ref, &ignored) == 0 &&
		   strcmp(ref.site, "docker.io") == 0;

	return arena_textf(a, "registry:%.150s reads %s without an engine%s%s%s%.60s%s", e->typed,
	    hub ? "Docker Hub's image of that name" : "it", word ? " (the image " : "",
	    word ? prefix : "", word ? " with the tag " : "", word ? e->typed : "",
	    word ? arena_textf(a, " is registry:%s:%.60s)", prefix, e->typed) : "");
}

static int
refuse_unknown(const struct engine_image *e, struct err *err)
{
	AUTO_ARENA a = arena_new();

	return err_set(err, ERR_IMAGE, "%s at %.100s has no image '%.150s'; %s",
	    e->engine.kind->name, e->engine.where, e->typed, other_ways(e, a));
}

/* One of the engine's answers about the image. */
static int
get_document(const struct engine_image *e, const char *name, const char *what, struct doc **ret,
    struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_STREAM body = NULL;
	struct http_response response;
	struct str bytes;

	if (engine_get(
		&e->engine, arena_textf(a, "images/%s/%s", name, what), 0, a, &response, err) < 0)
		return -1;
	body = response.body;
	if (response.status == 404)
		return refuse_unknown(e, err);
	if (response.status != 200)
		return engine_refused(&e->engine, &response, "the question what the image is", err);
	if (stream_whole(body, LIMIT_DOCUMENT, ERR_IMAGE, a, &bytes, err) < 0 ||
	    document_parse(bytes, "it", ret, err) < 0)
		return err_wrap(err, "what %s says of the image", e->engine.kind->name);
	return 0;
}

static int
take_id(struct engine_image *e, const struct doc *root, struct err *err)
{
	const char *id = doc_get_text(root, "Id");

	if (id && strchr(id, ':') == NULL)
		id = arena_textf(e->arena, "sha256:%.100s", id);
	if (!id || !digest_valid(str_of(id)))
		return err_set(err, ERR_IMAGE, "its Id is no digest");
	e->id = arena_text(e->arena, str_of(id));
	/* Docker with the images of containerd names them by their manifests, and says so. */
	e->id_is_config = doc_kind(doc_get(root, "Descriptor")) != DOC_MAP;
	id = doc_get_text(doc_get(root, "Descriptor"), "digest");
	e->described = id ? arena_text(e->arena, str_of(id)) : NULL;
	return 0;
}

static int
take_layers(struct engine_image *e, const struct doc *root, struct err *err)
{
	const struct doc *list = doc_get(doc_get(root, "RootFS"), "Layers");
	size_t n = doc_len(list);
	struct image_layer *layers;

	if (n > LIMIT_LAYERS)
		return err_set(
		    err, ERR_IMAGE, "%zu layers are more than the limit of %d", n, LIMIT_LAYERS);
	layers = arena_alloc(e->arena, (n + 1) * sizeof(*layers));
	for (size_t i = 0; i < n; i++) {
		const char *text = doc_text(doc_at(list, i));

		if (!text || !digest_valid(str_of(text)))
			return err_set(err, ERR_IMAGE, "RootFS.Layers[%zu] is no digest", i);
		text = arena_text(e->arena, str_of(text));
		layers[i] = (struct image_layer){ .digest = text,
			.blob_digest = text,
			.size = IMAGE_SIZE_UNKNOWN,
			.diff_id = text };
	}
	e->image.layers = layers;
	e->image.nlayers = n;
	return 0;
}

static int
take_platform(struct engine_image *e, const char *wanted, const struct doc *root, struct err *err)
{
	struct platform p;
	const struct image_config config = { .platform = &p };

	if (!platform_of(doc_get_text(root, "Os"), doc_get_text(root, "Architecture"),
		doc_get_text(root, "Variant"), e->arena, &p))
		return 0;
	e->image.platform = platform_text(&p, e->arena);
	return image_config_check(&config, wanted, e->arena, err);
}

/* ---- What it is called ---- */

/* Is it "app:1", "app@sha256:..." as a registry would call it? */
static bool
parse(struct engine_image *e, const char *text, struct reference *ret)
{
	struct err ignored;

	return text && reference_parse(str_of(text), e->arena, ret, &ignored) == 0;
}

static const char *
last_part(const char *repository)
{
	const char *slash = strrchr(repository, '/');

	return slash ? slash + 1 : repository;
}

/* How well a tag of the image fits what was typed: 2 it is that, 1 an engine may have meant it. */
static int
tag_rank(const struct engine_image *e, const struct reference *tag)
{
	const struct reference *typed = &e->reference;

	if (!typed->tag || strcmp(tag->tag, typed->tag) != 0)
		return 0;
	if (strcmp(tag->name, typed->name) == 0)
		return 2;
	/* "app" is also localhost/app, and whatever registries Podman was told to try. */
	return !strchr(e->typed, '/') &&
	       strcmp(last_part(tag->repository), last_part(typed->repository)) == 0;
}

/* The best of the image's tags; of those that fit alike the first by name. */
static bool
best_tag(struct engine_image *e, const struct doc *tags, struct reference *ret, int *ret_rank)
{
	bool found = false;

	for (size_t i = 0; i < doc_len(tags) && i < LIMIT_NAMES; i++) {
		struct reference r;
		int rank, order;

		if (!parse(e, doc_text(doc_at(tags, i)), &r) || !r.tag)
			continue;
		rank = tag_rank(e, &r);
		order = !found ? -1 : strcmp(r.name, ret->name);
		if (found && order == 0)
			order = strcmp(r.tag, ret->tag);
		if (!found || rank > *ret_rank || (rank == *ret_rank && order < 0)) {
			*ret = r;
			*ret_rank = rank;
		}
		found = true;
	}
	return found;
}

/* What was typed without "sha256:". */
static const char *
typed_hex(const struct engine_image *e)
{
	return strncmp(e->typed, DIGEST, strlen(DIGEST)) == 0 ? e->typed + strlen(DIGEST)
							      : e->typed;
}

/* Was the image's id typed, or the beginning of it? */
static bool
is_id(const struct engine_image *e)
{
	const char *const ids[] = { e->id, e->described };
	const char *typed = typed_hex(e);

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		if (ids[i] && strncmp(ids[i], DIGEST, strlen(DIGEST)) == 0 &&
		    strncmp(ids[i] + strlen(DIGEST), typed, strlen(typed)) == 0)
			return true;
	return false;
}

/* The digest by which a registry knows it under this name, if that is one. */
static const char *
digest_under(struct engine_image *e, const struct doc *digests, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < doc_len(digests) && i < LIMIT_NAMES; i++) {
		struct reference r;

		if (!parse(e, doc_text(doc_at(digests, i)), &r) || !r.digest ||
		    strcmp(r.name, name) != 0)
			continue;
		if (found && strcmp(found, r.digest) != 0)
			return e->reference.digest;
		found = r.digest;
	}
	return found;
}

/* Does one of the image's names fit what was typed? */
static bool
has_tag_typed(struct engine_image *e, const struct doc *tags)
{
	struct reference best;
	int rank = 0;

	return best_tag(e, tags, &best, &rank) && rank > 0;
}

static bool
has_digest_typed(struct engine_image *e, const struct doc *digests)
{
	const char *wanted = e->reference.digest;

	if (strcmp(e->id, wanted) == 0 || (e->described && strcmp(e->described, wanted) == 0))
		return true;
	for (size_t i = 0; i < doc_len(digests) && i < LIMIT_NAMES; i++) {
		struct reference r;

		if (parse(e, doc_text(doc_at(digests, i)), &r) && r.digest &&
		    strcmp(r.digest, wanted) == 0)
			return true;
	}
	return false;
}

/*
 * Is it the image that was asked for, where what was typed tells? Of a digest or all of an id no name of the
 * image's counts; a short id may be the name of another.
 */
static int
check_asked(struct engine_image *e, const struct doc *root, struct err *err)
{
	const char *typed = typed_hex(e);
	size_t digits = strspn(typed, "0123456789abcdef");
	bool whole = digits == SHA256_HEX - 1;

	if (e->reference.digest)
		return has_digest_typed(e, doc_get(root, "RepoDigests"))
			   ? 0
			   : err_set(err, ERR_IMAGE, "none of its digests is the one asked for");
	if (typed[digits] || is_id(e) || (!whole && has_tag_typed(e, doc_get(root, "RepoTags"))))
		return 0;
	return err_set(err, ERR_IMAGE, "its Id is %s, and no name of it is that", e->id);
}

static void
take_name(struct engine_image *e, const struct doc *root)
{
	const struct doc *digests = doc_get(root, "RepoDigests");
	struct reference best;
	int rank = 0;
	bool has_tag = best_tag(e, doc_get(root, "RepoTags"), &best, &rank);

	if (has_tag && (rank > 0 || is_id(e))) {
		e->image.name = best.name;
		e->image.tag = best.tag;
	} else if (!is_id(e)) {
		e->image.name = e->reference.name;
		e->image.tag = e->reference.tag;
	} else if (parse(e, doc_text(doc_at(digests, 0)), &best)) {
		e->image.name = best.name;
	} else {
		e->image.name = image_name(NULL, ".", e->arena);
	}
	e->image.digest = digest_under(e, digests, e->image.name);
}

/* ---- Which step made which layer ---- */

static bool
has_size(const struct doc *entry)
{
	return doc_integer(doc_get(entry, "Size"), 0) > 0;
}

/* The newest step comes first. */
static void
take_commands(struct engine_image *e, const struct doc *list)
{
	struct image_layer *layers =
	    arena_copy(e->arena, e->image.layers, e->image.nlayers * sizeof(*layers));
	size_t n = doc_len(list), sized = 0, at = e->image.nlayers;
	bool all = n == e->image.nlayers;

	for (size_t i = 0; i < n; i++)
		sized += has_size(doc_at(list, i));
	if (!all && sized != e->image.nlayers)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct doc *entry = doc_at(list, i);
		const char *by = doc_get_text(entry, "CreatedBy");

		if (!all && !has_size(entry))
			continue;
		at--;
		layers[at].command = by && *by ? arena_text(e->arena, str_of(by)) : NULL;
	}
	e->image.layers = layers;
}

/* ---- The row ---- */

static int
engine_next_layer(struct opened_image *img, bool first, const bool *wanted, size_t *ret_layer,
    struct stream **ret, struct err *err)
{
	return export_next(
	    ((struct engine_image *)img)->layers, first, wanted, ret_layer, ret, err);
}

static void
engine_close(struct opened_image *img)
{
	struct engine_image *e = (struct engine_image *)img;

	if (e->layers)
		export_free(e->layers);
	arena_free(e->arena);
}

static int
inspect(struct engine_image *e, const struct image_request *req, struct err *err)
{
	AUTO_DOC root = NULL, *history = NULL;
	/* What reference_parse() accepts has nothing else that a path could misread. */
	char *name = arena_alloc(e->arena, 3 * strlen(e->typed) + 1);
	struct err ignored;

	percent_encode(name, str_of(e->typed), UNRESERVED_URI "/:@");
	if (get_document(e, name, "json", &root, err) < 0)
		return -1;
	if (take_id(e, root, err) < 0 || check_asked(e, root, err) < 0 ||
	    take_layers(e, root, err) < 0 || take_platform(e, req->platform, root, err) < 0)
		return err_wrap(err, "%s says of '%.150s'", e->engine.kind->name, e->typed);
	take_name(e, root);
	if (get_document(e, e->id, "history", &history, &ignored) == 0)
		take_commands(e, history);
	return 0;
}

static int
read_image(struct engine_image *e, const struct image_request *req, struct err *err)
{
	const char **remarks = arena_alloc(e->arena, 2 * sizeof(*remarks));

	if (engine_find(e->engine.kind, e->arena, &e->engine, err) < 0) {
		const char *why = arena_text(e->arena, str_of(err->text));

		return err_set(err, err->kind, "%s; %s", why, other_ways(e, e->arena));
	}
	e->engine.deadline_ms = req->deadline_ms;
	if (engine_open(&e->engine, err) < 0 || inspect(e, req, err) < 0)
		return -1;
	remarks[0] = arena_textf(e->arena, "%s at %s, version %s of its API", e->engine.kind->name,
	    e->engine.where, e->engine.version);
	e->image.remarks = remarks;
	e->layers =
	    export_new(&e->engine, e->id, e->id_is_config, e->image.layers, e->image.nlayers);
	return 0;
}

static int
parse_typed(const struct engine_kind *kind, const char *name, struct arena *a,
    struct reference *ret, struct err *err)
{
	return reference_parse(str_of(name), a, ret, err) < 0
		   ? err_wrap(err, "%s's images are named as those of registries", kind->name)
		   : 0;
}

static int
open_image(const struct engine_kind *kind, const struct image_request *req, const char *name,
    struct opened_image **ret, struct err *err)
{
	struct arena *a = arena_new();
	struct engine_image *e = arena_alloc(a, sizeof(*e));

	*e = (struct engine_image){
		.image = { .remote = true, .next_layer = engine_next_layer, .close = engine_close },
		.arena = a,
		.engine = { .kind = kind },
		.typed = arena_text(a, str_of(name)),
	};
	if (parse_typed(kind, name, a, &e->reference, err) < 0 || read_image(e, req, err) < 0) {
		engine_close(&e->image);
		return -1;
	}
	*ret = &e->image;
	return 0;
}

static int
check(const struct engine_kind *kind, const char *name, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct reference ignored;

	if (parse_typed(kind, name, a, &ignored, err) < 0)
		return -1;
	return engine_check(kind, err);
}

static int
docker_check(const struct image_request *req, const char *path, struct err *err)
{
	(void)req;
	return check(&engine_docker, path, err);
}

static int
docker_open(const struct image_request *req, const struct image_input *in,
    struct opened_image **ret, struct err *err)
{
	return open_image(&engine_docker, req, in->path, ret, err);
}

static int
podman_check(const struct image_request *req, const char *path, struct err *err)
{
	(void)req;
	return check(&engine_podman, path, err);
}

static int
podman_open(const struct image_request *req, const struct image_input *in,
    struct opened_image **ret, struct err *err)
{
	return open_image(&engine_podman, req, in->path, ret, err);
}

const struct image_source source_engine_docker = {
	.prefix = "docker",
	.summary = "an image that Docker holds, by its socket: NAME[:TAG][@DIGEST] or an id",
	.remote = true,
	.check = docker_check,
	.open = docker_open,
};

const struct image_source source_engine_podman = {
	.prefix = "podman",
	.summary = "an image that Podman holds, by its socket: NAME[:TAG][@DIGEST] or an id",
	.remote = true,
	.check = podman_check,
	.open = podman_open,
};
