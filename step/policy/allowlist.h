/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.h - accepted findings: the entries of an allow-list, and what they cover.
 */
#ifndef STEP_POLICY_ALLOWLIST_H
#define STEP_POLICY_ALLOWLIST_H

#include "step/policy/policy.h"

/* One accepted vulnerability. */
struct allow_entry {
	size_t number;       /* its place in the file, from 1 */
	const char *id;      /* of a vulnerability, or an alias of it */
	const char *package; /* binary or source package, or NULL: any */
	const char *image;   /* pattern for the image's name or reference, or NULL: any */
	const char *reason;  /* one line */
	const char *owner;   /* or NULL */
	const char *expires; /* as written, or NULL: never */
	int64_t end;         /* first second at which it no longer holds; INT64_MAX: never */
};

struct allowlist {
	const char *path;
	struct allow_entry *entries; /* by number */
	struct allow_entry *by_id;   /* copies of them, by id, then number */
	size_t nentries;
};

/*
 * The first entry by number that covers the finding and still holds at now, or NULL. In used (one
 * flag for each entry, by number) all entries that cover it are marked, those that have expired too.
 */
const struct allow_entry *allowlist_match(const struct allowlist *list, const struct image *image,
    const struct finding *f, int64_t now, bool *used);

#endif
