/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.h - what the parts of the html format share: the page, its rows, small pieces of markup
 */
#ifndef FORMATTERS_HTML_H
#define FORMATTERS_HTML_H

#include "formatters/formatter.h"
#include "formatters/markup.h"
#include "formatters/rows.h"

/* The page's style and script: report.css and report.js as bytes with a NUL behind, made by the build. */
extern const unsigned char report_css[];
extern const size_t report_css_len;
extern const unsigned char report_js[];
extern const size_t report_js_len;

#define HTML_DETAILS_MOST 1000 /* rows with details */

/* The rows of one version of a source package, worst first. */
struct html_group {
	const struct row *rows;
	size_t n;
};

/* All findings of one kind that are listed. In groups, the one with the worst row first; or none, then rows are worst first. */
struct html_list {
	const struct finding **findings;
	struct row *rows;
	struct html_group *groups;
	size_t nfindings, nrows, ngroups;
};

/* How many findings of each severity. */
struct html_counts {
	size_t all, of[SEVERITY_COUNT];
};

/* The page being written. */
struct html {
	struct markup m;
	const struct report *r;
	const struct format_opts *o;
	struct arena *arena;      /* for the page's life */
	struct arena *scratch;    /* reset after each row */
	struct html_list todo;    /* open, and below the threshold */
	struct html_list settled; /* accepted, dismissed by VEX, or of the baseline */
	size_t nunlisted;         /* findings under --report-min */
	const struct finding
	    *last_detailed; /* rows that begin behind it have no details; NULL: all have */
	size_t nrows;       /* in the table of findings that is open */
};

/* ---- html_rows.c: findings into rows and groups ---- */

void html_gather(struct html *h); /* todo, settled, nunlisted */
void html_count(struct html_counts *c, const struct row *row);
/* The version that a fix of the row is in, or NULL. */
const char *html_fix(const struct row *row);
/* Of a row with a fix: the version that closes all of the source package's. */
const char *html_upgrade(const struct row *row);

/* ---- html_parts.c: pieces of markup that several sections need ---- */

/* A column of a table; class or NULL. */
struct html_column {
	const char *class, *title;
};

/* An element with a class, or none if that is NULL; to be closed. */
void html_open(struct html *h, const char *name, const char *class);
/* The same with this text and nothing else. */
void html_element(struct html *h, const char *name, const char *class, const char *text);
void html_elementf(struct html *h, const char *name, const char *class, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* A section with an id and a heading, to be closed. */
void html_section(struct html *h, const char *id, const char *heading);
/* The head of a table. */
void html_columns(struct html *h, const struct html_column *columns, size_t n);
/* A table of findings, to be closed; and before each row, which may begin a table of its own. */
void html_findings_open(struct html *h, const struct html_column *columns, size_t n);
void html_findings_next(struct html *h, const struct html_column *columns, size_t n);
/* The text as a link, where its address is a safe one, else bare; url or NULL. */
void html_link(struct html *h, const char *url, const char *text);
/* A term of a list of class "facts", and what is told of it until the other call. */
void html_fact_open(struct html *h, const char *term);
void html_fact_close(struct html *h);
void html_severity(struct html *h, enum severity s);
/* "3 high, 1 low", worst first. */
void html_severities(struct html *h, const struct html_counts *c);

/* Of the layer with this digest (or NULL): from 1, the base; 0: it is not known. Images have few: they are looked through. */
size_t html_layer_number(const struct html *h, const char *digest);
/* These words and the number, as a link to the layer. */
void html_layer_link(struct html *h, size_t number, const char *words);

/* ---- html_findings.c: what both tables of findings show ---- */

/* The title, else the line that the details begin with; in the scratch arena. */
const char *html_title(struct html *h, const struct vulnerability *v);
void html_severity_cell(struct html *h, enum severity s);
void html_id_cell(struct html *h, const struct vulnerability *v);
void html_names_cell(struct html *h, const struct row *row);

/* ---- Sections, in their order on the page ---- */

void html_verdict(struct html *h);  /* html_summary.c */
void html_chart(struct html *h);    /* html_chart.c */
void html_facts(struct html *h);    /* html_image.c */
void html_coverage(struct html *h); /* html_summary.c */
void html_fixes(struct html *h);    /* html_fixes.c */
void html_findings(struct html *h); /* html_findings.c, with ... */
void html_controls(struct html *h); /* html_controls.c */
void html_settled(struct html *h);  /* html_settled.c */
void html_layers(struct html *h);   /* html_image.c */
void html_packages(struct html *h); /* html_image.c */

#endif
