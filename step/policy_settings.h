/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_settings.h - what the settings say of policy, the same for a scan and for a stored report
 */
#ifndef STEP_POLICY_SETTINGS_H
#define STEP_POLICY_SETTINGS_H

#include "step/options.h"
#include "step/policy/policy.h"

/* The settings as a report keeps them. */
struct policy_summary policy_of(const struct options *o);

/* Every allow-list that the settings name, in the arena; NULL if they name none. ERR_USAGE. */
int allowlists_of(
    const struct options *o, struct arena *a, struct allowlist **ret, struct err *err) MUST_CHECK;

#endif
