/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.c - text databases a record at a time, with an eye for damage
 *
 * A scan that misses packages because their database was cut says "no findings"
 * and is believed, so whatever shows is a gap:
 *
 *   - a last line without its line end: package managers write none;
 *   - a last record without the empty line behind it, in a file that a package
 *     manager wrote (it holds the mark) or where the record lacks a steady field
 *     that all others have. Files made by hand end like that legitimately;
 *   - a file without any record;
 *   - two different records for one package and architecture;
 *   - a field twice in a record: the empty line between two was lost.
 *
 * What cannot be seen is a cut exactly between two records, and a letter
 * changed within a value.
 */
#include "step/reader/records.h"

#include <stdlib.h>
#include <string.h>

void
records_problem(struct records *r, const char *fmt, ...)
{
	char text[160];
	va_list args;

	if (r->problem != NULL)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->problem = arena_text(r->scratch, str_of(text));
	r->problem_line = r->line_number;
}

void
records_set(struct records *r, unsigned field, const char *name, struct str value)
{
	if (r->has & 1U << field) {
		records_problem(r, "a second %s in one record", name);
		return;
	}
	r->has |= 1U << field;
	r->value[field] = (struct str){ arena_copy(r->scratch, value.ptr, value.len), value.len };
}

void
records_package(struct records *r, const struct package_record *p)
{
	char where[40];

	snprintf(where, sizeof(where), "line %llu", (unsigned long long)r->first_line);
	sink_package(r->sink, p, where);
}

static void
clear_record(struct records *r)
{
	arena_reset(r->scratch);
	for (size_t i = 0; i < RECORDS_FIELDS; i++)
		r->value[i] = STR("");
	r->has = 0;
	r->last = -1;
	r->first_line = r->size = 0;
	r->problem = NULL;
}

static void
end_record(struct records *r)
{
	if (r->first_line == 0)
		return;
	r->end(r);
	if (r->problem != NULL)
		sink_gap(r->sink, "line %llu: %s", (unsigned long long)r->problem_line, r->problem);
	r->common = r->count == 0 ? r->has : r->common & r->has;
	r->marked = r->marked || (r->has & 1U << r->mark) != 0;
	r->count++;
	clear_record(r);
}

void
records_break(struct records *r)
{
	end_record(r);
	r->first_line = r->line_number;
}

static void
take_line(struct records *r, struct str line, bool is_complete)
{
	if (line.len == 0) {
		end_record(r);
		return;
	}
	if (r->first_line == 0)
		r->first_line = r->line_number;
	r->line(r, line);
	r->size += line.len;
	if (r->size > LIMIT_RECORD)
		records_problem(r, "a record of more than 1 MiB");
	if (!is_complete)
		records_problem(r, "the file ends within this line: it was cut");
}

static void
end_file(struct records *r)
{
	bool is_marked = r->marked || (r->has & 1U << r->mark) != 0;

	if (r->first_line != 0 && r->ends_blank && (is_marked || r->common & r->steady & ~r->has))
		records_problem(r, "the file ends within a record: it was cut");
	end_record(r);
	if (r->count == 0)
		sink_gap(r->sink, "the file is empty");
}

/* By name, then architecture. */
static int
compare_packages(const struct package *p, const struct package *q)
{
	int order = strcmp(p->name, q->name);

	return order ? order : text_compare(p->arch, q->arch);
}

/* Those that compare equal in the order of the file. */
static int
by_package(const void *a, const void *b)
{
	const struct package *const *x = a, *const *y = b;
	int order = compare_packages(*x, *y);

	return order ? order : (*x > *y) - (*x < *y);
}

static const struct package **
sorted_packages(struct arena *a, const struct package *list, size_t n)
{
	const struct package **sorted = arena_alloc(a, n * sizeof(const struct package *));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &list[i];
	if (n > 1)
		qsort(sorted, n, sizeof(const struct package *), by_package);
	return sorted;
}

/*
 * A package listed twice in the same words is one. In different words both stay, because
 * which of them lies on the disk is not known: the package managers refuse such a file.
 */
static void
find_duplicates(struct records *r)
{
	struct sink *s = r->sink;
	const struct package **order = sorted_packages(r->scratch, s->packages, s->npackages);
	bool *is_copy = arena_alloc(r->scratch, s->npackages * sizeof(bool));
	size_t kept = 0;

	for (size_t i = 1; i < s->npackages; i++) {
		const struct package *p = order[i - 1], *q = order[i];

		if (compare_packages(p, q) != 0)
			continue;
		is_copy[q - s->packages] = strcmp(p->version, q->version) == 0 &&
					   strcmp(p->source_name, q->source_name) == 0 &&
					   strcmp(p->source_version, q->source_version) == 0;
		if (!is_copy[q - s->packages])
			sink_gap(s,
			    "package '%.100s' is listed as version '%.100s' and as '%.100s'",
			    p->name, p->version, q->version);
	}
	for (size_t i = 0; i < s->npackages; i++)
		if (!is_copy[i])
			s->packages[kept++] = s->packages[i];
	s->npackages = kept;
}

int
records_read(struct records *r, struct stream *in, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_LINES lines = lines_new(in, ERR_CONTENT);
	struct str line;
	bool is_complete;
	int got;

	r->scratch = scratch;
	clear_record(r);
	while ((got = lines_next(lines, &line, &is_complete, err)) == 1) {
		r->line_number++;
		take_line(r, line, is_complete);
		if (r->refused != NULL)
			return err_set(err, ERR_CONTENT, "%s", r->refused);
	}
	if (got < 0) {
		/* What was read of the last record proves nothing: its end is missing. */
		err_wrap(err, "line %llu", (unsigned long long)r->line_number + 1);
		r->first_line = 0;
	} else {
		end_file(r);
	}
	find_duplicates(r);
	r->scratch = NULL;
	return got;
}
