/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonout.h - JSON written value by value, so that no report sits in memory as a tree
 *
 * Every value goes through jansson; this adds keys, commas and indentation.
 * What comes out is ASCII, and "##" in a text is broken up as escape.h says,
 * so that a report printed into a CI log commands nothing.
 *
 *      jsonout_open(&j, NULL, '{');
 *      jsonout_text(&j, "name", name);
 *      jsonout_close(&j);
 *
 * key is NULL in a list and for the outermost value.
 *
 * jsonout_init_go() writes what Go's encoding/json does with an indentation of four blanks: other
 * characters than ASCII as they are, markup characters and line separators as \u escapes, and no
 * line end at the end. "##" and what cannot be seen are escaped there, too.
 */
#ifndef FORMATTERS_JSONOUT_H
#define FORMATTERS_JSONOUT_H

#include "step/base/base.h"

#include <stdio.h>

#define JSONOUT_DEPTH 16

struct jsonout {
	FILE *out;
	unsigned depth;
	char closing[JSONOUT_DEPTH]; /* '}' or ']' of each open level */
	bool empty;                  /* the innermost level has no value yet */
	bool failed;                 /* a value could not be written: text that is no UTF-8 */
	unsigned flat; /* what is this deep or deeper stands in one line; 0, as set up: nothing */
	bool as_go;    /* jsonout_init_go() */
	bool compact;  /* no line ends, no blanks: set it after jsonout_init() */
};

void jsonout_init(struct jsonout *j, FILE *out);
void jsonout_init_go(struct jsonout *j, FILE *out);
void jsonout_open(struct jsonout *j, const char *key, char bracket); /* '{' or '[' */
void jsonout_close(struct jsonout *j);
void jsonout_text(struct jsonout *j, const char *key, const char *text); /* NULL is null */
void jsonout_integer(struct jsonout *j, const char *key, uint64_t n);
/* Three digits; negative is null. */
void jsonout_score(struct jsonout *j, const char *key, double score);
/* Five digits, for probabilities; negative is null. */
void jsonout_fraction(struct jsonout *j, const char *key, double fraction);
void jsonout_bool(struct jsonout *j, const char *key, bool value);
void jsonout_null(struct jsonout *j, const char *key);
/* The line end behind the outermost value: 0, or -1 with ERR_INTERNAL if a value failed. */
int jsonout_finish(struct jsonout *j, struct err *err) MUST_CHECK;

#endif
