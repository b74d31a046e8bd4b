/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_report.c - -o FORMAT[=FILE], and the settings of single formats
 */
#include "step/options_report.h"

#include <limits.h>
#include <string.h>

/* The name of the format that a file's name ends with, or NULL: "report.json" was meant as json=report.json. */
static const char *
format_of_file(struct str name)
{
	const struct formatter *found = NULL;
	struct str ending = STR("");

	while (memchr(name.ptr, '.', name.len)) {
		str_cut(&name, '.');
		ending = name;
		found = formatter_find(ending);
	}
	if (found || ending.len == 0)
		return found ? found->name : NULL;
	for (size_t i = 0; i < nformatters; i++) {
		const char *dot = formatters[i]->file ? strrchr(formatters[i]->file, '.') : NULL;

		if (dot && str_is(ending, dot + 1))
			return formatters[i]->name;
	}
	return NULL;
}

static int
refuse_format(struct str name, struct arena *a, struct err *err)
{
	const char *meant = format_of_file(name);
	const char *known = "", *spelt = name.len < 64 ? text_lower(a, name) : NULL;

	if (meant && name.len < 200)
		return err_set(err, ERR_USAGE, "there is no format '%.*s'; did you mean %s=%.*s?",
		    (int)name.len, name.ptr, meant, (int)name.len, name.ptr);
	if (memchr(name.ptr, ',', name.len))
		return err_set(err, ERR_USAGE,
		    "'%.64s' is no format: repeat the option for several; commas are for the variable",
		    arena_text(a, name));
	if (spelt && formatter_find(str_of(spelt)))
		return err_set(err, ERR_USAGE, "there is no format '%.*s'; did you mean %s?",
		    (int)name.len, name.ptr, spelt);
	for (size_t i = 0; i < nformatters; i++)
		known = arena_textf(a, "%s%s%s", known, i == 0 ? "" : ", ", formatters[i]->name);
	return err_set(err, ERR_USAGE, "there is no format '%.*s'; there are %s",
	    (int)(name.len < 64 ? name.len : 64), name.ptr, known);
}

/* The file of this name in the folder of path. */
static const char *
beside(struct arena *a, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return arena_textf(a, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name);
}

/* Do two reports, or a report and what belongs to the other, go to the same place? */
static int
check_pair(const struct output *a, const struct output *b, struct err *err)
{
	bool share =
	    a->formatter != b->formatter && a->formatter->shares_log && b->formatter->shares_log;

	if (a->file == NULL && b->file == NULL && !share)
		return err_set(err, ERR_USAGE, "%s and %s cannot both go to standard output",
		    a->formatter->name, b->formatter->name);
	if (a->file == NULL || b->file == NULL)
		return 0;
	if (strcmp(a->file, b->file) == 0 || text_compare(a->companion_file, b->file) == 0)
		return err_set(err, ERR_USAGE, "%s and %s cannot both go to %s", a->formatter->name,
		    b->formatter->name, b->file);
	if (text_compare(a->file, b->companion_file) == 0)
		return err_set(err, ERR_USAGE, "%s and %s cannot both go to %s", a->formatter->name,
		    b->formatter->name, a->file);
	return 0;
}

static int
add_output(struct options *o, struct str item, struct arena *a, struct err *err)
{
	struct str file = item, name = str_cut(&file, '=');
	struct output out = { .formatter = formatter_find(name) };

	if (out.formatter == NULL)
		return refuse_format(name, a, err);
	if (name.len == item.len)
		out.file = out.formatter->file;
	else if (file.len == 0)
		return err_set(err, ERR_USAGE, "no file is named behind %s=", out.formatter->name);
	else if (!str_is(file, "-"))
		out.file = arena_string(a, file);
	if (out.file != NULL && out.formatter->companion != NULL)
		out.companion_file = beside(a, out.file, out.formatter->companion->name);
	for (size_t i = 0; i < o->noutputs; i++)
		if (check_pair(&o->outputs[i], &out, err) < 0)
			return -1;
	o->outputs = arena_grow(a, o->outputs, o->noutputs, sizeof(*o->outputs));
	o->outputs[o->noutputs++] = out;
	return 0;
}

int
option_read_output(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	(void)row;
	return add_output(o, str_of(value), a, err);
}

/* FILE[:LINE] of the checkout, as its consumers name files: relative, below its root. */
int
option_read_location(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	const char *colon = strrchr(value, ':');
	struct str file = { value, colon ? (size_t)(colon - value) : strlen(value) }, rest;
	uint64_t line = 1;

	(void)row;
	if (colon && (!str_number(str_of(colon + 1), INT_MAX, &line) || line == 0))
		return err_set(err, ERR_USAGE, "'%s' is no line of a file", colon + 1);
	while (str_starts(file, "./"))
		file = str_skip(file, 2);
	rest = file;
	while (rest.len > 0)
		if (str_is(str_cut(&rest, '/'), ".."))
			return err_set(err, ERR_USAGE, "'%s' leads out of the checkout", value);
	if (file.len == 0 || file.ptr[0] == '/')
		return err_set(
		    err, ERR_USAGE, "'%s' is not the name of a file within the checkout", value);
	o->format.location_file = arena_text(a, file);
	o->format.location_line = (unsigned)line;
	return 0;
}

int
option_read_suppressed(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	(void)row, (void)a;
	o->format.sarif_suppressed = strcmp(value, "include") == 0;
	if (!o->format.sarif_suppressed && strcmp(value, "omit") != 0)
		return err_set(err, ERR_USAGE, "'%s' is neither include nor omit", value);
	return 0;
}
