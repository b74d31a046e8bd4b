/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss_metrics.c - a CVSS vector taken apart into the values of its metrics
 */
#include "step/match/cvss_metrics.h"

static int
place_of(struct str value, const char *values)
{
	struct str rest = str_of(values);

	for (int i = 0; rest.len > 0; i++)
		if (str_compare(str_cut(&rest, ' '), value) == 0)
			return i;
	return METRIC_ABSENT;
}

static size_t
metric_of(struct str name, const struct metric *table, size_t n)
{
	size_t i = 0;

	while (i < n && !str_is(name, table[i].name))
		i++;
	return i;
}

bool
metrics_parse(
    struct str vector, const struct metric *table, size_t n, bool in_order, int ret[METRICS_MAX])
{
	size_t next = 0;

	for (size_t i = 0; i < METRICS_MAX; i++)
		ret[i] = METRIC_ABSENT;
	if (str_ends(vector, "/"))
		return false;
	while (vector.len > 0) {
		struct str value = str_cut(&vector, '/');
		struct str name = str_cut(&value, ':');
		size_t i = metric_of(name, table, n);

		if (i == n || ret[i] != METRIC_ABSENT || (in_order && i < next))
			return false;
		ret[i] = place_of(value, table[i].values);
		if (ret[i] == METRIC_ABSENT)
			return false;
		next = i + 1;
	}
	for (size_t i = 0; i < n; i++)
		if (table[i].required && ret[i] == METRIC_ABSENT)
			return false;
	return true;
}
