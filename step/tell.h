/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h - reports to where they go, and what is said of it on standard error
 */
#ifndef STEP_TELL_H
#define STEP_TELL_H

#include "step/options.h"

/*
 * Write the reports; say which, with -v. A job that fails must say why in its log: where no report for
 * people goes to standard output, the notices are said as warnings, and the verdict unless it is
 * passed. The verdict's exit status, or -1 with err (ERR_OUTPUT).
 */
int report_deliver(const struct options *o, const struct report *r, struct err *err) MUST_CHECK;

/* The files that were written, with -v. */
void tell_written(const struct options *o);

#endif
