/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agree.c - an archive that is of docker save and an OCI layout at once: one image, or two?
 *
 *      manifest.json   [ { "Config": "blobs/sha256/<hex>", ... } ]
 *      index.json      { "manifests": [ { "digest": "sha256:...", "annotations":
 *                        { "io.containerd.image.name": "docker.io/library/app:1" } } ] }
 *
 * Docker since 25 and buildx write both, and tools load either. So what index.json calls by a name
 * of the chosen image must lead to the config that manifest.json names, whatever else it says of
 * itself: artifact types, annotations and platforms keep no tool from loading it. What it calls by
 * a name that manifest.json does not know must lead to one of manifest.json's images. Names of
 * other images of manifest.json answer when those are chosen; what has no name beside the chosen
 * one's is passed over. Where nothing has the chosen image's name, each entry must lead to an image
 * of manifest.json, and in an archive of one image to that one. Entries that are indexes lead to
 * the image of the same platform.
 *
 * The manifests of Docker 25.0.0 name no layers, but the right config. An index that names nothing
 * says nothing: "manifests": null, which Docker 25 writes of an image that was saved by its digest.
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
	    g->tar, arena_textf(g->a, LAYOUT_BLOBS "%s", hex), LIMIT_DOCUMENT, a, ret, err);
}

/* With digests or without: what a tool makes of them is not known, so both lead to one image. */
static bool
names_match(const char *label, const char *tag)
{
	return label && *tag && label_matches(str_of(label), str_of(tag));
}

/* What an entry has to lead to. */
enum demand {
	NOTHING = 0,
	KNOWN,  /* an image of manifest.json */
	CHOSEN, /* the one that was chosen */
};

/* By its names alone; NOTHING for one that has none. */
static enum demand
entry_demand(const struct index_entry *e, const struct agree_image *image)
{
	bool other = false;

	for (size_t i = 0; i < image->nnames; i++) {
		const struct agree_name *n = &image->names[i];

		if (n->chosen &&
		    (names_match(e->ref_name, n->tag) || names_match(e->full_name, n->tag)))
			return CHOSEN;
		/* What containerd calls it is its name, where there are two. */
		other |= names_match(e->full_name ? e->full_name : e->ref_name, n->tag);
	}
	return e->ref_name && !other ? KNOWN : NOTHING;
}

static int
check_config(const struct agreement *g, const char *config, enum demand demand, struct err *err)
{
	const struct agree_image *image = g->image;

	if (strcmp(config, image->config) == 0)
		return 0;
	for (size_t i = 0; i < image->nconfigs && demand == KNOWN; i++)
		if (image->configs[i] && strcmp(config, image->configs[i]) == 0)
			return 0;
	return err_set(err, ERR_IMAGE,
	    "holds two images, of which tools load either: manifest.json names the config %s, "
	    "index.json leads to %s",
	    image->config, config);
}

/* The config of a manifest, of whatever it says it is; NULL for an index. */
static int
manifest_config(struct agreement *g, struct str bytes, const char *media_type, const char **ret,
    struct err *err)
{
	enum document_kind kind = DOCUMENT_OTHER;
	AUTO_DOC root = NULL;
	struct manifest m;

	*ret = NULL;
	if (document_parse(bytes, "its JSON", &root, err) < 0 ||
	    document_kind(root, media_type, &kind, err) < 0)
		return -1;
	if (kind != DOCUMENT_MANIFEST)
		return 0;
	if (manifest_read(root, g->a, &m, err) < 0)
		return -1;
	*ret = m.config.digest;
	return 0;
}

static int
check_entry(struct agreement *g, const struct index_entry *e, enum demand demand, struct err *err)
{
	const struct image_choice choice = { .platform = g->image->platform };
	AUTO_ARENA scratch = arena_new();
	struct resolved_image image;
	const char *config = NULL;
	struct str bytes = { "", 0 };

	if (fetch(&g->documents, &e->d, scratch, &bytes, err) < 0 ||
	    descriptor_verify(&e->d, bytes, err) < 0 ||
	    manifest_config(g, bytes, e->d.media_type, &config, err) < 0)
		return -1;
	if (!config) {
		if (image_resolve(
			&g->documents, bytes, e->d.media_type, &choice, g->a, &image, err) < 0)
			return -1;
		config = image.config;
	}
	return check_config(g, config, demand, err);
}

/* An entry before n that was checked, and is the same to every tool. */
static bool
checked_before(const struct index_entry *list, const enum demand *demands, size_t n)
{
	const struct descriptor *d = &list[n].d;

	for (size_t i = 0; i < n; i++)
		if (demands[i] >= demands[n] && !list[i].none && list[i].d.size == d->size &&
		    strcmp(list[i].d.digest, d->digest) == 0 &&
		    str_compare(str_of(list[i].d.media_type), str_of(d->media_type)) == 0)
			return true;
	return false;
}

static int
refuse_none(const struct index_entry *e, size_t i, struct err *err)
{
	return err_set(err, ERR_IMAGE,
	    "index.json: manifests[%zu] is called '%.100s', but %s: it cannot be compared with "
	    "manifest.json",
	    i, e->full_name ? e->full_name : e->ref_name, e->none);
}

static int
check_entries(struct agreement *g, const struct index_entry *list, size_t n, struct err *err)
{
	enum demand *demands = arena_alloc(g->a, (n + 1) * sizeof(*demands)), least = NOTHING;
	bool called = false;

	for (size_t i = 0; i < n; i++) {
		demands[i] = entry_demand(&list[i], g->image);
		called |= demands[i] == CHOSEN;
	}
	if (!called)
		least = g->image->nconfigs == 1 ? CHOSEN : KNOWN;
	for (size_t i = 0; i < n; i++) {
		const struct index_entry *e = &list[i];

		if (e->none && demands[i] != NOTHING)
			return refuse_none(e, i, err);
		demands[i] = demands[i] > least ? demands[i] : least;
		if (demands[i] != NOTHING && !e->none && !checked_before(list, demands, i) &&
		    check_entry(g, e, demands[i], err) < 0)
			return -1;
	}
	return 0;
}

int
archive_agree(const struct tarfile *t, const struct agree_image *image, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct agreement g = { { fetch }, t, image, scratch, 0 };
	const struct doc *list;
	struct index_entry *entries;
	const char *config = NULL;
	AUTO_DOC root = NULL;
	struct str bytes;
	size_t n;

	if (tarfile_whole(t, "index.json", LIMIT_DOCUMENT, scratch, &bytes, err) < 0 ||
	    manifest_config(&g, bytes, NULL, &config, err) < 0 ||
	    document_parse(bytes, "its JSON", &root, err) < 0)
		return err_wrap(err, "index.json");
	if (config)
		return check_config(&g, config, CHOSEN, err);
	list = doc_get(root, "manifests");
	if (doc_kind(list) == DOC_NULL || (doc_kind(list) == DOC_LIST && doc_len(list) == 0))
		return 0;
	/* Something in it must be an image. */
	if (index_read(root, scratch, &entries, &n, err) < 0 ||
	    index_read_all(root, scratch, &entries, &n, err) < 0)
		return err_wrap(err, "index.json");
	return check_entries(&g, entries, n, err);
}
