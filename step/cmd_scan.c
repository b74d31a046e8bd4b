/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_scan.c - scanstep scan IMAGE, scanstep gate REPORT: a report, written; its verdict
 */
#include "step/base/io.h"
#include "step/commands.h"
#include "step/gate.h"
#include "step/scan.h"
#include "step/tell.h"

int
cmd_scan(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const struct report *r;

	return scan_image(o, a, &r, err) < 0 ? -1 : report_deliver(o, r, err);
}

int
cmd_gate(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const struct report *r;

	return gate_report(o, a, &r, err) < 0 ? -1 : report_deliver(o, r, err);
}
