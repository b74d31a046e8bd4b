/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_parts.c - pieces of markup that several sections of the html format need
 */
#include "formatters/html.h"
#include "formatters/wording.h"

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
	markup_attrf(&h->m, "aria-labelledby", "%s-heading", id);
	markup_open(&h->m, "h2");
	markup_attrf(&h->m, "id", "%s-heading", id);
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

size_t
html_layer_number(const struct html *h, const char *digest)
{
	const struct image *image = &h->r->image;

	for (size_t i = 0; digest && i < image->nlayers; i++)
		if (text_compare(image->layers[i].digest, digest) == 0)
			return i + 1;
	return 0;
}

void
html_layer_link(struct html *h, size_t number, const char *words)
{
	markup_open(&h->m, "a");
	markup_attrf(&h->m, "href", "#layer-%zu", number);
	markup_textf(&h->m, "%s%zu", words, number);
	markup_close(&h->m);
}
