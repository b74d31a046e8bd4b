/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.h - reports to where -o wants them: all of them whole, or none
 */
#ifndef STEP_OUTPUTS_H
#define STEP_OUTPUTS_H

#include "step/options.h"

/*
 * Remove the files that earlier runs left where the outputs will be, so that none
 * outlives a failure and is mistaken for a result. Call it once command line and
 * inputs are accepted. A file that is also an input (an operand, the allow-list, the
 * database) stays until its successor is renamed over it; devices and pipes
 * stay too. Errors are ERR_OUTPUT.
 */
int outputs_clear(const struct options *o, struct err *err) MUST_CHECK;

/*
 * Make a folder for reports, and those above it, as the umask has it. ERR_OUTPUT if files cannot be made in it,
 * or if a path from the current folder on leads over a symbolic link.
 */
int outputs_make_folder(const char *path, struct err *err) MUST_CHECK;

/*
 * Write every report. Files appear under their names only when all of them and
 * standard output are written. Errors are ERR_OUTPUT.
 */
int outputs_write(const struct options *o, const struct report *r, struct err *err) MUST_CHECK;

#endif
