/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_component.h - the components of a CycloneDX document: packages, and the operating system
 */
#ifndef FORMATTERS_CYCLONEDX_COMPONENT_H
#define FORMATTERS_CYCLONEDX_COMPONENT_H

#include "formatters/cyclonedx_parts.h"

/* Each is an element of the list that is open; scratch is reset. */

/* A package, by its index among the components. */
void cyclonedx_component(struct cyclonedx *c, size_t component);
/* The image's distribution; nothing where it has none, or one without id and name. */
void cyclonedx_operating_system(struct cyclonedx *c);

#endif
