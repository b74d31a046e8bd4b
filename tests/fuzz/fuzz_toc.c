/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_toc.c - any bytes as a table of contents, and as the layer that it tells of
 *
 * What is kept of a table keeps what toc.h says of it; a tar made by it ends, and begins with a header.
 */
#include "step/image/toc.h"
#include "tests/fuzz/must.h"
#include "tests/fuzz/pieces.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	struct toc_source source;
	struct str bytes;
};

static int
memory_part(
    struct toc_source *from, uint64_t offset, uint64_t length, struct stream **ret, struct err *err)
{
	struct str all = ((struct memory *)from)->bytes;

	(void)err;
	must(length > 0 && offset <= all.len && length <= all.len - offset);
	*ret = stream_of_memory((struct str){ all.ptr + offset, (size_t)length });
	return 0;
}

static void
memory_close(struct toc_source *from)
{
	free(from);
}

/* Every second path, and what lies in etc. */
static bool
some_matter(const struct path_filter *f, const char *path)
{
	(void)f;
	return strlen(path) % 2 == 0 || strncmp(path, "etc", 3) == 0;
}

static void
check_toc(const struct toc *toc, uint64_t offset)
{
	uint64_t all = 0, zeros = 0;

	for (size_t i = 0; i < toc->nentries; i++) {
		const struct toc_entry *e = &toc->entries[i];
		uint64_t size = 0;

		must(e->type >= '0' && e->type <= '6' && *e->path && *e->path != '/');
		must(strcmp(e->path, "..") != 0 && strstr(e->path, "/../") == NULL);
		must(e->chunk + e->nchunks <= toc->nchunks);
		for (size_t k = 0; k < e->nchunks; k++) {
			const struct toc_chunk *c = &toc->chunks[e->chunk + k];

			must(c->zeros ||
			     (c->offset + c->inner > 0 && c->offset < c->end && c->end <= offset));
			must(c->zeros || c->hex[0]);
			size += c->size;
			zeros += c->zeros ? c->size : 0;
		}
		must(size == e->size);
		all += size;
	}
	must(all <= LIMIT_PACKAGE_DB && zeros <= LIMIT_ZEROS);
}

static void
read_tar(struct memory *m, const struct image_layer *layer, const struct path_filter *filter)
{
	char buf[4096];
	struct stream *tar;
	struct err err;
	ssize_t n;

	if (toc_open(&m->source, layer, filter, &tar, &err) < 0)
		return;
	n = stream_fill(tar, buf, TAR_BLOCK, &err);
	must(n < 0 || n == TAR_BLOCK);
	while (n > 0)
		n = stream_read(tar, buf, sizeof(buf), &err);
	stream_close(tar);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct path_filter filter = { some_matter };
	struct str bytes = { size ? (const char *)data : "", size };
	struct pieces json = { { pieces_read, pieces_close }, bytes, 7 };
	AUTO_ARENA a = arena_new();
	char hex[SHA256_HEX];
	struct image_layer layer = { .size = size };
	struct memory *m = xalloc(sizeof(*m));
	struct toc toc;
	struct err err;

	if (toc_read(&json.stream, 1000000, size % 2 ? &filter : NULL, a, &toc, &err) == 0)
		check_toc(&toc, 1000000);
	/* As if it were the compressed table at the end of a layer: its digest is right. */
	layer.toc_format = size && data[0] == '{' ? TOC_ESTARGZ : TOC_ZSTD_CHUNKED;
	layer.toc_offset = size / 2;
	layer.toc_size = size - size / 2;
	sha256_of(str_skip(bytes, size / 2), hex);
	layer.toc_digest = arena_textf(a, "sha256:%s", hex);
	*m = (struct memory){ { size, memory_part, memory_close }, bytes };
	if (layer.toc_size == 0 || layer.toc_offset == 0)
		free(m);
	else
		read_tar(m, &layer, &filter);
	return 0;
}
