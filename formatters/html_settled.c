/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_settled.c - the html format's findings that are set aside: by whom, why and until when
 *
 * What a setting accepts has neither owner nor end: that is the policy's, and no person's promise.
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

/* Why: the standing, and what the decision says of it. */
static void
put_reason(struct html *h, const struct finding *f)
{
	const struct decision *d = &f->decision;

	html_open(h, "p", "reason");
	html_element(h, "strong", NULL, standing_title(f->standing));
	if (d->reason) {
		markup_text(&h->m, ": ");
		markup_text(&h->m, d->reason);
	}
	if (d->justification) {
		markup_text(&h->m, " ");
		html_element(h, "code", NULL, d->justification);
	}
	if (d->source) {
		markup_text(&h->m, accepted_by_setting(f) ? ", by " : ", said in ");
		html_element(h, "code", NULL, d->source);
	}
	markup_close(&h->m);
}

static void
put_settled(struct html *h, const struct row *row)
{
	const struct finding *f = row->members[0];
	const struct decision *d = &f->decision;
	const char *nobody = accepted_by_setting(f) ? "policy" : "no owner";
	const char *never = accepted_by_setting(f) ? "" : "no end";

	html_open(h, "tbody",
	    arena_textf(h->scratch, "finding %s %s", severity_name(f->severity),
		standing_name(f->standing)));
	markup_open(&h->m, "tr");
	html_severity_cell(h, f->severity);
	html_id_cell(h, f->vulnerability);
	html_names_cell(h, row);
	html_element(h, "td", "installed version", f->package->version);
	html_element(h, "td", d->owner ? "owner" : "none", d->owner ? d->owner : nobody);
	html_element(h, "td", d->expires ? "until" : "none", d->expires ? d->expires : never);
	markup_close(&h->m);
	markup_open(&h->m, "tr");
	html_element(h, "td", NULL, "");
	markup_open(&h->m, "td");
	markup_attr(&h->m, "colspan", "5");
	html_element(h, "p", "title", html_title(h, f->vulnerability));
	put_reason(h, f);
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

void
html_settled(struct html *h)
{
	static const struct html_column columns[] = {
		{ "by-severity level", "Severity" },
		{ "by-text id", "Vulnerability" },
		{ "by-text packages", "Package" },
		{ "by-text installed", "Installed" },
		{ "by-text owner", "Owner" },
		{ "by-text until", "Until" },
	};

	if (h->settled.nfindings == 0)
		return;
	html_section(h, "settled", "Set aside");
	html_element(h, "p", "hint",
	    "Known risks that somebody took, what does not apply, and what was there before: none of "
	    "these fails the build.");
	html_findings_open(h, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < h->settled.nrows; i++) {
		html_findings_next(h, columns, ARRAY_LEN(columns));
		put_settled(h, &h->settled.rows[i]);
	}
	markup_close(&h->m);
	markup_close(&h->m);
}
