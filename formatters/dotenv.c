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
 * OPEN counts what the policy judges, the severities all that is not set aside, whether it
 * reaches the threshold or not. LOW holds the negligible ones, too. DATABASE is starter or full.
 */
#include "formatters/dotenv.h"

#include "formatters/formatter.h"
#include "formatters/verdict.h"

static size_t
count(const struct report *r, enum severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		n += r->findings[i].severity == s && !finding_set_aside(&r->findings[i]);
	return n;
}

static int
write_dotenv(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	const struct {
		const char *name;
		size_t count;
	} counts[] = {
		{ "EXIT_STATUS", (size_t)r->exit_status },
		{ "GAPS", r->ngaps },
		{ "OPEN", r->standings[STANDING_OPEN] },
		{ "CRITICAL", count(r, SEVERITY_CRITICAL) },
		{ "HIGH", count(r, SEVERITY_HIGH) },
		{ "MEDIUM", count(r, SEVERITY_MEDIUM) },
		{ "LOW", count(r, SEVERITY_LOW) + count(r, SEVERITY_NEGLIGIBLE) },
		{ "UNKNOWN", count(r, SEVERITY_UNKNOWN) },
	};

	(void)o, (void)err;
	fprintf(out, DOTENV_PREFIX "VERDICT=%s\n", verdict_name(r));
	fprintf(out, DOTENV_PREFIX "DATABASE=%s\n", is_starter(r) ? "starter" : "full");
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
