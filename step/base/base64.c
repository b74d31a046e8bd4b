/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64.c - base64, as RFC 4648, section 4 has it
 */
#include "step/base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

enum {
	PAD = 64
}; /* where = stands among the digits */

char *
base64_encode(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, (bytes.len + 2) / 3 * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.len; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits =
			    bits << 8 | (i + k < bytes.len ? (unsigned char)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			out[n++] = digits[i + k <= bytes.len ? bits >> (18 - 6 * k) & 63 : PAD];
	}
	return out;
}

/* What a digit stands for, PAD for =, or -1. */
static int
value_of(char c)
{
	const char *digit = c ? strchr(digits, c) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

bool
base64_decode(struct str text, struct arena *a, struct str *ret)
{
	char *out = arena_alloc(a, text.len / 4 * 3 + 4);
	size_t n = 0, taken = 0, pads = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);

		if (text.ptr[i] == '\r' || text.ptr[i] == '\n')
			continue;
		if (value < 0 || (pads > 0 && value != PAD))
			return false;
		if (value == PAD) {
			pads++;
			continue;
		}
		bits = bits << 6 | (uint32_t)value;
		if (++taken % 4 != 1)
			out[n++] = (char)(bits >> (6 - 2 * ((taken - 1) % 4)) & 0xff);
	}
	if (taken % 4 == 1 || pads > 2 || (pads > 0 && (taken + pads) % 4 != 0))
		return false;
	*ret = (struct str){ out, n };
	return true;
}
