/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_fields.h - what feed files share when they take a publisher's record apart
 */
#ifndef STEP_ADVISORY_FEED_FIELDS_H
#define STEP_ADVISORY_FEED_FIELDS_H

#include "step/advisory/feed.h"
#include "step/base/doc.h"

/* Reasons for build_skip() that several feeds have. */
#define SKIP_MALFORMED "malformed record"

/*
 * A publisher's word for severity in any case ("Important", "low**"), else
 * SEVERITY_UNKNOWN; NULL too.
 */
enum severity severity_of_word(const char *word);

/* A name or version: 1 to LIMIT_FIELD bytes, no blanks or control characters; NULL is none. */
bool field_valid(const char *text);
/* The member's text if it is a valid field, else NULL. */
const char *doc_get_field(const struct doc *map, const char *key);
/* The first line of a text, or NULL where there is none. */
const char *first_line(struct arena *a, const char *text);

/*
 * Reads a CVE id at the beginning of a word, whatever stands behind it: "CVE-2019-2426",
 * "CVE_2019-2426", "CVE-2017-8073.patch". Its proper spelling in the arena, or NULL.
 */
const char *cve_of_word(struct arena *a, struct str word);
/* Looks like an identifier other than CVE: "XSA-254", "GHSA-j8xg-fqg3-53r7", "wnpa-sec-2017-18". */
bool word_is_id(struct str word);

/* A growing NULL-terminated list of names in an arena. */
struct names {
	const char **list; /* NULL while empty */
	size_t count;
};

void names_add(struct arena *a, struct names *n, const char *name);
/* Sorted, each name once, without the one given (or NULL). */
void names_sort(struct names *n, const char *without);

/* A growing list of statements in an arena. */
struct statements {
	struct affected *list;
	size_t count;
};

void statements_add(struct arena *a, struct statements *s, const struct affected *affected);

#endif
