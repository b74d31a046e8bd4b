/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.h - package URLs: one name for a package that every tool understands
 */
#ifndef STEP_MODEL_PURL_H
#define STEP_MODEL_PURL_H

#include "step/model/model.h"

/* "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u1?arch=amd64&distro=debian-12", in the arena. distro or NULL. */
char *package_purl(struct arena *a, const struct package *p, const struct distro *distro);

#endif
