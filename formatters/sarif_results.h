/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_results.h - which findings become results of SARIF, which rule each has, and what all of it may take
 */
#ifndef FORMATTERS_SARIF_RESULTS_H
#define FORMATTERS_SARIF_RESULTS_H

#include "formatters/sarif_document.h"

/* Sets results, nresults and nleft_out, text_max and is_large; results has room for SARIF_RESULTS_MAX. */
int sarif_choose(struct sarif *s, struct err *err) MUST_CHECK;
/* "rules" and "results", of what was chosen; scratch is reset. */
void sarif_put_rules(struct sarif *s);
void sarif_put_results(struct sarif *s);

#endif
