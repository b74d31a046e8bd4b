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

#define REPORT_ID "REPORT_ID"

enum {
	FACTS_MOST = 11, /* GitLab takes 20 variables a job, from all its dotenv files together */
};

/*
 * VERDICT (passed, failed, incomplete), DATABASE (full, starter), EXIT_STATUS, GAPS, OPEN (what the
 * policy judges), CRITICAL, HIGH, MEDIUM, LOW (with the negligible ones) and UNKNOWN, which count all
 * that is not set aside, whether it reaches the threshold or not. Returns how many; values are in the arena.
 */
size_t facts_of(const struct report *r, struct arena *a, struct fact ret[FACTS_MOST]);

/*
 * 32 hexadecimal digits that tell a scan from any other: of its time, image and database, and of how much it
 * found, but not of what a policy says of it. Judged anew, a stored report keeps it. REPORT_ID among the facts.
 */
const char *report_id(const struct report *r, struct arena *a);

#endif
