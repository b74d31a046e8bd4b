/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_report.c - any stored report in every format: what is read is written, and read again
 *
 * fuzz_format.c makes reports that are right by themselves; this one has those that a file may hold.
 */
#include "step/base/io.h"
#include "tests/fuzz/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned widths[] = { 0, 40, 80 };
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct str bytes = { size ? (const char *)data : "", size };
	const struct report *r;
	struct err err = { .kind = ERR_NONE };

	if (report_read_json(bytes, d, &err) < 0) {
		must(err.kind == ERR_USAGE && err.text[0] != '\0');
		return 0;
	}
	r = report_seal(d);
	for (size_t i = 0; i < nformatters; i++) {
		for (size_t k = 0; k < ARRAY_LEN(widths); k++) {
			struct format_opts o = { .width = widths[k], .location_line = 1 };

			format_must_hold(formatters[i], r, &o);
		}
	}
	return 0;
}
