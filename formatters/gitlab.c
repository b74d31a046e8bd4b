/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.c - GitLab's container-scanning report, for its vulnerability report and merge requests
 *
 * Spec: https://gitlab.com/gitlab-org/security-products/security-report-schemas
 *
 * Declares 15.0.7, which every GitLab since 15 knows, and holds nothing that 15.2.1
 * refuses: one value that does not match, and GitLab takes nothing of the report.
 *
 * Findings that an allow-list, a setting or VEX dismissed are left out, as GitLab's own analyzer
 * does, and so are those under --report-min; a message counts them. Within GitLab a finding is its first
 * identifier, the image and the package's name: two versions or copies of a package are
 * one there. The image counts with its tag unless default_branch_image stands in for it; it is
 * called by its name, not as it was typed: an archive's path is another on each machine.
 *
 * Status: "success", but "failure" where the exit status is that of an incomplete scan; accepted gaps
 * do not change it. GitLab takes in both (what keeps it from that is a job that failed), so
 * gaps are messages, too: "warn", which is a partial error; "fatal" would say that the
 * scan broke off.
 *
 * Left out: primary_identifiers (GitLab resolves on its own what is not in that list),
 * remediations (they are patches), the analyzer's address (there is none), times of
 * their own for start and end (a report knows one).
 */
#include "formatters/gitlab.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

enum {
	IMAGE_MOST = 1000, /* code points */
	SYSTEM_MOST = 255,
	BRANCH_IMAGE_MOST = 255, /* the schema's */
};

static void
put_tool(struct gitlab *g, const char *key)
{
	const char *version = short_line(g->scratch, g->r->tool_version, SYSTEM_MOST);

	jsonout_open(&g->j, key, '{');
	jsonout_text(&g->j, "id", "scanstep");
	jsonout_text(&g->j, "name", "scanstep");
	jsonout_text(&g->j, "version", version ? version : "unknown");
	jsonout_open(&g->j, "vendor", '{');
	jsonout_text(&g->j, "name", "scanstep");
	jsonout_close(&g->j);
	jsonout_close(&g->j);
}

/* ---- Messages ---- */

static void
put_message(struct gitlab *g, const char *level, const char *text)
{
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "level", level);
	jsonout_text(&g->j, "value", text);
	jsonout_close(&g->j);
	arena_reset(g->scratch);
}

static void
put_warnings(struct gitlab *g)
{
	const struct report *r = g->r;

	for (size_t i = 0; i < r->ngaps && i < GITLAB_MESSAGES; i++)
		put_message(g, "warn", gitlab_gap(g->scratch, &r->gaps[i]));
	if (r->ngaps > GITLAB_MESSAGES)
		put_message(
		    g, "warn", arena_textf(g->scratch, "There are %zu gaps in all.", r->ngaps));
	for (size_t i = 0; i < r->nnotices && i < GITLAB_MESSAGES; i++)
		put_message(g, "warn", gitlab_notice(g->scratch, &r->notices[i]));
	if (r->nnotices > GITLAB_MESSAGES)
		put_message(g, "warn",
		    arena_textf(g->scratch, "There are %zu notices in all.", r->nnotices));
	if (g->o->default_branch_image && !g->default_branch_image)
		put_message(g, "warn",
		    "The image's name on the default branch is left out: it is blank or longer than "
		    "255 characters.");
}

static void
put_messages(struct gitlab *g)
{
	const struct report *r = g->r;
	size_t dismissed = 0, below = 0;

	for (size_t i = 0; i < r->nfindings; i++) {
		bool is_dismissed = finding_dismissed(&r->findings[i]);

		dismissed += is_dismissed;
		below += !is_dismissed && !gitlab_lists(g->o, &r->findings[i]);
	}
	jsonout_open(&g->j, "messages", '[');
	put_warnings(g);
	put_message(g, "info", verdict_line(g->scratch, r));
	put_message(g, "info",
	    short_line(g->scratch,
		arena_textf(g->scratch, "Packages found: %zu; advisory database: %s, of %s.",
		    r->npackages, r->database.source, r->database.built),
		IMAGE_MOST));
	if (dismissed > 0)
		put_message(g, "info",
		    arena_textf(g->scratch,
			"%zu of %zu findings are left out: an allow-list, a setting or VEX sets them "
			"aside.",
			dismissed, r->nfindings));
	if (below > 0)
		put_message(
		    g, "info", below_words(g->scratch, below, r->nfindings, g->o->report_min));
	jsonout_close(&g->j);
}

static void
put_scan(struct gitlab *g)
{
	const char *time = bare_time(g->scratch, g->r->scanned_at);

	jsonout_open(&g->j, "scan", '{');
	put_tool(g, "analyzer");
	put_tool(g, "scanner");
	jsonout_text(&g->j, "type", "container_scanning");
	jsonout_text(&g->j, "start_time", time);
	jsonout_text(&g->j, "end_time", time);
	jsonout_text(&g->j, "status", is_incomplete(g->r) ? "failure" : "success");
	put_messages(g);
	jsonout_close(&g->j);
}

/* ---- The report ---- */

/* "debian 12" */
static const char *
operating_system(struct arena *a, const struct distro *d)
{
	const char *id = d ? short_line(a, d->id, SYSTEM_MOST) : NULL;
	const char *version = d ? short_line(a, d->version, SYSTEM_MOST) : NULL;
	const char *name = d && !id ? short_line(a, d->name, SYSTEM_MOST) : NULL;

	if (!id)
		return name ? name : "Unknown";
	return version ? arena_textf(a, "%s %s", id, version) : id;
}

static void
find_places(struct gitlab *g, struct arena *a)
{
	const struct image *img = &g->r->image;
	/* One more than fits, so that a name is never cut: it would be another image's. */
	const char *branch = short_line(a, g->o->default_branch_image, BRANCH_IMAGE_MOST + 1);

	g->operating_system = operating_system(a, img->distro);
	g->image = short_line(a, img->name, IMAGE_MOST);
	if (!g->image)
		g->image = "unknown";
	if (img->tag && short_line(a, img->tag, IMAGE_MOST))
		g->image = arena_textf(a, "%s:%s", g->image, short_line(a, img->tag, IMAGE_MOST));
	else if (img->digest && short_line(a, img->digest, IMAGE_MOST))
		g->image =
		    arena_textf(a, "%s@%s", g->image, short_line(a, img->digest, IMAGE_MOST));
	if (branch && strcmp(branch, cut_text(a, branch, BRANCH_IMAGE_MOST)) == 0)
		g->default_branch_image = branch;
}

static int
write_gitlab(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_ARENA kept = arena_new();
	struct gitlab g = { .r = r, .o = o, .scratch = scratch };

	jsonout_init(&g.j, out);
	g.j.flat = 5; /* an identifier, a detail: a line each */
	gitlab_find_shared(&g, kept);
	find_places(&g, kept);
	jsonout_open(&g.j, NULL, '{');
	jsonout_text(&g.j, "version", "15.0.7");
	jsonout_text(&g.j, "schema",
	    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7"
	    "/dist/container-scanning-report-format.json");
	put_scan(&g);
	jsonout_open(&g.j, "vulnerabilities", '[');
	for (size_t i = 0; i < r->nfindings; i++)
		if (gitlab_lists(o, &r->findings[i]))
			gitlab_put_finding(&g, &r->findings[i]);
	gitlab_put_eol(&g);
	jsonout_close(&g.j);
	jsonout_open(&g.j, "remediations", '[');
	jsonout_close(&g.j);
	jsonout_close(&g.j);
	return jsonout_finish(&g.j, err);
}

const struct formatter formatter_gitlab = {
	.name = "gitlab",
	.summary = "GitLab container scanning, for its vulnerability report",
	.spec = "https://gitlab.com/gitlab-org/security-products/security-report-schemas",
	.file = "gl-container-scanning-report.json",
	.write = write_gitlab,
};
