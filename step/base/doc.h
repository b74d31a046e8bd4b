/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc.h - JSON and YAML documents as one tree; long JSON a member at a time
 *
 * The one door to jansson's parser and to libyaml. Everything is bounded: no
 * YAML aliases, anchors, tags or second document, no duplicate keys unless asked for, no deeper
 * than LIMIT_DEPTH (JSON) or LIMIT_YAML_DEPTH, no more than LIMIT_NODES values. All
 * text is valid UTF-8 without NUL.
 */
#ifndef STEP_BASE_DOC_H
#define STEP_BASE_DOC_H

#include "step/base/io.h"

/* One node; the tree is owned by its root, which doc_free() frees. */
struct doc;

enum doc_kind {
	DOC_NULL = 0,
	DOC_BOOL,
	DOC_NUMBER,
	DOC_TEXT,
	DOC_LIST,
	DOC_MAP,
};

/*
 * Parse a whole document. Errors are of the given kind and say line and, where
 * known, column. YAML scalars that are plain and look like a bool, null or
 * number (YAML 1.2 core schema) are DOC_BOOL, DOC_NULL, DOC_NUMBER and keep
 * their spelling for doc_spelling(); all others are DOC_TEXT.
 */
int doc_parse_json(
    struct str bytes, enum err_kind kind, struct doc **ret, struct err *err) MUST_CHECK;
int doc_parse_yaml(
    struct str bytes, enum err_kind kind, struct doc **ret, struct err *err) MUST_CHECK;

/* A key that its map has had before, and where it comes again. */
struct doc_repeat {
	const char *key;
	size_t line, column; /* from 1 */
};
struct doc_repeats {
	struct doc_repeat *list; /* in the order of the document */
	size_t n;
};
/*
 * YAML of those whose own programs take a key twice: the last one holds, and all are told, in the
 * arena. doc_repeat_error() says of the first what doc_parse_yaml() says.
 */
int doc_parse_yaml_repeats(struct str bytes, enum err_kind kind, struct arena *a,
    struct doc_repeats *ret_repeats, struct doc **ret, struct err *err) MUST_CHECK;
int doc_repeat_error(const struct doc_repeat *repeat, enum err_kind kind, struct err *err);
void doc_free(struct doc *root); /* NULL is a no-op */
void auto_doc(struct doc **root);
#define AUTO_DOC __attribute__((__cleanup__(auto_doc))) struct doc *

/*
 * All accessors take NULL and wrong kinds: they then answer NULL, 0 or the
 * fallback, so that a path through a document needs one check at its end.
 */
enum doc_kind doc_kind(const struct doc *d); /* NULL is DOC_NULL */
const struct doc *doc_get(const struct doc *map, const char *key);
const struct doc *doc_at(const struct doc *list, size_t i);
size_t doc_len(const struct doc *d);       /* elements of a list, members of a map */
const char *doc_text(const struct doc *d); /* of DOC_TEXT, else NULL */
const char *doc_get_text(const struct doc *map, const char *key);
bool doc_bool(const struct doc *d, bool fallback);
double doc_number(const struct doc *d, double fallback);
int64_t doc_integer(const struct doc *d, int64_t fallback); /* fallback for fractions too */
/* A YAML scalar as it was written, of any scalar kind ("3.10" stays "3.10"); JSON: text only. */
const char *doc_spelling(const struct doc *d);

/* Members of a map in the order of the document:
 *      for (void *i = doc_first(m); i; i = doc_next(m, i)) ... doc_key(i), doc_value(i) */
void *doc_first(const struct doc *map);
void *doc_next(const struct doc *map, void *i);
const char *doc_key(void *i);
const struct doc *doc_value(void *i);

/*
 * A long JSON document as it streams in: the members of its top-level object,
 * or the elements of its top-level list, one at a time. What is held is one
 * member, at most LIMIT_MEMBER bytes.
 */
struct doc_stream;
struct doc_stream *doc_stream_new(struct stream *s, enum err_kind kind); /* s stays the caller's */
void doc_stream_free(struct doc_stream *d);
void auto_doc_stream(struct doc_stream **d);
#define AUTO_DOC_STREAM __attribute__((__cleanup__(auto_doc_stream))) struct doc_stream *
/*
 * Before the first member is read: of the list that is the member of this name come the elements, one at a
 * time, each under that name. That the member is no list, or comes twice, is then an error.
 */
void doc_stream_within(struct doc_stream *d, const char *key);
/* 1 and the next member (key is "" in a list; free ret_value with doc_free()), 0 at the end
 * of a complete document, -1 with err (then the stream is done for: free it). The key is
 * valid until the next call. A top-level key that comes twice is given twice. */
int doc_stream_next(
    struct doc_stream *d, const char **ret_key, struct doc **ret_value, struct err *err) MUST_CHECK;

/*
 * Does an object at this depth (1: the document itself) have this key? head is
 * the beginning of a JSON document, cut anywhere: what comes later is not seen.
 */
bool doc_peek_key(struct str head, unsigned depth, const char *key);

#endif
