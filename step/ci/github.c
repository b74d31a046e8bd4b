/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - GitHub Actions: its variables in; job summary, outputs and annotations out
 *
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 *
 * The runner gives every step files to append to: GITHUB_OUTPUT holds values for later steps,
 * GITHUB_STEP_SUMMARY Markdown for the job's page. A value is put between two lines of a delimiter that
 * nobody can guess, so that none can end it.
 */
#include "formatters/escape.h"
#include "formatters/facts.h"
#include "step/base/io.h"
#include "step/ci/ci.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGE_MOST 2000 /* columns of an annotation; the runner cuts at 4,096 characters */

enum {
	DELIMITER_BYTES = 16,
};

static bool
is_github(void)
{
	const char *value = env_text("GITHUB_ACTIONS");

	return value && strcasecmp(value, "true") == 0;
}

/* Packages of GitHub are lower case, repositories need not be. */
static void
find_image(struct ci_plan *p)
{
	const char *repository = env_text("GITHUB_REPOSITORY"), *commit = env_text("GITHUB_SHA");

	if (p->image || !repository || !commit)
		return;
	ci_take_image(p,
	    text_lower(
		p->arena, str_of(arena_textf(p->arena, "ghcr.io/%s:%s", repository, commit))),
	    "GITHUB_REPOSITORY, GITHUB_SHA");
}

static int
read_github(struct ci_plan *p, struct err *err)
{
	struct ci_credentials own = { .site = "ghcr.io",
		.username = env_text("GITHUB_ACTOR"),
		.password = env_text("GITHUB_TOKEN"),
		.origin = "GITHUB_ACTOR, GITHUB_TOKEN" };

	(void)err;
	find_image(p);
	if (own.password)
		ci_add_credentials(p, &own);
	return 0;
}

static void
begin_group(FILE *out, const char *name, const char *title, bool folded)
{
	(void)name, (void)folded; /* all groups are folded */
	fprintf(out, "::group::%s\n", title);
}

static void
end_group(FILE *out, const char *name)
{
	(void)name;
	fputs("::endgroup::\n", out);
}

static const struct ci_log github_log = { begin_group, end_group };

/* ---- What the runner is told ---- */

static FILE *
open_to_append(const char *variable, struct err *err)
{
	const char *path = env_text(variable);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	FILE *f = fd >= 0 ? fdopen(fd, "a") : NULL;

	if (f)
		return f;
	err_set(err, ERR_OUTPUT, "%s: cannot append to '%s': %s", variable, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int
check_written(FILE *f, const char *variable, struct err *err)
{
	errno = 0;
	if (fflush(f) == 0 && !ferror(f))
		return 0;
	return err_set(err, ERR_OUTPUT, "%s: cannot append to '%s': %s", variable,
	    env_text(variable), strerror(errno));
}

static int
make_delimiter(char ret[2 * DELIMITER_BYTES + 1], struct err *err)
{
	unsigned char bytes[DELIMITER_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_set(err, ERR_INTERNAL, "no random bytes: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static void
put_value(FILE *out, const char *delimiter, const char *name, const char *value)
{
	fprintf(out, "%s<<%s\n%s\n%s\n", name, delimiter, value, delimiter);
}

/* EXIT_STATUS is exit-status. */
static const char *
output_name(struct arena *a, const char *fact)
{
	char *name = text_lower(a, str_of(fact));

	for (char *c = name; *c; c++)
		if (*c == '_')
			*c = '-';
	return name;
}

static int
put_outputs(struct arena *a, const struct ci_result *result, struct err *err)
{
	static const char variable[] = "GITHUB_OUTPUT";
	AUTO_FILE out = NULL;
	char delimiter[2 * DELIMITER_BYTES + 1];
	struct fact facts[FACTS_MOST];
	size_t n;

	if (!env_text(variable))
		return 0;
	out = open_to_append(variable, err);
	if (!out || make_delimiter(delimiter, err) < 0)
		return -1;
	if (!result->report) {
		put_value(out, delimiter, "exit-status", arena_textf(a, "%d", result->exit_status));
		put_value(out, delimiter, "verdict", "error");
		return check_written(out, variable, err);
	}
	n = facts_of(result->report, a, facts);
	for (size_t i = 0; i < n; i++)
		put_value(out, delimiter, output_name(a, facts[i].name), facts[i].value);
	for (size_t i = 0; i < result->nfiles; i++)
		put_value(out, delimiter, result->files[i].format, result->files[i].path);
	return check_written(out, variable, err);
}

/* A regular file, which ends, and not the one that is appended to. */
static bool
is_another_file(const char *path, const char *summary)
{
	struct stat a, b;

	if (stat(path, &a) < 0 || !S_ISREG(a.st_mode))
		return false;
	return stat(summary, &b) < 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino;
}

/* The Markdown report, which knows how much a summary may hold, behind what is there already. */
static int
put_summary(const struct ci_result *result, struct err *err)
{
	static const char variable[] = "GITHUB_STEP_SUMMARY";
	AUTO_FILE in = NULL;
	AUTO_FILE out = NULL;
	char buffer[8192];
	const char *path = NULL;
	size_t n;

	for (size_t i = 0; i < result->nfiles; i++)
		if (strcmp(result->files[i].format, "markdown") == 0)
			path = result->files[i].path;
	if (!path || !env_text(variable) || !is_another_file(path, env_text(variable)))
		return 0;
	in = fopen(path, "re");
	if (!in)
		return err_set(
		    err, ERR_OUTPUT, "cannot read '%s' again: %s", path, strerror(errno));
	out = open_to_append(variable, err);
	if (!out)
		return -1;
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	if (ferror(in))
		return err_set(err, ERR_OUTPUT, "cannot read '%s' again", path);
	return check_written(out, variable, err);
}

static int
deliver(struct arena *a, const struct ci_result *result, struct err *err)
{
	struct err other;
	int summary;

	if (!result->report) {
		fputs("::error title=scanstep::", stdout);
		escape_command(stdout, result->error, MESSAGE_MOST, "");
		putchar('\n');
	}
	/* One that fails must not keep the other from being written. */
	summary = put_summary(result, err);
	if (put_outputs(a, result, summary < 0 ? &other : err) < 0)
		return -1;
	return summary;
}

static const char *const github_outputs[] = {
	"table",
	"github",
	"sarif",
	"json=scanstep.json",
	"html",
	"markdown",
	"junit",
	"cyclonedx=scanstep.cdx.json",
	NULL,
};

const struct ci_system ci_github = {
	.name = "github",
	.title = "GitHub Actions",
	.is_here = is_github,
	.outputs = github_outputs,
	.stored = "scanstep.json",
	.checkout = "GITHUB_WORKSPACE",
	.read = read_github,
	.log = &github_log,
	.deliver = deliver,
};
