/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers_tell.h - how far the layers of an image are: on a terminal, and in a log
 */
#ifndef STEP_LAYERS_TELL_H
#define STEP_LAYERS_TELL_H

#include "step/layers.h"

/* The context of the two functions, as struct layers has it; both times are of monotonic_ms(). */
struct layers_log {
	int64_t began_ms; /* to read layers */
	int64_t told_ms;  /* when a log was told last; at first the same */
};

/* For struct layers.progress: layers, bytes and rate. */
void layers_tell_progress(const struct layers *l, const struct progress *p);
/* For struct layers.layer_done: one line, how the layer was had and what it is. */
void layers_tell_done(const struct layers *l, size_t layer);

#endif
