/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_rows.c - the table's findings: one row for a vulnerability of a source package
 *
 *      SEVERITY  VULNERABILITY  PACKAGE          INSTALLED  FIXED IN  TITLE
 *      critical  CVE-2024-0001  libssl3, openssl 3.0.1-1    3.0.9-1   A buffer ...
 *
 * Binary packages that one source package brought in one version share a row, since
 * one update cures them all. Where the page is too narrow for the title it stands
 * under its row, and where it is too narrow for the versions they do too. Ids and
 * severities are never cut. On a terminal "+2" stands for the names of packages that
 * do not fit; a log has room, and nobody who could look further: there they follow
 * under the row.
 */
#include "formatters/table_rows.h"
#include "formatters/escape.h"
#include "formatters/rows.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	GAP = 2,        /* blanks between columns */
	INDENT = 2,     /* in front of a row */
	WIDEST_ID = 24, /* wider ones are not cut, they push */
	WIDEST_PACKAGE = 36,
	LEAST_PACKAGE = 18,
	WIDEST_VERSION = 30,
	NARROW_VERSION = 22, /* before the versions leave their columns, long ones are cut */
	LEAST_TITLE = 36,    /* less of it says nothing: it stands under the row then */
	TITLE_MAX = 1024,    /* bytes: more than the widest page shows */
};

/* How wide the columns are; title 0: under the row. */
struct columns {
	size_t severity, id, package, installed, fixed, title;
	bool stacked; /* the versions stand under the row as well */
	bool titled;  /* there is a title at all */
};

/* What the members of a row have in common: all but the binary package. */
static int
compare_findings(const void *a, const void *b)
{
	const struct finding *f = *(const struct finding *const *)a;
	const struct finding *g = *(const struct finding *const *)b;
	const char *const texts[][2] = {
		{ f->vulnerability->id, g->vulnerability->id },
		{ f->package->source_name, g->package->source_name },
		{ f->package->version, g->package->version },
		{ f->fixed_version, g->fixed_version },
		{ f->package->type, g->package->type },
	};
	int order = order_of_texts(texts, ARRAY_LEN(texts));

	if (order == 0)
		order = (int)g->severity - (int)f->severity;
	return order ? order : (int)f->state - (int)g->state;
}

/* Into list, which has room for all. */
static size_t
listed_findings(const struct table *t, const struct finding **list)
{
	size_t n = 0;

	for (size_t i = 0; i < t->r->nfindings; i++) {
		const struct finding *f = &t->r->findings[i];

		if (!finding_set_aside(f) && format_lists(t->o, f))
			list[n++] = f;
	}
	return n;
}

static const char *
fixed_cell(const struct finding *f)
{
	switch (f->state) {
	case FIX_RELEASED:
		return f->fixed_version ? f->fixed_version : "released";
	case FIX_NONE:
		return "no fix yet";
	case FIX_DECLINED:
		return "will not be fixed";
	case FIX_UNKNOWN:
		return "not known";
	}
	return "";
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many names a row has, and the columns of all of them. */
static size_t
package_columns(const struct row *row, size_t enough)
{
	size_t columns = 0;

	for (size_t i = 0; i < row->n && columns <= enough; i++)
		if (!row_repeats(row, i))
			columns +=
			    (i ? 2 : 0) + escape_columns(row->members[i]->package->name, enough);
	return columns;
}

static size_t
package_count(const struct row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->n; i++)
		n += !row_repeats(row, i);
	return n;
}

static bool
is_log(const struct table *t)
{
	return t->o->width == 0;
}

/* Says that more names follow: the columns taken. */
static size_t
put_left(const struct table *t, size_t left)
{
	int len = is_log(t) ? fprintf(t->out, ",") : fprintf(t->out, " +%zu", left);

	return len < 0 ? 0 : (size_t)len;
}

/* Names while they fit into room, counted off left: the columns taken; *ret_next as below. */
static size_t
put_names(const struct table *t, const struct row *row, size_t room, size_t *left, size_t *ret_next)
{
	size_t columns = 0, i;

	for (i = 0; i < row->n; i++) {
		const char *name = row->members[i]->package->name;

		if (row_repeats(row, i))
			continue;
		if (i > 0 && columns + 2 + escape_columns(name, room) > room)
			break;
		if (i > 0) {
			fputs(", ", t->out);
			columns += 2;
		}
		columns += escape_cut(t->out, name, room);
		--*left;
	}
	*ret_next = i;
	return columns;
}

/*
 * Names while they fit, then how many more: "libssl3, openssl +2"; in a log a comma.
 * Returns the columns taken, and which member is the first that is left out: n if none is.
 */
static size_t
put_packages(const struct table *t, const struct row *row, size_t max, size_t *ret_next)
{
	size_t left = package_count(row), columns;
	bool all_fit = left == 1 || package_columns(row, max) <= max;
	int tail = is_log(t) ? 1 : snprintf(NULL, 0, " +%zu", left);
	size_t room = all_fit ? max : max - (size_t)tail;

	if (is_log(t) && escape_columns(row->members[0]->package->name, room) > room) {
		*ret_next = 0; /* a name that is cut is told again in full */
		return escape_cut(t->out, row->members[0]->package->name, max);
	}
	columns = put_names(t, row, room, &left, ret_next);
	return columns + (left ? put_left(t, left) : 0);
}

/* A log's further names, in lines that begin in the column of the first. */
static void
put_more_packages(const struct table *t, const struct row *row, size_t next, size_t at)
{
	size_t room = t->width - at, columns = 0;

	for (size_t i = next; i < row->n; i++) {
		const char *name = row->members[i]->package->name;
		size_t wide = smaller(escape_columns(name, room), room - 1);

		if (row_repeats(row, i))
			continue;
		if (i > next)
			columns += (size_t)fprintf(t->out, ",");
		if (i > next && columns + 1 + wide + 1 <= room) {
			columns += (size_t)fprintf(t->out, " ");
		} else {
			fprintf(t->out, "%s%*s", i > next ? "\n" : "", (int)at, "");
			columns = 0;
		}
		columns += escape_cut(t->out, name, room - 1);
	}
	if (next < row->n)
		putc('\n', t->out);
}

/* The title, else the line that the details begin with; "" without either. */
static const char *
title_of(const struct vulnerability *v, char buffer[TITLE_MAX])
{
	const char *text = v->title ? v->title : v->details ? v->details : "";

	snprintf(buffer, TITLE_MAX, "%.*s", (int)strcspn(text, "\r\n"), text);
	return buffer;
}

/* As wide as their widest cell, within reason; versions at most version wide. */
static struct columns
natural_columns(const struct row *rows, size_t nrows, size_t version)
{
	struct columns c = { .severity = strlen("SEVERITY"),
		.id = strlen("VULNERABILITY"),
		.package = strlen("PACKAGE"),
		.installed = strlen("INSTALLED"),
		.fixed = strlen("FIXED IN") };
	char title[TITLE_MAX];

	for (size_t i = 0; i < nrows; i++) {
		const struct finding *f = rows[i].members[0];

		c.titled = c.titled || *title_of(f->vulnerability, title);
		c.severity = larger(c.severity, strlen(severity_name(f->severity)));
		c.id = larger(c.id, escape_columns(f->vulnerability->id, WIDEST_ID));
		c.package = larger(c.package, package_columns(&rows[i], WIDEST_PACKAGE));
		c.installed =
		    larger(c.installed, escape_columns(f->package->version, WIDEST_VERSION));
		c.fixed = larger(c.fixed, escape_columns(fixed_cell(f), WIDEST_VERSION));
	}
	c.id = smaller(c.id, WIDEST_ID);
	c.package = smaller(c.package, WIDEST_PACKAGE);
	c.installed = smaller(c.installed, version);
	c.fixed = smaller(c.fixed, version);
	return c;
}

/* The layout with versions of at most this width: see the top. */
static struct columns
lay_out_with(const struct row *rows, size_t nrows, size_t width, size_t version)
{
	struct columns c = natural_columns(rows, nrows, version);
	size_t least = smaller(c.package, LEAST_PACKAGE);
	size_t head = INDENT + c.severity + GAP + c.id + GAP;
	size_t others = head + GAP + c.installed + GAP + c.fixed;
	size_t title = c.titled ? GAP + LEAST_TITLE : 0;

	if (c.titled && others + c.package + title <= width) {
		c.title = width - others - c.package - GAP;
	} else if (c.titled && others + least + title <= width) {
		c.package = width - others - title;
		c.title = LEAST_TITLE;
	} else if (others + least <= width) {
		c.package = smaller(c.package, width - others);
	} else {
		c.stacked = true;
		c.package = larger(width - smaller(width, head), LEAST_PACKAGE);
	}
	return c;
}

static struct columns
lay_out(const struct row *rows, size_t nrows, size_t width)
{
	struct columns c = lay_out_with(rows, nrows, width, WIDEST_VERSION);

	return c.stacked ? lay_out_with(rows, nrows, width, NARROW_VERSION) : c;
}

static void
pad(const struct table *t, size_t taken, size_t width)
{
	fprintf(t->out, "%*s", (int)(width > taken ? width - taken : 0) + GAP, "");
}

static void
put_head(const struct table *t, const struct columns *c)
{
	table_paint(t, TABLE_DIM);
	fprintf(t->out, "%*s%-*s  %-*s  ", INDENT, "", (int)c->severity, "SEVERITY", (int)c->id,
	    "VULNERABILITY");
	if (c->stacked)
		fputs("PACKAGE", t->out);
	else if (c->title)
		fprintf(t->out, "%-*s  %-*s  %-*s  TITLE", (int)c->package, "PACKAGE",
		    (int)c->installed, "INSTALLED", (int)c->fixed, "FIXED IN");
	else
		fprintf(t->out, "%-*s  %-*s  FIXED IN", (int)c->package, "PACKAGE",
		    (int)c->installed, "INSTALLED");
	table_paint(t, TABLE_PLAIN);
	putc('\n', t->out);
}

static size_t
put_fixed(const struct table *t, const struct finding *f, size_t max)
{
	size_t columns;

	table_paint(t, f->state == FIX_RELEASED ? TABLE_GREEN : TABLE_DIM);
	columns = escape_cut(t->out, fixed_cell(f), max);
	table_paint(t, TABLE_PLAIN);
	return columns;
}

static void
put_title(const struct table *t, const char *title, size_t at, size_t width)
{
	if (!*title || width < at + 4)
		return;
	fprintf(t->out, "%*s", (int)at, "");
	table_paint(t, TABLE_DIM);
	escape_cut(t->out, title, width - at);
	table_paint(t, TABLE_PLAIN);
	putc('\n', t->out);
}

/* What stands under a row that is too narrow for all of it. */
static void
put_under(const struct table *t, const struct columns *c, const struct finding *f)
{
	size_t at = INDENT + c->severity + GAP;
	char title[TITLE_MAX];

	if (c->stacked) {
		fprintf(t->out, "%*s", (int)at, "");
		escape_cut(t->out, f->package->version, WIDEST_VERSION);
		fputs(f->state == FIX_RELEASED ? " -> " : ", ", t->out);
		put_fixed(t, f, WIDEST_VERSION);
		putc('\n', t->out);
	}
	if (!c->title)
		put_title(t, title_of(f->vulnerability, title), at, t->width);
}

static void
put_row(const struct table *t, const struct columns *c, const struct row *row)
{
	const struct finding *f = row->members[0];
	const char *severity = severity_name(f->severity);
	char title[TITLE_MAX];
	size_t taken, next, at = INDENT + c->severity + GAP + c->id + GAP;

	fprintf(t->out, "%*s", INDENT, "");
	table_say(t, table_severity_colour(f->severity), "%s", severity);
	pad(t, strlen(severity), c->severity);
	escape_terminal(t->out, f->vulnerability->id);
	pad(t, escape_columns(f->vulnerability->id, WIDEST_ID), c->id);
	taken = put_packages(t, row, c->package, &next);
	if (!c->stacked) {
		pad(t, taken, c->package);
		taken = escape_cut(t->out, f->package->version, c->installed);
		pad(t, taken, c->installed);
		taken = put_fixed(t, f, c->fixed);
		if (c->title && *title_of(f->vulnerability, title)) {
			pad(t, taken, c->fixed);
			escape_cut(t->out, title, c->title);
		}
	}
	putc('\n', t->out);
	if (is_log(t))
		put_more_packages(t, row, next, at);
	put_under(t, c, f);
}

void
table_findings(const struct table *t)
{
	AUTO_FREE const struct finding **list = xalloc(t->r->nfindings * sizeof(*list));
	AUTO_FREE struct row *rows = xalloc(t->r->nfindings * sizeof(*rows));
	size_t n = listed_findings(t, list), nrows = rows_make(list, n, compare_findings, rows);
	struct columns c = lay_out(rows, nrows, t->width);

	if (nrows == 0)
		return;
	putc('\n', t->out);
	put_head(t, &c);
	for (size_t i = 0; i < nrows; i++) {
		if (i > 0 && rows[i].members[0]->severity != rows[i - 1].members[0]->severity)
			putc('\n', t->out);
		put_row(t, &c, &rows[i]);
	}
}
