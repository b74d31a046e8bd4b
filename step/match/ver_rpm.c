/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ver_rpm.c - versions of RPM packages
 *
 *      [epoch:]version[-release]            1:3.0.7-27.el9_4
 *
 * The epoch is the run of digits before a colon, absent = 0. The release follows the last
 * dash; a missing one sorts below any, an empty one too. Version and release are compared
 * segment by segment: runs of digits by value, runs of letters by byte, all else only
 * separates. Where segments of two kinds meet:
 *
 *      ~  <  the end  <  ^  <  letters  <  digits
 *
 * Anything that is neither empty nor has a blank or control byte is valid: the versions of
 * real packages hold more than rpm's manual allows.
 *
 * Spec: https://rpm-software-management.github.io/rpm/man/rpm-version.7 (rpm 4.18)
 */
#include "step/match/ver.h"

static bool
rpm_valid(struct str v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.ptr[i] <= ' ' || v.ptr[i] == 0x7f)
			return false;
	return v.len > 0;
}

/* What a segment begins with, in the order in which they sort. */
enum segment {
	SEGMENT_TILDE,
	SEGMENT_END,
	SEGMENT_CARET,
	SEGMENT_LETTERS,
	SEGMENT_DIGITS,
};

static bool
separates(char c)
{
	return !ver_is_digit(c) && !ver_is_letter(c) && c != '~' && c != '^';
}

static enum segment
next_segment(struct str *rest, struct str *ret_text)
{
	(void)ver_take(rest, separates);
	if (rest->len == 0)
		return SEGMENT_END;
	if (rest->ptr[0] == '~' || rest->ptr[0] == '^') {
		char mark = rest->ptr[0];

		*rest = str_skip(*rest, 1);
		return mark == '~' ? SEGMENT_TILDE : SEGMENT_CARET;
	}
	*ret_text = ver_digits(rest);
	if (ret_text->len > 0)
		return SEGMENT_DIGITS;
	*ret_text = ver_take(rest, ver_is_letter);
	return SEGMENT_LETTERS;
}

static int
compare_part(struct str a, struct str b)
{
	for (;;) {
		struct str ta = STR(""), tb = STR("");
		enum segment sa = next_segment(&a, &ta), sb = next_segment(&b, &tb);
		int r = 0;

		if (sa != sb)
			return sa < sb ? -1 : 1;
		if (sa == SEGMENT_END)
			return 0;
		if (sa == SEGMENT_DIGITS)
			r = ver_compare_digits(ta, tb);
		else if (sa == SEGMENT_LETTERS)
			r = str_compare(ta, tb);
		if (r != 0)
			return r;
	}
}

static int
rpm_compare(struct str a, struct str b)
{
	return ver_compare_parts(a, b, compare_part, true);
}

const struct version_ops version_rpm = {
	.name = "rpm",
	.spec = "https://rpm-software-management.github.io/rpm/man/rpm-version.7",
	.valid = rpm_valid,
	.compare = rpm_compare,
};
