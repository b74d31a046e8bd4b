/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - SARIF 2.1.0, for GitHub code scanning, GitLab, Jenkins, DefectDojo
 *
 * Spec: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 *
 * A rule is a vulnerability, a result a package that it affects. What its readers
 * force: one location per result with a whole region (a finding each per location);
 * plain message.text of at most 1,024 characters that names package and version;
 * relative addresses without tag or digest, so that an alert survives a rebuild; a
 * category for each image in automationDetails.id.
 *
 * Allowed findings (allow-list, VEX) are left out: GitHub would raise alerts of
 * them, suppressed or not. So are those under --report-min. Of more than 5,000
 * results GitHub and GitLab keep 5,000: we keep the worst and say how many we left
 * out. Gaps and notices are notifications, and with a gap the execution was no success.
 */
#include "formatters/sarif.h"
#include "formatters/formatter.h"
#include "formatters/jsonout.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

#define RESULTS_MOST       5000 /* what GitHub and GitLab keep */
#define NOTIFICATIONS_MOST 1000

struct result {
	const struct finding *finding;
	size_t first; /* of the results with this vulnerability: the rule is made from it */
	size_t rule;  /* its index */
};

struct sarif {
	struct jsonout j;
	const struct report *r;
	struct arena *scratch;
	struct result *results;
	size_t nresults, nleft_out;
};

static bool
is_result(const struct format_opts *o, const struct finding *f)
{
	return !finding_dismissed(f) && format_lists(o, f);
}

/* By vulnerability; within one as in the report. */
static int
compare_results(const void *a, const void *b)
{
	const struct result *const *x = a, *const *y = b;
	int order = strcmp((*x)->finding->vulnerability->id, (*y)->finding->vulnerability->id);

	return order ? order : (*x > *y) - (*x < *y);
}

/* Number the rules in the order in which results first speak of them. */
static void
number_rules(struct sarif *s)
{
	AUTO_FREE struct result **sorted = xalloc(s->nresults * sizeof(struct result *));
	size_t nrules = 0, first = 0;

	for (size_t i = 0; i < s->nresults; i++)
		sorted[i] = &s->results[i];
	qsort(sorted, s->nresults, sizeof(*sorted), compare_results);
	for (size_t i = 0; i < s->nresults; i++) {
		if (i == 0 || strcmp(sorted[i]->finding->vulnerability->id,
				  sorted[i - 1]->finding->vulnerability->id) != 0)
			first = (size_t)(sorted[i] - s->results);
		sorted[i]->first = first;
	}
	for (size_t i = 0; i < s->nresults; i++) {
		struct result *r = &s->results[i];

		r->rule = r->first == i ? nrules++ : s->results[r->first].rule;
	}
}

static void
choose_results(struct sarif *s, const struct format_opts *o)
{
	for (size_t i = 0; i < s->r->nfindings; i++) {
		const struct finding *f = &s->r->findings[i];

		if (!is_result(o, f))
			continue;
		if (s->nresults < RESULTS_MOST)
			s->results[s->nresults++].finding = f;
		else
			s->nleft_out++;
	}
	number_rules(s);
}

/* "shortDescription": { "text": ... } */
static void
put_message(struct jsonout *j, const char *key, const char *text)
{
	jsonout_open(j, key, '{');
	jsonout_text(j, "text", text);
	jsonout_close(j);
}

/* GitLab finds the CVE of another id in a tag. */
static void
put_tags(struct sarif *s, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;

	jsonout_open(&s->j, "tags", '[');
	jsonout_text(&s->j, NULL, "security");
	jsonout_text(&s->j, NULL, "vulnerability");
	jsonout_text(&s->j, NULL, "container");
	for (size_t i = 0; v->aliases[i] && !is_cve(v->id); i++) {
		if (!is_cve(v->aliases[i]))
			continue;
		jsonout_text(&s->j, NULL, arena_textf(s->scratch, "cve-%s", v->aliases[i] + 4));
		break;
	}
	jsonout_close(&s->j);
}

static void
put_help(struct sarif *s, const struct vulnerability *v)
{
	const char *link = web_link(v->url);

	put_message(&s->j, "help",
	    arena_textf(s->scratch,
		"%s%s%s\n\nUpdate the package in the image, or rebuild the image on a newer base.",
		v->id, link ? ": " : "", link ? link : ""));
	if (link)
		jsonout_text(&s->j, "helpUri", link);
}

static void
put_rule(struct sarif *s, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const char *title = v->title && *v->title ? v->title : v->id;
	const char *details = v->details && *v->details ? v->details : title;
	const char *score = sarif_score(s->scratch, v->cvss_score, f->severity);

	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "id", v->id);
	jsonout_text(&s->j, "name", "OsPackageVulnerability");
	put_message(&s->j, "shortDescription", sarif_sentence(s->scratch, title));
	put_message(&s->j, "fullDescription", sarif_sentence(s->scratch, details));
	put_help(s, v);
	jsonout_open(&s->j, "defaultConfiguration", '{');
	jsonout_text(&s->j, "level", sarif_level(f->severity));
	jsonout_close(&s->j);
	jsonout_open(&s->j, "properties", '{');
	jsonout_text(&s->j, "precision", "very-high");
	if (score)
		jsonout_text(&s->j, "security-severity", score);
	put_tags(s, f);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	arena_reset(s->scratch);
}

static void
put_tool(struct sarif *s)
{
	jsonout_open(&s->j, "tool", '{');
	jsonout_open(&s->j, "driver", '{');
	jsonout_text(&s->j, "name", "scanstep");
	jsonout_text(&s->j, "version", s->r->tool_version);
	jsonout_text(&s->j, "semanticVersion", s->r->tool_version);
	jsonout_open(&s->j, "rules", '[');
	for (size_t i = 0; i < s->nresults; i++)
		if (s->results[i].first == i)
			put_rule(s, s->results[i].finding);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_notification(struct sarif *s, const char *level, const char *text)
{
	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "level", level);
	put_message(&s->j, "message", sarif_sentence(s->scratch, text));
	jsonout_close(&s->j);
	arena_reset(s->scratch);
}

/* The path is cut so that there is room for the reason. */
static void
put_gap(struct sarif *s, const struct gap *g)
{
	const char *path = g->path ? cut_text(s->scratch, g->path, 300) : "";
	const char *in = g->layer && g->path ? " in layer " : g->layer ? "layer " : "";
	const char *layer = g->layer ? cut_text(s->scratch, g->layer, 100) : "";

	put_notification(s, "error",
	    arena_textf(s->scratch, "Not looked at: %s%s%s%s%s", path, in, layer,
		g->path || g->layer ? ": " : "", g->reason));
}

static void
put_notifications(struct sarif *s)
{
	const struct report *r = s->r;

	jsonout_open(&s->j, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < r->ngaps && i < NOTIFICATIONS_MOST; i++)
		put_gap(s, &r->gaps[i]);
	if (r->ngaps > NOTIFICATIONS_MOST)
		put_notification(
		    s, "error", arena_textf(s->scratch, "There are %zu gaps in all", r->ngaps));
	for (size_t i = 0; i < r->nnotices && i < NOTIFICATIONS_MOST; i++)
		put_notification(s, "warning", r->notices[i].text);
	if (s->nleft_out > 0)
		put_notification(s, "warning",
		    arena_textf(s->scratch,
			"%zu of %zu results are left out: readers of SARIF keep %d, and these are "
			"the worst",
			s->nleft_out, s->nresults + s->nleft_out, RESULTS_MOST));
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
	jsonout_text(&s->j, "endTimeUtc", r->scanned_at);
	put_notifications(s);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

/* A member that is left out where there is nothing to say. */
static void
put_known(struct jsonout *j, const char *key, const char *text)
{
	if (text)
		jsonout_text(j, key, text);
}

static void
put_run_properties(struct sarif *s)
{
	const struct report *r = s->r;

	jsonout_open(&s->j, "properties", '{');
	jsonout_text(&s->j, "imageReference", r->image.reference);
	put_known(&s->j, "imageDigest", r->image.digest);
	put_known(&s->j, "imagePlatform", r->image.platform);
	put_known(&s->j, "distribution", r->image.distro ? r->image.distro->name : NULL);
	jsonout_integer(&s->j, "packages", r->npackages);
	jsonout_text(&s->j, "databaseSource", r->database.source);
	jsonout_text(&s->j, "databaseBuilt", r->database.built);
	jsonout_close(&s->j);
}

static void
put_location(struct sarif *s, const struct package *p)
{
	static const char *const region[] = { "startLine", "startColumn", "endLine", "endColumn" };
	const struct image *img = &s->r->image;

	jsonout_open(&s->j, "locations", '[');
	jsonout_open(&s->j, NULL, '{');
	jsonout_open(&s->j, "physicalLocation", '{');
	jsonout_open(&s->j, "artifactLocation", '{');
	jsonout_text(&s->j, "uri", sarif_uri(s->scratch, img->name, p->path));
	jsonout_close(&s->j);
	jsonout_open(&s->j, "region", '{');
	for (size_t i = 0; i < ARRAY_LEN(region); i++)
		jsonout_integer(&s->j, region[i], 1);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	jsonout_open(&s->j, "logicalLocations", '[');
	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "name", p->name);
	jsonout_text(&s->j, "fullyQualifiedName",
	    arena_textf(s->scratch, "%s%s%s::%s", img->name, img->digest ? "@" : "",
		img->digest ? img->digest : "", p->name));
	jsonout_text(&s->j, "kind", "package");
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_result(struct sarif *s, const struct result *r)
{
	const struct finding *f = r->finding;

	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "ruleId", f->vulnerability->id);
	jsonout_integer(&s->j, "ruleIndex", r->rule);
	jsonout_text(&s->j, "level", sarif_level(f->severity));
	if (sarif_rank(f->severity) >= 0)
		jsonout_score(&s->j, "rank", sarif_rank(f->severity));
	put_message(&s->j, "message", sarif_message(s->scratch, f));
	put_location(s, f->package);
	jsonout_open(&s->j, "partialFingerprints", '{');
	jsonout_text(
	    &s->j, "primaryLocationLineHash", arena_textf(s->scratch, "%s:1", f->fingerprint));
	jsonout_text(&s->j, "scanstepFinding/v1", f->fingerprint);
	jsonout_close(&s->j);
	jsonout_open(&s->j, "properties", '{');
	jsonout_text(&s->j, "purl", f->package->purl);
	put_known(&s->j, "fixedVersion", f->fixed_version);
	jsonout_text(&s->j, "severity", severity_name(f->severity));
	jsonout_text(&s->j, "state", fix_state_name(f->state));
	jsonout_text(&s->j, "standing", standing_name(f->standing));
	put_known(&s->j, "layer", f->package->layer);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
	arena_reset(s->scratch);
}

static void
put_run(struct sarif *s)
{
	jsonout_open(&s->j, NULL, '{');
	put_tool(s);
	jsonout_open(&s->j, "automationDetails", '{');
	jsonout_text(&s->j, "id", arena_textf(s->scratch, "scanstep/%s/", s->r->image.name));
	jsonout_close(&s->j);
	jsonout_text(&s->j, "columnKind", "utf16CodeUnits");
	put_invocation(s);
	put_run_properties(s);
	jsonout_open(&s->j, "results", '[');
	for (size_t i = 0; i < s->nresults; i++)
		put_result(s, &s->results[i]);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static int
write_sarif(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_FREE struct result *results = xalloc(RESULTS_MOST * sizeof(*results));
	struct sarif s = { .r = r, .scratch = scratch, .results = results };

	jsonout_init(&s.j, out);
	choose_results(&s, o);
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
