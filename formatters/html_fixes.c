/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_fixes.c - the html format's list of what to do: which upgrade closes how many findings
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	PACKAGES_MOST = 100, /* listed here; the findings below have them all */
};

static void
put_package(struct html *h, size_t index, const struct html_group *g, const struct row *worst)
{
	const struct package *p = worst->members[0]->package;
	struct html_counts closes = { .all = 0 };

	for (size_t i = 0; i < g->n; i++)
		if (html_fix(&g->rows[i]))
			html_count(&closes, &g->rows[i]);
	markup_open(&h->m, "li");
	markup_open(&h->m, "p");
	markup_text(&h->m, "Upgrade ");
	markup_open(&h->m, "a");
	markup_attrf(&h->m, "href", "#package-%zu", index + 1);
	markup_text(&h->m, p->source_name);
	markup_close(&h->m);
	markup_text(&h->m, " from ");
	html_element(h, "span", "version", p->source_version);
	markup_text(&h->m, " to ");
	html_element(h, "strong", "version", html_upgrade(worst));
	markup_close(&h->m);
	markup_open(&h->m, "p");
	markup_textf(&h->m, "closes %s: ", number_of(h->scratch, closes.all, "finding"));
	html_severities(h, &closes);
	markup_close(&h->m);
	markup_close(&h->m);
}

/* Findings that no upgrade closes, by what is known of a fix. */
static void
put_without(struct html *h)
{
	static const char *const words[] = {
		[FIX_NONE] = "without a fix yet",
		[FIX_DECLINED] = "that will not be fixed",
		[FIX_RELEASED] = "with a fix in a version not told",
		[FIX_UNKNOWN] = "of which no fix is known",
	};
	size_t of[ARRAY_LEN(words)] = { 0 }, all = 0;
	const char *before = ": ";

	for (size_t i = 0; i < h->todo.nrows; i++) {
		if (html_fix(&h->todo.rows[i]))
			continue;
		of[h->todo.rows[i].members[0]->state] += h->todo.rows[i].n;
		all += h->todo.rows[i].n;
	}
	if (all == 0)
		return;
	html_open(h, "p", "hint");
	markup_textf(&h->m, "No upgrade closes %s", number_of(h->scratch, all, "finding"));
	for (size_t n = 0; n < ARRAY_LEN(words); n++) {
		size_t i = (n + FIX_NONE) % ARRAY_LEN(words); /* what is not known comes last */

		if (of[i] == 0)
			continue;
		markup_textf(&h->m, "%s%zu %s", before, of[i], words[i]);
		before = ", ";
	}
	markup_text(&h->m, ".");
	markup_close(&h->m);
}

/* A package with a fix, and the worst row that one closes. */
struct upgrade {
	size_t group;
	const struct row *worst;
};

static int
compare_upgrades(const void *a, const void *b)
{
	const struct upgrade *x = a, *y = b;

	return rows_order(x->worst, y->worst);
}

/* Into list, which has room for all: the most urgent first. */
static size_t
find_upgrades(const struct html *h, struct upgrade *list)
{
	size_t n = 0;

	for (size_t i = 0; i < h->todo.ngroups; i++) {
		const struct html_group *g = &h->todo.groups[i];
		size_t first = 0;

		while (first < g->n && !html_fix(&g->rows[first]))
			first++;
		if (first < g->n)
			list[n++] = (struct upgrade){ i, &g->rows[first] };
	}
	qsort(list, n, sizeof(*list), compare_upgrades);
	return n;
}

void
html_fixes(struct html *h)
{
	AUTO_FREE struct upgrade *list = xalloc(h->todo.ngroups * sizeof(*list));
	size_t n = find_upgrades(h, list);

	if (h->todo.nfindings == 0)
		return;
	html_section(h, "fixes", "What to do");
	if (n > 0) {
		html_open(h, "ol", "fixes");
		for (size_t i = 0; i < n && i < PACKAGES_MOST; i++)
			put_package(
			    h, list[i].group, &h->todo.groups[list[i].group], list[i].worst);
		markup_close(&h->m);
	}
	if (n > PACKAGES_MOST)
		html_elementf(h, "p", "hint", "%s more can be upgraded: see the findings.",
		    number_of(h->scratch, n - PACKAGES_MOST, "package"));
	put_without(h);
	markup_close(&h->m);
	arena_reset(h->scratch);
}
