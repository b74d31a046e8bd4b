/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_notifications.c - what SARIF tells beside its results: gaps, notices, and what it left out
 */
#include "formatters/sarif_notifications.h"
#include "formatters/sarif_text.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"

#define NOTIFICATIONS_MAX 500 /* gaps, and as many notices */

static void
put_notification(struct sarif *s, const char *level, const char *text)
{
	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "level", level);
	sarif_put_message(&s->j, "message", sentence(s->scratch, text, s->text_max));
	jsonout_close(&s->j);
	arena_reset(s->scratch);
}

void
sarif_put_notifications(struct sarif *s)
{
	const struct report *r = s->r;
	size_t below = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		below +=
		    !finding_dismissed(&r->findings[i]) && !format_lists(s->o, &r->findings[i]);
	jsonout_open(&s->j, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < r->ngaps && i < NOTIFICATIONS_MAX; i++)
		put_notification(s, "error", gap_words(s->scratch, &r->gaps[i]));
	if (r->ngaps > NOTIFICATIONS_MAX)
		put_notification(
		    s, "error", arena_textf(s->scratch, "There are %zu gaps in all", r->ngaps));
	for (size_t i = 0; i < r->nnotices && i < NOTIFICATIONS_MAX; i++)
		put_notification(s, "warning", r->notices[i].text);
	if (r->nnotices > NOTIFICATIONS_MAX)
		put_notification(s, "warning",
		    arena_textf(s->scratch, "There are %zu notices in all", r->nnotices));
	if (s->nleft_out > 0)
		put_notification(s, "warning",
		    arena_textf(s->scratch,
			"%zu of %zu results are left out: readers of SARIF keep %d and 10 MB, and "
			"these are the worst",
			s->nleft_out, s->nresults + s->nleft_out, SARIF_RESULTS_MAX));
	if (below > 0)
		put_notification(
		    s, "note", below_words(s->scratch, below, r->nfindings, s->o->report_min));
	jsonout_close(&s->j);
}
