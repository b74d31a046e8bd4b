/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_rows.h - the table's findings: one row for a vulnerability of a source package
 */
#ifndef FORMATTERS_TABLE_ROWS_H
#define FORMATTERS_TABLE_ROWS_H

#include "formatters/table_page.h"

/* The findings that are listed and not set aside, as rows under a head; nothing where there is none. */
void table_findings(const struct table *t);

#endif
