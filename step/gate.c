/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.c - a stored report, judged again
 *
 * The policy is the command line's alone; what the scan was given counts no more.
 * Findings and gaps are the scan's, but for the gap that nothing was recognised.
 */
#include "step/base/io.h"
#include "step/judge.h"
#include "step/outputs.h"
#include "step/stages.h"
#include "step/stored.h"

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
gate_report(const struct options *o, struct arena *a, const struct report **ret, struct err *err)
{
	struct allowlist *list = NULL;
	struct report_draft *d;

	if (stored_read(o->operands[0], a, &d, err) < 0 || allowlists_of(o, a, &list, err) < 0 ||
	    outputs_clear(o, err) < 0)
		return -1;
	d->report.policy = policy_of(o);
	if (d->npackages == 0)
		judge_empty(d, o->allow_empty);
	policy_apply(d, list, (int64_t)time(NULL));
	*ret = report_seal(d);
	return 0;
}
