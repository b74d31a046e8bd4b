/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - whiteouts, opaque folders, replaced folders and links, applied in order.
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
#include <string.h>

enum {
	STEPS_MOST = 10000000 /* parts of paths in one tree; images need a hundredth of that */
};

struct tree {
	struct arena *arena;
	struct arena *scratch; /* what is left of the path under way */
	uint64_t steps;
	struct node root;
	void *index; /* tsearch(): nodes by parent and name */
	uint64_t clock;
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
	n->name = arena_copy(t->arena, copy, name.len + 1);
	n->sibling = parent->children;
	parent->children = n;
	if (!tsearch(n, &t->index, by_place))
		return NULL;
	return n;
}

/* Where resolving a path stands. */
struct position {
	char real[LIMIT_PATH];
	size_t len;
	struct node *node; /* the deepest known one */
	size_t unknown;    /* parts of real below it */
};

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

static bool
walk_down(struct tree *t, struct position *p, struct str pending)
{
	unsigned hops = 0;

	arena_reset(t->scratch);
	while (pending.len) {
		struct str part = str_cut(&pending, '/');
		struct node *n = NULL;

		/* Every layer's every entry may lead through long links: in all there is a limit. */
		if (++t->steps > STEPS_MOST)
			return false;
		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			step_up(p);
			continue;
		}
		if (p->unknown == 0 && p->node->kind == NODE_FOLDER)
			n = child_of(t, p->node, part, false);
		if (n && !node_exists(n))
			n = NULL;
		if (!n || n->kind != NODE_LINK) {
			if (!step_down(p, part, n))
				return false;
			continue;
		}
		if (++hops > LIMIT_HOPS)
			return false;
		if (n->target[0] == '/')
			*p = (struct position){ .node = &t->root };
		pending = str_of(
		    arena_textf(t->scratch, "%s/%.*s", n->target, (int)pending.len, pending.ptr));
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
put(struct tree *t, struct node *n, enum node_kind kind)
{
	bool stays = node_exists(n) && n->kind == NODE_FOLDER && kind == NODE_FOLDER;

	if (stays)
		return;
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

static void
apply_hardlink(struct tree *t, struct node *n, const struct mark *m)
{
	const struct node *target = NULL;
	const char *real = tree_resolve(t, m->target, &target);

	if (target == n)
		return;
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
