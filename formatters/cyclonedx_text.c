/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_text.c - what every element of a CycloneDX document is written with: texts, properties, references
 *
 * Versions are cut at the schema's limit, and so are names, ids and the values of properties, for which
 * it has none.
 */
#include "formatters/cyclonedx_text.h"
#include "formatters/wording.h"

const char *
cyclonedx_or_else(const char *text, const char *other)
{
	return text && *text ? text : other;
}

void
cyclonedx_property(struct cyclonedx *c, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "name", name);
	jsonout_text(&c->j, "value", cut_text(c->scratch, value, CYCLONEDX_TEXT_MAX));
	jsonout_close(&c->j);
}

void
cyclonedx_text(struct cyclonedx *c, const char *key, const char *text)
{
	jsonout_text(&c->j, key, cut_text(c->scratch, text, CYCLONEDX_TEXT_MAX));
}

const char *
cyclonedx_ref(struct cyclonedx *c, size_t component)
{
	return c->level < LEVEL_BARE ? c->components[component].ref
				     : arena_textf(c->scratch, "%zu", component);
}

size_t
cyclonedx_size(const struct cyclonedx *c)
{
	long at = ftell(c->j.out);

	return at < 0 ? SIZE_MAX : (size_t)at;
}
