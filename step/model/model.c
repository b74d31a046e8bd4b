/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.c - the draft of a report, and the names of its enums
 *
 * seal.c freezes what is collected here.
 */
#include "step/model/model.h"

#include "step/base/io.h"
#include "step/model/purl.h"

#include <stdio.h>
#include <string.h>

static const char *const severities[] = {
	[SEVERITY_UNKNOWN] = "unknown",
	[SEVERITY_NEGLIGIBLE] = "negligible",
	[SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

static const char *const fix_states[] = {
	[FIX_UNKNOWN] = "unknown",
	[FIX_NONE] = "unfixed",
	[FIX_DECLINED] = "wont-fix",
	[FIX_RELEASED] = "fixed",
};

static const char *const standings[] = {
	[STANDING_OPEN] = "open",
	[STANDING_ALLOWED] = "allowed",
	[STANDING_NOT_AFFECTED] = "not-affected",
	[STANDING_FIXED] = "fixed",
	[STANDING_BASELINE] = "baseline",
	[STANDING_BELOW] = "below",
};

static const char *const gap_kinds[] = {
	[GAP_UNREAD] = "unread",
	[GAP_UNCHECKED] = "unchecked",
	[GAP_EMPTY] = "empty",
};

static const char *const deciders[] = {
	[DECIDED_BY_FILE] = "file",
	[DECIDED_BY_SETTING] = "setting",
};

_Static_assert(ARRAY_LEN(severities) == SEVERITY_COUNT, "a severity lacks its name");
_Static_assert(ARRAY_LEN(fix_states) == FIX_COUNT, "a fix state lacks its name");
_Static_assert(ARRAY_LEN(standings) == STANDING_COUNT, "a standing lacks its name");

/* The place of name in a list, or -1. */
static int
name_find(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, names[i]))
			return (int)i;
	return -1;
}

const char *
severity_name(enum severity s)
{
	return severities[s];
}

bool
severity_parse(struct str name, enum severity *ret)
{
	int i = name_find(severities, ARRAY_LEN(severities), name);

	if (i >= 0)
		*ret = (enum severity)i;
	return i >= 0;
}

bool
severity_reaches(enum severity s, enum severity threshold)
{
	return s == SEVERITY_UNKNOWN || s >= threshold;
}

const char *
fix_state_name(enum fix_state s)
{
	return fix_states[s];
}

bool
fix_state_parse(struct str name, enum fix_state *ret)
{
	int i = name_find(fix_states, ARRAY_LEN(fix_states), name);

	if (i >= 0)
		*ret = (enum fix_state)i;
	return i >= 0;
}

const char *
standing_name(enum standing s)
{
	return standings[s];
}

bool
standing_parse(struct str name, enum standing *ret)
{
	int i = name_find(standings, ARRAY_LEN(standings), name);

	if (i >= 0)
		*ret = (enum standing)i;
	return i >= 0;
}

const char *
gap_kind_name(enum gap_kind k)
{
	return gap_kinds[k];
}

bool
gap_kind_parse(struct str name, enum gap_kind *ret)
{
	int i = name_find(gap_kinds, ARRAY_LEN(gap_kinds), name);

	if (i >= 0)
		*ret = (enum gap_kind)i;
	return i >= 0;
}

const char *
decider_name(enum decider d)
{
	return deciders[d];
}

bool
decider_parse(struct str name, enum decider *ret)
{
	int i = name_find(deciders, ARRAY_LEN(deciders), name);

	if (i >= 0)
		*ret = (enum decider)i;
	return i >= 0;
}

bool
finding_dismissed(const struct finding *f)
{
	switch (f->standing) {
	case STANDING_ALLOWED:
	case STANDING_NOT_AFFECTED:
	case STANDING_FIXED:
		return true;
	case STANDING_OPEN:
	case STANDING_BASELINE:
	case STANDING_BELOW:
		return false;
	}
	return false;
}

bool
accepted_by_setting(const struct finding *f)
{
	return f->standing == STANDING_ALLOWED && f->decision.by == DECIDED_BY_SETTING;
}

const char *
policy_ignores(const struct policy_summary *p, enum fix_state s)
{
	static const char *const settings[] = {
		[FIX_UNKNOWN] = "--ignore-status unknown",
		[FIX_NONE] = "--ignore-status unfixed",
		[FIX_DECLINED] = "--ignore-status wont-fix",
		[FIX_RELEASED] = "--ignore-status fixed",
	};
	unsigned without = p->ignore_states & FIX_STATES_WITHOUT;

	if ((p->ignore_states & 1u << s) == 0)
		return NULL;
	return s != FIX_RELEASED && without == FIX_STATES_WITHOUT ? "--only-fixed" : settings[s];
}

bool
policy_reached(const struct policy_summary *p, enum severity s)
{
	if (p->fail_on_none || (s == SEVERITY_UNKNOWN && p->unknown_passes))
		return false;
	return severity_reaches(s, p->fail_on);
}

struct vulnerability *
vulnerability_new(struct arena *a)
{
	static const char *const no_aliases[] = { NULL };
	static const unsigned no_cwes[] = { 0 };
	struct vulnerability *v = arena_alloc(a, sizeof(*v));

	*v = (struct vulnerability){ .aliases = no_aliases,
		.cvss_score = -1,
		.cwes = no_cwes,
		.epss = -1,
		.epss_percentile = -1 };
	return v;
}

struct report_draft *
report_draft_new(struct arena *a)
{
	struct report_draft *d = arena_alloc(a, sizeof(*d));

	d->arena = a;
	return d;
}

const struct package *
report_draft_package(struct report_draft *d, const struct package *p, const struct distro *distro)
{
	struct package *copy = arena_copy(d->arena, p, sizeof(*p));

	copy->purl = package_purl(d->arena, p, distro);
	d->packages = arena_grow(d->arena, d->packages, d->npackages, sizeof(struct package *));
	d->packages[d->npackages++] = copy;
	return copy;
}

void
report_draft_finding(struct report_draft *d, const struct finding *f)
{
	d->findings = arena_grow(d->arena, d->findings, d->nfindings, sizeof(*d->findings));
	d->findings[d->nfindings++] = *f;
}

void
report_draft_add_gap(struct report_draft *d, const struct gap *gap)
{
	if (d->ngaps == LIMIT_GAPS) {
		d->gaps[LIMIT_GAPS - 1] =
		    (struct gap){ .reason = "there are more gaps; they are not listed" };
		return;
	}
	d->gaps = arena_grow(d->arena, d->gaps, d->ngaps, sizeof(*d->gaps));
	d->gaps[d->ngaps++] = *gap;
}

void
report_draft_gap(struct report_draft *d, const char *layer, const char *path, const char *fmt, ...)
{
	struct gap gap = { .layer = layer, .path = path };
	va_list args;

	va_start(args, fmt);
	gap.reason = arena_text(d->arena, str_of(arena_textv(d->arena, fmt, args)));
	va_end(args);
	report_draft_add_gap(d, &gap);
}

void
report_draft_notice(struct report_draft *d, const char *kind, const char *fmt, ...)
{
	struct notice notice = { .kind = kind };
	va_list args;

	if (d->nnotices == LIMIT_NOTICES) {
		d->notices[LIMIT_NOTICES - 1] =
		    (struct notice){ "notices", "there are more notices; they are not listed" };
		return;
	}
	va_start(args, fmt);
	notice.text = arena_text(d->arena, str_of(arena_textv(d->arena, fmt, args)));
	va_end(args);
	d->notices = arena_grow(d->arena, d->notices, d->nnotices, sizeof(*d->notices));
	d->notices[d->nnotices++] = notice;
}

void
report_draft_drop_notices(struct report_draft *d, const char *kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->nnotices; i++)
		if (strcmp(d->notices[i].kind, kind) != 0)
			d->notices[kept++] = d->notices[i];
	d->nnotices = kept;
}

bool
is_cve(const char *id)
{
	struct str rest = str_of(id), year;
	uint64_t number;

	if (!str_starts(rest, "CVE-"))
		return false;
	rest = str_skip(rest, 4);
	year = str_cut(&rest, '-');
	return year.len == 4 && str_number(year, 9999, &number) && rest.len >= 4 &&
	       str_number(rest, UINT64_MAX, &number);
}
