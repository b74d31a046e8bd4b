/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stored.h - a stored report, for the commands that need no image
 */
#ifndef STEP_STORED_H
#define STEP_STORED_H

#include "step/model/model.h"

/* The json report at path ("-": standard input) as a draft in the arena. Errors are ERR_USAGE and name it. */
int stored_read(
    const char *path, struct arena *a, struct report_draft **ret, struct err *err) MUST_CHECK;

#endif
