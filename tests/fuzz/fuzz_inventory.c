/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_inventory.c - any bytes as the answer of a layer child
 *
 * What is taken must be written as the very same bytes again: the wire form has one spelling.
 */
#include "step/layer/inventory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum {
		READERS = 3
	};
	static const char magic[] = { 'S', 'S', 'I', 'N', 'V', INVENTORY_FORMAT };
	AUTO_ARENA a = arena_new();
	AUTO_FREE char *bytes = xalloc(size + sizeof(magic));
	struct inventory *inv;
	struct str again;
	struct err err;

	/* The first bytes of it would be guessed rarely; they are right. */
	memcpy(bytes, magic, sizeof(magic));
	if (size)
		memcpy(bytes + sizeof(magic), data, size);
	size += sizeof(magic);
	if (inventory_read((struct str){ bytes, size }, READERS, a, &inv, &err) < 0)
		return 0;
	for (size_t i = 0; i < inv->nfiles; i++)
		if (inv->files[i].reader >= READERS)
			__builtin_trap();
	inventory_write(inv, &again);
	if (again.len != size || memcmp(again.ptr, bytes, size) != 0)
		__builtin_trap();
	auto_free(&again.ptr);
	return 0;
}
