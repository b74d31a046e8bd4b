/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss_vector.c - which CVSS vectors readers can score
 *
 *      AV:N/AC:L/Au:N/C:P/I:P/A:P                      2.0, bare
 *      CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H    3.0 and 3.1
 *
 * Spec: https://www.first.org/cvss/v2/guide, https://www.first.org/cvss/v3-1/specification-document
 *
 * One vector that its schema does not know, a 4.0 one for instance, and GitLab refuses the whole
 * report; DefectDojo fails on one that cannot be scored. So we ask for every base metric, none twice. So a vector is also within the 128 bytes of the schema.
 */
#include "formatters/cvss_vector.h"

#include <string.h>

struct metric {
	const char *name;
	const char *values; /* with blanks between them */
};

/* The base metrics come first. */
static const struct metric metrics2[] = {
	{ "AV", "N A L" },
	{ "AC", "L M H" },
	{ "Au", "M S N" },
	{ "C", "N P C" },
	{ "I", "N P C" },
	{ "A", "N P C" },
	{ "E", "U POC F H ND" },
	{ "RL", "OF TF W U ND" },
	{ "RC", "UC UR C ND" },
	{ "CDP", "N L LM MH H ND" },
	{ "TD", "N L M H ND" },
	{ "CR", "L M H ND" },
	{ "IR", "L M H ND" },
	{ "AR", "L M H ND" },
};

static const struct metric metrics3[] = {
	{ "AV", "N A L P" },
	{ "AC", "L H" },
	{ "PR", "N L H" },
	{ "UI", "N R" },
	{ "S", "U C" },
	{ "C", "N L H" },
	{ "I", "N L H" },
	{ "A", "N L H" },
	{ "E", "X U P F H" },
	{ "RL", "X O T W U" },
	{ "RC", "X U R C" },
	{ "CR", "X L M H" },
	{ "IR", "X L M H" },
	{ "AR", "X L M H" },
	{ "MAV", "X N A L P" },
	{ "MAC", "X L H" },
	{ "MPR", "X N L H" },
	{ "MUI", "X N R" },
	{ "MS", "X U C" },
	{ "MC", "X N L H" },
	{ "MI", "X N L H" },
	{ "MA", "X N L H" },
};

static bool
has_value(const struct metric *m, struct str value)
{
	struct str rest = str_of(m->values);

	while (rest.len > 0)
		if (str_compare(str_cut(&rest, ' '), value) == 0)
			return true;
	return false;
}

static bool
is_scored(struct str vector, const struct metric *table, size_t n, size_t nbase)
{
	uint32_t seen = 0, base = (UINT32_C(1) << nbase) - 1;

	if (str_ends(vector, "/"))
		return false;
	while (vector.len > 0) {
		struct str value = str_cut(&vector, '/');
		struct str name = str_cut(&value, ':');
		size_t i = 0;

		while (i < n && !str_is(name, table[i].name))
			i++;
		if (i == n || (seen >> i & 1) || !has_value(&table[i], value))
			return false;
		seen |= UINT32_C(1) << i;
	}
	return (seen & base) == base;
}

/* As feeds write 2.0: bare, in brackets, or with the prefix that later versions have. */
static struct str
bare2(struct str vector)
{
	if (str_starts(vector, "CVSS:2.0/"))
		vector = str_skip(vector, strlen("CVSS:2.0/"));
	if (str_starts(vector, "(") && str_ends(vector, ")")) {
		vector = str_skip(vector, 1);
		vector.len--;
	}
	return vector;
}

char *
scored_vector(struct arena *a, const char *vector)
{
	struct str v = str_of(vector), bare = bare2(v);

	if (is_scored(bare, metrics2, ARRAY_LEN(metrics2), 6))
		return arena_text(a, bare);
	if (!str_starts(v, "CVSS:3.0/") && !str_starts(v, "CVSS:3.1/"))
		return NULL;
	bare = str_skip(v, strlen("CVSS:3.1/"));
	return is_scored(bare, metrics3, ARRAY_LEN(metrics3), 8) ? arena_text(a, v) : NULL;
}
