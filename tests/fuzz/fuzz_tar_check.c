/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_tar_check.c - any bytes as the headers of a tar
 *
 * The checksums are made right where a magic stands: nothing else would be reached. However the
 * bytes are cut, the same is found; and no more is kept than a pax header may be long.
 */
#include "step/layer/tar_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	KEPT_MOST = (1 << 20) + 4096, /* a pax header, and what its memory grows by */
};

static void
fix_sums(char *bytes, size_t size)
{
	for (size_t at = 0; at + TAR_BLOCK <= size; at += TAR_BLOCK) {
		unsigned sum = 0;

		if (at && memcmp(bytes + at + 257, "ustar", 5) != 0)
			continue;
		memset(bytes + at + 148, ' ', 8);
		for (size_t i = 0; i < TAR_BLOCK; i++)
			sum += (unsigned char)bytes[at + i];
		snprintf(bytes + at + 148, 8, "%06o", sum);
	}
}

static const char *
check(struct str bytes, size_t piece)
{
	struct tar_check t = { 0 };
	const char *odd;

	while (bytes.len) {
		size_t n = piece < bytes.len ? piece : bytes.len;
		/* A copy of this size: reading beyond it is seen. */
		AUTO_FREE char *copy = memcpy(xalloc(n), bytes.ptr, n);

		tar_check_feed(&t, copy, n);
		bytes = str_skip(bytes, n);
		if (t.pax_size > KEPT_MOST)
			__builtin_trap();
	}
	odd = t.odd;
	tar_check_release(&t);
	return odd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *copy = NULL;
	struct str bytes;
	const char *whole;

	if (size < 2)
		return 0;
	copy = memcpy(xalloc(size - 1), data + 1, size - 1);
	fix_sums(copy, size - 1);
	bytes = (struct str){ copy, size - 1 };
	whole = check(bytes, SIZE_MAX);
	if (check(bytes, 1) != whole || check(bytes, 1 + data[0] * 5U) != whole)
		__builtin_trap();
	return 0;
}
