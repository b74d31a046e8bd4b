/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_summary.c - the html format's verdict, its warnings, and what was and was not looked at
 */
#include "formatters/html.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"

enum {
	GAPS_MOST = 200, /* listed; json has them all */
	NOTICES_MOST = 100,
};

/* A tick, a cross or an exclamation mark, drawn: fonts differ, and a picture would have to be loaded. */
static void
put_sign(struct html *h, const char *path)
{
	markup_open(&h->m, "svg");
	markup_attr(&h->m, "class", "sign");
	markup_attr(&h->m, "viewBox", "0 0 24 24");
	markup_attr(&h->m, "width", "48");
	markup_attr(&h->m, "height", "48");
	markup_attr(&h->m, "fill", "none");
	markup_attr(&h->m, "stroke", "currentColor");
	markup_attr(&h->m, "stroke-width", "2");
	markup_attr(&h->m, "stroke-linecap", "round");
	markup_attr(&h->m, "stroke-linejoin", "round");
	markup_attr(&h->m, "aria-hidden", "true");
	markup_open(&h->m, "path");
	markup_attr(&h->m, "d", "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z");
	markup_close(&h->m);
	markup_open(&h->m, "path");
	markup_attr(&h->m, "d", path);
	markup_close(&h->m);
	markup_close(&h->m);
}

/* Why, as a sentence of its own; a switch stays as it is written. */
static const char *
reason_of(struct html *h)
{
	char *reason = verdict_reason(h->scratch, h->r);

	if (*reason >= 'a' && *reason <= 'z')
		*reason = (char)(*reason - 'a' + 'A');
	return reason;
}

static void
put_notices(struct html *h)
{
	const struct report *r = h->r;

	if (r->nnotices == 0)
		return;
	html_open(h, "ul", "notices");
	for (size_t i = 0; i < r->nnotices && i < NOTICES_MOST; i++) {
		markup_open(&h->m, "li");
		html_element(h, "strong", NULL, "Warning: ");
		markup_text(&h->m, r->notices[i].text);
		markup_close(&h->m);
	}
	if (r->nnotices > NOTICES_MOST)
		html_elementf(h, "li", NULL, "And %zu more, which the json report lists.",
		    r->nnotices - NOTICES_MOST);
	markup_close(&h->m);
}

void
html_verdict(struct html *h)
{
	static const char tick[] = "M7 12.5l3.5 3.5l6.5-7.5", cross[] = "M8 8l8 8M16 8l-8 8",
			  mark[] = "M12 7v6M12 16.5v.5";
	const struct report *r = h->r;

	markup_open(&h->m, "section");
	markup_attr(&h->m, "id", "verdict");
	markup_attrf(&h->m, "class", "verdict %s", verdict_name(r));
	markup_attr(&h->m, "aria-labelledby", "verdict-heading");
	put_sign(h, r->passed ? tick : is_incomplete(r) ? mark : cross);
	markup_open(&h->m, "div");
	markup_open(&h->m, "h2");
	markup_attr(&h->m, "id", "verdict-heading");
	markup_text(&h->m, verdict_word(r));
	markup_close(&h->m);
	html_element(h, "p", NULL, reason_of(h));
	markup_close(&h->m);
	html_elementf(h, "p", "status", "exit status %d", r->exit_status);
	markup_close(&h->m);
	put_notices(h);
}

/* ---- What was looked at, and what was not ---- */

static void
put_gap(struct html *h, const struct gap *g)
{
	static const char *const kinds[] = {
		[GAP_UNREAD] = "Not read",
		[GAP_UNCHECKED] = "Not checked",
		[GAP_EMPTY] = "Nothing found",
	};
	size_t number = html_layer_number(h, g->layer);

	markup_open(&h->m, "li");
	html_element(h, "strong", "kind", kinds[g->kind]);
	markup_text(&h->m, ": ");
	if (g->path)
		html_element(h, "code", NULL, g->path);
	if (g->path && g->layer)
		markup_text(&h->m, " in ");
	if (number > 0)
		html_layer_link(h, number, "layer ");
	else if (g->layer)
		html_element(h, "code", NULL, g->layer);
	markup_text(&h->m, g->path || g->layer ? ": " : "");
	markup_text(&h->m, g->reason);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

static void
put_gaps(struct html *h)
{
	size_t n = h->r->ngaps;

	markup_open(&h->m, "p");
	html_elementf(h, "strong", NULL, "%s.", number_of(h->scratch, n, "gap"));
	markup_text(&h->m,
	    " What follows could not be looked at or judged, so a vulnerability may hide there.");
	markup_close(&h->m);
	html_open(h, "ul", "gaps");
	for (size_t i = 0; i < n && i < GAPS_MOST; i++)
		put_gap(h, &h->r->gaps[i]);
	if (n > GAPS_MOST)
		html_elementf(
		    h, "li", NULL, "And %zu more, which the json report lists.", n - GAPS_MOST);
	markup_close(&h->m);
}

/* "3 layers", with what it means that something of them was not read. */
static const char *
layers_words(struct html *h)
{
	const struct report *r = h->r;
	bool is_unread = false;

	for (size_t i = 0; i < r->ngaps; i++)
		is_unread = is_unread || r->gaps[i].kind == GAP_UNREAD;
	return arena_textf(h->scratch, "%s%s", is_unread ? "what could be read of " : "",
	    number_of(h->scratch, r->image.nlayers, "layer"));
}

static const char *
compared_words(struct html *h)
{
	const struct report *r = h->r;

	if (r->npackages == 0)
		return "No package was found, so none was compared with advisories.";
	if (r->unchecked == 0)
		return arena_textf(h->scratch, "%s found in %s, and %s compared with advisories.",
		    number_of(h->scratch, r->npackages, "package"), layers_words(h),
		    r->npackages == 1 ? "it was" : "all were");
	return arena_textf(h->scratch, "%s found in %s; %zu could not be compared with advisories.",
	    number_of(h->scratch, r->npackages, "package"), layers_words(h), r->unchecked);
}

/* A layer's table of contents may leave files out, so what was read in part is no "every layer". */
static const char *
no_gaps_words(struct html *h)
{
	const struct image *image = &h->r->image;
	size_t in_part = 0;

	for (size_t i = 0; i < image->nlayers; i++)
		in_part += image->layers[i].toc != NULL;
	if (in_part == 0)
		return "No gaps: every layer and every list of packages in it could be read.";
	return arena_textf(h->scratch,
	    "No gaps in what was read; %zu of %s %s read in part, by %s of contents.", in_part,
	    number_of(h->scratch, image->nlayers, "layer"), in_part == 1 ? "was" : "were",
	    in_part == 1 ? "its table" : "their tables");
}

void
html_coverage(struct html *h)
{
	html_section(h, "coverage", "What was looked at, and what was not");
	html_element(h, "p", NULL, compared_words(h));
	if (h->r->ngaps > 0)
		put_gaps(h);
	else
		html_element(h, "p", "good", no_gaps_words(h));
	markup_close(&h->m);
	arena_reset(h->scratch);
}
