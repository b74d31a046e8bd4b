/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_feed.c - a feed on any bytes: what it tells keeps its promises
 *
 * Built once per row of feeds.c with -DROW=debian. Every text is valid UTF-8, what
 * must be there is there, each state has the versions that belong to it, and the
 * same bytes in pieces of any size give the same answer. The first byte chooses the
 * size of the pieces, the rest is the document.
 */
#include "step/advisory/feed.h"
#include "tests/fuzz/must.h"
#include "tests/fuzz/pieces.h"

#include <stdlib.h>
#include <string.h>

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

extern const struct feed_ops PASTE(feed_, ROW);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was told so far, as one number. */
struct build {
	uint64_t sum;
};

static void
add(struct build *b, const char *text)
{
	const char *at = text ? text : "";
	int32_t c;

	/* FNV-1a by character. */
	while ((c = utf8_next(&at)) != 0) {
		must(c > 0);
		b->sum = (b->sum ^ (uint32_t)c) * UINT64_C(1099511628211);
	}
	b->sum = (b->sum ^ 0xff) * UINT64_C(1099511628211);
}

static void
add_field(struct build *b, const char *text, bool is_required)
{
	must(!is_required || (text && *text));
	must(!text || (*text && strlen(text) <= 3 * LIMIT_FIELD && !strpbrk(text, " \n\t")));
	add(b, text);
}

void
build_advisory(struct build *b, const struct advisory *a, const struct affected *list, size_t n)
{
	must(n > 0);
	add_field(b, a->id, true);
	for (size_t i = 0; a->aliases && a->aliases[i]; i++) {
		add_field(b, a->aliases[i], true);
		must(strcmp(a->aliases[i], a->id) != 0);
	}
	must(!a->title || !strchr(a->title, '\n'));
	add(b, a->title);
	add(b, a->details);
	add(b, a->url);
	add(b, a->cvss_vector);
	must(a->severity <= SEVERITY_CRITICAL);
	for (size_t i = 0; i < n; i++) {
		bool has_end = list[i].fixed != NULL;

		add_field(b, list[i].ecosystem, true);
		add_field(b, list[i].package, true);
		add_field(b, list[i].scheme, true);
		add_field(b, list[i].introduced, false);
		add_field(b, list[i].fixed, list[i].state == AFFECTED_FIXED);
		add_field(b, list[i].last, false);
		must(has_end == (list[i].state == AFFECTED_FIXED));
		must(!list[i].fixed || !list[i].last);
		must(list[i].severity <= SEVERITY_CRITICAL);
	}
}

void
build_skip(struct build *b, const char *reason)
{
	must(reason && *reason && strlen(reason) < 100);
	add(b, reason);
}

void
build_covers(struct build *b, const char *ecosystem)
{
	add_field(b, ecosystem, true);
}

static int
parse(struct str bytes, size_t piece, struct build *b)
{
	struct pieces in = { { pieces_read, pieces_close }, bytes, piece };
	struct err err = { .kind = ERR_NONE };
	int rc = PASTE(feed_, ROW).parse("in", &in.stream, b, &err);

	/* A line that is too long for the reader of lines is content. */
	must(rc == 0 || (rc == -1 && (err.kind == ERR_DATABASE || err.kind == ERR_CONTENT)));
	must(rc == 0 || err.text[0] != '\0');
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build whole = { 0 }, parts = { 0 };
	struct str bytes = { "", 0 };
	size_t piece = 1;

	if (size > 0) {
		piece = (size_t)data[0] + 1;
		bytes = (struct str){ (const char *)data + 1, size - 1 };
	}
	PASTE(feed_, ROW).claims(bytes);
	must(parse(bytes, SIZE_MAX, &whole) == parse(bytes, piece, &parts));
	must(whole.sum == parts.sum);
	return 0;
}
