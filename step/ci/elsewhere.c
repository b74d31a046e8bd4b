/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elsewhere.c - no CI system that is known: no reports of its own, all else as in any pipeline
 */
#include "step/ci/ci.h"

static bool
is_anywhere(void)
{
	return true;
}

static const char *const no_outputs[] = { NULL };

const struct ci_system ci_elsewhere = {
	.name = "elsewhere",
	.title = "no CI system that is known",
	.is_here = is_anywhere,
	.outputs = no_outputs,
	.stored = "scanstep.json", /* as the templates name it */
};
