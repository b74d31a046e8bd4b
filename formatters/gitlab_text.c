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

/* What would make Markdown of the byte before it, or HTML: a blank between them undoes it. */
static bool
is_markup(char before, char c)
{
	if (before == ']')
		return c == '(' || c == '[' || c == ':';
	return before == '<' && (c == '/' || c == '!' || c == '?' || (c >= 'a' && c <= 'z') ||
				    (c >= 'A' && c <= 'Z'));
}

/* Only blanks between the end of what is written and the beginning of its line? */
static bool
begins_line(const char *written, const char *end)
{
	while (end > written && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return end == written || end[-1] == '\n';
}

static char *
add_bytes(char *out, const char *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return out + n;
}

/* Decides on what is written, not on what was read: some of that is left out. */
char *
gitlab_markdown(struct arena *a, const char *text, size_t max)
{
	static const char unseen[] = "\xef\xbf\xbd", slash[] = "&#47;";
	const char *front = cut_text(a, text, 2 * max);
	char *copy = arena_alloc(a, strlen(front) * (sizeof(slash) - 1) + 1), *out = copy;
	int32_t c;

	for (const char *at = front, *next = front; (c = utf8_next(&next)) != 0; at = next) {
		if (c == '\r')
			continue;
		if (c != '\n' && c != '\t' && (c < 0 || utf8_is_control(c))) {
			out = add_bytes(out, unseen, sizeof(unseen) - 1);
		} else if (c == '/' && begins_line(copy, out)) {
			out = add_bytes(out, slash, sizeof(slash) - 1);
		} else {
			if (out > copy && is_markup(out[-1], *at))
				*out++ = ' ';
			out = add_bytes(out, at, (size_t)(next - at));
		}
	}
	*out = '\0';
	return cut_text(a, copy, max);
}

char *
gitlab_gap(struct arena *a, const struct gap *g)
{
	return short_line(a, gap_words(a, g), MESSAGE_MAX);
}

char *
gitlab_notice(struct arena *a, const struct notice *n)
{
	char *text = short_line(a, n->text, MESSAGE_MAX);

	if (!text)
		text = short_line(a, n->kind, MESSAGE_MAX);
	return text ? text : arena_textf(a, "A notice without text");
}

bool
gitlab_lists(const struct format_opts *o, const struct finding *f)
{
	return !finding_dismissed(f) && format_lists(o, f);
}
