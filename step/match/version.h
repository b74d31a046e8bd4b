/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.h - version schemes: what is valid and which is newer
 */
#ifndef STEP_MATCH_VERSION_H
#define STEP_MATCH_VERSION_H

#include "step/base/base.h"

struct version_ops {
	const char *name; /* "deb"; its truths are tests/vectors/NAME.tsv */
	const char *spec; /* URL of the rule this file implements */

	bool (*valid)(struct str v);

	/*
	 * Negative, 0 or positive, like memcmp(). A total order over valid versions, of
	 * any length; allocates nothing. What it answers for others is unspecified.
	 */
	int (*compare)(struct str a, struct str b);
};

extern const struct version_ops *const versions[];
extern const size_t nversions;

const struct version_ops *version_find(struct str name); /* or NULL */

#endif
