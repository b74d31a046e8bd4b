/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_text.c - the escaper of Markdown
 *
 * Spec: https://github.github.com/gfm/ (2.5 entities, 4.10 tables, 6.9 and 6.12 autolinks, 6.10
 * raw HTML), https://docs.gitlab.com/user/markdown/ (references)
 *
 * Against the syntax every character of prose that could be part of it becomes a numeric entity. A
 * backslash would do as well, but for the vertical bar: a table's cells are split before it is
 * looked at, and readers differ in what "\\|" is.
 *
 * That does not help against what is done to the rendered text: both sites look in it for
 * mentions (@team), references (#1, !1, ~label, %milestone, $snippet, &epic), emoji (:x:),
 * addresses and commits, entities or not. They leave code alone, so words that may be such a thing
 * are code spans; names, versions and paths are always. An element <code> would not do: GitHub's
 * parser makes links of the addresses in it.
 *
 * What cannot be seen is shown as its number, \x1b or \u202e. A backtick would end a code span and a
 * vertical bar its cell, and "##" is what CI runners obey: they are entities between two spans.
 */
#include "formatters/markdown_text.h"

#include "formatters/wording.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"

enum {
	GROWTH =
	    8, /* bytes that one becomes at most: an entity with a number, or between two spans */
	COMMIT_LEAST = 7, /* digits of an abbreviated commit */
};

/* A line in the making, with room for all that its text can become. */
struct line {
	char *text;
	size_t len, size;
};

static struct line
line_for(struct arena *a, const char *text)
{
	size_t size = strlen(text) * GROWTH + GROWTH;

	return (struct line){ arena_alloc(a, size + 1), 0, size };
}

static void
add(struct line *line, const char *bytes, size_t len)
{
	if (len > line->size - line->len)
		return; /* cannot be */
	memcpy(line->text + line->len, bytes, len);
	line->len += len;
}

static void
add_text(struct line *line, const char *text)
{
	add(line, text, strlen(text));
}

/* ASCII that nothing is made of in the middle of a line. A colon's neighbours decide: is_reference(). */
static bool
is_plain(int32_t c)
{
	return c < 0x80 && (isalnum((int)c) || strchr(" ,.;'\"()/-+=?", (int)c));
}

static void
add_entity(struct line *line, int32_t c)
{
	char entity[16];

	snprintf(entity, sizeof(entity), "&#%d;", (int)c);
	add_text(line, entity);
}

static bool
is_unseen(int32_t c)
{
	return c < 0 || utf8_is_control(c) || (c & 0xfffe) == 0xfffe;
}

/* In prose a colon stays as it is. */
static void
add_prose(struct line *line, struct str s, bool with_colon)
{
	const char *end = s.ptr + s.len;
	char number[UTF8_NUMBER];

	for (const char *at = s.ptr, *next = s.ptr; at < end; at = next) {
		int32_t c = utf8_next(&next);

		if (is_unseen(c)) {
			utf8_number(c, at, number);
			add_entity(line, '\\');
			add_text(line, number + 1);
		} else if (c < 0x80 && !is_plain(c) && !(c == ':' && with_colon)) {
			add_entity(line, c);
		} else {
			add(line, at, (size_t)(next - at));
		}
	}
}

static void
add_code(struct line *line, struct str s)
{
	const char *end = s.ptr + s.len;
	char number[UTF8_NUMBER];
	bool is_open = false, is_mark;
	int32_t c, before = 0;

	for (const char *at = s.ptr, *next = s.ptr; at < end; at = next, before = c) {
		c = utf8_next(&next);
		is_mark = c == '|' || c == '`' || (c == '#' && before == '#');
		if (is_open == is_mark)
			add_text(line, "`");
		is_open = !is_mark;
		if (is_mark) {
			add_entity(line, c);
		} else if (is_unseen(c)) {
			utf8_number(c, at, number);
			add_text(line, number);
		} else {
			add(line, at, (size_t)(next - at));
		}
	}
	add_text(line, is_open ? "`" : "");
}

/* Does s begin with what, which is in lower case? */
static bool
begins(struct str s, const char *what)
{
	size_t i = 0;

	while (what[i] && i < s.len && tolower((unsigned char)s.ptr[i]) == what[i])
		i++;
	return what[i] == '\0';
}

/* GitHub's "GH-1". */
static bool
is_issue(struct str s)
{
	return begins(s, "gh-") && s.len > 3 && isdigit((unsigned char)s.ptr[3]);
}

/* Is there a run of hexadecimal digits, letters and others, as long as a commit's? */
static bool
has_commit(struct str s)
{
	size_t run = 0, letters = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		run = isxdigit(c) ? run + 1 : 0;
		letters = run > 0 ? letters + (isalpha(c) != 0) : 0;
		if (run >= COMMIT_LEAST && letters > 0 && letters < run)
			return true;
	}
	return false;
}

/* Would GitHub or GitLab make a link, a mention, a picture or a formula of the word? */
static bool
is_reference(struct str word)
{
	size_t colons = 0;

	for (size_t i = 0; i < word.len; i++) {
		struct str rest = str_skip(word, i);

		colons += word.ptr[i] == ':';
		if (colons > 1 || begins(rest, "://") || begins(rest, "www."))
			return true;
		if (is_issue(rest) && (i == 0 || !isalnum((unsigned char)word.ptr[i - 1])))
			return true;
		if (i + 1 < word.len && strchr("@#!~$%&^[{", word.ptr[i]))
			return true;
	}
	return has_commit(word);
}

/* A word without the brackets and stops around it, of which nothing is made. */
static struct str
core_of(struct str word)
{
	size_t opened = 0, closed = 0;

	if (word.len > 1 && strchr(",.;:", word.ptr[word.len - 1]))
		word.len--;
	for (size_t i = 0; i < word.len; i++) {
		opened += word.ptr[i] == '(';
		closed += word.ptr[i] == ')';
	}
	for (; word.len > 1 && word.ptr[0] == '(' &&
	       (opened > closed || word.ptr[word.len - 1] == ')');
	     opened--)
		word = str_skip(word, 1);
	for (; word.len > 1 && word.ptr[word.len - 1] == ')' && closed > opened; closed--)
		word.len--;
	return word;
}

char *
markdown_text(struct arena *a, const char *text, size_t max)
{
	const char *at = cut_text(a, text, max);
	struct line line = line_for(a, at);

	for (at += strspn(at, BLANKS); *at; at += strspn(at, BLANKS)) {
		struct str word = { at, strcspn(at, BLANKS) }, core = core_of(word);

		add_text(&line, line.len > 0 ? " " : "");
		if (is_reference(word)) {
			add(&line, at, (size_t)(core.ptr - at));
			add_code(&line, core);
			add(&line, core.ptr + core.len,
			    word.len - core.len - (size_t)(core.ptr - at));
		} else {
			add_prose(&line, word, true);
		}
		at += word.len;
	}
	return line.text;
}

char *
markdown_code(struct arena *a, const char *text, size_t max)
{
	const char *shown = cut_text(a, text, max);
	struct line line = line_for(a, shown);

	add_code(&line, str_of(shown));
	return line.text;
}

/* Within a link nothing is looked for. In an address entities are read: "&copy=" would not stay. */
char *
markdown_link(struct arena *a, const char *text, size_t max, const char *url)
{
	const char *shown = cut_text(a, text, max);
	struct line label = line_for(a, shown), address;

	if (!web_link(url) || !*shown)
		return markdown_text(a, text, max);
	add_prose(&label, str_of(shown), false);
	address = line_for(a, url);
	for (; *url; url++)
		add(&address, *url == '&' ? "&amp;" : url, *url == '&' ? strlen("&amp;") : 1);
	return arena_textf(a, "[%s](<%s>)", label.text, address.text);
}
