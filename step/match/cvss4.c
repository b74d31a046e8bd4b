/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss4.c - CVSS 4.0 scores, threat and environmental metrics included
 *
 *      AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/CR:H/MAV:L
 *
 * A vector belongs to one of 270 macro vectors: a digit for each of six groups of metrics, 0
 * the worst. Each has its score (scores[]). Within it the score sinks by how far the vector lies from
 * the worst one of its macro vector, group by group, as a part of the way to the next
 * lower macro vector of that group; the mean of these parts is taken off.
 *
 * The specification measures that distance from whichever of several worst vectors is nowhere
 * better than the vector. All worst vectors of a group lie equally many steps from the top, so
 * here a distance is the vector's steps less theirs (struct group.worst).
 *
 * Everything is counted in whole tenths and 2520ths of them (2520 is a multiple of each
 * depth), so that halves round up exactly.
 *
 * Spec: https://www.first.org/cvss/v4-0/specification-document (sections 2 to 8)
 */
#include "step/match/cvss_metrics.h"

#include <string.h>

/* Places in the table, which is in the order that the specification prescribes. */
enum {
	M_AV,
	M_AC,
	M_AT,
	M_PR,
	M_UI,
	M_VC,
	M_VI,
	M_VA,
	M_SC,
	M_SI,
	M_SA,
	M_E,
	M_CR,
	M_IR,
	M_AR,
	M_MODIFIED, /* MAV, then the other ten in the order of AV to SA */
};

/*
 * Values in the order of their steps from the worst. Not defined (X) comes first where it
 * may stand; behind it a modified metric has its base metric's values.
 */
static const struct metric metrics[] = {
	{ "AV", "N A L P", true },
	{ "AC", "L H", true },
	{ "AT", "N P", true },
	{ "PR", "N L H", true },
	{ "UI", "N P A", true },
	{ "VC", "H L N", true },
	{ "VI", "H L N", true },
	{ "VA", "H L N", true },
	{ "SC", "H L N", true },
	{ "SI", "H L N", true },
	{ "SA", "H L N", true },
	{ "E", "X A P U", false },
	{ "CR", "X H M L", false },
	{ "IR", "X H M L", false },
	{ "AR", "X H M L", false },
	{ "MAV", "X N A L P", false },
	{ "MAC", "X L H", false },
	{ "MAT", "X N P", false },
	{ "MPR", "X N L H", false },
	{ "MUI", "X N P A", false },
	{ "MVC", "X H L N", false },
	{ "MVI", "X H L N", false },
	{ "MVA", "X H L N", false },
	{ "MSC", "X H L N", false },
	{ "MSI", "X H L N S", false },
	{ "MSA", "X H L N S", false },
	{ "S", "X N P", false },
	{ "AU", "X N Y", false },
	{ "R", "X A U I", false },
	{ "V", "X D C", false },
	{ "RE", "X L M H", false },
	{ "U", "X Clear Green Amber Red", false },
};

/* Values by their place. */
enum {
	TOP = 0, /* the worst: N or L of AV to UI, H of VC to AR, A of E */
	AV_P = 3,
	IMPACT_NONE = 2, /* of VC to SA */
	SAFETY = 3,      /* of MSI and MSA */
};

enum {
	UNIT = 2520 /* parts of a tenth: every depth below divides it */
};

/* The groups of metrics that a macro vector has a digit for; the third and sixth are one here. */
enum {
	G_EXPLOITABILITY, /* EQ1: AV PR UI */
	G_COMPLEXITY,     /* EQ2: AC AT */
	G_VULNERABLE,     /* EQ3 and EQ6: VC VI VA CR IR AR; levels 00 01 10 11 21 */
	G_SUBSEQUENT,     /* EQ4: SC SI SA */
	G_THREAT,         /* EQ5: E */
	GROUPS
};

struct group {
	int levels;
	int worst[5]; /* by level: steps of its worst vectors from the top */
	int depth[5]; /* by level: steps from these to its best vector, and one */
};

static const struct group groups[GROUPS] = {
	[G_EXPLOITABILITY] = { 3, { 0, 1, 3 }, { 1, 4, 5 } },
	[G_COMPLEXITY] = { 2, { 0, 1 }, { 1, 2 } },
	[G_VULNERABLE] = { 5, { 0, 3, 1, 3, 3 }, { 7, 6, 8, 8, 10 } },
	[G_SUBSEQUENT] = { 3, { 1, 3, 6 }, { 6, 5, 4 } },
	[G_THREAT] = { 3, { 0, 1, 2 }, { 1, 1, 1 } },
};

/* In tenths, by EQ1 and EQ2, then EQ3 and EQ6, then EQ4 and EQ5. */
static const unsigned char scores[6][5][9] = {
	{
	    { 100, 98, 95, 100, 93, 91, 93, 89, 81 },
	    { 99, 95, 92, 96, 87, 81, 90, 80, 68 },
	    { 98, 95, 90, 93, 89, 81, 88, 78, 69 },
	    { 95, 92, 84, 92, 81, 65, 80, 70, 48 },
	    { 92, 82, 72, 79, 69, 50, 69, 55, 27 },
	},
	{
	    { 99, 95, 92, 95, 90, 84, 92, 82, 72 },
	    { 97, 92, 85, 91, 83, 71, 81, 71, 53 },
	    { 95, 92, 85, 92, 80, 70, 84, 71, 50 },
	    { 93, 85, 73, 82, 72, 59, 70, 52, 30 },
	    { 86, 75, 52, 71, 52, 29, 63, 29, 17 },
	},
	{
	    { 98, 94, 91, 94, 86, 77, 87, 74, 63 },
	    { 95, 87, 81, 89, 74, 64, 75, 63, 49 },
	    { 94, 88, 76, 86, 74, 59, 72, 57, 52 },
	    { 89, 77, 67, 76, 58, 50, 57, 52, 25 },
	    { 83, 70, 54, 65, 58, 26, 53, 21, 13 },
	},
	{
	    { 95, 88, 76, 90, 75, 61, 77, 68, 52 },
	    { 90, 76, 70, 77, 62, 53, 66, 59, 30 },
	    { 89, 76, 62, 74, 57, 47, 61, 57, 24 },
	    { 78, 67, 58, 59, 57, 23, 52, 29, 16 },
	    { 71, 59, 30, 58, 26, 15, 23, 13, 6 },
	},
	{
	    { 93, 86, 75, 86, 74, 56, 70, 52, 40 },
	    { 87, 72, 58, 74, 61, 34, 54, 40, 22 },
	    { 85, 74, 62, 72, 55, 46, 53, 34, 19 },
	    { 75, 55, 51, 57, 41, 19, 36, 19, 8 },
	    { 64, 51, 20, 47, 21, 11, 24, 9, 4 },
	},
	{
	    { 88, 73, 60, 73, 59, 41, 54, 45, 20 },
	    { 75, 53, 50, 55, 40, 20, 43, 22, 11 },
	    { 75, 58, 40, 61, 48, 20, 46, 17, 8 },
	    { 55, 45, 21, 51, 18, 9, 18, 7, 2 },
	    { 53, 24, 14, 24, 12, 5, 10, 3, 1 },
	},
};

static int
score_of(const int level[GROUPS])
{
	return scores[level[G_EXPLOITABILITY] * 2 + level[G_COMPLEXITY]][level[G_VULNERABLE]]
		     [level[G_SUBSEQUENT] * 3 + level[G_THREAT]];
}

/*
 * The values that count, from AV to AR and without X: the modified one where there is one,
 * the worst where a metric is not defined.
 */
static void
resolve(const int chosen[METRICS_MAX], int ret[M_MODIFIED])
{
	for (size_t i = M_AV; i <= M_SA; i++) {
		int modified = chosen[M_MODIFIED + i];

		ret[i] = modified > 0 ? modified - 1 : chosen[i];
	}
	for (size_t i = M_E; i <= M_AR; i++)
		ret[i] = chosen[i] > 0 ? chosen[i] - 1 : TOP;
}

static int
vulnerable_level(const int m[M_MODIFIED])
{
	bool c = m[M_VC] == TOP, i = m[M_VI] == TOP, a = m[M_VA] == TOP;
	bool required = (c && m[M_CR] == TOP) || (i && m[M_IR] == TOP) || (a && m[M_AR] == TOP);

	if (!c && !i && !a)
		return 4;
	return (c && i ? 0 : 2) + (required ? 0 : 1);
}

static void
find_levels(const int m[M_MODIFIED], int ret[GROUPS])
{
	int open = (m[M_AV] == TOP) + (m[M_PR] == TOP) + (m[M_UI] == TOP);
	bool high = m[M_SC] == TOP || m[M_SI] == TOP || m[M_SA] == TOP;
	bool safety = m[M_SI] == SAFETY || m[M_SA] == SAFETY;

	ret[G_EXPLOITABILITY] = open == 3 ? 0 : open == 0 || m[M_AV] == AV_P ? 2 : 1;
	ret[G_COMPLEXITY] = m[M_AC] == TOP && m[M_AT] == TOP ? 0 : 1;
	ret[G_VULNERABLE] = vulnerable_level(m);
	ret[G_SUBSEQUENT] = safety ? 0 : high ? 1 : 2;
	ret[G_THREAT] = m[M_E];
}

/* Above H there is S, in SC only in name. */
static int
subsequent_steps(int value)
{
	return value == SAFETY ? 0 : value + 1;
}

/* How many steps each group of the vector lies below the worst one of its level. */
static void
find_distances(const int m[M_MODIFIED], const int level[GROUPS], int ret[GROUPS])
{
	ret[G_EXPLOITABILITY] = m[M_AV] + m[M_PR] + m[M_UI];
	ret[G_COMPLEXITY] = m[M_AC] + m[M_AT];
	ret[G_VULNERABLE] = m[M_VC] + m[M_VI] + m[M_VA] + m[M_CR] + m[M_IR] + m[M_AR];
	ret[G_SUBSEQUENT] =
	    subsequent_steps(m[M_SC]) + subsequent_steps(m[M_SI]) + subsequent_steps(m[M_SA]);
	ret[G_THREAT] = m[M_E];
	for (size_t g = 0; g < GROUPS; g++)
		ret[g] -= groups[g].worst[level[g]];
}

static int
score_with(const int level[GROUPS], size_t g, int other)
{
	int changed[GROUPS];

	memcpy(changed, level, sizeof(changed));
	changed[g] = other;
	return score_of(changed);
}

/* The score one level lower in this group, or negative if there is none; the higher of two ways down. */
static int
next_lower(const int level[GROUPS], size_t g)
{
	int here = level[g], a, b;

	if (here + 1 == groups[g].levels)
		return -1;
	if (g != G_VULNERABLE || here == 3)
		return score_with(level, g, here + 1);
	if (here > 0) /* 01 and 10 both lead to 11 */
		return score_with(level, g, 3);
	a = score_with(level, g, 1);
	b = score_with(level, g, 2);
	return a > b ? a : b;
}

static bool
is_harmless(const int m[M_MODIFIED])
{
	for (size_t i = M_VC; i <= M_SA; i++)
		if (m[i] != IMPACT_NONE)
			return false;
	return true;
}

double
cvss4_score(struct str vector)
{
	int chosen[METRICS_MAX], m[M_MODIFIED], level[GROUPS], distance[GROUPS];
	int score, sum = 0, ways = 0, unit;

	if (!metrics_parse(vector, metrics, ARRAY_LEN(metrics), true, chosen))
		return -1;
	resolve(chosen, m);
	if (is_harmless(m))
		return 0;
	find_levels(m, level);
	find_distances(m, level, distance);
	score = score_of(level);
	for (size_t g = 0; g < GROUPS; g++) {
		int lower = next_lower(level, g);

		if (lower < 0)
			continue;
		ways++;
		sum += (score - lower) * distance[g] * (UNIT / groups[g].depth[level[g]]);
	}
	if (ways == 0)
		return (double)score / 10;
	unit = UNIT * ways;
	score = (2 * (score * unit - sum) + unit) / (2 * unit);
	return (double)score / 10;
}
