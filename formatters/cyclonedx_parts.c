/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_parts.c - what a CycloneDX document is made of: components with their references, findings in groups
 *
 * A bom-ref is the package's purl, unless two packages share it (one installed twice) or it is
 * none: then a UUID of purl and path. Findings that say the same of several packages make one
 * vulnerability that affects them all; one that says the same of the same package twice (a stored report
 * may) is dropped, since a list of affected components must not repeat one.
 */
#include "formatters/cyclonedx_parts.h"
#include "formatters/identity.h"
#include "formatters/rows.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

/* By purl, path and place in the report. */
static int
compare_purls(const void *a, const void *b)
{
	const struct cyclonedx_component *x = *(struct cyclonedx_component *const *)a;
	const struct cyclonedx_component *y = *(struct cyclonedx_component *const *)b;
	int order = text_compare(x->purl, y->purl);

	if (!order)
		order = strcmp(x->package->path, y->package->path);
	return order ? order : (x > y) - (x < y);
}

static bool
same_purl(const struct cyclonedx_component *x, const struct cyclonedx_component *y)
{
	return text_compare(x->purl, y->purl) == 0;
}

/* A name for the nth of those with this purl and path. */
static char *
uuid_ref(struct arena *a, const struct cyclonedx_component *component, size_t nth)
{
	char *uuid = arena_alloc(a, UUID_SIZE);

	uuid_of("cyclonedx-component",
	    arena_textf(a, "%s\n%s\n%zu", component->purl ? component->purl : "",
		component->package->path, nth),
	    uuid);
	return uuid;
}

static void
name_components(struct cyclonedx *c)
{
	size_t n = c->ncomponents, nth = 0;
	AUTO_FREE struct cyclonedx_component **sorted = xalloc((n + 1) * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &c->components[i];
	qsort(sorted, n, sizeof(*sorted), compare_purls);
	for (size_t i = 0; i < n; i++) {
		bool is_again = i > 0 && same_purl(sorted[i], sorted[i - 1]);
		bool is_shared = is_again || (i + 1 < n && same_purl(sorted[i], sorted[i + 1]));

		is_again =
		    is_again && strcmp(sorted[i]->package->path, sorted[i - 1]->package->path) == 0;
		nth = is_again ? nth + 1 : 0;
		sorted[i]->ref = sorted[i]->purl && !is_shared ? sorted[i]->purl
							       : uuid_ref(c->arena, sorted[i], nth);
	}
}

static void
open_components(struct cyclonedx *c)
{
	c->ncomponents = c->r->npackages;
	c->components = arena_alloc(c->arena, (c->ncomponents + 1) * sizeof(*c->components));
	for (size_t i = 0; i < c->ncomponents; i++) {
		c->components[i].package = c->r->packages[i];
		c->components[i].purl = purl_of(c->r->packages[i]);
	}
	name_components(c);
}

static int
compare_pointers(const void *a, const void *b)
{
	const struct cyclonedx_component *x = *(struct cyclonedx_component *const *)a;
	const struct cyclonedx_component *y = *(struct cyclonedx_component *const *)b;
	uintptr_t p = (uintptr_t)x->package, q = (uintptr_t)y->package;

	return (p > q) - (p < q);
}

/* The findings in the report's order, each with its component. */
static void
open_findings(struct cyclonedx *c)
{
	size_t n = c->ncomponents;
	AUTO_FREE struct cyclonedx_component **sorted = xalloc((n + 1) * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &c->components[i];
	qsort(sorted, n, sizeof(*sorted), compare_pointers);
	c->findings = arena_alloc(c->arena, (c->r->nfindings + 1) * sizeof(*c->findings));
	for (size_t i = 0; i < c->r->nfindings; i++) {
		const struct finding *f = &c->r->findings[i];
		const struct cyclonedx_component key = { .package = f->package }, *wanted = &key,
						 **found;

		found = bsearch(&wanted, sorted, n, sizeof(*sorted), compare_pointers);
		if (!found) /* no report has one of a package that is not in it */
			continue;
		c->findings[c->nfindings++] = (struct cyclonedx_finding){
			.finding = f, .component = (size_t)(*found - c->components), .rank = i
		};
	}
}

static int
compare_aliases(const char *const *a, const char *const *b)
{
	int order;

	while (*a && *b) {
		order = strcmp(*a++, *b++);
		if (order)
			return order;
	}
	return (*a != NULL) - (*b != NULL);
}

static int
compare_cwes(const unsigned *a, const unsigned *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (*a > *b) - (*a < *b);
}

static int
compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

/* By all that the document tells of one. */
static int
compare_vulnerabilities(const struct vulnerability *v, const struct vulnerability *w)
{
	const char *const texts[][2] = {
		{ v->id, w->id },
		{ v->feed, w->feed },
		{ v->url, w->url },
		{ v->kev, w->kev },
		{ v->cvss_vector, w->cvss_vector },
		{ v->title, w->title },
		{ v->details, w->details },
	};
	int order = v == w ? 0 : order_of_texts(texts, ARRAY_LEN(texts));

	if (v == w || order)
		return order;
	order = compare_aliases(v->aliases, w->aliases);
	if (!order)
		order = compare_cwes(v->cwes, w->cwes);
	if (!order)
		order = compare_numbers(v->cvss_score, w->cvss_score);
	if (!order)
		order = compare_numbers(v->epss, w->epss);
	return order ? order : compare_numbers(v->epss_percentile, w->epss_percentile);
}

/* 0: both make one vulnerability of the document. */
static int
compare_groups(const struct finding *f, const struct finding *g)
{
	int order = compare_vulnerabilities(f->vulnerability, g->vulnerability);

	return order ? order : compare_outcomes(f, g);
}

static int
compare_members(const void *a, const void *b)
{
	const struct cyclonedx_finding *x = a, *y = b;
	int order = compare_groups(x->finding, y->finding);

	if (order)
		return order;
	if (x->component != y->component)
		return x->component > y->component ? 1 : -1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static int
compare_ranks(const void *a, const void *b)
{
	const struct cyclonedx_group *x = a, *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void
open_groups(struct cyclonedx *c)
{
	size_t n = 0;

	if (c->nfindings > 0)
		qsort(c->findings, c->nfindings, sizeof(*c->findings), compare_members);
	c->groups = arena_alloc(c->arena, (c->nfindings + 1) * sizeof(*c->groups));
	for (size_t i = 0; i < c->nfindings; i++) {
		const struct cyclonedx_finding f = c->findings[i];
		struct cyclonedx_group *g;

		if (i == 0 || compare_groups(c->findings[n - 1].finding, f.finding) != 0)
			c->groups[c->ngroups++] =
			    (struct cyclonedx_group){ .begin = n, .rank = f.rank };
		else if (c->findings[n - 1].component == f.component)
			continue;
		g = &c->groups[c->ngroups - 1];
		g->rank = f.rank < g->rank ? f.rank : g->rank;
		c->findings[n++] = f;
		g->end = n;
	}
	c->nfindings = n;
	qsort(c->groups, c->ngroups, sizeof(*c->groups), compare_ranks);
}

void
cyclonedx_open(struct cyclonedx *c)
{
	open_components(c);
	open_findings(c);
	open_groups(c);
	c->nkept = c->nfindings;
}
