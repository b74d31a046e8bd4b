/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - whiteouts, opaque folders, replaced folders and links, applied in order
 *
 * Nothing is ever taken out of the tree: a folder that is cleared remembers when,
 * and what was born before that is gone. So no depth of nesting is recursed into,
 * and clearing a folder costs the same whatever it held.
 *
 * Spec: https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
#include "step/layer/tree.h"

#include "step/layer/layer.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIMIT_TREE_STEPS =
	    10000000 /* parts of paths in one tree; images need a hundredth of that */
};

/* Where resolving a path stands. */
struct position {
	char real[LIMIT_PATH];
	size_t len;
	struct node *node; /* the deepest known one */
	size_t unknown;    /* parts of real below it */
};

struct tree {
	struct arena *arena;
	struct arena *scratch; /* what is left of the path under way */
	uint64_t steps;
	struct node root;
	void *index; /* tsearch(): nodes by parent and name */
	uint64_t clock;
	size_t links; /* noted */

	/* Entries of one folder come together: where the last one led, until anything changes. */
	char *folder; /* NULL: nothing is remembered */
	size_t folder_len;
	struct position position;
};

static int
by_place(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->parent != y->parent)
		return (uintptr_t)x->parent < (uintptr_t)y->parent ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct tree *
tree_new(struct arena *a)
{
	struct tree *t = arena_alloc(a, sizeof(*t));

	t->arena = a;
	t->scratch = arena_new();
	t->root.kind = NODE_FOLDER;
	t->root.name = "";
	return t;
}

void
tree_free(struct tree *t)
{
	while (t->index) {
		struct node *n = *(struct node **)t->index;

		tdelete(n, &t->index, by_place);
	}
	arena_free(t->scratch);
	free(t->folder);
}

bool
node_exists(const struct node *n)
{
	return n->kind != NODE_ABSENT && (!n->parent || n->born > n->parent->cleared);
}

/* The child of this name, or with make one that is absent still; else NULL. */
static struct node *
child_of(struct tree *t, struct node *parent, struct str name, bool make)
{
	char copy[LIMIT_PATH];
	struct node probe = { .parent = parent, .name = copy };
	struct node *n, **found;

	if (name.len >= sizeof(copy))
		return NULL;
	memcpy(copy, name.ptr, name.len);
	copy[name.len] = '\0';
	found = tfind(&probe, &t->index, by_place);
	if (found || !make)
		return found ? *found : NULL;
	n = arena_alloc(t->arena, sizeof(*n));
	n->parent = parent;
	n->name = arena_string(t->arena, name);
	n->sibling = parent->children;
	parent->children = n;
	if (!tsearch(n, &t->index, by_place))
		return NULL;
	return n;
}

static void
step_up(struct position *p)
{
	while (p->len && p->real[p->len - 1] != '/')
		p->len--;
	p->len -= p->len > 0;
	if (p->unknown)
		p->unknown--;
	else if (p->node->parent)
		p->node = p->node->parent;
}

static bool
step_down(struct position *p, struct str name, struct node *n)
{
	if (p->len + 1 + name.len >= sizeof(p->real))
		return false;
	if (p->len)
		p->real[p->len++] = '/';
	memcpy(p->real + p->len, name.ptr, name.len);
	p->len += name.len;
	if (n)
		p->node = n;
	else
		p->unknown++;
	return true;
}

/* What is known to be in p's folder by this name, or NULL. */
static struct node *
known_child(struct tree *t, const struct position *p, struct str name)
{
	struct node *n = NULL;

	if (p->unknown == 0 && p->node->kind == NODE_FOLDER)
		n = child_of(t, p->node, name, false);
	return n && node_exists(n) ? n : NULL;
}

/* One part of a path. A symbolic link is not followed but given back. */
static bool
step(struct tree *t, struct position *p, struct str part, const struct node **ret_link)
{
	struct node *n;

	if (part.len == 0 || str_is(part, "."))
		return true;
	if (str_is(part, "..")) {
		step_up(p);
		return true;
	}
	n = known_child(t, p, part);
	if (!n || n->kind != NODE_LINK)
		return step_down(p, part, n);
	*ret_link = n;
	return true;
}

static bool
walk_down(struct tree *t, struct position *p, struct str pending)
{
	unsigned hops = 0;

	arena_reset(t->scratch);
	while (pending.len) {
		struct str part = str_cut(&pending, '/');
		const struct node *link = NULL;

		/* Every layer's every entry may lead through long links: in all there is a limit. */
		if (++t->steps > LIMIT_TREE_STEPS || !step(t, p, part, &link))
			return false;
		if (!link)
			continue;
		if (++hops > LIMIT_HOPS)
			return false;
		if (link->target[0] == '/')
			*p = (struct position){ .node = &t->root };
		pending = str_of(arena_textf(
		    t->scratch, "%s/%.*s", link->target, (int)pending.len, pending.ptr));
	}
	return true;
}

const char *
tree_resolve(struct tree *t, const char *path, const struct node **ret_node)
{
	struct position p = { .node = &t->root };

	if (!walk_down(t, &p, str_of(path)))
		return NULL;
	*ret_node = p.unknown ? NULL : p.node;
	p.real[p.len++] = '\0';
	return arena_copy(t->arena, p.real, p.len);
}

static void
forget_folder(struct tree *t)
{
	free(t->folder);
	t->folder = NULL;
}

static void
put(struct tree *t, struct node *n, enum node_kind kind)
{
	bool stays = node_exists(n) && n->kind == NODE_FOLDER && kind == NODE_FOLDER;

	if (stays)
		return;
	forget_folder(t);
	n->kind = kind;
	n->cleared = t->clock;
	n->born = ++t->clock;
	n->target = n->hardlink = NULL;
	n->file = NULL;
}

/* The folder that path's last part is in, made where it is missing; NULL: links lead in circles. */
static struct node *
make_parent(struct tree *t, struct str folder)
{
	struct position p = { .node = &t->root };
	struct node *at = &t->root;
	struct str rest;

	if (!walk_down(t, &p, folder))
		return NULL;
	for (rest = (struct str){ p.real, p.len }; rest.len && at;) {
		at = child_of(t, at, str_cut(&rest, '/'), true);
		if (at)
			put(t, at, NODE_FOLDER);
	}
	return at;
}

static struct node *
make_node(struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct node *parent =
	    slash ? make_parent(t, (struct str){ path, (size_t)(slash - path) }) : &t->root;

	return parent ? child_of(t, parent, str_of(slash ? slash + 1 : path), true) : NULL;
}

static struct str
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash ? (size_t)(slash - path) : 0 };
}

/* Where a folder leads; NULL: in circles. */
static const struct position *
position_of(struct tree *t, struct str folder)
{
	if (t->folder && t->folder_len == folder.len &&
	    memcmp(t->folder, folder.ptr, folder.len) == 0)
		return &t->position;
	forget_folder(t);
	t->position = (struct position){ .node = &t->root };
	if (!walk_down(t, &t->position, folder))
		return NULL;
	t->folder = memcpy(xalloc(folder.len), folder.ptr, folder.len);
	t->folder_len = folder.len;
	return &t->position;
}

/* What is known at path: a node that exists, or NULL. */
static struct node *
node_at(struct tree *t, const char *path)
{
	struct str folder = folder_of(path);
	const struct position *p = position_of(t, folder);
	struct node *n;

	if (!p || p->unknown || p->node->kind != NODE_FOLDER)
		return NULL;
	n = child_of(t, p->node, str_of(path + folder.len + (folder.len > 0)), false);
	return n && node_exists(n) ? n : NULL;
}

const char *
tree_place(struct tree *t, const char *path, struct arena *a)
{
	struct str folder = folder_of(path);
	const struct position *p = position_of(t, folder);

	if (!p)
		return NULL;
	return path_normal(
	    a, (struct str){ p->real, p->len }, str_of(path + folder.len + (folder.len > 0)));
}

const char *
tree_link(struct tree *t, const char *path)
{
	const struct node *n = node_at(t, path);

	return n && n->kind == NODE_LINK ? n->target : NULL;
}

size_t
tree_links(const struct tree *t)
{
	return t->links;
}

void
tree_note(struct tree *t, const char *path, enum node_kind kind, const char *target)
{
	struct node *n = kind == NODE_LINK ? make_node(t, path) : node_at(t, path);

	if (!n)
		return;
	put(t, n, kind);
	if (kind != NODE_LINK)
		return;
	n->target = arena_string(t->arena, str_of(target));
	t->links++;
}

static void
apply_hardlink(struct tree *t, struct node *n, const struct mark *m)
{
	const struct node *target = NULL;
	const char *real = tree_resolve(t, m->target, &target);

	const char *link = tree_link(t, m->target);

	if (target == n)
		return;
	if (link) {
		/* The link itself has another name, and counts from there. */
		put(t, n, NODE_LINK);
		n->target = link;
		return;
	}
	if (target && target->kind == NODE_FILE && !target->hardlink) {
		const struct inventory_file *file = target->file;
		size_t layer = target->layer;

		put(t, n, NODE_FILE);
		n->file = file;
		n->layer = layer;
		if (file)
			return;
	} else {
		/* A link to a link: both are the file that the first led to. */
		if (target && target->kind == NODE_FILE)
			real = target->hardlink;
		put(t, n, NODE_FILE);
	}
	n->hardlink = real ? real : m->target;
}

static void
apply_mark(struct tree *t, const struct inventory *inv, const struct mark *m, size_t layer)
{
	struct node *n = make_node(t, m->path);

	if (!n)
		return; /* its folders lead in circles: a runtime has it nowhere */
	switch (m->kind) {
	case MARK_FOLDER:
		put(t, n, NODE_FOLDER);
		break;
	case MARK_FILE:
		put(t, n, NODE_FILE);
		n->file = m->file == MARK_NO_FILE ? NULL : &inv->files[m->file];
		n->layer = layer;
		break;
	case MARK_OTHER:
		put(t, n, NODE_OTHER);
		break;
	case MARK_SYMLINK:
		put(t, n, NODE_LINK);
		n->target = m->target;
		break;
	case MARK_HARDLINK:
		apply_hardlink(t, n, m);
		break;
	case MARK_WHITEOUT:
	case MARK_OPAQUE:
		break; /* apply_removal() */
	}
}

/* What a whiteout or opaque mark takes from the layers below. */
static void
apply_removal(struct tree *t, const struct mark *m)
{
	const char *slash = strrchr(m->path, '/');
	struct position p = { .node = &t->root };
	struct node *n;

	if (*m->path == '\0') {
		t->root.cleared = t->clock++;
		return;
	}
	if (slash && !walk_down(t, &p, (struct str){ m->path, (size_t)(slash - m->path) }))
		return;
	n = p.unknown ? NULL : child_of(t, p.node, str_of(slash ? slash + 1 : m->path), false);
	if (!n || !node_exists(n))
		return;
	/* An opaque folder took the place of what was no folder: all of that went. */
	if (m->kind == MARK_WHITEOUT || n->kind != NODE_FOLDER)
		put(t, n, NODE_ABSENT);
	else
		n->cleared = t->clock++;
}

/*
 * A folder that takes the place of a link comes first: what its layer removes in it must not
 * be looked for where the link led.
 */
void
tree_apply(struct tree *t, const struct inventory *inv, size_t layer)
{
	for (size_t i = 0; i < inv->nmarks; i++)
		if (inv->marks[i].kind == MARK_FOLDER)
			apply_mark(t, inv, &inv->marks[i], layer);
	for (size_t i = 0; i < inv->nmarks; i++)
		if (inv->marks[i].kind == MARK_WHITEOUT || inv->marks[i].kind == MARK_OPAQUE)
			apply_removal(t, &inv->marks[i]);
	for (size_t i = 0; i < inv->nmarks; i++)
		if (inv->marks[i].kind != MARK_WHITEOUT && inv->marks[i].kind != MARK_OPAQUE)
			apply_mark(t, inv, &inv->marks[i], layer);
}
