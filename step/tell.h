/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h - the verdict on standard error, where no report tells it
 */
#ifndef STEP_TELL_H
#define STEP_TELL_H

#include "step/options.h"

/*
 * A job that fails must say why in its log. Where no report for people goes to standard output, say
 * the notices as warnings, and the verdict unless it is passed.
 */
void tell_report(const struct options *o, const struct report *r);

#endif
