/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c - JUnit XML, for GitLab's and Jenkins' test reports
 *
 * Spec: https://llg.cubic.org/docs/junit/ (there is no standard). What is written is valid against both schemas
 * in use, Jenkins' junit-10.xsd and Windy Road's JUnit.xsd, which is why every attribute is there, times
 * are without zone, and no case has a system-out: the suite's holds what passed cases have to say.
 *
 * A suite is the image with the packages of its distribution, then one for each other type of package. A
 * case is a finding: failed if it fails the build, skipped if it is accepted, dismissed or in the baseline, else passed.
 * A case of our own says what was looked at, so that no suite is empty: Jenkins ignores such suites, and a
 * report of nothing else fails its step. It passes; a gap is an error beside it. A gap that was accepted is
 * skipped, not passed: nobody has looked there, and of passed cases GitLab shows no text.
 *
 * GitLab tells cases by suite, class and name, drops the second of two, and finds by these what a merge request
 * brings. So suites are named without tag and digest, and junit_names.c makes names unique. The
 * failure's type is a severity in capitals, since GitLab's parser takes types such as "array" for its own; what is
 * to be read is text and no attribute, because GitLab shows text alone.
 *
 * GitLab takes 30 MB. All that strangers wrote is cut, and only the first, worst failures are told at length:
 * 30,000 findings, as feeds publish them, are 15 MB.
 */
#include "formatters/junit.h"

#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

enum {
	LINES_MOST = 1000, /* passed findings in a system-out; notices */
};

/* The parts of one type of package, and how its cases come out. */
struct suite {
	const char *type;
	const struct junit_part *parts;
	size_t nparts;
	size_t ncases;
	size_t outcomes[JUNIT_COUNT];
	bool is_first; /* it has the image's gaps and notices */
};

static void
put_properties(struct junit *j)
{
	const struct image *img = &j->r->image;
	const struct {
		const char *name, *value;
	} list[] = {
		{ "image", img->reference },
		{ "digest", img->digest },
		{ "platform", img->platform },
		{ "distribution", img->distro ? img->distro->name : NULL },
		{ "scanstep", j->r->tool_version },
		{ "database", arena_textf(j->scratch, "%s, built %s", j->r->database.source,
				  j->r->database.built) },
	};

	markup_open(&j->m, "properties");
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		if (!list[i].value)
			continue;
		markup_open(&j->m, "property");
		markup_attr(&j->m, "name", list[i].name);
		markup_attr(&j->m, "value", junit_short(j, list[i].value, JUNIT_TEXT_MOST));
		markup_close(&j->m);
	}
	markup_close(&j->m);
}

static void
put_scan_case(struct junit *j, const struct suite *s)
{
	size_t packages = 0, findings = 0;

	for (size_t i = 0; i < s->nparts; i++) {
		packages += s->parts[i].packages;
		findings += s->parts[i].finding != NULL;
	}
	junit_open_case(j, "scanstep.scan",
	    arena_textf(j->scratch, "%s: %zu package%s, %zu finding%s",
		is_incomplete(j->r) ? "what was read" : "scan completed", packages,
		packages == 1 ? "" : "s", findings, findings == 1 ? "" : "s"));
	markup_close(&j->m);
}

static void
put_head_lines(struct junit *j)
{
	const struct report *r = j->r;
	size_t below = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		below += !format_lists(j->o, &r->findings[i]);
	markup_textf(&j->m, "%s\n", verdict_line(j->scratch, r));
	if (below > 0)
		markup_textf(
		    &j->m, "%s\n", below_words(j->scratch, below, r->nfindings, j->o->report_min));
	for (size_t i = 0; i < r->nnotices && i < LINES_MOST; i++) {
		markup_textf(&j->m, "%s\n", junit_short(j, r->notices[i].text, JUNIT_TEXT_MOST));
		arena_reset(j->scratch);
	}
	if (r->nnotices > LINES_MOST)
		markup_textf(&j->m, "%zu more notices\n", r->nnotices - LINES_MOST);
}

/* Why cases passed that are findings. */
static void
put_passed_lines(struct junit *j, const struct suite *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nparts; i++) {
		const struct finding *f = s->parts[i].finding;

		if (!f || !format_lists(j->o, f) || junit_outcome_of(j, f) != JUNIT_PASSED)
			continue;
		if (n++ >= LINES_MOST)
			continue;
		markup_textf(&j->m, "Does not fail the build: %s\n",
		    cut_text(j->scratch, finding_sentence(j->scratch, f), JUNIT_BRIEF_MOST));
		arena_reset(j->scratch);
	}
	if (n > LINES_MOST)
		markup_textf(&j->m, "%zu more findings do not fail the build\n", n - LINES_MOST);
}

static void
count_cases(const struct junit *j, struct suite *s)
{
	enum junit_outcome gaps = is_incomplete(j->r) ? JUNIT_ERROR : JUNIT_SKIPPED;

	s->outcomes[JUNIT_PASSED] = 1;
	s->outcomes[gaps] += s->is_first ? junit_gap_cases(j->r) : 0;
	for (size_t i = 0; i < s->nparts; i++)
		if (s->parts[i].finding && format_lists(j->o, s->parts[i].finding))
			s->outcomes[junit_outcome_of(j, s->parts[i].finding)]++;
	for (unsigned i = 0; i < JUNIT_COUNT; i++)
		s->ncases += s->outcomes[i];
}

/* The image without tag, and the release or type: what does not change from build to build. */
static char *
suite_name(struct junit *j, const struct suite *s)
{
	const struct distro *d = j->r->image.distro;
	const char *what = !s->is_first ? s->type : d ? d->release : "no distribution";

	if (!what)
		what = d->name;
	return arena_textf(j->scratch, "%s (%s)", junit_short(j, j->r->image.name, JUNIT_TEXT_MOST),
	    junit_short(j, what, JUNIT_NAME_MOST));
}

static void
put_suite(struct junit *j, struct suite *s)
{
	count_cases(j, s);
	markup_open(&j->m, "testsuite");
	markup_attr(&j->m, "name", suite_name(j, s));
	markup_attr(&j->m, "package", "scanstep");
	markup_attrf(&j->m, "id", "%zu", j->nsuites++);
	markup_attr(
	    &j->m, "hostname", "localhost"); /* what the schema wants where none is to be told */
	markup_attr(&j->m, "timestamp", bare_time(j->scratch, j->r->scanned_at));
	markup_attrf(&j->m, "tests", "%zu", s->ncases);
	markup_attrf(&j->m, "failures", "%zu", s->outcomes[JUNIT_FAILED]);
	markup_attrf(&j->m, "errors", "%zu", s->outcomes[JUNIT_ERROR]);
	markup_attrf(&j->m, "skipped", "%zu", s->outcomes[JUNIT_SKIPPED]);
	markup_attr(&j->m, "time", "0");
	put_properties(j);
	put_scan_case(j, s);
	if (s->is_first)
		junit_put_gaps(j);
	for (size_t i = 0; i < s->nparts; i++)
		if (s->parts[i].finding && format_lists(j->o, s->parts[i].finding))
			junit_put_finding(j, &s->parts[i]);
	markup_open(&j->m, "system-out");
	if (s->is_first)
		put_head_lines(j);
	put_passed_lines(j, s);
	markup_close(&j->m);
	markup_element(&j->m, "system-err", "");
	markup_close(&j->m);
	arena_reset(j->scratch);
}

/* Those of the type at the front of parts. */
static struct suite
suite_of(const char *type, const struct junit_part *parts, size_t nparts)
{
	struct suite s = { .type = type, .parts = parts };

	while (s.nparts < nparts && strcmp(parts[s.nparts].type, type) == 0)
		s.nparts++;
	return s;
}

/* The first suite is there even if the distribution has none. */
static void
put_suites(struct junit *j, const struct junit_part *parts, size_t nparts)
{
	struct suite s = suite_of(JUNIT_OWN, parts, nparts);

	s.is_first = true;
	put_suite(j, &s);
	for (size_t i = s.nparts; i < nparts; i += s.nparts) {
		s = suite_of(parts[i].type, parts + i, nparts - i);
		put_suite(j, &s);
	}
}

static int
write_junit(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_FREE struct junit_part *parts = NULL;
	struct junit j = { .r = r, .o = o, .scratch = scratch };
	size_t nparts = junit_parts(r, &parts);

	markup_begin(&j.m, out, MARKUP_XML);
	markup_open(&j.m, "testsuites");
	put_suites(&j, parts, nparts);
	markup_close(&j.m);
	return markup_finish(&j.m, err);
}

const struct formatter formatter_junit = {
	.name = "junit",
	.summary = "JUnit XML: a test case for each finding",
	.spec = "https://llg.cubic.org/docs/junit/",
	.file = "scanstep-junit.xml",
	.write = write_junit,
};
