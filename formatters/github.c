/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - annotations of GitHub Actions: workflow commands in the log, the worst first
 *
 *      ::error title=CVE-2022-0778 libssl1.1 1.1.1n-0::libssl1.1 1.1.1n-0 is affected by ...
 *
 * Spec: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 *
 * The runner keeps 10 annotations of a level in a step and cuts messages at 4,096 characters. So
 * no level has more, and the last of one that would says how many are left out. First stands
 * the verdict, then the gaps, at most four lines, so that an incomplete scan is never silent; then
 * findings: those that fail the build are errors, other open ones warnings. What is below the
 * threshold, accepted, dismissed by VEX or of the baseline gets none. Notices are notices.
 *
 * Text: nothing invisible, no line end, no "##", which runners look for anywhere in a line
 * (escape.h); "%" is %25, and in properties, which they would end, ":" and "," are %3A and %2C. Every
 * line begins with a command of ours.
 */
#include "formatters/escape.h"
#include "formatters/formatter.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

enum {
	LEVEL_MOST = 10, /* annotations of a level */
	GAPS_MOST = 4,
	TITLE_MOST = 200, /* columns */
	MESSAGE_MOST =
	    2000,       /* columns: twice as many UTF-16 units, which the runner counts, at most */
	NAME_MOST = 60, /* code points of a name in a title */
	REFERENCE_MOST = 300,
};

/* The annotations on their way out. */
struct github {
	FILE *out;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch;
};

static void
put_annotation(struct github *g, const char *level, const char *title, const char *message)
{
	static const char property_ends[] = ":,";

	fprintf(g->out, "::%s ", level);
	if (g->o->location_file) {
		fputs("file=", g->out);
		escape_command(g->out, g->o->location_file, TITLE_MOST, property_ends);
		fprintf(g->out, ",line=%u,", g->o->location_line);
	}
	fputs("title=", g->out);
	escape_command(g->out, title, TITLE_MOST, property_ends);
	fputs("::", g->out);
	escape_command(g->out, message, MESSAGE_MOST, "");
	putc('\n', g->out);
	arena_reset(g->scratch);
}

static void
put_verdict(struct github *g)
{
	put_annotation(g, g->r->passed ? "notice" : "error", "scanstep",
	    arena_textf(g->scratch, "%s (image %s)", verdict_line(g->scratch, g->r),
		cut_text(g->scratch, g->r->image.reference, REFERENCE_MOST)));
}

/* Of total annotations with room for so many, those that have their own. */
static size_t
shown_of(size_t total, size_t room)
{
	return total <= room ? total : room - 1;
}

/* What stands for those that are left out, if there are any. */
static void
put_rest(struct github *g, const char *level, size_t n, const char *one, const char *many)
{
	if (n > 0)
		put_annotation(g, level, "scanstep",
		    arena_textf(g->scratch, "%zu more %s not shown here", n, n == 1 ? one : many));
}

/* Returns how many annotations they took. */
static size_t
put_gaps(struct github *g, const char *level)
{
	size_t total = g->r->ngaps, shown = shown_of(total, GAPS_MOST);

	for (size_t i = 0; i < shown; i++)
		put_annotation(g, level, "Incomplete scan", gap_words(g->scratch, &g->r->gaps[i]));
	put_rest(g, level, total - shown, "gap is", "gaps are");
	return shown + (total > shown);
}

/* Is it one of the errors (fails), or of the warnings? */
static bool
is_annotated(const struct github *g, const struct finding *f, bool fails)
{
	return f->standing == STANDING_OPEN && format_lists(g->o, f) &&
	       finding_fails(g->r, f) == fails;
}

static void
put_finding(struct github *g, const char *level, const struct finding *f)
{
	const struct package *p = f->package;

	put_annotation(g, level,
	    arena_textf(g->scratch, "%s %s %s",
		cut_text(g->scratch, f->vulnerability->id, NAME_MOST),
		cut_text(g->scratch, p->name, NAME_MOST),
		cut_text(g->scratch, p->version, NAME_MOST)),
	    finding_sentence(g->scratch, f));
}

static void
put_findings(struct github *g, const char *level, size_t room, bool fails)
{
	const struct report *r = g->r;
	size_t total = 0, shown, put = 0;

	for (size_t i = 0; i < r->nfindings; i++)
		total += is_annotated(g, &r->findings[i], fails);
	shown = shown_of(total, room);
	for (size_t i = 0; put < shown; i++)
		if (is_annotated(g, &r->findings[i], fails)) {
			put_finding(g, level, &r->findings[i]);
			put++;
		}
	put_rest(g, level, total - shown, fails ? "finding that fails the build is" : "finding is",
	    fails ? "findings that fail the build are" : "findings are");
}

static void
put_notices(struct github *g, size_t room)
{
	const struct report *r = g->r;
	size_t shown = shown_of(r->nnotices, room);

	for (size_t i = 0; i < shown; i++)
		put_annotation(g, "notice", "scanstep", r->notices[i].text);
	put_rest(g, "notice", r->nnotices - shown, "notice is", "notices are");
}

static int
write_github(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct github g = { .out = out, .r = r, .o = o, .scratch = scratch };
	bool incomplete = is_incomplete(r);
	size_t errors = LEVEL_MOST - !r->passed, warnings = LEVEL_MOST, gaps;

	(void)err;
	put_verdict(&g);
	gaps = put_gaps(&g, incomplete ? "error" : "warning");
	if (incomplete)
		errors -= gaps;
	else
		warnings -= gaps;
	put_findings(&g, "error", errors, true);
	put_findings(&g, "warning", warnings, false);
	put_notices(&g, (size_t)LEVEL_MOST - r->passed);
	return 0;
}

const struct formatter formatter_github = {
	.name = "github",
	.summary = "annotations of GitHub Actions, in the log",
	.spec =
	    "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands",
	.file = NULL,
	.shares_log = true,
	.write = write_github,
};
