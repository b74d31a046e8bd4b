/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ver.h - pieces that the version schemes (ver_NAME.c) share
 *
 * Only the files of version schemes include it; all others include version.h.
 */
#ifndef STEP_MATCH_VER_H
#define STEP_MATCH_VER_H

#include "step/match/version.h"

bool ver_is_digit(char c);  /* of ASCII, whatever the locale */
bool ver_is_letter(char c); /* of ASCII */

/* Takes the run of wanted bytes that rest begins with off; it may be empty. */
struct str ver_take(struct str *rest, bool (*wanted)(char c));
struct str ver_digits(struct str *rest);

/* Runs of digits by value, however long: as memcmp(). An empty run is 0. */
int ver_compare_digits(struct str a, struct str b);

/* [epoch:]version[-release], as deb and rpm have it. What is not there is empty. */
struct ver_parts {
	struct str epoch; /* the digits, if any, before the first colon, with nothing else there */
	struct str version; /* up to the last dash */
	struct str release;
	bool has_epoch;
	bool has_release;
};

struct ver_parts ver_split(struct str v);

/*
 * By epoch, version, release. order compares two of the latter; with absent_first a missing release
 * sorts below any, otherwise it is as an empty one.
 */
int ver_compare_parts(
    struct str a, struct str b, int (*order)(struct str a, struct str b), bool absent_first);

#endif
