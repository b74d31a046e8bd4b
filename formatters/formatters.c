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
extern const struct formatter formatter_junit;
extern const struct formatter formatter_gitlab;
extern const struct formatter formatter_html;
extern const struct formatter formatter_markdown;
extern const struct formatter formatter_csv;
extern const struct formatter formatter_cyclonedx;
extern const struct formatter formatter_openvex;
extern const struct formatter formatter_codequality;
extern const struct formatter formatter_jenkins;
extern const struct formatter formatter_github;
extern const struct formatter formatter_clair;
extern const struct formatter formatter_dotenv;

const struct formatter *const formatters[] = {
	&formatter_table,
	&formatter_json,
	&formatter_sarif,
	&formatter_junit,
	&formatter_gitlab,
	&formatter_html,
	&formatter_markdown,
	&formatter_csv,
	&formatter_cyclonedx,
	&formatter_openvex,
	&formatter_codequality,
	&formatter_jenkins,
	&formatter_github,
	&formatter_clair,
	&formatter_dotenv,
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
finding_set_aside(const struct finding *f)
{
	return f->standing == STANDING_BASELINE || finding_dismissed(f);
}

bool
format_lists(const struct format_opts *o, const struct finding *f)
{
	return severity_reaches(f->severity, o->report_min);
}
