/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_parse.c - flags, environment and defaults into one struct options
 *
 * getopt_long() gets its tables from option_rows[], so that a row is all there is to a setting. It would take the
 * beginning of a long flag for the whole, "--registry-password SECRET" for "--registry-password-file", whose value is
 * no secret: what it found is compared with what was written.
 */
#include "step/ci/ci.h"
#include "step/commands.h"
#include "step/options_misspelt.h"
#include "step/options_report.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* One command line on its way into o. */
struct parse {
	const struct command *command;
	struct arena *arena;
	struct options *o;
	struct ci_setting *settings; /* options.settings in the making */
	size_t nsettings;
};

enum {
	VALUE_HELP = 1000, /* getopt's values are 1000 and 1001 for these ... */
	VALUE_VERSION = 1001,
	VALUE_ROW = 2000, /* ... and this plus the row for settings */
};

/* What getopt wants to know, made from the rows that this command takes. */
struct spellings {
	struct option longs[OPTION_ROWS_MAX + 3];
	char letters[2 * OPTION_ROWS_MAX + 4];
};

static void
spell(const struct command *c, struct spellings *ret)
{
	struct option *l = ret->longs;
	char *s = ret->letters;

	memset(ret, 0, sizeof(*ret));
	*s++ = ':'; /* tell a missing value from an unknown letter */
	*s++ = 'h';
	for (size_t i = 0; i < noption_rows; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->flag == NULL || (row->commands & c->bit) == 0)
			continue;
		*l++ = (struct option){ .name = row->flag,
			.has_arg = row->metavar == NULL ? optional_argument : required_argument,
			.val = VALUE_ROW + (int)i };
		if (row->letter == 0)
			continue;
		*s++ = row->letter;
		if (row->metavar != NULL)
			*s++ = ':';
	}
	*l++ = (struct option){ .name = "help", .val = VALUE_HELP };
	*l = (struct option){ .name = "version", .val = VALUE_VERSION };
}

static const struct option_row *
row_of(int value)
{
	if (value >= VALUE_ROW)
		return &option_rows[value - VALUE_ROW];
	for (size_t i = 0; i < noption_rows; i++) {
		if (option_rows[i].letter != 0 && option_rows[i].letter == value)
			return &option_rows[i];
	}
	return NULL;
}

static int
refuse(const struct command *c, struct err *err, const char *what, const char *why)
{
	return err_set(err, ERR_USAGE, "%s%s; try \"scanstep %s --help\"", what, why, c->name);
}

/* How scanstep spells what other scanners call otherwise; "" if it has nothing of the kind. */
static const char *
spelt_here(const struct command *c, const char *name)
{
	static const struct {
		const char *name, *flag, *hint;
	} others[] = {
		{ "--severity", "fail-on", "; write --fail-on SEVERITY" },
		{ "--exit-code", "fail-on", "; write --fail-on SEVERITY" },
		{ "--format", "output", "; write -o FORMAT" },
		{ "-f", "output", "; write -o FORMAT" },
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(name, others[i].name) != 0)
			continue;
		for (size_t k = 0; k < noption_rows; k++)
			if (option_rows[k].flag &&
			    strcmp(option_rows[k].flag, others[i].flag) == 0 &&
			    (option_rows[k].commands & c->bit) != 0)
				return others[i].hint;
	}
	return "";
}

/* The flag that a word of the command line names, "--fail-on=high" say, without its value. */
static const char *
name_of(const char *word, struct arena *a)
{
	struct str rest = str_of(word);

	return arena_string(a, str_cut(&rest, '='));
}

/* Does "--NAME" name a long flag, and is it written out? */
enum naming {
	NAMES_NONE,
	NAMES_BEGINNING,
	NAMES_FLAG,
};

static enum naming
naming_of(const struct spellings *s, const char *name)
{
	enum naming naming = NAMES_NONE;

	for (const struct option *l = s->longs; l->name; l++) {
		if (strcmp(l->name, name + 2) == 0)
			return NAMES_FLAG;
		if (str_starts(str_of(l->name), name + 2))
			naming = NAMES_BEGINNING;
	}
	return naming;
}

/* Does it look as if a password stood behind it? */
static bool
is_secret(const char *name)
{
	return strstr(name, "pass") || strstr(name, "secret") || strstr(name, "token");
}

static int
refuse_name(struct parse *p, const struct spellings *s, const char *name, struct err *err)
{
	const char *what = arena_textf(p->arena, "there is no option %s", name);

	if (is_secret(name) && naming_of(s, "--registry-password-file") == NAMES_FLAG)
		return refuse(p->command, err, what,
		    ": no flag takes a secret, use SCANSTEP_REGISTRY_PASSWORD or "
		    "--registry-password-file");
	if (str_starts(str_of(name), "--") && naming_of(s, name) == NAMES_BEGINNING)
		return refuse(p->command, err, what, "; flags are written out");
	return refuse(p->command, err, what, spelt_here(p->command, name));
}

/* getopt said ? or :, which leaves the culprit in optopt or, for long flags, in argv. */
static int
refuse_flag(struct parse *p, const struct spellings *s, int got, char **argv, struct err *err)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < VALUE_HELP;
	const char *name = is_letter ? letter : name_of(argv[optind - 1], p->arena);

	if (!is_letter && naming_of(s, name) != NAMES_FLAG)
		return refuse_name(p, s, name, err);
	if (got == ':')
		return refuse(p->command, err, name, " needs a value");
	if (!is_letter && optopt != 0)
		return refuse(p->command, err, name, " takes no value");
	return refuse_name(p, s, name, err);
}

/* Reads one value; what goes wrong is told with the setting's name in front. */
static int
read_value(struct parse *p, const struct option_row *row, const char *name, const char *value,
    struct err *err)
{
	struct err why;

	if (row->read(p->o, row, value, p->arena, &why) == 0)
		return 0;
	return refuse(p->command, err, arena_textf(p->arena, "%s: ", name), why.text);
}

/* The reports to be written: what a person names adds to a CI system's (add_outputs()). */
static bool
is_output(const struct option_row *row)
{
	return row->read == option_read_output;
}

/* An address may hold a password or a token, however it is spelt; so may what was taken for a password's file. */
static bool
may_be_secret(const struct option_row *row, const char *value)
{
	return is_secret(row->flag) || strchr(value, '@') != NULL || strchr(value, '?') != NULL ||
	       strstr(value, ":/") != NULL;
}

/* Keeps what a setting was set to, and by what, for the log: the last one counts, of a list all. */
static void
note(struct parse *p, const struct option_row *row, const char *value, const char *origin)
{
	size_t kept = 0;

	if (p->o->ci == NULL || row->flag == NULL || is_output(row))
		return;
	for (size_t i = 0; i < p->nsettings; i++)
		if (row->list || strcmp(p->settings[i].flag, row->flag) != 0)
			p->settings[kept++] = p->settings[i];
	p->settings = arena_grow(p->arena, p->settings, kept, sizeof(*p->settings));
	p->settings[kept++] =
	    (struct ci_setting){ row->flag, may_be_secret(row, value) ? NULL : value, origin };
	p->nsettings = kept;
}

/* A variable's value; lists have commas between their elements. */
static int
read_variable(struct parse *p, const struct option_row *row, const char *value, struct err *err)
{
	struct str rest = str_of(value);

	note(p, row, value, row->variable);
	if (!row->list)
		return read_value(p, row, row->variable, value, err);
	while (rest.len > 0) {
		struct str item = str_trim(str_cut(&rest, ','));

		if (item.len > 0 &&
		    read_value(p, row, row->variable, arena_string(p->arena, item), err) < 0)
			return -1;
	}
	return 0;
}

static int
read_ci_setting(
    struct parse *p, const struct option_row *row, const struct ci_setting *s, struct err *err)
{
	const char *origin = s->origin != NULL ? s->origin : p->o->ci->system->title;

	note(p, row, s->value, origin);
	return read_value(p, row, origin, s->value, err);
}

/* What the CI system says of a setting. */
static int
read_ci_settings(struct parse *p, const struct option_row *row, struct err *err)
{
	const struct ci_plan *plan = p->o->ci;

	if (plan == NULL || row->flag == NULL || (row->commands & p->command->bit) == 0)
		return 0;
	for (size_t i = 0; i < plan->nsettings; i++)
		if (strcmp(row->flag, plan->settings[i].flag) == 0 &&
		    read_ci_setting(p, row, &plan->settings[i], err) < 0)
			return -1;
	return 0;
}

static int
read_default(struct parse *p, const struct option_row *row, struct err *err)
{
	const char *name = row->flag == NULL ? row->variable : row->flag;

	return row->fallback == NULL ? 0 : read_value(p, row, name, row->fallback, err);
}

/* A list is given once: by flags, else by the variable, else by the CI system, else by default. */
static int
read_defaults_and_environment(struct parse *p, const bool *given, struct err *err)
{
	for (size_t i = 0; i < noption_rows; i++) {
		const struct option_row *row = &option_rows[i];
		const char *value = row->variable == NULL ? NULL : getenv(row->variable);
		bool set =
		    value != NULL && value[0] != '\0' && (row->commands & p->command->bit) != 0;

		if (row->list && given[i])
			continue;
		if (!(row->list && set) && !is_output(row) &&
		    (read_default(p, row, err) < 0 || read_ci_settings(p, row, err) < 0))
			return -1;
		if (set && read_variable(p, row, value, err) < 0)
			return -1;
	}
	return 0;
}

/* One flag from the command line, in its order. */
static int
read_flag(struct parse *p, const struct option_row *row, const char *value, struct err *err)
{
	if (row->metavar == NULL && value == NULL)
		value = row->letter == 'v' && p->o->verbosity > 0 ? "2" : "1";
	note(p, row, value, "command line");
	return read_value(p, row, arena_textf(p->arena, "--%s", row->flag), value, err);
}

/* The flags of a command line in their order. */
struct given {
	const struct option_row *row;
	const char *value;
};
struct flags {
	struct given *list;
	size_t count;
	bool named[OPTION_ROWS_MAX]; /* by row */
	enum request request;
};

/* Where getopt has just found a long flag: its value is a part of that word, or the next one. */
static const char *
word_of(char **argv)
{
	return optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* Afterwards optind is at the operands. */
static int
collect(struct parse *p, int argc, char **argv, struct flags *f, struct err *err)
{
	struct spellings s;
	int got;

	spell(p->command, &s);
	opterr = 0;
	optind = 1;
	while ((got = getopt_long(argc, argv, s.letters, s.longs, NULL)) != -1) {
		const char *word = word_of(argv);

		if (got >= VALUE_HELP && naming_of(&s, name_of(word, p->arena)) != NAMES_FLAG)
			return refuse_name(p, &s, name_of(word, p->arena), err);
		if (got == VALUE_HELP || got == 'h') {
			f->request = REQUEST_HELP;
			return 0;
		}
		if (got == VALUE_VERSION) {
			f->request = REQUEST_VERSION;
			return 0;
		}
		const struct option_row *row = row_of(got);

		if (row == NULL) /* ? or : */
			return refuse_flag(p, &s, got, argv, err);
		f->list = arena_grow(p->arena, f->list, f->count, sizeof(*f->list));
		f->list[f->count++] = (struct given){ .row = row, .value = optarg };
		f->named[row - option_rows] = true;
	}
	return 0;
}

static int
read_operands(struct parse *p, int argc, char **argv, struct err *err)
{
	struct options *o = p->o;
	const struct command *c = p->command;
	size_t n = (size_t)(argc - optind);
	const char **list = arena_alloc(p->arena, (n + 1) * sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		list[i] = argv[optind + (int)i];
		if (list[i][0] == '\0')
			return refuse(c, err, "an operand", " is empty");
	}
	if (n < c->min)
		return refuse(c, err, c->operands, " is missing");
	if (n > c->max)
		return refuse(c, err, arena_textf(p->arena, "'%s'", list[c->max]),
		    " is one operand too many");
	o->operands = list;
	o->noperands = n;
	return 0;
}

/* Did a person name a report of the format that this -o has? */
static bool
names_format(const struct options *o, size_t named, const char *value)
{
	struct str rest = str_of(value), name = str_cut(&rest, '=');

	for (size_t i = 0; i < named; i++)
		if (str_is(name, o->outputs[i].formatter->name))
			return true;
	return false;
}

static const struct option_row *
output_row(void)
{
	const struct option_row *row = option_rows;

	while (!is_output(row))
		row++;
	return row;
}

/* The CI system's reports beside those that a person named, whose formats are theirs. */
static int
add_ci_outputs(struct parse *p, const struct option_row *row, struct err *err)
{
	const struct ci_plan *plan = p->o->ci;
	size_t named = p->o->noutputs;

	for (size_t i = 0; i < plan->nsettings; i++) {
		const struct ci_setting *s = &plan->settings[i];

		if (strcmp(s->flag, row->flag) == 0 && !names_format(p->o, named, s->value) &&
		    !(plan->no_table && strcmp(s->value, row->fallback) == 0) &&
		    read_ci_setting(p, row, s, err) < 0)
			return -1;
	}
	return 0;
}

/* Without any report the default one is written, the table. */
static int
add_outputs(struct parse *p, struct err *err)
{
	const struct option_row *row = output_row();

	if ((row->commands & p->command->bit) == 0)
		return 0;
	if (p->o->ci != NULL && add_ci_outputs(p, row, err) < 0)
		return -1;
	if (p->o->noutputs > 0 || (p->o->ci != NULL && p->o->ci->no_table))
		return 0;
	return read_default(p, row, err);
}

/* --output-dir is for reports whose file has no folder. */
static void
place_outputs(struct parse *p)
{
	struct options *o = p->o;

	for (size_t i = 0; o->output_dir != NULL && i < o->noutputs; i++) {
		struct output *out = &o->outputs[i];

		if (out->file == NULL || strchr(out->file, '/') != NULL)
			continue;
		out->file = arena_textf(p->arena, "%s/%s", o->output_dir, out->file);
		if (out->companion_file != NULL)
			out->companion_file =
			    arena_textf(p->arena, "%s/%s", o->output_dir, out->companion_file);
	}
}

static void
warn(struct parse *p, const char *text)
{
	struct options *o = p->o;

	o->warnings = arena_grow(p->arena, o->warnings, o->nwarnings, sizeof(*o->warnings));
	o->warnings[o->nwarnings++] = text;
}

static void
warn_of_misspelt(struct parse *p)
{
	const char **list;
	size_t n = options_misspelt(p->arena, &list);

	for (size_t i = 0; i < n; i++)
		warn(p, list[i]);
}

/* db build's operands are what --from names. */
static void
read_feeds(struct parse *p)
{
	struct options *o = p->o;

	for (size_t i = 0; i < o->noperands; i++) {
		o->from = arena_grow(p->arena, o->from, o->nfrom, sizeof(*o->from));
		o->from[o->nfrom++] = o->operands[i];
	}
}

/* $SCANSTEP_CACHE_DIR, else what the XDG base directory specification says; relative paths there do not count. */
static void
find_cache(struct parse *p)
{
	struct options *o = p->o;
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if ((p->command->bit & (FOR_SCAN | FOR_CI | FOR_DB_BUILD | FOR_DB_STATUS)) == 0)
		return;
	if (o->cache_dir == NULL && xdg != NULL && xdg[0] == '/')
		o->cache_dir = arena_textf(p->arena, "%s/scanstep", xdg);
	if (o->cache_dir == NULL && home != NULL && home[0] == '/')
		o->cache_dir = arena_textf(p->arena, "%s/.cache/scanstep", home);
	if (o->cache_dir != NULL)
		o->default_db = arena_textf(p->arena, "%s/db/advisories.sqlite", o->cache_dir);
	else if ((p->command->bit & (FOR_SCAN | FOR_CI)) != 0 && !o->no_cache)
		warn(p, "nothing is cached: SCANSTEP_CACHE_DIR, XDG_CACHE_HOME and HOME are unset");
}

int
options_parse(const struct command *command, int argc, char **argv, struct arena *a,
    struct options *ret, enum request *ret_request, struct err *err)
{
	struct options o = { .debug_crash_layer = -1 };
	struct parse p = { .command = command, .arena = a, .o = &o };
	struct flags f = { .request = REQUEST_RUN };

	if (collect(&p, argc, argv, &f, err) < 0)
		return -1;
	*ret_request = f.request;
	if (f.request != REQUEST_RUN)
		return 0;
	if ((command->bit & (FOR_CI | FOR_CI_GATE)) != 0 &&
	    ci_plan_make(command->bit == FOR_CI, a, &o.ci, err) < 0)
		return -1;
	if (read_defaults_and_environment(&p, f.named, err) < 0)
		return -1;
	for (size_t i = 0; i < f.count; i++) {
		if (read_flag(&p, f.list[i].row, f.list[i].value, err) < 0)
			return -1;
	}
	if (add_outputs(&p, err) < 0 || read_operands(&p, argc, argv, err) < 0)
		return -1;
	place_outputs(&p);
	o.settings = p.settings;
	o.nsettings = p.nsettings;
	if (command->bit == FOR_DB_BUILD)
		read_feeds(&p);
	find_cache(&p);
	warn_of_misspelt(&p);
	*ret = o;
	return 0;
}
