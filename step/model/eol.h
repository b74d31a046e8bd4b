/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eol.h - until when each release of a distribution gets security fixes
 */
#ifndef STEP_MODEL_EOL_H
#define STEP_MODEL_EOL_H

#include "step/base/base.h"

/* The last day, "2028-06-30", of the release that this version (VERSION_ID) belongs to, or NULL. */
const char *eol_date(const char *id, const char *version);

#endif
