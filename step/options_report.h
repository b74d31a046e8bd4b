/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_report.h - how the settings that say where reports go, and where they point to, are read
 *
 * Each is the read() of its row in option_rows.
 */
#ifndef STEP_OPTIONS_REPORT_H
#define STEP_OPTIONS_REPORT_H

#include "step/options.h"

int option_read_output(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err) MUST_CHECK;
int option_read_location(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err) MUST_CHECK;
int option_read_suppressed(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err) MUST_CHECK;

#endif
