/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_rule.h - a rule of SARIF: a vulnerability
 */
#ifndef FORMATTERS_SARIF_RULE_H
#define FORMATTERS_SARIF_RULE_H

#include "formatters/sarif_document.h"

/* The vulnerability's id; on a file of the checkout, with the package (see sarif_rule.c). In scratch. */
char *sarif_rule_id(const struct sarif *s, const struct sarif_result *result);
/* The rule of a result, as an element of "rules". Texts stay in scratch. */
void sarif_put_rule(struct sarif *s, const struct sarif_result *result);

#endif
