/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_formats.c - scanstep formats: the report formats, where each goes, and what defines it
 */
#include "step/commands.h"

#include <string.h>

int
cmd_formats(const struct options *o, struct err *err)
{
	int names = 0, files = (int)strlen("standard output");

	(void)o, (void)err;
	for (size_t i = 0; i < nformatters; i++) {
		const struct formatter *f = formatters[i];
		int name = (int)strlen(f->name), file = f->file ? (int)strlen(f->file) : 0;

		names = name > names ? name : names;
		files = file > files ? file : files;
	}
	for (size_t i = 0; i < nformatters; i++) {
		const struct formatter *f = formatters[i];

		printf("%-*s  %-*s  %s\n", names, f->name, files,
		    f->file ? f->file : "standard output", f->summary);
		if (f->spec)
			printf("%*s%s\n", names + 2, "", f->spec);
	}
	return STATUS_OK;
}
