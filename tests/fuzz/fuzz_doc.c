/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_doc.c - documents of any bytes: every accessor on every node
 *
 * The bytes are read as JSON, as YAML and as a stream of members. All text is valid
 * UTF-8 without NUL, no tree is deeper than its limit, and what is read whole is
 * read as a stream too.
 */
#include "step/base/doc.h"
#include "tests/fuzz/must.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_node(const struct doc *d, unsigned depth)
{
	enum doc_kind kind = doc_kind(d);
	size_t members = 0;

	must(depth > 0 || (kind != DOC_LIST && kind != DOC_MAP));
	must((doc_text(d) != NULL) == (kind == DOC_TEXT));
	must_be_utf8(doc_text(d));
	must_be_utf8(doc_spelling(d));
	must(kind == DOC_NUMBER || doc_integer(d, 7) == 7);
	must(kind == DOC_NUMBER || doc_number(d, 7) == 7);
	must(kind == DOC_BOOL || doc_bool(d, true));
	for (size_t i = 0; kind == DOC_LIST && i < doc_len(d); i++)
		check_node(doc_at(d, i), depth - 1);
	for (void *i = doc_first(d); i; i = doc_next(d, i), members++) {
		must_be_utf8(doc_key(i));
		must(doc_get(d, doc_key(i)) == doc_value(i));
		check_node(doc_value(i), depth - 1);
	}
	must(kind != DOC_MAP || members == doc_len(d));
}

/* How many members the stream has, or -1. */
static long
members(struct str bytes)
{
	AUTO_STREAM in = stream_of_memory(bytes);
	AUTO_DOC_STREAM stream = doc_stream_new(in, ERR_DATABASE);
	struct err err = { .kind = ERR_NONE };
	const char *key;

	for (long count = 0;; count++) {
		AUTO_DOC value = NULL;
		int rc = doc_stream_next(stream, &key, &value, &err);

		must(rc >= 0 || (err.kind == ERR_DATABASE && err.text[0]));
		if (rc <= 0)
			return rc < 0 ? -1 : count;
		must_be_utf8(key);
		check_node(value, LIMIT_DEPTH);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { size ? (const char *)data : "", size };
	struct err err = { .kind = ERR_NONE };
	AUTO_DOC json = NULL;
	AUTO_DOC yaml = NULL;
	long count = members(bytes);

	if (doc_parse_json(bytes, ERR_USAGE, &json, &err) == 0) {
		check_node(json, LIMIT_DEPTH);
		must(count == (long)doc_len(json));
	} else {
		must(err.kind == ERR_USAGE && err.text[0]);
	}
	if (doc_parse_yaml(bytes, ERR_USAGE, &yaml, &err) == 0)
		check_node(yaml, LIMIT_YAML_DEPTH);
	else
		must(err.kind == ERR_USAGE && err.text[0]);
	for (unsigned depth = 0; depth < 4; depth++)
		doc_peek_key(bytes, depth, "id");
	return 0;
}
