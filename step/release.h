/* SPDX-License-Identifier: Apache-2.0 */
/*
 * release.h - the number of this release
 */
#ifndef STEP_RELEASE_H
#define STEP_RELEASE_H

#define SCANSTEP_VERSION "0.1.0"

#endif
