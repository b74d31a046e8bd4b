/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab_text.c - texts as GitLab may show them
 */
#include "formatters/gitlab.h"
#include "formatters/wording.h"

#include <string.h>

enum {
	MESSAGE_MAX = 1000, /* code points of a message */
};

char *
gitlab_text(struct arena *a, const char *text, size_t max)
{
	struct str line = str_trim(str_of(text ? one_line(a, text) : NULL));

	return line.len > 0 ? cut_text(a, arena_string(a, line), max) : NULL;
}

/* What would make Markdown of the character before it, or HTML: a blank between them undoes it. */
static bool
is_markup(int32_t c, char next)
{
	if (c == ']')
		return next == '(' || next == '[' || next == ':';
	return c == '<' && (next == '/' || next == '!' || next == '?' ||
			       (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
}

char *
gitlab_markdown(struct arena *a, const char *text, size_t max)
{
	static const char unseen[] = "\xef\xbf\xbd";
	char *copy = arena_alloc(a, strlen(text) * 3 + 1), *out = copy;
	int32_t c;

	for (const char *at = text, *next = text; (c = utf8_next(&next)) != 0; at = next) {
		if (c == '\r')
			continue;
		if (c != '\n' && c != '\t' && (c < 0 || utf8_is_control(c))) {
			memcpy(out, unseen, sizeof(unseen) - 1);
			out += sizeof(unseen) - 1;
			continue;
		}
		memcpy(out, at, (size_t)(next - at));
		out += next - at;
		if (is_markup(c, *next))
			*out++ = ' ';
	}
	*out = '\0';
	return cut_text(a, copy, max);
}

char *
gitlab_gap(struct arena *a, const struct gap *g)
{
	return gitlab_text(a, gap_words(a, g), MESSAGE_MAX);
}

char *
gitlab_notice(struct arena *a, const struct notice *n)
{
	char *text = gitlab_text(a, n->text, MESSAGE_MAX);

	if (!text)
		text = gitlab_text(a, n->kind, MESSAGE_MAX);
	return text ? text : arena_textf(a, "A notice without text");
}

bool
gitlab_lists(const struct format_opts *o, const struct finding *f)
{
	return !finding_dismissed(f) && format_lists(o, f);
}
