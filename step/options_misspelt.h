/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_misspelt.h - variables that look like settings and are none
 */
#ifndef STEP_OPTIONS_MISSPELT_H
#define STEP_OPTIONS_MISSPELT_H

#include "step/base/base.h"

/*
 * How many SCANSTEP_ variables of the environment are no settings; *ret is a sentence for each, with the one
 * that was meant, in the arena.
 */
size_t options_misspelt(struct arena *a, const char ***ret);

#endif
