/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit_names.c - the findings of a JUnit report in suites, and names that no two of a suite share
 *
 * A name is id, package and version. Where another finding has the same three, arch and path follow in
 * brackets. Where these are the same, too, the fingerprint does, which no two findings share; and where one of
 * the texts is long or holds blanks or more than ASCII: it is cut or shown differently then, and two of
 * them could come out the same.
 */
#include "formatters/junit.h"

#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MOST 100 /* code points of one text */

/* Is it what distributions are made of? */
static bool
is_distro_type(const char *type)
{
	static const char *const types[] = { "alpm", "apk", "deb", "rpm" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static int
compare_parts(const void *a, const void *b)
{
	const struct junit_part *x = a, *y = b;
	int order = strcmp(x->type, y->type);

	if (order == 0)
		order = (x->finding != NULL) - (y->finding != NULL);
	return order ? order : (x->finding > y->finding) - (x->finding < y->finding);
}

static const char *
arch_of(const struct package *p)
{
	return p->arch ? p->arch : "";
}

/* By what their names are made of. */
static int
compare_names(const struct junit_part *x, const struct junit_part *y)
{
	const struct package *p = x->finding->package, *q = y->finding->package;
	int order = strcmp(x->type, y->type);

	if (order == 0)
		order = strcmp(x->finding->vulnerability->id, y->finding->vulnerability->id);
	if (order == 0)
		order = strcmp(p->name, q->name);
	return order ? order : strcmp(p->version, q->version);
}

static int
compare_places(const struct junit_part *x, const struct junit_part *y)
{
	const struct package *p = x->finding->package, *q = y->finding->package;
	int order = strcmp(arch_of(p), arch_of(q));

	return order ? order : strcmp(p->path, q->path);
}

static int
compare_identities(const void *a, const void *b)
{
	const struct junit_part *const *x = a, *const *y = b;
	int order = compare_names(*x, *y);

	if (order == 0)
		order = compare_places(*x, *y);
	return order ? order : (*x > *y) - (*x < *y);
}

/* Find those whose names would be the same. */
static void
mark_twins(struct junit_part *parts, size_t nparts)
{
	AUTO_FREE struct junit_part **sorted = xalloc((nparts + 1) * sizeof(struct junit_part *));
	size_t n = 0;

	for (size_t i = 0; i < nparts; i++)
		if (parts[i].finding)
			sorted[n++] = &parts[i];
	qsort(sorted, n, sizeof(struct junit_part *), compare_identities);
	for (size_t i = 1; i < n; i++) {
		if (compare_names(sorted[i - 1], sorted[i]) != 0)
			continue;
		sorted[i - 1]->is_twin = sorted[i]->is_twin = true;
		if (compare_places(sorted[i - 1], sorted[i]) == 0)
			sorted[i - 1]->is_copy = sorted[i]->is_copy = true;
	}
}

size_t
junit_parts(const struct report *r, struct junit_part **ret)
{
	struct junit_part *parts = xalloc((r->npackages + r->nfindings + 1) * sizeof(*parts));
	size_t n = 0;

	for (size_t i = 0; i < r->npackages; i++) { /* sorted by type */
		if (n == 0 || strcmp(parts[n - 1].type, r->packages[i]->type) != 0)
			parts[n++].type = r->packages[i]->type;
		parts[n - 1].packages++;
	}
	for (size_t i = 0; i < r->nfindings; i++) {
		parts[n].type = r->findings[i].package->type;
		parts[n++].finding = &r->findings[i];
	}
	for (size_t i = 0; i < n; i++)
		if (is_distro_type(parts[i].type))
			parts[i].type = JUNIT_OWN;
	qsort(parts, n, sizeof(*parts), compare_parts);
	mark_twins(parts, n);
	*ret = parts;
	return n;
}

static void
dots_away(char *text)
{
	for (char *c = text; *c; c++)
		if (*c == '.')
			*c = '_';
}

char *
junit_class(struct arena *a, const struct package *p)
{
	char *type = one_line(a, cut_text(a, p->type, SHOWN_MOST));
	char *name = one_line(a, cut_text(a, p->name, SHOWN_MOST));

	dots_away(type);
	dots_away(name);
	return arena_textf(a, "scanstep.%s.%s", type, name);
}

/* Is it shown as it is, in one word? */
static bool
is_plain(const char *text)
{
	size_t len = 0;

	while (text[len] > ' ' && text[len] < '\x7f' && len <= SHOWN_MOST)
		len++;
	return len > 0 && len <= SHOWN_MOST && text[len] == '\0' && !strstr(text, "](");
}

char *
junit_name(struct arena *a, const struct junit_part *part)
{
	const struct finding *f = part->finding;
	const struct package *p = f->package;
	const char *const texts[] = { f->vulnerability->id, p->name, p->version, arch_of(p),
		p->path };
	bool plain = !part->is_copy;
	const char *more = "";

	for (size_t i = 0; i < (part->is_twin ? 5 : 3); i++)
		plain = plain && is_plain(texts[i]);
	if (!plain)
		more = arena_textf(a, " %s", f->fingerprint);
	else if (part->is_twin)
		more = arena_textf(a, " (%s, %s)", texts[3], texts[4]);
	return one_line(
	    a, arena_textf(a, "%s %s %s%s", cut_text(a, texts[0], SHOWN_MOST),
		   cut_text(a, texts[1], SHOWN_MOST), cut_text(a, texts[2], SHOWN_MOST), more));
}
