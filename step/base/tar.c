/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - what every tar has: blocks, and headers known by their checksum
 *
 * A header's checksum stands at byte 148 in 8 bytes, as octal text with blanks before
 * it or a blank or NUL behind: the sum of the header's bytes with blanks in its own place.
 *
 * Spec: POSIX.1-2017 pax, "ustar Interchange Format"
 */
#include "step/base/io.h"

enum {
	FIELD = 148,
	FIELD_END = 156,
};

bool
tar_block_empty(const void *block)
{
	const unsigned char *at = block;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (at[i])
			return false;
	return true;
}

/* The checksum that a header states: false where there is no number. */
static bool
stated_sum(const unsigned char *header, int *ret)
{
	size_t i = FIELD;

	*ret = 0;
	while (i < FIELD_END && header[i] == ' ')
		i++;
	for (; i < FIELD_END && header[i] >= '0' && header[i] <= '7'; i++)
		*ret = *ret * 8 + (header[i] - '0');
	return i == FIELD_END || header[i] == ' ' || header[i] == '\0';
}

bool
tar_header_valid(const void *block)
{
	const unsigned char *header = block;
	int sum = 0, signed_sum = 0, stated;

	for (size_t i = 0; i < TAR_BLOCK; i++) {
		unsigned char c = i >= FIELD && i < FIELD_END ? ' ' : header[i];

		sum += c;
		signed_sum += (signed char)c;
	}
	return stated_sum(header, &stated) && (stated == sum || stated == signed_sum);
}
