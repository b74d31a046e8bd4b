/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - verdict and counts by name, for the programs that come after
 */
#ifndef FORMATTERS_FACTS_H
#define FORMATTERS_FACTS_H

#include "step/model/model.h"

/* Both are words or digits of ours: no stranger's text. */
struct fact {
	const char *name; /* "EXIT_STATUS" */
	const char *value;
};

enum {
	FACTS_MOST = 10, /* GitLab takes 20 variables a job, from all its dotenv files together */
};

/*
 * VERDICT (passed, failed, incomplete), DATABASE (full, starter), EXIT_STATUS, GAPS, OPEN (what the
 * policy judges), CRITICAL, HIGH, MEDIUM, LOW (with the negligible ones) and UNKNOWN, which count all
 * that is not set aside, whether it reaches the threshold or not. Returns how many; values are in the arena.
 */
size_t facts_of(const struct report *r, struct arena *a, struct fact ret[FACTS_MOST]);

#endif
