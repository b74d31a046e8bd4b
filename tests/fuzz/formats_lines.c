/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats_lines.c - the formats that are lines: for people, for logs, for spreadsheets, for dotenv
 */
#include "tests/fuzz/formats.h"

#include <string.h>

static bool
has(struct str s, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= s.len; i++)
		if (memcmp(s.ptr + i, part, len) == 0)
			return true;
	return false;
}

/* Behind one of our own colours, or the text itself. */
static const char *
skip_colour(const char *text)
{
	const char *end;

	if (text[0] != '\x1b' || text[1] != '[')
		return text;
	end = text + 2 + strspn(text + 2, "0123456789;");
	return *end == 'm' ? end + 1 : text;
}

void
check_log(const struct rendered *x, const char *controls, bool commands)
{
	bool coloured = x->o->colour && strcmp(x->name, "table") == 0;
	const char *text = x->text.ptr;
	struct str rest = x->text;
	int32_t c;

	must(x->text.len > 0 && x->text.ptr[x->text.len] == '\0');
	for (;;) {
		while (coloured && skip_colour(text) != text)
			text = skip_colour(text);
		c = utf8_next(&text);
		if (c == 0)
			break;
		must(c > 0); /* valid UTF-8 */
		must(!utf8_is_control(c) || (c < 0x80 && strchr(controls, (int)c)));
	}
	must(text == x->text.ptr + x->text.len); /* no NUL */
	while (rest.len > 0) {
		struct str line = str_trim(str_line(&rest));

		must(commands || !str_starts(line, "::"));
		must(!has(line, "##[") && !has(line, "##vso["));
	}
}

void
check_table(const struct rendered *x)
{
	struct str rest = x->text;

	must(!has(x->text, "##"));
	while (rest.len > 0) {
		const char *first = str_line(&rest).ptr;

		while (*first == ' ' || skip_colour(first) != first)
			first = *first == ' ' ? first + 1 : skip_colour(first);
		must(strncmp(first, "::", 2) != 0);
	}
}

/* Cells of a row of a Markdown table: one in a text is an entity. */
static size_t
count_pipes(struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += line.ptr[i] == '|';
	return n;
}

/* Does this begin one of the tags that are ours, or a link's address? */
static bool
is_own_tag(struct str s)
{
	static const char *const tags[] = { "<details>", "</details>", "<summary>", "</summary>",
		"<https://", "<http://" };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (str_starts(s, tags[i]))
			return true;
	return false;
}

/* One mark of a line or one character, and what belongs to it: returns how long it is. */
static size_t
check_mark(struct str here)
{
	size_t len = 1;

	must(here.ptr[0] != '<' || is_own_tag(here));
	must(!str_starts(here, "![") && (!str_starts(here, "](") || str_starts(here, "](<http")));
	must(here.ptr[0] != '\\'); /* an entity, but in code */
	if (here.ptr[0] != '`')
		return 1;
	while (len < here.len && here.ptr[len] != '`')
		len++;
	must(len > 1 && len < here.len); /* code ends in its line */
	return len + 1;
}

void
check_markdown(const struct rendered *x)
{
	struct str rest = x->text;
	size_t cells = 0;

	must(x->text.len < 900000);
	while (rest.len > 0) {
		struct str line = str_line(&rest);
		bool is_row = str_starts(line, "|");

		must(!str_starts(str_trim(line), "/")); /* GitLab's quick actions */
		must(!is_row || cells == 0 || count_pipes(line) == cells);
		cells = is_row ? count_pipes(line) : 0;
		while (line.len > 0)
			line = str_skip(line, check_mark(line));
	}
}

/* A cell of RFC 4180 at *text, which moves behind it and its comma; the cell's first byte into first. */
static bool
take_cell(struct str *text, char *first)
{
	size_t i = 0;

	*first = '\0';
	if (!str_starts(*text, "\"")) {
		while (i < text->len && text->ptr[i] != ',' && text->ptr[i] != '\r') {
			must(text->ptr[i] != '"' && text->ptr[i] != '\n');
			i++;
		}
		*first = i > 0 ? text->ptr[0] : '\0';
	} else {
		for (i = 1; i < text->len; i++) {
			if (text->ptr[i] != '"')
				continue;
			if (i + 1 == text->len || text->ptr[i + 1] != '"')
				break;
			i++;
		}
		must(i < text->len);
		*first = i > 1 ? text->ptr[1] : '\0';
		i++;
	}
	*text = str_skip(*text, i);
	if (str_starts(*text, ",")) {
		*text = str_skip(*text, 1);
		return true;
	}
	must(str_starts(*text, "\r\n"));
	*text = str_skip(*text, 2);
	return false;
}

void
check_csv(const struct rendered *x)
{
	struct str rest = x->text;
	size_t columns = 0, records = 0;

	while (rest.len > 0) {
		size_t n = 0;
		bool more = true;

		while (more) {
			char first;

			more = take_cell(&rest, &first);
			must(!first || !strchr("=+-@\t\r", first));
			n++;
		}
		columns = columns ? columns : n;
		must(n == columns);
		records++;
	}
	must(columns > 1 && records >= 1 &&
	     records <= x->r->nfindings + x->r->ngaps + x->r->nnotices + 1);
}

/* "::error title=...,file=...::message": the level, or NULL where the line is no command. */
static const char *
take_command(struct str line)
{
	static const char *const levels[] = { "error", "warning", "notice" };
	struct str rest = str_skip(line, 2), head, message;
	size_t level = 0;

	head = str_cut(&rest, ':');
	must(str_starts(rest, ":")); /* no colon in the properties */
	message = str_skip(rest, 1);
	must(message.len <= 4096 && !has(message, "\r"));
	for (size_t i = 0; i < head.len; i++)
		if (head.ptr[i] == '%')
			must(i + 2 < head.len && (has((struct str){ head.ptr + i, 3 }, "%25") ||
						     has((struct str){ head.ptr + i, 3 }, "%2C") ||
						     has((struct str){ head.ptr + i, 3 }, "%3A") ||
						     has((struct str){ head.ptr + i, 3 }, "%0")));
	head = str_cut(&head, ' ');
	while (level < ARRAY_LEN(levels) && !str_is(head, levels[level]))
		level++;
	must(level < ARRAY_LEN(levels));
	return levels[level];
}

void
check_github(const struct rendered *x)
{
	struct str rest = x->text;
	unsigned errors = 0, warnings = 0, notices = 0;

	while (rest.len > 0) {
		struct str line = str_line(&rest);
		const char *level;

		must(str_starts(line, "::") || !str_starts(str_trim(line), "::"));
		if (!str_starts(line, "::"))
			continue;
		level = take_command(line);
		errors += strcmp(level, "error") == 0;
		warnings += strcmp(level, "warning") == 0;
		notices += strcmp(level, "notice") == 0;
	}
	must(errors <= 10 && warnings <= 10 && notices <= 10);
}

void
check_dotenv(const struct rendered *x)
{
	struct str rest = x->text;
	size_t lines = 0;

	must(x->text.len <= 5 * 1024);
	while (rest.len > 0) {
		struct str value = str_line(&rest), key = str_cut(&value, '=');

		must(key.len > 0 && !(key.ptr[0] >= '0' && key.ptr[0] <= '9'));
		for (size_t i = 0; i < key.len; i++)
			must(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", key.ptr[i]));
		for (size_t i = 0; i < value.len; i++)
			must((unsigned char)value.ptr[i] < 0x7f &&
			     !strchr(" \"'`$\\#&;|<>(){}*?[]!~", value.ptr[i]));
		lines++;
	}
	must(lines > 0 && lines <= 20);
}
