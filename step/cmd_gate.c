/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_gate.c - scanstep gate REPORT: judge a stored report again
 *
 * The policy is the command line's alone; what the scan was given counts no more.
 * Findings and gaps are the scan's, but for the gap that nothing was recognised.
 */
#include "step/base/io.h"
#include "step/commands.h"
#include "step/outputs.h"
#include "step/policy/policy.h"
#include "step/stored.h"
#include "step/tell.h"

#include <time.h>

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

int
cmd_gate(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct allowlist *list = NULL;
	struct report_draft *d;
	const struct report *r;

	if (stored_read(o->operands[0], a, &d, err) < 0 ||
	    allowlist_read(o->allowlists, o->nallowlists, a, &list, err) < 0 ||
	    outputs_clear(o, err) < 0)
		return -1;
	d->report.policy = (struct policy_summary){ .fail_on = o->fail_on,
		.fail_on_none = o->fail_on_none,
		.allow_empty = o->allow_empty,
		.allow_incomplete = o->allow_incomplete };
	if (d->npackages == 0)
		judge_empty(d, o->allow_empty);
	policy_apply(d, list, (int64_t)time(NULL));
	r = report_seal(d);
	if (outputs_write(o, r, err) < 0)
		return -1;
	tell_report(o, r);
	return r->exit_status;
}
