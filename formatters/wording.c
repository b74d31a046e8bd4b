/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wording.c - what every format says in the same words, and texts made short and safe
 */
#include "formatters/wording.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_MAX_SHOWN = 150, /* code points of a name or version in a sentence */
	GAP_PATH_MAX = 300,   /* the same of a gap's path: its reason must have room behind it */
	URL_MAX = 2048,       /* GitLab's limit of helpUri */
};

char *
cut_text(struct arena *a, const char *text, size_t max)
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

char *
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

/* The front of a text as a line without blanks around it: at least what max code points of it become. */
static struct str
front_line(struct arena *a, const char *text, size_t max)
{
	return str_trim(str_of(one_line(a, cut_text(a, text, 2 * max))));
}

char *
short_line(struct arena *a, const char *text, size_t max)
{
	struct str line = text ? front_line(a, text, max) : str_of(NULL);

	return line.len > 0 ? cut_text(a, arena_string(a, line), max) : NULL;
}

#define ALPHANUMERIC \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" \
	"0123456789"

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
web_link(const char *url)
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

char *
join_texts(struct arena *a, const char *const *texts, const char *between)
{
	size_t size = 1;
	char *joined, *out;

	for (size_t i = 0; texts[i]; i++)
		size += strlen(texts[i]) + strlen(between);
	joined = out = arena_alloc(a, size);
	*out = '\0';
	for (size_t i = 0; texts[i]; i++)
		out += snprintf(
		    out, size - (size_t)(out - joined), "%s%s", i > 0 ? between : "", texts[i]);
	return joined;
}

char *
number_of(struct arena *a, size_t n, const char *noun)
{
	size_t len = strlen(noun);

	if (n == 1)
		return arena_textf(a, "1 %s", noun);
	if (len > 0 && noun[len - 1] == 'y')
		return arena_textf(a, "%zu %.*sies", n, (int)(len - 1), noun);
	return arena_textf(a, "%zu %ss", n, noun);
}

size_t
count_type(const struct report *r, size_t first)
{
	size_t n = 1;

	while (first + n < r->npackages &&
	       strcmp(r->packages[first + n]->type, r->packages[first]->type) == 0)
		n++;
	return n;
}

char *
bare_time(struct arena *a, const char *time)
{
	int64_t epoch = 0;
	char *text;

	if (!time_parse(str_of(time), &epoch))
		epoch = 0;
	text = time_text(a, epoch);
	text[strcspn(text, "Z")] = '\0';
	return text;
}

const char *
severity_title(enum severity s)
{
	static const char *const titles[] = {
		[SEVERITY_UNKNOWN] = "Unknown",
		[SEVERITY_NEGLIGIBLE] = "Negligible",
		[SEVERITY_LOW] = "Low",
		[SEVERITY_MEDIUM] = "Medium",
		[SEVERITY_HIGH] = "High",
		[SEVERITY_CRITICAL] = "Critical",
	};

	return titles[s];
}

const char *
standing_title(enum standing s)
{
	static const char *const titles[] = {
		[STANDING_OPEN] = "open",
		[STANDING_ALLOWED] = "accepted",
		[STANDING_NOT_AFFECTED] = "not affected (VEX)",
		[STANDING_FIXED] = "fixed (VEX)",
		[STANDING_BASELINE] = "known before (baseline)",
		[STANDING_BELOW] = "below the threshold",
	};

	return titles[s];
}

const char *
fix_words(struct arena *a, const struct finding *f)
{
	switch (f->state) {
	case FIX_RELEASED:
		return f->fixed_version ? arena_textf(a, "fixed in %s",
					      cut_text(a, f->fixed_version, NAME_MAX_SHOWN))
					: "fixed";
	case FIX_NONE:
		return "no fix yet";
	case FIX_DECLINED:
		return "will not be fixed";
	case FIX_UNKNOWN:
		return "fix not known";
	}
	return "";
}

/* " (source package openssl)": the version of a fix is the source package's. */
static const char *
source_words(struct arena *a, const struct package *p)
{
	if (strcmp(p->source_name, p->name) == 0)
		return "";
	return arena_textf(a, " (source package %s)", cut_text(a, p->source_name, NAME_MAX_SHOWN));
}

char *
advice(struct arena *a, const struct finding *f)
{
	const struct package *p = f->package;
	const char *name = cut_text(a, p->name, NAME_MAX_SHOWN);
	const char *version = cut_text(a, p->version, NAME_MAX_SHOWN);

	if (f->state == FIX_RELEASED && f->fixed_version)
		return arena_textf(a, "Upgrade %s from %s to %s%s.", name, version,
		    cut_text(a, f->fixed_version, NAME_MAX_SHOWN), source_words(a, p));
	if (f->state == FIX_RELEASED)
		return arena_textf(a, "Upgrade %s from %s: a fix is released.", name, version);
	if (f->state == FIX_NONE)
		return arena_textf(
		    a, "No fix of %s is released yet: remove it, or wait for one.", name);
	if (f->state == FIX_DECLINED)
		return arena_textf(
		    a, "%s will not be fixed in this release: remove it, or move on.", name);
	return arena_textf(a, "Whether a fix of %s exists is not known.", name);
}

char *
decision_words(struct arena *a, const struct finding *f)
{
	const struct decision *d = &f->decision;
	const struct {
		const char *before, *text;
	} parts[] = {
		{ "", d->justification },
		{ "", d->owner },
		{ "until ", d->expires },
		{ accepted_by_setting(f) ? "by " : "in ", d->source },
	};
	char *words = arena_textf(a, "%s%s%s", standing_title(f->standing), d->reason ? ": " : "",
	    d->reason ? d->reason : "");
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i].text)
			continue;
		words = arena_textf(
		    a, "%s%s%s%s", words, any ? ", " : " (", parts[i].before, parts[i].text);
		any = true;
	}
	return any ? arena_textf(a, "%s)", words) : words;
}

char *
gap_words(struct arena *a, const struct gap *g)
{
	const char *path = g->path ? cut_text(a, g->path, GAP_PATH_MAX) : "";
	const char *in = g->layer && g->path ? " in layer " : g->layer ? "layer " : "";
	const char *layer = g->layer ? cut_text(a, g->layer, NAME_MAX_SHOWN) : "";

	return arena_textf(a, "Not looked at: %s%s%s%s%s", path, in, layer,
	    g->path || g->layer ? ": " : "", g->reason);
}

char *
below_words(struct arena *a, size_t n, size_t of, enum severity least)
{
	return arena_textf(a, "%zu of %zu findings are left out: they are below --report-min %s.",
	    n, of, severity_name(least));
}

const struct layer *
layer_of(const struct report *r, const struct package *p)
{
	for (size_t i = 0; p->layer && i < r->image.nlayers; i++)
		if (text_compare(r->image.layers[i].digest, p->layer) == 0)
			return &r->image.layers[i];
	return NULL;
}

const char *
cvss_version(const char *vector)
{
	static const char *const versions[] = { "2.0", "3.0", "3.1", "4.0" };
	struct str v = str_of(vector);

	if (str_starts(v, "AV:") || str_starts(v, "(AV:"))
		return "2.0";
	if (!str_starts(v, "CVSS:"))
		return NULL;
	v = str_skip(v, strlen("CVSS:"));
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (str_starts(v, versions[i]) && v.len > 3 && v.ptr[3] == '/')
			return versions[i];
	return NULL;
}

char *
sentence(struct arena *a, const char *text, size_t max)
{
	struct str line = front_line(a, text, max);

	while (line.len > 0 && strchr(" .", line.ptr[line.len - 1]))
		line.len--;
	return arena_textf(a, "%s.", cut_text(a, arena_string(a, line), max - 1));
}

char *
finding_sentence(struct arena *a, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const char *title = v->title ? cut_text(a, v->title, SENTENCE_MAX) : "";

	return sentence(a,
	    arena_textf(a, "%s %s is affected by %s (%s), %s%s%s",
		cut_text(a, f->package->name, NAME_MAX_SHOWN),
		cut_text(a, f->package->version, NAME_MAX_SHOWN),
		cut_text(a, v->id, NAME_MAX_SHOWN), severity_name(f->severity), fix_words(a, f),
		*title ? ": " : "", title),
	    SENTENCE_MAX);
}
