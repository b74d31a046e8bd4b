/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_image.c - the html format's facts: the image, what judged it, its layers and its packages
 */
#include "formatters/html.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

enum {
	PACKAGES_MOST = 5000, /* listed; a page of more is slow to open */
};

/* ---- Facts ---- */

/* Nothing for NULL. */
static void
put_fact(struct html *h, const char *term, const char *class, const char *text)
{
	if (!text)
		return;
	html_fact_open(h, term);
	html_element(h, "span", class, text);
	html_fact_close(h);
}

static void
put_distribution(struct html *h)
{
	const struct distro *d = h->r->image.distro;

	put_fact(h, "Distribution", NULL, d ? d->name : "not recognised");
	if (d)
		put_fact(h, "End of life", NULL, d->eol);
}

/* "16 (deb 15, npm 1)" */
static void
put_types(struct html *h)
{
	const struct report *r = h->r;

	html_fact_open(h, "Packages");
	markup_textf(&h->m, "%zu", r->npackages);
	for (size_t i = 0, n; i < r->npackages; i += n) {
		n = count_type(r, i);
		markup_text(&h->m, i > 0 ? ", " : " (");
		markup_text(&h->m, r->packages[i]->type);
		markup_textf(&h->m, " %zu", n);
	}
	markup_text(&h->m, r->npackages > 0 ? ")" : "");
	html_fact_close(h);
}

static void
put_database(struct html *h)
{
	const struct database *d = &h->r->database;

	put_fact(h, "Advisories", NULL,
	    arena_textf(h->scratch, "%s, built %s",
		is_starter(h->r) ? "starter set only" : d->source, d->built));
	if (d->nfeeds == 0)
		return;
	html_fact_open(h, "Feeds");
	for (size_t i = 0; i < d->nfeeds; i++) {
		markup_text(&h->m, i > 0 ? ", " : "");
		markup_text(&h->m, d->feeds[i].name);
		markup_textf(&h->m, " (%llu)", (unsigned long long)d->feeds[i].statements);
	}
	html_fact_close(h);
}

void
html_facts(struct html *h)
{
	const struct report *r = h->r;

	html_section(h, "facts", "What was scanned");
	html_open(h, "dl", "facts");
	put_fact(h, "Image", "code", r->image.reference);
	if (!str_starts(str_of(r->image.reference), r->image.name))
		put_fact(h, "Name", "code", r->image.name);
	put_fact(h, "Digest", "code", r->image.digest);
	put_fact(h, "Platform", NULL, r->image.platform);
	put_distribution(h);
	put_types(h);
	put_database(h);
	put_fact(h, "Policy", "code", policy_words(h->scratch, &r->policy));
	put_fact(h, "Scanned", NULL, r->scanned_at);
	put_fact(h, "Scanner", NULL, arena_textf(h->scratch, "scanstep %s", r->tool_version));
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

/* ---- Layers ---- */

/* What each layer brought; [0] is for no layer that is known. */
struct brought {
	size_t packages, findings, gaps;
};

static void
count_brought(struct html *h, struct brought *of)
{
	for (size_t i = 0; i < h->r->npackages; i++)
		of[html_layer_number(h, h->r->packages[i]->layer)].packages++;
	for (size_t i = 0; i < h->todo.nfindings; i++)
		of[html_layer_number(h, h->todo.findings[i]->package->layer)].findings++;
	for (size_t i = 0; i < h->r->ngaps; i++)
		of[html_layer_number(h, h->r->gaps[i].layer)].gaps++;
}

static void
put_layer(struct html *h, size_t number, const struct brought *b)
{
	const struct layer *l = &h->r->image.layers[number - 1];

	markup_open(&h->m, "tr");
	markup_attrf(&h->m, "id", "layer-%zu", number);
	markup_open(&h->m, "th");
	markup_attr(&h->m, "scope", "row");
	markup_textf(&h->m, "%zu", number);
	markup_close(&h->m);
	markup_open(&h->m, "td");
	if (l->command)
		html_element(h, "code", "instruction", l->command);
	else
		html_element(h, "span", "none", "instruction not known");
	html_element(h, "div", "digest", l->digest ? l->digest : "no digest: a root filesystem");
	if (l->toc)
		html_elementf(
		    h, "div", "none", "read in part, by its table of contents (%s)", l->toc);
	if (b->gaps > 0)
		html_elementf(h, "strong", "kind", "not read as a whole: %s",
		    number_of(h->scratch, b->gaps, "gap"));
	markup_close(&h->m);
	html_elementf(h, "td", b->packages > 0 ? "number" : "number none", "%zu", b->packages);
	html_elementf(h, "td", b->findings > 0 ? "number" : "number none", "%zu", b->findings);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

void
html_layers(struct html *h)
{
	static const struct html_column columns[] = {
		{ NULL, "Layer" },
		{ NULL, "Instruction and digest" },
		{ "number", "Packages" },
		{ "number", "Findings" },
	};
	size_t n = h->r->image.nlayers;
	AUTO_FREE struct brought *of = xalloc((n + 1) * sizeof(*of));

	if (n == 0)
		return;
	count_brought(h, of);
	html_section(h, "layers", "Layers");
	html_element(h, "p", "hint",
	    "The base is layer 1. Findings are those listed above that are not set aside.");
	html_open(h, "table", "layers");
	html_columns(h, columns, ARRAY_LEN(columns));
	markup_open(&h->m, "tbody");
	for (size_t i = 1; i <= n; i++)
		put_layer(h, i, &of[i]);
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
}

/* ---- Packages ---- */

static void
put_package(struct html *h, const struct package *p)
{
	size_t layer = html_layer_number(h, p->layer);

	markup_open(&h->m, "tr");
	markup_open(&h->m, "th");
	markup_attr(&h->m, "scope", "row");
	markup_text(&h->m, p->name);
	markup_close(&h->m);
	markup_element(&h->m, "td", p->version);
	markup_element(&h->m, "td", p->source_name);
	html_element(h, "td", "code", p->purl ? p->purl : "");
	markup_open(&h->m, "td");
	markup_attr(&h->m, "class", "number");
	if (layer > 0)
		html_layer_link(h, layer, "");
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

void
html_packages(struct html *h)
{
	static const struct html_column columns[] = {
		{ NULL, "Package" },
		{ NULL, "Version" },
		{ NULL, "Source" },
		{ NULL, "Package URL" },
		{ "number", "Layer" },
	};
	const struct report *r = h->r;

	if (r->npackages == 0)
		return;
	html_section(h, "packages", "Packages");
	if (r->npackages > PACKAGES_MOST)
		html_elementf(h, "p", "hint",
		    "The first %d of %zu are listed; the json and cyclonedx reports hold all.",
		    PACKAGES_MOST, r->npackages);
	markup_open(&h->m, "details");
	html_elementf(h, "summary", NULL, "All that %s: %s",
	    r->ngaps > 0 ? "was found" : "is installed",
	    number_of(h->scratch, r->npackages, "package"));
	html_open(h, "table", "packages");
	html_columns(h, columns, ARRAY_LEN(columns));
	markup_open(&h->m, "tbody");
	for (size_t i = 0; i < r->npackages && i < PACKAGES_MOST; i++)
		put_package(h, r->packages[i]);
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
}
