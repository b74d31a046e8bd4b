/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.c - verdict and counts by name, for the programs that come after
 */
#include "formatters/facts.h"

#include "formatters/formatter.h"
#include "formatters/verdict.h"
#include "step/base/io.h"

const char *
report_id(const struct report *r, struct arena *a)
{
	char digest[SHA256_HEX];
	const char *facts = arena_textf(a, "%s\n%s\n%s\n%s\n%zu\n%zu\n", r->scanned_at,
	    r->image.reference, r->image.digest ? r->image.digest : "", r->database.built,
	    r->npackages, r->nfindings);

	sha256_of(str_of(facts), digest);
	return arena_textf(a, "%.32s", digest);
}

static size_t
count(const struct report *r, enum severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		n += r->findings[i].severity == s && !finding_set_aside(&r->findings[i]);
	return n;
}

size_t
facts_of(const struct report *r, struct arena *a, struct fact ret[FACTS_MOST])
{
	const struct {
		const char *name;
		size_t count;
	} counts[] = {
		{ "EXIT_STATUS", (size_t)r->exit_status },
		{ "GAPS", r->ngaps },
		{ "OPEN", r->standings[STANDING_OPEN] },
		{ "CRITICAL", count(r, SEVERITY_CRITICAL) },
		{ "HIGH", count(r, SEVERITY_HIGH) },
		{ "MEDIUM", count(r, SEVERITY_MEDIUM) },
		{ "LOW", count(r, SEVERITY_LOW) + count(r, SEVERITY_NEGLIGIBLE) },
		{ "UNKNOWN", count(r, SEVERITY_UNKNOWN) },
	};
	size_t n = 0;

	ret[n++] = (struct fact){ "VERDICT", verdict_name(r) };
	ret[n++] = (struct fact){ "DATABASE", is_starter(r) ? "starter" : "full" };
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		ret[n++] = (struct fact){ counts[i].name, arena_textf(a, "%zu", counts[i].count) };
	ret[n++] = (struct fact){ REPORT_ID, report_id(r, a) };
	return n;
}
