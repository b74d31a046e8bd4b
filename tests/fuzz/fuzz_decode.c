/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_decode.c - any bytes as gzip or zstd
 *
 * Whole or in pieces, into large buffers or small: the same bytes come out, or an error both times.
 */
#include "tests/fuzz/pieces.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OUTPUT_MOST = 64 << 10
};

/* How much comes out, at most so much; SIZE_MAX where an error ends it. */
static size_t
decode(struct str bytes, bool check_crc, size_t piece, size_t want, char *out)
{
	struct pieces in = { { pieces_read, pieces_close }, bytes, piece };
	AUTO_STREAM s = stream_decode(&in.stream, check_crc, ERR_CONTENT);
	struct err err;
	size_t len = 0;
	ssize_t n;

	while (len < OUTPUT_MOST) {
		n = stream_read(
		    s, out + len, want < OUTPUT_MOST - len ? want : OUTPUT_MOST - len, &err);
		if (n < 0) {
			if (err.kind != ERR_CONTENT)
				__builtin_trap();
			return SIZE_MAX;
		}
		if (n == 0)
			return len;
		len += (size_t)n;
	}
	return len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *whole = xalloc(OUTPUT_MOST);
	AUTO_FREE char *cut = xalloc(OUTPUT_MOST);
	struct str bytes;
	size_t n, m;
	bool check_crc;

	if (size < 2)
		return 0;
	bytes = (struct str){ (const char *)data + 1, size - 1 };
	check_crc = data[0] & 1;
	n = decode(bytes, check_crc, SIZE_MAX, SIZE_MAX, whole);
	m = decode(bytes, check_crc, 1 + data[0] / 16U, 1 + data[0] % 16U * 100U, cut);
	/* libzstd overlooks a frame's wrong length in some pieces, and not in others. */
	if (encoding_of(bytes) == ENCODING_ZSTD && (n == SIZE_MAX || m == SIZE_MAX))
		return 0;
	if (n != m || (n != SIZE_MAX && memcmp(whole, cut, n) != 0))
		__builtin_trap();
	return 0;
}
