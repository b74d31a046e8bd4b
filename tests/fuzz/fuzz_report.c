/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_report.c - any stored report in every format: what is read is written, and read again
 *
 * Our json of what was read must read back to the same bytes. No format may let
 * a control byte out, nor a line that a CI runner takes for a command.
 */
#include "formatters/formatter.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process when a promise is broken. */
static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct str
render(const struct report *r, const struct formatter *f, unsigned width)
{
	struct format_opts o = { .width = width, .report_min = SEVERITY_NEGLIGIBLE };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err err;

	must(out != NULL);
	must(f->write(r, &o, out, &err) == 0);
	must(fclose(out) == 0);
	return (struct str){ text, len };
}

static void
check_lines(struct str text)
{
	while (text.len > 0) {
		struct str line = str_trim(str_line(&text));

		must(!str_starts(line, "::"));
		for (size_t i = 0; i < line.len; i++) {
			unsigned char c = (unsigned char)line.ptr[i];

			must(c >= 0x20 && c != 0x7f);
			must(c != '#' || i + 1 == line.len || line.ptr[i + 1] != '#');
		}
	}
}

static void
check_reads_back(struct str json)
{
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct err err;
	struct str again;

	must(report_read_json(json, d, &err) == 0);
	again = render(report_seal(d), formatter_find(STR("json")), 0);
	must(again.len == json.len && memcmp(again.ptr, json.ptr, json.len) == 0);
	free((char *)(uintptr_t)again.ptr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned widths[] = { 0, 40, 80 };
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct str bytes = { (const char *)data, size };
	const struct report *r;
	struct err err = { .kind = ERR_NONE };

	if (size == 0)
		bytes.ptr = "";
	if (report_read_json(bytes, d, &err) < 0) {
		must(err.kind == ERR_USAGE && err.text[0] != '\0');
		return 0;
	}
	r = report_seal(d);
	for (size_t i = 0; i < nformatters; i++) {
		for (size_t k = 0; k < ARRAY_LEN(widths); k++) {
			struct str text = render(r, formatters[i], widths[k]);

			check_lines(text);
			if (strcmp(formatters[i]->name, "json") == 0)
				check_reads_back(text);
			free((char *)(uintptr_t)text.ptr);
		}
	}
	return 0;
}
