/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - the merged file system, as far as marks tell of it
 */
#ifndef STEP_LAYER_TREE_H
#define STEP_LAYER_TREE_H

#include "step/layer/inventory.h"

enum node_kind {
	NODE_ABSENT = 0,
	NODE_FOLDER,
	NODE_FILE,
	NODE_LINK,
	NODE_OTHER,
};

struct node {
	struct node *parent;
	const char *name;
	enum node_kind kind;
	const char *target; /* NODE_LINK: as it was written */
	/* NODE_FILE: the path whose file it is, where that was not known; or NULL. */
	const char *hardlink;
	const struct inventory_file *file; /* NODE_FILE: as its reader read it, or NULL */
	size_t layer;                      /* whose file that is */
	uint64_t born;    /* when it was put here; older than its parent's cleared: gone */
	uint64_t cleared; /* when all that it held went */
	struct node *children, *sibling; /* all that ever were */
};

struct tree;

struct tree *tree_new(struct arena *a);
void tree_free(struct tree *t); /* the nodes are the arena's */

/*
 * Put one layer's marks on top. Whiteouts and opaque marks concern the layers
 * below alone, wherever in the tar they stand; all else holds in order, the last
 * of a path wins. An entry whose folders are not entries themselves goes where links lead.
 */
void tree_apply(struct tree *t, const struct inventory *inv, size_t layer);

/*
 * Where path (normal form) leads, following symbolic links in all of it, held at
 * the root. Returns the real path in normal form, in the arena; NULL beyond LIMIT_HOPS links.
 * ret_node is what is there as far as is known, or NULL.
 */
const char *tree_resolve(struct tree *t, const char *path, const struct node **ret_node);

/*
 * One layer's entries as its walk meets them, links alone: tree_note() remembers a link (NODE_LINK
 * and its target) and what takes the place of one; all else it passes over. path is where the entry lies.
 */
void tree_note(struct tree *t, const char *path, enum node_kind kind, const char *target);
/* Where an entry lies: the folders of path (normal form) follow links, its last part does not. In a; NULL beyond LIMIT_HOPS. */
const char *tree_place(struct tree *t, const char *path, struct arena *a);
/* The target of the link at path, whose folders are no links; NULL: there is none. */
const char *tree_link(struct tree *t, const char *path);
size_t tree_links(const struct tree *t); /* links noted so far */

bool node_exists(const struct node *n); /* its parent does */

#endif
