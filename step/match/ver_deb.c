/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ver_deb.c - versions of Debian packages
 *
 *      [epoch:]upstream[-revision]          1:2.30.2-1+deb11u2~bpo10+1
 *
 * The epoch is a number up to 2147483647, absent = 0; the revision follows the last dash,
 * absent = empty, which equals "0". Upstream and revision are compared in turns: a run of
 * other bytes than digits, then a run of digits by value. In the former, '~' sorts before
 * the end, the end before letters, letters before all else.
 *
 * Valid is what dpkg reads from its own database: it refuses a broken epoch, an empty upstream
 * part or revision and blanks, but only frowns upon an upstream part that does not
 * begin with a digit, or on unusual characters: such packages are installed somewhere.
 *
 * Spec: https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html
 */
#include "step/match/ver.h"

#include <string.h>

static bool
is_printable(struct str v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~')
			return false;
	return true;
}

static bool
deb_valid(struct str v)
{
	struct ver_parts p = ver_split(v);

	if (!is_printable(v) || p.version.len == 0)
		return false;
	if (p.has_release && p.release.len == 0)
		return false;
	if (!p.has_epoch) /* a colon has an epoch before it */
		return memchr(v.ptr, ':', v.len) == NULL;
	return p.epoch.len > 0 && ver_compare_digits(p.epoch, STR("2147483647")) <= 0;
}

static int
rank(char c)
{
	if (c == '~')
		return -1;
	if (ver_is_digit(c))
		return 0;
	if (ver_is_letter(c))
		return (unsigned char)c;
	return (unsigned char)c + 256;
}

/* The next byte of a run of non-digits is taken off; a digit and the end are not, and rank 0. */
static int
next_rank(struct str *s)
{
	int r = s->len > 0 ? rank(s->ptr[0]) : 0;

	if (r != 0)
		*s = str_skip(*s, 1);
	return r;
}

static int
compare_part(struct str a, struct str b)
{
	while (a.len > 0 || b.len > 0) {
		int ra, rb, r;

		do {
			ra = next_rank(&a);
			rb = next_rank(&b);
			if (ra != rb)
				return ra - rb;
		} while (ra != 0);
		r = ver_compare_digits(ver_digits(&a), ver_digits(&b));
		if (r != 0)
			return r;
	}
	return 0;
}

static int
deb_compare(struct str a, struct str b)
{
	return ver_compare_parts(a, b, compare_part, false);
}

const struct version_ops version_deb = {
	.name = "deb",
	.spec = "https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html",
	.valid = deb_valid,
	.compare = deb_compare,
};
