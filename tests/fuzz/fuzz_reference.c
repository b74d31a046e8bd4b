/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reference.c - what a reference is taken apart into is a URL, and reads back the same
 */
#include "step/base/io.h"
#include "step/base/url.h"
#include "step/image/reference.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	struct reference r, again;
	struct err err;
	struct url u;
	const char *text;

	if (reference_parse((struct str){ (const char *)data, size }, a, &r, &err) < 0) {
		if (err.kind != ERR_USAGE)
			abort();
		return 0;
	}
	text = arena_textf(a, "https://%s/v2/%s/manifests/%s", r.api_site, r.repository,
	    r.digest != NULL ? r.digest : r.tag);
	if (url_parse(str_of(text), ERR_IMAGE, a, &u, &err) < 0 || strpbrk(u.path, "?#%\\") != NULL)
		abort();
	text = arena_textf(a, "%s%s%s%s%s", r.name, r.tag != NULL ? ":" : "",
	    r.tag != NULL ? r.tag : "", r.digest != NULL ? "@" : "",
	    r.digest != NULL ? r.digest : "");
	if (reference_parse(str_of(text), a, &again, &err) < 0 || !same(r.name, again.name) ||
	    !same(r.tag, again.tag) || !same(r.digest, again.digest))
		abort();
	return 0;
}
