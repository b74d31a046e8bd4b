/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_rows.c - the tables of the markdown format: upgrades and findings
 *
 * An upgrade is of a source package, to the version that closes all of its findings that have a fix.
 */
#include "formatters/markdown_rows.h"
#include "formatters/rows.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	UPGRADES_MOST = 20, /* rows; a reader wants the first of them */
	NAMES_MOST = 4,     /* binary packages named in one */
};

/* ---- Upgrades ---- */

/* By what would be upgraded. */
static int
compare_targets(const void *a, const void *b)
{
	const struct finding *f = *(const struct finding *const *)a;
	const struct finding *g = *(const struct finding *const *)b;
	const char *const texts[][2] = {
		{ f->package->type, g->package->type },
		{ f->package->source_name, g->package->source_name },
		{ f->package->source_version, g->package->source_version },
	};

	return order_of_texts(texts, ARRAY_LEN(texts));
}

/* Those that close the worst, and then the most, first. */
static int
compare_upgrades(const void *a, const void *b)
{
	const struct row *u = a, *v = b;
	const struct finding *f = *u->members, *g = *v->members;

	if (f->severity != g->severity)
		return f->severity > g->severity ? -1 : 1;
	if (u->n != v->n)
		return u->n > v->n ? -1 : 1;
	return rows_order(a, b);
}

static bool
is_closable(const struct markdown *m, const struct finding *f)
{
	return !finding_set_aside(f) && f->state == FIX_RELEASED && f->fixed_version &&
	       format_lists(m->o, f);
}

/* list and upgrades have room for all findings; returns how many upgrades there are. */
static size_t
gather(const struct markdown *m, const struct finding **list, struct row *upgrades)
{
	size_t n = 0, nupgrades;

	for (size_t i = 0; i < m->r->nfindings; i++)
		if (is_closable(m, &m->r->findings[i]))
			list[n++] = &m->r->findings[i];
	nupgrades = rows_make(list, n, compare_targets, upgrades);
	if (nupgrades > 1)
		qsort(upgrades, nupgrades, sizeof(*upgrades), compare_upgrades);
	return nupgrades;
}

static bool
is_named(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The source package, and the first of the binary ones unless there is but one of the same name. */
static char *
packages_of(const struct markdown *m, const struct row *u)
{
	const char *source = u->members[0]->package->source_name, *names[NAMES_MOST + 1];
	char *words = markdown_code(m->a, source, MARKDOWN_NAME);
	size_t n = 0;

	for (size_t i = 0; i < u->n && n <= NAMES_MOST; i++)
		if (!is_named(names, n, u->members[i]->package->name))
			names[n++] = u->members[i]->package->name;
	if (n == 1 && strcmp(names[0], source) == 0)
		return words;
	for (size_t i = 0; i < n && i < NAMES_MOST; i++)
		words = arena_textf(m->a, "%s%s%s", words, i == 0 ? ": " : ", ",
		    markdown_code(m->a, names[i], MARKDOWN_NAME));
	return n > NAMES_MOST ? arena_textf(m->a, "%s ...", words) : words;
}

/* "2 critical, 5 high" */
static char *
closed_words(const struct markdown *m, const struct row *u)
{
	size_t counts[SEVERITY_COUNT] = { 0 };
	char *words = arena_textf(m->a, "%s", "");

	for (size_t i = 0; i < u->n; i++)
		counts[u->members[i]->severity]++;
	for (unsigned i = SEVERITY_COUNT; i-- > 0;)
		if (counts[i] > 0)
			words = arena_textf(m->a, "%s%s%zu %s", words, *words ? ", " : "",
			    counts[i], severity_name((enum severity)i));
	return words;
}

static char *
upgrade_row(const struct markdown *m, const struct row *u)
{
	const struct finding *f = u->members[0];

	return arena_textf(m->a, "| %s | %s | %s | %s |", packages_of(m, u),
	    markdown_code(m->a, f->package->source_version, MARKDOWN_NAME),
	    markdown_code(m->a, f->upgrade_to ? f->upgrade_to : f->fixed_version, MARKDOWN_NAME),
	    closed_words(m, u));
}

void
markdown_upgrades(struct markdown *m)
{
	AUTO_FREE const struct finding **list = xalloc(m->r->nfindings * sizeof(*list));
	AUTO_FREE struct row *upgrades = xalloc(m->r->nfindings * sizeof(*upgrades));
	size_t n = gather(m, list, upgrades), i = 0;

	if (n == 0)
		return;
	markdown_say(m, "\n### What to upgrade\n\n| Package | From | To | Closes |\n"
			"|:--|:--|:--|:--|\n");
	while (i < n && i < UPGRADES_MOST &&
	       markdown_line(m, MARKDOWN_END_UPGRADES, upgrade_row(m, &upgrades[i])))
		i++;
	if (i < n)
		markdown_say(m, "\nand %zu more, in the html and json reports\n", n - i);
}

/* ---- Findings ---- */

/* A list of findings: which, and what the last column says of one. */
struct section {
	const char *title;  /* behind the number of findings */
	const char *column; /* title of the last one */
	enum markdown_end end;
	bool is_folded;
	bool (*holds)(const struct finding *f);
	const char *(*words)(struct arena *a, const struct finding *f);
};

static bool
is_open(const struct finding *f)
{
	return f->standing == STANDING_OPEN;
}

static bool
is_below(const struct finding *f)
{
	return f->standing == STANDING_BELOW;
}

/* The title, behind what makes it urgent. */
static const char *
title_words(struct arena *a, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const char *title = v->title ? markdown_text(a, v->title, MARKDOWN_LINE) : "";

	return v->kev ? arena_textf(a, "**known to be exploited**%s%s", *title ? ": " : "", title)
		      : title;
}

static const char *
set_aside_words(struct arena *a, const struct finding *f)
{
	return markdown_text(a, decision_words(a, f), MARKDOWN_TEXT);
}

static const char *
fixed_words(struct arena *a, const struct finding *f)
{
	if (f->state == FIX_RELEASED && f->fixed_version)
		return markdown_code(a, f->fixed_version, MARKDOWN_NAME);
	return fix_words(a, f);
}

static char *
finding_row(const struct markdown *m, const struct section *s, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const char *title = severity_title(f->severity);
	const char *mark = f->severity >= SEVERITY_HIGH ? "**" : "";

	return arena_textf(m->a, "| %s%s%s | %s | %s | %s | %s | %s |", mark, title, mark,
	    markdown_link(m->a, v->id, MARKDOWN_ID, v->url),
	    markdown_code(m->a, f->package->name, MARKDOWN_NAME),
	    markdown_code(m->a, f->package->version, MARKDOWN_NAME), fixed_words(m->a, f),
	    s->words(m->a, f));
}

static bool
belongs(const struct markdown *m, const struct section *s, const struct finding *f)
{
	return s->holds(f) && format_lists(m->o, f);
}

static void
put_head(struct markdown *m, const struct section *s, size_t n)
{
	if (s->is_folded)
		markdown_say(m, "\n<details>\n<summary>%s %s</summary>\n",
		    number_of(m->a, n, "finding"), s->title);
	else
		markdown_say(
		    m, "\n### %s\n", number_of(m->a, n, arena_textf(m->a, "%s finding", s->title)));
	markdown_say(m,
	    "\n| Severity | Vulnerability | Package | Installed | Fixed in | %s |\n"
	    "|:--|:--|:--|:--|:--|:--|\n",
	    s->column);
}

static void
put_section(struct markdown *m, const struct section *s)
{
	size_t n = 0, shown = 0;
	bool fits = true;

	for (size_t i = 0; i < m->r->nfindings; i++)
		n += belongs(m, s, &m->r->findings[i]);
	if (n == 0)
		return;
	put_head(m, s, n);
	for (size_t i = 0; i < m->r->nfindings && fits; i++) {
		const struct finding *f = &m->r->findings[i];

		if (!belongs(m, s, f))
			continue;
		fits = markdown_line(m, s->end, finding_row(m, s, f));
		shown += fits;
	}
	if (shown < n)
		markdown_say(m, "\nand %zu more, in the html and json reports\n", n - shown);
	if (s->is_folded)
		markdown_say(m, "\n</details>\n");
}

void
markdown_findings(struct markdown *m)
{
	static const struct section sections[] = {
		{ "open", "Title", MARKDOWN_END_OPEN, false, is_open, title_words },
		{ "below the threshold", "Title", MARKDOWN_END_BELOW, true, is_below, title_words },
		{ "set aside by an allow-list, a setting, VEX or a baseline", "Decision",
		    MARKDOWN_END_SET_ASIDE, true, finding_set_aside, set_aside_words },
	};
	size_t hidden = 0;

	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		put_section(m, &sections[i]);
	for (size_t i = 0; i < m->r->nfindings; i++)
		hidden += !format_lists(m->o, &m->r->findings[i]);
	if (hidden > 0)
		markdown_say(m, "\nNot listed: %zu under --report-min %s\n", hidden,
		    severity_name(m->o->report_min));
}
