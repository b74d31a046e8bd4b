/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src_oci.c - image source: an OCI image layout, as a folder or as a tar; skopeo's folder
 *
 *      oci-layout            { "imageLayoutVersion": "1.0.0" }
 *      index.json            an index; its entries may be named (org.opencontainers.image.ref.name)
 *      blobs/sha256/<hex>    manifests, configs and layers
 *
 * skopeo copy dir:FOLDER and podman save --format docker-dir write the same parts without a tree:
 *
 *      version               Directory Transport Version: 1.1
 *      manifest.json         a manifest; with skopeo --all an index
 *      <hex>.manifest.json   manifests that the index names
 *      <hex>                 configs and layers
 *
 * Spec: https://github.com/opencontainers/image-spec/blob/main/image-layout.md,
 *       https://github.com/containers/image/blob/main/docs/containers-transports.5.md
 *
 * In a folder every file and the folders above it are opened without following links: a layout
 * that comes from a stranger's build must not read what the pipeline may read.
 *
 * Left out: blobs of other algorithms than sha256, layouts that share one folder of blobs.
 */
#include "step/base/doc.h"
#include "step/image/document.h"
#include "step/image/sources.h"
#include "step/image/tarfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOB_PATH_SIZE (SHA256_HEX + sizeof(".manifest.json"))
#define FLAT_VERSION   "Directory Transport Version: 1."

struct oci_image {
	struct opened_image image;
	struct document_source documents;
	struct arena *arena;
	bool is_folder;
	bool is_flat; /* skopeo's kind of folder */
	int fd;       /* of the archive or the folder */
	struct tarfile tar;
};

/* Is there a file of this name, or anything else? */
static bool
folder_has(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A regular file below a folder, each part of its path without following a link. */
static int
file_below(int folder, const char *path, struct err *err)
{
	int at = fd_again(folder, err);
	struct str rest = str_of(path);
	struct stat st;

	while (at >= 0 && rest.len) {
		struct str part = str_cut(&rest, '/');
		char name[BLOB_PATH_SIZE];
		int next;

		snprintf(name, sizeof(name), "%.*s", (int)part.len, part.ptr);
		next = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (next < 0)
			err_set(err, ERR_IMAGE, "%s: %s", path,
			    errno == ELOOP ? "is a symbolic link, which is not followed"
					   : strerror(errno));
		close(at);
		at = next;
	}
	if (at >= 0 && (fstat(at, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(at);
		return err_set(err, ERR_IMAGE, "%s is not a regular file", path);
	}
	return at;
}

/* A file of the layout: a member of the tar and no descriptor, or of a folder NULL and one to close. */
static int
layout_find(struct oci_image *o, const char *path, const struct tar_member **ret_member,
    int *ret_fd, struct err *err)
{
	*ret_member = NULL;
	*ret_fd = -1;
	if (!o->is_folder)
		return tarfile_find(&o->tar, path, ret_member, err);
	*ret_fd = file_below(o->fd, path, err);
	return *ret_fd < 0 ? -1 : 0;
}

static int
layout_open(struct oci_image *o, const char *path, struct stream **ret, struct err *err)
{
	const struct tar_member *m;
	int fd;

	if (layout_find(o, path, &m, &fd, err) < 0)
		return -1;
	*ret = m ? tarfile_stream(&o->tar, m) : stream_of_fd(fd, ERR_IMAGE);
	return 0;
}

static int
layout_whole(
    struct oci_image *o, const char *path, struct arena *a, struct str *ret, struct err *err)
{
	AUTO_STREAM s = NULL;

	if (!o->is_folder)
		return tarfile_whole(&o->tar, path, LIMIT_DOCUMENT, a, ret, err);
	if (layout_open(o, path, &s, err) < 0)
		return -1;
	if (stream_whole(s, LIMIT_DOCUMENT, ERR_IMAGE, a, ret, err) < 0)
		return err_wrap(err, "%s", path);
	return 0;
}

/* The digest is valid: it has no slash and no dot. */
static void
blob_path(const struct oci_image *o, const char *digest, char ret[BLOB_PATH_SIZE])
{
	snprintf(ret, BLOB_PATH_SIZE, "%s%s", o->is_flat ? "" : LAYOUT_BLOBS,
	    digest + strlen("sha256:"));
}

/* The same, but skopeo names the manifests of an index so that they are known. */
static void
document_path(const struct oci_image *o, const char *digest, char ret[BLOB_PATH_SIZE])
{
	snprintf(ret, BLOB_PATH_SIZE, "%s.manifest.json", digest + strlen("sha256:"));
	if (!o->is_flat || !folder_has(o->fd, ret))
		blob_path(o, digest, ret);
}

static int
document_fetch(struct document_source *from, const struct descriptor *d, struct arena *a,
    struct str *ret, struct err *err)
{
	struct oci_image *o =
	    (struct oci_image *)(void *)((char *)from - offsetof(struct oci_image, documents));
	char path[BLOB_PATH_SIZE];

	document_path(o, d->digest, path);
	return layout_whole(o, path, a, ret, err);
}

static int
oci_open_layer(struct opened_image *img, size_t layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct oci_image *o = (struct oci_image *)img;
	char path[BLOB_PATH_SIZE];

	(void)filter;
	blob_path(o, img->layers[layer].digest, path);
	return layout_open(o, path, ret, err);
}

static void
oci_close(struct opened_image *img)
{
	struct oci_image *o = (struct oci_image *)img;

	auto_fd(&o->fd);
	arena_free(o->arena);
	free(o);
}

/* How many bytes there are of a blob, unread. */
static int
blob_size(struct oci_image *o, const char *digest, uint64_t *ret, struct err *err)
{
	char path[BLOB_PATH_SIZE];
	const struct tar_member *m;
	struct stat st;
	AUTO_FD fd = -1;

	blob_path(o, digest, path);
	if (layout_find(o, path, &m, &fd, err) < 0)
		return -1;
	if (m) {
		*ret = m->size;
		return 0;
	}
	if (fstat(fd, &st) < 0)
		return err_set(err, ERR_IMAGE, "%s: %s", path, strerror(errno));
	*ret = (uint64_t)st.st_size;
	return 0;
}

/*
 * The layout must have each layer even where a cache knows what is in it. Bytes of another size
 * cannot be those that the digest names: without it no cache answers for them, and they are told
 * as what they are when they are read.
 */
static int
layers_take(struct oci_image *o, const struct resolved_image *image, struct err *err)
{
	struct image_layer *layers = arena_alloc(o->arena, (image->nlayers + 1) * sizeof(*layers));

	for (size_t i = 0; i < image->nlayers; i++) {
		uint64_t size = 0;

		layers[i] = image->layers[i];
		if (blob_size(o, layers[i].digest, &size, err) < 0)
			return -1;
		if (size != layers[i].size)
			layers[i].blob_digest = NULL;
	}
	o->image.layers = layers;
	o->image.nlayers = image->nlayers;
	return 0;
}

/* A layout of another version than 1 may mean something else by the same names. */
static int
version_check(struct oci_image *o, struct arena *scratch, struct err *err)
{
	AUTO_DOC root = NULL;
	const char *version;
	struct str bytes;

	if (o->is_flat) {
		if (layout_whole(o, "version", scratch, &bytes, err) < 0)
			return -1;
		return str_starts(bytes, FLAT_VERSION)
			   ? 0
			   : err_set(
				 err, ERR_IMAGE, "version does not begin with '%s'", FLAT_VERSION);
	}
	if (layout_whole(o, "oci-layout", scratch, &bytes, err) < 0 ||
	    document_parse(bytes, "oci-layout", &root, err) < 0)
		return -1;
	version = doc_get_text(root, "imageLayoutVersion");
	if (!version || !str_starts(str_of(version), "1."))
		return err_set(err, ERR_IMAGE, "oci-layout is of version '%.50s', not 1.0.0",
		    version ? version : "");
	return 0;
}

static bool
folder_is_flat(int folder)
{
	return !folder_has(folder, "oci-layout") && folder_has(folder, "version") &&
	       folder_has(folder, "manifest.json");
}

/* The folder, or the archive with its table. */
static int
layout_enter(struct oci_image *o, const struct image_input *in, struct err *err)
{
	if (!o->is_folder) {
		o->fd = fd_again(in->fd, err);
		return o->fd < 0 || tarfile_open(o->fd, in->size, o->arena, &o->tar, err) < 0 ||
			       tarfile_check(&o->tar, err) < 0
			   ? -1
			   : 0;
	}
	o->fd = open(in->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->fd < 0)
		return err_set(err, ERR_IMAGE, "%s", strerror(errno));
	o->is_flat = folder_is_flat(o->fd);
	return 0;
}

static int
oci_read(struct oci_image *o, const struct image_request *req, const struct image_input *in,
    struct err *err)
{
	struct image_choice choice = { .platform = req->platform, .name = req->name };
	AUTO_ARENA scratch = arena_new();
	struct resolved_image image;
	struct str top;

	if (layout_enter(o, in, err) < 0 || version_check(o, scratch, err) < 0)
		return -1;
	choice.is_layout = !o->is_flat;
	if (layout_whole(o, o->is_flat ? "manifest.json" : "index.json", scratch, &top, err) < 0 ||
	    image_resolve(&o->documents, top, NULL, &choice, o->arena, &image, err) < 0 ||
	    layers_take(o, &image, err) < 0)
		return -1;
	o->image.name = image_name(image.ref_name, in->path, o->arena);
	o->image.tag = image_tag(image.ref_name, o->arena);
	o->image.digest = image.digest;
	o->image.platform = image.platform;
	return 0;
}

static int
oci_open(const struct image_request *req, const struct image_input *in, struct opened_image **ret,
    struct err *err)
{
	struct oci_image *o = xalloc(sizeof(*o));

	*o = (struct oci_image){ { .open_layer = oci_open_layer, .close = oci_close },
		.documents = { document_fetch }, .arena = arena_new(), .is_folder = in->is_folder,
		.fd = -1 };
	if (oci_read(o, req, in, err) < 0) {
		oci_close(&o->image);
		return -1;
	}
	*ret = &o->image;
	return 0;
}

static bool
oci_claims(const struct image_input *in)
{
	AUTO_ARENA a = arena_new();
	struct tarfile tar;
	struct err ignored;

	if (in->is_folder) {
		AUTO_FD folder = open(in->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		return folder >= 0 && (folder_has(folder, "oci-layout") || folder_is_flat(folder));
	}
	return tarfile_open(in->fd, in->size, a, &tar, &ignored) == 0 &&
	       tarfile_member(&tar, "oci-layout");
}

const struct image_source source_oci = {
	.prefix = "oci",
	.summary = "an OCI image layout: a folder or a tar of one",
	.claims = oci_claims,
	.open = oci_open,
};
