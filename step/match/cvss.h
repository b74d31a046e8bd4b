/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.h - CVSS 2, 3.0, 3.1 and 4.0 vectors into a score and a severity
 */
#ifndef STEP_MATCH_CVSS_H
#define STEP_MATCH_CVSS_H

#include "step/model/model.h"

/*
 * The base score of a vector: "CVSS:3.1/AV:N/...", "CVSS:4.0/...", or CVSS 2's
 * "AV:N/AC:L/Au:N/..." with or without parentheses. Optional metrics are read and,
 * for 2 and 3, left out of the base score; for 4.0 they count as its specification
 * says. 0.0 to 10.0 with one decimal, or negative for what is no valid vector.
 */
double cvss_score(struct str vector);

/* The rating scale of CVSS 3 and 4: 0.0 is negligible, to 3.9 low, to 6.9 medium, to 8.9 high. */
enum severity cvss_severity(double score); /* negative is SEVERITY_UNKNOWN */

#endif
