/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.c - reports to where they go, and what is said of it on standard error
 */
#include "step/tell.h"

#include "formatters/verdict.h"
#include "step/base/io.h"
#include "step/outputs.h"

enum {
	NOTICES_MOST = 10, /* said; the reports have all */
};

void
tell_written(const struct options *o)
{
	for (size_t i = 0; i < o->noutputs; i++)
		if (o->outputs[i].file)
			say(SAY_INFO, "wrote %s", o->outputs[i].file);
}

static void
tell_verdict(const struct options *o, const struct report *r)
{
	AUTO_ARENA a = arena_new();

	for (size_t i = 0; i < o->noutputs; i++)
		if (!o->outputs[i].file && o->outputs[i].formatter->shares_log)
			return;
	for (size_t i = 0; i < r->nnotices && i < NOTICES_MOST; i++)
		say(SAY_WARNING, "%s", r->notices[i].text);
	if (!r->passed)
		say(SAY_ERROR, "%s", verdict_line(a, r));
}

int
report_deliver(const struct options *o, const struct report *r, struct err *err)
{
	if (outputs_write(o, r, err) < 0)
		return -1;
	tell_written(o);
	tell_verdict(o, r);
	return r->exit_status;
}
