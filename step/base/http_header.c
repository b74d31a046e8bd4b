/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_header.c - the header of an answer, line by line
 *
 *      HTTP/1.1 429 Too Many Requests
 *      Retry-After: Sun, 06 Nov 1994 08:49:37 GMT
 *
 * RFC 9110 and 9112. Left out: lines that go on in the next one, and both obsolete forms of a date.
 */
#include "step/base/http_transfer.h"

#include <string.h>
#include <strings.h>

#define LIMIT_HEADER     (64 * KIB) /* all header lines of one answer */
#define LIMIT_LINES      512        /* how many they are */
#define LIMIT_CHALLENGES 16
#define LIMIT_WAIT       (UINT64_C(366) * DAY) /* of Retry-After: more is as good as for ever */

/* "HTTP/1.1 200 OK": an answer begins; earlier ones (100, 103) are forgotten. */
static void
begin_answer(struct transfer *t, struct str line)
{
	uint64_t status = 0;

	str_cut(&line, ' ');
	if (!str_number(str_cut(&line, ' '), 999, &status))
		status = 0;
	t->response = (struct http_response){ .status = (long)status };
	t->nchallenges = 0;
}

static bool
is_named(struct str name, const char *wanted)
{
	return name.len == strlen(wanted) && strncasecmp(name.ptr, wanted, name.len) == 0;
}

static void
take_field(struct transfer *t, struct str name, struct str value)
{
	struct http_response *r = &t->response;
	const struct {
		const char *name;
		const char **value;
	} fields[] = {
		{ "Location", &r->location },
		{ "Content-Type", &r->content_type },
		{ "Content-Range", &r->content_range },
		{ "Retry-After", &r->retry_after },
		{ "ETag", &r->etag },
		{ "Last-Modified", &r->last_modified },
		{ "Docker-Content-Digest", &r->content_digest },
		{ "RateLimit-Limit", &r->rate_limit },
		{ "RateLimit-Remaining", &r->rate_remaining },
		{ "Api-Version", &r->api_version },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (*fields[i].value != NULL || !is_named(name, fields[i].name))
			continue;
		if (fields[i].value == &r->content_type)
			value = str_trim(str_cut(&value, ';'));
		/* It would lead to where it came from, again and again. */
		if (fields[i].value == &r->location && value.len == 0)
			continue;
		*fields[i].value = arena_text(t->arena, value);
	}
	if (t->nchallenges < LIMIT_CHALLENGES && is_named(name, "WWW-Authenticate")) {
		t->challenges =
		    arena_grow(t->arena, t->challenges, t->nchallenges, sizeof(*t->challenges));
		t->challenges[t->nchallenges++] = arena_text(t->arena, value);
	}
}

static bool
has_controls(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return true;
	return false;
}

/* What a line may not do is told in a few words, else NULL. */
static const char *
take_line(struct transfer *t, struct str line)
{
	struct str name, value = line;

	if (has_controls(line))
		return "answers with a header line that holds control characters";
	if (str_starts(line, "HTTP/")) {
		begin_answer(t, line);
		return NULL;
	}
	name = str_cut(&value, ':');
	value = str_trim(value);
	/* What is encoded on the way is not what a digest names. */
	if (!t->any_encoding && is_named(name, "Content-Encoding") &&
	    t->response.status / 100 == 2 && value.len > 0 && !is_named(value, "identity"))
		return "answers with a Content-Encoding, which it was not asked for";
	if (is_named(name, "Transfer-Encoding") && !is_named(value, "chunked") &&
	    !is_named(value, "identity"))
		return "answers with a Transfer-Encoding other than chunked";
	take_field(t, name, value);
	return NULL;
}

size_t
http_on_header(char *bytes, size_t size, size_t n, void *transfer)
{
	struct transfer *t = transfer;
	size_t len = size * n;
	struct str rest = { bytes, len }, line = str_line(&rest);

	t->window_bytes += t->header_done ? 0 : len;
	t->header_bytes += len;
	t->header_lines++;
	if (t->header_bytes > LIMIT_HEADER)
		t->refused = "answers with more than 64 KiB of header";
	else if (t->header_lines > LIMIT_LINES)
		t->refused = "answers with more than 512 header lines";
	else if (t->header_done)
		return len; /* what stands behind the body, which libcurl keeps: it counts, and is not read */
	else if (line.len == 0)
		t->header_done = t->response.status >= 200;
	else
		t->refused = take_line(t, line);
	return t->refused == NULL ? len : 0;
}

/* So many digits, and what stands behind them. */
static bool
take_number(struct str *rest, size_t width, char behind, int64_t *ret)
{
	uint64_t number;

	if (rest->len <= width || rest->ptr[width] != behind ||
	    !str_number((struct str){ rest->ptr, width }, 9999, &number))
		return false;
	*ret = (int64_t)number;
	*rest = str_skip(*rest, width + 1);
	return true;
}

static bool
take_month(struct str *rest, int64_t *ret)
{
	static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";

	for (size_t i = 0; rest->len >= 4 && i + 4 < sizeof(months); i += 4) {
		if (memcmp(rest->ptr, months + i, 4) != 0)
			continue;
		*ret = (int64_t)i / 4 + 1;
		*rest = str_skip(*rest, 4);
		return true;
	}
	return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since 1970. */
static bool
read_date(struct str text, int64_t *ret)
{
	static const int16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	struct str rest = text;
	int64_t day, month, year, hour, minute, second, leaps;

	if (rest.len < 5 || rest.ptr[3] != ',' || rest.ptr[4] != ' ')
		return false;
	rest = str_skip(rest, 5);
	if (!take_number(&rest, 2, ' ', &day) || !take_month(&rest, &month) ||
	    !take_number(&rest, 4, ' ', &year) || !take_number(&rest, 2, ':', &hour) ||
	    !take_number(&rest, 2, ':', &minute) || !take_number(&rest, 2, ' ', &second) ||
	    !str_is(rest, "GMT"))
		return false;
	if (day < 1 || day > 31 || year < 1970 || hour > 23 || minute > 59 || second > 60)
		return false;
	/* Leap days before the day's month: those of the year count from March on. */
	leaps = month > 2 ? year : year - 1;
	leaps = leaps / 4 - leaps / 100 + leaps / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	*ret = ((year - 1970) * 365 + leaps + before[month - 1] + day - 1) * DAY + hour * 3600 +
	       minute * 60 + second;
	return true;
}

bool
http_retry_after(const char *value, int64_t now, uint64_t *ret_seconds)
{
	struct str text = str_trim(str_of(value));
	uint64_t seconds;
	int64_t date;

	if (read_date(text, &date)) {
		seconds = date > now ? (uint64_t)(date - now) : 0;
	} else if (!str_number(text, UINT64_MAX, &seconds)) {
		/* A number that no integer holds is one all the same. */
		if (text.len == 0 || strspn(text.ptr, "0123456789") < text.len)
			return false;
		seconds = UINT64_MAX;
	}
	*ret_seconds = seconds < LIMIT_WAIT ? seconds : LIMIT_WAIT;
	return true;
}
