/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - TABLE of rules that decide a finding's standing, in the order they are asked
 *
 * To add one: a function, and its line in the table. What no rule decides is open.
 *
 * Without a threshold (--fail-on none) nothing is below it. A finding of unknown severity reaches every
 * threshold, and with --unknown pass none.
 */
#include "step/policy/policy.h"

#include "step/policy/allowlist.h"

#define KIND_UNKNOWN "unknown-passes"

/* What rules may ask. */
struct judge {
	const struct policy_summary *policy;
	struct allow_scope *scope; /* or NULL: there is no allow-list */
};

static bool
by_allowlist(const struct judge *j, struct finding *f)
{
	const struct allow_entry *entry = j->scope ? allow_scope_match(j->scope, f) : NULL;

	if (!entry)
		return false;
	f->standing = STANDING_ALLOWED;
	f->decision = (struct decision){ .reason = entry->reason,
		.owner = entry->owner,
		.expires = entry->expires,
		.source = entry->path,
		.by = DECIDED_BY_FILE };
	return true;
}

static bool
by_fix_state(const struct judge *j, struct finding *f)
{
	static const char *const reasons[] = {
		[FIX_UNKNOWN] = "whether there is a fix is not known",
		[FIX_NONE] = "no fix is released yet",
		[FIX_DECLINED] = "its publisher will not fix it",
		[FIX_RELEASED] = "a fix is released",
	};
	const char *setting = policy_ignores(j->policy, f->state);

	if (!setting)
		return false;
	f->standing = STANDING_ALLOWED;
	f->decision = (struct decision){
		.reason = reasons[f->state], .source = setting, .by = DECIDED_BY_SETTING
	};
	return true;
}

static bool
by_threshold(const struct judge *j, struct finding *f)
{
	if (j->policy->fail_on_none || policy_reached(j->policy, f->severity))
		return false;
	f->standing = STANDING_BELOW;
	return true;
}

/* True: it decided standing and decision, and no other is asked. */
static bool (*const rules[])(const struct judge *j, struct finding *f) = {
	by_allowlist,
	by_fix_state,
	by_threshold,
};

static void
decide(const struct judge *j, struct finding *f)
{
	bool is_decided = false;

	f->standing = STANDING_OPEN;
	f->decision = (struct decision){ .reason = NULL };
	for (size_t i = 0; i < ARRAY_LEN(rules) && !is_decided; i++)
		is_decided = rules[i](j, f);
}

/* Unknown severity is never silently green. */
static void
say_unknown(struct report_draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->nfindings; i++)
		n += d->findings[i].standing == STANDING_BELOW &&
		     d->findings[i].severity == SEVERITY_UNKNOWN;
	if (n > 0)
		report_draft_notice(d, KIND_UNKNOWN,
		    "--unknown pass: %zu finding%s of unknown severity %s not fail the build, "
		    "however severe %s may be",
		    n, n == 1 ? "" : "s", n == 1 ? "does" : "do", n == 1 ? "it" : "they");
}

void
policy_apply(struct report_draft *d, const struct allowlist *list, int64_t now)
{
	const struct judge j = { .policy = &d->report.policy,
		.scope = list ? allow_scope_new(list, &d->report.image, now, d->arena) : NULL };

	for (size_t i = 0; i < d->nfindings; i++)
		decide(&j, &d->findings[i]);
	allowlist_drop_notices(d);
	report_draft_drop_notices(d, KIND_UNKNOWN);
	say_unknown(d);
	if (list)
		allowlist_say(d, list, now, j.scope);
}
