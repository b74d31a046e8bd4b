/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - the verdict in words, the same in every format
 */
#include "formatters/verdict.h"
#include "formatters/wording.h"

#include <string.h>

bool
is_starter(const struct report *r)
{
	return strcmp(r->database.source, "starter") == 0;
}

bool
finding_fails(const struct report *r, const struct finding *f)
{
	return f->standing == STANDING_OPEN && policy_reached(&r->policy, f->severity);
}

char *
policy_words(struct arena *a, const struct policy_summary *p)
{
	char *words =
	    arena_textf(a, "--fail-on %s", p->fail_on_none ? "none" : severity_name(p->fail_on));
	const char *before = NULL;

	if (p->unknown_passes)
		words = arena_textf(a, "%s, --unknown pass", words);
	for (unsigned s = 0; s < FIX_COUNT; s++) {
		const char *setting = policy_ignores(p, (enum fix_state)s);

		/* One setting may be of several states. */
		if (setting && text_compare(setting, before) != 0)
			words = arena_textf(a, "%s, %s", words, setting);
		before = setting ? setting : before;
	}
	return arena_textf(a, "%s%s%s", words, p->allow_empty ? ", --allow-empty" : "",
	    p->allow_incomplete ? ", --allow-incomplete" : "");
}

bool
is_incomplete(const struct report *r)
{
	return r->exit_status == STATUS_INCOMPLETE;
}

const char *
verdict_word(const struct report *r)
{
	return r->passed ? "PASSED" : is_incomplete(r) ? "INCOMPLETE" : "FAILED";
}

const char *
verdict_name(const struct report *r)
{
	return r->passed ? "passed" : is_incomplete(r) ? "incomplete" : "failed";
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

	for (unsigned i = 0; i < SEVERITY_COUNT; i++)
		if (policy_reached(&r->policy, (enum severity)i))
			n += r->open[i];
	*ret_unknown = policy_reached(&r->policy, SEVERITY_UNKNOWN) ? r->open[SEVERITY_UNKNOWN] : 0;
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
		return arena_textf(
		    a, "none of %s was checked", number_of(a, r->npackages, "package"));
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

char *
verdict_reason(struct arena *a, const struct report *r)
{
	const char *though = r->passed && is_unchecked(r) ? "nothing was found, though " : "";
	const char *starter = r->passed && is_starter(r) ? " (starter set only)" : "";
	char *findings = findings_words(a, r);

	if (is_incomplete(r))
		return arena_textf(a, "%s (%s accepts %s); %s", number_of(a, r->ngaps, "gap"),
		    gaps_switch(r), r->ngaps == 1 ? "it" : "them", findings);
	findings = arena_textf(a, "%s%s%s", though, findings, starter);
	if (r->ngaps == 0)
		return findings;
	return arena_textf(
	    a, "%s; %s accepted by --allow-incomplete", findings, number_of(a, r->ngaps, "gap"));
}

char *
verdict_line(struct arena *a, const struct report *r)
{
	return arena_textf(a, "%s: %s", verdict_word(r), verdict_reason(a, r));
}
