/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_clair.c - the lists of clair-scanner, and of GitLab, which has renamed one key of them
 *
 *      generalwhitelist:              # generalallowlist in GitLab's; of any image
 *        CVE-2017-6055: XML           # a reason, or nothing
 *        RHSA-2020:4007: systemd
 *      images:
 *        registry.example:5000/base:  # every tag of it
 *          CVE-2017-5230: Java
 *
 * https://github.com/arminc/clair-scanner and
 * https://docs.gitlab.com/user/application_security/container_scanning/
 *
 * As there: any of the two blocks may be missing; a value may be null, a number, a bool or a date; a key
 * may come twice, and the last one holds; a list or a map for a text is an error. Keys on top that
 * they do not know approve nothing; we say so. An image is named by its reference without tag and
 * digest, by "name@sha256", and here also by the whole reference and by its name in full.
 * clair-scanner cuts a reference at its first colon, so that it knows of registry:5000/x only
 * "registry": that is taken, with a warning. Aliases of an id count here. Left out, with an error:
 * anchors, aliases, merge keys.
 */
#include "step/policy/allowlist.h"

#include <string.h>

static const char images[] = "images";
static const char general_clair[] = "generalwhitelist";
static const char general_gitlab[] = "generalallowlist";

/* A map of identifiers and reasons, all below the key or, NULL, of any image. */
static int
read_ids(const struct allow_source *in, const struct doc *map, struct allow_key *key,
    size_t *number, struct allowlist *l, struct err *err)
{
	if (doc_kind(map) != DOC_MAP && doc_kind(map) != DOC_NULL)
		return err_set(err, ERR_USAGE, "it is no map of identifiers and reasons");
	for (void *i = doc_first(map); i; i = doc_next(map, i)) {
		const struct doc *value = doc_value(i);
		const char *text = doc_kind(value) == DOC_NULL ? "" : doc_spelling(value);
		struct allow_entry *e;

		if (!text)
			return err_set(err, ERR_USAGE,
			    "the reason of '%s' is a list or a map, where a text is wanted",
			    doc_key(i));
		e = allowlist_add(l, in, ++*number);
		e->id = allow_exact(in->arena, str_of(doc_key(i)));
		e->reason = allow_reason(in->arena, str_of(text));
		e->key = key;
		if (key)
			key->nentries++;
	}
	return 0;
}

static int
read_images(const struct allow_source *in, const struct doc *map, size_t *number,
    struct allowlist *l, struct err *err)
{
	if (doc_kind(map) != DOC_MAP && doc_kind(map) != DOC_NULL)
		return err_set(err, ERR_USAGE, "images is no map of names");
	for (void *i = doc_first(map); i; i = doc_next(map, i)) {
		struct allow_key *key = arena_alloc(in->arena, sizeof(*key));

		*key = (struct allow_key){ .path = in->path,
			.name = allow_exact(in->arena, str_of(doc_key(i))),
			.format = in->format,
			.order = l->nkeys };
		l->keys = arena_grow(in->arena, l->keys, l->nkeys, sizeof(*l->keys));
		l->keys[l->nkeys++] = key;
		if (read_ids(in, doc_value(i), key, number, l, err) < 0)
			return err_wrap(err, "image '%s'", doc_key(i));
	}
	return 0;
}

static bool
is_general(const char *key)
{
	return strcmp(key, general_clair) == 0 || strcmp(key, general_gitlab) == 0;
}

/* A key on top that this format's own program does not know. */
static void
note_key(const struct allow_source *in, const char *key, size_t nth, struct allowlist *l)
{
	if (nth > LIMIT_SAID)
		return;
	if (nth == LIMIT_SAID)
		allowlist_note(
		    l, in, "has more keys that are not known: nothing is approved by them");
	else if (is_general(key))
		allowlist_note(
		    l, in, "has the key '%s': %s would not take it", key, in->format->peer);
	else
		allowlist_note(
		    l, in, "has the key '%s', which is not known: nothing is approved by it", key);
}

static int
clair_read(const struct allow_source *in, struct allowlist *l, struct err *err)
{
	const char *own = in->format == &allowlist_clair ? general_clair : general_gitlab;
	size_t number = 0, unknown = 0;

	if (doc_kind(in->root) != DOC_MAP && doc_kind(in->root) != DOC_NULL)
		return err_set(err, ERR_USAGE, "it is no map with %s and images", own);
	for (void *i = doc_first(in->root); i; i = doc_next(in->root, i)) {
		const char *key = doc_key(i);

		if (strcmp(key, images) == 0) {
			if (read_images(in, doc_value(i), &number, l, err) < 0)
				return -1;
			continue;
		}
		if (strcmp(key, own) != 0)
			note_key(in, key, unknown++, l);
		if (is_general(key) && read_ids(in, doc_value(i), NULL, &number, l, err) < 0)
			return err_wrap(err, "%s", key);
	}
	return 0;
}

static bool
gitlab_claims(struct str bytes, const struct doc *root)
{
	(void)bytes;
	return doc_get(root, general_gitlab) != NULL;
}

static bool
clair_claims(struct str bytes, const struct doc *root)
{
	(void)bytes;
	return doc_get(root, general_clair) || doc_get(root, images);
}

static const char *const gitlab_files[] = { "vulnerability-allowlist.yml", NULL };
static const char *const clair_files[] = { "clair-whitelist.yml", "clair-whitelist.yaml", NULL };

const struct allowlist_format allowlist_gitlab = {
	.name = "gitlab",
	.summary = "GitLab's vulnerability-allowlist.yml: generalallowlist and images",
	.files = gitlab_files,
	.stem = "vulnerability-allowlist.",
	.peer = "GitLab's analyzer",
	.takes_repeats = true,
	.claims = gitlab_claims,
	.read = clair_read,
};

const struct allowlist_format allowlist_clair = {
	.name = "clair",
	.summary = "clair-scanner's and ClairInABox's whitelist: generalwhitelist and images",
	.files = clair_files,
	.stem = "clair-whitelist.",
	.peer = "clair-scanner",
	.takes_repeats = true,
	.claims = clair_claims,
	.read = clair_read,
};
