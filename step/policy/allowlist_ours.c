/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_ours.c - our own allow-list: which findings are accepted, where, why and until when
 *
 *      allow:
 *        - id: CVE-2023-45853              # required: the vulnerability, or one of its aliases
 *          package: zlib                   # binary or source package; without it, any
 *          image: registry.example/base-*  # image's name or reference; without it, any
 *          path: opt/app-?/status          # of the file that names the package; without it, any
 *          purl: pkg:deb/debian/zlib1g     # package URL; without it, any
 *          reason: minizip is not built    # required
 *          owner: base-images team
 *          expires: 2027-01-31             # holds to the end of that day, UTC; or an RFC 3339 time
 *
 * The list may also stand alone, without "allow:". All values are single words or texts, with or
 * without quotes; a number or date means its spelling. In image, * stands for any bytes (slashes too)
 * and ? for one; path is a glob and purl may leave out version and qualifiers (allowlist_match.c); id and
 * package are exact. An entry covers a finding when all that it names agrees. A pattern has at most
 * 1,024 bytes, and none of an image covers a longer name.
 *
 * What is not understood is an error, never skipped: unknown or repeated keys, an entry without id or
 * reason, a pattern as id, a date that does not exist. YAML is read as doc.h has it: no anchors,
 * aliases, tags or second document.
 */
#include "step/policy/allowlist.h"

#include <string.h>

/* An entry and the texts that it is made of. */
struct raw {
	struct allow_entry e;
	const char *path, *purl;
};

static const struct {
	const char *name;
	size_t offset;
	bool exact; /* no pattern is allowed */
} keys[] = {
	{ "id", offsetof(struct raw, e.id), true },
	{ "package", offsetof(struct raw, e.package), true },
	{ "image", offsetof(struct raw, e.image), false },
	{ "path", offsetof(struct raw, path), false },
	{ "purl", offsetof(struct raw, purl), false },
	{ "reason", offsetof(struct raw, e.reason), false },
	{ "owner", offsetof(struct raw, e.owner), false },
	{ "expires", offsetof(struct raw, e.expires), false },
};

static int
read_key(
    struct raw *raw, const char *name, const struct doc *value, struct arena *a, struct err *err)
{
	size_t i = 0;
	const char *text = doc_spelling(value), *line;

	while (i < ARRAY_LEN(keys) && strcmp(keys[i].name, name) != 0)
		i++;
	if (i == ARRAY_LEN(keys))
		return err_set(err, ERR_USAGE, "'%s' is no key of an allow-list entry", name);
	if (!text && doc_kind(value) != DOC_NULL)
		return err_set(err, ERR_USAGE, "%s is not a text", name);
	line = doc_kind(value) == DOC_NULL ? NULL : allow_line(a, text);
	if (!line)
		return err_set(err, ERR_USAGE, "%s is empty", name);
	if (keys[i].exact && strpbrk(line, "*? ") != NULL)
		return err_set(err, ERR_USAGE,
		    "%s '%s' is not one, exact name: it has a blank, * or ?", name, line);
	if (strcmp(name, "image") == 0 && strlen(line) > LIMIT_PATTERN)
		return err_set(
		    err, ERR_USAGE, "%s is longer than the limit of %d bytes", name, LIMIT_PATTERN);
	memcpy((char *)raw + keys[i].offset, &line, sizeof(line));
	return 0;
}

static int
read_bounds(struct raw *raw, struct arena *a, struct err *err)
{
	const char **paths = NULL, **purls = NULL;
	size_t npaths = 0, npurls = 0;

	if (raw->path && allow_globs_add(a, raw->path, &paths, &npaths, err) < 0)
		return -1;
	if (raw->purl && allow_purls_add(a, raw->purl, &purls, &npurls, err) < 0)
		return -1;
	raw->e.paths = paths;
	raw->e.purls = purls;
	return 0;
}

static int
read_entry(const struct doc *d, struct arena *a, struct allow_entry *ret, struct err *err)
{
	struct raw raw = { .e = *ret };
	struct allow_entry *e = &raw.e;

	if (doc_kind(d) != DOC_MAP)
		return err_set(err, ERR_USAGE, "it has no keys");
	for (void *i = doc_first(d); i; i = doc_next(d, i))
		if (read_key(&raw, doc_key(i), doc_value(i), a, err) < 0)
			return -1;
	if (!e->id)
		return err_set(err, ERR_USAGE, "it has no id");
	if (!e->reason)
		return err_set(err, ERR_USAGE, "it has no reason");
	if (e->expires && !time_parse(str_of(e->expires), &e->end))
		return err_set(err, ERR_USAGE,
		    "expires '%s' is neither a date (2027-01-31) nor a time", e->expires);
	if (e->expires && strlen(e->expires) == strlen("2027-01-31"))
		e->end += DAY;
	if (read_bounds(&raw, a, err) < 0)
		return -1;
	*ret = *e;
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
ours_read(const struct allow_source *in, struct allowlist *l, struct err *err)
{
	const struct doc *list = NULL;

	if (find_list(in->root, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list); i++)
		if (read_entry(doc_at(list, i), in->arena, allowlist_add(l, in, i + 1), err) < 0)
			return err_wrap(err, "entry %zu", i + 1);
	return 0;
}

static bool
ours_claims(struct str bytes, const struct doc *root)
{
	(void)bytes;
	return doc_kind(root) == DOC_LIST || doc_get(root, "allow");
}

static const char *const files[] = { "scanstep-allowlist.yml", "scanstep-allowlist.yaml", NULL };

const struct allowlist_format allowlist_ours = {
	.name = "scanstep",
	.summary = "our own: scope, reason, owner and expiry of each entry",
	.files = files,
	.stem = "scanstep-allowlist.",
	.claims = ours_claims,
	.read = ours_read,
};
