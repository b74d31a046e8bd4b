/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library.c - a shared library that is loaded when it is first needed, by dlopen()
 *
 * For what few scans need and what would cost every one of them its start. The program of make STATIC=...
 * has such libraries in itself, and none of this.
 */
#include "step/base/library.h"

#include <dlfcn.h>
#include <string.h>

void *
library_open(const char *const *names)
{
	void *library = NULL;

	for (; *names && !library; names++)
		library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	return library;
}

/* The C standard knows no conversion from dlsym()'s result: POSIX has the bytes copied. */
bool
library_find(void *library, const char *name, void *ret)
{
	void *symbol = dlsym(library, name);

	if (symbol != NULL)
		memcpy(ret, &symbol, sizeof(symbol));
	return symbol != NULL;
}
