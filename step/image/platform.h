/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform.h - "os/arch[/variant]": reading, naming and comparing platforms
 */
#ifndef STEP_IMAGE_PLATFORM_H
#define STEP_IMAGE_PLATFORM_H

#include "step/base/base.h"

/* In the names of Go and OCI ("linux", "amd64", "v7"); variant is never NULL, may be "". */
struct platform {
	const char *os, *arch, *variant;
};

/* Lower case, usual names (x86_64, aarch64, armhf) turned into OCI's. ERR_USAGE if it is none. */
int platform_parse(
    struct str text, struct arena *a, struct platform *ret, struct err *err) MUST_CHECK;
/* Linux on this machine's processor. */
struct platform platform_host(struct arena *a);
/* From a document's members, each may be NULL or ""; false if os or arch is. */
bool platform_of(
    const char *os, const char *arch, const char *variant, struct arena *a, struct platform *ret);
/*
 * How well an image for have serves who wants want: 0 is best, more is worse, -1 not at
 * all. arm64 is arm64/v8, amd64 is amd64/v1, arm is arm/v7; a lesser variant of amd64 and
 * arm serves a better one.
 */
int platform_rank(const struct platform *want, const struct platform *have);
/* "linux/arm/v7", without a variant that nobody writes. */
char *platform_text(const struct platform *p, struct arena *a);

#endif
