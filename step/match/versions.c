/* SPDX-License-Identifier: Apache-2.0 */
/*
 * versions.c - TABLE of version schemes, and the pieces that they share
 *
 * One row per scheme; nothing else in the program lists them.
 */
#include "step/match/ver.h"

#include <string.h>

extern const struct version_ops version_deb;
extern const struct version_ops version_apk;
extern const struct version_ops version_rpm;
extern const struct version_ops version_npm;
extern const struct version_ops version_semver;

const struct version_ops *const versions[] = {
	&version_deb,
	&version_apk,
	&version_rpm,
	&version_npm,
	&version_semver,
};

const size_t nversions = ARRAY_LEN(versions);

const struct version_ops *
version_find(struct str name)
{
	for (size_t i = 0; i < nversions; i++)
		if (str_is(name, versions[i]->name))
			return versions[i];
	return NULL;
}

struct str
ver_digits(struct str *rest)
{
	return ver_take(rest, ver_is_digit);
}

struct str
ver_take(struct str *rest, bool (*wanted)(char c))
{
	struct str run = { rest->ptr, 0 };

	while (run.len < rest->len && wanted(rest->ptr[run.len]))
		run.len++;
	*rest = str_skip(*rest, run.len);
	return run;
}

bool
ver_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ver_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str
without_zeros(struct str digits)
{
	while (digits.len > 0 && digits.ptr[0] == '0')
		digits = str_skip(digits, 1);
	return digits;
}

int
ver_compare_digits(struct str a, struct str b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
}

struct ver_parts
ver_split(struct str v)
{
	struct ver_parts p = { .epoch = STR(""), .version = v, .release = STR("") };
	struct str rest = v;
	struct str epoch = ver_digits(&rest);

	if (str_starts(rest, ":")) {
		p.has_epoch = true;
		p.epoch = epoch;
		p.version = str_skip(rest, 1);
	}
	for (size_t i = p.version.len; i-- > 0;) {
		if (p.version.ptr[i] != '-')
			continue;
		p.has_release = true;
		p.release = str_skip(p.version, i + 1);
		p.version.len = i;
		break;
	}
	return p;
}

int
ver_compare_parts(
    struct str a, struct str b, int (*order)(struct str a, struct str b), bool absent_first)
{
	struct ver_parts pa = ver_split(a), pb = ver_split(b);
	int r = ver_compare_digits(pa.epoch, pb.epoch);

	if (r == 0)
		r = order(pa.version, pb.version);
	if (r == 0 && absent_first && pa.has_release != pb.has_release)
		r = pa.has_release ? 1 : -1;
	return r != 0 ? r : order(pa.release, pb.release);
}
