/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - a row for each finding, for spreadsheets, grep and scripts
 *
 * Spec: RFC 4180, in UTF-8 without a mark at its beginning.
 *
 * The first thirteen columns are those that ContainerKitty wrote; scripts may count on their order,
 * and on the names of all: new columns come behind. Every row has every column, and nothing known is
 * an empty cell. All findings are here that reach --report-min, also those that do not count:
 * "standing" says so. What was not looked at, and what a person should know, are rows of their own,
 * in front, so that they are seen: their id is scanstep-gap and scanstep-notice, and their
 * "record", which is "finding" in all others, is gap and notice.
 *
 * A record is one line: line ends and tabs within a text are blanks, as grep wants it. A text that a
 * spreadsheet would reckon with (it begins with = + - @, or their full-width forms) gets an
 * apostrophe in front; so does one behind a semicolon, where some spreadsheets part cells whatever
 * the quotes say. Texts end after 4,000 characters, since spreadsheets end cells at 32,767 bytes
 * and go on in the next row. What cannot be seen is shown as its number, and what a CI log would
 * obey is broken up, as escape.h says.
 */
#include "formatters/escape.h"
#include "formatters/formatter.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

enum {
	CELL_MAX = 4000, /* code points; each takes at most eight characters */
	CWE_SIZE = sizeof("CWE-4294967295 "),
};

enum column {
	ID = 0,
	IMAGE,
	TAG,
	PACKAGE,
	VERSION,
	TITLE,
	SEVERITY,
	DESCRIPTION,
	COUNTERMEASURE,
	UPGRADABLE,
	CVSS_SCORE,
	CVSS_VECTOR,
	REFERENCE,
	RECORD,
	STANDING,
	FIX_STATE,
	FIXED_VERSION,
	EPSS,
	EPSS_PERCENTILE,
	KEV_SINCE,
	DECISION_REASON,
	DECISION_JUSTIFICATION,
	DECISION_OWNER,
	DECISION_EXPIRES,
	DECISION_SOURCE,
	PACKAGE_TYPE,
	ARCHITECTURE,
	SOURCE_PACKAGE,
	PURL,
	PATH,
	LAYER,
	LAYER_COMMAND,
	ALIASES,
	CWES,
	FEED,
	FINGERPRINT,
	IMAGE_DIGEST,
	SCANNED_AT,
	COLUMNS,
};

static const char *const names[COLUMNS] = {
	[ID] = "id",
	[IMAGE] = "image",
	[TAG] = "tag",
	[PACKAGE] = "package",
	[VERSION] = "version",
	[TITLE] = "title",
	[SEVERITY] = "severity",
	[DESCRIPTION] = "description",
	[COUNTERMEASURE] = "countermeasure",
	[UPGRADABLE] = "upgradable",
	[CVSS_SCORE] = "cvss_score",
	[CVSS_VECTOR] = "cvss_vector",
	[REFERENCE] = "reference",
	[RECORD] = "record",
	[STANDING] = "standing",
	[FIX_STATE] = "fix_state",
	[FIXED_VERSION] = "fixed_version",
	[EPSS] = "epss",
	[EPSS_PERCENTILE] = "epss_percentile",
	[KEV_SINCE] = "kev_since",
	[DECISION_REASON] = "decision_reason",
	[DECISION_JUSTIFICATION] = "decision_justification",
	[DECISION_OWNER] = "decision_owner",
	[DECISION_EXPIRES] = "decision_expires",
	[DECISION_SOURCE] = "decision_source",
	[PACKAGE_TYPE] = "package_type",
	[ARCHITECTURE] = "architecture",
	[SOURCE_PACKAGE] = "source_package",
	[PURL] = "purl",
	[PATH] = "path",
	[LAYER] = "layer",
	[LAYER_COMMAND] = "layer_command",
	[ALIASES] = "aliases",
	[CWES] = "cwes",
	[FEED] = "feed",
	[FINGERPRINT] = "fingerprint",
	[IMAGE_DIGEST] = "image_digest",
	[SCANNED_AT] = "scanned_at",
};

struct csv {
	FILE *out;
	const struct report *r;
	struct arena *scratch;      /* of one row */
	const char *cells[COLUMNS]; /* of the row that is being filled; NULL: empty */
};

/* Does a spreadsheet reckon with what begins with c? */
static bool
begins_formula(int32_t c)
{
	static const int32_t signs[] = { '=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20 };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (c == signs[i])
			return true;
	return false;
}

static bool
is_blank(int32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Something between a cell's beginning and a formula that does not keep it from being one? */
static bool
is_skipped(int32_t c)
{
	return c == '"' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* One line without formulas, its quotes doubled. */
static char *
cell_text(struct arena *a, const char *text)
{
	const char *cut = cut_text(a, text, CELL_MAX);
	char *cell = arena_alloc(a, 2 * strlen(cut) + 1), *out = cell;
	bool at_front = true; /* of the cell, or behind a semicolon */
	int32_t c;

	for (const char *at = cut, *next = cut; (c = utf8_next(&next)) != 0; at = next) {
		if (is_blank(c)) {
			if (out != cell && out[-1] != ' ')
				*out++ = ' ';
			continue;
		}
		if (c == '"')
			*out++ = '"';
		else if (at_front && begins_formula(c))
			*out++ = '\'';
		memcpy(out, at, (size_t)(next - at));
		out += next - at;
		at_front = c == ';' || (at_front && is_skipped(c));
	}
	if (out != cell && out[-1] == ' ')
		out--;
	*out = '\0';
	return cell;
}

static void
put_cell(struct csv *csv, const char *text)
{
	const char *cell = cell_text(csv->scratch, text);
	const char *quote = strpbrk(cell, ",;\"") ? "\"" : "";

	fputs(quote, csv->out);
	escape_terminal(csv->out, cell);
	fputs(quote, csv->out);
}

/* The row as it was filled; the next one is empty. */
static void
put_row(struct csv *csv)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (i > 0)
			putc(',', csv->out);
		if (csv->cells[i])
			put_cell(csv, csv->cells[i]);
		csv->cells[i] = NULL;
	}
	fputs("\r\n", csv->out);
	arena_reset(csv->scratch);
}

/* "CWE-79 CWE-843" */
static char *
cwes_text(struct arena *a, const unsigned *cwes)
{
	size_t n = 0, len = 0, size;
	char *text;

	while (cwes[n])
		n++;
	size = n * CWE_SIZE + 1;
	text = arena_alloc(a, size);
	*text = '\0';
	for (size_t i = 0; i < n; i++)
		len +=
		    (size_t)snprintf(text + len, size - len, "%sCWE-%u", i > 0 ? " " : "", cwes[i]);
	return text;
}

/* What is not known is negative. */
static const char *
number_text(struct arena *a, int digits, double number)
{
	return number < 0 ? NULL : arena_textf(a, "%.*f", digits, number);
}

/* What is the same in all rows. */
static void
fill_report(struct csv *csv, const char *record)
{
	const struct report *r = csv->r;

	csv->cells[IMAGE] = r->image.name;
	csv->cells[TAG] = r->image.tag;
	csv->cells[RECORD] = record;
	csv->cells[IMAGE_DIGEST] = r->image.digest;
	csv->cells[SCANNED_AT] = r->scanned_at;
}

static void
fill_vulnerability(struct csv *csv, const struct vulnerability *v)
{
	csv->cells[ID] = v->id;
	csv->cells[TITLE] = v->title;
	csv->cells[DESCRIPTION] = v->details;
	csv->cells[CVSS_SCORE] = number_text(csv->scratch, 1, v->cvss_score);
	csv->cells[CVSS_VECTOR] = v->cvss_vector;
	csv->cells[REFERENCE] = web_link(v->url);
	csv->cells[EPSS] = number_text(csv->scratch, 5, v->epss);
	csv->cells[EPSS_PERCENTILE] = number_text(csv->scratch, 5, v->epss_percentile);
	csv->cells[KEV_SINCE] = v->kev;
	csv->cells[ALIASES] = join_texts(csv->scratch, v->aliases, " ");
	csv->cells[CWES] = cwes_text(csv->scratch, v->cwes);
	csv->cells[FEED] = v->feed;
}

static void
fill_package(struct csv *csv, const struct package *p)
{
	const struct layer *layer = layer_of(csv->r, p);

	csv->cells[PACKAGE] = p->name;
	csv->cells[VERSION] = p->version;
	csv->cells[PACKAGE_TYPE] = p->type;
	csv->cells[ARCHITECTURE] = p->arch;
	csv->cells[SOURCE_PACKAGE] = p->source_name;
	csv->cells[PURL] = p->purl;
	csv->cells[PATH] = p->path;
	csv->cells[LAYER] = p->layer;
	csv->cells[LAYER_COMMAND] = layer ? layer->command : NULL;
}

static void
put_finding(struct csv *csv, const struct finding *f)
{
	fill_report(csv, "finding");
	fill_vulnerability(csv, f->vulnerability);
	fill_package(csv, f->package);
	csv->cells[SEVERITY] = severity_name(f->severity);
	csv->cells[COUNTERMEASURE] = advice(csv->scratch, f);
	csv->cells[UPGRADABLE] = f->state == FIX_RELEASED ? "yes" : "no";
	csv->cells[STANDING] = standing_name(f->standing);
	csv->cells[FIX_STATE] = fix_state_name(f->state);
	csv->cells[FIXED_VERSION] = f->fixed_version;
	csv->cells[DECISION_REASON] = f->decision.reason;
	csv->cells[DECISION_JUSTIFICATION] = f->decision.justification;
	csv->cells[DECISION_OWNER] = f->decision.owner;
	csv->cells[DECISION_EXPIRES] = f->decision.expires;
	csv->cells[DECISION_SOURCE] = f->decision.source;
	csv->cells[FINGERPRINT] = f->fingerprint;
	put_row(csv);
}

static void
put_gap(struct csv *csv, const struct gap *g)
{
	fill_report(csv, "gap");
	csv->cells[ID] = "scanstep-gap";
	csv->cells[TITLE] = gap_words(csv->scratch, g);
	csv->cells[DESCRIPTION] = g->reason;
	csv->cells[PATH] = g->path;
	csv->cells[LAYER] = g->layer;
	put_row(csv);
}

static void
put_notice(struct csv *csv, const struct notice *n)
{
	fill_report(csv, "notice");
	csv->cells[ID] = "scanstep-notice";
	csv->cells[TITLE] = n->kind;
	csv->cells[DESCRIPTION] = n->text;
	put_row(csv);
}

static int
write_csv(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct csv csv = { .out = out, .r = r, .scratch = scratch };

	(void)err;
	for (size_t i = 0; i < COLUMNS; i++)
		csv.cells[i] = names[i];
	put_row(&csv);
	for (size_t i = 0; i < r->ngaps; i++)
		put_gap(&csv, &r->gaps[i]);
	for (size_t i = 0; i < r->nnotices; i++)
		put_notice(&csv, &r->notices[i]);
	for (size_t i = 0; i < r->nfindings; i++)
		if (format_lists(o, &r->findings[i]))
			put_finding(&csv, &r->findings[i]);
	return 0;
}

const struct formatter formatter_csv = {
	.name = "csv",
	.summary = "a row for each finding, for spreadsheets",
	.spec = "https://www.rfc-editor.org/rfc/rfc4180",
	.file = "scanstep.csv",
	.write = write_csv,
};
