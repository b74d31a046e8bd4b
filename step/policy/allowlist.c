/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.c - the allow-list: which findings are accepted, where, why and until when
 *
 *      allow:
 *        - id: CVE-2023-45853              # required: the vulnerability, or one of its aliases
 *          package: zlib                   # binary or source package; without it, any
 *          image: registry.example/base-*  # image's name or reference; without it, any
 *          reason: minizip is not built    # required
 *          owner: base-images team
 *          expires: 2027-01-31             # holds to the end of that day, UTC; or an RFC 3339 time
 *
 * The list may also stand alone, without "allow:". All values are single words or texts, with or
 * without quotes; a number or date means its spelling. In image, * stands for any bytes (slashes too)
 * and ? for one; id and package are exact. An entry covers a finding when all that it names agrees.
 * A pattern has at most 1,024 bytes, and none covers a longer name.
 *
 * What is not understood is an error, never skipped: unknown or repeated keys, an entry without id or
 * reason, a pattern as id, a date that does not exist. YAML is read as doc.h has it: no anchors,
 * aliases, tags or second document.
 */
#include "step/policy/allowlist.h"

#include "step/base/doc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_PATTERN 1024 /* bytes: the time to compare grows with the square of them */

/* The entries that hold for one image and name the same id and package. */
struct allow_group {
	const char *id, *package;        /* package or NULL */
	const struct allow_entry *holds; /* the first by order that has not expired, or NULL */
	bool used;
};

struct allow_scope {
	struct allow_group *groups; /* by id, then package, NULL first */
	size_t ngroups;
	size_t *group_of; /* one for each entry, by order; SIZE_MAX: not for this image */
};

static const struct {
	const char *name;
	size_t offset;
	bool exact; /* no pattern is allowed */
} keys[] = {
	{ "id", offsetof(struct allow_entry, id), true },
	{ "package", offsetof(struct allow_entry, package), true },
	{ "image", offsetof(struct allow_entry, image), false },
	{ "reason", offsetof(struct allow_entry, reason), false },
	{ "owner", offsetof(struct allow_entry, owner), false },
	{ "expires", offsetof(struct allow_entry, expires), false },
};

/* One line without blanks at its ends or bytes that a terminal obeys; NULL if nothing is left. */
static const char *
line_of(struct arena *a, const char *text)
{
	struct str s = str_trim(str_of(text));
	char *line = arena_string(a, s);

	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' ';
	return s.len > 0 ? line : NULL;
}

static int
read_key(struct allow_entry *e, const char *name, const struct doc *value, struct arena *a,
    struct err *err)
{
	size_t i = 0;
	const char *text = doc_spelling(value), *line;

	while (i < ARRAY_LEN(keys) && strcmp(keys[i].name, name) != 0)
		i++;
	if (i == ARRAY_LEN(keys))
		return err_set(err, ERR_USAGE, "'%s' is no key of an allow-list entry", name);
	if (!text && doc_kind(value) != DOC_NULL)
		return err_set(err, ERR_USAGE, "%s is not a text", name);
	line = doc_kind(value) == DOC_NULL ? NULL : line_of(a, text);
	if (!line)
		return err_set(err, ERR_USAGE, "%s is empty", name);
	if (keys[i].exact && strpbrk(line, "*? ") != NULL)
		return err_set(err, ERR_USAGE,
		    "%s '%s' is not one, exact name: it has a blank, * or ?", name, line);
	if (strcmp(name, "image") == 0 && strlen(line) > LIMIT_PATTERN)
		return err_set(
		    err, ERR_USAGE, "%s is longer than the limit of %d bytes", name, LIMIT_PATTERN);
	memcpy((char *)e + keys[i].offset, &line, sizeof(line));
	return 0;
}

static int
read_entry(const struct doc *d, struct arena *a, struct allow_entry *e, struct err *err)
{
	if (doc_kind(d) != DOC_MAP)
		return err_set(err, ERR_USAGE, "it has no keys");
	for (void *i = doc_first(d); i; i = doc_next(d, i))
		if (read_key(e, doc_key(i), doc_value(i), a, err) < 0)
			return -1;
	if (!e->id)
		return err_set(err, ERR_USAGE, "it has no id");
	if (!e->reason)
		return err_set(err, ERR_USAGE, "it has no reason");
	e->end = INT64_MAX;
	if (!e->expires)
		return 0;
	if (!time_parse(str_of(e->expires), &e->end))
		return err_set(err, ERR_USAGE,
		    "expires '%s' is neither a date (2027-01-31) nor a time", e->expires);
	if (strlen(e->expires) == strlen("2027-01-31"))
		e->end += DAY;
	return 0;
}

static int
read_entries(
    const struct doc *list, const char *path, struct arena *a, struct allowlist *l, struct err *err)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		struct allow_entry e = { .path = path, .number = i + 1, .order = l->nentries };

		if (read_entry(doc_at(list, i), a, &e, err) < 0)
			return err_wrap(err, "entry %zu", i + 1);
		l->entries = arena_grow(a, l->entries, l->nentries, sizeof(*l->entries));
		l->entries[l->nentries++] = e;
	}
	return 0;
}

/* The list of a document: all of it, or what "allow:" names. Nothing at all is an empty list. */
static int
find_list(const struct doc *root, const struct doc **ret, struct err *err)
{
	const struct doc *list = root;

	if (doc_kind(root) == DOC_MAP) {
		for (void *i = doc_first(root); i; i = doc_next(root, i))
			if (strcmp(doc_key(i), "allow") != 0)
				return err_set(err, ERR_USAGE,
				    "'%s' is no key of an allow-list; it has one, allow",
				    doc_key(i));
		list = doc_get(root, "allow");
	}
	if (doc_kind(list) != DOC_LIST && doc_kind(list) != DOC_NULL)
		return err_set(err, ERR_USAGE, "there is no list of entries");
	*ret = list;
	return 0;
}

static int
read_file(const char *path, struct arena *a, struct str *ret, struct err *err)
{
	AUTO_STREAM s = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, ERR_USAGE, "%s", strerror(errno));
	s = stream_of_fd(fd, ERR_USAGE);
	return stream_whole(s, LIMIT_YAML, ERR_USAGE, a, ret, err);
}

static int
read_list(const char *path, struct arena *a, struct allowlist *l, struct err *err)
{
	const struct doc *list = NULL;
	AUTO_ARENA scratch = arena_new();
	AUTO_DOC root = NULL;
	struct str bytes = STR("");

	if (read_file(path, scratch, &bytes, err) < 0 ||
	    doc_parse_yaml(bytes, ERR_USAGE, &root, err) < 0 || find_list(root, &list, err) < 0 ||
	    read_entries(list, arena_text(a, str_of(path)), a, l, err) < 0)
		return err_wrap(err, "allow-list %s", path);
	return 0;
}

int
allowlist_read(
    const char *const *paths, size_t n, struct arena *a, struct allowlist **ret, struct err *err)
{
	struct allowlist *l = arena_alloc(a, sizeof(*l));

	for (size_t i = 0; i < n; i++)
		if (read_list(paths[i], a, l, err) < 0)
			return -1;
	*ret = n > 0 ? l : NULL;
	return 0;
}

/* Goes back to the last * only, so that it takes at most the product of both lengths. */
static bool
pattern_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool
is_for_image(const struct allow_entry *e, const struct image *image)
{
	return !e->image ||
	       (strlen(image->name) <= LIMIT_PATTERN && pattern_matches(e->image, image->name)) ||
	       (strlen(image->reference) <= LIMIT_PATTERN &&
		   pattern_matches(e->image, image->reference));
}

/* By id, then package. */
static int
group_compare(const char *id, const char *package, const char *other_id, const char *other_package)
{
	int order = strcmp(id, other_id);

	return order ? order : text_compare(package, other_package);
}

/* Of pointers; entries of one group by order. */
static int
by_group(const void *a, const void *b)
{
	const struct allow_entry *x = *(const struct allow_entry *const *)a;
	const struct allow_entry *y = *(const struct allow_entry *const *)b;
	int order = group_compare(x->id, x->package, y->id, y->package);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

struct allow_scope *
allow_scope_new(
    const struct allowlist *list, const struct image *image, int64_t now, struct arena *a)
{
	struct allow_scope *scope = arena_alloc(a, sizeof(*scope));
	const struct allow_entry **order =
	    arena_alloc(a, (list->nentries + 1) * sizeof(const struct allow_entry *));
	struct allow_group *group = NULL;
	size_t n = 0;

	scope->groups = arena_alloc(a, (list->nentries + 1) * sizeof(*scope->groups));
	scope->group_of = arena_alloc(a, (list->nentries + 1) * sizeof(*scope->group_of));
	for (size_t i = 0; i < list->nentries; i++) {
		scope->group_of[i] = SIZE_MAX;
		if (is_for_image(&list->entries[i], image))
			order[n++] = &list->entries[i];
	}
	if (n > 1)
		qsort(order, n, sizeof(const struct allow_entry *), by_group);
	for (size_t i = 0; i < n; i++) {
		const struct allow_entry *e = order[i];

		if (!group || group_compare(group->id, group->package, e->id, e->package) != 0) {
			group = &scope->groups[scope->ngroups++];
			*group = (struct allow_group){ .id = e->id, .package = e->package };
		}
		if (!group->holds && e->end > now)
			group->holds = e;
		scope->group_of[e->order] = (size_t)(group - scope->groups);
	}
	return scope;
}

/* The group is used, if there is one; ret becomes what holds of it, if that comes first. */
static void
group_use(
    struct allow_scope *scope, const char *id, const char *package, const struct allow_entry **ret)
{
	size_t from = 0, to = scope->ngroups;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		struct allow_group *g = &scope->groups[middle];
		int order = group_compare(id, package, g->id, g->package);

		if (order == 0) {
			g->used = true;
			if (g->holds && (!*ret || g->holds->order < (*ret)->order))
				*ret = g->holds;
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

	for (const char *id = f->vulnerability->id; id; id = *alias++) {
		group_use(scope, id, NULL, &found);
		group_use(scope, id, f->package->name, &found);
		group_use(scope, id, f->package->source_name, &found);
	}
	return found;
}

bool
allow_scope_used(const struct allow_scope *scope, const struct allow_entry *e)
{
	size_t group = scope->group_of[e->order];

	return group != SIZE_MAX && scope->groups[group].used;
}
