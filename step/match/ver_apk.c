/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ver_apk.c - versions of Alpine packages
 *
 *      number{.number}[letter]{_suffix[number]}[~hash][-rnumber]      1.2.3a_rc1_git20200101~1f3e-r4
 *
 * Suffixes, in their order: alpha beta pre rc, then a version without one, then cvs svn git
 * hg p. Parts are compared from the left: numbers by value, but the second number and later
 * ones by byte where either has a leading zero; the hash (lower-case hexadecimal) by byte. Where
 * one version has a part of another kind, or ends:
 *
 *      _alpha to _rc  <  the end  <  -r  <  ~hash  <  suffix's number  <  _cvs to _p  <  letter  <  .number
 *
 * Versions that break the grammar are not valid: apk refuses to install them. (Where one
 * is compared all the same, it ends there, just above _rc, as in apk.) What apk 2.14 and 3.0
 * order differently, leading zeros and the hash, follows 3.0.
 *
 * Spec: https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd
 */
#include "step/match/ver.h"

/* Kinds of part, in the order in which they sort when two kinds meet. */
enum kind {
	KIND_PRE, /* _alpha to _rc */
	KIND_INVALID,
	KIND_END,
	KIND_REVISION,
	KIND_HASH,
	KIND_SUFFIX_NUMBER,
	KIND_POST, /* _cvs to _p */
	KIND_LETTER,
	KIND_NUMBER,
	KIND_FIRST, /* the first number */
};

struct part {
	enum kind kind;
	struct str text; /* digits, the letter, the hash or the suffix's name */
	unsigned suffix; /* of KIND_PRE and KIND_POST: its place in suffixes[] */
};

/* In their order. */
static const struct {
	const char *name;
	enum kind kind;
} suffixes[] = {
	{ "alpha", KIND_PRE },
	{ "beta", KIND_PRE },
	{ "pre", KIND_PRE },
	{ "rc", KIND_PRE },
	{ "cvs", KIND_POST },
	{ "svn", KIND_POST },
	{ "git", KIND_POST },
	{ "hg", KIND_POST },
	{ "p", KIND_POST },
};

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_hex(char c)
{
	return ver_is_digit(c) || (c >= 'a' && c <= 'f');
}

static struct part
next_suffix(struct str *rest)
{
	struct part p = { .kind = KIND_INVALID, .text = STR("") };
	struct str name;

	*rest = str_skip(*rest, 1);
	name = ver_take(rest, is_lower);
	for (unsigned i = 0; i < ARRAY_LEN(suffixes); i++)
		if (str_is(name, suffixes[i].name))
			p = (struct part){ suffixes[i].kind, name, i };
	return p;
}

/* A part whose text is the run of wanted bytes behind the first n of rest; it may not be empty. */
static struct part
next_run(struct str *rest, size_t n, bool (*wanted)(char c), enum kind kind)
{
	struct part p;

	*rest = str_skip(*rest, n);
	p.text = ver_take(rest, wanted);
	p.kind = p.text.len > 0 ? kind : KIND_INVALID;
	p.suffix = 0;
	return p;
}

/* The first part; rest is the whole version. */
static struct part
first(struct str *rest)
{
	return next_run(rest, 0, ver_is_digit, KIND_FIRST);
}

/* Behind a number: another one, or the letter. */
static struct part
next_number(struct str *rest)
{
	struct str letter = { rest->ptr, 1 };

	if (str_starts(*rest, "."))
		return next_run(rest, 1, ver_is_digit, KIND_NUMBER);
	if (!is_lower(*letter.ptr))
		return (struct part){ .kind = KIND_INVALID, .text = STR("") };
	*rest = str_skip(*rest, 1);
	return (struct part){ .kind = KIND_LETTER, .text = letter };
}

/* The part behind one of the kind before, which decides what may come. */
static struct part
next(struct str *rest, enum kind before)
{
	if (rest->len == 0)
		return (struct part){ .kind = KIND_END, .text = STR("") };
	if (before != KIND_REVISION && str_starts(*rest, "-r"))
		return next_run(rest, 2, ver_is_digit, KIND_REVISION);
	if (before == KIND_REVISION || before == KIND_HASH)
		return (struct part){ .kind = KIND_INVALID, .text = STR("") };
	if (rest->ptr[0] == '~')
		return next_run(rest, 1, is_hex, KIND_HASH);
	if (rest->ptr[0] == '_')
		return next_suffix(rest);
	if (before == KIND_FIRST || before == KIND_NUMBER)
		return next_number(rest);
	if (before == KIND_PRE || before == KIND_POST)
		return next_run(rest, 0, ver_is_digit, KIND_SUFFIX_NUMBER);
	return (struct part){ .kind = KIND_INVALID, .text = STR("") };
}

static bool
apk_valid(struct str v)
{
	struct part p = first(&v);

	while (p.kind != KIND_INVALID && p.kind != KIND_END)
		p = next(&v, p.kind);
	return p.kind == KIND_END;
}

static int
compare_parts(const struct part *a, const struct part *b)
{
	switch (a->kind) {
	case KIND_PRE:
	case KIND_POST:
		return (int)a->suffix - (int)b->suffix;
	case KIND_NUMBER:
		if (a->text.ptr[0] == '0' || b->text.ptr[0] == '0')
			return str_compare(a->text, b->text);
		return ver_compare_digits(a->text, b->text);
	case KIND_FIRST:
	case KIND_SUFFIX_NUMBER:
	case KIND_REVISION:
		return ver_compare_digits(a->text, b->text);
	case KIND_LETTER:
	case KIND_HASH:
		return str_compare(a->text, b->text);
	case KIND_INVALID:
	case KIND_END:
		break;
	}
	return 0;
}

static int
apk_compare(struct str a, struct str b)
{
	struct part pa = first(&a), pb = first(&b);

	while (pa.kind == pb.kind) {
		int r = compare_parts(&pa, &pb);

		if (r != 0 || pa.kind == KIND_END || pa.kind == KIND_INVALID)
			return r;
		pa = next(&a, pa.kind);
		pb = next(&b, pb.kind);
	}
	return pa.kind < pb.kind ? -1 : 1;
}

const struct version_ops version_apk = {
	.name = "apk",
	.spec =
	    "https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd",
	.valid = apk_valid,
	.compare = apk_compare,
};
