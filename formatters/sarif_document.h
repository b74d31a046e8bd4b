/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_document.h - the SARIF document being written, its results, and how much of them its readers allow
 */
#ifndef FORMATTERS_SARIF_DOCUMENT_H
#define FORMATTERS_SARIF_DOCUMENT_H

#include "formatters/formatter.h"
#include "formatters/jsonout.h"

/* What its readers allow: GitLab drops a result with a longer text, GitHub cuts it. Texts in code points. */
#define SARIF_NAME_MAX    255
#define SARIF_TAGS_MAX    10
#define SARIF_RESULTS_MAX 5000
/* Both refuse a file of more than 10 MB; the rest is for what stands around results, rules and notifications. */
#define SARIF_BYTES_MAX 9800000

struct sarif_result {
	const struct finding *finding;
	/* 1; 2 for the second finding of the report with this vulnerability in a package of this name. */
	size_t sibling;
	size_t first; /* of the results with this rule: the rule is made from it */
	size_t rule;  /* its index */
};

/* The document being written. */
struct sarif {
	struct jsonout j;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch; /* reset after each result, rule and notification */
	struct sarif_result *results;
	size_t nresults, nleft_out;
	size_t text_max; /* of a description */
	bool is_large;   /* a line for each result and rule; what is said twice is said once */
};

#endif
