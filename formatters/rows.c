/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.c - findings that are one thing to a reader: one vulnerability of a source package, one upgrade
 */
#include "formatters/rows.h"

#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

static int
compare_places(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

int
rows_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return compare_places(x->members, y->members);
}

size_t
rows_make(const struct finding **list, size_t n, int (*compare)(const void *, const void *),
    struct row *ret)
{
	size_t nrows = 0;

	if (n > 1)
		qsort(list, n, sizeof(*list), compare);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare(&list[i - 1], &list[i]) == 0)
			ret[nrows - 1].n++;
		else
			ret[nrows++] = (struct row){ &list[i], 1 };
	}
	for (size_t i = 0; i < nrows; i++)
		qsort(ret[i].members, ret[i].n, sizeof(*list), compare_places);
	if (nrows > 1)
		qsort(ret, nrows, sizeof(*ret), rows_order);
	return nrows;
}

bool
row_repeats(const struct row *row, size_t i)
{
	return i > 0 &&
	       strcmp(row->members[i]->package->name, row->members[i - 1]->package->name) == 0;
}

size_t
count_vulnerabilities(const struct report *r)
{
	AUTO_FREE const char **ids = xalloc(r->nfindings * sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		ids[i] = r->findings[i].vulnerability->id;
	if (r->nfindings > 1)
		qsort(ids, r->nfindings, sizeof(*ids), text_order);
	for (size_t i = 0; i < r->nfindings; i++)
		n += i == 0 || strcmp(ids[i], ids[i - 1]) != 0;
	return n;
}

int
order_of_texts(const char *const (*pairs)[2], size_t n)
{
	int order = 0;

	for (size_t i = 0; i < n && order == 0; i++)
		order = text_compare(pairs[i][0], pairs[i][1]);
	return order;
}

int
compare_outcomes(const struct finding *f, const struct finding *g)
{
	const struct decision *d = &f->decision, *e = &g->decision;
	const char *const texts[][2] = {
		{ f->fixed_version, g->fixed_version },
		{ d->reason, e->reason },
		{ d->justification, e->justification },
		{ d->owner, e->owner },
		{ d->expires, e->expires },
		{ d->source, e->source },
	};

	if (f->severity != g->severity)
		return f->severity < g->severity ? 1 : -1;
	if (f->state != g->state)
		return f->state > g->state ? 1 : -1;
	if (f->standing != g->standing)
		return f->standing > g->standing ? 1 : -1;
	if (d->by != e->by)
		return d->by > e->by ? 1 : -1;
	return order_of_texts(texts, ARRAY_LEN(texts));
}
