/* SPDX-License-Identifier: Apache-2.0 */
/*
 * must.h - promises that the drivers hold the program to
 */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include "step/base/base.h"

#include <stdlib.h>

/* Ends the process when a promise is broken. */
static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Valid UTF-8, or NULL. */
static inline void
must_be_utf8(const char *text)
{
	int32_t c;

	while (text && (c = utf8_next(&text)) != 0)
		must(c > 0);
}

#endif
