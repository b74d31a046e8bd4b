/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - the report for people: on a terminal, and quietly in a CI log
 *
 * From top to bottom: what was looked at, what a person should know, what could
 * not be looked at, the findings (table_rows.c), those that are allowed, counts,
 * and in the last line the verdict with its reason, where a log ends. Our own
 * words are ASCII; every line begins with blanks or with one of them.
 */
#include "formatters/escape.h"
#include "formatters/rows.h"
#include "formatters/table_page.h"
#include "formatters/table_rows.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

enum {
	LABEL = 16,      /* columns before what a label names */
	LOG_WIDTH = 120, /* where there is no terminal */
	WIDTH_LEAST = 40,
	WIDTH_MOST = 200, /* longer lines are not read */
	GAPS_MOST = 100,  /* listed; json has them all */
};

static void
label(const struct table *t, const char *name)
{
	fputs("  ", t->out);
	table_say(t, TABLE_DIM, "%-*s", LABEL - 2, name);
}

static void
put_text(const struct table *t, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	label(t, name);
	escape_wrap(t->out, text, LABEL, LABEL, t->width);
}

static void
put_platform(const struct table *t)
{
	const struct image *img = &t->r->image;
	AUTO_ARENA a = arena_new();

	if (!img->platform && img->nlayers == 0)
		return;
	label(t, "Platform");
	if (img->platform)
		escape_cut(t->out, img->platform, 40);
	if (img->platform && img->nlayers)
		fputs(", ", t->out);
	if (img->nlayers)
		fputs(number_of(a, img->nlayers, "layer"), t->out);
	putc('\n', t->out);
}

static void
put_distro(const struct table *t)
{
	const struct distro *d = t->r->image.distro;

	label(t, "Distribution");
	if (!d) {
		fputs("none recognised\n", t->out);
		return;
	}
	escape_cut(t->out, d->name, t->width - LABEL);
	if (d->eol) {
		fputs(", end of life ", t->out);
		escape_cut(t->out, d->eol, 10);
	}
	putc('\n', t->out);
}

/* "88 (deb 80, npm 8)" */
static void
put_packages(const struct table *t)
{
	const struct report *r = t->r;

	label(t, "Packages");
	fprintf(t->out, "%zu", r->npackages);
	for (size_t i = 0, n; i < r->npackages; i += n) {
		n = count_type(r, i);
		fputs(i == 0 ? " (" : ", ", t->out);
		escape_cut(t->out, r->packages[i]->type, 20);
		fprintf(t->out, " %zu", n);
	}
	fputs(r->npackages > 0 ? ")\n" : "\n", t->out);
}

static void
put_database(const struct table *t)
{
	const struct database *db = &t->r->database;

	label(t, "Database");
	if (is_starter(t->r))
		table_say(t, TABLE_ALARM, "STARTER SET, not a full database");
	else
		escape_cut(t->out, db->source, 20);
	fputs(", built ", t->out);
	escape_cut(t->out, db->built, 20);
	for (size_t i = 0; i < db->nfeeds; i++) {
		fputs(i == 0 ? ": " : ", ", t->out);
		escape_cut(t->out, db->feeds[i].name, 20);
		fprintf(t->out, " %llu", (unsigned long long)db->feeds[i].statements);
	}
	putc('\n', t->out);
}

static void
put_head(const struct table *t)
{
	const struct report *r = t->r;

	put_text(t, "Image", r->image.reference);
	if (text_compare(r->image.name, r->image.reference) != 0)
		put_text(t, "Image name", r->image.name);
	put_text(t, "Digest", r->image.digest);
	put_platform(t);
	put_distro(t);
	put_packages(t);
	put_database(t);
	label(t, "Scanned");
	escape_cut(t->out, r->scanned_at, 20);
	fputs(" by scanstep ", t->out);
	escape_cut(t->out, r->tool_version, 20);
	putc('\n', t->out);
}

static void
put_notices(const struct table *t)
{
	static const char word[] = "WARNING: ";

	if (t->r->nnotices > 0)
		putc('\n', t->out);
	for (size_t i = 0; i < t->r->nnotices; i++) {
		fputs("  ", t->out);
		table_say(t, TABLE_YELLOW, "%s", word);
		escape_wrap(
		    t->out, t->r->notices[i].text, 1 + sizeof(word), 1 + sizeof(word), t->width);
	}
}

/* Path and layer in a line of their own, so that the reason can be as long as it is. */
static void
put_gap(const struct table *t, const struct gap *g)
{
	fputs("  - ", t->out);
	if (g->path)
		escape_cut(t->out, g->path, t->width - 4);
	if (g->layer) {
		fputs(g->path ? "\n    in layer " : "layer ", t->out);
		escape_cut(t->out, g->layer, 80);
	}
	if (g->path || g->layer)
		fputs("\n    ", t->out);
	escape_wrap(t->out, g->reason, 4, 4, t->width);
}

static void
put_gaps(const struct table *t)
{
	size_t n = t->r->ngaps;
	AUTO_ARENA a = arena_new();

	if (n == 0)
		return;
	fputs("\n  ", t->out);
	table_say(t, TABLE_ALARM, "INCOMPLETE: %s", number_of(a, n, "gap"));
	fputs(", what could not be looked at or judged\n", t->out);
	for (size_t i = 0; i < n && i < GAPS_MOST; i++)
		put_gap(t, &t->r->gaps[i]);
	if (n > GAPS_MOST)
		fprintf(t->out, "  - and %zu more, which the json report lists\n", n - GAPS_MOST);
}

static void
put_allowed(const struct table *t)
{
	AUTO_ARENA a = arena_new();
	size_t n = 0;

	for (size_t i = 0; i < t->r->nfindings; i++) {
		const struct finding *f = &t->r->findings[i];

		if (!finding_set_aside(f) || !format_lists(t->o, f))
			continue;
		if (n++ == 0)
			table_say(t, TABLE_BOLD, "\n  SET ASIDE\n");
		fprintf(t->out, "  - %s ", severity_name(f->severity));
		escape_terminal(t->out, f->vulnerability->id);
		fputs(" in ", t->out);
		escape_cut(t->out, f->package->name, 40);
		putc(' ', t->out);
		escape_cut(t->out, f->package->version, 40);
		fputs("\n    ", t->out);
		escape_wrap(t->out, decision_words(a, f), 4, 4, t->width);
		arena_reset(a);
	}
}

/* ---- Counts ---- */

/* All of them, whatever the policy says of them: "15 in 8 vulnerabilities: 1 critical, ..." */
static void
put_found(const struct table *t)
{
	const struct report *r = t->r;
	size_t counts[SEVERITY_COUNT] = { 0 }, fixable = 0;
	const char *before = ": ";
	AUTO_ARENA a = arena_new();

	label(t, "Findings");
	fprintf(t->out, "%zu", r->nfindings);
	if (r->nfindings == 0) {
		putc('\n', t->out);
		return;
	}
	for (size_t i = 0; i < r->nfindings; i++) {
		counts[r->findings[i].severity]++;
		fixable += r->findings[i].state == FIX_RELEASED;
	}
	fprintf(t->out, " in %s", number_of(a, count_vulnerabilities(r), "vulnerability"));
	for (unsigned i = SEVERITY_COUNT; i-- > 0;) {
		if (counts[i] == 0)
			continue;
		fputs(before, t->out);
		table_say(t, table_severity_colour((enum severity)i), "%zu %s", counts[i],
		    severity_name((enum severity)i));
		before = ", ";
	}
	fprintf(t->out, "; %zu with a fix\n", fixable);
}

static void
put_allowed_count(const struct table *t)
{
	const unsigned *standings = t->r->standings;
	unsigned by_vex = standings[STANDING_NOT_AFFECTED] + standings[STANDING_FIXED];
	unsigned all = 0;

	for (unsigned i = STANDING_OPEN + 1; i < STANDING_BELOW; i++)
		all += standings[i];
	if (all == 0)
		return;
	label(t, "Set aside");
	fprintf(t->out, "%u", all);
	if (by_vex > 0)
		fprintf(t->out, ", %u of them by VEX", by_vex);
	if (standings[STANDING_BASELINE] > 0)
		fprintf(t->out, ", %u of them by baseline", standings[STANDING_BASELINE]);
	putc('\n', t->out);
}

static void
put_counts(const struct table *t)
{
	const struct report *r = t->r;
	size_t hidden = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		hidden += !format_lists(t->o, &r->findings[i]);
	putc('\n', t->out);
	put_found(t);
	put_allowed_count(t);
	if (r->standings[STANDING_BELOW] > 0) {
		label(t, "Below");
		fprintf(t->out, "%u under --fail-on %s\n", r->standings[STANDING_BELOW],
		    severity_name(r->policy.fail_on));
	}
	if (hidden > 0) {
		label(t, "Not listed");
		fprintf(
		    t->out, "%zu under --report-min %s\n", hidden, severity_name(t->o->report_min));
	}
}

static void
put_verdict(const struct table *t)
{
	AUTO_ARENA a = arena_new();

	fputs("\n", t->out);
	table_say(t, t->r->passed ? TABLE_GREEN : TABLE_ALARM, "%s", verdict_word(t->r));
	fprintf(t->out, ": %s (exit status %d)\n", verdict_reason(a, t->r), t->r->exit_status);
}

static size_t
page_width(const struct format_opts *o)
{
	if (o->width == 0)
		return LOG_WIDTH;
	if (o->width < WIDTH_LEAST)
		return WIDTH_LEAST;
	return o->width > WIDTH_MOST ? WIDTH_MOST : o->width;
}

static int
write_table(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	struct table t = { .out = out, .r = r, .o = o, .width = page_width(o) };

	(void)err;
	put_head(&t);
	put_notices(&t);
	put_gaps(&t);
	table_findings(&t);
	put_allowed(&t);
	put_counts(&t);
	put_verdict(&t);
	return 0;
}

const struct formatter formatter_table = {
	.name = "table",
	.summary = "for people: colour and width of a terminal, plain in a log",
	.spec = NULL,
	.file = NULL,
	.shares_log = true,
	.write = write_table,
};
