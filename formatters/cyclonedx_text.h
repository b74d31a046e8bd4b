/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_text.h - what every element of a CycloneDX document is written with: texts, properties, references
 */
#ifndef FORMATTERS_CYCLONEDX_TEXT_H
#define FORMATTERS_CYCLONEDX_TEXT_H

#include "formatters/cyclonedx_parts.h"

#define CYCLONEDX_TEXT_MAX 1024 /* code points of a version (the schema's limit), a name, an id */

/* text, or the other where it is NULL or empty. */
const char *cyclonedx_or_else(const char *text, const char *other);
/* { "name": name, "value": value }; nothing where there is no value. Cut at CYCLONEDX_TEXT_MAX. */
void cyclonedx_property(struct cyclonedx *c, const char *name, const char *value);
/* The same cut of a member of its own; it is there even if empty. */
void cyclonedx_text(struct cyclonedx *c, const char *key, const char *text);
/* The bom-ref of a component, by its index; it may be in scratch. */
const char *cyclonedx_ref(struct cyclonedx *c, size_t component);
/* Bytes in the stream, from its beginning; SIZE_MAX if it cannot say. */
size_t cyclonedx_size(const struct cyclonedx *c);

#endif
