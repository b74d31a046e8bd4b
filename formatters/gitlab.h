/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.h - what GitLab's two reports share, and the parts of the container-scanning report
 */
#ifndef FORMATTERS_GITLAB_H
#define FORMATTERS_GITLAB_H

#include "formatters/formatter.h"
#include "formatters/jsonout.h"

#define GITLAB_IDENTIFIERS 20  /* that GitLab stores of a finding */
#define GITLAB_MESSAGES    100 /* gaps, and as many notices: what a person may still read */

/* ---- gitlab_text.c ---- */

/*
 * A text with its lines, at most max code points, for what GitLab renders as Markdown: links, images and HTML,
 * which could fetch something or hide something, are text, and so are commands ("/close"). Blank text
 * stays blank.
 */
char *gitlab_markdown(struct arena *a, const char *text, size_t max);
/* One sentence of at most 1,000 code points. */
char *gitlab_gap(struct arena *a, const struct gap *g);
char *gitlab_notice(struct arena *a, const struct notice *n);
/* Is it told of: neither dismissed, as with GitLab's own analyzer, nor under --report-min? */
bool gitlab_lists(const struct format_opts *o, const struct finding *f);

/* ---- gitlab_names.c ---- */

/* The names of a vulnerability, the most widely known first: it is its identity. */
struct gitlab_names {
	const char *names[GITLAB_IDENTIFIERS];
	size_t ranks[GITLAB_IDENTIFIERS];
	size_t n; /* none if all are blank */
};

/* A name that several vulnerabilities of one package have. */
struct gitlab_shared {
	const char *package, *name;
	const char *primary; /* of one of them */
};

struct gitlab {
	struct jsonout j;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch;
	struct gitlab_shared *shared;
	size_t nshared;
	/* The same in every location. */
	const char *operating_system, *image, *default_branch_image;
};

/* Fills shared. */
void gitlab_find_shared(struct gitlab *g, struct arena *a);
/* "identifiers"; ret is what of the names went out. */
void gitlab_put_identifiers(struct gitlab *g, const struct finding *f, struct gitlab_names *ret);

/* ---- gitlab_finding.c ---- */

/* One of "vulnerabilities". */
void gitlab_put_finding(struct gitlab *g, const struct finding *f);
/* Another, if it is asked for, and if the report says that its distribution is past its end of life. */
void gitlab_put_eol(struct gitlab *g);

#endif
