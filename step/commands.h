/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - what scanstep can be told to do
 */
#ifndef STEP_COMMANDS_H
#define STEP_COMMANDS_H

#include "step/options.h"

#include <stdio.h>

/* A command is one file, cmd_NAME.c, and its row in commands.c. */
struct command {
	const char *name;     /* "scan", "db build" */
	unsigned bit;         /* FOR_SCAN and so on */
	const char *operands; /* in the usage line, or "" */
	const char *summary;  /* one line */
	const char *details;  /* a paragraph for its --help */
	size_t min, max;      /* operands */

	/* The exit status, or -1 with err, whose status it then is. */
	int (*run)(const struct options *o, struct err *err);
	/* Told why a command line does not get that far; or NULL. */
	void (*refused)(const struct err *err);
};

extern const struct command commands[];
extern const size_t ncommands;

int cmd_scan(const struct options *o, struct err *err) MUST_CHECK;
int cmd_ci(const struct options *o, struct err *err) MUST_CHECK;
int cmd_ci_gate(const struct options *o, struct err *err) MUST_CHECK;
void ci_refused(const struct err *err);
int cmd_gate(const struct options *o, struct err *err) MUST_CHECK;
int cmd_convert(const struct options *o, struct err *err) MUST_CHECK;
int cmd_formats(const struct options *o, struct err *err) MUST_CHECK;
int cmd_compare(const struct options *o, struct err *err) MUST_CHECK;
int cmd_db_build(const struct options *o, struct err *err) MUST_CHECK;
int cmd_db_status(const struct options *o, struct err *err) MUST_CHECK;

/* help.c: pages made from the tables. */
void help_program(FILE *out);
void help_group(FILE *out, const char *word); /* the commands that begin with it: "db" */
void help_command(FILE *out, const struct command *c);
void help_manual(FILE *out); /* scanstep(1), as roff */
/* The names of a table's rows, for the tests of completeness: "readers"; false if there is no such table. */
bool help_list(FILE *out, const char *table);

#endif
