/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.c - CVSS 2, 3.0 and 3.1 base scores; the door to 4.0 (cvss4.c)
 *
 *      AV:N/AC:L/Au:N/C:P/I:P/A:P                            version 2, also in parentheses
 *      CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
 *      CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
 *
 * Metrics of 2 and 3 may come in any order, as 3.1 allows; 4.0 prescribes one. Temporal and
 * environmental metrics of 2 and 3 are checked and do not count.
 *
 * Spec: https://www.first.org/cvss/v2/guide, https://www.first.org/cvss/v3-0/specification-document,
 * https://www.first.org/cvss/v3-1/specification-document
 */
#include "step/match/cvss.h"
#include "step/match/cvss_metrics.h"

/* Where the base metrics of 2 and of 3 are in their tables. */
enum {
	V2_AV,
	V2_AC,
	V2_AU,
	V2_C,
	V2_I,
	V2_A
};
enum {
	V3_AV,
	V3_AC,
	V3_PR,
	V3_UI,
	V3_S,
	V3_C,
	V3_I,
	V3_A
};

static const struct metric v2_metrics[] = {
	{ "AV", "L A N", true },
	{ "AC", "H M L", true },
	{ "Au", "M S N", true },
	{ "C", "N P C", true },
	{ "I", "N P C", true },
	{ "A", "N P C", true },
	{ "E", "U POC F H ND", false },
	{ "RL", "OF TF W U ND", false },
	{ "RC", "UC UR C ND", false },
	{ "CDP", "N L LM MH H ND", false },
	{ "TD", "N L M H ND", false },
	{ "CR", "L M H ND", false },
	{ "IR", "L M H ND", false },
	{ "AR", "L M H ND", false },
};

static const struct metric v3_metrics[] = {
	{ "AV", "N A L P", true },
	{ "AC", "L H", true },
	{ "PR", "N L H", true },
	{ "UI", "N R", true },
	{ "S", "U C", true },
	{ "C", "N L H", true },
	{ "I", "N L H", true },
	{ "A", "N L H", true },
	{ "E", "X U P F H", false },
	{ "RL", "X O T W U", false },
	{ "RC", "X U R C", false },
	{ "CR", "X L M H", false },
	{ "IR", "X L M H", false },
	{ "AR", "X L M H", false },
	{ "MAV", "X N A L P", false },
	{ "MAC", "X L H", false },
	{ "MPR", "X N L H", false },
	{ "MUI", "X N R", false },
	{ "MS", "X U C", false },
	{ "MC", "X N L H", false },
	{ "MI", "X N L H", false },
	{ "MA", "X N L H", false },
};

/* In whole numbers, so that halves round up however a machine would store them. */
static double
v2_score(struct str vector)
{
	static const int64_t av[] = { 395, 646, 1000 };
	static const int64_t ac[] = { 350, 610, 710 };
	static const int64_t au[] = { 450, 560, 704 };
	static const int64_t untouched[] = { 1000, 725, 340 }; /* 1 - impact */
	int m[METRICS_MAX];
	int64_t impact, exploitability, score;

	if (!metrics_parse(vector, v2_metrics, ARRAY_LEN(v2_metrics), false, m))
		return -1;
	/* Both in units of 10^-9; the factors of the formula make it 10^-12, then 10^-15. */
	impact = 1000000000 - untouched[m[V2_C]] * untouched[m[V2_I]] * untouched[m[V2_A]];
	exploitability = av[m[V2_AV]] * ac[m[V2_AC]] * au[m[V2_AU]];
	if (impact == 0)
		return 0;
	score = 6246 * impact + 8000 * exploitability - INT64_C(1500000000000);
	score *= 1176;
	score = (score + INT64_C(50000000000000)) / INT64_C(100000000000000);
	return (double)score / 10;
}

/* x up to the next tenth, where less than half of 1/precision above a tenth is none. */
static double
round_up(double x, int64_t precision)
{
	int64_t units = (int64_t)(x * (double)precision + 0.5);
	int64_t tenth = precision / 10;
	int64_t tenths = (units + tenth - 1) / tenth;

	return (double)tenths / 10;
}

static double
power(double x, unsigned n)
{
	double y = 1;

	while (n-- > 0)
		y *= x;
	return y;
}

static double
v3_score(struct str vector, int64_t precision)
{
	static const double av[] = { 0.85, 0.62, 0.55, 0.2 };
	static const double ac[] = { 0.77, 0.44 };
	static const double pr[2][3] = { { 0.85, 0.62, 0.27 }, { 0.85, 0.68, 0.5 } };
	static const double ui[] = { 0.85, 0.62 };
	static const double cia[] = { 0, 0.22, 0.56 };
	int m[METRICS_MAX];
	double iss, impact, exploitability, score;
	bool changed;

	if (!metrics_parse(vector, v3_metrics, ARRAY_LEN(v3_metrics), false, m))
		return -1;
	changed = m[V3_S] == 1;
	iss = 1 - (1 - cia[m[V3_C]]) * (1 - cia[m[V3_I]]) * (1 - cia[m[V3_A]]);
	impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
	if (impact <= 0)
		return 0;
	exploitability = 8.22 * av[m[V3_AV]] * ac[m[V3_AC]] * pr[changed][m[V3_PR]] * ui[m[V3_UI]];
	score = (impact + exploitability) * (changed ? 1.08 : 1);
	return round_up(score > 10 ? 10 : score, precision);
}

double
cvss_score(struct str vector)
{
	if (str_starts(vector, "CVSS:4.0/"))
		return cvss4_score(str_skip(vector, 9));
	if (str_starts(vector, "CVSS:3.1/")) /* its appendix A: to 5 decimals first */
		return v3_score(str_skip(vector, 9), 100000);
	if (str_starts(vector, "CVSS:3.0/")) /* the exact value, without what doubles add */
		return v3_score(str_skip(vector, 9), INT64_C(10000000000));
	if (str_starts(vector, "(") && str_ends(vector, ")"))
		return v2_score((struct str){ vector.ptr + 1, vector.len - 2 });
	return v2_score(vector);
}

enum severity
cvss_severity(double score)
{
	if (score < 0)
		return SEVERITY_UNKNOWN;
	if (score < 0.1)
		return SEVERITY_NEGLIGIBLE;
	if (score < 4)
		return SEVERITY_LOW;
	if (score < 7)
		return SEVERITY_MEDIUM;
	return score < 9 ? SEVERITY_HIGH : SEVERITY_CRITICAL;
}
