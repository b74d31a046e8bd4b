/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - what policy may decide: the standing of each finding, and notices
 *
 * It makes no findings and takes none away.
 */
#ifndef STEP_POLICY_POLICY_H
#define STEP_POLICY_POLICY_H

#include "step/base/io.h"
#include "step/model/model.h"

/* Accepted findings, each with a scope, a reason and an expiry. */
struct allowlist;

/*
 * Read allow-lists (their grammars are on top of the allowlist files) into one in the arena, NULL if
 * there are no paths. Anything that is not understood is ERR_USAGE naming file and line: a gate
 * must not guess.
 */
int allowlist_read(const char *const *paths, size_t n, struct arena *a, struct allowlist **ret,
    struct err *err) MUST_CHECK;

/*
 * Decide the standing of every finding of the draft by the allow-list (or NULL) and
 * draft->report.policy; expired and unused entries become notices. now: seconds
 * since the epoch, for expiry. Standings that a stored report brought are decided anew.
 */
void policy_apply(struct report_draft *d, const struct allowlist *list, int64_t now);

#endif
