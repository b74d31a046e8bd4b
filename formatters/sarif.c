/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - SARIF 2.1.0, for GitHub code scanning, GitLab, Jenkins, DefectDojo
 *
 * Spec: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 *
 * A rule is a vulnerability, a result a package that it affects; what the readers of each force
 * stands in sarif_results.c, sarif_rule.c, sarif_result.c and sarif_text.c. Gaps and notices are
 * notifications (sarif_notifications.c), and with a gap the execution was no success, whether the
 * policy accepts it or not.
 *
 * A validator of GitHub's rules wants an address of the tool. It has none on the web, so its manual
 * page stands there, which "make install" installs. Left out: artifacts and originalUriBaseIds,
 * which some readers trip over, and related locations, which nobody shows without links in the
 * message.
 */
#include "formatters/sarif_notifications.h"
#include "formatters/sarif_results.h"
#include "formatters/sarif_text.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

/* "1.2.3", perhaps with more behind it: what semanticVersion may be. */
static bool
is_semantic(const char *version)
{
	size_t dots = 0;
	const char *p = version;

	for (; *p && strchr("0123456789.", *p); p++) {
		if (*p == '.' && (p == version || p[-1] == '.' || ++dots > 2))
			return false;
	}
	if (dots != 2 || p[-1] == '.' || (*p && !strchr("-+", *p)))
		return false;
	return p[strspn(p, UNRESERVED_URI "+")] == '\0' && strlen(version) <= SARIF_NAME_MAX;
}

static void
put_tool(struct sarif *s)
{
	const char *version = s->r->tool_version;

	jsonout_open(&s->j, "tool", '{');
	jsonout_open(&s->j, "driver", '{');
	jsonout_text(&s->j, "name", "scanstep");
	jsonout_text(&s->j, "informationUri", "man:scanstep(1)");
	sarif_put_known(s, "version", version);
	if (is_semantic(version))
		jsonout_text(&s->j, "semanticVersion", version);
	sarif_put_rules(s);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_invocation(struct sarif *s)
{
	const struct report *r = s->r;

	jsonout_open(&s->j, "invocations", '[');
	jsonout_open(&s->j, NULL, '{');
	jsonout_bool(&s->j, "executionSuccessful", r->ngaps == 0);
	jsonout_integer(&s->j, "exitCode", (uint64_t)r->exit_status);
	jsonout_text(&s->j, "exitCodeDescription", verdict_line(s->scratch, r));
	jsonout_text(&s->j, "endTimeUtc", r->scanned_at);
	sarif_put_notifications(s);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_run_properties(struct sarif *s)
{
	const struct report *r = s->r;

	jsonout_open(&s->j, "properties", '{');
	sarif_put_known(s, "imageReference", r->image.reference);
	sarif_put_known(s, "imageTag", r->image.tag);
	sarif_put_known(s, "imageDigest", r->image.digest);
	sarif_put_known(s, "imagePlatform", r->image.platform);
	sarif_put_known(s, "distribution", r->image.distro ? r->image.distro->name : NULL);
	jsonout_integer(&s->j, "packages", r->npackages);
	sarif_put_known(s, "databaseSource", r->database.source);
	sarif_put_known(s, "databaseBuilt", r->database.built);
	jsonout_close(&s->j);
}

static void
put_run(struct sarif *s)
{
	jsonout_open(&s->j, NULL, '{');
	put_tool(s);
	jsonout_open(&s->j, "automationDetails", '{');
	jsonout_text(&s->j, "id", sarif_category(s->scratch, &s->r->image));
	jsonout_close(&s->j);
	jsonout_text(&s->j, "columnKind", "utf16CodeUnits");
	put_invocation(s);
	put_run_properties(s);
	sarif_put_results(s);
	jsonout_close(&s->j);
}

static int
write_sarif(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_FREE struct sarif_result *results = xalloc(SARIF_RESULTS_MAX * sizeof(*results));
	struct sarif s = { .r = r, .o = o, .scratch = scratch, .results = results };

	if (sarif_choose(&s, err) < 0)
		return -1;
	jsonout_init(&s.j, out);
	jsonout_open(&s.j, NULL, '{');
	jsonout_text(&s.j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	jsonout_text(&s.j, "version", "2.1.0");
	jsonout_open(&s.j, "runs", '[');
	put_run(&s);
	jsonout_close(&s.j);
	jsonout_close(&s.j);
	return jsonout_finish(&s.j, err);
}

const struct formatter formatter_sarif = {
	.name = "sarif",
	.summary = "SARIF 2.1.0, for code scanning",
	.spec =
	    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html",
	.file = "scanstep.sarif",
	.write = write_sarif,
};
