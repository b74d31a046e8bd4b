/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.c - TAP: every version scheme against its vectors
 *
 *      version FOLDER
 *
 * FOLDER/NAME.tsv holds a pair of versions and their order a line (a TAB op TAB b, op one of
 * < = >), FOLDER/NAME-invalid.txt a version a line that is not valid; lines that begin with "# " are
 * comments. For each row of the table: what the files say holds, in both directions, and every version
 * of the vectors is valid and equals itself. Each version is compared in a block of exactly its
 * size, so that a sanitizer sees a byte read too many.
 */
#include "step/match/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FAILURES_SHOWN 20

struct tally {
	const struct version_ops *scheme;
	const char *file;
	size_t line;
	size_t checks;
	size_t failures;
};

static void
check(struct tally *t, bool holds, const char *what, struct str a, struct str b)
{
	t->checks++;
	if (holds)
		return;
	if (t->failures++ < MOST_FAILURES_SHOWN)
		printf("# %s:%zu: %s: '%.*s' '%.*s'\n", t->file, t->line, what, (int)a.len, a.ptr,
		    (int)b.len, b.ptr);
}

/* A copy without a byte behind it; the caller frees ret.ptr's block. */
static struct str
exact(struct str s, char **ret_block)
{
	*ret_block = malloc(s.len > 0 ? s.len : 1);
	if (!*ret_block)
		abort();
	memcpy(*ret_block, s.ptr, s.len);
	return (struct str){ *ret_block, s.len };
}

static char
sign(int order)
{
	return order < 0 ? '<' : order > 0 ? '>' : '=';
}

static void
check_pair(struct tally *t, struct str line)
{
	char *blocks[2];
	struct str b = line;
	struct str a = str_cut(&b, '\t');
	struct str op = str_cut(&b, '\t');
	char back;

	if (op.len != 1 || !memchr("<=>", op.ptr[0], 3) || b.len == 0) {
		check(t, false, "not a vector", line, STR(""));
		return;
	}
	a = exact(a, &blocks[0]);
	b = exact(b, &blocks[1]);
	back = op.ptr[0] == '<' ? '>' : op.ptr[0] == '>' ? '<' : '=';
	check(t, t->scheme->valid(a), "not valid", a, b);
	check(t, t->scheme->valid(b), "not valid", b, a);
	check(t, sign(t->scheme->compare(a, b)) == op.ptr[0], "wrong order", a, b);
	check(t, sign(t->scheme->compare(b, a)) == back, "wrong order backwards", b, a);
	check(t, t->scheme->compare(a, a) == 0, "does not equal itself", a, a);
	check(t, t->scheme->compare(b, b) == 0, "does not equal itself", b, b);
	free(blocks[0]);
	free(blocks[1]);
}

static void
check_invalid(struct tally *t, struct str line)
{
	char *block;
	struct str v = exact(line, &block);

	check(t, !t->scheme->valid(v), "is valid", v, STR(""));
	free(block);
}

static struct tally
run(const struct version_ops *scheme, const char *path,
    void (*check_line)(struct tally *t, struct str line))
{
	struct tally t = { .scheme = scheme, .file = path };
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (in && (len = getline(&line, &size, in)) > 0) {
		struct str s = { line, (size_t)len };

		t.line++;
		if (s.ptr[s.len - 1] == '\n')
			s.len--;
		if (!str_starts(s, "# "))
			check_line(&t, s);
	}
	free(line);
	if (in)
		fclose(in);
	if (t.checks == 0) {
		printf("# %s: no vectors\n", path);
		t.failures++;
	}
	return t;
}

int
main(int argc, char **argv)
{
	size_t tests = 0, failures = 0;

	if (argc != 2) {
		fputs("usage: version FOLDER\n", stderr);
		return 2;
	}
	printf("1..%zu\n", 2 * nversions);
	for (size_t i = 0; i < 2 * nversions; i++) {
		const struct version_ops *scheme = versions[i / 2];
		bool invalid = i % 2 == 1;
		char path[4096];
		struct tally t;

		snprintf(path, sizeof(path), "%s/%s%s", argv[1], scheme->name,
		    invalid ? "-invalid.txt" : ".tsv");
		t = run(scheme, path, invalid ? check_invalid : check_pair);
		printf("%s %zu - %s (%zu checks)\n", t.failures ? "not ok" : "ok", ++tests, path,
		    t.checks);
		failures += t.failures;
	}
	return failures > 0;
}
