/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_scope.c - which entry of the allow-lists covers a finding of one image
 *
 * Entries that name the same id and package are a group; a finding asks the groups of its ids and
 * names. What is bound to paths or package URLs besides stands apart in its group and is compared one
 * by one, until it has covered something and another comes before it; allowlist.c bounds how many.
 */
#include "step/policy/allowlist.h"

#include <stdlib.h>
#include <string.h>

/* The entries that hold for one image and name the same id and package. */
struct allow_group {
	const char *id, *package;        /* package or NULL */
	const struct allow_entry *holds; /* the first by order that has not expired, or NULL */
	bool used;
	const struct allow_entry **bound; /* to paths or package URLs; by order */
	size_t nbound;
};

struct allow_scope {
	struct arena *arena;
	int64_t now;
	struct allow_group *groups; /* by id, then package, NULL first */
	size_t ngroups;
	size_t *group_of; /* one for each entry, by order; SIZE_MAX: not for this image, or bound */
	bool *used;       /* one for each entry, by order: of those that are bound */
	struct allow_purl *
	    *purls; /* one list for each entry, by order: its package URLs, cut once */
};

/* The package of a finding, its package URL cut once. */
struct subject {
	const struct package *package;
	struct allow_purl purl;
};

/* ---- Which image ---- */

/* The reference without the prefix that says which source it is of; "registry:5000/app" has none. */
static struct str
without_prefix(const char *reference)
{
	static const char *const prefixes[] = { "docker-archive:", "oci:", "rootfs:", "registry:" };
	struct str whole = str_of(reference);

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct str rest = whole, port;
		uint64_t number;

		if (!str_starts(whole, prefixes[i]))
			continue;
		rest = str_skip(whole, strlen(prefixes[i]));
		whole = rest;
		port = str_cut(&rest, '/');
		if (strcmp(prefixes[i], "registry:") == 0 && port.len < whole.len &&
		    str_number(port, UINT64_MAX, &number))
			return str_of(reference);
		return whole;
	}
	return whole;
}

/* The same without tag and digest. */
static struct str
without_version(const char *reference)
{
	struct str rest = without_prefix(reference), name = str_cut(&rest, '@');

	for (size_t i = name.len; i > 0 && name.ptr[i - 1] != '/'; i--)
		if (name.ptr[i - 1] == ':')
			name.len = i - 1;
	return name;
}

/* What stands before the colon of a registry's port, or nothing. */
static struct str
before_port(const char *reference)
{
	struct str rest = without_prefix(reference), host = str_cut(&rest, ':');
	struct str port = str_cut(&rest, '/');
	uint64_t number;

	if (!str_number(port, 65535, &number) || rest.len == 0 || memchr(host.ptr, '/', host.len))
		host.len = 0;
	return host;
}

enum allow_form
allow_form_of(const struct allow_key *key, const struct image *image)
{
	struct str name = without_version(image->reference), wanted = str_of(key->name);
	struct str prefix = before_port(image->reference);

	if (wanted.len == 0)
		return FORM_NONE;
	if (str_compare(wanted, name) == 0)
		return FORM_NAME;
	if (str_ends(wanted, "@sha256") && strchr(image->reference, '@') &&
	    str_compare((struct str){ wanted.ptr, wanted.len - strlen("@sha256") }, name) == 0)
		return FORM_DIGEST;
	if (str_is(wanted, image->reference))
		return FORM_FULL;
	if (str_is(wanted, image->name))
		return FORM_NORMAL;
	if (key->format == &allowlist_clair && str_compare(wanted, prefix) == 0)
		return FORM_COLON;
	return FORM_NONE;
}

static bool
is_for_image(const struct allow_entry *e, const struct image *image)
{
	return !e->image ||
	       (strlen(image->name) <= LIMIT_PATTERN &&
		   allow_pattern_matches(e->image, image->name)) ||
	       (strlen(image->reference) <= LIMIT_PATTERN &&
		   allow_pattern_matches(e->image, image->reference));
}

/* ---- Groups ---- */

static bool
is_bound(const struct allow_entry *e)
{
	return e->paths || e->purls;
}

/* By id, then package. */
static int
group_compare(const char *id, const char *package, const char *other_id, const char *other_package)
{
	int order = strcmp(id, other_id);

	return order ? order : text_compare(package, other_package);
}

/* Of pointers; entries of one group by order, the bound behind the others. */
static int
by_group(const void *a, const void *b)
{
	const struct allow_entry *x = *(const struct allow_entry *const *)a;
	const struct allow_entry *y = *(const struct allow_entry *const *)b;
	int order = group_compare(x->id, x->package, y->id, y->package);

	if (order == 0)
		order = is_bound(x) - is_bound(y);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* The entries of this image, in groups' order. */
static const struct allow_entry **
sorted_entries(
    const struct allowlist *list, const struct image *image, struct arena *a, size_t *ret_n)
{
	const struct allow_entry **order =
	    arena_alloc(a, (list->nentries + 1) * sizeof(const struct allow_entry *));
	bool *names_image = arena_alloc(a, list->nkeys + 1);
	size_t n = 0;

	for (size_t i = 0; i < list->nkeys; i++)
		names_image[i] = allow_form_of(list->keys[i], image) != FORM_NONE;
	for (size_t i = 0; i < list->nentries; i++) {
		const struct allow_entry *e = &list->entries[i];

		if (e->key ? names_image[e->key->order] : is_for_image(e, image))
			order[n++] = e;
	}
	if (n > 1)
		qsort(order, n, sizeof(const struct allow_entry *), by_group);
	*ret_n = n;
	return order;
}

static struct allow_purl *
cut_purls(const struct allow_entry *e, struct arena *a)
{
	struct allow_purl *list = NULL;

	for (size_t i = 0; e->purls && e->purls[i]; i++) {
		list = arena_grow(a, list, i, sizeof(*list));
		list[i] = allow_purl_cut(e->purls[i], a);
	}
	return list;
}

struct allow_scope *
allow_scope_new(
    const struct allowlist *list, const struct image *image, int64_t now, struct arena *a)
{
	struct allow_scope *scope = arena_alloc(a, sizeof(*scope));
	struct allow_group *group = NULL;
	size_t n;
	const struct allow_entry **order = sorted_entries(list, image, a, &n);

	scope->arena = a;
	scope->now = now;
	scope->groups = arena_alloc(a, (n + 1) * sizeof(*scope->groups));
	scope->group_of = arena_alloc(a, (list->nentries + 1) * sizeof(*scope->group_of));
	scope->used = arena_alloc(a, (list->nentries + 1) * sizeof(*scope->used));
	scope->purls = arena_alloc(a, (list->nentries + 1) * sizeof(*scope->purls));
	for (size_t i = 0; i < list->nentries; i++)
		scope->group_of[i] = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		const struct allow_entry *e = order[i];

		if (!group || group_compare(group->id, group->package, e->id, e->package) != 0) {
			group = &scope->groups[scope->ngroups++];
			*group = (struct allow_group){ .id = e->id, .package = e->package };
		}
		if (is_bound(e)) {
			scope->purls[e->order] = cut_purls(e, a);
			group->bound = group->bound ? group->bound : &order[i];
			group->nbound++;
			continue;
		}
		if (!group->holds && e->end > now)
			group->holds = e;
		scope->group_of[e->order] = (size_t)(group - scope->groups);
	}
	return scope;
}

/* ---- Which finding ---- */

static bool
any_path_fits(const struct allow_entry *e, const char *path)
{
	for (const char *const *wanted = e->paths; path && *wanted; wanted++)
		if (allow_glob_matches(*wanted, path))
			return true;
	return false;
}

static bool
any_purl_fits(const struct allow_scope *scope, const struct allow_entry *e, const struct subject *s)
{
	const struct allow_purl *wanted = scope->purls[e->order];

	for (size_t i = 0; s->package->purl && e->purls[i]; i++)
		if (allow_purl_matches(&wanted[i], &s->purl))
			return true;
	return false;
}

static bool
bound_fits(const struct allow_scope *scope, const struct allow_entry *e, const struct subject *s)
{
	return (!e->purls || any_purl_fits(scope, e, s)) &&
	       (!e->paths || any_path_fits(e, s->package->path));
}

/* ret becomes e, if it holds and comes first. */
static void
take_first(
    const struct allow_scope *scope, const struct allow_entry *e, const struct allow_entry **ret)
{
	if (e && e->end > scope->now && (!*ret || e->order < (*ret)->order))
		*ret = e;
}

static void
group_use(struct allow_scope *scope, struct allow_group *g, const struct subject *s,
    const struct allow_entry **ret)
{
	/* A group of bound entries alone has no other that it could use. */
	g->used = true;
	take_first(scope, g->holds, ret);
	for (size_t i = 0; i < g->nbound; i++) {
		const struct allow_entry *e = g->bound[i];

		if (scope->used[e->order] && *ret && (*ret)->order < e->order)
			continue;
		if (bound_fits(scope, e, s)) {
			scope->used[e->order] = true;
			take_first(scope, e, ret);
		}
	}
}

/* The group is used, if there is one; ret becomes what holds of it, if that comes first. */
static void
use(struct allow_scope *scope, const char *id, const char *package, const struct subject *s,
    const struct allow_entry **ret)
{
	size_t from = 0, to = scope->ngroups;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		struct allow_group *g = &scope->groups[middle];
		int order = group_compare(id, package, g->id, g->package);

		if (order == 0) {
			group_use(scope, g, s, ret);
			return;
		}
		if (order > 0)
			from = middle + 1;
		else
			to = middle;
	}
}

const struct allow_entry *
allow_scope_match(struct allow_scope *scope, const struct finding *f)
{
	const struct allow_entry *found = NULL;
	const char *const *alias = f->vulnerability->aliases;
	const struct package *p = f->package;
	const struct subject s = { p, allow_purl_cut(p->purl ? p->purl : "", scope->arena) };

	for (const char *id = f->vulnerability->id; id; id = *alias++) {
		use(scope, id, NULL, &s, &found);
		use(scope, id, p->name, &s, &found);
		use(scope, id, p->source_name, &s, &found);
	}
	return found;
}

bool
allow_scope_used(const struct allow_scope *scope, const struct allow_entry *e)
{
	size_t group = scope->group_of[e->order];

	return is_bound(e) ? scope->used[e->order] : group != SIZE_MAX && scope->groups[group].used;
}
