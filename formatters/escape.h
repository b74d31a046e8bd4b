/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.h - hostile text on a terminal or in a log: measured, cut and wrapped
 *
 * Three things are taken from text on its way out. What a terminal obeys or a
 * reader cannot see is shown as its number. "##" becomes "#\x23", because CI
 * runners look for commands such as "##[" and "##vso[" anywhere in a line. A
 * "::" that a text begins with becomes "\x3a:", because a line that begins so
 * (blanks do not help) is a command to GitHub's runner.
 */
#ifndef FORMATTERS_ESCAPE_H
#define FORMATTERS_ESCAPE_H

#include "step/base/base.h"

#include <stdio.h>

/* Control, bidi and invisible characters, line ends too, shown as \x1b, \u202e. */
void escape_terminal(FILE *out, const char *text);

/* Columns that escape_terminal() takes for text; counting stops above enough. */
size_t escape_columns(const char *text, size_t enough);

/* At most max (4 or more) columns of text, "..." for what is cut off; returns the columns taken. */
size_t escape_cut(FILE *out, const char *text, size_t max);

/* The same as data of a GitHub workflow command: "%" and the bytes of reserved are percent-encoded. */
size_t escape_command(FILE *out, const char *text, size_t max, const char *reserved);

/*
 * Text broken at its blanks into lines that end before column width, for a
 * cursor that stands at column at; further lines begin at column indent.
 * Ends with a line end.
 */
void escape_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width);

#endif
