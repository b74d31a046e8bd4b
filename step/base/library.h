/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library.h - a shared library that is loaded when it is first needed
 */
#ifndef STEP_BASE_LIBRARY_H
#define STEP_BASE_LIBRARY_H

#include "step/base/base.h"

/* The first of these (NULL-terminated) that is there, for as long as the program runs; or NULL, and dlerror() knows why. */
void *library_open(const char *const *names);
/* The address of one of its functions, written to the function pointer at ret; false if it has none of that name. */
bool library_find(void *library, const char *name, void *ret);

#endif
