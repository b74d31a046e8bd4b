/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - what every tar has: blocks, and headers known by their checksum
 *
 * A header's checksum stands at byte 148 in 8 bytes, as octal text with blanks before
 * it or a blank or NUL behind: the sum of the header's bytes with blanks in its own place.
 *
 * A prefix of the name is what the magic "ustar", NUL has. GNU's magic, "ustar", blank, has two
 * times in its place; but where those are no numbers Go's reader takes them for a prefix, which a
 * Go of old wrote there.
 *
 * Spec: POSIX.1-2017 pax, "ustar Interchange Format"
 */
#include "step/base/io.h"

#include <string.h>

enum {
	FIELD = 148,
	FIELD_END = 156,
	MAGIC = 257,
	PREFIX = 345,
	TIME_LEN = 12, /* of each of GNU's two times there */
	STAR_PREFIX_LEN = 131,
	STAR = 508,
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

/* Base 256 that fits 64 bits: a sign in the first byte, and nothing else in the next three. */
static bool
is_large_time(const unsigned char *at)
{
	unsigned char sign = at[0] == 0xff ? 0xff : 0;

	return (at[0] == 0x80 || at[0] == 0xff) && at[1] == sign && at[2] == sign &&
	       at[3] == sign && (at[4] & 0x80) == (sign & 0x80);
}

/* Nothing; or a number to all: octal digits between blanks and NULs, or base 256. */
static bool
is_time(const unsigned char *at)
{
	size_t i = 0, end = TIME_LEN;

	if (at[0] == '\0' || (at[0] & 0x80))
		return at[0] == '\0' || is_large_time(at);
	while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\0'))
		end--;
	while (i < end && at[i] == ' ')
		i++;
	while (i < end && at[i] >= '0' && at[i] <= '7')
		i++;
	return i == end;
}

const char *
tar_prefix_odd(const void *block)
{
	const unsigned char *b = block;

	if (b[PREFIX] == '\0' || memcmp(b + MAGIC, "ustar", 5) != 0)
		return NULL;
	if (memcmp(b + MAGIC, "ustar  ", 8) == 0)
		return is_time(b + PREFIX) && is_time(b + PREFIX + TIME_LEN)
			   ? NULL
			   : "a prefix in a GNU header";
	if (b[MAGIC + 5] != '\0')
		return "a prefix under an unknown magic";
	if (memcmp(b + STAR, "tar", 4) == 0 && !memchr(b + PREFIX, '\0', STAR_PREFIX_LEN))
		return "a prefix that goes on into other fields";
	return NULL;
}
