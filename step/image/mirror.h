/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror.h - registries that are asked before the image's own
 *
 *      docker.io=mirror.example.com:5000/hub      docker.io/library/alpine is hub/library/alpine there
 */
#ifndef STEP_IMAGE_MIRROR_H
#define STEP_IMAGE_MIRROR_H

#include "step/base/base.h"
#include "step/image/reference.h"

/* Is it "REGISTRY=HOST[:PORT][/PREFIX]"? ERR_USAGE, which does not repeat what may be a password. */
int mirror_check(const char *setting, struct err *err) MUST_CHECK;

/*
 * What the image is called at the mirror that the (checked) setting names: false if that is no mirror of its
 * registry, or the name would be too long there.
 */
bool mirror_reference(
    const char *setting, const struct reference *ref, struct arena *a, struct reference *ret);

#endif
