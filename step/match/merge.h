/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h - what all feeds say of one package, by vulnerability
 */
#ifndef STEP_MATCH_MERGE_H
#define STEP_MATCH_MERGE_H

#include "step/advisory/store.h"

/* One statement in the light of one vulnerability that it tells of. */
struct member {
	const char *id; /* the vulnerability's */
	const struct statement *statement;
	bool joins; /* it tells of this vulnerability alone, so all its names are aliases */
};

/*
 * The statements by vulnerability: sorted by its id, then authority, then whether the
 * advisory has that very id, then their order in list. Statements that tell of several
 * vulnerabilities appear once for each. In the arena.
 */
const struct member *merge_statements(
    const struct statement *list, size_t n, struct arena *a, size_t *ret_count);

/* What one vulnerability is to one version of the package. */
struct ruling {
	bool affected;
	enum fix_state state;
	const char *fixed_version; /* or NULL; the statement's */
	enum severity severity; /* by those who are believed; SEVERITY_UNKNOWN: they do not say */
	const struct statement *bad; /* one whose versions are not valid in its scheme; or NULL */
};

/* m: all members with one id. version is valid in its scheme. */
struct ruling rule_on(const struct member *m, size_t n, struct str version);

#endif
