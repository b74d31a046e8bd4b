/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_scan.c - scanstep scan IMAGE, scanstep gate REPORT: a report, written; its verdict
 */
#include "step/commands.h"
#include "step/outputs.h"
#include "step/stages.h"
#include "step/tell.h"

#include "step/base/io.h"

int
answer(const struct options *o, const struct report *r, struct err *err)
{
	if (outputs_write(o, r, err) < 0)
		return -1;
	tell_report(o, r);
	return r->exit_status;
}

int
cmd_scan(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const struct report *r;

	return scan_image(o, a, &r, err) < 0 ? -1 : answer(o, r, err);
}

int
cmd_gate(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const struct report *r;

	return gate_report(o, a, &r, err) < 0 ? -1 : answer(o, r, err);
}
