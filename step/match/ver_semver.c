/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ver_semver.c - Semantic Versioning, as npm and as Go use it
 *
 *      major.minor.patch[-prerelease][+build]         1.4.0-rc.1+exp.sha.5114f85
 *
 * Numbers sort by value, a version with a prerelease before the one without; of prereleases
 * the identifiers between the dots count: numbers by value, before all others, those by byte, and
 * more of them sort higher. The build does not count.
 *
 * Two rows read it as loosely as the registries do: blanks around, any mix of "v", "=" and
 * blanks in front, leading zeros, and a prerelease without its dash (1.2.3beta, and, as node's
 * pattern has it, 1.2.34.5 for 1.2.3-4.5; 1.2.3.4 is not valid). "semver" is Go's too, where
 * minor and patch may be missing (v1 is v1.0.0); npm wants all three. Numbers may have any
 * length, where node stops at 2^53 - 1.
 *
 * Spec: https://semver.org/spec/v2.0.0.html, https://github.com/npm/node-semver (loose),
 * https://pkg.go.dev/golang.org/x/mod/semver
 */
#include "step/match/ver.h"

struct parts {
	struct str numbers[3]; /* empty where missing */
	struct str prerelease; /* or empty */
};

static bool
is_prefix(char c)
{
	return c == 'v' || c == '=' || c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_identifier(char c)
{
	return ver_is_digit(c) || ver_is_letter(c) || c == '-';
}

static bool
is_identifier_or_dot(char c)
{
	return is_identifier(c) || c == '.';
}

/* Takes identifiers with single dots between them off. */
static bool
take_identifiers(struct str *rest, struct str *ret)
{
	struct str all = ver_take(rest, is_identifier_or_dot);

	if (all.len == 0 || all.ptr[0] == '.' || all.ptr[all.len - 1] == '.')
		return false;
	for (size_t i = 1; i < all.len; i++)
		if (all.ptr[i] == '.' && all.ptr[i - 1] == '.')
			return false;
	*ret = all;
	return true;
}

/* How many of the three numbers are there, the others being empty; rest begins behind the last. */
static size_t
take_numbers(struct str *rest, struct str ret[3])
{
	for (size_t i = 0; i < 3; i++)
		ret[i] = STR("");
	for (size_t i = 0; i < 3; i++) {
		struct str left = *rest;

		if (i > 0 && !str_starts(left, "."))
			return i;
		if (i > 0)
			left = str_skip(left, 1);
		ret[i] = ver_digits(&left);
		if (ret[i].len == 0)
			return i;
		*rest = left;
	}
	return 3;
}

/* The dash that introduces a prerelease is none if nothing but it could be the identifier. */
static bool
takes_dash(struct str rest)
{
	return rest.len > 1 && rest.ptr[0] == '-' && is_identifier(rest.ptr[1]);
}

/* Takes the prerelease behind n numbers off, if there is one. */
static bool
take_prerelease(struct str *rest, size_t n, struct parts *p)
{
	struct str *patch = &p->numbers[2];

	if (rest->len == 0 || rest->ptr[0] == '+')
		return true;
	if (takes_dash(*rest)) {
		*rest = str_skip(*rest, 1);
	} else if (n < ARRAY_LEN(p->numbers)) {
		return false;
	} else if (rest->ptr[0] == '.' && patch->len > 1) {
		patch->len--;
		*rest = (struct str){ rest->ptr - 1, rest->len + 1 };
	}
	return take_identifiers(rest, &p->prerelease);
}

/* False if v is not valid, or has fewer numbers than least. */
static bool
parse(struct str v, size_t least, struct parts *ret)
{
	struct str build;
	size_t n;

	ret->prerelease = STR("");
	v = str_trim(v);
	(void)ver_take(&v, is_prefix);
	n = take_numbers(&v, ret->numbers);
	if (n < least || !take_prerelease(&v, n, ret))
		return false;
	if (v.len == 0)
		return true;
	if (v.ptr[0] != '+')
		return false;
	v = str_skip(v, 1);
	return take_identifiers(&v, &build) && v.len == 0;
}

static int
compare_identifiers(struct str a, struct str b)
{
	struct str left_a = a, left_b = b;
	bool number_a, number_b;

	(void)ver_digits(&left_a);
	(void)ver_digits(&left_b);
	number_a = left_a.len == 0;
	number_b = left_b.len == 0;
	if (number_a != number_b)
		return number_a ? -1 : 1;
	return number_a ? ver_compare_digits(a, b) : str_compare(a, b);
}

static int
compare_prereleases(struct str a, struct str b)
{
	if (a.len == 0 || b.len == 0)
		return (a.len == 0) - (b.len == 0);
	while (a.len > 0 && b.len > 0) {
		int r = compare_identifiers(str_cut(&a, '.'), str_cut(&b, '.'));

		if (r != 0)
			return r;
	}
	return (a.len > 0) - (b.len > 0);
}

static int
compare(struct str a, struct str b)
{
	struct parts pa, pb;

	(void)parse(a, 1, &pa);
	(void)parse(b, 1, &pb);
	for (size_t i = 0; i < ARRAY_LEN(pa.numbers); i++) {
		int r = ver_compare_digits(pa.numbers[i], pb.numbers[i]);

		if (r != 0)
			return r;
	}
	return compare_prereleases(pa.prerelease, pb.prerelease);
}

static bool
npm_valid(struct str v)
{
	struct parts p;

	return parse(v, 3, &p);
}

static bool
semver_valid(struct str v)
{
	struct parts p;

	return parse(v, 1, &p);
}

const struct version_ops version_npm = {
	.name = "npm",
	.spec = "https://github.com/npm/node-semver",
	.valid = npm_valid,
	.compare = compare,
};

const struct version_ops version_semver = {
	.name = "semver",
	.spec = "https://semver.org/spec/v2.0.0.html",
	.valid = semver_valid,
	.compare = compare,
};
