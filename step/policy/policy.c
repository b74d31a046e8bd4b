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

void
policy_apply(struct report_draft *d, const struct allowlist *list, int64_t now)
{
	struct allow_scope *scope =
	    list ? allow_scope_new(list, &d->report.image, now, d->arena) : NULL;

	for (size_t i = 0; i < d->nfindings; i++) {
		struct finding *f = &d->findings[i];

		decide(f, &d->report.policy, scope ? allow_scope_match(scope, f) : NULL);
	}
	allowlist_drop_notices(d);
	if (scope)
		allowlist_say(d, list, now, scope);
}
