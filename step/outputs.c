/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.c - reports to where -o wants them: all of them whole, or none
 *
 * First every file is written under another name, then standard output, then the
 * files are renamed; what was renamed before a failure is removed again. A device
 * or a pipe is written into as it is. A symbolic link is replaced, never followed:
 * a checkout could point one anywhere.
 */
#include "step/outputs.h"

#include "formatters/verdict.h"
#include "step/base/io.h"
#include "step/ci/ci.h"
#include "step/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WIDTH_USUAL = 80, /* of a terminal that does not tell */
	WIDTH_MOST = 10000,
};

/* A report, or what belongs beside it, on its way into its file. */
struct pending {
	const char *path;
	const struct formatter *formatter;
	const struct companion *companion; /* it is this that is written; or NULL */
	bool replaces_input;               /* it is never removed */
	struct new_file *file;             /* NULL: done, or special */
	FILE *special;                     /* a device or pipe, else NULL */
	bool renamed;
};

/* The path behind a source's prefix, "oci:app", or NULL. */
static const char *
without_prefix(const char *input)
{
	for (size_t i = 0; i < nimage_sources; i++) {
		size_t len = strlen(image_sources[i]->prefix);

		if (strncmp(input, image_sources[i]->prefix, len) == 0 && input[len] == ':')
			return input + len + 1;
	}
	return NULL;
}

/* Does the input, a path with or without a source's prefix, name this file? */
static bool
is_input(const char *input, const struct stat *file)
{
	const char *path = input ? without_prefix(input) : NULL;
	struct stat st;

	if (!input)
		return false;
	if (strcmp(input, "-") == 0)
		return fstat(STDIN_FILENO, &st) == 0 && st.st_dev == file->st_dev &&
		       st.st_ino == file->st_ino;
	if (stat(input, &st) < 0 && (!path || stat(path, &st) < 0))
		return false;
	return st.st_dev == file->st_dev && st.st_ino == file->st_ino;
}

static bool
is_any_input(const struct options *o, const struct stat *file)
{
	const char *const others[] = { o->db, o->default_db };

	for (size_t i = 0; i < o->noperands; i++)
		if (is_input(o->operands[i], file))
			return true;
	for (size_t i = 0; i < o->nallowlists; i++)
		if (is_input(o->allowlists[i], file))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (is_input(others[i], file))
			return true;
	return false;
}

/*
 * Written into, not replaced: devices, pipes, and by their names what stands for an open
 * descriptor. /dev/stdout may lead to a regular file, but is none; /dev/shm/x is one.
 */
static bool
is_special(const char *path)
{
	static const char *const descriptors[] = { "/dev/stdout", "/dev/stderr", "/dev/stdin" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(descriptors); i++)
		if (strcmp(path, descriptors[i]) == 0)
			return true;
	if (str_starts(str_of(path), "/dev/fd/") ||
	    (str_starts(str_of(path), "/proc/") && strstr(path, "/fd/")))
		return true;
	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode);
}

int
outputs_make_folder(const char *path, struct err *err)
{
	AUTO_FD fd = folder_make(path, 0777, ERR_OUTPUT, err);

	if (fd < 0)
		return -1;
	if (faccessat(fd, ".", W_OK | X_OK, 0) == 0)
		return 0;
	return err_set(
	    err, ERR_OUTPUT, "cannot write into the folder '%s': %s", path, strerror(errno));
}

/* Can a file be made there? Told before the work, not after it. */
static int
check_folder(const char *path, struct err *err)
{
	AUTO_FREE char *folder = file_folder(path);

	if (access(folder, W_OK | X_OK) == 0)
		return 0;
	return err_set(err, ERR_OUTPUT, "cannot create '%s': %s", path, strerror(errno));
}

/* --output-dir, if a report goes there. */
static int
make_output_dir(const struct options *o, struct err *err)
{
	for (size_t i = 0; o->output_dir && i < o->noutputs; i++)
		if (o->outputs[i].file)
			return outputs_make_folder(o->output_dir, err);
	return 0;
}

static int
clear_one(const struct options *o, const char *path, struct err *err)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (exists && S_ISDIR(st.st_mode))
		return err_set(err, ERR_OUTPUT, "cannot write '%s': it is a folder", path);
	if (is_special(path))
		return 0;
	if (exists && is_any_input(o, &st))
		return 0;
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_set(
	    err, ERR_OUTPUT, "cannot remove the earlier '%s': %s", path, strerror(errno));
}

static bool
is_planned(const struct pending *list, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].path, path) == 0)
			return true;
	return false;
}

/* Every file that is to be written, each once; returns how many. A device has nothing beside it. */
static size_t
plan_files(const struct options *o, struct pending **ret)
{
	struct pending *list = xalloc(2 * o->noutputs * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < o->noutputs; i++) {
		const struct output *out = &o->outputs[i];

		if (!out->file)
			continue;
		list[n++] = (struct pending){ .path = out->file, .formatter = out->formatter };
		if (out->companion_file && !is_special(out->file) &&
		    !is_planned(list, n, out->companion_file))
			list[n++] = (struct pending){ .path = out->companion_file,
				.formatter = out->formatter,
				.companion = out->formatter->companion };
	}
	*ret = list;
	return n;
}

/* The folder that a file is in, and its name there. */
static bool
place_of(const char *path, struct stat *ret_folder, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = file_folder(path);

	*ret_name = slash ? slash + 1 : path;
	return stat(folder, ret_folder) == 0;
}

static bool
is_same_place(const char *a, const char *b)
{
	const char *name, *other_name;
	struct stat folder, other;

	return place_of(a, &folder, &name) && place_of(b, &other, &other_name) &&
	       strcmp(name, other_name) == 0 && folder.st_dev == other.st_dev &&
	       folder.st_ino == other.st_ino;
}

/* A companion, which nobody named, must not cost an input, nor wait for a pipe's reader. */
static int
check_companion(const struct options *o, const struct pending *p, struct err *err)
{
	struct stat st;

	if (lstat(p->path, &st) < 0)
		return 0;
	if (is_any_input(o, &st))
		return err_set(err, ERR_USAGE, "%s would write its '%s' over an input",
		    p->formatter->name, p->path);
	if (is_special(p->path))
		return err_set(
		    err, ERR_OUTPUT, "cannot write '%s': it is no regular file", p->path);
	return 0;
}

/* However they are spelt, no two may be one file. */
static int
check_places(const struct options *o, const struct pending *list, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			if (is_same_place(list[i].path, list[k].path) &&
			    !(list[i].companion && list[k].companion) && !is_special(list[i].path))
				return err_set(err, ERR_USAGE, "'%s' and '%s' are the same file",
				    list[k].path, list[i].path);
		if (list[i].companion && check_companion(o, &list[i], err) < 0)
			return -1;
	}
	return 0;
}

int
outputs_clear(const struct options *o, struct err *err)
{
	AUTO_FREE struct pending *list = NULL;
	size_t n = plan_files(o, &list);

	if (make_output_dir(o, err) < 0 || check_places(o, list, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!list[i].companion && clear_one(o, list[i].path, err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (!is_special(list[i].path) && check_folder(list[i].path, err) < 0)
			return -1;
	return 0;
}

/* Columns of the terminal that standard output is, 0 if it is none. */
static unsigned
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && str_number(str_of(columns), WIDTH_MOST, &n) && n > 0)
		return (unsigned)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return WIDTH_USUAL;
}

/* https://no-color.org: any value but the empty one. */
static bool
wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_colour && *no_colour) && term && *term && strcmp(term, "dumb") != 0;
}

/* A section may be folded: the verdict stands behind it. */
static void
end_section(const struct options *o, const struct output *out, const struct report *r)
{
	AUTO_ARENA a = arena_new();

	o->log->end(stdout, out->formatter->name);
	printf("%s\n", verdict_line(a, r));
}

static int
write_stdout(
    const struct output *out, const struct options *o, const struct report *r, struct err *err)
{
	struct format_opts opts = o->format;
	int result;

	opts.width = terminal_width();
	opts.colour = opts.width > 0 && wants_colour();
	errno = 0;
	if (out->log_title)
		o->log->begin(stdout, out->formatter->name, out->log_title, false);
	result = out->formatter->write(r, &opts, stdout, err);
	if (out->log_title)
		end_section(o, out, r);
	if (result < 0)
		return -1;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set(err, ERR_OUTPUT, "cannot write %s to standard output: %s",
	    out->formatter->name, strerror(errno));
}

static FILE *
open_pending(struct pending *p, struct err *err)
{
	const char *path = p->path;
	int fd;

	if (!is_special(path)) {
		p->file = new_file_open(path, ERR_OUTPUT, err);
		return p->file ? new_file_stream(p->file) : NULL;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	p->special = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (p->special)
		return p->special;
	err_set(err, ERR_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int
write_pending(struct pending *p, const struct options *o, const struct report *r, struct err *err)
{
	FILE *out = open_pending(p, err);

	if (!out)
		return -1;
	errno = 0;
	if (p->companion)
		fwrite(p->companion->bytes, 1, *p->companion->len, out);
	else if (p->formatter->write(r, &o->format, out, err) < 0)
		return -1;
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	return err_set(err, ERR_OUTPUT, "cannot write '%s': %s", p->path, strerror(errno));
}

static int
write_all(struct pending *list, size_t n, const struct options *o, const struct report *r,
    struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (write_pending(&list[i], o, r, err) < 0)
			return -1;
	for (size_t i = 0; i < o->noutputs; i++)
		if (!o->outputs[i].file && write_stdout(&o->outputs[i], o, r, err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		struct new_file *file = list[i].file;

		list[i].file = NULL;
		if (file && new_file_commit(file, false, err) < 0)
			return -1;
		list[i].renamed = file != NULL;
	}
	return 0;
}

int
outputs_write(const struct options *o, const struct report *r, struct err *err)
{
	AUTO_FREE struct pending *list = NULL;
	size_t n = plan_files(o, &list);
	struct options shown = *o;
	int result;

	/* What fails the build is always listed: a report must not look green where the gate is red. */
	if (!r->policy.fail_on_none && r->policy.fail_on < o->format.report_min)
		shown.format.report_min = r->policy.fail_on;
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		list[i].replaces_input = stat(list[i].path, &st) == 0 && is_any_input(o, &st);
	}
	result = write_all(list, n, &shown, r, err);
	for (size_t i = 0; i < n; i++) {
		new_file_abandon(list[i].file);
		if (list[i].special)
			fclose(list[i].special);
		if (result < 0 && list[i].renamed && !list[i].replaces_input)
			unlink(list[i].path);
	}
	return result;
}
