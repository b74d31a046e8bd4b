/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_match.c - what entries are bound to: patterns of images, globs of paths, package URLs
 *
 *      glob     = segment *("/" segment)
 *      segment  = "**" / *( "*" / "?" / class / "{" glob *("," glob) "}" / "\" char / char )
 *      class    = "[" ["^" / "!"] 1*( char ["-" char] ) "]"
 *
 * In a glob * and ? stay within a name, ** as a whole segment is any number of folders, also none;
 * https://github.com/bmatcuk/doublestar, which Trivy uses. Alternatives become a glob each. Left
 * out, with an error: a slash in a class or behind a backslash. Everything goes back to the last star
 * only, so that the time is at most the product of both lengths.
 *
 * A package URL (step/model/purl.c) is compared part by part, %XX decoded.
 */
#include "step/policy/allowlist.h"

#include <string.h>

#define LIMIT_ALTERNATIVES 64 /* texts that one with braces becomes on the way */

bool
allow_pattern_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* ---- Globs ---- */

/* One character of a glob, with or without a backslash before it; 0 where there is none. */
static int32_t
glob_char(const char **glob)
{
	if (**glob == '\\')
		(*glob)++;
	return **glob == '/' ? 0 : utf8_next(glob);
}

/* The class at *glob, which moves behind it: 1 if it holds c, 0 if not, -1 if it is malformed. */
static int
class_holds(const char **glob, int32_t c)
{
	const char *at = *glob + 1;
	bool is_other = *at == '^' || *at == '!', found = false;

	at += is_other;
	do {
		int32_t least = *at == ']' ? 0 : glob_char(&at), most = least;

		if (*at == '-' && at[1] != ']') {
			at++;
			most = glob_char(&at);
		}
		if (least == 0 || most == 0)
			return -1;
		found = found || (least <= c && c <= most);
	} while (*at != ']');
	*glob = at + 1;
	return found != is_other;
}

/* What is not a star, and one character of a name: both move on if they agree. */
static bool
char_matches(const char **glob, const char **name)
{
	int32_t c;

	if (**glob == '\0' || **glob == '/')
		return false;
	c = utf8_next(name);
	if (**glob == '?') {
		(*glob)++;
		return true;
	}
	if (**glob == '[')
		return class_holds(glob, c) == 1;
	return glob_char(glob) == c;
}

static bool
in_segment(const char *at)
{
	return *at != '\0' && *at != '/';
}

/* One segment of a glob and one name, both up to their slash or end. */
static bool
segment_matches(const char *glob, const char *name)
{
	const char *star = NULL, *from = NULL;

	while (in_segment(name)) {
		const char *next_glob = glob, *next_name = name;

		if (*glob == '*') {
			star = ++glob;
			from = name;
		} else if (char_matches(&next_glob, &next_name)) {
			glob = next_glob;
			name = next_name;
		} else if (star) {
			utf8_next(&from);
			name = from;
			glob = star;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !in_segment(glob);
}

/* The segment behind this one, or NULL. */
static const char *
next_segment(const char *at)
{
	at = strchr(at, '/');
	return at ? at + 1 : NULL;
}

static bool
is_any_folders(const char *segment)
{
	return strncmp(segment, "**", 2) == 0 && !in_segment(segment + 2);
}

bool
allow_glob_matches(const char *glob, const char *path)
{
	const char *behind = NULL, *from = NULL; /* the last ** */
	bool starred = false;

	while (path) {
		if (glob && is_any_folders(glob)) {
			glob = behind = next_segment(glob);
			from = path;
			starred = true;
		} else if (glob && segment_matches(glob, path)) {
			glob = next_segment(glob);
			path = next_segment(path);
		} else if (starred && !behind) {
			return true;
		} else if (starred) {
			from = path = next_segment(from);
			glob = behind;
		} else {
			return false;
		}
	}
	while (glob && is_any_folders(glob))
		glob = next_segment(glob);
	return glob == NULL;
}

/* Moves over a backslash and what is behind it, a class, or any other byte; false: malformed. */
static bool
skip_piece(const char **at)
{
	if (**at == '[')
		return class_holds(at, 0) >= 0;
	if (**at == '\\')
		return glob_char(at) != 0;
	(*at)++;
	return true;
}

static const char *
find_open(const char *text)
{
	while (*text && *text != '{')
		if (!skip_piece(&text))
			return NULL;
	return text;
}

/* One alternative off *at, which moves behind its comma or, with ret_last, its brace; false: there is no brace. */
static bool
take_alternative(const char **at, struct str *ret, bool *ret_last)
{
	const char *begin = *at, *p = *at;

	for (unsigned depth = 0; *p && (depth > 0 || (*p != ',' && *p != '}'));) {
		depth += *p == '{';
		depth -= *p == '}';
		if (!skip_piece(&p))
			return false;
	}
	*ret = (struct str){ begin, (size_t)(p - begin) };
	*ret_last = *p == '}';
	*at = p + (*p != '\0');
	return *p != '\0';
}

static const char *
braces_end(const char *at)
{
	struct str one;
	bool last = false;

	while (!last)
		if (!take_alternative(&at, &one, &last))
			return NULL;
	return at;
}

static int
malformed(const char *text, struct err *err)
{
	return err_set(
	    err, ERR_USAGE, "'%s' is no pattern for paths: a [, { or \\ without its end", text);
}

/* A text more; the list ends with a NULL that does not count. */
static void
put(struct arena *a, const char *text, const char ***list, size_t *n)
{
	*list = arena_grow(a, *list, *n, sizeof(**list));
	(*list)[(*n)++] = text;
	*list = arena_grow(a, *list, *n, sizeof(**list));
	(*list)[*n] = NULL;
}

/* Texts that have braces yet, the last one first. */
struct todo {
	const char *list[LIMIT_ALTERNATIVES];
	size_t n;
	size_t made; /* in all */
};

/* A text for each alternative of the brace at open in whole. */
static int
expand(struct arena *a, const char *whole, const char *open, struct todo *todo, struct err *err)
{
	const char *at = open + 1, *end = braces_end(at);
	struct str one;
	bool last = false;

	if (!end)
		return malformed(whole, err);
	while (!last && take_alternative(&at, &one, &last)) {
		if (todo->made++ == LIMIT_ALTERNATIVES)
			return err_set(err, ERR_USAGE, "'%s' has too many alternatives", whole);
		todo->list[todo->n++] = arena_textf(
		    a, "%.*s%.*s%s", (int)(open - whole), whole, (int)one.len, one.ptr, end);
	}
	return 0;
}

int
allow_globs_add(struct arena *a, const char *text, const char ***list, size_t *n, struct err *err)
{
	struct todo todo = { .list = { text }, .n = 1 };

	if (strlen(text) > LIMIT_PATTERN)
		return err_set(
		    err, ERR_USAGE, "a path is longer than the limit of %d bytes", LIMIT_PATTERN);
	while (todo.n > 0) {
		const char *whole = todo.list[--todo.n], *open = find_open(whole);

		if (!open)
			return malformed(text, err);
		if (*open == '\0')
			put(a, whole, list, n);
		else if (expand(a, whole, open, &todo, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- Package URLs ---- */

/* One byte off s, %XX decoded; a % that begins none is itself. */
static int
take_byte(struct str *s)
{
	int byte = percent_next(s);

	return byte < 0 ? '%' : byte;
}

/* In the arena; s itself where nothing is encoded. */
static struct str
decode(struct str s, struct arena *a)
{
	struct str ret = s;
	char *bytes;

	if (s.len == 0 || !memchr(s.ptr, '%', s.len))
		return s;
	bytes = arena_alloc(a, s.len);
	for (ret = (struct str){ bytes, 0 }; s.len > 0; ret.len++)
		bytes[ret.len] = (char)take_byte(&s);
	return ret;
}

struct allow_purl
allow_purl_cut(const char *purl, struct arena *a)
{
	struct allow_purl p = { .subpath = str_of(purl) };
	const char *at = NULL;

	if (str_starts(p.subpath, "pkg:"))
		p.subpath = str_skip(p.subpath, strlen("pkg:"));
	while (str_starts(p.subpath, "/"))
		p.subpath = str_skip(p.subpath, 1);
	p.qualifiers = str_cut(&p.subpath, '#');
	p.name = str_cut(&p.qualifiers, '?');
	p.version = str_skip(p.name, p.name.len);
	/* An @ right behind a slash begins a name: @angular. */
	for (size_t i = p.name.len; i > 1 && !at && p.name.ptr[i - 1] != '/'; i--)
		if (p.name.ptr[i - 1] == '@' && p.name.ptr[i - 2] != '/')
			at = p.name.ptr + i - 1;
	if (at) {
		p.version = str_skip(p.name, (size_t)(at - p.name.ptr) + 1);
		p.name.len = (size_t)(at - p.name.ptr);
		p.has_version = true;
	}
	p.name = decode(p.name, a);
	return p;
}

static bool
same_decoded(struct str a, struct str b)
{
	while (a.len > 0 && b.len > 0)
		if (take_byte(&a) != take_byte(&b))
			return false;
	return a.len == b.len;
}

static bool
has_qualifier(struct str qualifiers, struct str wanted)
{
	while (qualifiers.len > 0)
		if (same_decoded(str_cut(&qualifiers, '&'), wanted))
			return true;
	return false;
}

int
allow_purls_add(struct arena *a, const char *text, const char ***list, size_t *n, struct err *err)
{
	struct allow_purl p = allow_purl_cut(text, a);

	if (strlen(text) > LIMIT_PATTERN)
		return err_set(err, ERR_USAGE, "a package URL is longer than the limit of %d bytes",
		    LIMIT_PATTERN);
	if (!str_starts(str_of(text), "pkg:") || !memchr(p.name.ptr, '/', p.name.len) ||
	    str_ends(p.name, "/"))
		return err_set(err, ERR_USAGE,
		    "'%s' is no package URL: pkg:TYPE/NAMESPACE/NAME or pkg:TYPE/NAME", text);
	/* What a template left of "@$VERSION" must not cover all versions. */
	if (p.has_version && p.version.len == 0)
		return err_set(err, ERR_USAGE,
		    "'%s' has an @ and no version behind it: all versions are meant without the @",
		    text);
	put(a, text, list, n);
	return 0;
}

bool
allow_purl_matches(const struct allow_purl *wanted, const struct allow_purl *purl)
{
	struct str qualifiers = wanted->qualifiers;

	if (wanted->name.len != purl->name.len || str_compare(wanted->name, purl->name) != 0 ||
	    (wanted->version.len > 0 && !same_decoded(wanted->version, purl->version)) ||
	    (wanted->subpath.len > 0 && !same_decoded(wanted->subpath, purl->subpath)))
		return false;
	while (qualifiers.len > 0)
		if (!has_qualifier(purl->qualifiers, str_cut(&qualifiers, '&')))
			return false;
	return true;
}
