/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c - a summary for a job's page and for the comments of a merge request
 *
 * Spec: https://github.github.com/gfm/
 *
 * Read from the top and left off anywhere: the verdict and why, counts, what could not be looked
 * at, what to upgrade, the findings (markdown_rows.c), and facts about the scan at the end. GitHub
 * shows a summary of at most 1 MiB, and none that is larger; each section has its share of
 * 900,000 bytes, beyond which it only says how much more there is. GitHub takes comments of 65,536
 * characters: who posts there cuts at a line's end, where the most important is kept.
 *
 * All text of others goes through markdown_text.h and stands behind words or marks of ours, so
 * that it never begins a line: GitLab obeys "/close" there, and CI runners obey "::".
 */
#include "formatters/markdown_page.h"
#include "formatters/markdown_rows.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

enum {
	LIST_MOST = 20, /* feeds, types of packages */
};

static const char *
text(const struct markdown *m, const char *words)
{
	return markdown_text(m->a, words, MARKDOWN_TEXT);
}

static const char *
code(const struct markdown *m, const char *name)
{
	return markdown_code(m->a, name, MARKDOWN_TEXT);
}

/* ---- Verdict and counts ---- */

static void
put_verdict(struct markdown *m)
{
	const struct report *r = m->r;

	markdown_say(m, "## %s\n\n", text(m, verdict_line(m->a, r)));
	markdown_say(m, "scanstep looked at %s: %s, exit status %d\n", code(m, r->image.reference),
	    number_of(m->a, r->npackages, "package"), r->exit_status);
	arena_reset(m->a);
}

/* One row: what the findings are, and how many of each severity, the worst first. */
static void
put_counts_row(struct markdown *m, const char *what, const size_t *counts)
{
	size_t all = 0;

	markdown_say(m, "| %s |", what);
	for (unsigned i = SEVERITY_COUNT; i-- > 0;) {
		markdown_say(m, " %zu |", counts[i]);
		all += counts[i];
	}
	markdown_say(m, " %zu |\n", all);
}

static void
put_counts(struct markdown *m)
{
	size_t counts[STANDING_COUNT][SEVERITY_COUNT] = { 0 }, fixable[SEVERITY_COUNT] = { 0 };

	if (m->r->nfindings == 0)
		return;
	for (size_t i = 0; i < m->r->nfindings; i++) {
		const struct finding *f = &m->r->findings[i];

		counts[f->standing][f->severity]++;
		fixable[f->severity] += f->standing == STANDING_OPEN && f->state == FIX_RELEASED;
	}
	markdown_say(m, "\n| Findings |");
	for (unsigned i = SEVERITY_COUNT; i-- > 0;)
		markdown_say(m, " %s |", severity_title((enum severity)i));
	markdown_say(m, " All |\n|:--|");
	for (unsigned i = 0; i <= SEVERITY_COUNT; i++)
		markdown_say(m, "--:|");
	markdown_say(m, "\n");
	put_counts_row(m, "**open**", counts[STANDING_OPEN]);
	put_counts_row(m, "open, with a fix", fixable);
	for (unsigned i = STANDING_OPEN + 1; i < STANDING_COUNT; i++)
		if (m->r->standings[i] > 0)
			put_counts_row(m, standing_title((enum standing)i), counts[i]);
}

/* ---- What was not looked at, what a person should know ---- */

static char *
gap_line(struct markdown *m, const struct gap *g)
{
	const char *path = g->path ? code(m, g->path) : "";
	const char *in = g->path && g->layer ? " in layer " : g->layer ? "layer " : "";

	return arena_textf(m->a, "- %s%s%s%s%s", path, in, g->layer ? code(m, g->layer) : "",
	    g->path || g->layer ? ": " : "", text(m, g->reason));
}

/* Gaps leave half of the room to the notices. */
static void
put_gaps(struct markdown *m)
{
	const struct report *r = m->r;
	size_t i = 0;

	if (r->ngaps == 0)
		return;
	markdown_say(m, "\n### Not looked at: %s\n\n", number_of(m->a, r->ngaps, "gap"));
	while (i < r->ngaps && m->written < MARKDOWN_END_NOTES / 2 &&
	       markdown_line(m, MARKDOWN_END_NOTES, gap_line(m, &r->gaps[i])))
		i++;
	if (i < r->ngaps)
		markdown_say(m, "- and %zu more, in the json report\n", r->ngaps - i);
}

static void
put_notices(struct markdown *m)
{
	const struct report *r = m->r;
	size_t i = 0;

	if (r->nnotices == 0)
		return;
	markdown_say(m, "\n### To know\n\n");
	while (i < r->nnotices && markdown_line(m, MARKDOWN_END_NOTES,
				      arena_textf(m->a, "- %s", text(m, r->notices[i].text))))
		i++;
	if (i < r->nnotices)
		markdown_say(m, "- and %zu more, in the json report\n", r->nnotices - i);
}

/* ---- Facts ---- */

static void
put_fact(struct markdown *m, const char *name, const char *value)
{
	if (value && *value)
		markdown_say(m, "| %s | %s |\n", name, value);
	arena_reset(m->a);
}

/* ", and 3 more", of a list in a sentence that shows LIST_MOST; "" if those are all. */
static const char *
more_words(const struct markdown *m, size_t n)
{
	return n > LIST_MOST ? arena_textf(m->a, ", and %zu more", n - LIST_MOST) : "";
}

/* "88 (deb 80, npm 8)" */
static char *
packages_words(const struct markdown *m)
{
	const struct report *r = m->r;
	char *words = arena_textf(m->a, "%zu", r->npackages);
	size_t types = 0;

	for (size_t i = 0, n; i < r->npackages; i += n, types++) {
		n = count_type(r, i);
		if (types < LIST_MOST)
			words = arena_textf(m->a, "%s%s%s %zu", words, i == 0 ? " (" : ", ",
			    markdown_text(m->a, r->packages[i]->type, MARKDOWN_NAME), n);
	}
	return arena_textf(m->a, "%s%s%s", words, more_words(m, types), types > 0 ? ")" : "");
}

static char *
database_words(const struct markdown *m)
{
	const struct database *db = &m->r->database;
	char *words = arena_textf(m->a, "%s, built %s",
	    is_starter(m->r) ? "**starter set, not a full database**" : text(m, db->source),
	    text(m, db->built));

	for (size_t i = 0; i < db->nfeeds && i < LIST_MOST; i++)
		words = arena_textf(m->a, "%s%s%s %llu", words, i == 0 ? ": " : ", ",
		    markdown_text(m->a, db->feeds[i].name, MARKDOWN_NAME),
		    (unsigned long long)db->feeds[i].statements);
	return arena_textf(m->a, "%s%s", words, more_words(m, db->nfeeds));
}

static char *
distro_words(const struct markdown *m)
{
	const struct distro *d = m->r->image.distro;

	if (!d)
		return arena_textf(m->a, "none recognised");
	return arena_textf(m->a, "%s%s%s", text(m, d->name), d->eol ? ", end of life " : "",
	    d->eol ? text(m, d->eol) : "");
}

static void
put_facts(struct markdown *m)
{
	const struct report *r = m->r;
	const struct image *img = &r->image;

	markdown_say(m, "\n### What was scanned\n\n| | |\n|:--|:--|\n");
	put_fact(m, "Image", code(m, img->reference));
	put_fact(m, "Name", code(m, img->name));
	put_fact(m, "Digest", img->digest ? code(m, img->digest) : NULL);
	put_fact(m, "Platform", img->platform ? code(m, img->platform) : NULL);
	put_fact(m, "Distribution", distro_words(m));
	put_fact(m, "Packages", packages_words(m));
	if (r->unchecked > 0)
		put_fact(m, "Not checked", number_of(m->a, r->unchecked, "package"));
	put_fact(m, "Database", database_words(m));
	put_fact(m, "Policy", policy_words(m->a, &r->policy));
	put_fact(m, "Scanned",
	    arena_textf(
		m->a, "%s by scanstep %s", text(m, r->scanned_at), text(m, r->tool_version)));
}

static int
write_markdown(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct markdown m = { .out = out, .r = r, .o = o, .a = a };

	(void)err;
	put_verdict(&m);
	put_counts(&m);
	put_gaps(&m);
	put_notices(&m);
	markdown_upgrades(&m);
	markdown_findings(&m);
	put_facts(&m);
	return 0;
}

const struct formatter formatter_markdown = {
	.name = "markdown",
	.summary = "a summary for job pages and merge requests, as Markdown",
	.spec = "https://github.github.com/gfm/",
	.file = "scanstep.md",
	.write = write_markdown,
};
