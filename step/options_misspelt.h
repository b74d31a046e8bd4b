/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_misspelt.h - variables that look like settings and are none
 */
#ifndef STEP_OPTIONS_MISSPELT_H
#define STEP_OPTIONS_MISSPELT_H

#include "step/options.h"

/* A warning for each SCANSTEP_ variable of the environment that is no setting, with the one that was meant. */
void options_find_misspelt(struct options *o, struct arena *a);

#endif
