/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg.c - Debian, Ubuntu and their kin: dpkg's status, and status.d of distroless images
 *
 *      Package: libc-bin
 *      Status: install ok installed
 *      Architecture: amd64
 *      Multi-Arch: foreign
 *      Source: glibc
 *      Version: 2.36-9+deb12u7
 *      Description: GNU C Library: Binaries
 *       This package contains utility programs.
 *
 * Format: https://manpages.debian.org/deb822 and https://manpages.debian.org/deb-control;
 * states: https://manpages.debian.org/dpkg (1). Field names and states are
 * compared without regard to case.
 *
 * A package counts when its files lie on the disk, whether or not it was
 * configured: installed, triggers-pending, triggers-awaited, half-configured,
 * unpacked. Not so not-installed, config-files and half-installed (dpkg was
 * stopped between files, so that no version describes them).
 *
 * Source is "name" or "name (version)"; the version is written where it is not
 * the package's own, as after a rebuild (+b1). In status.d each file is one
 * package's control file, which has no Status; beside them lie lists of files
 * (.list, .md5sums), which are passed over.
 *
 * Left out: status-old, available, updates/ (dpkg's journal: empty in an image).
 */
#include "step/reader/records.h"

#include <string.h>
#include <strings.h>

enum field {
	FIELD_PACKAGE,
	FIELD_STATUS,
	FIELD_ARCHITECTURE,
	FIELD_MULTI_ARCH,
	FIELD_SOURCE,
	FIELD_VERSION,
	FIELD_INSTALLED_SIZE,
	FIELD_DESCRIPTION,
};

static const struct field_rule {
	const char *name;
	bool is_word;  /* one word: a blank inside means that a line end was lost */
	bool is_lines; /* may go on over more lines */
} fields[] = {
	[FIELD_PACKAGE] = { "Package", true, false },
	[FIELD_STATUS] = { "Status", false, false },
	[FIELD_ARCHITECTURE] = { "Architecture", true, false },
	[FIELD_MULTI_ARCH] = { "Multi-Arch", true, false },
	[FIELD_SOURCE] = { "Source", false, false },
	[FIELD_VERSION] = { "Version", true, false },
	[FIELD_INSTALLED_SIZE] = { "Installed-Size", true, false },
	[FIELD_DESCRIPTION] = { "Description", false, true },
};

static const struct state {
	const char *name;
	bool is_present;
} states[] = {
	{ "installed", true },
	{ "config-files", false },
	{ "not-installed", false },
	{ "half-installed", false },
	{ "unpacked", true },
	{ "half-configured", true },
	{ "triggers-awaited", true },
	{ "triggers-pending", true },
};

static bool
is_same_word(struct str word, const char *name)
{
	return word.len == strlen(name) && strncasecmp(word.ptr, name, word.len) == 0;
}

/* The field of that name, or -1: one that we do not need. */
static int
field_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (is_same_word(name, fields[i].name))
			return (int)i;
	return -1;
}

/* Printable ASCII, at least one: what dpkg takes for a field's name. */
static bool
is_field_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
			return false;
	return name.len > 0 && name.ptr[0] != '-' && name.ptr[0] != '#';
}

static bool
has_blank(struct str s)
{
	return s.len > 0 && (memchr(s.ptr, ' ', s.len) || memchr(s.ptr, '\t', s.len));
}

static void
stanza_line(struct records *r, struct str line)
{
	struct str value = line, name;
	int field;

	if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
		if (r->has == 0)
			records_problem(r, "a continuation of nothing");
		else if (r->last >= 0 && !fields[r->last].is_lines)
			records_problem(r, "%s goes on over a second line", fields[r->last].name);
		return;
	}
	name = str_cut(&value, ':');
	if (name.len == line.len || !is_field_name(name)) {
		records_problem(r, "not a field of a package");
		return;
	}
	field = field_find(name);
	if (field == FIELD_PACKAGE && r->has & 1U << FIELD_PACKAGE) {
		records_problem(r, "a second Package in one record");
		records_break(r);
	}
	r->last = field;
	if (field < 0)
		return;
	value = str_trim(value);
	if (fields[field].is_word && has_blank(value))
		records_problem(r, "%s is not one word", fields[field].name);
	records_set(r, (unsigned)field, fields[field].name, value);
}

static struct str
next_word(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = str_cut(rest, ' ');
	return word;
}

/* "want flag state": the state decides. Without a Status only status.d says "installed". */
static bool
is_present(struct records *r)
{
	struct str rest = r->value[FIELD_STATUS], state;

	if (!(r->has & 1U << FIELD_STATUS) && !r->ends_blank)
		return true;
	next_word(&rest);
	next_word(&rest);
	state = next_word(&rest);
	for (size_t i = 0; rest.len == 0 && i < ARRAY_LEN(states); i++)
		if (is_same_word(state, states[i].name))
			return states[i].is_present;
	records_problem(r, "the record has no Status that says whether it is installed");
	return false;
}

/* "name" or "name (version)" into both; a version that is not there stays empty. */
static void
source_split(struct records *r, struct package_record *p)
{
	struct str whole = r->value[FIELD_SOURCE], rest = whole;
	struct str before = str_cut(&rest, '(');
	bool is_good = true;

	p->source_name = str_trim(before);
	if (before.len < whole.len) {
		p->source_version = str_trim(str_cut(&rest, ')'));
		is_good = str_ends(whole, ")") && rest.len == 0 && p->source_name.len > 0 &&
			  p->source_version.len > 0;
	}
	if (!is_good || has_blank(p->source_name) || has_blank(p->source_version))
		records_problem(r, "Source is not a name and a version");
}

static void
stanza_end(struct records *r)
{
	struct package_record p = {
		.type = "deb",
		.name = r->value[FIELD_PACKAGE],
		.version = r->value[FIELD_VERSION],
		.arch = r->value[FIELD_ARCHITECTURE],
		.source_version = STR(""),
	};

	if (!is_present(r))
		return;
	source_split(r, &p);
	records_package(r, &p);
}

/* A list of files beside the packages of status.d. Not every tool passes it over by its name. */
static int
list_read(struct stream *in, struct sink *s, struct err *err)
{
	static const char begin[] = "Package:";
	char head[sizeof(begin) - 1];
	ssize_t n = stream_fill(in, head, sizeof(head), err);

	if (n < 0)
		return -1;
	if (is_same_word((struct str){ head, (size_t)n }, begin))
		sink_gap(s, "is called a list of files, but holds a package");
	return 0;
}

static int
dpkg_read(const char *path, struct stream *in, struct sink *s, struct err *err)
{
	struct str file = str_of(path);
	struct records r = {
		.sink = s,
		.mark = FIELD_INSTALLED_SIZE,
		.steady = 1U << FIELD_ARCHITECTURE | 1U << FIELD_DESCRIPTION,
		.ends_blank = str_is(file, "var/lib/dpkg/status"),
		.line = stanza_line,
		.end = stanza_end,
	};

	if (str_ends(file, ".md5sums") || str_ends(file, ".list"))
		return list_read(in, s, err);
	return records_read(&r, in, err);
}

const struct reader_ops reader_dpkg = {
	.name = "dpkg",
	.type = "deb",
	.version = 2,
	.paths = (const char *const[]){ "var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL },
	.max_size = LIMIT_PACKAGE_DB,
	.read = dpkg_read,
};
