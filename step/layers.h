/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.h - all layers of an image to their inventories: cache, children, digests
 */
#ifndef STEP_LAYERS_H
#define STEP_LAYERS_H

#include "step/layers_data.h"

/*
 * Analyse every layer, several at a time, and merge them; and
 * again with more wanted paths where links lead to files that were not read. What is
 * wrong with a layer is a gap in its outcome. -1: ERR_IMAGE where a blob could not be had,
 * ERR_INTERNAL. The result lives until layers_release(), which is due after -1, too.
 */
int layers_merge(struct layers *l, struct merged *ret, struct err *err) MUST_CHECK;
void layers_release(struct layers *l);
/* That of a layer, which may be the outcome of an earlier one with the same blob. */
const struct layer_outcome *layers_outcome(const struct layers *l, size_t layer);

#endif
