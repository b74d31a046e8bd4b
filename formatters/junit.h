/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.h - what the parts of the junit format share: the document, its findings by suite, its cases
 */
#ifndef FORMATTERS_JUNIT_H
#define FORMATTERS_JUNIT_H

#include "formatters/formatter.h"
#include "formatters/markup.h"

/* Code points of a stranger's text. */
#define JUNIT_TEXT_MOST  1000
#define JUNIT_NAME_MOST  150 /* of a name, a version and the like */
#define JUNIT_BRIEF_MOST 300 /* of all that is said of most findings */

/* The document being written. */
struct junit {
	struct markup m;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch; /* reset after each case */
	size_t nsuites, ndetailed;
};

/* ---- junit_names.c ---- */

/* Stands for the types that distributions have: apk, deb, rpm ... */
#define JUNIT_OWN ""

/* A finding; or, with finding NULL, that there are packages of the type. */
struct junit_part {
	const char *type; /* of package, or JUNIT_OWN */
	const struct finding *finding;
	size_t packages;
	bool is_twin; /* id, package and version are another finding's, too */
	bool is_copy; /* and so are arch and path */
};

/*
 * All parts of a report by type, the distribution's own first; within one the packages, then the
 * findings as in the report. The caller frees the list.
 */
size_t junit_parts(const struct report *r, struct junit_part **ret);

/* "scanstep.deb.libpython3_11": Jenkins takes what is behind the last dot for the class. */
char *junit_class(struct arena *a, const struct package *p);
/* "CVE-2022-0778 openssl 1.1.1n-0": unique within a suite. */
char *junit_name(struct arena *a, const struct junit_part *part);

/* ---- junit_cases.c ---- */

enum junit_outcome {
	JUNIT_PASSED = 0,
	JUNIT_FAILED,
	JUNIT_SKIPPED,
	JUNIT_ERROR,
	JUNIT_COUNT
};

enum junit_outcome junit_outcome_of(const struct junit *j, const struct finding *f);
/* Cases for gaps: the last one stands for those that have none. */
size_t junit_gap_cases(const struct report *r);
/* A stranger's text in one line. */
char *junit_short(struct junit *j, const char *text, size_t max);
void junit_open_case(struct junit *j, const char *classname, const char *name);
void junit_put_gaps(struct junit *j);
void junit_put_finding(struct junit *j, const struct junit_part *part);

#endif
