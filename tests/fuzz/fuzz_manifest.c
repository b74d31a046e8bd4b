/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_manifest.c - any bytes as index, manifest and config
 *
 * The input is taken as the top document, as a manifest that a good index names, and as the
 * config of a good manifest: the last two with the digest they really have, so that they get
 * beyond the verification.
 */
#include "step/image/manifest.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct one {
	struct document_source source;
	struct str bytes;
};

static int
one_fetch(struct document_source *from, const struct descriptor *d, struct arena *a,
    struct str *ret, struct err *err)
{
	(void)d;
	(void)a;
	(void)err;
	*ret = ((struct one *)from)->bytes;
	return 0;
}

static void
resolve(struct one *one, const char *text, size_t len, const char *platform)
{
	const struct image_choice choice = { .platform = platform };
	AUTO_ARENA a = arena_new();
	struct resolved_image image;
	struct err err;

	if (image_resolve(&one->source, (struct str){ text, len }, NULL, &choice, a, &image, &err) <
	    0)
		return;
	for (size_t i = 0; i < image.nlayers; i++)
		if (!digest_valid(str_of(image.layers[i].digest)) ||
		    !digest_valid(str_of(image.layers[i].diff_id)) ||
		    image.layers[i].size > LIMIT_BLOB)
			__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char layer[] =
	    "{\"size\":1,\"digest\":"
	    "\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"}";
	struct one one = { { one_fetch }, { (const char *)data, size } };
	AUTO_ARENA a = arena_new();
	const char *digest, *text;

	if (size == 0)
		return 0;
	digest = digest_of(one.bytes, a);
	resolve(&one, (const char *)data, size, NULL);
	resolve(&one, (const char *)data, size, "linux/arm");
	text = arena_textf(a, "{\"manifests\":[{\"digest\":\"%s\",\"size\":%zu}]}", digest, size);
	resolve(&one, text, strlen(text), NULL);
	for (size_t i = 0; i < 2; i++) {
		text =
		    arena_textf(a, "{\"config\":{\"digest\":\"%s\",\"size\":%zu},\"layers\":[%s]}",
			digest, size, i ? layer : "");
		resolve(&one, text, strlen(text), NULL);
	}
	return 0;
}
