/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.c - where readers put what they understood
 *
 * The one place where strangers' bytes become the model's text: what is too
 * long, empty or cut by a NUL is refused here, so that no reader has to
 * remember it. The number of packages and of gaps is bounded, because a file
 * of LIMIT_PACKAGE_DB bytes can hold tens of millions of either.
 */
#include "step/reader/reader.h"

#include <string.h>

#define LIMIT_FILE_GAPS 100 /* of one file; who has more has one problem, not many */

void
sink_init(struct sink *s, struct arena *a)
{
	*s = (struct sink){ .arena = a };
}

static void
put_gap(struct sink *s, const char *text)
{
	s->gaps = arena_grow(s->arena, s->gaps, s->ngaps, sizeof(*s->gaps));
	s->gaps[s->ngaps++] = text;
}

void
sink_gap(struct sink *s, const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (s->ngaps >= LIMIT_FILE_GAPS)
		return;
	if (s->ngaps == LIMIT_FILE_GAPS - 1) {
		put_gap(s, "more problems follow; they are not listed");
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_gap(s, arena_text(s->arena, str_of(text)));
}

/* Why this value cannot be kept, or NULL. */
static const char *
refusal(struct str value)
{
	if (value.len > LIMIT_FIELD)
		return "longer than 64 KiB";
	if (memchr(value.ptr, '\0', value.len) != NULL)
		return "cut by a NUL byte";
	return NULL;
}

static bool
is_required_good(struct sink *s, struct str value, const char *what, const char *where)
{
	const char *why = value.len == 0 ? "empty" : refusal(value);

	if (why != NULL)
		sink_gap(s, "%s: %s is %s", where, what, why);
	return why == NULL;
}

/* An optional field's text, or otherwise when it is empty or (with a gap) cannot be kept. */
static const char *
optional(
    struct sink *s, struct str value, const char *otherwise, const char *what, const char *where)
{
	const char *why = refusal(value);

	if (why != NULL)
		sink_gap(s, "%s: %s is %s", where, what, why);
	return value.len == 0 || why != NULL ? otherwise : arena_text(s->arena, value);
}

void
sink_package(struct sink *s, const struct package_record *p, const char *where)
{
	struct package kept = { .type = p->type };

	if (!is_required_good(s, p->name, "the name", where) ||
	    !is_required_good(s, p->version, "the version", where))
		return;
	if (s->npackages >= LIMIT_PACKAGES) {
		sink_gap(s, "%s: more than %d packages", where, LIMIT_PACKAGES);
		return;
	}
	kept.name = arena_text(s->arena, p->name);
	kept.version = arena_text(s->arena, p->version);
	kept.arch = optional(s, p->arch, NULL, "the architecture", where);
	kept.source_name = optional(s, p->source_name, kept.name, "the source's name", where);
	kept.source_version =
	    optional(s, p->source_version, kept.version, "the source's version", where);
	s->packages = arena_grow(s->arena, s->packages, s->npackages, sizeof(*s->packages));
	s->packages[s->npackages++] = kept;
}

static const char *
text_or_null(struct sink *s, struct str value)
{
	return value.len == 0 ? NULL : arena_text(s->arena, value);
}

void
sink_distro(struct sink *s, struct str id, struct str version, struct str codename, struct str name)
{
	s->distro = arena_alloc(s->arena, sizeof(*s->distro));
	s->distro->id = arena_text(s->arena, id);
	s->distro->version = text_or_null(s, version);
	s->distro->codename = text_or_null(s, codename);
	s->distro->name = text_or_null(s, name);
}
