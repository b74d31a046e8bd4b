/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_fit.h - what a CycloneDX document leaves out to be small enough
 */
#ifndef FORMATTERS_CYCLONEDX_FIT_H
#define FORMATTERS_CYCLONEDX_FIT_H

#include "formatters/cyclonedx_parts.h"

/*
 * cyclonedx_document() at the first level at which it fits into its room. The document is open and has its
 * stream, which can be rewound: it ends at cyclonedx_size(), whatever a level before has left behind that.
 */
int cyclonedx_fit(struct cyclonedx *c, struct err *err) MUST_CHECK;

#endif
