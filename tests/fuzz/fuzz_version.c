/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_version.c - every version scheme is a total order over valid input
 *
 * Built once per row of versions.c with -DROW=deb and so on. The input is three versions with
 * newlines between them. Those that are not valid are compared too, but their order is nobody's.
 */
#include "step/match/version.h"

#include <stdlib.h>
#include <string.h>

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
extern const struct version_ops PASTE(version_, ROW);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
check_order(const struct version_ops *ops, const struct str v[3])
{
	int ab = sign(ops->compare(v[0], v[1]));
	int bc = sign(ops->compare(v[1], v[2]));
	int ac = sign(ops->compare(v[0], v[2]));

	for (size_t i = 0; i < 3; i++)
		if (!ops->valid(v[i]))
			return;
	if (ops->compare(v[0], v[0]) != 0)
		abort(); /* reflexive */
	if (sign(ops->compare(v[1], v[0])) != -ab)
		abort(); /* antisymmetric */
	if (ab == bc && ac != ab)
		abort(); /* transitive */
	if (ab == 0 && ac != bc)
		abort(); /* equals are interchangeable */
	if (bc == 0 && ac != ab)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *blocks[3];
	struct str rest = { (const char *)data, size };
	struct str v[3];

	if (size == 0)
		return 0;
	for (size_t i = 0; i < 3; i++) { /* of exactly their size: a byte read too many is seen */
		struct str part = str_cut(&rest, '\n');

		blocks[i] = malloc(part.len > 0 ? part.len : 1);
		if (!blocks[i])
			abort();
		memcpy(blocks[i], part.ptr, part.len);
		v[i] = (struct str){ blocks[i], part.len };
	}
	check_order(&PASTE(version_, ROW), v);
	for (size_t i = 0; i < 3; i++)
		free(blocks[i]);
	return 0;
}
