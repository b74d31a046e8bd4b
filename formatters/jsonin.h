/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonin.h - reading JSON of a known shape from a hostile file
 *
 * Each step down a document checks what it finds; an error is ERR_USAGE and
 * names the place as a JSON pointer (RFC 6901): "/findings/3/severity: is missing".
 */
#ifndef FORMATTERS_JSONIN_H
#define FORMATTERS_JSONIN_H

#include "formatters/json_fields.h"
#include "step/base/doc.h"

/* What all places in a document share. */
struct jsonin {
	struct arena *arena; /* for texts that are kept, and for messages */
	struct err *err;
};

/* A node and the way to it: a chain on the stack. */
struct at {
	struct jsonin *in;
	const struct doc *doc;
	const struct at *up; /* NULL: the document itself */
	const char *key;     /* NULL: an element of a list */
	size_t index;
};

int at_refuse(const struct at *at, const char *what); /* -1 */
int at_check(const struct at *at, enum doc_kind kind) MUST_CHECK;

/* The member of that name: of any kind, of this kind, or a list of at most limit elements. */
int at_member(const struct at *map, const char *key, struct at *ret) MUST_CHECK;
int at_member_of(
    const struct at *map, const char *key, enum doc_kind kind, struct at *ret) MUST_CHECK;
int at_list(const struct at *map, const char *key, uint64_t limit, struct at *ret) MUST_CHECK;
int at_element(const struct at *list, size_t i, enum doc_kind kind, struct at *ret) MUST_CHECK;

/* Values of members; a text is the document's. */
int at_text(const struct at *map, const char *key, const char **ret) MUST_CHECK;
int at_bool(const struct at *map, const char *key, bool *ret) MUST_CHECK;
int at_count(const struct at *map, const char *key, uint64_t *ret) MUST_CHECK; /* from 0 on */

/* One text, or all texts, of the struct at base: copied into the arena; null leaves NULL. */
int at_field(const struct at *map, const struct json_field *f, void *base) MUST_CHECK;
int at_fields(const struct at *map, const struct json_field *fields, void *base) MUST_CHECK;

#endif
