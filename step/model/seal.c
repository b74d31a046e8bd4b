/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.c - from draft to report: order, counts, fingerprints, verdict
 *
 * The orders are total over what a scan finds, so that the same facts give the same
 * bytes whatever order they were found in.
 */
#include "step/base/io.h"
#include "step/model/model.h"

#include <stdlib.h>
#include <string.h>

/* The first of the orders that is not 0 decides. */
static int
first_order(const int *orders, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (orders[i] != 0)
			return orders[i];
	return 0;
}

static int
compare_packages(const void *a, const void *b)
{
	const struct package *p = *(const struct package *const *)a;
	const struct package *q = *(const struct package *const *)b;
	int orders[] = {
		strcmp(p->type, q->type),
		strcmp(p->name, q->name),
		strcmp(p->version, q->version),
		text_compare(p->arch, q->arch),
		text_compare(p->path, q->path),
		text_compare(p->layer, q->layer),
	};

	return first_order(orders, ARRAY_LEN(orders));
}

static int
compare_findings(const void *a, const void *b)
{
	const struct finding *f = a, *g = b;
	const struct package *p = f->package, *q = g->package;
	int orders[] = {
		(g->severity > f->severity) - (g->severity < f->severity),
		strcmp(p->name, q->name),
		strcmp(f->vulnerability->id, g->vulnerability->id),
		strcmp(p->version, q->version),
		text_compare(p->arch, q->arch),
		text_compare(p->path, q->path),
		strcmp(p->type, q->type),
		text_compare(f->fixed_version, g->fixed_version),
		text_compare(p->layer, q->layer),
		(f->state > g->state) - (f->state < g->state),
		(f->standing > g->standing) - (f->standing < g->standing),
	};

	return first_order(orders, ARRAY_LEN(orders));
}

static int
compare_gaps(const void *a, const void *b)
{
	const struct gap *g = a, *h = b;
	int orders[] = {
		text_compare(g->layer, h->layer),
		text_compare(g->path, h->path),
		strcmp(g->reason, h->reason),
		(g->kind > h->kind) - (g->kind < h->kind),
		(g->packages > h->packages) - (g->packages < h->packages),
	};

	return first_order(orders, ARRAY_LEN(orders));
}

static int
compare_notices(const void *a, const void *b)
{
	const struct notice *n = a, *m = b;
	int orders[] = { strcmp(n->kind, m->kind), strcmp(n->text, m->text) };

	return first_order(orders, ARRAY_LEN(orders));
}

static void
sort(void *list, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(list, n, size, compare);
}

/* One part of a fingerprint: "+text" or "-" for NULL, and a NUL, which no text holds. */
static void
hash_text(struct sha256 *h, const char *text)
{
	sha256_update(h, text ? "+" : "-", 1);
	if (text)
		sha256_update(h, text, strlen(text));
	sha256_update(h, "", 1);
}

/* number is 1 but for those that all else does not tell apart. */
static void
finding_fingerprint(struct finding *f, const char *image, unsigned number)
{
	const struct package *p = f->package;
	char hex[SHA256_HEX], digits[16];
	struct sha256 h;

	sha256_init(&h);
	hash_text(&h, f->vulnerability->id);
	hash_text(&h, p->type);
	hash_text(&h, p->name);
	hash_text(&h, p->arch);
	hash_text(&h, p->path);
	hash_text(&h, image);
	snprintf(digits, sizeof(digits), "%u", number);
	if (number > 1)
		hash_text(&h, digits);
	sha256_hex(&h, hex);
	memcpy(f->fingerprint, hex, sizeof(f->fingerprint) - 1);
	f->fingerprint[sizeof(f->fingerprint) - 1] = '\0';
}

/* The same vulnerability of the same package: by version, then by fix. */
static int
compare_twins(const void *a, const void *b)
{
	const struct finding *f = *(struct finding *const *)a, *g = *(struct finding *const *)b;
	int orders[] = {
		strcmp(f->fingerprint, g->fingerprint),
		strcmp(f->package->version, g->package->version),
		text_compare(f->fixed_version, g->fixed_version),
		(f > g) - (f < g),
	};

	return first_order(orders, ARRAY_LEN(orders));
}

/* Of findings with the same fingerprint, two versions side by side say, all but the first get another. */
static void
number_twins(struct report_draft *d)
{
	AUTO_FREE struct finding **sorted = xalloc(d->nfindings * sizeof(*sorted));
	char shared[sizeof(d->findings->fingerprint)] = "";
	unsigned number = 0;

	for (size_t i = 0; i < d->nfindings; i++)
		sorted[i] = &d->findings[i];
	sort(sorted, d->nfindings, sizeof(*sorted), compare_twins);
	for (size_t i = 0; i < d->nfindings; i++) {
		number = strcmp(sorted[i]->fingerprint, shared) == 0 ? number + 1 : 1;
		memcpy(shared, sorted[i]->fingerprint, sizeof(shared));
		if (number > 1)
			finding_fingerprint(sorted[i], d->report.image.name, number);
	}
}

/* The exit status that the policy asks for; the highest of several. */
static int
verdict(const struct report *r)
{
	bool is_violated = false;

	if (r->ngaps > 0 && !r->policy.allow_incomplete)
		return STATUS_INCOMPLETE;
	for (int s = 0; s < SEVERITY_COUNT; s++)
		if (r->open[s] > 0 && policy_reached(&r->policy, (enum severity)s))
			is_violated = true;
	return is_violated ? STATUS_POLICY : STATUS_OK;
}

const struct report *
report_seal(struct report_draft *d)
{
	struct report *r = &d->report;

	memset(r->standings, 0, sizeof(r->standings));
	memset(r->open, 0, sizeof(r->open));
	for (size_t i = 0; i < d->nfindings; i++) {
		struct finding *f = &d->findings[i];

		finding_fingerprint(f, r->image.name, 1);
		r->standings[f->standing]++;
		if (f->standing == STANDING_OPEN)
			r->open[f->severity]++;
	}
	r->unchecked = 0;
	for (size_t i = 0; i < d->ngaps; i++)
		r->unchecked += d->gaps[i].packages;
	sort(d->packages, d->npackages, sizeof(struct package *), compare_packages);
	sort(d->findings, d->nfindings, sizeof(*d->findings), compare_findings);
	number_twins(d);
	sort(d->gaps, d->ngaps, sizeof(*d->gaps), compare_gaps);
	sort(d->notices, d->nnotices, sizeof(*d->notices), compare_notices);
	r->packages = d->packages;
	r->npackages = d->npackages;
	r->findings = d->findings;
	r->nfindings = d->nfindings;
	r->gaps = d->gaps;
	r->ngaps = d->ngaps;
	r->notices = d->notices;
	r->nnotices = d->nnotices;
	r->exit_status = verdict(r);
	r->passed = r->exit_status == STATUS_OK;
	return r;
}
