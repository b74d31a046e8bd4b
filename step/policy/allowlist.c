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

#define DAY INT64_C(86400) /* seconds */

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
	char *line = arena_copy(a, s.ptr, s.len + 1);

	line[s.len] = '\0';
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
compare_by_id(const void *a, const void *b)
{
	const struct allow_entry *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static int
read_entries(const struct doc *list, struct arena *a, struct allowlist *l, struct err *err)
{
	size_t n = doc_len(list);

	l->nentries = n;
	l->entries = arena_alloc(a, (n + 1) * sizeof(*l->entries));
	for (size_t i = 0; i < n; i++) {
		l->entries[i].number = i + 1;
		if (read_entry(doc_at(list, i), a, &l->entries[i], err) < 0)
			return err_wrap(err, "entry %zu", i + 1);
	}
	l->by_id = arena_copy(a, l->entries, (n + 1) * sizeof(*l->entries));
	qsort(l->by_id, n, sizeof(*l->by_id), compare_by_id);
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
	s = stream_of_fd(fd);
	return stream_whole(s, LIMIT_YAML, ERR_USAGE, a, ret, err);
}

int
allowlist_read(const char *path, struct arena *a, struct allowlist **ret, struct err *err)
{
	struct allowlist *l = arena_alloc(a, sizeof(*l));
	const struct doc *list = NULL;
	AUTO_ARENA scratch = arena_new();
	AUTO_DOC root = NULL;
	struct str bytes = STR("");

	l->path = arena_text(a, str_of(path));
	if (read_file(path, scratch, &bytes, err) < 0 ||
	    doc_parse_yaml(bytes, ERR_USAGE, &root, err) < 0 || find_list(root, &list, err) < 0 ||
	    read_entries(list, a, l, err) < 0) {
		err->kind = ERR_USAGE; /* reading may have failed for another reason */
		return err_wrap(err, "allow-list %s", path);
	}
	*ret = l;
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
covers(const struct allow_entry *e, const struct image *image, const struct package *p)
{
	if (e->package && strcmp(e->package, p->name) != 0 &&
	    strcmp(e->package, p->source_name) != 0)
		return false;
	return !e->image || pattern_matches(e->image, image->name) ||
	       pattern_matches(e->image, image->reference);
}

/* The first place in by_id of an id that is not less than this one. */
static size_t
lower_bound(const struct allowlist *list, const char *id)
{
	size_t from = 0, to = list->nentries;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(list->by_id[middle].id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct allow_entry *
allowlist_match(const struct allowlist *list, const struct image *image, const struct finding *f,
    int64_t now, bool *used)
{
	const struct allow_entry *found = NULL;
	const char *const *alias = f->vulnerability->aliases;

	for (const char *id = f->vulnerability->id; id; id = *alias++) {
		for (size_t i = lower_bound(list, id); i < list->nentries; i++) {
			const struct allow_entry *e = &list->by_id[i];

			if (strcmp(e->id, id) != 0)
				break;
			if (!covers(e, image, f->package))
				continue;
			used[e->number - 1] = true;
			if (e->end > now && (!found || e->number < found->number))
				found = e;
		}
	}
	return found;
}
