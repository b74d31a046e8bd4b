/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.c - the verdict on standard error, where no report tells it
 */
#include "step/tell.h"

#include "formatters/verdict.h"
#include "step/base/io.h"

enum {
	NOTICES_MOST = 10, /* said; the reports have all */
};

void
tell_report(const struct options *o, const struct report *r)
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
