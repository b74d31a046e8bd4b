/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starter.h - the embedded starter set: starter.tsv as bytes, made by the build
 */
#ifndef STEP_ADVISORY_STARTER_H
#define STEP_ADVISORY_STARTER_H

#include <stddef.h>

extern const unsigned char starter_tsv[];
extern const size_t starter_tsv_len;

#endif
