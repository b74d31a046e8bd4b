/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diag.c - errors with a kind and a chain; messages with control bytes made visible
 */
#include "step/base/base.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PROGRESS_WIDTH = 70, /* of a narrow terminal: a line that wraps cannot be taken back */
};

static enum say_level shown = SAY_WARNING;
/* Of the last line of the terminal. */
static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;
static bool in_progress; /* a line of progress stands there */

/*
 * Copies text, cut where ret is full, with what a terminal would obey shown as
 * \x1b and bytes that are no UTF-8 as \xff: strangers' text ends up in here. So is the
 * second # in a row, for CI systems obey "##[" and "##vso[" wherever they stand in a line.
 */
static void
make_visible(char *ret, size_t size, const char *text)
{
	int32_t c = 0, before;
	size_t len = 0;

	while (*text) {
		const char *at = text;
		char number[UTF8_NUMBER];
		size_t n;

		before = c;
		c = utf8_next(&text);
		n = (size_t)(text - at);
		if (c < 0 || utf8_is_control(c) || (c == '#' && before == '#')) {
			utf8_number(c, at, number);
			at = number;
			n = strlen(number);
		}
		if (len + n >= size)
			break;
		memcpy(ret + len, at, n);
		len += n;
	}
	ret[len] = '\0';
}

PRINTF_LIKE(3, 0)
static void
format(char *ret, size_t size, const char *fmt, va_list ap)
{
	char raw[1024];

	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	make_visible(ret, size, raw);
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->kind = kind;
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	char front[sizeof(err->text)], whole[2 * sizeof(err->text) + 2];
	va_list ap;

	va_start(ap, fmt);
	format(front, sizeof(front), fmt, ap);
	va_end(ap);
	snprintf(whole, sizeof(whole), "%s: %s", front, err->text);
	make_visible(err->text, sizeof(err->text), whole);
	return -1;
}

int
err_status(const struct err *err)
{
	switch (err->kind) {
	case ERR_USAGE:
		return STATUS_USAGE;
	case ERR_IMAGE:
		return STATUS_IMAGE;
	case ERR_CONTENT:
		return STATUS_INCOMPLETE;
	case ERR_DATABASE:
		return STATUS_DATABASE;
	case ERR_OUTPUT:
		return STATUS_OUTPUT;
	case ERR_NONE:
	case ERR_INTERNAL:
		break;
	}
	return STATUS_INTERNAL;
}

void
say_up_to(enum say_level most)
{
	shown = most;
}

static void
write_line(const char *line, int len)
{
	/* One write, so that lines of several processes do not mix. A stderr that is closed is no trouble. */
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
		return;
}

/* The bytes of text that stand on one line of a narrow terminal: one that wraps cannot be taken back. */
static size_t
progress_len(const char *text)
{
	const char *at = text, *next = text;
	int32_t c;

	for (int columns = 0; (c = utf8_next(&next)) != 0; at = next) {
		columns += c < 0x80 ? 1 : 2; /* some take but one */
		if (columns > PROGRESS_WIDTH)
			break;
	}
	return (size_t)(at - text);
}

/* Over the one before; "" takes it back. The lock is held. */
static void
show_progress(const char *text)
{
	char line[1100];

	if ((*text == '\0' && !in_progress) || shown != SAY_WARNING || !isatty(STDERR_FILENO))
		return;
	in_progress = *text != '\0';
	write_line(
	    line, snprintf(line, sizeof(line), "\r\033[K%.*s", (int)progress_len(text), text));
}

void
say_progress(const char *fmt, ...)
{
	char text[1024] = "";
	va_list ap;

	if (fmt) {
		va_start(ap, fmt);
		format(text, sizeof(text), fmt, ap);
		va_end(ap);
	}
	pthread_mutex_lock(&line_lock);
	show_progress(text);
	pthread_mutex_unlock(&line_lock);
}

void
say(enum say_level level, const char *fmt, ...)
{
	char text[1024], line[1100];
	va_list ap;

	if (level > shown && (level != SAY_STEP || shown != SAY_WARNING || isatty(STDERR_FILENO)))
		return;
	va_start(ap, fmt);
	format(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&line_lock);
	show_progress("");
	write_line(line, snprintf(line, sizeof(line), "scanstep: %s%s\n",
			     level == SAY_WARNING ? "warning: " : "", text));
	pthread_mutex_unlock(&line_lock);
}
