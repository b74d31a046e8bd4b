/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_fixes.c - the html format's list of what to do: which upgrade closes how many findings
 *
 * Formatters compare no versions, so each version that fixes something stands by itself; the
 * newest of a package's closes the others' findings too.
 */
#include "formatters/html.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	PACKAGES_MOST = 100, /* listed here; the findings below have them all */
	VERSIONS_MOST = 20,  /* of one package */
};

/* One version that fixes something of a package. */
struct fix {
	const char *version;
	struct html_counts closes;
	size_t first; /* row in its group: the worst */
};

/* Those of one package, the most urgent first. */
struct fixes {
	struct fix *list;
	size_t n;
	struct html_counts all;
};

static int
compare_versions(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;
	int order = strcmp(html_fix(*x), html_fix(*y));

	return order ? order : (*x > *y) - (*x < *y);
}

static int
compare_fixes(const void *a, const void *b)
{
	const struct fix *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static struct fixes
fixes_of(struct html *h, const struct html_group *g)
{
	const struct row **rows = arena_alloc(h->scratch, g->n * sizeof(struct row *));
	struct fixes fixes = { .list = arena_alloc(h->scratch, g->n * sizeof(*fixes.list)) };
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		if (html_fix(&g->rows[i]))
			rows[n++] = &g->rows[i];
	qsort(rows, n, sizeof(struct row *), compare_versions);
	for (size_t i = 0; i < n; i++) {
		const char *version = html_fix(rows[i]);

		if (i == 0 || strcmp(version, html_fix(rows[i - 1])) != 0)
			fixes.list[fixes.n++] = (struct fix){ .version = version,
				.first = (size_t)(rows[i] - g->rows) };
		html_count(&fixes.list[fixes.n - 1].closes, rows[i]);
		html_count(&fixes.all, rows[i]);
	}
	qsort(fixes.list, fixes.n, sizeof(*fixes.list), compare_fixes);
	return fixes;
}

static void
put_fix(struct html *h, const struct fix *f)
{
	markup_open(&h->m, "li");
	markup_text(&h->m, "to ");
	html_element(h, "strong", "version", f->version);
	markup_text(&h->m,
	    arena_textf(h->scratch, ": closes %s (", html_number(h, f->closes.all, "finding")));
	html_severities(h, &f->closes);
	markup_text(&h->m, ")");
	markup_close(&h->m);
}

static void
put_package(struct html *h, size_t index, const struct html_group *g)
{
	struct fixes fixes = fixes_of(h, g);
	const struct package *p = g->rows->members[0]->package;

	markup_open(&h->m, "li");
	markup_open(&h->m, "p");
	markup_text(&h->m, "Upgrade ");
	markup_open(&h->m, "a");
	markup_attr(&h->m, "href", arena_textf(h->scratch, "#package-%zu", index + 1));
	markup_text(&h->m, p->source_name);
	markup_close(&h->m);
	markup_text(&h->m, " from ");
	html_element(h, "span", "version", p->source_version);
	markup_close(&h->m);
	markup_open(&h->m, "ul");
	for (size_t i = 0; i < fixes.n && i < VERSIONS_MOST; i++)
		put_fix(h, &fixes.list[i]);
	if (fixes.n > 1)
		html_elementf(h, "li", "newest", "the newest of these %zu versions closes all %zu",
		    fixes.n, fixes.all.all);
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
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
	markup_text(
	    &h->m, arena_textf(h->scratch, "No upgrade closes %s", html_number(h, all, "finding")));
	for (size_t n = 0; n < ARRAY_LEN(words); n++) {
		size_t i = (n + FIX_NONE) % ARRAY_LEN(words); /* what is not known comes last */

		if (of[i] == 0)
			continue;
		markup_text(&h->m, arena_textf(h->scratch, "%s%zu %s", before, of[i], words[i]));
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
			put_package(h, list[i].group, &h->todo.groups[list[i].group]);
		markup_close(&h->m);
	}
	if (n > PACKAGES_MOST)
		html_elementf(h, "p", "hint", "%s more can be upgraded: see the findings.",
		    html_number(h, n - PACKAGES_MOST, "package"));
	put_without(h);
	markup_close(&h->m);
	arena_reset(h->scratch);
}
