/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_chart.c - the html format's counts by severity, as a table with a bar in each row
 *
 * The numbers beside a bar say all that it shows, so it is hidden from those who listen. What a bar
 * looks like stands in its attributes as well: a reader without any style sees it too.
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	BAR_WIDTH = 1000, /* of the longest bar, in the picture's own units */
	BAR_HEIGHT = 40,
	BAR_LEAST = 12, /* of what is not zero */
};

enum part {
	PART_OPEN = 0,
	PART_BELOW,
	PART_SETTLED,
};
enum {
	PART_COUNT = PART_SETTLED + 1
};

static const struct {
	const char *class, *title;
} parts[] = {
	[PART_OPEN] = { "open", "Open" },
	[PART_BELOW] = { "below", "Below" },
	[PART_SETTLED] = { "settled", "Set aside" },
};

struct tally {
	size_t of[SEVERITY_COUNT][PART_COUNT], sum[SEVERITY_COUNT];
	size_t most; /* of sum */
	size_t fixable, exploited;
};

static enum part
part_of(const struct finding *f)
{
	if (finding_set_aside(f))
		return PART_SETTLED;
	return f->standing == STANDING_BELOW ? PART_BELOW : PART_OPEN;
}

static void
count_all(const struct report *r, struct tally *t)
{
	*t = (struct tally){ 0 };
	for (size_t i = 0; i < r->nfindings; i++) {
		const struct finding *f = &r->findings[i];

		t->of[f->severity][part_of(f)]++;
		t->fixable += f->state == FIX_RELEASED;
		t->exploited += f->vulnerability->kev != NULL;
		if (++t->sum[f->severity] > t->most)
			t->most = t->sum[f->severity];
	}
}

static void
put_bar(struct html *h, enum severity s, const struct tally *t)
{
	static const char *const fills[] = { "#333333", "#8a8a8a", "#d0d0d0" };
	size_t x = 0;

	markup_open(&h->m, "svg");
	markup_attrf(&h->m, "class", "bar %s", severity_name(s));
	markup_attrf(&h->m, "viewBox", "0 0 %d %d", BAR_WIDTH, BAR_HEIGHT);
	markup_attr(&h->m, "preserveAspectRatio", "none");
	markup_attr(&h->m, "width", "250");
	markup_attr(&h->m, "height", "12");
	markup_attr(&h->m, "aria-hidden", "true");
	for (unsigned i = 0; i < PART_COUNT; i++) {
		size_t n = t->of[s][i], width = t->most > 0 ? n * BAR_WIDTH / t->most : 0;

		if (n == 0)
			continue;
		width = width < BAR_LEAST ? BAR_LEAST : width;
		markup_open(&h->m, "rect");
		markup_attr(&h->m, "class", parts[i].class);
		markup_attr(&h->m, "fill", fills[i]);
		markup_attr(&h->m, "vector-effect", "non-scaling-stroke");
		markup_attrf(&h->m, "x", "%zu", x);
		markup_attrf(&h->m, "width", "%zu", width);
		markup_attrf(&h->m, "height", "%d", BAR_HEIGHT);
		markup_close(&h->m);
		x += width;
	}
	markup_close(&h->m);
}

static void
put_numbers(struct html *h, enum severity s, const struct tally *t)
{
	markup_open(&h->m, "tr");
	markup_open(&h->m, "th");
	markup_attr(&h->m, "scope", "row");
	html_severity(h, s);
	markup_close(&h->m);
	markup_open(&h->m, "td");
	put_bar(h, s, t);
	markup_close(&h->m);
	for (unsigned i = 0; i < PART_COUNT; i++)
		html_elementf(
		    h, "td", t->of[s][i] > 0 ? "number" : "number none", "%zu", t->of[s][i]);
	html_elementf(h, "td", "number all", "%zu", t->sum[s]);
	markup_close(&h->m);
}

static void
put_table(struct html *h, const struct tally *t)
{
	markup_open(&h->m, "table");
	markup_attr(&h->m, "class", "chart");
	markup_open(&h->m, "thead");
	markup_open(&h->m, "tr");
	html_open(h, "th", NULL);
	markup_attr(&h->m, "scope", "col");
	markup_text(&h->m, "Severity");
	markup_close(&h->m);
	html_open(h, "th", "picture");
	markup_attr(&h->m, "scope", "col");
	markup_text(&h->m, "Share");
	markup_close(&h->m);
	for (unsigned i = 0; i < PART_COUNT + 1; i++) {
		html_open(h, "th",
		    arena_textf(h->scratch, "number %s", i < PART_COUNT ? parts[i].class : "all"));
		markup_attr(&h->m, "scope", "col");
		markup_text(&h->m, i < PART_COUNT ? parts[i].title : "All");
		markup_close(&h->m);
	}
	markup_close(&h->m);
	markup_close(&h->m);
	markup_open(&h->m, "tbody");
	for (unsigned i = SEVERITY_COUNT; i-- > 0;)
		if (t->sum[i] > 0 || i >= SEVERITY_LOW)
			put_numbers(h, (enum severity)i, t);
	markup_close(&h->m);
	markup_close(&h->m);
}

/* "20 findings in 12 vulnerabilities: 12 with a fix to install, 5 known to be exploited." */
static void
put_sentence(struct html *h, const struct tally *t)
{
	size_t distinct = count_vulnerabilities(h->r);

	html_open(h, "p", "lead");
	if (h->r->npackages == 0 && h->r->nfindings == 0)
		markup_text(&h->m, "No package was found, so there is nothing to count.");
	else if (h->r->nfindings == 0)
		markup_text(&h->m, "No known vulnerability was found in what was looked at.");
	else
		markup_textf(&h->m, "%s in %s: %zu with a fix to install",
		    number_of(h->scratch, h->r->nfindings, "finding"),
		    number_of(h->scratch, distinct, "vulnerability"), t->fixable);
	if (t->exploited > 0) {
		markup_text(&h->m, ", ");
		html_elementf(
		    h, "strong", NULL, "%zu known to be exploited (CISA KEV)", t->exploited);
	}
	markup_text(&h->m, h->r->nfindings > 0 ? "." : "");
	markup_close(&h->m);
}

/* What the parts are called, where there are any of them. */
static void
put_legend(struct html *h)
{
	const unsigned *n = h->r->standings;
	bool is_below = n[STANDING_BELOW] > 0;
	bool is_settled = n[STANDING_OPEN] + n[STANDING_BELOW] < h->r->nfindings;

	if (!is_below && !is_settled)
		return;
	html_open(h, "p", "hint");
	if (is_below)
		markup_textf(&h->m, "Below: real, but under --fail-on %s. ",
		    severity_name(h->r->policy.fail_on));
	if (is_settled)
		markup_text(&h->m, "Set aside: accepted, not affected, or known before.");
	markup_close(&h->m);
}

void
html_chart(struct html *h)
{
	struct tally t;

	count_all(h->r, &t);
	html_section(h, "counts", "Findings by severity");
	put_sentence(h, &t);
	if (h->r->nfindings > 0) {
		put_table(h, &t);
		put_legend(h);
	}
	markup_close(&h->m);
	arena_reset(h->scratch);
}
