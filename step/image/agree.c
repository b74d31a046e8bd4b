/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agree.c - an archive that is of docker save and an OCI layout at once: one image, or two?
 *
 *      manifest.json   [ { "Config": "blobs/sha256/<hex>", ... } ]
 *      index.json      { "manifests": [ { "digest": "sha256:...", "annotations":
 *                        { "io.containerd.image.name": "docker.io/library/app:1" } } ] }
 *
 * Docker since 25 and buildx write both. Docker 25.0.0's manifests name no layers: nothing can be
 * run of them, and they are passed over, as is an index that names nothing: "manifests": null, which
 * Docker 25 writes of an image that was saved by its digest. All others must lead to the config that
 * manifest.json names. Entries that carry the image's name answer for it; without any, each entry
 * must lead to an image of manifest.json, and in an archive of one image to that one. Entries that
 * are indexes lead to the image of the same platform.
 */
#include "step/image/agree.h"

#include "step/base/doc.h"
#include "step/image/document.h"
#include "step/image/label.h"

#include <string.h>

#define LIMIT_DOCUMENTS 64 /* documents read to compare: one or two for each name of the image */

struct agreement {
	struct document_source documents;
	const struct tarfile *tar;
	const struct agree_image *image;
	struct arena *a;
	unsigned fetched;
};

static int
fetch(struct document_source *from, const struct descriptor *d, struct arena *a, struct str *ret,
    struct err *err)
{
	struct agreement *g = (struct agreement *)from;
	const char *hex = d->digest + strlen("sha256:");

	if (++g->fetched > LIMIT_DOCUMENTS)
		return err_set(
		    err, ERR_IMAGE, "more than %d documents to compare", LIMIT_DOCUMENTS);
	return tarfile_whole(
	    g->tar, arena_textf(g->a, "blobs/sha256/%s", hex), LIMIT_DOCUMENT, a, ret, err);
}

static bool
entry_is_named(const struct index_entry *e, const char *tag)
{
	struct str typed = str_of(tag);

	return typed.len && ((e->ref_name && label_matches(str_of(e->ref_name), typed)) ||
				(e->full_name && label_matches(str_of(e->full_name), typed)));
}

/* named: it is the image that was chosen, not just one of the archive's. */
static int
check_config(const struct agreement *g, const char *config, bool named, struct err *err)
{
	const struct agree_image *image = g->image;

	if (strcmp(config, image->config) == 0)
		return 0;
	for (size_t i = 0; i < image->nconfigs && !named; i++)
		if (image->configs[i] && strcmp(config, image->configs[i]) == 0)
			return 0;
	return err_set(err, ERR_IMAGE,
	    "holds two images, of which tools load either: manifest.json names the config %s, "
	    "index.json leads to %s",
	    image->config, config);
}

/* The config of a manifest, or NULL where it names no layers; an index is left alone. */
static int
manifest_config(struct agreement *g, struct str bytes, const char *media_type,
    enum document_kind *ret_kind, const char **ret, struct err *err)
{
	AUTO_DOC root = NULL;
	struct manifest m;

	*ret = NULL;
	if (document_parse(bytes, "its JSON", &root, err) < 0 ||
	    document_kind(root, media_type, ret_kind, err) < 0)
		return -1;
	if (*ret_kind != DOCUMENT_MANIFEST || manifest_artifact(root))
		return 0;
	if (manifest_read(root, g->a, &m, err) < 0)
		return -1;
	*ret = m.nlayers ? m.config.digest : NULL;
	return 0;
}

static int
check_entry(struct agreement *g, const struct index_entry *e, bool named, struct err *err)
{
	const struct image_choice choice = { g->image->platform, NULL };
	AUTO_ARENA scratch = arena_new();
	struct resolved_image image;
	enum document_kind kind;
	const char *config;
	struct str bytes;

	if (fetch(&g->documents, &e->d, scratch, &bytes, err) < 0 ||
	    descriptor_verify(&e->d, bytes, err) < 0 ||
	    manifest_config(g, bytes, e->d.media_type, &kind, &config, err) < 0)
		return -1;
	if (kind == DOCUMENT_INDEX) {
		if (image_resolve(
			&g->documents, bytes, e->d.media_type, &choice, g->a, &image, err) < 0)
			return -1;
		config = image.config;
	}
	return config ? check_config(g, config, named, err) : 0;
}

/* The entries that carry the image's name, or all. */
static int
check_entries(struct agreement *g, const struct index_entry *list, size_t n, struct err *err)
{
	bool named = false, one = g->image->nconfigs == 1;

	for (size_t i = 0; i < n; i++)
		named |= entry_is_named(&list[i], g->image->tag);
	for (size_t i = 0; i < n; i++)
		if ((!named || entry_is_named(&list[i], g->image->tag)) &&
		    (i == 0 || strcmp(list[i].d.digest, list[i - 1].d.digest) != 0) &&
		    check_entry(g, &list[i], named || one, err) < 0)
			return -1;
	return 0;
}

int
archive_agree(const struct tarfile *t, const struct agree_image *image, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct agreement g = { { fetch }, t, image, scratch, 0 };
	const struct doc *list;
	struct index_entry *entries;
	enum document_kind kind;
	const char *config;
	AUTO_DOC root = NULL;
	struct str bytes;
	size_t n;

	if (!tarfile_member(t, "index.json"))
		return 0;
	if (tarfile_whole(t, "index.json", LIMIT_DOCUMENT, scratch, &bytes, err) < 0 ||
	    manifest_config(&g, bytes, NULL, &kind, &config, err) < 0 ||
	    document_parse(bytes, "its JSON", &root, err) < 0)
		return err_wrap(err, "index.json");
	if (kind == DOCUMENT_MANIFEST)
		return config ? check_config(&g, config, true, err) : 0;
	list = doc_get(root, "manifests");
	if (doc_kind(list) == DOC_NULL || (doc_kind(list) == DOC_LIST && doc_len(list) == 0))
		return 0;
	if (index_read(root, scratch, &entries, &n, err) < 0)
		return err_wrap(err, "index.json");
	return check_entries(&g, entries, n, err);
}
