/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - the verdict in words, the same in every format
 */
#include "formatters/verdict.h"

#include <string.h>

bool
is_starter(const struct report *r)
{
	return strcmp(r->database.source, "starter") == 0;
}

bool
finding_fails(const struct report *r, const struct finding *f)
{
	return f->standing == STANDING_OPEN && !r->policy.fail_on_none &&
	       severity_reaches(f->severity, r->policy.fail_on);
}

const char *
verdict_word(const struct report *r)
{
	if (r->passed)
		return "PASSED";
	return r->exit_status == STATUS_INCOMPLETE ? "INCOMPLETE" : "FAILED";
}

/* Packages, and not one of them was looked up? */
static bool
is_unchecked(const struct report *r)
{
	return r->npackages > 0 && r->nfindings == 0 && r->unchecked >= r->npackages;
}

/* Open findings that fail the build; of these, how many because nobody knows their severity. */
static size_t
count_failing(const struct report *r, size_t *ret_unknown)
{
	size_t n = 0;

	for (unsigned i = 0; i < SEVERITY_COUNT && !r->policy.fail_on_none; i++)
		if (severity_reaches((enum severity)i, r->policy.fail_on))
			n += r->open[i];
	*ret_unknown = n > 0 ? r->open[SEVERITY_UNKNOWN] : 0;
	return n;
}

/* "1 finding reaches --fail-on high", and which of them only for want of a severity. */
static char *
failing_words(struct arena *a, const struct report *r, size_t failing, size_t unknown)
{
	char *words = arena_textf(a, "%zu finding%s --fail-on %s", failing,
	    failing == 1 ? " reaches" : "s reach", severity_name(r->policy.fail_on));

	if (unknown == 0)
		return words;
	return arena_textf(a, "%s: %zu by %s severity, %zu because %s is unknown", words,
	    failing - unknown, failing == 1 ? "its" : "their", unknown,
	    failing == 1 ? "it" : "theirs");
}

static char *
findings_words(struct arena *a, const struct report *r)
{
	size_t unknown, failing = count_failing(r, &unknown);

	if (failing > 0)
		return failing_words(a, r, failing, unknown);
	if (r->npackages == 0)
		return arena_textf(a, "there was no package to judge");
	if (is_unchecked(r))
		return arena_textf(a, "none of %zu package%s was checked", r->npackages,
		    r->npackages == 1 ? "" : "s");
	if (r->nfindings == 0)
		return arena_textf(
		    a, "no known vulnerability was found%s", r->ngaps > 0 ? " in the rest" : "");
	if (r->policy.fail_on_none)
		return arena_textf(a, "--fail-on none: no finding fails the build");
	return arena_textf(
	    a, "no open finding reaches --fail-on %s", severity_name(r->policy.fail_on));
}

/* The switch that would accept the gaps: the narrowest that does. */
static const char *
gaps_switch(const struct report *r)
{
	return r->ngaps == 1 && r->gaps->kind == GAP_EMPTY ? "--allow-empty" : "--allow-incomplete";
}

static char *
gaps_words(struct arena *a, const struct report *r)
{
	return arena_textf(a, "%zu gap%s", r->ngaps, r->ngaps == 1 ? "" : "s");
}

char *
verdict_line(struct arena *a, const struct report *r)
{
	const char *starter = r->passed && is_starter(r) ? " (starter set only)" : "";
	char *findings = findings_words(a, r);

	if (r->exit_status == STATUS_INCOMPLETE)
		return arena_textf(a, "%s: %s (%s accepts %s); %s", verdict_word(r),
		    gaps_words(a, r), gaps_switch(r), r->ngaps == 1 ? "it" : "them", findings);
	return arena_textf(a, "%s%s%s%s%s%s%s", verdict_word(r), starter,
	    r->passed && is_unchecked(r) ? ", though " : ": ", findings, r->ngaps > 0 ? "; " : "",
	    r->ngaps > 0 ? gaps_words(a, r) : "",
	    r->ngaps > 0 ? " accepted by --allow-incomplete" : "");
}
