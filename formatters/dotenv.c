/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dotenv.c - verdict and counts as variables that a pipeline's later jobs inherit
 *
 *      SCANSTEP_RESULT_VERDICT=failed
 *      SCANSTEP_RESULT_EXIT_STATUS=1
 *
 * Spec: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
 *
 * GitLab takes 5 KB, names of letters, digits and underscores, and no quotes, blanks, comments or
 * empty lines; an instance of one's own takes 20 variables a job, from all its files together. So there are ten,
 * and their values are digits and words of ours: nothing that strangers wrote is in here.
 *
 * FINDINGS counts all; OPEN, and the severities, which add up to it, those that stand open. LOW
 * holds the negligible ones, too.
 */
#include "formatters/dotenv.h"

#include "formatters/formatter.h"

static const char *
verdict(const struct report *r)
{
	if (r->passed)
		return "passed";
	return r->exit_status == STATUS_INCOMPLETE ? "incomplete" : "failed";
}

static int
write_dotenv(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	const struct {
		const char *name;
		size_t count;
	} counts[] = {
		{ "EXIT_STATUS", (size_t)r->exit_status },
		{ "FINDINGS", r->nfindings },
		{ "OPEN", r->standings[STANDING_OPEN] },
		{ "CRITICAL", r->open[SEVERITY_CRITICAL] },
		{ "HIGH", r->open[SEVERITY_HIGH] },
		{ "MEDIUM", r->open[SEVERITY_MEDIUM] },
		{ "LOW", (size_t)r->open[SEVERITY_LOW] + r->open[SEVERITY_NEGLIGIBLE] },
		{ "UNKNOWN", r->open[SEVERITY_UNKNOWN] },
		{ "GAPS", r->ngaps },
	};

	(void)o, (void)err;
	fprintf(out, DOTENV_PREFIX "VERDICT=%s\n", verdict(r));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		fprintf(out, DOTENV_PREFIX "%s=%zu\n", counts[i].name, counts[i].count);
	return 0;
}

const struct formatter formatter_dotenv = {
	.name = "dotenv",
	.summary = "verdict and counts as variables for later jobs",
	.spec = "https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv",
	.file = "scanstep.env",
	.write = write_dotenv,
};
