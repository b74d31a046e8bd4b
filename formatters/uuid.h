/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid.h - identifiers that formats want as UUIDs, and that stay the same from run to run
 *
 * Spec: RFC 9562, version 5: a name within a namespace, hashed.
 */
#ifndef FORMATTERS_UUID_H
#define FORMATTERS_UUID_H

#include "step/base/base.h"

#define UUID_SIZE 37 /* 36 characters and a NUL */

/*
 * The UUID of a name of this kind: "gitlab-finding" and a fingerprint, say. Names of different
 * kinds never give the same. Lower case.
 */
void uuid_of(const char *kind, const char *name, char ret[UUID_SIZE]);

#endif
