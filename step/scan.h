/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - an image in, a sealed report out
 */
#ifndef STEP_SCAN_H
#define STEP_SCAN_H

#include "step/options.h"

/*
 * Get the image that the first operand names, find its packages, match and judge them. ret and all
 * its text lie in the arena; it is sealed. Nothing is written yet, but the files of earlier runs are
 * gone (outputs_clear()). Says on standard error what is being done. Errors are of every kind.
 */
int scan_image(const struct options *o, struct arena *a, const struct report **ret,
    struct err *err) MUST_CHECK;

#endif
