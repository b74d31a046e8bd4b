/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_controls.c - the html format's search and filters, which its script shows
 *
 * Without the script they would do nothing: so they are hidden until it runs.
 */
#include "formatters/html.h"
#include "formatters/wording.h"
#include "step/base/io.h"

static void
put_box(struct html *h, const char *value, bool checked, const char *words)
{
	markup_open(&h->m, "label");
	markup_open(&h->m, "input");
	markup_attr(&h->m, "type", "checkbox");
	markup_attr(&h->m, "value", value);
	if (checked)
		markup_attr(&h->m, "checked", NULL);
	markup_close(&h->m);
	markup_text(&h->m, " ");
	markup_text(&h->m, words);
	markup_close(&h->m);
}

static void
put_button(struct html *h, const char *id, const char *words)
{
	markup_open(&h->m, "button");
	markup_attr(&h->m, "type", "button");
	markup_attr(&h->m, "id", id);
	markup_text(&h->m, words);
	markup_close(&h->m);
}

/* A box for each severity that is listed. */
static void
put_severities(struct html *h)
{
	bool listed[SEVERITY_COUNT] = { false };

	for (size_t i = 0; i < h->todo.nrows; i++)
		listed[h->todo.rows[i].members[0]->severity] = true;
	for (size_t i = 0; i < h->settled.nrows; i++)
		listed[h->settled.rows[i].members[0]->severity] = true;
	markup_open(&h->m, "fieldset");
	markup_attr(&h->m, "id", "severities");
	markup_element(&h->m, "legend", "Severity");
	for (unsigned i = SEVERITY_COUNT; i-- > 0;)
		if (listed[i])
			put_box(h, severity_name((enum severity)i), true,
			    severity_title((enum severity)i));
	markup_close(&h->m);
}

void
html_controls(struct html *h)
{
	markup_open(&h->m, "div");
	markup_attr(&h->m, "id", "controls");
	markup_attr(&h->m, "class", "controls");
	markup_attr(&h->m, "role", "search");
	markup_attr(&h->m, "hidden", NULL);
	markup_open(&h->m, "label");
	markup_attr(&h->m, "class", "query");
	markup_text(&h->m, "Search ");
	markup_open(&h->m, "input");
	markup_attr(&h->m, "type", "search");
	markup_attr(&h->m, "id", "query");
	markup_attr(&h->m, "placeholder", "id, package, version, text");
	markup_close(&h->m);
	markup_close(&h->m);
	put_severities(h);
	markup_open(&h->m, "fieldset");
	markup_attr(&h->m, "id", "only");
	markup_element(&h->m, "legend", "Only");
	put_box(h, "fixable", false, "with a fix");
	put_box(h, "exploited", false, "exploited");
	put_box(h, "open", false, "open");
	markup_close(&h->m);
	html_open(h, "div", "buttons");
	put_button(h, "group", "Group by package");
	put_button(h, "unfold", "Open all details");
	put_button(h, "reset", "Reset");
	markup_close(&h->m);
	markup_open(&h->m, "p");
	markup_attr(&h->m, "id", "shown");
	markup_attr(&h->m, "role", "status");
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
}
