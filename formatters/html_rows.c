/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_rows.c - the html format's findings: into rows, and rows into versions of source packages
 *
 * A row is a vulnerability of a source package in one version, with one standing and one
 * decision; the binary packages share it. A group is what one upgrade is about.
 */
#include "formatters/html.h"
#include "formatters/rows.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

/* The source packages of a group are the same. */
static int
compare_sources(const struct finding *a, const struct finding *b)
{
	const char *const pairs[][2] = {
		{ a->package->type, b->package->type },
		{ a->package->source_name, b->package->source_name },
		{ a->package->source_version, b->package->source_version },
	};

	return order_of_texts(pairs, ARRAY_LEN(pairs));
}

/* What the members of a row have in common. */
static int
compare_findings(const void *a, const void *b)
{
	const struct finding *f = *(const struct finding *const *)a;
	const struct finding *g = *(const struct finding *const *)b;
	const char *const pairs[][2] = {
		{ f->vulnerability->id, g->vulnerability->id },
		{ f->package->version, g->package->version },
	};
	int order = compare_sources(f, g);

	if (order == 0)
		order = order_of_texts(pairs, ARRAY_LEN(pairs));
	return order ? order : compare_outcomes(f, g);
}

/* Rows of a group together, the worst first. */
static int
compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = compare_sources(x->members[0], y->members[0]);

	return order ? order : rows_order(a, b);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct html_group *x = a, *y = b;

	return rows_order(x->rows, y->rows);
}

static void
make_rows(struct html_list *l)
{
	l->nrows = rows_make(l->findings, l->nfindings, compare_findings, l->rows);
}

static void
make_groups(struct html_list *l)
{
	qsort(l->rows, l->nrows, sizeof(*l->rows), compare_rows);
	for (size_t i = 0; i < l->nrows; i++) {
		if (i > 0 && compare_sources(l->rows[i - 1].members[0], l->rows[i].members[0]) == 0)
			l->groups[l->ngroups - 1].n++;
		else
			l->groups[l->ngroups++] =
			    (struct html_group){ .rows = &l->rows[i], .n = 1 };
	}
	qsort(l->groups, l->ngroups, sizeof(*l->groups), compare_groups);
}

/* Room for all findings of the report. */
static void
list_init(struct html *h, struct html_list *l)
{
	size_t n = h->r->nfindings;

	l->findings = arena_alloc(h->arena, n * sizeof(struct finding *));
	l->rows = arena_alloc(h->arena, n * sizeof(*l->rows));
	l->groups = arena_alloc(h->arena, n * sizeof(*l->groups));
}

void
html_gather(struct html *h)
{
	list_init(h, &h->todo);
	list_init(h, &h->settled);
	for (size_t i = 0; i < h->r->nfindings; i++) {
		const struct finding *f = &h->r->findings[i];
		struct html_list *l = finding_set_aside(f) ? &h->settled : &h->todo;

		if (format_lists(h->o, f))
			l->findings[l->nfindings++] = f;
		else
			h->nunlisted++;
	}
	make_rows(&h->todo);
	if (h->todo.nrows > HTML_DETAILS_MOST)
		h->last_detailed = h->todo.rows[HTML_DETAILS_MOST - 1].members[0];
	make_groups(&h->todo);
	make_rows(&h->settled);
}

void
html_count(struct html_counts *c, const struct row *row)
{
	c->all += row->n;
	c->of[row->members[0]->severity] += row->n;
}

const char *
html_fix(const struct row *row)
{
	const struct finding *f = row->members[0];

	return f->state == FIX_RELEASED ? f->fixed_version : NULL;
}

const char *
html_upgrade(const struct row *row)
{
	const struct finding *f = row->members[0];

	return f->upgrade_to ? f->upgrade_to : f->fixed_version;
}
