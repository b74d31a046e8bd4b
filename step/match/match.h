/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - packages and the advisory database in, findings out
 */
#ifndef STEP_MATCH_MATCH_H
#define STEP_MATCH_MATCH_H

#include "step/advisory/store.h"

/*
 * Appends to the draft a finding for each package and vulnerability that
 * applies: by source name and source version for deb and apk, one finding per
 * package and vulnerability however many advisories tell of it. Packages that
 * the database does not cover, and versions that cannot be compared, become gaps.
 */
int match_packages(struct report_draft *d, struct store *s, struct err *err) MUST_CHECK;

#endif
