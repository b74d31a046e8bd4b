/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_result.h - a result of SARIF: a package that a vulnerability affects
 */
#ifndef FORMATTERS_SARIF_RESULT_H
#define FORMATTERS_SARIF_RESULT_H

#include "formatters/sarif_document.h"

/* An element of "results". Texts stay in scratch. */
void sarif_put_result(struct sarif *s, const struct sarif_result *result);

#endif
