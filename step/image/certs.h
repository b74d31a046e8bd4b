/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs.h - the folders in which Docker and Podman keep the certificates of one registry
 */
#ifndef STEP_IMAGE_CERTS_H
#define STEP_IMAGE_CERTS_H

#include "step/base/http.h"

/*
 * What from says (NULL: all zeros) and what certs.d says besides of this registry, HOST or HOST:PORT: its
 * authorities are believed too; its client certificate is shown unless from has one. For requests to this
 * registry alone. ERR_USAGE names the file. What ret points to lies in the arena.
 */
int certs_find(const char *site, const struct http_tls *from, struct arena *a, struct http_tls *ret,
    struct err *err) MUST_CHECK;

#endif
