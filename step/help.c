/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.c - help, manual page and lists, all made from the tables
 */
#include "step/advisory/feed.h"
#include "step/ci/ci.h"
#include "step/commands.h"
#include "step/image/image.h"
#include "step/match/version.h"
#include "step/reader/reader.h"
#include "step/release.h"

#include <string.h>

enum {
	COLUMNS = 80,
	INDENT = 26, /* where what a setting does begins */
};

static const char about[] =
    "Finds the packages of a container image that have known vulnerabilities, and "
    "answers with an exit status that a pipeline can act on.";

static const struct {
	const char *status, *when;
} statuses[] = {
	{ "0", "complete, and policy passed" },
	{ "1", "complete, and policy violated (--fail-on)" },
	{ "2", "the command line, a setting or the allow-list cannot be understood" },
	{ "3", "the image could not be obtained" },
	{ "4", "the analysis is incomplete; the report lists the gaps" },
	{ "5", "the advisory database is stale, corrupt or cannot be opened" },
	{ "6", "a report could not be written" },
	{ "7", "internal error" },
	{ "130, 143", "interrupted by SIGINT, by SIGTERM" },
};

/* Text in lines of COLUMNS, from column at on; every line but the first is indented. */
static void
wrap(FILE *out, const char *text, size_t at, size_t indent)
{
	struct str rest = str_of(text);
	bool begun = false;

	while (rest.len > 0) {
		struct str word = str_cut(&rest, ' ');

		if (begun && at + 1 + word.len > COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
			begun = false;
		}
		fprintf(out, "%s%.*s", begun ? " " : "", (int)word.len, word.ptr);
		at += word.len + (begun ? 1 : 0);
		begun = true;
	}
	fputc('\n', out);
}

/* One entry of a list: its name, then text from column indent on, on a line of its own if need be. */
static void
entry(FILE *out, const char *name, const char *text, size_t indent)
{
	size_t len = strlen(name) + 2;

	fprintf(out, "  %s", name);
	if (len + 2 > indent)
		fprintf(out, "\n%*s", (int)indent, "");
	else
		fprintf(out, "%*s", (int)(indent - len), "");
	wrap(out, text, indent, indent);
}

/* "-o, --output FORMAT[=FILE]", or the variable of a setting that has no flag. */
static void
spelling(const struct option_row *row, char *buf, size_t size)
{
	const char *value = row->metavar == NULL ? "" : row->metavar;

	if (row->flag == NULL)
		snprintf(buf, size, "%s", row->variable);
	else if (row->letter != 0)
		snprintf(buf, size, "-%c, --%s%s%s", row->letter, row->flag,
		    value[0] == '\0' ? "" : " ", value);
	else
		snprintf(buf, size, "    --%s%s%s", row->flag, value[0] == '\0' ? "" : " ", value);
}

/* What it does, its default and its variable, as one text. */
static void
explanation(const struct option_row *row, char *buf, size_t size)
{
	char fallback[80] = "", variable[80] = "";

	if (row->fallback != NULL && row->metavar != NULL)
		snprintf(fallback, sizeof(fallback), " (default: %s)", row->fallback);
	if (row->flag != NULL && row->variable != NULL)
		snprintf(variable, sizeof(variable), " [%s]", row->variable);
	snprintf(buf, size, "%s%s%s", row->help, fallback, variable);
}

static void
help_settings(FILE *out, unsigned command, bool flags)
{
	char name[80], text[512];

	for (size_t i = 0; i < noption_rows; i++) {
		const struct option_row *row = &option_rows[i];

		if ((row->commands & command) == 0 || (row->flag != NULL) != flags)
			continue;
		spelling(row, name, sizeof(name));
		explanation(row, text, sizeof(text));
		entry(out, name, text, INDENT);
	}
	if (!flags)
		return;
	entry(out, "-h, --help", "Show this.", INDENT);
	entry(out, "    --version", "Show the version.", INDENT);
}

static void
help_formats(FILE *out)
{
	fputs("\nFormats:\n", out);
	for (size_t i = 0; i < nformatters; i++)
		entry(out, formatters[i]->name, formatters[i]->summary, INDENT);
}

static void
help_statuses(FILE *out)
{
	fputs("\nExit statuses; where several apply, the highest:\n", out);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		entry(out, statuses[i].status, statuses[i].when, 12);
}

void
help_program(FILE *out)
{
	fputs("Usage: scanstep COMMAND [OPTION]... [OPERAND]...\n"
	      "       scanstep [OPTION]... IMAGE\n\n",
	    out);
	wrap(out, about, 0, 0);
	fputs("\nCommands (each has its own --help):\n", out);
	for (size_t i = 0; i < ncommands; i++)
		entry(out, commands[i].name, commands[i].summary, 14);
	help_statuses(out);
}

void
help_group(FILE *out, const char *word)
{
	fprintf(out,
	    "Usage: scanstep %s COMMAND [OPTION]... [OPERAND]...\n\n"
	    "Commands (each has its own --help):\n",
	    word);
	for (size_t i = 0; i < ncommands; i++) {
		struct str rest = str_of(commands[i].name), first = str_cut(&rest, ' ');

		if (rest.len > 0 && str_is(first, word))
			entry(out, commands[i].name, commands[i].summary, 14);
	}
}

/* What a feed publishes that is read by default: all of two, of more the first and the last. */
static void
help_documents(FILE *out, const struct feed_ops *feed)
{
	size_t n = 0;

	while (feed->documents && feed->documents[n].url)
		n++;
	for (size_t i = 0; i < n; i++)
		if (n <= 2 || i == 0 || i == n - 1)
			fprintf(out, "%12s%s\n", "", feed->documents[i].url);
		else if (i == 1)
			fprintf(out, "%12sand %zu more, to\n", "", n - 2);
}

static void
help_feeds(FILE *out)
{
	AUTO_ARENA a = arena_new();

	fputs("\nFeeds, and what is read of them if nothing is named:\n", out);
	for (size_t i = 0; i < nfeeds; i++) {
		if (!feeds[i]->documents)
			continue;
		entry(out, feeds[i]->name, feeds[i]->summary, 12);
		help_documents(out, feeds[i]);
	}
	fprintf(out, "\nExample:\n  scanstep db build %s\n", feed_documents(a)->url);
}

/* The CI systems in the order they are tried, and the files that ci writes there. */
static void
help_platforms(FILE *out)
{
	fputs("\nCI systems, and the reports that \"ci\" writes there:\n", out);
	for (size_t i = 0; i < nci_systems; i++) {
		fprintf(out, "  %-13s %s\n", ci_systems[i]->name, ci_systems[i]->title);
		for (const char *const *o = ci_systems[i]->outputs; *o; o++)
			fprintf(out, "  %13s   -o %s\n", "", *o);
	}
}

void
help_command(FILE *out, const struct command *c)
{
	bool environment = false;

	fprintf(out, "Usage: scanstep %s [OPTION]...%s%s\n\n", c->name,
	    c->operands[0] == '\0' ? "" : " ", c->operands);
	wrap(out, c->details, 0, 0);
	fputs("\nOptions, each with its environment variable:\n", out);
	help_settings(out, c->bit, true);
	for (size_t i = 0; i < noption_rows; i++)
		environment = environment || (option_rows[i].flag == NULL &&
						 (option_rows[i].commands & c->bit) != 0);
	if (environment) {
		fputs("\nEnvironment only:\n", out);
		help_settings(out, c->bit, false);
	}
	fputc('\n', out);
	wrap(out,
	    "A flag beats its variable, which beats the default. Variables of switches take 1 or "
	    "0; a switch takes =0 to undo its variable.",
	    0, 0);
	if ((c->bit & (FOR_SCAN | FOR_CI | FOR_GATE | FOR_CI_GATE | FOR_CONVERT)) != 0)
		help_formats(out);
	if ((c->bit & (FOR_CI | FOR_CI_GATE)) != 0)
		help_platforms(out);
	if ((c->bit & (FOR_SCAN | FOR_CI)) != 0) {
		fputs("\nPrefixes of IMAGE:\n", out);
		for (size_t i = 0; i < nimage_sources; i++)
			entry(out, image_sources[i]->prefix, image_sources[i]->summary, INDENT);
	}
	if (c->bit == FOR_DB_BUILD)
		help_feeds(out);
	if (c->bit == FOR_COMPARE) {
		fputs("\nSchemes:\n", out);
		for (size_t i = 0; i < nversions; i++)
			entry(out, versions[i]->name, versions[i]->spec, 10);
	}
	if ((c->bit & (FOR_SCAN | FOR_CI)) != 0)
		help_statuses(out);
}

/* Text of a roff page: a dash must not become a hyphen, nor a leading dot a request. */
static void
roff(FILE *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '-')
			fputs("\\-", out);
		else if (*p == '\\')
			fputs("\\e", out);
		else if ((*p == '.' || *p == '\'') && p == text)
			fprintf(out, "\\&%c", *p);
		else
			fputc(*p, out);
	}
}

static void
roff_entry(FILE *out, const char *name, const char *text)
{
	fputs(".TP\n.B ", out);
	roff(out, name + strspn(name, " "));
	fputc('\n', out);
	roff(out, text);
	fputc('\n', out);
}

void
help_manual(FILE *out)
{
	char name[80], text[512];

	fprintf(out, ".TH SCANSTEP 1 \"\" \"scanstep %s\" \"User Commands\"\n", SCANSTEP_VERSION);
	fputs(".SH NAME\nscanstep \\- container\\-image vulnerability scanner for pipelines\n"
	      ".SH SYNOPSIS\n",
	    out);
	for (size_t i = 0; i < ncommands; i++)
		fprintf(out, ".B scanstep %s\n[\\fIOPTION\\fR]... %s\n.br\n", commands[i].name,
		    commands[i].operands);
	fputs(".SH DESCRIPTION\n", out);
	roff(out, about);
	fputs("\n.SH COMMANDS\n", out);
	for (size_t i = 0; i < ncommands; i++)
		roff_entry(out, commands[i].name, commands[i].details);
	fputs(".SH OPTIONS\nA flag beats its variable, which beats the default.\n", out);
	for (size_t i = 0; i < noption_rows; i++) {
		if (option_rows[i].flag == NULL)
			continue;
		spelling(&option_rows[i], name, sizeof(name));
		explanation(&option_rows[i], text, sizeof(text));
		roff_entry(out, name, text);
	}
	fputs(".SH ENVIRONMENT\nBeside the variables named with the options:\n", out);
	for (size_t i = 0; i < noption_rows; i++) {
		if (option_rows[i].flag == NULL)
			roff_entry(out, option_rows[i].variable, option_rows[i].help);
	}
	roff_entry(
	    out, "SOURCE_DATE_EPOCH", "Replaces the time written into reports, nothing else.");
	roff_entry(out, "TMPDIR", "Where input that cannot seek is kept, in files without a name.");
	fputs(".SH FORMATS\n", out);
	for (size_t i = 0; i < nformatters; i++)
		roff_entry(out, formatters[i]->name, formatters[i]->summary);
	fputs(".SH IMAGES\n", out);
	for (size_t i = 0; i < nimage_sources; i++)
		roff_entry(out, image_sources[i]->prefix, image_sources[i]->summary);
	fputs(".SH EXIT STATUS\nWhere several apply, the highest.\n", out);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		roff_entry(out, statuses[i].status, statuses[i].when);
}

/* flag, letter, variable, value, default: tab-separated, - for none. */
static void
list_options(FILE *out)
{
	for (size_t i = 0; i < noption_rows; i++) {
		const struct option_row *row = &option_rows[i];

		fprintf(out, "%s\t%c\t%s\t%s\t%s\n", row->flag == NULL ? "-" : row->flag,
		    row->letter == 0 ? '-' : row->letter,
		    row->variable == NULL ? "-" : row->variable,
		    row->metavar == NULL ? "-" : row->metavar,
		    row->fallback == NULL ? "-" : row->fallback);
	}
}

/* platform, format, file of each report that ci writes: tab-separated, - for standard output. */
static void
list_platforms(FILE *out)
{
	for (size_t i = 0; i < nci_systems; i++)
		for (const char *const *o = ci_systems[i]->outputs; *o; o++) {
			struct str file = str_of(*o), name = str_cut(&file, '=');
			const struct formatter *format = formatter_find(name);

			fprintf(out, "%s\t%s\t%s\n", ci_systems[i]->name, format->name,
			    file.len > 0   ? file.ptr
			    : format->file ? format->file
					   : "-");
		}
}

/* The name of the i-th row of each table, or NULL behind the last. */
static const char *
command_name(size_t i)
{
	return i < ncommands ? commands[i].name : NULL;
}

static const char *
format_name(size_t i)
{
	return i < nformatters ? formatters[i]->name : NULL;
}

static const char *
source_name(size_t i)
{
	return i < nimage_sources ? image_sources[i]->prefix : NULL;
}

static const char *
reader_name(size_t i)
{
	return i < nreaders ? readers[i]->name : NULL;
}

static const char *
feed_name(size_t i)
{
	return i < nfeeds ? feeds[i]->name : NULL;
}

static const char *
scheme_name(size_t i)
{
	return i < nversions ? versions[i]->name : NULL;
}

static void
list_documents(FILE *out)
{
	AUTO_ARENA a = arena_new();

	for (const struct feed_document *d = feed_documents(a); d->url; d++)
		fprintf(out, "%s\n", d->url);
}

bool
help_list(FILE *out, const char *table)
{
	static const struct {
		const char *table;
		const char *(*name)(size_t i);
	} tables[] = {
		{ "commands", command_name },
		{ "formats", format_name },
		{ "sources", source_name },
		{ "readers", reader_name },
		{ "feeds", feed_name },
		{ "schemes", scheme_name },
	};

	if (strcmp(table, "options") == 0) {
		list_options(out);
		return true;
	}
	if (strcmp(table, "documents") == 0) {
		list_documents(out);
		return true;
	}
	if (strcmp(table, "platforms") == 0) {
		list_platforms(out);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const char *name;

		if (strcmp(table, tables[i].table) != 0)
			continue;
		for (size_t k = 0; (name = tables[i].name(k)) != NULL; k++)
			fprintf(out, "%s\n", name);
		return true;
	}
	return false;
}
