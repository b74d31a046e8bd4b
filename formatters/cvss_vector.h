/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss_vector.h - which CVSS vectors readers can score
 */
#ifndef FORMATTERS_CVSS_VECTOR_H
#define FORMATTERS_CVSS_VECTOR_H

#include "step/base/base.h"

/*
 * A well-formed vector of 2.0 ("AV:N/AC:L/Au:N/C:P/I:P/A:P", bare) or of 3.0 or 3.1 ("CVSS:3.1/AV:N/...") as it
 * is written there, else NULL: of another version, or malformed, or vector is NULL.
 */
char *scored_vector(struct arena *a, const char *vector);

#endif
