/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_convert.c - scanstep convert REPORT: render a stored report in other formats
 *
 * Nothing is decided anew: the verdict is the one that was stored.
 */
#include "step/base/io.h"
#include "step/commands.h"
#include "step/outputs.h"
#include "step/stored.h"
#include "step/tell.h"

int
cmd_convert(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct report_draft *d;

	if (stored_read(o->operands[0], a, &d, err) < 0 || outputs_clear(o, err) < 0 ||
	    outputs_write(o, report_seal(d), err) < 0)
		return -1;
	tell_written(o);
	return STATUS_OK;
}
