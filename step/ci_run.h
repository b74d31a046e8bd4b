/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ci_run.h - one run of ci or ci gate: what the CI system says beyond settings, and how its log is shaped
 */
#ifndef STEP_CI_RUN_H
#define STEP_CI_RUN_H

#include "step/ci/ci.h"
#include "step/options.h"

/* The options on their way from what was parsed to what is run. */
struct ci_run {
	struct options options;
	const struct ci_plan *plan;
	struct arena *arena;
};

/* The image becomes the first operand, checked. ERR_USAGE, without what could be a password. */
int ci_find_image(struct ci_run *run, struct err *err) MUST_CHECK;
/* The checkout's allow-lists become settings, unless somebody named others: never those of the image. */
void ci_find_allowlists(struct ci_run *run);
/* The CI system's credentials become logins: of the image's registry, unless scanstep's own are named, or of a site. */
void ci_find_credentials(struct ci_run *run);
/* The folders that the CI system's reports want; what goes to an optional one that cannot be is left out. ERR_OUTPUT. */
int ci_make_folders(struct ci_run *run, struct err *err) MUST_CHECK;
/* Removes the CI system's reports that are not written, because they go elsewhere. */
void ci_remove_others(struct ci_run *run);

/* The findings become a section of the log, where it has sections. */
void ci_fold_outputs(struct ci_run *run);
/* What was made of the environment, on standard error; not with --quiet. */
void ci_tell_plan(struct ci_run *run);

#endif
