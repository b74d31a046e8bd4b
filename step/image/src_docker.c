/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src_docker.c - image source: the archive of docker save, podman save, skopeo, kaniko, bazel
 *
 *      manifest.json   [ { "Config": "<hex>.json", "RepoTags": [ "app:1.4" ],
 *                          "Layers": [ "<id>/layer.tar" ] } ]
 *      <hex>.json      the image's config; blobs/sha256/<hex> since Docker 25
 *      <id>/layer.tar  a layer, mostly uncompressed; blobs/sha256/<hex> since Docker 25
 *
 * Spec: https://github.com/moby/docker-image-spec/blob/main/v1.2.md (combined image JSON)
 *
 * What names the bytes here is the config's list of diff_ids alone; the names of members
 * prove nothing, except the config's own, which is verified where it is a digest. So an
 * uncompressed layer's blob digest is its diff_id; that of a compressed one is computed once
 * on opening, to be a key for caches, and its diff_id has to be verified all the same.
 *
 * Archives since Docker 25 are OCI layouts as well. Those of 25.0.0 name no layers in that part,
 * so manifest.json is believed wherever it is; but the other part must agree (agree.c).
 *
 * Left out: archives of Docker before 1.10, which have no manifest.json.
 */
#include "step/base/doc.h"
#include "step/image/agree.h"
#include "step/image/document.h"
#include "step/image/label.h"
#include "step/image/sources.h"
#include "step/image/tarfile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct docker_image {
	struct opened_image image;
	struct arena *arena;
	struct tarfile tar;
	const struct tar_member **members; /* one a layer */
	int fd;
};

static bool
docker_claims(const struct image_input *in)
{
	AUTO_ARENA a = arena_new();
	struct tarfile tar;
	struct err ignored;

	return !in->is_folder && tarfile_open(in->fd, in->size, a, &tar, &ignored) == 0 &&
	       tarfile_member(&tar, "manifest.json");
}

/* ---- Which image of the archive ---- */

/* The tag by which an entry answers to the name, the first for NULL; "" if it has none. */
static const char *
entry_tag(const struct doc *entry, const char *name)
{
	const struct doc *tags = doc_get(entry, "RepoTags");
	const char *config = doc_get_text(entry, "Config");

	for (size_t i = 0; i < doc_len(tags); i++) {
		const char *tag = doc_text(doc_at(tags, i));

		/* Nothing here has its manifest, nor that manifest's digest. */
		if (tag && (!name || label_chosen(str_of(tag), STR(""), str_of(name))))
			return tag;
	}
	if (name && (!config || strcmp(config, name) != 0))
		return NULL;
	return "";
}

static void
append(char *list, size_t size, const char *what)
{
	size_t len = strlen(list);

	if (len + strlen(what) + 8 < size)
		snprintf(list + len, size - len, "%s%s", len ? ", " : "", what);
	else if (len + 8 < size && !strstr(list, ", ..."))
		snprintf(list + len, size - len, ", ...");
}

/* All images of the archive, as people can choose them. */
static void
list_images(const struct doc *list, char *ret, size_t size)
{
	ret[0] = '\0';
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *entry = doc_at(list, i), *tags = doc_get(entry, "RepoTags");
		const char *config = doc_get_text(entry, "Config");

		for (size_t k = 0; k < doc_len(tags); k++)
			if (doc_text(doc_at(tags, k)))
				append(ret, size, doc_text(doc_at(tags, k)));
		if (doc_len(tags) == 0 && config)
			append(ret, size, config);
	}
}

/* Every entry is an image that can be named. */
static int
check_entries(const struct doc *list, struct err *err)
{
	static const char *const names[] = { "Config", "RepoTags", "Layers", NULL };

	if (doc_kind(list) != DOC_LIST || doc_len(list) == 0 || doc_len(list) > LIMIT_INDEX)
		return err_set(err, ERR_IMAGE, "is not a list of 1 to %d images", LIMIT_INDEX);
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *entry = doc_at(list, i);

		if (document_check_names(entry, names, "it", err) < 0)
			return -1;
		if (!doc_get_text(entry, "Config"))
			return err_set(err, ERR_IMAGE, "entry %zu names no Config", i);
	}
	return 0;
}

/* The image that the name chooses, or the only one. Two entries of one config are one image. */
static int
choose(const struct doc *list, const char *name, const struct doc **ret, const char **ret_tag,
    struct err *err)
{
	const struct doc *found = NULL;
	bool several = false;
	char what[300];

	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *entry = doc_at(list, i);
		const char *tag = entry_tag(entry, name);

		if (tag && found) {
			several |= strcmp(doc_get_text(found, "Config"),
				       doc_get_text(entry, "Config")) != 0;
		} else if (tag) {
			found = entry;
			*ret_tag = tag;
		}
	}
	list_images(list, what, sizeof(what));
	if (!found)
		return err_set(err, ERR_IMAGE, "holds no image '%.100s'; there is: %s", name, what);
	if (several)
		return err_set(
		    err, ERR_IMAGE, "holds several images, choose one by --image: %s", what);
	*ret = found;
	return 0;
}

/* ---- Its config and layers ---- */

static int
config_read(struct docker_image *d, const char *name, struct image_config *ret,
    const char **ret_digest, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	const char *digest = digest_in_name(name, scratch);
	struct str bytes;

	if (tarfile_whole(&d->tar, name, LIMIT_DOCUMENT, scratch, &bytes, err) < 0)
		return err_wrap(err, "config");
	if (digest) {
		const struct descriptor config = { .digest = digest, .size = bytes.len };

		if (descriptor_verify(&config, bytes, err) < 0)
			return err_wrap(err, "config");
	}
	*ret_digest = digest_of(bytes, d->arena);
	return image_config_read(bytes, d->arena, ret, err);
}

/* All names of manifest.json; those of the chosen config are the chosen image's, in whichever entry. */
static int
names_read(const struct doc *list, const char *chosen, struct arena *a, struct agree_image *ret,
    struct err *err)
{
	struct agree_name *names;
	size_t n = 0;

	for (size_t i = 0; i < doc_len(list); i++)
		n += doc_len(doc_get(doc_at(list, i), "RepoTags"));
	if (n > LIMIT_INDEX)
		return err_set(err, ERR_IMAGE, "manifest.json: more than %d names", LIMIT_INDEX);
	names = arena_alloc(a, (n + 1) * sizeof(*names));
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *entry = doc_at(list, i), *tags = doc_get(entry, "RepoTags");
		bool is_chosen = strcmp(doc_get_text(entry, "Config"), chosen) == 0;

		for (size_t k = 0; k < doc_len(tags); k++)
			if (doc_text(doc_at(tags, k)))
				names[ret->nnames++] =
				    (struct agree_name){ doc_text(doc_at(tags, k)), is_chosen };
	}
	ret->names = names;
	return 0;
}

/* Where the archive is an OCI layout as well, it must be one of the same image. */
static int
check_layout(struct docker_image *d, const struct doc *list, const struct doc *entry,
    const char *digest, const struct image_config *config, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	const char **configs = arena_alloc(scratch, doc_len(list) * sizeof(*configs));
	struct agree_image image = {
		.config = digest, .configs = configs, .nconfigs = doc_len(list)
	};

	if (!tarfile_member(&d->tar, "index.json"))
		return 0;
	if (config->platform)
		image.platform = platform_text(config->platform, scratch);
	for (size_t i = 0; i < doc_len(list); i++)
		configs[i] = digest_in_name(doc_get_text(doc_at(list, i), "Config"), scratch);
	if (names_read(list, doc_get_text(entry, "Config"), scratch, &image, err) < 0)
		return -1;
	return archive_agree(&d->tar, &image, err);
}

/* The layer before n, or n itself, that lies in the same member. */
static size_t
layer_twin(const struct tar_member *const *members, size_t n)
{
	size_t i = 0;

	while (members[i] != members[n])
		i++;
	return i;
}

/* The digest of a compressed layer's bytes; that of an uncompressed one is known. */
static int
layer_measure(
    struct docker_image *d, struct image_layer *layer, const struct tar_member *m, struct err *err)
{
	AUTO_STREAM s = tarfile_stream(&d->tar, m);
	char head[ENCODING_HEAD];
	ssize_t n = stream_fill(s, head, sizeof(head), err);
	uint64_t delivered;

	if (n < 0)
		return -1;
	if (encoding_of((struct str){ head, (size_t)n }) == ENCODING_NONE)
		return 0;
	stream_close(s);
	s = tarfile_stream(&d->tar, m);
	return digest_stream(s, d->arena, &layer->blob_digest, &delivered, err);
}

/* Layer n, whose member the archive must have even where a cache knows what is in it. */
static int
layer_read(
    struct docker_image *d, struct image_layer *layers, size_t n, const char *name, struct err *err)
{
	struct image_layer *layer = &layers[n];
	size_t twin;

	if (!name)
		return err_set(err, ERR_IMAGE, "manifest.json: Layers[%zu] is no name", n);
	if (tarfile_find(&d->tar, name, &d->members[n], err) < 0)
		return -1;
	layer->size = d->members[n]->size;
	twin = layer_twin(d->members, n);
	if (twin == n)
		return layer_measure(d, layer, d->members[n], err);
	if (layers[twin].blob_digest != layers[twin].diff_id)
		layer->blob_digest = layers[twin].blob_digest;
	return 0;
}

static int
layers_read(struct docker_image *d, const struct doc *list, const struct image_config *config,
    struct err *err)
{
	size_t n = config->nlayers;
	struct image_layer *layers = arena_alloc(d->arena, (n + 1) * sizeof(*layers));

	if (doc_len(list) != n)
		return err_set(err, ERR_IMAGE,
		    "manifest.json names %zu layers, the image's config %zu", doc_len(list), n);
	d->members = arena_alloc(d->arena, (n + 1) * sizeof(*d->members));
	for (size_t i = 0; i < n; i++) {
		layers[i] = (struct image_layer){
			.digest = config->diff_ids[i],
			.blob_digest = config->diff_ids[i],
			.diff_id = config->diff_ids[i],
			.diff_id_only = true,
			.command = config->commands[i],
		};
		if (layer_read(d, layers, i, doc_text(doc_at(list, i)), err) < 0)
			return -1;
	}
	d->image.layers = layers;
	d->image.nlayers = n;
	return 0;
}

/* ---- The row ---- */

static int
docker_open_layer(struct opened_image *img, size_t layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct docker_image *d = (struct docker_image *)img;

	(void)filter;
	(void)err;
	*ret = tarfile_stream(&d->tar, d->members[layer]);
	return 0;
}

static void
docker_close(struct opened_image *img)
{
	struct docker_image *d = (struct docker_image *)img;

	auto_fd(&d->fd);
	arena_free(d->arena);
	free(d);
}

static int
docker_read(struct docker_image *d, const struct image_request *req, const struct image_input *in,
    struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_DOC list = NULL;
	const struct doc *entry = NULL;
	struct image_config config = { 0 };
	const char *tag = NULL, *digest = NULL;
	struct str bytes;

	d->fd = fd_again(in->fd, err);
	if (d->fd < 0 || tarfile_open(d->fd, in->size, d->arena, &d->tar, err) < 0 ||
	    tarfile_check(&d->tar, err) < 0 ||
	    tarfile_whole(&d->tar, "manifest.json", LIMIT_DOCUMENT, scratch, &bytes, err) < 0 ||
	    document_parse(bytes, "manifest.json", &list, err) < 0)
		return -1;
	if (check_entries(list, err) < 0 || choose(list, req->name, &entry, &tag, err) < 0)
		return err_wrap(err, "manifest.json");
	if (config_read(d, doc_get_text(entry, "Config"), &config, &digest, err) < 0 ||
	    image_config_check(&config, req->platform, d->arena, err) < 0 ||
	    check_layout(d, list, entry, digest, &config, err) < 0 ||
	    layers_read(d, doc_get(entry, "Layers"), &config, err) < 0)
		return -1;
	d->image.name = image_name(tag, in->path, d->arena);
	d->image.tag = image_tag(tag, d->arena);
	if (config.platform)
		d->image.platform = platform_text(config.platform, d->arena);
	return 0;
}

static int
docker_open(const struct image_request *req, const struct image_input *in,
    struct opened_image **ret, struct err *err)
{
	struct docker_image *d;

	if (in->is_folder)
		return err_set(err, ERR_IMAGE, "is a folder, not an archive of docker save");
	d = xalloc(sizeof(*d));
	*d = (struct docker_image){ { .open_layer = docker_open_layer, .close = docker_close },
		.arena = arena_new(), .fd = -1 };
	if (docker_read(d, req, in, err) < 0) {
		docker_close(&d->image);
		return -1;
	}
	*ret = &d->image;
	return 0;
}

const struct image_source source_docker = {
	.prefix = "docker-archive",
	.summary = "an archive of docker save, podman save, skopeo, kaniko or bazel",
	.claims = docker_claims,
	.open = docker_open,
};
