/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_fit.c - what a CycloneDX document leaves out to be small enough
 *
 * Level after level is tried; a document that is too large is given up as soon as that shows, so
 * each costs no more than what fits. At the last level, every element's size is measured by writing it.
 * All texts are cut by then, so that no element takes the room of all others.
 */
#include "formatters/cyclonedx_fit.h"
#include "formatters/cyclonedx_component.h"
#include "formatters/cyclonedx_document.h"
#include "formatters/cyclonedx_text.h"
#include "formatters/cyclonedx_vulnerability.h"

#define FINDINGS_SHARE 4 /* findings have at least a quarter of the room */

/* A list with one element, so that the next brings its comma. */
static size_t
measure_from(struct cyclonedx *c)
{
	FILE *out = c->j.out;

	rewind(out);
	jsonout_init(&c->j, out);
	c->j.compact = true;
	jsonout_open(&c->j, NULL, '[');
	jsonout_integer(&c->j, NULL, 0);
	return cyclonedx_size(c);
}

static size_t
component_size(struct cyclonedx *c, size_t component)
{
	size_t from = measure_from(c);

	cyclonedx_component(c, component);
	return cyclonedx_size(c) - from;
}

static size_t
vulnerability_size(struct cyclonedx *c, const struct cyclonedx_group *g)
{
	size_t from = measure_from(c);

	cyclonedx_vulnerability(c, g, 0);
	return cyclonedx_size(c) - from;
}

static size_t
affects_size(struct cyclonedx *c, const struct cyclonedx_finding *f)
{
	size_t from = measure_from(c);

	cyclonedx_affects(c, f);
	return cyclonedx_size(c) - from;
}

/* The bytes of all components; counting stops above enough. */
static size_t
components_size(struct cyclonedx *c, size_t enough)
{
	size_t size = 0;

	for (size_t i = 0; i < c->ncomponents && size <= enough; i++)
		size += component_size(c, i);
	return size;
}

static void
leave_out_components(struct cyclonedx *c, bool left_out)
{
	for (size_t i = 0; i < c->ncomponents; i++)
		c->components[i].left_out = left_out;
	c->nleft_out = left_out ? c->ncomponents : 0;
}

static void
take_component(struct cyclonedx *c, size_t component)
{
	c->components[component].left_out = false;
	c->nleft_out--;
}

/* The bytes that a finding adds: it may be the first of its vulnerability, and of its package. */
static size_t
finding_size(struct cyclonedx *c, const struct cyclonedx_group *g, size_t i)
{
	const struct cyclonedx_finding *f = &c->findings[i];
	size_t size = affects_size(c, f);

	if (i == g->begin)
		size += vulnerability_size(c, g);
	if (c->components[f->component].left_out)
		size += component_size(c, f->component);
	return size;
}

/* As many findings as have room, with their packages where these are left out; returns what they take. */
static size_t
take_findings(struct cyclonedx *c, size_t room)
{
	size_t used = 0;

	for (size_t n = 0; n < c->ngroups; n++) {
		const struct cyclonedx_group *g = &c->groups[n];

		for (size_t i = g->begin; i < g->end; i++) {
			size_t component = c->findings[i].component, size = finding_size(c, g, i);

			if (used + size > room)
				return used;
			used += size;
			c->nkept++;
			if (c->components[component].left_out)
				take_component(c, component);
		}
	}
	return used;
}

static void
take_components(struct cyclonedx *c, size_t room)
{
	for (size_t i = 0; i < c->ncomponents; i++) {
		size_t size = c->components[i].left_out ? component_size(c, i) : 0;

		if (size > room)
			return;
		room -= size;
		if (size > 0)
			take_component(c, i);
	}
}

static int
select_elements(struct cyclonedx *c, struct err *err)
{
	size_t room, share, all;

	c->level = LEVEL_SELECTED;
	c->nkept = 0;
	leave_out_components(c, true);
	if (cyclonedx_document(c, err) < 0)
		return -1;
	room = CYCLONEDX_ROOM - 1 - cyclonedx_size(c);
	share = room / FINDINGS_SHARE;
	all = components_size(c, room - share);
	if (all <= room - share) {
		leave_out_components(c, false);
		take_findings(c, room - all);
	} else {
		take_components(c, room - take_findings(c, share));
	}
	return cyclonedx_document(c, err);
}

int
cyclonedx_fit(struct cyclonedx *c, struct err *err)
{
	for (c->level = LEVEL_WHOLE; c->level < LEVEL_SELECTED; c->level++) {
		if (cyclonedx_document(c, err) < 0)
			return -1;
		if (cyclonedx_size(c) < CYCLONEDX_ROOM)
			return 0;
	}
	return select_elements(c, err);
}
