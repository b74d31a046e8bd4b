/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.h - a stored report in, one that is judged anew out
 */
#ifndef STEP_GATE_H
#define STEP_GATE_H

#include "step/options.h"

/*
 * Read the json report that the first operand names and apply the policy of the settings. ret and all its
 * text lie in the arena; it is sealed. Nothing is written yet, but the files of earlier runs are gone.
 */
int gate_report(const struct options *o, struct arena *a, const struct report **ret,
    struct err *err) MUST_CHECK;

#endif
