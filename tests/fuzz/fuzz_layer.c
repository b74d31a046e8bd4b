/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_layer.c - any bytes as a layer, plain or encoded, through walk, readers and wire form
 *
 * The first byte chooses what is asked for. The checksums of a plain tar's headers are
 * made right, for nothing else would be reached. The inventory must read back as it
 * was written. However the bytes are cut: a layer that is whole has the same inventory,
 * and one that is not always has a gap.
 */
#include "step/analyse.h"
#include "step/reader/reader.h"
#include "tests/fuzz/pieces.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every 512 bytes are a header's place; where the magic "ustar" stands there is one. */
static void
fix_sums(char *bytes, size_t size)
{
	for (size_t at = 0; at + 512 <= size; at += 512) {
		unsigned sum = 0;

		if (at && memcmp(bytes + at + 257, "ustar", 5) != 0)
			continue;
		memset(bytes + at + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += (unsigned char)bytes[at + i];
		snprintf(bytes + at + 148, 8, "%06o", sum);
	}
}

static struct str
analyse(
    const struct analysis *job, struct str bytes, size_t piece, struct arena *a, bool *ret_whole)
{
	struct pieces in = { { pieces_read, pieces_close }, bytes, piece };
	struct inventory *inv;
	struct str ret;
	struct err err;

	if (analysis_run(job, &in.stream, a, &inv, &err) < 0)
		__builtin_trap(); /* memory cannot fail to be read */
	*ret_whole = inv->ngaps == 0;
	inventory_write(inv, &ret);
	return ret;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	struct analysis job = { 0 };
	struct inventory *inv;
	struct str first, second, cut;
	struct err err;
	char *bytes;
	bool whole, whole_cut, zstd;

	if (size < 2)
		return 0;
	job.want_diff_id = data[0] & 1;
	job.undigested = data[0] & 2;
	bytes = arena_copy(a, data + 1, --size);
	if (data[0] & 4)
		fix_sums(bytes, size);
	/* libzstd overlooks a frame's wrong length in some pieces, and not in others. */
	zstd = encoding_of((struct str){ bytes, size }) == ENCODING_ZSTD;
	first = analyse(&job, (struct str){ bytes, size }, SIZE_MAX, a, &whole);
	if (inventory_read(first, nreaders, a, &inv, &err) < 0)
		__builtin_trap();
	inventory_write(inv, &second);
	cut = analyse(&job, (struct str){ bytes, size }, 1 + data[0] / 8U, a, &whole_cut);
	if (str_compare(first, second) != 0)
		__builtin_trap();
	if (!zstd && (whole != whole_cut || (whole && str_compare(first, cut) != 0)))
		__builtin_trap();
	auto_free(&first.ptr);
	auto_free(&second.ptr);
	auto_free(&cut.ptr);
	return 0;
}
