/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit_cases.c - the cases of a JUnit report: findings and gaps, and what is said of each
 */
#include "formatters/junit.h"

#include "formatters/verdict.h"
#include "formatters/wording.h"

#include <ctype.h>

enum {
	DETAILED_MOST = 1000, /* failures told at length */
	DETAILS_MOST = 1000,  /* code points of what is published */
	GAPS_MOST = 100,      /* gaps with a case of their own */
};

enum junit_outcome
junit_outcome_of(const struct junit *j, const struct finding *f)
{
	if (finding_set_aside(f))
		return JUNIT_SKIPPED;
	return finding_fails(j->r, f) ? JUNIT_FAILED : JUNIT_PASSED;
}

size_t
junit_gap_cases(const struct report *r)
{
	return r->ngaps < GAPS_MOST ? r->ngaps : GAPS_MOST;
}

char *
junit_short(struct junit *j, const char *text, size_t max)
{
	char *line = short_line(j->scratch, text, max);

	return line ? line : arena_textf(j->scratch, "%s", "");
}

void
junit_open_case(struct junit *j, const char *classname, const char *name)
{
	markup_open(&j->m, "testcase");
	markup_attr(&j->m, "classname", classname);
	markup_attr(&j->m, "name", name);
	markup_attr(&j->m, "time", "0");
}

static void
put_gap_case(struct junit *j, const char *name, const char *text)
{
	bool accepted = !is_incomplete(j->r);

	junit_open_case(j, "scanstep.gaps", name);
	markup_open(&j->m, accepted ? "skipped" : "error");
	markup_attr(&j->m, "message", accepted ? "gap, accepted by policy" : "incomplete scan");
	if (!accepted)
		markup_attr(&j->m, "type", "INCOMPLETE");
	markup_text(&j->m, text);
	markup_close(&j->m);
	markup_close(&j->m);
	arena_reset(j->scratch);
}

void
junit_put_gaps(struct junit *j)
{
	const struct report *r = j->r;
	size_t ncases = junit_gap_cases(r), nshown = r->ngaps > ncases ? ncases - 1 : r->ngaps;

	for (size_t i = 0; i < nshown; i++) {
		const char *words = gap_words(j->scratch, &r->gaps[i]);

		put_gap_case(j,
		    arena_textf(
			j->scratch, "gap %zu: %s", i + 1, junit_short(j, words, JUNIT_NAME_MOST)),
		    junit_short(j, words, JUNIT_TEXT_MOST));
	}
	if (r->ngaps > nshown)
		put_gap_case(j, "further gaps",
		    arena_textf(
			j->scratch, "%zu more gaps are not listed here.", r->ngaps - nshown));
}

/* "Label: value", if there is one. */
static void
put_line(struct junit *j, const char *label, const char *value)
{
	const char *line = short_line(j->scratch, value, JUNIT_NAME_MOST);

	if (line)
		markup_textf(&j->m, "%s: %s\n", label, line);
}

static void
put_score(struct junit *j, const struct vulnerability *v)
{
	const char *vector = short_line(j->scratch, v->cvss_vector, JUNIT_NAME_MOST);

	if (v->cvss_score >= 0)
		markup_textf(&j->m, "CVSS: %.1f%s%s\n", v->cvss_score, vector ? " " : "",
		    vector ? vector : "");
	else if (vector)
		markup_textf(&j->m, "CVSS: %s\n", vector);
	if (v->epss >= 0)
		markup_textf(&j->m, "EPSS: %.5f\n", v->epss);
	put_line(j, "Known to be exploited since", v->kev);
}

static void
put_details(struct junit *j, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const struct package *p = f->package;
	const struct layer *layer = layer_of(j->r, p);

	put_line(j, "Severity", severity_title(f->severity));
	put_score(j, v);
	put_line(j, "Package", p->name);
	put_line(j, "Installed", p->version);
	put_line(j, "Status", fix_words(j->scratch, f));
	markup_textf(&j->m, "%s\n", junit_short(j, advice(j->scratch, f), JUNIT_TEXT_MOST));
	put_line(j, "Path", p->path);
	put_line(j, "Layer", p->layer);
	put_line(j, "Made by", layer ? layer->command : NULL);
	put_line(j, "See", web_link(v->url));
	if (!v->details || !*v->details)
		return;
	markup_text(&j->m, "\n");
	markup_text(&j->m, cut_text(j->scratch, v->details, DETAILS_MOST));
}

/* "HIGH" */
static char *
failure_type(struct junit *j, const struct finding *f)
{
	char *type = arena_textf(j->scratch, "%s", severity_name(f->severity));

	for (char *c = type; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return type;
}

static void
put_failure(struct junit *j, const struct finding *f)
{
	bool detailed = j->ndetailed++ < DETAILED_MOST;
	char *message = finding_sentence(j->scratch, f);

	markup_open(&j->m, "failure");
	markup_attr(&j->m, "message",
	    detailed ? message : junit_short(j, fix_words(j->scratch, f), JUNIT_NAME_MOST));
	markup_attr(&j->m, "type", failure_type(j, f));
	if (detailed)
		put_details(j, f);
	else
		markup_text(&j->m, cut_text(j->scratch, message, JUNIT_BRIEF_MOST));
	markup_close(&j->m);
}

void
junit_put_finding(struct junit *j, const struct junit_part *part)
{
	const struct finding *f = part->finding;

	junit_open_case(j, junit_class(j->scratch, f->package), junit_name(j->scratch, part));
	switch (junit_outcome_of(j, f)) {
	case JUNIT_FAILED:
		put_failure(j, f);
		break;
	case JUNIT_SKIPPED:
		markup_open(&j->m, "skipped");
		markup_attr(&j->m, "message", standing_title(f->standing));
		markup_textf(&j->m, "%s\n%s",
		    junit_short(j, decision_words(j->scratch, f), JUNIT_TEXT_MOST),
		    cut_text(j->scratch, finding_sentence(j->scratch, f), JUNIT_BRIEF_MOST));
		markup_close(&j->m);
		break;
	case JUNIT_PASSED:
	case JUNIT_ERROR:
	case JUNIT_COUNT:
		break;
	}
	markup_close(&j->m);
	arena_reset(j->scratch);
}
