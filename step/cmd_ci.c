/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_ci.c - scanstep ci [IMAGE], scanstep ci gate [REPORT]: what the CI system at hand wants, without a flag
 *
 * Settings from the CI system's variables are merged by options_parse() already; what is no setting,
 * ci_run.c finds and ci_tell.c tells. Here is the order of it all, and what the CI system is told in the end.
 */
#include "formatters/dotenv.h"
#include "formatters/facts.h"
#include "formatters/verdict.h"
#include "step/base/io.h"
#include "step/ci_run.h"
#include "step/commands.h"
#include "step/gate.h"
#include "step/outputs.h"
#include "step/scan.h"
#include "step/tell.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
deliver(struct ci_run *run, const struct report *r, int status, const char *error, struct err *err)
{
	const struct options *o = &run->options;
	struct ci_file *files = arena_alloc(run->arena, (o->noutputs + 1) * sizeof(*files));
	struct ci_result result = { .report = r, .exit_status = status, .error = error };

	for (size_t i = 0; r && i < o->noutputs; i++)
		if (o->outputs[i].file)
			files[result.nfiles++] =
			    (struct ci_file){ o->outputs[i].formatter->name, o->outputs[i].file };
	result.files = files;
	if (!run->plan->system->deliver)
		return 0;
	return run->plan->system->deliver(run->arena, &result, err);
}

/* A job that must not fail for what it found says so, loudly: somebody else has to look. */
static int
leave_to_gate(struct ci_run *run, const struct report *r)
{
	if (!run->options.gate_later ||
	    (r->exit_status != STATUS_POLICY && r->exit_status != STATUS_INCOMPLETE))
		return r->exit_status;
	say(SAY_WARNING,
	    "%s. This job ends with 0 all the same, so that its reports are taken: \"scanstep ci "
	    "gate\" in a later job ends with %d (--gate-later=0 ends with it here)",
	    verdict_line(run->arena, r), r->exit_status);
	return STATUS_OK;
}

static int
scan(struct ci_run *run, struct err *err)
{
	const struct report *r;

	if (ci_find_image(run, err) < 0 || ci_make_folders(run, err) < 0 ||
	    outputs_clear(&run->options, err) < 0)
		return -1;
	ci_remove_others(run);
	if (run->options.nfrom > 0 && (run->options.offline || run->options.db))
		say(SAY_WARNING, "--from is not read: %s says which database to take",
		    run->options.db ? "--db" : "--offline");
	ci_find_allowlists(run);
	ci_find_credentials(run);
	ci_fold_outputs(run);
	ci_tell_plan(run);
	if (scan_image(&run->options, run->arena, &r, err) < 0 ||
	    report_deliver(&run->options, r, err) < 0 ||
	    deliver(run, r, r->exit_status, NULL, err) < 0)
		return -1;
	return leave_to_gate(run, r);
}

/* The outputs are copied, since not all may be written. */
static struct ci_run
run_of(const struct options *o, struct arena *a)
{
	struct ci_run run = { .options = *o, .plan = o->ci, .arena = a };

	run.options.outputs = arena_copy(a, o->outputs, o->noutputs * sizeof(*o->outputs));
	run.options.refresh_db = true;
	return run;
}

/* What went wrong counts, also when the CI system cannot be told of it. */
static int
end(struct ci_run *run, int status, struct err *err)
{
	struct err other;

	if (status < 0 && deliver(run, NULL, err_status(err), err->text, &other) < 0)
		say(SAY_WARNING, "%s", other.text);
	return status;
}

int
cmd_ci(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct ci_run run = run_of(o, a);

	return end(&run, scan(&run, err), err);
}

static int
find_stored(struct ci_run *run, struct err *err)
{
	const char *stored = run->plan->system->stored, *folder = run->options.output_dir;
	const char **operand = arena_alloc(run->arena, sizeof(*operand));

	if (run->options.noperands > 0)
		return 0;
	/* Where the same settings had the scan put it. */
	for (size_t i = 0; i < run->options.noutputs; i++)
		if (strcmp(run->options.outputs[i].formatter->name, "json") == 0) {
			stored = run->options.outputs[i].file;
			folder = NULL;
		}
	if (!stored)
		return err_set(err, ERR_USAGE,
		    "which report? Name it behind \"scanstep ci gate\": \"scanstep ci\" stores none here");
	*operand = folder ? arena_textf(run->arena, "%s/%s", folder, stored) : stored;
	if (access(*operand, F_OK) < 0)
		return err_set(err, ERR_USAGE,
		    "there is no '%s' here: a job before this one stores it with \"scanstep ci\", and "
		    "this job needs that job's files",
		    *operand);
	run->options.operands = operand;
	run->options.noperands = 1;
	return 0;
}

/*
 * What the scan's job told later jobs as variables (dotenv) tells whether this is the report that it stored, and
 * not one of that name that came with the checkout.
 */
static int
check_id(struct ci_run *run, const struct report *r, struct err *err)
{
	const char *id = getenv(DOTENV_PREFIX REPORT_ID);

	if (!id || !*id || strcmp(id, report_id(r, run->arena)) == 0)
		return 0;
	return err_set(err, ERR_USAGE,
	    "the report '%s' is not the one that the scan before this job stored: " DOTENV_PREFIX
		REPORT_ID " is another's",
	    run->options.operands[0]);
}

static int
gate(struct ci_run *run, struct err *err)
{
	const struct report *r;

	if (find_stored(run, err) < 0)
		return -1;
	ci_find_allowlists(run);
	ci_fold_outputs(run);
	ci_tell_plan(run);
	if (gate_report(&run->options, run->arena, &r, err) < 0 || check_id(run, r, err) < 0 ||
	    report_deliver(&run->options, r, err) < 0 ||
	    deliver(run, r, r->exit_status, NULL, err) < 0)
		return -1;
	return r->exit_status;
}

int
cmd_ci_gate(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct ci_run run = run_of(o, a);

	return end(&run, gate(&run, err), err);
}

/* A setting that is refused is told to the CI system, too. */
void
ci_refused(const struct err *err)
{
	AUTO_ARENA a = arena_new();
	const struct ci_system *system = ci_system_here();
	struct ci_result result = { .exit_status = err_status(err), .error = err->text };
	struct err other;

	if (system->deliver && system->deliver(a, &result, &other) < 0)
		say(SAY_WARNING, "%s", other.text);
}
