/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_document.c - a CycloneDX document from its head to its end, at the level that is set
 *
 * GitLab reads the components and the gitlab: properties, of which image:name and image:tag must be
 * there: an image without a tag has its digest for one, else "untagged"; operating_system:name and
 * :version come together or not at all. The serial number is made of the scan, so that the same
 * scan gives the same bytes.
 *
 * That there is more in the image than this list is said by "compositions": the aggregate is
 * incomplete with gaps or with something left out here, else unknown. What was left out for
 * its size is said by the metadata.
 */
#include "formatters/cyclonedx_document.h"
#include "formatters/cyclonedx_component.h"
#include "formatters/cyclonedx_text.h"
#include "formatters/cyclonedx_vulnerability.h"
#include "formatters/identity.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"

#define SCHEMA "http://cyclonedx.org/schema/bom-1.6.schema.json"

#define MESSAGES_MOST 20 /* gaps, and as many notices, that are told in words */

static void
put_number(struct cyclonedx *c, const char *name, size_t n)
{
	cyclonedx_property(c, name, arena_textf(c->scratch, "%zu", n));
}

static void
put_tools(struct cyclonedx *c)
{
	jsonout_open(&c->j, "tools", '{');
	jsonout_open(&c->j, "components", '[');
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "type", "application");
	jsonout_text(&c->j, "name", "scanstep");
	cyclonedx_text(c, "version", c->r->tool_version);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
}

static void
put_subject(struct cyclonedx *c)
{
	const struct image *img = &c->r->image;
	const char *version = cyclonedx_or_else(img->tag, img->digest),
		   *purl = image_purl(c->scratch, img);

	jsonout_open(&c->j, "component", '{');
	jsonout_text(&c->j, "type", "container");
	jsonout_text(&c->j, "bom-ref", "image");
	cyclonedx_text(c, "name", cyclonedx_or_else(img->name, "image"));
	if (version && *version)
		cyclonedx_text(c, "version", version);
	if (purl)
		jsonout_text(&c->j, "purl", purl);
	jsonout_close(&c->j);
}

/* What is not in the document, one property each. */
static void
put_left_out(struct cyclonedx *c)
{
	static const struct {
		enum cyclonedx_level level;
		const char *what;
	} parts[] = {
		{ LEVEL_NO_DETAILS, "details of vulnerabilities" },
		{ LEVEL_SHORT, "texts beyond 200 characters" },
		{ LEVEL_NO_PROPERTIES, "properties of packages" },
		{ LEVEL_BARE, "recommendations, references and fingerprints of vulnerabilities" },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (c->level >= parts[i].level)
			cyclonedx_property(c, "scanstep:left-out", parts[i].what);
	if (c->nkept < c->nfindings)
		cyclonedx_property(c, "scanstep:left-out",
		    arena_textf(c->scratch, "%zu of %zu findings: the least severe",
			c->nfindings - c->nkept, c->nfindings));
	if (c->nleft_out > 0)
		cyclonedx_property(c, "scanstep:left-out",
		    arena_textf(c->scratch,
			"%zu of %zu packages: none that a finding of this document is of",
			c->nleft_out, c->ncomponents));
}

static void
put_messages(struct cyclonedx *c)
{
	const struct report *r = c->r;

	put_number(c, "scanstep:gaps", r->ngaps);
	put_number(c, "scanstep:unchecked-packages", r->unchecked);
	for (size_t i = 0; i < r->ngaps && i < MESSAGES_MOST; i++)
		cyclonedx_property(c, "scanstep:gap", gap_words(c->scratch, &r->gaps[i]));
	put_number(c, "scanstep:notices", r->nnotices);
	for (size_t i = 0; i < r->nnotices && i < MESSAGES_MOST; i++)
		cyclonedx_property(c, "scanstep:notice", r->notices[i].text);
}

static void
put_gitlab_properties(struct cyclonedx *c)
{
	const struct image *img = &c->r->image;
	const struct distro *d = img->distro;
	const char *version =
	    d ? cyclonedx_or_else(d->version, cyclonedx_or_else(d->codename, "")) : "";

	cyclonedx_property(c, "gitlab:meta:schema_version", "1");
	cyclonedx_property(
	    c, "gitlab:container_scanning:image:name", cyclonedx_or_else(img->name, "image"));
	cyclonedx_property(c, "gitlab:container_scanning:image:tag",
	    cyclonedx_or_else(img->tag, cyclonedx_or_else(img->digest, "untagged")));
	if (d && *d->id && *version) {
		cyclonedx_property(c, "gitlab:container_scanning:operating_system:name", d->id);
		cyclonedx_property(
		    c, "gitlab:container_scanning:operating_system:version", version);
	}
}

static void
put_metadata(struct cyclonedx *c)
{
	const struct report *r = c->r;

	jsonout_open(&c->j, "metadata", '{');
	jsonout_text(&c->j, "timestamp", r->scanned_at);
	put_tools(c);
	put_subject(c);
	jsonout_open(&c->j, "properties", '[');
	put_gitlab_properties(c);
	cyclonedx_property(c, "scanstep:image:reference", r->image.reference);
	cyclonedx_property(c, "scanstep:image:digest", r->image.digest);
	cyclonedx_property(c, "scanstep:image:platform", r->image.platform);
	cyclonedx_property(c, "scanstep:verdict", verdict_line(c->scratch, r));
	cyclonedx_property(c, "scanstep:database:source", r->database.source);
	cyclonedx_property(c, "scanstep:database:built", r->database.built);
	put_messages(c);
	put_left_out(c);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
	arena_reset(c->scratch);
}

static void
put_compositions(struct cyclonedx *c)
{
	jsonout_open(&c->j, "compositions", '[');
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(
	    &c->j, "aggregate", c->r->ngaps > 0 || c->nleft_out > 0 ? "incomplete" : "unknown");
	jsonout_open(&c->j, "assemblies", '[');
	jsonout_text(&c->j, NULL, "image");
	jsonout_close(&c->j);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
}

static void
put_lists(struct cyclonedx *c)
{
	size_t kept = c->nkept;

	jsonout_open(&c->j, "components", '[');
	cyclonedx_operating_system(c);
	for (size_t i = 0; i < c->ncomponents && cyclonedx_size(c) < CYCLONEDX_ROOM; i++)
		if (!c->components[i].left_out)
			cyclonedx_component(c, i);
	jsonout_close(&c->j);
	put_compositions(c);
	jsonout_open(&c->j, "vulnerabilities", '[');
	for (size_t i = 0; i < c->ngroups && kept > 0 && cyclonedx_size(c) < CYCLONEDX_ROOM; i++) {
		size_t members = c->groups[i].end - c->groups[i].begin;

		members = members < kept ? members : kept;
		kept -= members;
		cyclonedx_vulnerability(c, &c->groups[i], members);
	}
	jsonout_close(&c->j);
}

int
cyclonedx_document(struct cyclonedx *c, struct err *err)
{
	FILE *out = c->j.out;
	char uuid[UUID_SIZE];

	rewind(out);
	jsonout_init(&c->j, out);
	c->j.compact = c->level >= LEVEL_COMPACT;
	document_uuid("cyclonedx", c->r, uuid);
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "$schema", SCHEMA);
	jsonout_text(&c->j, "bomFormat", "CycloneDX");
	jsonout_text(&c->j, "specVersion", "1.6");
	jsonout_text(&c->j, "serialNumber", arena_textf(c->scratch, "urn:uuid:%s", uuid));
	jsonout_integer(&c->j, "version", 1);
	put_metadata(c);
	put_lists(c);
	jsonout_close(&c->j);
	return jsonout_finish(&c->j, err);
}
