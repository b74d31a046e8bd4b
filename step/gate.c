/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.c - a stored report, judged again
 *
 * The policy is the command line's alone; what the scan was given counts no more.
 * Findings and gaps are the scan's, but for the gap that nothing was recognised.
 */
#include "step/gate.h"
#include "step/base/io.h"
#include "step/outputs.h"
#include "step/policy_settings.h"
#include "step/stored.h"

#include <time.h>

#define KIND_DIFFERS "policy-differs"

/*
 * That nothing was recognised is judged by this command's --allow-empty, not by the scan's: a scan
 * that allowed it left no gap.
 */
static void
judge_empty(struct report_draft *d, bool is_allowed)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->ngaps; i++)
		if (d->gaps[i].kind != GAP_EMPTY)
			d->gaps[kept++] = d->gaps[i];
	d->ngaps = kept;
	if (!is_allowed)
		report_draft_add_gap(
		    d, &(struct gap){ .kind = GAP_EMPTY, .reason = GAP_EMPTY_REASON });
}

static const char *
threshold(const struct policy_summary *p)
{
	return p->fail_on_none ? "none" : severity_name(p->fail_on);
}

/*
 * In a pipeline both jobs are meant to judge alike, and a variable of one job alone is easily forgotten
 * on the other: a gate that judges by less would be green for ever.
 */
static void
say_difference(struct report_draft *d, struct policy_summary now)
{
	const struct policy_summary *then = &d->report.policy;
	bool same = then->fail_on_none == now.fail_on_none &&
		    (now.fail_on_none || then->fail_on == now.fail_on) &&
		    then->unknown_passes == now.unknown_passes &&
		    then->ignore_states == now.ignore_states;

	if (!same)
		report_draft_notice(d, KIND_DIFFERS,
		    "the scan was judged by another policy (--fail-on %s) than this gate judges by "
		    "(--fail-on %s): set the policy for both jobs",
		    threshold(then), threshold(&now));
}

int
gate_report(const struct options *o, struct arena *a, const struct report **ret, struct err *err)
{
	struct allowlist *list = NULL;
	struct report_draft *d;

	if (stored_read(o->operands[0], a, &d, err) < 0 || allowlists_of(o, a, &list, err) < 0 ||
	    outputs_clear(o, err) < 0)
		return -1;
	report_draft_drop_notices(d, KIND_DIFFERS);
	if (o->ci)
		say_difference(d, policy_of(o));
	d->report.policy = policy_of(o);
	if (d->npackages == 0)
		judge_empty(d, o->allow_empty);
	policy_apply(d, list, (int64_t)time(NULL));
	*ret = report_seal(d);
	return 0;
}
