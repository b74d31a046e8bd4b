/* SPDX-License-Identifier: Apache-2.0 */
/*
 * analyse.h - the analysis of one layer: the walk and the readers, joined
 *
 * A pure function from a layer's bytes to its inventory; it runs in the sandboxed child.
 */
#ifndef STEP_ANALYSE_H
#define STEP_ANALYSE_H

#include "step/layer/layer.h"

/* What one analysis is to do beside what every one does. */
struct analysis {
	bool want_diff_id; /* see struct walk_options */
	bool undigested;
	/* Of the layer only what matters comes, by the table of contents with this digest; NULL: all of it. */
	const char *toc_digest;
	bool crash;                /* for tests: SCANSTEP_DEBUG_CRASH_LAYER */
	const struct want *extras; /* files that links lead to */
	size_t nextras;
};

/* All that is wanted: the readers' own paths, then the extras. In the arena. */
struct want_list analysis_wants(struct arena *a, const struct want *extras, size_t nextras);

/* The same analysis of the same bytes has the same key: 32 hexadecimal digits, in the arena. */
const char *analysis_key(struct arena *a, const struct analysis *job);

/* As a message for the child, in the arena. -1 (ERR_CONTENT) where it does not fit one. */
int analysis_write(
    struct arena *a, const struct analysis *job, struct str *ret, struct err *err) MUST_CHECK;

/* The child: read the layer from in, write its inventory to out. A child_main of sandbox.h. */
int analysis_child(struct str message, int in, int out);

/* The same without a process around it: for the fuzzer and the tests. */
int analysis_run(const struct analysis *job, struct stream *blob, struct arena *a,
    struct inventory **ret, struct err *err) MUST_CHECK;

#endif
