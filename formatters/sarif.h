/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.h - what the parts of the sarif format share: its results and rules, and texts as its readers take them
 */
#ifndef FORMATTERS_SARIF_H
#define FORMATTERS_SARIF_H

#include "formatters/formatter.h"
#include "formatters/jsonout.h"
#include "formatters/wording.h"

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

/* ---- sarif_results.c: which findings are told, and what is told of one ---- */

/* results, nresults and nleft_out; results has room for SARIF_RESULTS_MAX. */
int sarif_choose(struct sarif *s, struct err *err) MUST_CHECK;
void sarif_put_rules(struct sarif *s);
void sarif_put_results(struct sarif *s);

/* ---- sarif.c ---- */

void sarif_put_notifications(struct sarif *s);

/* ---- sarif_rule.c, sarif_result.c: one of them ---- */

/* The vulnerability's id; on a file of the checkout, with the package (see sarif_rule.c). */
char *sarif_rule_id(const struct sarif *s, const struct sarif_result *result);
void sarif_put_rule(struct sarif *s, const struct sarif_result *result);
void sarif_put_result(struct sarif *s, const struct sarif_result *result);

/* "shortDescription": { "text": ... } */
void sarif_put_message(struct jsonout *j, const char *key, const char *text);
/* A member that is left out where text is NULL; cut at SENTENCE_MAX. */
void sarif_put_known(struct sarif *s, const char *key, const char *text);

/* ---- sarif_text.c ---- */

/* The name without the registry in front: "team/app"; literally the rest of name. */
const char *sarif_short_name(const char *name);
/* "scanstep/registry.example.com/team/app/linux/amd64/": the last slash ends GitHub's category. */
char *sarif_category(struct arena *a, const struct image *image);
const char *sarif_level(enum severity s);
/* What "security-severity" says; NULL if nothing is known. */
char *sarif_score(struct arena *a, double cvss, enum severity s);
/* GitLab's severity is read from this first; negative if unknown. */
double sarif_rank(enum severity s);

#endif
