/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk.c - Alpine, Wolfi and their kin: the database of installed packages
 *
 *      C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
 *      P:ssl_client
 *      V:1.36.1-r29
 *      A:x86_64
 *      o:busybox
 *      F:usr/bin
 *      R:ssl_client
 *
 * Format: https://wiki.alpinelinux.org/wiki/Apk_spec (the index, and the files
 * behind each record). P name, V version, A architecture, o origin: the source
 * package, which has the same version. Files and all other letters, known or
 * not, are passed over.
 *
 * Left out: apk 3's binary form (ADB), which is refused.
 */
#include "step/reader/records.h"

#include <string.h>

enum field {
	FIELD_NAME,
	FIELD_VERSION,
	FIELD_ARCH,
	FIELD_ORIGIN,
	FIELD_CHECKSUM,
};

static const struct letter {
	char letter;
	const char *name;
} letters[] = {
	[FIELD_NAME] = { 'P', "name (P:)" },
	[FIELD_VERSION] = { 'V', "version (V:)" },
	[FIELD_ARCH] = { 'A', "architecture (A:)" },
	[FIELD_ORIGIN] = { 'o', "origin (o:)" },
	[FIELD_CHECKSUM] = { 'C', "checksum (C:)" },
};

/* None of the fields has a blank or colon within: one there means that a line end was lost. */
static bool
is_one_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == ':')
			return false;
	return true;
}

static int
field_find(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].letter == letter)
			return (int)i;
	return -1;
}

/* Plain, or compressed in one of two ways. */
static bool
is_adb(struct str s)
{
	return str_starts(s, "ADB.") || str_starts(s, "ADBd") || str_starts(s, "ADBc");
}

static void
entry_line(struct records *r, struct str line)
{
	struct str value;
	int field;

	if (r->first_line == 1 && is_adb(line)) {
		r->refused = "apk 3's binary form (ADB) is not supported";
		return;
	}
	if (line.len < 2 || line.ptr[1] != ':') {
		records_problem(r, "not a field of a package");
		return;
	}
	field = field_find(line.ptr[0]);
	if (field < 0)
		return;
	/* C comes first and P next, so that either begins a record whose empty line was lost. */
	if ((field == FIELD_CHECKSUM || field == FIELD_NAME) && r->has & 1U << field) {
		records_problem(r, "a second %s in one record", letters[field].name);
		records_break(r);
	}
	value = str_trim(str_skip(line, 2));
	if (!is_one_word(value))
		records_problem(r, "the %s is not one word", letters[field].name);
	records_set(r, (unsigned)field, letters[field].name, value);
}

static void
entry_end(struct records *r)
{
	struct package_record p = {
		.type = "apk",
		.name = r->value[FIELD_NAME],
		.version = r->value[FIELD_VERSION],
		.arch = r->value[FIELD_ARCH],
		.source_name = r->value[FIELD_ORIGIN],
		.source_version = r->value[FIELD_VERSION],
	};

	records_package(r, &p);
}

static int
apk_read(const char *path, struct stream *in, struct sink *s, struct err *err)
{
	struct records r = {
		.sink = s,
		.mark = FIELD_CHECKSUM,
		.steady = 1U << FIELD_ARCH,
		.ends_blank = true,
		.line = entry_line,
		.end = entry_end,
	};

	(void)path;
	return records_read(&r, in, err);
}

const struct reader_ops reader_apk = {
	.name = "apk",
	.type = "apk",
	.version = 1,
	.paths = (const char *const[]){ "lib/apk/db/installed", "usr/lib/apk/db/installed", NULL },
	.max_size = LIMIT_PACKAGE_DB,
	.read = apk_read,
};
