/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_text.c - texts, addresses and severities as SARIF's readers take them
 */
#include "formatters/sarif.h"

#include <string.h>

enum {
	NAME_MAX_SHOWN = 150, /* code points of a package's name or version in a message */
	URL_MAX = 2048,       /* GitLab's limit of helpUri */
};

char *
sarif_cut(struct arena *a, const char *text, size_t max)
{
	const char *at = text, *room = text;

	for (size_t n = 0; utf8_next(&at) != 0; n++) {
		if (n + 3 < max)
			room = at;
		if (n == max)
			return arena_textf(a, "%.*s...", (int)(room - text), text);
	}
	return arena_text(a, str_of(text));
}

/*
 * One line that shows what it holds: a blank for each run of blanks, tabs and line
 * ends, U+FFFD for what cannot be seen, and no "](", which would make a link of a
 * stranger's text.
 */
static char *
one_line(struct arena *a, const char *text)
{
	static const char unseen[] = "\xef\xbf\xbd";
	char *line = arena_alloc(a, strlen(text) * 3 + 1), *out = line;
	int32_t c;

	for (const char *at = text, *next = text; (c = utf8_next(&next)) != 0; at = next) {
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			if (out == line || out[-1] != ' ')
				*out++ = ' ';
		} else if (c < 0 || utf8_is_control(c)) {
			memcpy(out, unseen, sizeof(unseen) - 1);
			out += sizeof(unseen) - 1;
		} else {
			memcpy(out, at, (size_t)(next - at));
			out += next - at;
		}
		if (c == ']' && *next == '(')
			*out++ = ' ';
	}
	*out = '\0';
	return line;
}

char *
sarif_sentence(struct arena *a, const char *text)
{
	char *line = one_line(a, text);
	size_t len = strlen(line);

	while (len > 0 && strchr(" .", line[len - 1]))
		line[--len] = '\0';
	return arena_textf(a, "%s.", sarif_cut(a, line, SARIF_TEXT_MAX - 1));
}

#define ALPHANUMERIC \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" \
	"0123456789"

/* Append the segments of a path, each with a slash in front of it except the very first. */
static char *
add_segments(char *out, bool *first, const char *path)
{
	struct str rest = str_of(path);

	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');

		if (segment.len == 0 || str_is(segment, ".") || str_is(segment, ".."))
			continue;
		if (!*first)
			*out++ = '/';
		*first = false;
		percent_encode(out, segment, UNRESERVED_URI);
		out += strlen(out);
	}
	return out;
}

char *
sarif_uri(struct arena *a, const char *name, const char *path)
{
	char *uri = arena_alloc(a, 3 * (strlen(name) + strlen(path)) + 2);
	bool first = true;

	add_segments(add_segments(uri, &first, name), &first, path);
	return *uri ? uri : arena_textf(a, "image");
}

/* The length of "https://host[:port]" at the front of url, or 0: no user, no literal address. */
static size_t
authority_len(const char *url)
{
	size_t scheme = str_starts(str_of(url), "https://")  ? strlen("https://")
			: str_starts(str_of(url), "http://") ? strlen("http://")
							     : 0;
	size_t host = scheme ? strspn(url + scheme, ALPHANUMERIC "-.") : 0;
	size_t len = scheme + host;

	if (host == 0)
		return 0;
	if (url[len] == ':')
		len += 1 + strspn(url + len + 1, "0123456789");
	return url[len] == '\0' || strchr("/?#", url[len]) ? len : 0;
}

const char *
sarif_link(const char *url)
{
	size_t front = url ? authority_len(url) : 0, len = url ? strlen(url) : 0;
	const char *fragment;

	if (front == 0 || len > URL_MAX)
		return NULL;
	if (front + strspn(url + front, UNRESERVED_URI ":/?#@!$&'()*+,;=%") != len)
		return NULL;
	for (const char *p = strchr(url, '%'); p; p = strchr(p + 1, '%'))
		if (strspn(p + 1, "0123456789abcdefABCDEF") < 2)
			return NULL;
	fragment = strchr(url, '#');
	return fragment && strchr(fragment + 1, '#') ? NULL : url;
}

const char *
sarif_level(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
	case SEVERITY_HIGH:
		return "error";
	case SEVERITY_MEDIUM:
		return "warning";
	case SEVERITY_LOW:
	case SEVERITY_NEGLIGIBLE:
	case SEVERITY_UNKNOWN:
		return "note";
	}
	return "note";
}

char *
sarif_score(struct arena *a, double cvss, enum severity s)
{
	static const char *const usual[] = {
		[SEVERITY_UNKNOWN] = NULL,
		[SEVERITY_NEGLIGIBLE] = "0.1",
		[SEVERITY_LOW] = "1.0",
		[SEVERITY_MEDIUM] = "4.0",
		[SEVERITY_HIGH] = "7.0",
		[SEVERITY_CRITICAL] = "9.0",
	};

	if (cvss >= 0)
		return arena_textf(a, "%.1f", cvss);
	return usual[s] ? arena_textf(a, "%s", usual[s]) : NULL;
}

double
sarif_rank(enum severity s)
{
	static const double ranks[] = {
		[SEVERITY_UNKNOWN] = -1,
		[SEVERITY_NEGLIGIBLE] = 5,
		[SEVERITY_LOW] = 20,
		[SEVERITY_MEDIUM] = 50,
		[SEVERITY_HIGH] = 80,
		[SEVERITY_CRITICAL] = 95,
	};

	return ranks[s];
}

static const char *
fix_text(struct arena *a, const struct finding *f)
{
	switch (f->state) {
	case FIX_RELEASED:
		if (!f->fixed_version)
			return "fixed";
		return arena_textf(
		    a, "fixed in %s", sarif_cut(a, f->fixed_version, NAME_MAX_SHOWN));
	case FIX_NONE:
		return "no fix yet";
	case FIX_DECLINED:
		return "will not be fixed";
	case FIX_UNKNOWN:
		return "fix not known";
	}
	return "";
}

char *
sarif_message(struct arena *a, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;

	return sarif_sentence(
	    a, arena_textf(a, "%s %s is affected by %s (%s), %s%s%s",
		   sarif_cut(a, f->package->name, NAME_MAX_SHOWN),
		   sarif_cut(a, f->package->version, NAME_MAX_SHOWN),
		   sarif_cut(a, v->id, NAME_MAX_SHOWN), severity_name(f->severity), fix_text(a, f),
		   v->title ? ": " : "", v->title ? v->title : ""));
}
