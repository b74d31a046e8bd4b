/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid.c - UUIDs of version 5, in a namespace of scanstep's own
 *
 * SHA-1 is what the version says, and no defence: nothing is trusted for its UUID.
 */
#define OPENSSL_API_COMPAT 10101

#include "formatters/uuid.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

void
uuid_of(const char *kind, const char *name, char ret[UUID_SIZE])
{
	/* Drawn once at random, for good. */
	static const unsigned char space[16] = { 0x5e, 0x0b, 0x35, 0x1c, 0x9c, 0x2d, 0x4f, 0x6e,
		0x8a, 0x41, 0xd3, 0x77, 0x0c, 0x92, 0xe6, 0xb4 };
	unsigned char sum[SHA_DIGEST_LENGTH];
	size_t used = 0;
	SHA_CTX hash;

	SHA1_Init(&hash);
	SHA1_Update(&hash, space, sizeof(space));
	SHA1_Update(&hash, kind, strlen(kind) + 1);
	SHA1_Update(&hash, name, strlen(name));
	SHA1_Final(sum, &hash);
	sum[6] = (unsigned char)((sum[6] & 0x0f) | 0x50); /* the version ... */
	sum[8] = (unsigned char)((sum[8] & 0x3f) | 0x80); /* ... and the variant */
	for (size_t i = 0; i < 16; i++)
		used += (size_t)snprintf(ret + used, UUID_SIZE - used, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", sum[i]);
}
