/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.c - TAP: CVSS vectors and their scores
 *
 *      cvss FILE
 *
 * A line of FILE is a vector, a tab and its score with one decimal, or -1 where it is not
 * valid; lines that begin with "# " are comments. Without FILE, vectors come one a line on standard
 * input and their scores go to standard output.
 */
#include "step/match/cvss.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The score as text, of a copy without a byte behind it, so that a sanitizer sees one read too many. */
static void
score_text(struct str vector, char *buf, size_t size)
{
	char *copy = malloc(vector.len > 0 ? vector.len : 1);
	double score;

	if (!copy)
		abort();
	memcpy(copy, vector.ptr, vector.len);
	score = cvss_score((struct str){ copy, vector.len });
	free(copy);
	if (score < 0)
		snprintf(buf, size, "-1");
	else
		snprintf(buf, size, "%.1f", score);
}

static size_t
check_lines(FILE *in, bool filter)
{
	char *line = NULL, score[16];
	size_t size = 0, n = 0, failures = 0;
	ssize_t len;

	while ((len = getline(&line, &size, in)) > 0) {
		struct str wanted = str_trim((struct str){ line, (size_t)len });
		struct str vector = str_cut(&wanted, '\t');

		if (str_starts(vector, "# "))
			continue;
		score_text(vector, score, sizeof(score));
		n++;
		if (filter) {
			puts(score);
		} else if (!str_is(wanted, score)) {
			failures++;
			printf("# %.*s: %s instead of %.*s\n", (int)vector.len, vector.ptr, score,
			    (int)wanted.len, wanted.ptr);
		}
	}
	free(line);
	return n == 0 ? 1 : failures;
}

int
main(int argc, char **argv)
{
	FILE *in = argc > 1 ? fopen(argv[1], "r") : stdin;
	size_t failures;

	if (!in) {
		perror(argv[1]);
		return 2;
	}
	failures = check_lines(in, argc < 2);
	if (argc > 1)
		printf("1..1\n%s 1 - %s\n", failures ? "not ok" : "ok", argv[1]);
	fclose(in);
	return failures > 0;
}
