/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.c - SHA-256, and digests as registries write them: "sha256:" and hexadecimal digits
 *
 * libcrypto's plain functions: its newer interface loads a provider first,
 * which takes as long as walking an Alpine layer.
 *
 * Spec: FIPS 180-4; https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
#define OPENSSL_API_COMPAT 10101

#include "step/base/io.h"

#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "struct sha256 is too small");

static SHA256_CTX *
context(struct sha256 *h)
{
	return (SHA256_CTX *)(void *)h->state;
}

void
sha256_init(struct sha256 *h)
{
	SHA256_Init(context(h));
}

void
sha256_update(struct sha256 *h, const void *bytes, size_t len)
{
	SHA256_Update(context(h), bytes, len);
}

void
sha256_hex(struct sha256 *h, char ret[SHA256_HEX])
{
	unsigned char sum[SHA256_DIGEST_LENGTH];

	SHA256_Final(sum, context(h));
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(ret + 2 * i, 3, "%02x", sum[i]);
}

void
sha256_of(struct str bytes, char ret[SHA256_HEX])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_update(&h, bytes.ptr, bytes.len);
	sha256_hex(&h, ret);
}

bool
digest_valid(struct str digest)
{
	if (!str_starts(digest, "sha256:") || digest.len != 7 + SHA256_HEX - 1)
		return false;
	for (size_t i = 7; i < digest.len; i++)
		if (!memchr("0123456789abcdef", digest.ptr[i], 16))
			return false;
	return true;
}

int
digest_stream(
    struct stream *s, struct arena *a, const char **ret_digest, uint64_t *ret_size, struct err *err)
{
	char hex[SHA256_HEX];
	struct sha256 h;
	uint64_t size = 0;
	AUTO_FREE char *buf = xalloc(64 * KIB);
	ssize_t n;

	sha256_init(&h);
	while ((n = stream_read(s, buf, 64 * KIB, err)) > 0) {
		sha256_update(&h, buf, (size_t)n);
		size += (uint64_t)n;
	}
	if (n < 0)
		return -1;
	sha256_hex(&h, hex);
	*ret_digest = arena_textf(a, "sha256:%s", hex);
	*ret_size = size;
	return 0;
}
