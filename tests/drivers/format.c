/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.c - a stored report in a format, as tests want it
 *
 *      format NAME [--width N] [--colour] [--report-min SEVERITY] [--location FILE]
 *          [--suppressed] [--default-branch-image NAME] [--gitlab-eol SEVERITY] <report.json
 *      format --list
 *
 * The report is read, sealed, and written to standard output; an error goes to
 * standard error as one line, with its exit status. --list prints each format's
 * name and the ending of its files.
 */
#include "formatters/formatter.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
ending(const struct formatter *f)
{
	const char *dot = f->file ? strrchr(f->file, '.') : NULL;

	if (dot)
		return dot + 1;
	return strcmp(f->name, "json") == 0 ? "json" : "txt";
}

static int
list_formats(void)
{
	for (size_t i = 0; i < nformatters; i++)
		printf("%s\t%s\n", formatters[i]->name, ending(formatters[i]));
	return 0;
}

/* One option at argv[i]; returns how many words it took, or 0. */
static int
take_option(struct format_opts *o, char **argv, int i)
{
	const char *value = argv[i + 1];

	o->colour = o->colour || strcmp(argv[i], "--colour") == 0;
	o->sarif_suppressed = o->sarif_suppressed || strcmp(argv[i], "--suppressed") == 0;
	if (strcmp(argv[i], "--colour") == 0 || strcmp(argv[i], "--suppressed") == 0)
		return 1;
	if (!value)
		return 0;
	if (strcmp(argv[i], "--location") == 0)
		o->location_file = value;
	else if (strcmp(argv[i], "--default-branch-image") == 0)
		o->default_branch_image = value;
	else if (strcmp(argv[i], "--width") == 0)
		o->width = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(argv[i], "--gitlab-eol") == 0)
		o->eol_finding = severity_parse(str_of(value), &o->eol_severity);
	else if (strcmp(argv[i], "--report-min") != 0 ||
		 !severity_parse(str_of(value), &o->report_min))
		return 0;
	return 2;
}

static int
write_report(const struct formatter *f, const struct format_opts *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_STREAM in = stream_of_fd(dup(STDIN_FILENO), ERR_USAGE);
	struct report_draft *d = report_draft_new(a);
	struct str bytes;

	if (stream_whole(in, LIMIT_REPORT, ERR_USAGE, a, &bytes, err) < 0 ||
	    report_read_json(bytes, d, err) < 0)
		return -1;
	return f->write(report_seal(d), o, stdout, err);
}

int
main(int argc, char **argv)
{
	struct format_opts o = { .report_min = SEVERITY_NEGLIGIBLE, .location_line = 7 };
	const struct formatter *f;
	struct err err;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list_formats();
	f = argc > 1 ? formatter_find(str_of(argv[1])) : NULL;
	for (int i = 2, taken; f && i < argc; i += taken) {
		taken = take_option(&o, argv, i);
		if (taken == 0)
			f = NULL;
	}
	if (!f) {
		fputs("format: wrong command line\n", stderr);
		return 2;
	}
	if (write_report(f, &o, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return err_status(&err);
	}
	return fflush(stdout) != 0;
}
