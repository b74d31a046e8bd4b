/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - databases that are text: records of one field a line, an empty line between
 *
 * dpkg and apk share this shape, and so the question that matters most: was the
 * file damaged or cut? What is held is one record's fields of interest.
 */
#ifndef STEP_READER_RECORDS_H
#define STEP_READER_RECORDS_H

#include "step/reader/reader.h"

#define RECORDS_FIELDS 8 /* fields of interest that a format may have */

struct records {
	/* Set by the reader. */
	struct sink *sink;
	unsigned mark;   /* the field that only the package manager itself writes */
	unsigned steady; /* bit n: where all other records have field n, the last one has it too */
	bool ends_blank; /* the package manager ends the last record with an empty line, too */
	/* One line of a record, not empty: to records_set() or records_problem(). */
	void (*line)(struct records *r, struct str line);
	/* The record is complete; it may have a problem, which is told already. */
	void (*end)(struct records *r);

	const char *refused; /* set by line(): why this file is not read at all; or NULL */

	/* The record so far. */
	struct str value[RECORDS_FIELDS]; /* valid until the record's end, empty if absent */
	unsigned has;                     /* bit n: field n is there */
	int last;                         /* field of the line before, or -1: another */
	uint64_t first_line;              /* 0: nothing yet */

	/* Of records.c. */
	struct arena *scratch;
	uint64_t line_number, size, count;
	const char *problem; /* the record's first, or NULL */
	uint64_t problem_line;
	unsigned common; /* fields that every record so far had */
	bool marked;     /* a record had the mark */
};

/* Read the whole file. 0, or -1 with ERR_CONTENT when the rest cannot be read. */
int records_read(struct records *r, struct stream *in, struct err *err) MUST_CHECK;

/* The value of a field, copied. A field that is there already is a problem. */
void records_set(struct records *r, unsigned field, const char *name, struct str value);
/* The line just read is damaged: told once a record as a gap that names the line. */
void records_problem(struct records *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* End the record before the line just read, because that line begins another. */
void records_break(struct records *r);
/* A package found in this record; its gaps name the record's line. */
void records_package(struct records *r, const struct package_record *p);

#endif
