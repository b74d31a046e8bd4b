/* SPDX-License-Identifier: Apache-2.0 */
/*
 * want.c - paths in normal form, and what a path means to the list of wanted ones
 */
#include "step/layer/layer.h"

#include <string.h>

/* Is path the folder whose "*" the pattern asks for, or the pattern itself? */
static bool
covers(const char *pattern, struct str path)
{
	size_t len = strlen(pattern);

	if (len < 2 || strcmp(pattern + len - 2, "/*") != 0)
		return str_is(path, pattern);
	len--;
	return path.len > len && memcmp(path.ptr, pattern, len) == 0 &&
	       !memchr(path.ptr + len, '/', path.len - len);
}

static bool
is_above(struct str path, const char *pattern)
{
	return path.len == 0 ||
	       (strncmp(pattern, path.ptr, path.len) == 0 && pattern[path.len] == '/');
}

enum relevance
want_relevance(const struct want_list *list, struct str path, const struct want **ret_want)
{
	enum relevance relevance = IRRELEVANT;

	for (size_t i = 0; i < list->count; i++) {
		const struct want *want = &list->wants[i];

		if (covers(want->pattern, path)) {
			if (ret_want)
				*ret_want = want;
			return WANTED;
		}
		if (is_above(path, want->pattern))
			relevance = ON_THE_WAY;
	}
	return relevance;
}

const char *
want_as(struct arena *a, const struct want *want, struct str path)
{
	size_t folder = strlen(want->as);
	size_t literal = strlen(want->pattern) - 1;

	if (folder == 0 || want->as[folder - 1] != '*' || want->pattern[literal] != '*')
		return want->as;
	return arena_textf(a, "%.*s%.*s", (int)folder - 1, want->as, (int)(path.len - literal),
	    path.ptr + literal);
}

/* Appends the parts of path to out[0 .. len): the new length, or LIMIT_PATH when it does not fit. */
static size_t
append_parts(char *out, size_t len, struct str path)
{
	while (path.len && len < LIMIT_PATH) {
		struct str part = str_cut(&path, '/');

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			while (len && out[len - 1] != '/')
				len--;
			len -= len > 0;
			continue;
		}
		if (len + 1 + part.len >= LIMIT_PATH)
			return LIMIT_PATH;
		if (len)
			out[len++] = '/';
		memcpy(out + len, part.ptr, part.len);
		len += part.len;
	}
	return len;
}

const char *
path_normal(struct arena *a, struct str base, struct str path)
{
	char out[LIMIT_PATH];
	size_t len = 0;

	if (path.len == 0 || path.ptr[0] != '/')
		len = append_parts(out, 0, base);
	len = append_parts(out, len, path);
	if (len >= LIMIT_PATH)
		return NULL;
	out[len++] = '\0';
	return arena_copy(a, out, len);
}
