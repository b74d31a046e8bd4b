/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_component.c - the components of a CycloneDX document: packages, and the operating system
 */
#include "formatters/cyclonedx_component.h"
#include "formatters/cyclonedx_text.h"

void
cyclonedx_component(struct cyclonedx *c, size_t component)
{
	const struct cyclonedx_component *it = &c->components[component];
	const struct package *p = it->package;

	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "type", "library");
	jsonout_text(&c->j, "bom-ref", cyclonedx_ref(c, component));
	cyclonedx_text(c, "name", cyclonedx_or_else(p->name, "unnamed"));
	cyclonedx_text(c, "version", p->version);
	if (it->purl)
		jsonout_text(&c->j, "purl", it->purl);
	if (c->level < LEVEL_NO_PROPERTIES) {
		jsonout_open(&c->j, "properties", '[');
		cyclonedx_property(c, "scanstep:path", p->path);
		cyclonedx_property(c, "scanstep:layer", p->layer);
		cyclonedx_property(c, "scanstep:source-name", p->source_name);
		cyclonedx_property(c, "scanstep:source-version", p->source_version);
		jsonout_close(&c->j);
	}
	jsonout_close(&c->j);
	arena_reset(c->scratch);
}

void
cyclonedx_operating_system(struct cyclonedx *c)
{
	const struct distro *d = c->r->image.distro;
	const char *version = d ? cyclonedx_or_else(d->version, d->codename) : NULL;

	if (!d || (!*d->id && !*d->name))
		return;
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "type", "operating-system");
	jsonout_text(&c->j, "bom-ref", "operating-system");
	cyclonedx_text(c, "name", cyclonedx_or_else(d->id, d->name));
	if (version && *version)
		cyclonedx_text(c, "version", version);
	if (*d->name)
		cyclonedx_text(c, "description", d->name);
	if (d->eol) {
		jsonout_open(&c->j, "properties", '[');
		cyclonedx_property(c, "scanstep:end-of-life", d->eol);
		jsonout_close(&c->j);
	}
	jsonout_close(&c->j);
	arena_reset(c->scratch);
}
