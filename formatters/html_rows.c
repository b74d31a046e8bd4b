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

bool
html_is_settled(const struct finding *f)
{
	return f->standing == STANDING_BASELINE || finding_dismissed(f);
}

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
compare_members(const struct finding *a, const struct finding *b)
{
	const char *const pairs[][2] = {
		{ a->vulnerability->id, b->vulnerability->id },
		{ a->package->version, b->package->version },
	};
	int order = compare_sources(a, b);

	if (order == 0)
		order = order_of_texts(pairs, ARRAY_LEN(pairs));
	return order ? order : compare_outcomes(a, b);
}

/* Rows together, within them as in the report, which is one array. */
static int
compare_findings(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	int order = compare_members(*x, *y);

	return order ? order : (*x > *y) - (*x < *y);
}

/* Rows as the report has their first findings: worst first. */
static int
compare_firsts(const void *a, const void *b)
{
	const struct html_row *x = a, *y = b;

	return (x->members[0] > y->members[0]) - (x->members[0] < y->members[0]);
}

/* Rows of a group together, the worst first. */
static int
compare_rows(const void *a, const void *b)
{
	const struct html_row *x = a, *y = b;
	int order = compare_sources(x->members[0], y->members[0]);

	return order ? order : compare_firsts(a, b);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct html_group *x = a, *y = b;

	return compare_firsts(x->rows, y->rows);
}

static void
make_rows(struct html_list *l)
{
	qsort(l->findings, l->nfindings, sizeof(struct finding *), compare_findings);
	for (size_t i = 0; i < l->nfindings; i++) {
		if (i > 0 && compare_members(l->findings[i - 1], l->findings[i]) == 0)
			l->rows[l->nrows - 1].n++;
		else
			l->rows[l->nrows++] =
			    (struct html_row){ .members = &l->findings[i], .n = 1 };
	}
	qsort(l->rows, l->nrows, sizeof(*l->rows), compare_firsts);
	for (size_t i = 0; i < l->nrows; i++)
		l->rows[i].rank = i;
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
		struct html_list *l = html_is_settled(f) ? &h->settled : &h->todo;

		if (format_lists(h->o, f))
			l->findings[l->nfindings++] = f;
		else
			h->nunlisted++;
	}
	make_rows(&h->todo);
	make_groups(&h->todo);
	make_rows(&h->settled);
}

void
html_count(struct html_counts *c, const struct html_row *row)
{
	c->all += row->n;
	c->of[row->members[0]->severity] += row->n;
}

const char *
html_fix(const struct html_row *row)
{
	const struct finding *f = row->members[0];

	return f->state == FIX_RELEASED ? f->fixed_version : NULL;
}

bool
html_is_repeated(const struct html_row *row, size_t i)
{
	return i > 0 &&
	       strcmp(row->members[i]->package->name, row->members[i - 1]->package->name) == 0;
}
