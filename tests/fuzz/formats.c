/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.c - TABLE of the checkers, one for each report format
 */
#include "tests/fuzz/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What each is held against: its own checker, the control characters that its syntax has, and
 * whether lines may be commands to a CI runner, as github's are.
 */
static const struct {
	const char *name;
	void (*check)(const struct rendered *x);
	const char *controls;
	bool commands;
} checkers[] = {
	{ "table", check_table, "\n", false },
	{ "json", check_json, "\n", false },
	{ "sarif", check_sarif, "\n", false },
	{ "junit", check_junit, "\n\t", false },
	{ "gitlab", check_gitlab, "\n", false },
	{ "html", check_html, "\n\t", false },
	{ "markdown", check_markdown, "\n", false },
	{ "csv", check_csv, "\n\r", false },
	{ "cyclonedx", check_cyclonedx, "\n", false },
	{ "openvex", check_openvex, "\n", false },
	{ "codequality", check_codequality, "\n", false },
	{ "jenkins", check_jenkins, "\n", false },
	{ "github", check_github, "\n", true },
	{ "clair", check_clair, "\n", false },
	{ "dotenv", check_dotenv, "\n", false },
};

void
must_hold(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

/* The format's bytes; they are the heap's. */
static struct str
render(const struct formatter *f, const struct report *r, const struct format_opts *o)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err err;

	must(out != NULL);
	must(f->write(r, o, out, &err) == 0);
	must(fclose(out) == 0);
	return (struct str){ text, len };
}

void
format_must_hold(const struct formatter *f, const struct report *r, const struct format_opts *o)
{
	AUTO_ARENA scratch = arena_new();
	struct str text = render(f, r, o), again = render(f, r, o);
	struct rendered x = { f->name, r, o, text, scratch };
	size_t i = 0;

	must(text.len == again.len && memcmp(text.ptr, again.ptr, text.len) == 0);
	while (i < ARRAY_LEN(checkers) && strcmp(checkers[i].name, f->name) != 0)
		i++;
	must(i < ARRAY_LEN(checkers)); /* a new format needs its checker */
	check_log(&x, checkers[i].controls, checkers[i].commands);
	checkers[i].check(&x);
	free((char *)(uintptr_t)again.ptr);
	free((char *)(uintptr_t)text.ptr);
}
