/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_ci.c - scanstep ci [IMAGE], scanstep ci gate [REPORT]: what the CI system at hand wants, without a flag
 *
 * Settings from the platform's variables are merged by options_parse() already; what is left is what is
 * no setting: the image, its credentials, the allow-lists of the checkout, the shape of the log, and
 * what the platform is told in the end.
 */
#include "formatters/dotenv.h"
#include "formatters/escape.h"
#include "formatters/facts.h"
#include "formatters/verdict.h"
#include "step/base/io.h"
#include "step/ci/ci.h"
#include "step/commands.h"
#include "step/gate.h"
#include "step/image/image.h"
#include "step/image/reference.h"
#include "step/outputs.h"
#include "step/policy/allowlist.h"
#include "step/release.h"
#include "step/scan.h"
#include "step/tell.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define VALUE_COLUMNS 80 /* of a setting in the log: certificates are long */

/* The options on their way from what was parsed to what is run. */
struct run {
	struct options options;
	const struct ci_plan *plan;
	struct arena *arena;
	const char *credentials_origin; /* or NULL: anonymous */
};

/* ---- What is no setting ---- */

static bool
is_current_folder(const char *path)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(".", &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Is the image a folder, rootfs:/ say, that the checkout lies in? */
static bool
is_in_image(const struct options *o, const char *checkout)
{
	const char *image = strchr(o->operands[0], ':');
	char folder[PATH_MAX], inner[PATH_MAX];
	size_t len;

	image = image ? image + 1 : o->operands[0];
	if (!realpath(image, folder) || !realpath(checkout, inner))
		return false;
	len = strlen(folder);
	return strncmp(folder, inner, len) == 0 &&
	       (inner[len] == '\0' || inner[len] == '/' || folder[len - 1] == '/');
}

/* Those of the checkout, unless somebody named others: never of the image. */
static void
find_allowlists(struct run *run)
{
	struct options *o = &run->options;
	const char *folder = run->plan->checkout;

	o->whitelist = run->plan->whitelist;
	o->whitelist_origin = run->plan->whitelist_origin;
	if (o->nallowlists > 0)
		return;
	if (is_in_image(o, folder)) {
		say(SAY_WARNING, "no allow-list is taken from '%s': it is part of the image",
		    folder);
		return;
	}
	allowlist_find(
	    is_current_folder(folder) ? "." : folder, run->arena, &o->allowlists, &o->nallowlists);
}

/*
 * A merge request may bring a file that is called as the image of a registry: "registry.example.com/app:1".
 * Whoever means the file can say so.
 */
static int
check_ambiguous(const char *image, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct reference reference;
	struct err not_one;
	struct stat st;
	size_t first = strcspn(image, "/");
	bool has_host = image[first] == '/' && memchr(image, '.', first);

	if (strchr("./", image[0]) || stat(image, &st) < 0 ||
	    reference_parse(str_of(image), a, &reference, &not_one) < 0)
		return 0;
	if (!has_host && !strpbrk(image, ":@"))
		return 0;
	return err_set(err, ERR_USAGE,
	    "'%s' is a file here and could be a registry's image: write ./%s or registry:%s", image,
	    image, image);
}

static int
find_image(struct run *run, struct err *err)
{
	const char **operand = arena_alloc(run->arena, sizeof(*operand));
	struct image_request request = { .name = NULL };

	if (run->options.noperands > 0 && strcmp(run->options.operands[0], "gate") == 0)
		return err_set(err, ERR_USAGE,
		    "gate stands right behind ci: \"scanstep ci gate [OPTION]...\"; an image of that "
		    "name is docker.io/library/gate");
	if (run->options.noperands == 0) {
		if (!run->plan->image)
			return err_set(err, ERR_USAGE,
			    "which image? Name it behind \"scanstep ci\", or set CS_IMAGE");
		*operand = run->plan->image;
		run->options.operands = operand;
		run->options.noperands = 1;
	}
	/* Before it is shown to anybody: it may hold a password. */
	request.reference = run->options.operands[0];
	return image_check(&request, err) < 0 ? -1 : check_ambiguous(request.reference, err);
}

/* Hosts have no case, and 443 is the port that nobody writes. */
static bool
is_same_site(const char *variable, const char *site)
{
	struct str a = str_of(variable), b = str_of(site);

	if (str_ends(a, ":443"))
		a.len -= strlen(":443");
	if (str_ends(b, ":443"))
		b.len -= strlen(":443");
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* scanstep's own variables come first; then the CI system's, for the host that they are meant for. */
static void
find_credentials(struct run *run)
{
	struct options *o = &run->options;
	const char *site;

	if (o->registry_username || o->registry_password) {
		run->credentials_origin = "SCANSTEP_REGISTRY_USERNAME, SCANSTEP_REGISTRY_PASSWORD";
		return;
	}
	if (!image_site(o->operands[0], run->arena, &site))
		return;
	for (size_t i = 0; i < run->plan->ncredentials; i++) {
		const struct ci_credentials *c = &run->plan->credentials[i];

		if (c->site && !is_same_site(c->site, site))
			continue;
		o->registry_username = c->username;
		o->registry_password = c->password;
		o->registry_token_host = c->token_host;
		run->credentials_origin = c->origin;
		return;
	}
	for (size_t i = 0; i < run->plan->ncredentials; i++)
		run->credentials_origin = arena_textf(run->arena, "none for %s: %s are for %s",
		    site, run->plan->credentials[i].origin, run->plan->credentials[i].site);
}

/* Reports below this folder are not written. */
static void
leave_out(struct options *o, const char *folder)
{
	size_t len = strlen(folder), kept = 0;

	for (size_t i = 0; i < o->noutputs; i++) {
		const char *file = o->outputs[i].file;

		if (!file || strncmp(file, folder, len) != 0 || file[len] != '/')
			o->outputs[kept++] = o->outputs[i];
	}
	o->noutputs = kept;
}

static int
make_folders(struct run *run, struct err *err)
{
	for (size_t i = 0; i < run->plan->nfolders; i++) {
		const struct ci_folder *f = &run->plan->folders[i];

		if (outputs_make_folder(f->path, err) == 0)
			continue;
		if (!f->optional)
			return -1;
		say(SAY_WARNING, "%s: what goes there is left out", err->text);
		leave_out(&run->options, f->path);
	}
	return 0;
}

/* ---- The log ---- */

static void
fold_outputs(struct run *run)
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
tell_settings(struct run *run)
{
	for (size_t i = 0; i < run->options.nsettings; i++) {
		const struct ci_setting *s = &run->options.settings[i];

		fprintf(stderr, "  %-12s --%s ", "setting", s->flag);
		escape_cut(stderr, s->value, VALUE_COLUMNS);
		fprintf(stderr, "  (%s)\n", s->origin);
	}
}

/* What was made of the environment, so that nobody has to guess; not with --quiet. */
static void
tell_plan(struct run *run)
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
	if (run->credentials_origin)
		tell_line("credentials", run->credentials_origin, NULL);
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

/* ---- The end ---- */

static int
deliver(struct run *run, const struct report *r, int status, const char *error, struct err *err)
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
leave_to_gate(struct run *run, const struct report *r)
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

/*
 * The CI system's reports that are not written, because they go elsewhere: a file of that name, of the checkout's
 * say, would be taken for one.
 */
static void
remove_others(struct run *run)
{
	const struct options *o = &run->options;

	for (const char *const *out = run->plan->system->outputs; *out; out++) {
		struct str file = str_of(*out), name = str_cut(&file, '=');
		const char *path = file.len > 0 ? file.ptr : formatter_find(name)->file;
		bool is_written = false;
		struct stat st;

		for (size_t i = 0; i < o->noutputs; i++)
			is_written = is_written || text_compare(o->outputs[i].file, path) == 0;
		if (path && !is_written && path[0] != '/' && lstat(path, &st) == 0 &&
		    !S_ISDIR(st.st_mode) && unlink(path) == 0)
			say(SAY_WARNING, "'%s' is not this scan's, and was removed", path);
	}
}

static int
scan(struct run *run, struct err *err)
{
	const struct report *r;

	if (find_image(run, err) < 0 || make_folders(run, err) < 0 ||
	    outputs_clear(&run->options, err) < 0)
		return -1;
	remove_others(run);
	if (run->options.nfrom > 0 && (run->options.offline || run->options.db))
		say(SAY_WARNING, "--from is not read: %s says which database to take",
		    run->options.db ? "--db" : "--offline");
	find_allowlists(run);
	find_credentials(run);
	fold_outputs(run);
	tell_plan(run);
	if (scan_image(&run->options, run->arena, &r, err) < 0 ||
	    report_deliver(&run->options, r, err) < 0 ||
	    deliver(run, r, r->exit_status, NULL, err) < 0)
		return -1;
	return leave_to_gate(run, r);
}

/* The outputs are copied, since not all may be written. */
static struct run
run_of(const struct options *o, struct arena *a)
{
	struct run run = { .options = *o, .plan = o->ci, .arena = a };

	run.options.outputs = arena_copy(a, o->outputs, o->noutputs * sizeof(*o->outputs));
	run.options.refresh_db = true;
	return run;
}

/* What went wrong counts, also when the CI system cannot be told of it. */
static int
end(struct run *run, int status, struct err *err)
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
	struct run run = run_of(o, a);

	return end(&run, scan(&run, err), err);
}

static int
find_stored(struct run *run, struct err *err)
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
	run->options.operands = operand;
	run->options.noperands = 1;
	return 0;
}

/*
 * What the scan's job told later jobs as variables (dotenv) tells whether this is the report that it stored, and
 * not one of that name that came with the checkout.
 */
static int
check_id(struct run *run, const struct report *r, struct err *err)
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
gate(struct run *run, struct err *err)
{
	const struct report *r;

	if (find_stored(run, err) < 0)
		return -1;
	find_allowlists(run);
	fold_outputs(run);
	tell_plan(run);
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
	struct run run = run_of(o, a);

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
