/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_format.c - a random report in a format: the bytes are read back by the format's own syntax
 *
 * Built once per row of formatters.c with -DROW=sarif. draft.c makes the report of the bytes; what
 * must hold of each format stands in formats.c.
 */
#include "step/base/io.h"
#include "tests/fuzz/formats.h"

#define NAME_(row) #row
#define NAME(row)  NAME_(row)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct formatter *f = formatter_find(str_of(NAME(ROW)));
	struct str bytes = { size ? (const char *)data : "", size };
	AUTO_ARENA a = arena_new();
	const struct report *r;
	struct format_opts o;

	must(f != NULL);
	r = random_report(a, bytes, &o);
	format_must_hold(f, r, &o);
	return 0;
}
