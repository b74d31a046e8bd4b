/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64.h - base64, as RFC 4648, section 4 has it
 */
#ifndef STEP_BASE_BASE64_H
#define STEP_BASE_BASE64_H

#include "step/base/base.h"

char *base64_encode(struct arena *a, struct str bytes);
/*
 * The bytes, with a NUL behind them that does not count. Line ends are passed over, as programs wrap it; the
 * padding may be missing, but not be wrong. False, and *ret untouched, for all else.
 */
bool base64_decode(struct str text, struct arena *a, struct str *ret) MUST_CHECK;

#endif
