/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss_metrics.h - the metrics of a CVSS vector, for the files that score it
 */
#ifndef STEP_MATCH_CVSS_METRICS_H
#define STEP_MATCH_CVSS_METRICS_H

#include "step/base/base.h"

enum {
	METRICS_MAX = 32, /* CVSS 4.0 has 32 */
	METRIC_ABSENT = -1
};

struct metric {
	const char *name;
	const char *values; /* with blanks between them: "N A L P" */
	bool required;
};

/*
 * Reads "NAME:VALUE/NAME:VALUE...": ret[i] becomes the place in table[i].values of the value of
 * metric i, or METRIC_ABSENT. False if a metric is unknown, there twice, missing though
 * required, has another value, or, with in_order, comes before one that the table has earlier.
 */
bool metrics_parse(
    struct str vector, const struct metric *table, size_t n, bool in_order, int ret[METRICS_MAX]);

/* The score of "AV:N/AC:..." as CVSS 4.0 has it, or negative. */
double cvss4_score(struct str vector);

#endif
