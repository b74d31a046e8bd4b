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
 * empty lines; an instance of one's own takes 20 variables a job, from all its files together. So there are eleven,
 * and their values are digits and words of ours: nothing that strangers wrote is in here.
 * What they say stands in facts.h.
 */
#include "formatters/dotenv.h"

#include "formatters/facts.h"
#include "formatters/formatter.h"
#include "step/base/io.h"

static int
write_dotenv(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct fact facts[FACTS_MOST];
	size_t n = facts_of(r, a, facts);

	(void)o, (void)err;
	for (size_t i = 0; i < n; i++)
		fprintf(out, DOTENV_PREFIX "%s=%s\n", facts[i].name, facts[i].value);
	return 0;
}

const struct formatter formatter_dotenv = {
	.name = "dotenv",
	.summary = "verdict and counts as variables for later jobs",
	.spec = "https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv",
	.file = "scanstep.env",
	.write = write_dotenv,
};
