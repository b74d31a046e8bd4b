/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version.h - the number of this release.
 */
#ifndef STEP_VERSION_H
#define STEP_VERSION_H

#define SCANSTEP_VERSION "0.1.0"

#endif
