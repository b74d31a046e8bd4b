/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_parts.c - pieces of markup that several sections of the html format need
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	TABLE_MOST = 500, /* rows of one table of findings: see html_findings.c */
};

void
html_open(struct html *h, const char *name, const char *class)
{
	markup_open(&h->m, name);
	if (class)
		markup_attr(&h->m, "class", class);
}

void
html_element(struct html *h, const char *name, const char *class, const char *text)
{
	html_open(h, name, class);
	markup_text(&h->m, text);
	markup_close(&h->m);
}

void
html_elementf(struct html *h, const char *name, const char *class, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	html_element(h, name, class, arena_textv(h->scratch, fmt, args));
	va_end(args);
}

void
html_section(struct html *h, const char *id, const char *heading)
{
	markup_open(&h->m, "section");
	markup_attr(&h->m, "id", id);
	markup_attr(&h->m, "aria-labelledby", arena_textf(h->scratch, "%s-heading", id));
	markup_open(&h->m, "h2");
	markup_attr(&h->m, "id", arena_textf(h->scratch, "%s-heading", id));
	markup_text(&h->m, heading);
	markup_close(&h->m);
}

void
html_link(struct html *h, const char *url, const char *text)
{
	const char *safe = web_link(url);

	if (!safe) {
		markup_text(&h->m, text);
		return;
	}
	markup_open(&h->m, "a");
	markup_attr(&h->m, "href", safe);
	markup_attr(&h->m, "rel", "noopener noreferrer");
	markup_text(&h->m, text);
	markup_close(&h->m);
}

void
html_fact_open(struct html *h, const char *term)
{
	markup_open(&h->m, "div");
	markup_element(&h->m, "dt", term);
	markup_open(&h->m, "dd");
}

void
html_fact_close(struct html *h)
{
	markup_close(&h->m);
	markup_close(&h->m);
}

void
html_severity(struct html *h, enum severity s)
{
	html_element(
	    h, "span", arena_textf(h->scratch, "severity %s", severity_name(s)), severity_title(s));
}

void
html_severities(struct html *h, const struct html_counts *c)
{
	const char *before = "";

	for (unsigned i = SEVERITY_COUNT; i-- > 0;) {
		if (c->of[i] == 0)
			continue;
		markup_text(&h->m, before);
		html_elementf(h, "span",
		    arena_textf(h->scratch, "count %s", severity_name((enum severity)i)), "%zu %s",
		    c->of[i], severity_name((enum severity)i));
		before = ", ";
	}
}

const char *
html_number(struct html *h, size_t n, const char *noun)
{
	return arena_textf(h->scratch, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void
html_columns(struct html *h, const struct html_column *columns, size_t n)
{
	markup_open(&h->m, "thead");
	markup_open(&h->m, "tr");
	for (size_t i = 0; i < n; i++) {
		html_open(h, "th", columns[i].class);
		markup_attr(&h->m, "scope", "col");
		markup_text(&h->m, columns[i].title);
		markup_close(&h->m);
	}
	markup_close(&h->m);
	markup_close(&h->m);
}

void
html_findings_open(struct html *h, const struct html_column *columns, size_t n)
{
	html_open(h, "table", "findings");
	html_columns(h, columns, n);
	h->nrows = 0;
}

void
html_findings_next(struct html *h, const struct html_column *columns, size_t n)
{
	if (h->nrows == TABLE_MOST) {
		markup_close(&h->m);
		html_findings_open(h, columns, n);
	}
	h->nrows++;
}

/* By digest; of equal ones the lowest first. */
static int
compare_layers(const void *a, const void *b)
{
	const struct html_layer *x = a, *y = b;
	int order = text_compare(x->digest, y->digest);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

void
html_number_layers(struct html *h)
{
	size_t n = h->r->image.nlayers;

	h->layers = arena_alloc(h->arena, n * sizeof(*h->layers));
	for (size_t i = 0; i < n; i++)
		h->layers[i] = (struct html_layer){ h->r->image.layers[i].digest, i + 1 };
	qsort(h->layers, n, sizeof(*h->layers), compare_layers);
}

size_t
html_layer_number(const struct html *h, const char *digest)
{
	size_t low = 0, high = h->r->image.nlayers;

	while (digest && low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_compare(h->layers[middle].digest, digest) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!digest || low == h->r->image.nlayers ||
	    text_compare(h->layers[low].digest, digest) != 0)
		return 0;
	return h->layers[low].number;
}

void
html_layer_link(struct html *h, size_t number, const char *words)
{
	markup_open(&h->m, "a");
	markup_attr(&h->m, "href", arena_textf(h->scratch, "#layer-%zu", number));
	markup_text(&h->m, arena_textf(h->scratch, "%s%zu", words, number));
	markup_close(&h->m);
}
