/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - the standing of every finding
 *
 * In this order: what an allow-list entry covers is allowed, what does not reach the threshold is
 * below, all else is open. Without a threshold (--fail-on none) nothing is below. A finding of
 * unknown severity reaches every threshold.
 */
#include "step/policy/policy.h"

#include "step/policy/allowlist.h"

#include <string.h>

#define KIND_EXPIRED "allowlist-expired"
#define KIND_UNUSED  "allowlist-unused"

static void
decide(struct finding *f, const struct policy_summary *policy, const struct allow_entry *entry)
{
	f->standing = STANDING_OPEN;
	f->decision = (struct decision){ .reason = NULL };
	if (entry) {
		f->standing = STANDING_ALLOWED;
		f->decision = (struct decision){ .reason = entry->reason,
			.owner = entry->owner,
			.expires = entry->expires,
			.source = entry->path };
	} else if (!policy->fail_on_none && !severity_reaches(f->severity, policy->fail_on)) {
		f->standing = STANDING_BELOW;
	}
}

/* Those that a stored report brought told of another list or time. */
static void
drop_notices(struct report_draft *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->nnotices; i++)
		if (strcmp(d->notices[i].kind, KIND_EXPIRED) != 0 &&
		    strcmp(d->notices[i].kind, KIND_UNUSED) != 0)
			d->notices[kept++] = d->notices[i];
	d->nnotices = kept;
}

static void
say_entry(struct report_draft *d, const struct allow_entry *e, const char *kind, const char *what)
{
	report_draft_notice(d, kind, "entry %zu of the allow-list %s (%s%s%s%s%s) %s", e->number,
	    e->path, e->id, e->package ? ", package " : "", e->package ? e->package : "",
	    e->image ? ", image " : "", e->image ? e->image : "", what);
}

static void
say_entries(struct report_draft *d, const struct allowlist *list, int64_t now,
    const struct allow_scope *scope)
{
	for (size_t i = 0; i < list->nentries; i++) {
		const struct allow_entry *e = &list->entries[i];

		if (e->end <= now)
			say_entry(d, e, KIND_EXPIRED,
			    arena_textf(d->arena, "expired on %s and covers nothing", e->expires));
		else if (!allow_scope_used(scope, e))
			say_entry(d, e, KIND_UNUSED,
			    d->ngaps > 0 ? "covers no finding in what could be looked at"
					 : "covers no finding");
	}
}

void
policy_apply(struct report_draft *d, const struct allowlist *list, int64_t now)
{
	struct allow_scope *scope =
	    list ? allow_scope_new(list, &d->report.image, now, d->arena) : NULL;

	for (size_t i = 0; i < d->nfindings; i++) {
		struct finding *f = &d->findings[i];

		decide(f, &d->report.policy, scope ? allow_scope_match(scope, f) : NULL);
	}
	drop_notices(d);
	if (scope)
		say_entries(d, list, now, scope);
}
