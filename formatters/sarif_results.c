/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_results.c - which findings become results of SARIF, which rule each has, and what all of it may take
 *
 * Dismissed findings (allow-list, setting, VEX) are left out, since GitHub would raise alerts of
 * them, suppressed or not; --sarif-suppressed=include tells them after the others. Of more than 5,000
 * results GitHub and GitLab keep 5,000: ours are the worst. Both refuse files of more than 10 MB,
 * so a report that grows too large is first written without indentation and without help in Markdown,
 * then with short descriptions, and only then with fewer results.
 */
#include "formatters/sarif_results.h"
#include "formatters/sarif_notifications.h"
#include "formatters/sarif_result.h"
#include "formatters/sarif_rule.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHORT_TEXT = 200, /* of a description in a report that is too large */
};

/* ---- Siblings ---- */

static int
compare_names(const struct finding *f, const struct finding *g)
{
	int order = strcmp(f->vulnerability->id, g->vulnerability->id);

	return order ? order : strcmp(f->package->name, g->package->name);
}

static int
compare_siblings(const void *a, const void *b)
{
	const struct finding *const *f = a, *const *g = b;
	int order = compare_names(*f, *g);

	return order ? order : (*f > *g) - (*f < *g);
}

/*
 * For each finding of the report, by its place, the how manieth it is of its vulnerability in packages of
 * its name: of all findings, so that neither a threshold nor an allow-list moves the numbers.
 */
static void
number_siblings(const struct report *r, size_t *ret)
{
	AUTO_FREE const struct finding **sorted = xalloc(r->nfindings * sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		sorted[i] = &r->findings[i];
	if (r->nfindings > 1)
		qsort(sorted, r->nfindings, sizeof(*sorted), compare_siblings);
	for (size_t i = 0; i < r->nfindings; i++) {
		n = i > 0 && compare_names(sorted[i], sorted[i - 1]) == 0 ? n + 1 : 1;
		ret[sorted[i] - r->findings] = n;
	}
}

/* ---- Rules ---- */

/* By vulnerability; within one as in the list of results. */
static int
compare_results(const void *a, const void *b)
{
	const struct sarif_result *const *x = a, *const *y = b;
	int order = strcmp((*x)->finding->vulnerability->id, (*y)->finding->vulnerability->id);

	return order ? order : (*x > *y) - (*x < *y);
}

static void
find_first_of_rules(struct sarif *s)
{
	AUTO_FREE struct sarif_result **sorted = xalloc(s->nresults * sizeof(*sorted));
	size_t first = 0;

	for (size_t i = 0; i < s->nresults; i++)
		sorted[i] = &s->results[i];
	if (s->nresults > 1)
		qsort(sorted, s->nresults, sizeof(*sorted), compare_results);
	for (size_t i = 0; i < s->nresults; i++) {
		if (i == 0 || strcmp(sorted[i]->finding->vulnerability->id,
				  sorted[i - 1]->finding->vulnerability->id) != 0)
			first = (size_t)(sorted[i] - s->results);
		sorted[i]->first = first;
	}
}

/* Number the rules in the order in which results first speak of them. On a file each result has its own. */
static void
number_rules(struct sarif *s)
{
	size_t nrules = 0;

	if (!s->o->location_file)
		find_first_of_rules(s);
	for (size_t i = 0; i < s->nresults; i++) {
		struct sarif_result *result = &s->results[i];

		if (s->o->location_file)
			result->first = i;
		result->rule = result->first == i ? nrules++ : s->results[result->first].rule;
	}
}

/* ---- Size ---- */

static void
put_rule(struct sarif *s, const struct sarif_result *result)
{
	s->j.flat = s->is_large ? s->j.depth + 1 : 0;
	sarif_put_rule(s, result);
	s->j.flat = 0;
	arena_reset(s->scratch);
}

static void
put_result(struct sarif *s, const struct sarif_result *result)
{
	s->j.flat = s->is_large ? s->j.depth + 1 : 0;
	sarif_put_result(s, result);
	s->j.flat = 0;
	arena_reset(s->scratch);
}

/* How many results fit with their rules, tried by writing them into nothing. */
static int
count_fitting(struct sarif *s, size_t *ret, struct err *err)
{
	char *text = NULL;
	size_t len = 0, total = 0, i;
	struct jsonout kept = s->j;
	FILE *probe = open_memstream(&text, &len);

	if (!probe)
		return err_set(err, ERR_INTERNAL, "no memory to measure a report in");
	jsonout_init(&s->j, probe);
	for (unsigned depth = 0; depth < 6;
	     depth++) /* as deep as rules are, and deeper than results */
		jsonout_open(&s->j, NULL, '[');
	sarif_put_notifications(s);
	total = (size_t)ftell(probe);
	for (i = 0; i < s->nresults && total <= SARIF_BYTES_MAX; i++) {
		rewind(probe);
		put_result(s, &s->results[i]);
		if (s->results[i].first == i)
			put_rule(s, &s->results[i]);
		total += (size_t)ftell(probe);
	}
	*ret = total <= SARIF_BYTES_MAX ? i : i - 1;
	fclose(probe);
	free(text);
	s->j = kept;
	return 0;
}

static int
fit(struct sarif *s, struct err *err)
{
	static const struct {
		bool is_large;
		size_t text_max;
	} ways[] = { { false, SENTENCE_MAX }, { true, SENTENCE_MAX }, { true, SHORT_TEXT } };
	size_t nfitting = 0;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		s->is_large = ways[i].is_large;
		s->text_max = ways[i].text_max;
		if (count_fitting(s, &nfitting, err) < 0)
			return -1;
		if (nfitting == s->nresults)
			return 0;
	}
	s->nleft_out += s->nresults - nfitting;
	s->nresults = nfitting;
	return 0;
}

/* ---- Which ---- */

static void
choose(struct sarif *s, bool dismissed, const size_t *siblings)
{
	for (size_t i = 0; i < s->r->nfindings; i++) {
		const struct finding *f = &s->r->findings[i];

		if (finding_dismissed(f) != dismissed || !format_lists(s->o, f))
			continue;
		if (s->nresults == SARIF_RESULTS_MAX)
			s->nleft_out++;
		else
			s->results[s->nresults++] =
			    (struct sarif_result){ .finding = f, .sibling = siblings[i] };
	}
}

int
sarif_choose(struct sarif *s, struct err *err)
{
	AUTO_FREE size_t *siblings = xalloc(s->r->nfindings * sizeof(*siblings));

	number_siblings(s->r, siblings);
	choose(s, false, siblings);
	if (s->o->sarif_suppressed)
		choose(s, true, siblings);
	number_rules(s);
	return fit(s, err);
}

/* ---- Lists ---- */

void
sarif_put_rules(struct sarif *s)
{
	jsonout_open(&s->j, "rules", '[');
	for (size_t i = 0; i < s->nresults; i++)
		if (s->results[i].first == i)
			put_rule(s, &s->results[i]);
	jsonout_close(&s->j);
}

void
sarif_put_results(struct sarif *s)
{
	jsonout_open(&s->j, "results", '[');
	for (size_t i = 0; i < s->nresults; i++)
		put_result(s, &s->results[i]);
	jsonout_close(&s->j);
}
