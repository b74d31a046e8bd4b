/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stages.h - from an image, or a stored report, to a verdict: what several commands do
 */
#ifndef STEP_STAGES_H
#define STEP_STAGES_H

#include "step/options.h"

/*
 * Get the image that the first operand names, find its packages, match and judge them. ret, in the
 * arena, is sealed; nothing is written yet, but the files of earlier runs are gone
 * (outputs_clear()). Says on standard error what is being done. Errors are of every kind.
 */
int scan_image(const struct options *o, struct arena *a, const struct report **ret,
    struct err *err) MUST_CHECK;

/* The same from the json report that the first operand names: only the policy is applied anew. */
int gate_report(const struct options *o, struct arena *a, const struct report **ret,
    struct err *err) MUST_CHECK;

/* Write the reports and tell the verdict: its exit status, or -1 with err (ERR_OUTPUT). */
int answer(const struct options *o, const struct report *r, struct err *err) MUST_CHECK;

#endif
