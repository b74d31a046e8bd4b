/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - findings that are one thing to a reader: one vulnerability of a source package, one upgrade
 */
#ifndef FORMATTERS_ROWS_H
#define FORMATTERS_ROWS_H

#include "step/model/model.h"

/* Findings with something in common. */
struct row {
	const struct finding **members; /* in the report's order; at least one */
	size_t n;
};

/*
 * Sort list and cut it into rows: findings that compare() calls equal are one. compare() is as for
 * qsort() and gets pointers to the list's elements, which point into one report. Rows are in the order of their
 * first members: the worst first. ret has room for n rows, which point into list; returns how many.
 */
size_t rows_make(const struct finding **list, size_t n, int (*compare)(const void *, const void *),
    struct row *ret);

/* Has the i-th member the package name of the one before it, in another architecture or place? */
bool row_repeats(const struct row *row, size_t i);

/* For sorting rows: by their first members' place in the report. */
int rows_order(const void *a, const void *b);

/* Different vulnerabilities among all findings. */
size_t count_vulnerabilities(const struct report *r);

/* The first of the pairs that differ decides, as text_compare() does of each. */
int order_of_texts(const char *const (*pairs)[2], size_t n);

/* By severity (the worst first), fix, standing and decision: what is to be done, and what was decided. */
int compare_outcomes(const struct finding *f, const struct finding *g);

#endif
