/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.h - manifests and configs that were had before, by their digest
 */
#ifndef STEP_IMAGE_DOCUMENTS_H
#define STEP_IMAGE_DOCUMENTS_H

#include "step/base/io.h"

struct documents;

/* The folder is made where needed. ERR_INTERNAL: it cannot be, or others may write to it. */
int documents_open(const char *folder, struct documents **ret, struct err *err) MUST_CHECK;
/* Also cleans up. NULL is a no-op. */
void documents_close(struct documents *d);

/* The document with this (valid) digest, verified, in the arena; false if it is not there. d may be NULL. */
bool documents_get(
    struct documents *d, const char *digest, struct arena *a, struct str *ret) MUST_CHECK;
/* Keep these bytes, whose digest this is. What cannot be kept is not. d may be NULL. */
void documents_put(struct documents *d, const char *digest, struct str bytes);

#endif
