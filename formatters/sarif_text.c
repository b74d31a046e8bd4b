/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_text.c - texts, addresses and severities as SARIF's readers take them
 */
#include "formatters/sarif.h"

#include "formatters/wording.h"

#include <string.h>

enum {
	NAME_MAX_SHOWN = 150, /* code points of a package's name or version in a message */
};

char *
sarif_sentence(struct arena *a, const char *text)
{
	char *line = one_line(a, text);
	size_t len = strlen(line);

	while (len > 0 && strchr(" .", line[len - 1]))
		line[--len] = '\0';
	return arena_textf(a, "%s.", cut_text(a, line, SARIF_TEXT_MAX - 1));
}

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

char *
sarif_message(struct arena *a, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;

	return sarif_sentence(
	    a, arena_textf(a, "%s %s is affected by %s (%s), %s%s%s",
		   cut_text(a, f->package->name, NAME_MAX_SHOWN),
		   cut_text(a, f->package->version, NAME_MAX_SHOWN),
		   cut_text(a, v->id, NAME_MAX_SHOWN), severity_name(f->severity), fix_words(a, f),
		   v->title ? ": " : "", v->title ? v->title : ""));
}
