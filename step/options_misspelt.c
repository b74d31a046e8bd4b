/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_misspelt.c - variables that look like settings and are none
 *
 * A misspelt variable would leave a gate open in silence.
 */
#include "step/options_misspelt.h"

#include "formatters/dotenv.h"
#include "step/options.h"

#include <ctype.h>

/* Names of ours that are no settings. What an earlier job's dotenv report gave begins with DOTENV_PREFIX. */
static const char *const other_variables[] = {
	"SCANSTEP_CONTAINER_IMAGE", /* what ci-templates/ run this program from */
	"SCANSTEP_RESULT_DIR",      /* of ci, in place of ClairInABox's /result */
};

static bool
is_variable(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(other_variables); i++)
		if (str_is(name, other_variables[i]))
			return true;
	for (size_t i = 0; i < noption_rows; i++)
		if (option_rows[i].variable != NULL && str_is(name, option_rows[i].variable))
			return true;
	return false;
}

/* Its letters alone: SCANSTEP_FAILON and SCANSTEP_FAIL-ON are SCANSTEP_FAIL_ON but for these. */
static bool
same_letters(struct str a, const char *b)
{
	size_t i = 0;

	for (; *b != '\0'; b++) {
		while (i < a.len && isalnum((unsigned char)a.ptr[i]) == 0)
			i++;
		if (isalnum((unsigned char)*b) == 0)
			continue;
		if (i == a.len || toupper((unsigned char)a.ptr[i++]) != *b)
			return false;
	}
	return i == a.len;
}

static const char *
meant_by(struct str name)
{
	for (size_t i = 0; i < noption_rows; i++)
		if (option_rows[i].variable != NULL && same_letters(name, option_rows[i].variable))
			return option_rows[i].variable;
	return NULL;
}

size_t
options_misspelt(struct arena *a, const char ***ret)
{
	extern char **environ;
	const char **list = NULL;
	size_t n = 0;

	for (char **e = environ; e != NULL && *e != NULL; e++) {
		struct str rest = str_of(*e), name = str_cut(&rest, '=');
		const char *meant;

		if (!str_starts(name, "SCANSTEP_") || str_starts(name, DOTENV_PREFIX) ||
		    is_variable(name))
			continue;
		meant = meant_by(name);
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = arena_textf(a, "%s is set, but is no setting of scanstep%s%s%s",
		    arena_text(a, name), meant != NULL ? "; did you mean " : "",
		    meant != NULL ? meant : "", meant != NULL ? "?" : "");
	}
	*ret = list;
	return n;
}
