/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reader.c - a reader on any bytes: what the sink holds keeps its promises
 *
 * Built once per row of readers.c with -DROW=dpkg. Every text is valid UTF-8 of one line
 * and within the limits, what must be there is there, and the same bytes in
 * pieces of any size give the same answer. The first byte chooses the path and the
 * size of the pieces, the rest is the file.
 */
#include "step/reader/reader.h"
#include "tests/fuzz/must.h"
#include "tests/fuzz/pieces.h"

#include <stdlib.h>
#include <string.h>

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

extern const struct reader_ops PASTE(reader_, ROW);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, bool is_required, size_t most)
{
	const char *at = text;
	int32_t c;

	if (!is_required && !text)
		return;
	must(text && strlen(text) <= most);
	while ((c = utf8_next(&at)) != 0)
		must(c > 0 && c != '\n');
	must(!is_required || *text != '\0');
}

static void
check_sink(const struct sink *s)
{
	/* One bad byte becomes the three of U+FFFD. */
	const size_t most = 3 * LIMIT_FIELD;

	must(s->npackages <= LIMIT_PACKAGES);
	for (size_t i = 0; i < s->npackages; i++) {
		const struct package *p = &s->packages[i];

		check_text(p->type, true, 8);
		check_text(p->name, true, most);
		check_text(p->version, true, most);
		check_text(p->arch, false, most);
		check_text(p->source_name, true, most);
		check_text(p->source_version, true, most);
	}
	for (size_t i = 0; i < s->ngaps; i++)
		check_text(s->gaps[i], true, 2048);
	if (s->distro) {
		check_text(s->distro->id, true, most);
		check_text(s->distro->version, false, most);
		check_text(s->distro->codename, false, most);
		check_text(s->distro->name, false, most);
	}
}

static bool
is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void
check_same(const struct sink *a, const struct sink *b)
{
	must(a->npackages == b->npackages && a->ngaps == b->ngaps && !a->distro == !b->distro);
	for (size_t i = 0; i < a->npackages; i++) {
		const struct package *p = &a->packages[i], *q = &b->packages[i];

		must(is_same(p->name, q->name) && is_same(p->version, q->version) &&
		     is_same(p->arch, q->arch) && is_same(p->source_name, q->source_name) &&
		     is_same(p->source_version, q->source_version));
	}
	for (size_t i = 0; i < a->ngaps; i++)
		must(is_same(a->gaps[i], b->gaps[i]));
	must(!a->distro || (is_same(a->distro->id, b->distro->id) &&
			       is_same(a->distro->version, b->distro->version) &&
			       is_same(a->distro->codename, b->distro->codename) &&
			       is_same(a->distro->name, b->distro->name)));
}

static int
read_pieces(const char *path, struct str bytes, size_t piece, struct sink *s)
{
	struct pieces in = { { pieces_read, pieces_close }, bytes, piece };
	struct err err = { .kind = ERR_NONE };
	int rc = PASTE(reader_, ROW).read(path, &in.stream, s, &err);

	must(rc == 0 || (rc == -1 && err.kind == ERR_CONTENT && err.text[0] != '\0'));
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct reader_ops *ops = &PASTE(reader_, ROW);
	const char *path = ops->paths[0];
	AUTO_ARENA arena = arena_new();
	struct str bytes = { "", 0 };
	struct sink whole, parts;
	size_t piece = 1;

	if (size > 0) {
		if (data[0] & 1 && ops->paths[1])
			path = ops->paths[1];
		piece = (size_t)(data[0] >> 1) + 1;
		bytes = (struct str){ (const char *)data + 1, size - 1 };
	}
	sink_init(&whole, arena);
	sink_init(&parts, arena);
	must(read_pieces(path, bytes, SIZE_MAX, &whole) == read_pieces(path, bytes, piece, &parts));
	check_sink(&whole);
	check_same(&whole, &parts);
	return 0;
}
