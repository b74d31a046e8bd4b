/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jenkins.c - issues as Jenkins' Warnings plugin itself writes them: recordIssues(tool: issues(...))
 *
 * Spec: https://github.com/jenkinsci/analysis-model, its JsonParser; there is no schema.
 *
 * One issue a finding. A value of another type than expected throws the whole file away, so that
 * numbers are numbers and all else is text. The severities are four: critical is ERROR, high HIGH,
 * medium NORMAL, and LOW the rest. Equal issues become one: the message names package and version,
 * the description path and layer. A file is looked for in the workspace, which an address without
 * ".." cannot leave. The fingerprint finds an issue again in the next build; there is no tag
 * in any field for the same reason.
 *
 * The plugin shows the message as text, but the description, and what it puts into cells of its table
 * (category, type, package), as HTML that it has cleaned: they are markup here, so that a text is
 * whole, and text.
 *
 * What an allow-list, a setting or VEX dismisses is left out, as is what is under --report-min. Gaps are issues
 * of the type scanstep-gap: errors, unless --allow-incomplete or --allow-empty accepts them; these,
 * and notices, are LOW. A second one with the same words has a fingerprint of its own.
 */
#include "formatters/formatter.h"
#include "formatters/identity.h"
#include "formatters/jsonout.h"
#include "formatters/markup.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	DETAILS_MAX = 4000, /* code points; a build keeps all issues in memory */
	FIELD_MAX = 400,    /* the same, of a package's or layer's */
};

struct jenkins {
	struct jsonout j;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch; /* of one issue */
	FILE *html;            /* where markup is made, again and again, */
	char *text;            /* and what was made: its content and length */
	size_t len;
	size_t nissues;
	struct err *err;
	bool failed;
};

static const char *
severity_of(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
		return "ERROR";
	case SEVERITY_HIGH:
		return "HIGH";
	case SEVERITY_MEDIUM:
		return "NORMAL";
	case SEVERITY_LOW:
	case SEVERITY_NEGLIGIBLE:
	case SEVERITY_UNKNOWN:
		return "LOW";
	}
	return "LOW";
}

/* What was written to w->html; the next one begins at its front. */
static const char *
take_html(struct jenkins *w)
{
	char *html;

	putc('\0', w->html);
	if (fflush(w->html) != 0) {
		w->failed = true;
		return "";
	}
	html = arena_text(w->scratch, str_trim(str_of(w->text)));
	rewind(w->html);
	return html;
}

/* A text that is shown as HTML. */
static const char *
shown_html(struct jenkins *w, const char *text)
{
	const char *line = short_line(w->scratch, text, FIELD_MAX);

	markup_escape(w->html, line ? line : "");
	return take_html(w);
}

static void
put_paragraph(struct markup *m, struct arena *a, const char *text)
{
	const char *line = short_line(a, text, DETAILS_MAX);

	if (line)
		markup_element(m, "p", line);
}

static void
put_item(struct markup *m, struct arena *a, const char *label, const char *text)
{
	const char *line = short_line(a, text, FIELD_MAX);

	if (!line)
		return;
	markup_open(m, "li");
	markup_textf(m, "%s: %s", label, line);
	markup_close(m);
}

static void
put_risk_items(struct markup *m, struct arena *a, const struct vulnerability *v)
{
	const char *score = v->cvss_score < 0 ? "" : arena_textf(a, "%.1f ", v->cvss_score);
	const char *vector = v->cvss_vector ? v->cvss_vector : "";

	put_item(m, a, "CVSS", arena_textf(a, "%s%s", score, vector));
	if (v->epss >= 0)
		put_item(m, a, "EPSS", arena_textf(a, "%.5f", v->epss));
	put_item(m, a, "Known to be exploited since", v->kev);
	put_item(m, a, "Also known as", join_texts(a, v->aliases, ", "));
}

static void
put_link(struct markup *m, const char *link)
{
	if (!link)
		return;
	markup_open(m, "p");
	markup_open(m, "a");
	markup_attr(m, "href", link);
	markup_text(m, link);
	markup_close(m);
	markup_close(m);
}

static const char *
describe(struct jenkins *w, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const struct layer *layer = layer_of(w->r, f->package);
	struct arena *a = w->scratch;
	struct markup m;

	markup_begin_part(&m, w->html);
	put_paragraph(&m, a, v->title);
	put_paragraph(&m, a, v->details);
	put_paragraph(&m, a, advice(a, f));
	markup_open(&m, "ul");
	put_item(&m, a, "Package", f->package->purl);
	put_item(&m, a, "Found in", f->package->path);
	put_item(&m, a, "Layer", f->package->layer);
	put_item(&m, a, "Made by", layer ? layer->command : NULL);
	put_risk_items(&m, a, v);
	if (f->standing != STANDING_OPEN)
		put_item(&m, a, "Does not fail the build", standing_title(f->standing));
	markup_close(&m);
	put_link(&m, web_link(v->url));
	if (markup_finish(&m, w->err) < 0)
		w->failed = true;
	return take_html(w);
}

/* What every issue has; path is in the image. */
static void
open_issue(struct jenkins *w, const char *path)
{
	const char *file = w->o->location_file;

	jsonout_open(&w->j, NULL, '{');
	jsonout_text(
	    &w->j, "fileName", file ? file : relative_uri(w->scratch, w->r->image.name, path));
	jsonout_integer(&w->j, "lineStart", file ? w->o->location_line : 1);
	jsonout_text(&w->j, "moduleName", w->r->image.name);
}

static void
close_issue(struct jenkins *w)
{
	jsonout_close(&w->j);
	w->nissues++;
	arena_reset(w->scratch);
}

/* What is no finding: type, category and description are ours, or a notice's kind. */
struct message {
	const char *type, *category, *severity, *words, *description, *fingerprint;
};

static void
put_message(struct jenkins *w, const struct message *m)
{
	jsonout_text(&w->j, "category", m->category);
	jsonout_text(&w->j, "type", m->type);
	jsonout_text(&w->j, "severity", m->severity);
	jsonout_text(&w->j, "message", sentence(w->scratch, m->words, SENTENCE_MAX));
	jsonout_text(&w->j, "description", m->description);
	jsonout_text(&w->j, "fingerprint", m->fingerprint);
	close_issue(w);
}

static void
put_gap(struct jenkins *w, const struct gap *g, const char *fingerprint)
{
	bool fails = is_incomplete(w->r);
	const struct message m = {
		.type = "scanstep-gap",
		.category = gap_kind_name(g->kind),
		.severity = fails ? "ERROR" : "LOW",
		.words = gap_words(w->scratch, g),
		.description = fails ? "<p>The scan is incomplete: without this gap there may be "
				       "more findings.</p>"
				     : "<p>The policy accepts this gap: without it there may be "
				       "more findings.</p>",
		.fingerprint = fingerprint,
	};

	open_issue(w, g->path ? g->path : "");
	put_message(w, &m);
}

static void
put_notice(struct jenkins *w, const struct notice *n, const char *fingerprint)
{
	const struct message m = {
		.type = "scanstep-notice",
		.category = shown_html(w, n->kind),
		.severity = "LOW",
		.words = n->text,
		.description = "<p>No finding, but to know.</p>",
		.fingerprint = fingerprint,
	};

	open_issue(w, "");
	put_message(w, &m);
}

static void
put_finding(struct jenkins *w, const struct finding *f)
{
	const struct package *p = f->package;

	open_issue(w, p->path);
	jsonout_text(&w->j, "category", shown_html(w, p->type));
	jsonout_text(&w->j, "type", shown_html(w, f->vulnerability->id));
	jsonout_text(&w->j, "severity", severity_of(f->severity));
	jsonout_text(&w->j, "message", finding_sentence(w->scratch, f));
	jsonout_text(&w->j, "description", describe(w, f));
	jsonout_text(&w->j, "packageName", shown_html(w, p->name));
	jsonout_text(&w->j, "fingerprint", f->fingerprint);
	jsonout_text(&w->j, "additionalProperties", p->purl);
	close_issue(w);
}

static void
put_issues(struct jenkins *w)
{
	AUTO_ARENA kept = arena_new();
	const struct report *r = w->r;
	const char **gaps = gap_fingerprints(kept, "scanstep-gap", r);
	const char **notices = notice_fingerprints(kept, "scanstep-notice", r);

	jsonout_open(&w->j, "issues", '[');
	for (size_t i = 0; i < r->ngaps; i++)
		put_gap(w, &r->gaps[i], gaps[i]);
	for (size_t i = 0; i < r->nfindings; i++)
		if (!finding_dismissed(&r->findings[i]) && format_lists(w->o, &r->findings[i]))
			put_finding(w, &r->findings[i]);
	for (size_t i = 0; i < r->nnotices; i++)
		put_notice(w, &r->notices[i], notices[i]);
	jsonout_close(&w->j);
}

static int
write_jenkins(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct jenkins w = { .r = r, .o = o, .scratch = scratch, .err = err };
	int ret = -1;

	w.html = open_memstream(&w.text, &w.len);
	if (!w.html)
		return err_set(err, ERR_INTERNAL, "no memory for the markup of a report");
	jsonout_init(&w.j, out);
	jsonout_open(&w.j, NULL, '{');
	jsonout_text(&w.j, "_class", "io.jenkins.plugins.analysis.core.restapi.ReportApi");
	put_issues(&w);
	jsonout_integer(&w.j, "size", w.nissues);
	jsonout_close(&w.j);
	ret = jsonout_finish(&w.j, err);
	if (w.failed)
		ret = err_set(err, ERR_INTERNAL, "the markup of a report cannot be made");
	fclose(w.html);
	free(w.text);
	return ret;
}

const struct formatter formatter_jenkins = {
	.name = "jenkins",
	.summary = "issues for Jenkins' Warnings plugin",
	.spec = "https://github.com/jenkinsci/analysis-model",
	.file = "scanstep-issues.json",
	.write = write_jenkins,
};
