/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os_release.c - which distribution and release an image is
 *
 *      PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
 *      VERSION_ID="12"
 *      VERSION_CODENAME=bookworm
 *      ID=debian
 *
 * Assignments as a shell reads them: quotes of both kinds, backslashes,
 * comments; the last of several wins. Nothing is expanded.
 *
 * Debian's testing and sid have no VERSION_ID, and before 2019 no codename
 * either: PRETTY_NAME ends in "trixie/sid" in both. Such an image is taken for
 * testing, which the name before the slash is, unless VERSION_CODENAME says sid.
 *
 * Spec: https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 * Left out: ID_LIKE, VARIANT_ID and all that nothing asks for yet.
 */
#include "step/reader/reader.h"

#include <string.h>

#define LIMIT_VALUE 1024 /* bytes of one value; reports repeat it with every finding */

enum key {
	KEY_ID,
	KEY_VERSION_ID,
	KEY_VERSION_CODENAME,
	KEY_UBUNTU_CODENAME,
	KEY_PRETTY_NAME,
	KEY_COUNT,
};

static const char *const keys[] = {
	[KEY_ID] = "ID",
	[KEY_VERSION_ID] = "VERSION_ID",
	[KEY_VERSION_CODENAME] = "VERSION_CODENAME",
	[KEY_UBUNTU_CODENAME] = "UBUNTU_CODENAME",
	[KEY_PRETTY_NAME] = "PRETTY_NAME",
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Is the backslash at this place one that takes the next character as it is? */
static bool
is_escape(struct str s, size_t i, char quote)
{
	if (s.ptr[i] != '\\' || quote == '\'' || i + 1 == s.len)
		return false;
	return quote == '\0' || s.ptr[i + 1] == '"' || s.ptr[i + 1] == '\\' ||
	       s.ptr[i + 1] == '$' || s.ptr[i + 1] == '`';
}

/*
 * What a shell makes of the right side of an assignment. An unquoted value may
 * have blanks within, as systemd reads it. False if a quote is left open.
 */
static bool
unquote(struct arena *a, struct str s, struct str *ret)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t len = 0;
	char quote = '\0';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (quote == '\0' && c == '#' && i > 0 && is_blank(s.ptr[i - 1]))
			break;
		if (is_escape(s, i, quote))
			out[len++] = s.ptr[++i];
		else if (quote != '\0' && c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else
			out[len++] = c;
	}
	*ret = str_trim((struct str){ out, len });
	return quote == '\0';
}

static int
key_find(struct str name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (str_is(name, keys[i]))
			return (int)i;
	return -1;
}

static void
take_line(struct sink *s, struct str line, unsigned long number, struct str value[KEY_COUNT])
{
	struct str rest = str_trim(line), name;
	int key;

	if (rest.len == 0 || rest.ptr[0] == '#')
		return;
	name = str_cut(&rest, '=');
	key = key_find(name);
	if (key < 0)
		return;
	if (!unquote(s->arena, rest, &value[key])) {
		sink_gap(s, "line %lu: the quote of %s is left open", number, keys[key]);
		value[key] = STR("");
	} else if (value[key].len > LIMIT_VALUE) {
		sink_gap(s, "line %lu: %s is longer than %d bytes", number, keys[key], LIMIT_VALUE);
		value[key] = STR("");
	}
}

static struct str
lower(struct arena *a, struct str s)
{
	char *out = arena_copy(a, s.ptr, s.len);

	for (size_t i = 0; i < s.len; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
	return (struct str){ out, s.len };
}

/* "forky" of "Debian GNU/Linux forky/sid", or "". */
static struct str
testing_codename(struct str pretty)
{
	struct str word = pretty;

	if (!str_ends(word, "/sid"))
		return STR("");
	word.len -= strlen("/sid");
	for (size_t i = word.len; i > 0; i--)
		if (is_blank(word.ptr[i - 1]) || word.ptr[i - 1] == '/')
			return str_skip(word, i);
	return word;
}

static int
os_release_read(const char *path, struct stream *in, struct sink *s, struct err *err)
{
	struct str value[KEY_COUNT], rest, id, codename;
	unsigned long number = 0;

	(void)path;
	for (size_t i = 0; i < KEY_COUNT; i++)
		value[i] = STR("");
	if (stream_whole(in, LIMIT_FIELD, ERR_CONTENT, s->arena, &rest, err) != 0)
		return -1;
	if (str_starts(rest, "\xef\xbb\xbf"))
		rest = str_skip(rest, 3);
	while (rest.len > 0)
		take_line(s, str_line(&rest), ++number, value);

	if (value[KEY_ID].len == 0) {
		sink_gap(s, "no ID says which distribution this is");
		return 0;
	}
	id = lower(s->arena, value[KEY_ID]);
	codename = value[KEY_VERSION_CODENAME];
	if (codename.len == 0)
		codename = value[KEY_UBUNTU_CODENAME];
	if (codename.len == 0 && str_is(id, "debian"))
		codename = testing_codename(value[KEY_PRETTY_NAME]);
	sink_distro(
	    s, id, value[KEY_VERSION_ID], lower(s->arena, codename), value[KEY_PRETTY_NAME]);
	return 0;
}

const struct reader_ops reader_os_release = {
	.name = "os-release",
	.version = 2,
	.paths = (const char *const[]){ "etc/os-release", "usr/lib/os-release", NULL },
	.max_size = LIMIT_FIELD,
	.read = os_release_read,
};
