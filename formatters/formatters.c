/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formatters.c - the table of report formats
 *
 * One row per format; nothing else in the program lists them.
 */
#include "formatters/formatter.h"

extern const struct formatter formatter_table;
extern const struct formatter formatter_json;
extern const struct formatter formatter_sarif;

const struct formatter *const formatters[] = {
	&formatter_table,
	&formatter_json,
	&formatter_sarif,
};

const size_t nformatters = ARRAY_LEN(formatters);

const struct formatter *
formatter_find(struct str name)
{
	for (size_t i = 0; i < nformatters; i++)
		if (str_is(name, formatters[i]->name))
			return formatters[i];
	return NULL;
}

bool
format_lists(const struct format_opts *o, const struct finding *f)
{
	return severity_reaches(f->severity, o->report_min);
}
