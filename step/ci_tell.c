/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ci_tell.c - the log of a run in a pipeline: what was made of the environment, and which parts fold
 */
#include "step/ci_run.h"

#include "formatters/escape.h"
#include "step/base/io.h"
#include "step/registry_login.h"
#include "step/release.h"

#include <string.h>

#define VALUE_COLUMNS 80 /* of a setting in the log: certificates are long */

void
ci_fold_outputs(struct ci_run *run)
{
	struct options *o = &run->options;

	o->log = run->plan->system->log;
	for (size_t i = 0; o->log && i < o->noutputs; i++)
		if (!o->outputs[i].file && strcmp(o->outputs[i].formatter->name, "table") == 0)
			o->outputs[i].log_title = "scanstep: findings";
}

static void
tell_line(const char *what, const char *text, const char *origin)
{
	fprintf(stderr, "  %-12s ", what);
	escape_terminal(stderr, text);
	if (origin) {
		fputs("  (", stderr);
		escape_terminal(stderr, origin);
		putc(')', stderr);
	}
	putc('\n', stderr);
}

/* Each with what set it: the command line, a variable of scanstep, one of the CI system. */
static void
tell_settings(struct ci_run *run)
{
	for (size_t i = 0; i < run->options.nsettings; i++) {
		const struct ci_setting *s = &run->options.settings[i];

		fprintf(stderr, "  %-12s --%s%s", "setting", s->flag, s->value ? " " : "");
		if (s->value)
			escape_cut(stderr, s->value, VALUE_COLUMNS);
		fprintf(stderr, "  (%s)\n", s->origin);
	}
}

/*
 * Those that variables name, in the order in which they are tried. Which of them, or of those in the files of one's
 * home, the registry gets is told when it is known.
 */
static void
tell_credentials(struct ci_run *run)
{
	static const char *const files[] = { "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE",
		"DOCKER_CONFIG" };
	const struct options *o = &run->options;
	const char *own = registry_login_origin(o);

	if (own)
		tell_line("credentials", own, "for the image's registry");
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (env_text(files[i]))
			tell_line("credentials", files[i], "for the registries that it names");
	for (size_t i = 0; i < o->nsite_logins; i++)
		tell_line("credentials", o->site_logins[i].origin,
		    arena_textf(run->arena, "for %s alone", o->site_logins[i].site));
}

/* What was made of the environment, so that nobody has to guess; not with --quiet. */
void
ci_tell_plan(struct ci_run *run)
{
	const struct options *o = &run->options;
	const struct ci_plan *plan = run->plan;
	const struct ci_log *log = plan->system->log;

	if (o->verbosity < 0)
		return;
	if (log)
		log->begin(stderr, "setup", "scanstep: setup", true);
	fprintf(stderr, "scanstep %s: %s\n", SCANSTEP_VERSION, plan->system->title);
	tell_line(
	    "input", o->operands[0], o->operands[0] == plan->image ? plan->image_origin : NULL);
	tell_credentials(run);
	tell_settings(run);
	if (o->whitelist)
		tell_line("allow-list", o->whitelist_origin, NULL);
	for (size_t i = 0; i < o->nallowlists; i++)
		tell_line("allow-list", o->allowlists[i], NULL);
	for (size_t i = 0; i < o->noutputs; i++)
		if (o->outputs[i].file)
			tell_line("report", o->outputs[i].file, o->outputs[i].formatter->name);
	if (log)
		log->end(stderr, "setup");
	for (size_t i = 0; i < plan->nremarks; i++)
		say(SAY_WARNING, "%s", plan->remarks[i]);
}
