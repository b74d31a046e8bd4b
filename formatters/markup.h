/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.h - XML and HTML written element by element, so that no report sits in memory as a tree
 *
 * One escaper for both. Text is text whatever it holds: markup characters become
 * references; what XML cannot hold or a reader cannot see is shown as its number,
 * \x1b or \u202e; "##" and a "::" at the beginning of a line are broken up as
 * escape.h says, so that a report printed into a CI log commands nothing.
 *
 *      markup_begin(&m, out, MARKUP_XML);
 *      markup_open(&m, "suite");
 *      markup_attr(&m, "name", name);
 *      markup_element(&m, "title", title);
 *      markup_close(&m);
 *      return markup_finish(&m, err);
 *
 * Names of elements and attributes are ours: literals that live as long as the document.
 */
#ifndef FORMATTERS_MARKUP_H
#define FORMATTERS_MARKUP_H

#include "step/base/base.h"

#include <stdio.h>

#define MARKUP_DEPTH 32

enum markup_kind {
	MARKUP_XML = 0, /* XML 1.0; indented where there is no text beside the elements */
	MARKUP_HTML,    /* HTML 5; a line for each element that is no part of a line of text */
};

struct markup {
	FILE *out;
	enum markup_kind kind;
	unsigned depth;
	const char *open[MARKUP_DEPTH];
	bool has_text[MARKUP_DEPTH]; /* the element holds text: blanks would be part of it */
	bool is_filled;              /* the innermost element holds something */
	bool in_tag;                 /* its start tag may still get attributes */
	bool failed;                 /* misuse, which is our bug */
};

/* The declaration, or the doctype. */
void markup_begin(struct markup *m, FILE *out, enum markup_kind kind);
/* Elements of HTML that a field of another document holds: no doctype. It is finished just so. */
void markup_begin_part(struct markup *m, FILE *out);
void markup_open(struct markup *m, const char *name);
/* Behind markup_open() only. value NULL: an attribute without one (HTML's hidden, open). */
void markup_attr(struct markup *m, const char *name, const char *value);
void markup_attrf(struct markup *m, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void markup_text(struct markup *m, const char *text);
void markup_textf(struct markup *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The innermost element ends: HTML's void elements without, all others with an end tag. */
void markup_close(struct markup *m);
/* An element with this text and nothing else. */
void markup_element(struct markup *m, const char *name, const char *text);
/* Our own style or script, unescaped. It must not hold "</". */
void markup_verbatim(struct markup *m, const char *text);
/* Text alone, as an element would hold it. */
void markup_escape(FILE *out, const char *text);
/* 0, or -1 with ERR_INTERNAL after misuse. */
int markup_finish(struct markup *m, struct err *err) MUST_CHECK;

#endif
