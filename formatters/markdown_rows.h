/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_rows.h - the tables of the markdown format: upgrades and findings
 */
#ifndef FORMATTERS_MARKDOWN_ROWS_H
#define FORMATTERS_MARKDOWN_ROWS_H

#include "formatters/markdown_page.h"

/* Each with its heading, and nothing where there is no row; as much of it as its section has room for. */

/* What to upgrade, and how many open findings each upgrade closes. */
void markdown_upgrades(struct markdown *m);
/* The findings that are listed: open ones, those that do not count, dismissed ones. */
void markdown_findings(struct markdown *m);

#endif
