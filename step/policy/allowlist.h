/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.h - accepted findings: the entries of an allow-list, and what they cover
 */
#ifndef STEP_POLICY_ALLOWLIST_H
#define STEP_POLICY_ALLOWLIST_H

#include "step/policy/policy.h"

/* One accepted vulnerability. */
struct allow_entry {
	const char *path;    /* of its file */
	size_t number;       /* its place in that file, from 1 */
	size_t order;        /* its place among the entries of all files, from 0 */
	const char *id;      /* of a vulnerability, or an alias of it */
	const char *package; /* binary or source package, or NULL: any */
	const char *image;   /* pattern for the image's name or reference, or NULL: any */
	const char *reason;  /* one line */
	const char *owner;   /* or NULL */
	const char *expires; /* as written, or NULL: never */
	int64_t end;         /* first second at which it no longer holds; INT64_MAX: never */
};

/* The entries of all files. */
struct allowlist {
	struct allow_entry *entries; /* by order */
	size_t nentries;
};

/*
 * What a list says of one image at now, in the arena: each entry's image is compared once, and a
 * finding is looked up by its ids and packages.
 */
struct allow_scope;
struct allow_scope *allow_scope_new(
    const struct allowlist *list, const struct image *image, int64_t now, struct arena *a);
/* The first entry by order that covers the finding and still holds, or NULL. */
const struct allow_entry *allow_scope_match(struct allow_scope *scope, const struct finding *f);
/* Did the entry, expired or not, cover one of those findings? */
bool allow_scope_used(const struct allow_scope *scope, const struct allow_entry *e);

#endif
