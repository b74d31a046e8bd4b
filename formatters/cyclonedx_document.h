/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_document.h - a CycloneDX document from its head to its end, at the level that is set
 */
#ifndef FORMATTERS_CYCLONEDX_DOCUMENT_H
#define FORMATTERS_CYCLONEDX_DOCUMENT_H

#include "formatters/cyclonedx_parts.h"

#define CYCLONEDX_ROOM 5000000 /* bytes: GitLab takes less, unless its administrator raised it */

/*
 * The whole document, from the beginning of its stream on, at the level, with the components that are not left
 * out and the first nkept findings; cut off where it is too large: then cyclonedx_size() is CYCLONEDX_ROOM or more.
 */
int cyclonedx_document(struct cyclonedx *c, struct err *err) MUST_CHECK;

#endif
