/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.h - the verdict in words, the same in every format
 */
#ifndef FORMATTERS_VERDICT_H
#define FORMATTERS_VERDICT_H

#include "step/model/model.h"

/* Could not all be looked at, and did the policy not accept that? */
bool is_incomplete(const struct report *r);
/* "PASSED", "FAILED" or "INCOMPLETE", for people; "passed", "failed" or "incomplete", for programs. */
const char *verdict_word(const struct report *r);
const char *verdict_name(const struct report *r);
/* Why: "3 findings reach --fail-on high"; our own words alone, one line. */
char *verdict_reason(struct arena *a, const struct report *r);
/* The word and why: "FAILED: 3 findings reach --fail-on high". */
char *verdict_line(struct arena *a, const struct report *r);
/* The settings that judged it: "--fail-on high, --only-fixed". */
char *policy_words(struct arena *a, const struct policy_summary *p);
/* Does it fail the build: open, and of a severity that reaches the threshold? */
bool finding_fails(const struct report *r, const struct finding *f);
/* Was it matched with the built-in starter set alone? */
bool is_starter(const struct report *r);

#endif
