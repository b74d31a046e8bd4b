/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.h - the layers of an engine's image, out of the archive that it makes of it
 */
#ifndef STEP_IMAGE_EXPORT_H
#define STEP_IMAGE_EXPORT_H

#include "step/image/engine.h"
#include "step/image/image.h"

struct export;

/*
 * Of the image with this id ("sha256:..."), whose layers are known. id_is_config: it is the digest of its
 * config, which has to be in the archive then. All of it must outlive the export; nothing is asked for yet.
 */
struct export *export_new(const struct engine *engine, const char *id, bool id_is_config,
    const struct image_layer *layers, size_t nlayers);
void export_free(struct export *x);
/* As struct opened_image has it: next_layer. */
int export_next(struct export *x, bool first, const bool *wanted, size_t *ret_layer,
    struct stream **ret, struct err *err) MUST_CHECK;

#endif
