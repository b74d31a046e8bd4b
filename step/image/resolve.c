/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - from an index or manifest down to one image's layers
 *
 * An index of one entry is that entry, whatever its platform, unless a platform was asked for.
 * Else the entry whose platform fits best, the first of equals; entries that name none (OCI
 * layouts) are tried by what their config says. Two that fit alike and are called differently
 * are two images: a person has to choose. So they are in a layout's own index, whatever they are
 * called: no tool has to take the first.
 *
 * The digests make cycles impossible; depth and the number of documents are bounded all the same.
 */
#include "step/base/doc.h"
#include "step/image/document.h"
#include "step/image/label.h"

#include <string.h>

#define LIMIT_DOCUMENTS 64 /* documents read for one image: an honest one takes two to five */

/* One resolving. */
struct walk {
	struct document_source *from;
	const struct image_choice *choice;
	struct platform want;
	struct arena *a;
	unsigned documents; /* read so far */
	bool config_failed; /* the error is of a config that could not be had */
	char seen[320];     /* what there is instead, for the message */
	size_t nseen;       /* bytes of it */
	struct resolved_image *ret;
};

/* Where the walk is. */
struct place {
	const char *digest;     /* of the document */
	const char *media_type; /* what its carrier says it is, or NULL */
	unsigned depth;         /* how many indexes led here */
	bool must_fit;          /* an image for another platform is no answer */
};

/* What was read of one document. */
struct document {
	enum document_kind kind;
	struct manifest manifest;    /* of a manifest */
	struct index_entry *entries; /* of an index */
	size_t nentries;
};

enum {
	FOUND = 0,
	NO_MATCH = 1 /* nothing for this platform; -1 is an error as everywhere */
};

static int walk_document(struct walk *w, struct str bytes, const struct place *at, struct err *err);

/* Remember one thing that was there but did not fit. */
static void
walk_saw(struct walk *w, const char *what)
{
	size_t len = strlen(what), room = sizeof(w->seen) - w->nseen;

	for (const char *at = strstr(w->seen, what); at; at = strstr(at + 1, what))
		if ((at == w->seen || at[-1] == ' ') && (at[len] == '\0' || at[len] == ','))
			return;
	if (len + 8 < room)
		w->nseen +=
		    (size_t)snprintf(w->seen + w->nseen, room, "%s%s", w->nseen ? ", " : "", what);
	else if (room > 8 && !strstr(w->seen, ", ..."))
		w->nseen += (size_t)snprintf(w->seen + w->nseen, room, ", ...");
}

/* Fetch and verify one document into a scratch arena. */
static int
walk_fetch(struct walk *w, const struct descriptor *d, struct arena *scratch, struct str *ret,
    struct err *err)
{
	if (++w->documents > LIMIT_DOCUMENTS)
		return err_set(
		    err, ERR_IMAGE, "more than %d documents to find one image", LIMIT_DOCUMENTS);
	if (d->has_data) {
		*ret = d->data; /* verified when it was read */
		return 0;
	}
	if (w->from->fetch(w->from, d, scratch, ret, err) < 0)
		return -1;
	return descriptor_verify(d, *ret, err);
}

/* Fill in what the config says of the layers; NO_MATCH if it is for another platform. */
static int
walk_config(struct walk *w, const struct manifest *m, bool must_fit, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct image_config config;
	struct str bytes = { "", 0 };

	if (walk_fetch(w, &m->config, scratch, &bytes, err) < 0) {
		w->config_failed = true;
		return -1;
	}
	if (image_config_read(bytes, w->a, &config, err) < 0)
		return -1;
	if (must_fit && config.platform && platform_rank(&w->want, config.platform) < 0) {
		walk_saw(w, platform_text(config.platform, w->a));
		return NO_MATCH;
	}
	if (config.nlayers != m->nlayers)
		return err_set(err, ERR_IMAGE, "names %zu layers, but its config %s names %zu",
		    m->nlayers, m->config.digest, config.nlayers);
	for (size_t i = 0; i < m->nlayers; i++) {
		m->layers[i].diff_id = config.diff_ids[i];
		m->layers[i].command = config.commands[i];
	}
	if (config.platform)
		w->ret->platform = platform_text(config.platform, w->a);
	return FOUND;
}

static int
walk_manifest(struct walk *w, const struct manifest *m, const struct place *at, struct err *err)
{
	int found = walk_config(w, m, at->must_fit, err);

	if (found == FOUND) {
		w->ret->digest = at->digest;
		w->ret->config = m->config.digest;
		w->ret->layers = m->layers;
		w->ret->nlayers = m->nlayers;
	}
	return found;
}

/* What a person can choose it by: the longest name, or the digest where another has the same. */
static const char *
entry_label(const struct index_entry *e, const struct index_entry *list, size_t n)
{
	const char *name = e->full_name ? e->full_name : e->ref_name;

	for (size_t i = 0; i < n && name; i++) {
		const char *other = list[i].full_name ? list[i].full_name : list[i].ref_name;

		if (other && strcmp(other, name) == 0 && strcmp(list[i].d.digest, e->d.digest) != 0)
			name = NULL;
	}
	return name ? name : e->d.digest;
}

static bool
entry_is_called(const struct index_entry *e, const char *name)
{
	struct str digest = str_of(e->d.digest), typed = str_of(name);

	return strcmp(name, e->d.digest) == 0 ||
	       (e->ref_name && label_chosen(str_of(e->ref_name), digest, typed)) ||
	       (e->full_name && label_chosen(str_of(e->full_name), digest, typed));
}

/* Of the top index's entries only those that the name chooses. */
static int
keep_named(struct walk *w, struct document *d, const char *name, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->nentries; i++)
		walk_saw(w, entry_label(&d->entries[i], d->entries, d->nentries));
	for (size_t i = 0; i < d->nentries; i++)
		if (entry_is_called(&d->entries[i], name))
			d->entries[kept++] = d->entries[i];
	if (kept == 0)
		return err_set(
		    err, ERR_IMAGE, "holds no image '%.100s'; there is: %s", name, w->seen);
	d->nentries = kept;
	w->nseen = 0;
	w->seen[0] = '\0';
	return 0;
}

/* depth: how many indexes led to it. */
static int
walk_entry(
    struct walk *w, const struct index_entry *e, unsigned depth, bool must_fit, struct err *err)
{
	const struct place at = { e->d.digest, e->d.media_type, depth, must_fit };
	AUTO_ARENA scratch = arena_new();
	struct str bytes;
	int found;

	if (walk_fetch(w, &e->d, scratch, &bytes, err) < 0)
		return err_wrap(err, "manifest");
	found = walk_document(w, bytes, &at, err);
	if (found == FOUND && !w->ret->platform && e->has_platform)
		w->ret->platform = platform_text(&e->platform, w->a);
	return found;
}

static int
several_images(struct walk *w, const struct index_entry *list, size_t n, struct err *err)
{
	w->nseen = 0;
	w->seen[0] = '\0';
	for (size_t i = 0; i < n; i++)
		walk_saw(w, entry_label(&list[i], list, n));
	return err_set(err, ERR_IMAGE, "holds several images, choose one by --image: %s", w->seen);
}

/* Both serve alike: are they two images? In a layout always, else where they are called differently. */
static bool
entries_differ(const struct index_entry *a, const struct index_entry *b, bool in_layout)
{
	return strcmp(a->d.digest, b->d.digest) != 0 &&
	       (in_layout || (a->ref_name && b->ref_name && strcmp(a->ref_name, b->ref_name) != 0));
}

/* The best entry among those that name a platform; NULL if none serves. */
static const struct index_entry *
index_best(
    struct walk *w, const struct index_entry *list, size_t n, bool in_layout, bool *ret_several)
{
	const struct index_entry *best = NULL;
	int best_rank = 0;

	*ret_several = false;
	for (size_t i = 0; i < n; i++) {
		const struct index_entry *e = &list[i];
		int rank = e->has_platform ? platform_rank(&w->want, &e->platform) : -1;

		if (e->has_platform)
			walk_saw(w, platform_text(&e->platform, w->a));
		if (rank < 0 || (best && rank > best_rank))
			continue;
		if (best && rank == best_rank) {
			*ret_several |= entries_differ(e, best, in_layout);
			continue;
		}
		best = e;
		best_rank = rank;
		*ret_several = false;
	}
	return best;
}

/* One of several, judged by what it turns out to be where it names no platform itself. */
static int
try_entry(struct walk *w, const struct index_entry *e, unsigned depth, struct err *err)
{
	int found;

	*w->ret = (struct resolved_image){ 0 };
	found = walk_entry(w, e, depth, !e->has_platform, err);
	if (depth == 1)
		w->ret->ref_name = e->ref_name;
	return found;
}

/* Try those without a platform, and the one that serves best by its own (or NULL): exactly one image may fit. */
static int
index_try_all(struct walk *w, const struct document *d, const struct index_entry *best,
    unsigned depth, struct err *err)
{
	struct resolved_image first = { 0 };

	for (const struct index_entry *e = d->entries; e < d->entries + d->nentries; e++) {
		int found = NO_MATCH;

		if (!e->has_platform || e == best)
			found = try_entry(w, e, depth, err);
		if (found < 0)
			return -1;
		if (found == NO_MATCH)
			continue;
		if (first.digest && strcmp(first.digest, w->ret->digest) != 0)
			return several_images(w, d->entries, d->nentries, err);
		first = first.digest ? first : *w->ret;
	}
	*w->ret = first;
	return first.digest ? FOUND : NO_MATCH;
}

/* Follow the entry of an index that fits. */
static int
walk_index(struct walk *w, const struct document *d, const struct place *at, struct err *err)
{
	const struct index_entry *list = d->entries, *best = list;
	size_t n = d->nentries;
	bool one = true, several = false, unsaid = false;
	bool in_layout = w->choice->is_layout && at->depth == 0;
	int found;

	for (size_t i = 0; i < n; i++) {
		one &= strcmp(list[i].d.digest, list[0].d.digest) == 0;
		unsaid |= !list[i].has_platform;
	}
	if (!one || (at->must_fit && list[0].has_platform))
		best = index_best(w, list, n, in_layout, &several);
	if (several)
		return several_images(w, list, n, err);
	if (!one && (!best || (in_layout && unsaid)))
		return index_try_all(w, d, best, at->depth + 1, err);
	if (!best)
		return NO_MATCH;
	found = walk_entry(w, best, at->depth + 1, at->must_fit && !best->has_platform, err);
	if (found == FOUND && at->depth == 0)
		w->ret->ref_name = best->ref_name;
	return found;
}

/*
 * Reads one document and gives its tree, which may be large, back before anything else is
 * fetched. On NO_MATCH it is an artifact among several entries.
 */
static int
document_read(
    struct walk *w, struct str bytes, const struct place *at, struct document *ret, struct err *err)
{
	AUTO_DOC root = NULL;
	const char *artifact;

	if (document_parse(bytes, "its JSON", &root, err) < 0 ||
	    document_kind(root, at->media_type, &ret->kind, err) < 0)
		return -1;
	if (ret->kind == DOCUMENT_INDEX)
		return index_read(root, w->a, &ret->entries, &ret->nentries, err);
	artifact = manifest_artifact(root);
	if (artifact && at->must_fit && at->depth > 0) {
		walk_saw(w, "an artifact");
		return NO_MATCH;
	}
	if (artifact)
		return artifact_refuse("type", artifact, err);
	return manifest_read(root, w->a, &ret->manifest, err);
}

static int
walk_document(struct walk *w, struct str bytes, const struct place *at, struct err *err)
{
	static const char *const kind_names[] = { [DOCUMENT_OTHER] = "manifest",
		[DOCUMENT_INDEX] = "index",
		[DOCUMENT_MANIFEST] = "manifest" };
	const char *name = at->depth == 0 ? w->choice->name : NULL;
	struct document d = { 0 };
	int found = document_read(w, bytes, at, &d, err);

	if (found == FOUND && d.kind == DOCUMENT_MANIFEST)
		found = walk_manifest(w, &d.manifest, at, err);
	else if (found == FOUND && at->depth > LIMIT_INDEX_DEPTH)
		found =
		    err_set(err, ERR_IMAGE, "is nested in more than %d indexes", LIMIT_INDEX_DEPTH);
	else if (found == FOUND && name)
		found = keep_named(w, &d, name, err);
	if (found < 0 && w->config_failed)
		return err_wrap(
		    err, "config %s of manifest %s", d.manifest.config.digest, at->digest);
	if (found < 0)
		return err_wrap(err, "%s %s", kind_names[d.kind], at->digest);
	if (found == FOUND && d.kind == DOCUMENT_INDEX)
		return walk_index(w, &d, at, err);
	return found;
}

int
image_resolve(struct document_source *from, struct str top, const char *media_type,
    const struct image_choice *choice, struct arena *a, struct resolved_image *ret, struct err *err)
{
	struct walk w = { .from = from, .choice = choice, .a = a, .ret = ret };
	const struct place at = { digest_of(top, a), media_type, 0, choice->platform != NULL };
	int found;

	*ret = (struct resolved_image){ 0 };
	w.want = platform_host(a);
	if (choice->platform && platform_parse(str_of(choice->platform), a, &w.want, err) < 0)
		return -1;
	found = walk_document(&w, top, &at, err);
	if (found == NO_MATCH)
		return err_set(err, ERR_IMAGE, "there is no image for %.100s; there is: %s",
		    platform_text(&w.want, a), w.seen);
	return found;
}
