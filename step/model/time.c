/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.c - points in time as text
 *
 *      2026-11-22T08:00:00Z
 *      2026-11-22
 *
 * Spec: https://www.rfc-editor.org/rfc/rfc3339. Left out: offsets other than Z, fractions
 * and leap seconds; all of ours are written by time_text(). Years 0000 to 9999 of the
 * Gregorian calendar.
 */
#include "step/model/model.h"

#include <string.h>

#define FIRST (INT64_C(-719528) * DAY)     /* 0000-01-01 */
#define LAST  (INT64_C(2932897) * DAY - 1) /* 9999-12-31T23:59:59 */

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t
days_in_month(int64_t year, int64_t month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first of January of that year, 0 or later. */
static int64_t
days_before_year(int64_t year)
{
	int64_t leaps = year > 0 ? (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 : 0;

	return year * 365 + leaps + FIRST / DAY;
}

char *
time_text(struct arena *a, int64_t epoch)
{
	int64_t at = epoch < FIRST ? FIRST : epoch > LAST ? LAST : epoch;
	int64_t day = (at - FIRST) / DAY + FIRST / DAY, second = (at - FIRST) % DAY;
	int64_t year = (day - FIRST / DAY) / 366, month = 1;

	/* Years of 366 days: at most seven too few. */
	while (days_before_year(year + 1) <= day)
		year++;
	day -= days_before_year(year);
	while (day >= days_in_month(year, month))
		day -= days_in_month(year, month++);
	return arena_textf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day + 1,
	    (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* width digits off the text, and the character behind them; a number from least to most. */
static bool
take(struct str *text, size_t width, const char *behind, int64_t least, int64_t most, int64_t *ret)
{
	size_t taken = width + strlen(behind);
	uint64_t number;

	if (text->len < taken ||
	    !str_number((struct str){ text->ptr, width }, UINT64_C(9999), &number) ||
	    !str_starts(str_skip(*text, width), behind))
		return false;
	*ret = (int64_t)number;
	*text = str_skip(*text, taken);
	return *ret >= least && *ret <= most;
}

/* "T08:00:00Z" and no more: the second of the day. */
static bool
take_clock(struct str text, int64_t *ret)
{
	int64_t hour, minute, second;

	if (!str_starts(text, "T"))
		return false;
	text = str_skip(text, 1);
	if (!take(&text, 2, ":", 0, 23, &hour) || !take(&text, 2, ":", 0, 59, &minute) ||
	    !take(&text, 2, "Z", 0, 59, &second) || text.len > 0)
		return false;
	*ret = hour * 3600 + minute * 60 + second;
	return true;
}

bool
time_parse(struct str text, int64_t *ret_epoch)
{
	int64_t year, month, day, days, second = 0;

	if (!take(&text, 4, "-", 0, 9999, &year) || !take(&text, 2, "-", 1, 12, &month) ||
	    !take(&text, 2, "", 1, days_in_month(year, month), &day))
		return false;
	if (text.len > 0 && !take_clock(text, &second))
		return false;
	days = days_before_year(year) + day - 1;
	for (int64_t m = 1; m < month; m++)
		days += days_in_month(year, m);
	*ret_epoch = days * DAY + second;
	return true;
}
