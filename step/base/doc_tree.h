/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_tree.h - what the doc files share: nodes as jansson's, and a look at JSON before it is parsed
 *
 * A struct doc is a json_t under another name. The one thing that jansson has no
 * value for is a plain YAML scalar that has a kind and keeps its spelling. It is
 * a string that begins with a NUL and a byte for the kind: no parsed text can,
 * since NUL is refused everywhere.
 */
#ifndef STEP_BASE_DOC_TREE_H
#define STEP_BASE_DOC_TREE_H

#include "step/base/doc.h"

#include <jansson.h>

/* The same node; jansson's readers that take it without const do not write. */
json_t *doc_node(const struct doc *d);
struct doc *doc_of_node(json_t *node);

/* A plain YAML scalar of this kind (not DOC_TEXT); len bytes of valid UTF-8 without NUL. */
json_t *doc_plain_new(enum doc_kind kind, const char *spelling, size_t len);

/* One JSON value as its bytes come by. All zero at first. */
struct doc_scan {
	size_t used;    /* bytes looked at: the value's length, once it has ended */
	size_t values;  /* seen in it, nearly */
	unsigned depth; /* containers open */
	bool in_text;   /* between quotes */
	bool escaped;   /* behind a backslash there */
	bool is_word;   /* a bare word: ends before what cannot be in one */
};

enum doc_scanned {
	SCAN_MORE = 0, /* the bytes ended before the value did */
	SCAN_DONE,     /* the value is the first used bytes */
	SCAN_DEEP,     /* nested deeper than LIMIT_DEPTH, at used */
	SCAN_MANY,     /* more than LIMIT_NODES values, at used */
};

/*
 * Look on at the value that bytes begins with (no blank before it), from used on.
 * Says where a well-formed value ends; whether it is well-formed says the parser.
 */
enum doc_scanned doc_scan(struct doc_scan *s, struct str bytes);

/* Where in a document something is; both from 1. */
struct doc_place {
	size_t line;
	size_t column;
};

/* place moves over these bytes. */
void doc_place_move(struct doc_place *place, struct str bytes);

/* The tree of exactly these bytes, one JSON value of any kind that starts at place. */
int doc_parse_value(struct str bytes, struct doc_place place, enum err_kind kind, struct doc **ret,
    struct err *err) MUST_CHECK;
/* "line 3, column 7: nested deeper than 64 levels" and the like, for SCAN_DEEP and SCAN_MANY. */
int doc_scan_error(
    enum doc_scanned why, struct doc_place place, enum err_kind kind, struct err *err);

#endif
