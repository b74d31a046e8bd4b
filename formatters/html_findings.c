/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_findings.c - the html format's findings that are open or below the threshold, by package
 *
 * One table, so that it can be sorted as a whole; a body for each finding, so that it moves and
 * hides in one piece: a row of facts, and one with its title, which opens its details. Bodies
 * between them name the packages. What the script filters by stands in the classes.
 *
 * The worst HTML_DETAILS_MOST have details: with 30,000 the page would be several times as large. A table
 * of so many rows is laid out again and again while it loads, so after TABLE_MOST rows another
 * begins; the script joins them.
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

enum {
	TITLE_MAX = 300, /* code points */
	TEXT_MAX = 4000,
	PACKAGES_MOST = 50, /* of one row, in its details */
};

static const struct html_column columns[] = {
	{ "by-severity level", "Severity" },
	{ "by-text id", "Vulnerability" },
	{ "by-text packages", "Package" },
	{ "by-text installed", "Installed" },
	{ "by-text fix", "Fixed in" },
	{ "by-number number cvss", "CVSS" },
	{ "by-number number epss", "EPSS" },
	{ "by-number number layer", "Layer" },
};

/* ---- Details ---- */

/* Blank lines part paragraphs; other line ends are left to the style. */
static void
put_paragraphs(struct html *h, const char *text)
{
	const char *rest = cut_text(h->scratch, text, TEXT_MAX);

	while (*rest) {
		const char *end = strstr(rest, "\n\n");
		size_t len = end ? (size_t)(end - rest) : strlen(rest);

		if (len > 0)
			html_elementf(h, "p", "text", "%.*s", (int)len, rest);
		rest += len + (end ? 2 : 0);
	}
}

static void
put_scores(struct html *h, const struct vulnerability *v)
{
	const char *version = cvss_version(v->cvss_vector);

	if (v->cvss_score >= 0 || v->cvss_vector) {
		html_fact_open(h, version ? arena_textf(h->scratch, "CVSS %s", version) : "CVSS");
		if (v->cvss_score >= 0)
			markup_textf(&h->m, "%.1f ", v->cvss_score);
		if (v->cvss_vector)
			html_element(h, "code", NULL, v->cvss_vector);
		html_fact_close(h);
	}
	if (v->epss >= 0) {
		html_fact_open(h, "EPSS");
		markup_textf(&h->m, "%.2f%% likely to be exploited within 30 days", v->epss * 100);
		if (v->epss_percentile >= 0)
			markup_textf(&h->m, ", more than %.1f%% of all vulnerabilities",
			    v->epss_percentile * 100);
		html_fact_close(h);
	}
	if (v->kev) {
		html_fact_open(h, "Exploited");
		markup_textf(&h->m, "listed as known to be exploited since %s (CISA KEV)", v->kev);
		html_fact_close(h);
	}
}

static void
put_names(struct html *h, const struct vulnerability *v)
{
	if (v->cwes[0]) {
		html_fact_open(h, "Weaknesses");
		for (const unsigned *cwe = v->cwes; *cwe; cwe++) {
			markup_text(&h->m, cwe > v->cwes ? ", " : "");
			html_link(h,
			    arena_textf(
				h->scratch, "https://cwe.mitre.org/data/definitions/%u.html", *cwe),
			    arena_textf(h->scratch, "CWE-%u", *cwe));
		}
		html_fact_close(h);
	}
	if (v->aliases[0]) {
		html_fact_open(h, "Also known as");
		for (size_t i = 0; v->aliases[i]; i++) {
			markup_text(&h->m, i > 0 ? ", " : "");
			markup_text(&h->m, v->aliases[i]);
		}
		html_fact_close(h);
	}
}

/* A package, and what brought it. */
static void
put_place(struct html *h, const struct package *p)
{
	size_t number = html_layer_number(h, p->layer);

	markup_open(&h->m, "li");
	html_element(h, "code", NULL, p->purl ? p->purl : p->name);
	markup_text(&h->m, " in ");
	html_element(h, "code", NULL, p->path);
	if (number > 0) {
		const struct layer *l = &h->r->image.layers[number - 1];

		markup_text(&h->m, ", brought by ");
		html_layer_link(h, number, "layer ");
		if (l->command) {
			markup_text(&h->m, ": ");
			html_element(h, "code", NULL, cut_text(h->scratch, l->command, TITLE_MAX));
		}
	}
	markup_close(&h->m);
}

static void
put_places(struct html *h, const struct row *row)
{
	html_fact_open(h, row->n == 1 ? "Package" : "Packages");
	markup_open(&h->m, "ul");
	for (size_t i = 0; i < row->n && i < PACKAGES_MOST; i++)
		put_place(h, row->members[i]->package);
	if (row->n > PACKAGES_MOST)
		html_elementf(h, "li", NULL, "and %zu more", row->n - PACKAGES_MOST);
	markup_close(&h->m);
	html_fact_close(h);
}

static void
put_more(struct html *h, const struct row *row)
{
	const struct finding *f = row->members[0];
	const struct vulnerability *v = f->vulnerability;

	html_open(h, "div", "more");
	if (v->details)
		put_paragraphs(h, v->details);
	html_open(h, "dl", "facts");
	html_fact_open(h, "What to do");
	markup_text(&h->m, advice(h->scratch, f));
	html_fact_close(h);
	put_scores(h, v);
	put_names(h, v);
	put_places(h, row);
	html_fact_open(h, "Advisory");
	markup_textf(&h->m, "from the feed %s", v->feed);
	if (v->url) {
		markup_text(&h->m, ": ");
		html_link(h, v->url, cut_text(h->scratch, v->url, TITLE_MAX));
	}
	html_fact_close(h);
	markup_close(&h->m);
	markup_close(&h->m);
}

const char *
html_title(struct html *h, const struct vulnerability *v)
{
	const char *text = v->title && *v->title ? v->title : v->details ? v->details : "";
	size_t len = strspn(text, " \r\n\t");

	text += len;
	len = strcspn(text, "\r\n");
	if (len == 0)
		return "No title is published";
	return cut_text(h->scratch, arena_string(h->scratch, (struct str){ text, len }), TITLE_MAX);
}

static void
put_title(struct html *h, const struct row *row)
{
	const struct finding *f = row->members[0];
	const char *title = html_title(h, f->vulnerability);

	markup_open(&h->m, "tr");
	html_element(h, "td", "standing", f->standing == STANDING_BELOW ? "below threshold" : "");
	markup_open(&h->m, "td");
	markup_attrf(&h->m, "colspan", "%zu", ARRAY_LEN(columns) - 1);
	if (!h->last_detailed || row->members[0] <= h->last_detailed) {
		markup_open(&h->m, "details");
		html_element(h, "summary", NULL, title);
		put_more(h, row);
		markup_close(&h->m);
	} else {
		html_element(h, "p", "title", title);
	}
	markup_close(&h->m);
	markup_close(&h->m);
}

/* ---- Facts ---- */

void
html_id_cell(struct html *h, const struct vulnerability *v)
{
	markup_open(&h->m, "th");
	markup_attr(&h->m, "scope", "row");
	markup_attr(&h->m, "class", "id");
	html_link(h, v->url, v->id);
	if (v->kev) {
		markup_text(&h->m, " ");
		html_element(h, "span", "kev", "Exploited");
	}
	markup_close(&h->m);
}

void
html_names_cell(struct html *h, const struct row *row)
{
	html_open(h, "td", "packages");
	for (size_t i = 0; i < row->n; i++) {
		if (row_repeats(row, i))
			continue;
		markup_text(&h->m, i > 0 ? ", " : "");
		markup_text(&h->m, row->members[i]->package->name);
	}
	markup_close(&h->m);
}

void
html_severity_cell(struct html *h, enum severity s)
{
	html_open(h, "td", "level");
	html_severity(h, s);
	markup_close(&h->m);
}

static void
put_fix_cell(struct html *h, const struct finding *f)
{
	if (f->state == FIX_RELEASED && f->fixed_version)
		html_element(h, "td", "fix version", f->fixed_version);
	else
		html_element(h, "td", "fix none", fix_words(h->scratch, f));
}

/* Each layer once, where neighbours share it: members come in the packages' order. */
static void
put_layers_cell(struct html *h, const struct row *row)
{
	size_t before = 0;
	const char *comma = "";

	html_open(h, "td", "number layer");
	for (size_t i = 0; i < row->n && i < PACKAGES_MOST; i++) {
		size_t number = html_layer_number(h, row->members[i]->package->layer);

		if (number == 0 || number == before)
			continue;
		markup_text(&h->m, comma);
		html_layer_link(h, number, "");
		comma = ", ";
		before = number;
	}
	markup_close(&h->m);
}

static void
put_finding(struct html *h, const struct row *row)
{
	const struct finding *f = row->members[0];
	const struct vulnerability *v = f->vulnerability;

	markup_open(&h->m, "tbody");
	markup_attrf(&h->m, "class", "finding %s %s%s%s", severity_name(f->severity),
	    standing_name(f->standing), html_fix(row) ? " fixable" : "",
	    v->kev ? " exploited" : "");
	markup_open(&h->m, "tr");
	html_severity_cell(h, f->severity);
	html_id_cell(h, v);
	html_names_cell(h, row);
	html_element(h, "td", "installed version", f->package->version);
	put_fix_cell(h, f);
	html_element(h, "td", "number cvss",
	    v->cvss_score >= 0 ? arena_textf(h->scratch, "%.1f", v->cvss_score) : "");
	html_element(h, "td", "number epss",
	    v->epss >= 0 ? arena_textf(h->scratch, "%.2f%%", v->epss * 100) : "");
	put_layers_cell(h, row);
	markup_close(&h->m);
	put_title(h, row);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

/* ---- The table ---- */

static void
put_group(struct html *h, size_t index, const struct html_group *g)
{
	const struct package *p = g->rows->members[0]->package;
	struct html_counts counts = { 0 };

	for (size_t i = 0; i < g->n; i++)
		html_count(&counts, &g->rows[i]);
	html_open(h, "tbody", "group");
	markup_attrf(&h->m, "id", "package-%zu", index + 1);
	markup_open(&h->m, "tr");
	markup_open(&h->m, "th");
	markup_attrf(&h->m, "colspan", "%zu", ARRAY_LEN(columns));
	markup_attr(&h->m, "scope", "rowgroup");
	html_element(h, "span", "name", p->source_name);
	markup_text(&h->m, " ");
	html_element(h, "span", "version", p->source_version);
	markup_text(&h->m, " ");
	html_elementf(h, "span", "hint", "%s: ", number_of(h->scratch, counts.all, "finding"));
	html_severities(h, &counts);
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
	for (size_t i = 0; i < g->n; i++) {
		html_findings_next(h, columns, ARRAY_LEN(columns));
		put_finding(h, &g->rows[i]);
	}
}

/* What of the list is left out, and where it is. */
static void
put_left_out(struct html *h)
{
	if (h->nunlisted > 0)
		html_elementf(h, "p", "hint", "%s under --report-min %s %s counted, not listed.",
		    number_of(h->scratch, h->nunlisted, "finding"), severity_name(h->o->report_min),
		    h->nunlisted == 1 ? "is" : "are");
	if (h->todo.nrows > HTML_DETAILS_MOST)
		html_elementf(h, "p", "hint",
		    "The worst %d of %zu rows have details here; the json report has all of them.",
		    HTML_DETAILS_MOST, h->todo.nrows);
}

void
html_findings(struct html *h)
{
	html_section(h, "findings", "Findings");
	put_left_out(h);
	if (h->todo.nfindings == 0) {
		html_element(h, "p", h->nunlisted > 0 ? "hint" : "good",
		    h->settled.nfindings > 0 ? "None but those that are set aside."
		    : h->nunlisted > 0       ? "None that is listed."
					     : "None.");
	} else {
		html_controls(h);
		html_findings_open(h, columns, ARRAY_LEN(columns));
		for (size_t i = 0; i < h->todo.ngroups; i++)
			put_group(h, i, &h->todo.groups[i]);
		markup_close(&h->m);
	}
	markup_close(&h->m);
}
