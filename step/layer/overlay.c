/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlay.c - inventories merged; which packages are left, and which layer brought each
 *
 * dpkg and apk rewrite their whole database with every change, so the layer that
 * holds the record of a package tells nothing. The layer that brought it is the
 * lowest one since which its name, version and architecture are there without a
 * break: the wanted paths are looked up anew after every layer.
 */
#include "step/layer/overlay.h"

#include "step/layer/tree.h"

#include <stdlib.h>
#include <string.h>

enum {
	LIMIT_MISSED =
	    1000 /* files that links lead to; a layer of nothing but links is an attack */
};

/* The wanted paths as they stand after one layer. */
struct state {
	struct merged_file *files;
	size_t nfiles;
	struct merged_package *packages; /* sorted by identity */
	size_t npackages;
};

struct merge {
	struct arena *arena;
	struct tree *tree;
	const struct want_list *wants;
	struct merged *merged;
	struct state now;
	bool last; /* the last layer is on: gaps are told */
};

static void
tell_gap(struct merge *m, const char *path, const char *reason)
{
	struct merged *out = m->merged;

	if (!m->last)
		return;
	out->gaps = arena_grow(m->arena, out->gaps, out->ngaps, sizeof(*out->gaps));
	out->gaps[out->ngaps++] = (struct merged_gap){ path, reason };
}

static void
miss(struct merge *m, const struct want *want, const char *pattern, const char *as)
{
	struct merged *out = m->merged;

	for (size_t i = 0; i < out->nmissed; i++)
		if (strcmp(out->missed[i].pattern, pattern) == 0 &&
		    out->missed[i].reader == want->reader)
			return;
	if (out->nmissed == LIMIT_MISSED) {
		tell_gap(m, as, "too many links lead to wanted files");
		return;
	}
	out->missed = arena_grow(m->arena, out->missed, out->nmissed, sizeof(*out->missed));
	out->missed[out->nmissed++] = (struct want){ pattern, as, want->reader, want->max_size };
}

/* Was this path looked for in every layer, by this reader? */
static bool
is_tracked(struct merge *m, const char *path, unsigned reader)
{
	const struct want *by;

	return want_relevance(m->wants, str_of(path), &by) == WANTED && by->reader == reader;
}

static void
see_file(struct merge *m, const struct node *n, const char *path)
{
	struct state *s = &m->now;

	s->files = arena_grow(m->arena, s->files, s->nfiles, sizeof(*s->files));
	s->files[s->nfiles++] = (struct merged_file){ n->layer, n->file, path };
}

/* One wanted path, without "*". */
static void
look_up(struct merge *m, const struct want *want, const char *path)
{
	const char *as = want_as(m->arena, want, str_of(path));
	const struct node *n = NULL;
	const char *real = tree_resolve(m->tree, path, &n);

	if (!real)
		tell_gap(m, path, "symbolic links lead in circles, or too far");
	else if (n && n->kind == NODE_FILE && n->file && n->file->reader == want->reader)
		see_file(m, n, real);
	else if (!is_tracked(m, real, want->reader))
		miss(m, want, real, as);
	else if (n && n->kind == NODE_FILE && n->hardlink &&
		 !is_tracked(m, n->hardlink, want->reader))
		miss(m, want, n->hardlink, as);
	else if (n && n->kind == NODE_FILE)
		tell_gap(m, path,
		    n->hardlink ? "a hard link to a file that is not in the image" : "not read");
	else if (n && n->kind == NODE_OTHER)
		tell_gap(m, path, "no regular file");
}

static int
by_name(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Every file of the folder that pattern, ending in "*", asks for. */
static void
look_up_folder(struct merge *m, const struct want *want)
{
	const char *folder =
	    arena_textf(m->arena, "%.*s", (int)strlen(want->pattern) - 2, want->pattern);
	const struct node *n = NULL, **children = NULL;
	const char *real = tree_resolve(m->tree, folder, &n);
	const char *probe;
	size_t count = 0;

	if (!real) {
		tell_gap(m, folder, "symbolic links lead in circles, or too far");
		return;
	}
	probe = arena_textf(m->arena, "%s%sx", real, *real ? "/" : "");
	if (!is_tracked(m, probe, want->reader)) {
		miss(m, want, arena_textf(m->arena, "%s%s*", real, *real ? "/" : ""), want->as);
		return;
	}
	for (const struct node *c = n ? n->children : NULL; c; c = c->sibling) {
		if (!node_exists(c) || n->kind != NODE_FOLDER || c->kind == NODE_FOLDER)
			continue;
		children = arena_grow(m->arena, children, count, sizeof(*children));
		children[count++] = c;
	}
	if (count)
		qsort(children, count, sizeof(*children), by_name);
	for (size_t i = 0; i < count; i++)
		look_up(m, want, arena_textf(m->arena, "%s/%s", folder, children[i]->name));
}

/* ---- Packages ---- */

/* By what makes it the same package in two states of the database. */
static int
by_identity(const void *a, const void *b)
{
	const struct package *x = ((const struct merged_package *)a)->package;
	const struct package *y = ((const struct merged_package *)b)->package;
	int order = strcmp(x->type, y->type);

	if (order == 0)
		order = strcmp(x->name, y->name);
	if (order == 0)
		order = strcmp(x->version, y->version);
	return order ? order : text_compare(x->arch, y->arch);
}

static void
list_packages(struct merge *m, struct state *s, size_t layer)
{
	size_t count = 0;

	for (size_t i = 0; i < s->nfiles; i++)
		count += s->files[i].file->npackages;
	s->packages = arena_alloc(m->arena, count * sizeof(*s->packages));
	for (size_t i = 0; i < s->nfiles; i++) {
		const struct inventory_file *f = s->files[i].file;

		for (size_t k = 0; k < f->npackages; k++)
			s->packages[s->npackages++] =
			    (struct merged_package){ &f->packages[k], s->files[i].path, layer };
	}
	if (count)
		qsort(s->packages, count, sizeof(*s->packages), by_identity);
}

/* What was there before keeps the layer since which it is. */
static void
keep_since(const struct state *before, struct state *now)
{
	size_t k = 0;

	for (size_t i = 0; i < now->npackages; i++) {
		int order = 1;

		while (k < before->npackages &&
		       (order = by_identity(&before->packages[k], &now->packages[i])) < 0)
			k++;
		if (k < before->npackages && order == 0)
			now->packages[i].since = before->packages[k].since;
	}
}

static int
by_file(const void *a, const void *b)
{
	const struct merged_file *const *x = a, *const *y = b;

	if ((*x)->file != (*y)->file)
		return (uintptr_t)(*x)->file < (uintptr_t)(*y)->file ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

/* Two paths may lead to one file: the first of them counts, and the order stays. */
static void
drop_repeated(struct merge *m, struct state *s)
{
	const struct merged_file **sorted = arena_alloc(m->arena, s->nfiles * sizeof(const void *));
	bool *repeated = arena_alloc(m->arena, s->nfiles);
	size_t kept = 0;

	for (size_t i = 0; i < s->nfiles; i++)
		sorted[i] = &s->files[i];
	if (s->nfiles)
		qsort(sorted, s->nfiles, sizeof(const void *), by_file);
	for (size_t i = 1; i < s->nfiles; i++)
		if (sorted[i]->file == sorted[i - 1]->file)
			repeated[sorted[i] - s->files] = true;
	for (size_t i = 0; i < s->nfiles; i++)
		if (!repeated[i])
			s->files[kept++] = s->files[i];
	s->nfiles = kept;
}

static bool
same_files(const struct state *a, const struct state *b)
{
	if (a->nfiles != b->nfiles)
		return false;
	for (size_t i = 0; i < a->nfiles; i++)
		if (a->files[i].file != b->files[i].file ||
		    strcmp(a->files[i].path, b->files[i].path) != 0)
			return false;
	return true;
}

static void
take_layer(struct merge *m, const struct inventory *inv, size_t layer)
{
	struct state before = m->now;

	tree_apply(m->tree, inv, layer);
	m->now = (struct state){ 0 };
	for (size_t i = 0; i < m->wants->roots; i++) {
		const struct want *want = &m->wants->wants[i];

		if (str_ends(str_of(want->pattern), "/*"))
			look_up_folder(m, want);
		else
			look_up(m, want, want->pattern);
	}
	drop_repeated(m, &m->now);
	if (same_files(&before, &m->now)) {
		m->now = before;
		return;
	}
	list_packages(m, &m->now, layer);
	keep_since(&before, &m->now);
}

void
overlay_merge(const struct inventory *const *layers, size_t nlayers, const struct want_list *wants,
    struct arena *a, struct merged *ret)
{
	struct merge m = { .arena = a, .tree = tree_new(a), .wants = wants, .merged = ret };

	*ret = (struct merged){ 0 };
	for (size_t i = 0; i < nlayers; i++) {
		m.last = i + 1 == nlayers;
		if (layers[i]->nmarks || m.last)
			take_layer(&m, layers[i], i);
	}
	ret->files = m.now.files;
	ret->nfiles = m.now.nfiles;
	ret->packages = m.now.packages;
	ret->npackages = m.now.npackages;
	for (size_t i = 0; i < ret->nfiles && !ret->distro; i++)
		ret->distro = ret->files[i].file->distro;
	tree_free(m.tree);
}
