/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platform.c - "os/arch[/variant]": reading, naming and comparing platforms
 *
 *      linux/amd64    linux/arm64 (is linux/arm64/v8)    linux/arm/v7    windows/amd64
 *
 * The names are those of Go's GOOS and GOARCH, as the image index of
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md takes them. What
 * uname and distributions call a processor is translated.
 *
 * Left out: os.version and os.features, which matter to Windows hosts alone.
 */
#include "step/image/platform.h"

#include <string.h>
#include <sys/utsname.h>

#define LIMIT_PLATFORM_PART 64 /* bytes of one part of a platform */

/* Other names of a processor, and the variant that such a name implies. */
static const struct {
	const char *name, *arch, *variant;
} aliases[] = {
	{ "x86_64", "amd64", "" },
	{ "x86-64", "amd64", "" },
	{ "i386", "386", "" },
	{ "i486", "386", "" },
	{ "i586", "386", "" },
	{ "i686", "386", "" },
	{ "aarch64", "arm64", "" },
	{ "armhf", "arm", "v7" },
	{ "armv7l", "arm", "v7" },
	{ "armv8l", "arm", "v7" },
	{ "armel", "arm", "v6" },
	{ "armv6l", "arm", "v6" },
	{ "armv5tel", "arm", "v5" },
	{ "loongarch64", "loong64", "" },
};

/* The variant that an architecture without one stands for, and the least one. */
static const struct {
	const char *arch, *normal;
	char least; /* of variants "v" and one digit that serve better ones, or 0: none does */
} variants[] = {
	{ "amd64", "v1", '1' },
	{ "arm", "v7", '5' },
	{ "arm64", "v8", '8' },
};

static char *
lower_copy(struct arena *a, struct str s)
{
	char *ret = arena_text(a, s);

	for (char *c = ret; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	return ret;
}

/* The variant that goes without saying, or "". */
static const char *
normal_variant(const char *arch)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (strcmp(variants[i].arch, arch) == 0)
			return variants[i].normal;
	return "";
}

/* The parts as they were written into the usual names. */
static struct platform
usual_names(struct arena *a, struct str os, struct str arch, struct str variant)
{
	struct platform p = { lower_copy(a, os), lower_copy(a, arch), lower_copy(a, variant) };

	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (strcmp(aliases[i].name, p.arch) != 0)
			continue;
		p.arch = aliases[i].arch;
		if (p.variant[0] == '\0')
			p.variant = aliases[i].variant;
		break;
	}
	/* Some builders write the bare number: "8" is v8. */
	if (p.variant[0] >= '0' && p.variant[0] <= '9')
		p.variant = arena_textf(a, "v%s", p.variant);
	if (strcmp(p.variant, normal_variant(p.arch)) == 0)
		p.variant = "";
	return p;
}

bool
platform_of(
    const char *os, const char *arch, const char *variant, struct arena *a, struct platform *ret)
{
	struct str o = str_of(os), r = str_of(arch), v = str_of(variant);

	if (o.len == 0 || r.len == 0 || o.len > LIMIT_PLATFORM_PART ||
	    r.len > LIMIT_PLATFORM_PART || v.len > LIMIT_PLATFORM_PART)
		return false;
	*ret = usual_names(a, o, r, v);
	return true;
}

/* Letters, digits and what joins them: a part of a platform as a person types it. */
static bool
is_part(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || (i > 0 && (c == '.' || c == '_' || c == '-'));

		if (!ok)
			return false;
	}
	return s.len > 0 && s.len <= LIMIT_PLATFORM_PART;
}

int
platform_parse(struct str text, struct arena *a, struct platform *ret, struct err *err)
{
	struct str rest = text;
	struct str os = str_cut(&rest, '/');
	bool has_variant;
	struct str arch = str_cut(&rest, '/');
	struct str variant = rest;

	/* A slash at the end announces a part that is not there. */
	has_variant = text.len > os.len + 1 + arch.len;
	if (!is_part(os) || !is_part(arch) || (has_variant && !is_part(variant)))
		return err_set(err, ERR_USAGE,
		    "'%s' is not a platform of the form os/arch or os/arch/variant, as linux/amd64",
		    arena_text(a, text.len > 200 ? (struct str){ text.ptr, 200 } : text));
	*ret = usual_names(a, os, arch, variant);
	return 0;
}

struct platform
platform_host(struct arena *a)
{
	struct platform ret = { "linux", "amd64", "" };
	struct utsname u;

	if (uname(&u) == 0)
		(void)platform_of("linux", u.machine, "", a, &ret);
	return ret;
}

/* The digit of a variant "v5", or 0. */
static char
variant_digit(const char *variant)
{
	if (variant[0] != 'v' || variant[1] < '0' || variant[1] > '9' || variant[2])
		return 0;
	return variant[1];
}

int
platform_rank(const struct platform *want, const struct platform *have)
{
	const char *normal = normal_variant(want->arch);
	const char *w = want->variant[0] ? want->variant : normal;
	const char *h = have->variant[0] ? have->variant : normal;

	if (strcmp(want->os, have->os) != 0 || strcmp(want->arch, have->arch) != 0)
		return -1;
	if (strcmp(w, h) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		char dw = variant_digit(w), dh = variant_digit(h);

		if (strcmp(variants[i].arch, want->arch) == 0 && dw && dh &&
		    dh >= variants[i].least && dh < dw)
			return dw - dh;
	}
	return -1;
}

char *
platform_text(const struct platform *p, struct arena *a)
{
	/* Nobody writes amd64/v1 or arm64/v8, but everybody arm/v7. */
	const char *variant =
	    p->variant[0] == '\0' && strcmp(p->arch, "arm") == 0 ? "v7" : p->variant;

	return arena_textf(a, "%s/%s%s%s", p->os, p->arch, variant[0] ? "/" : "", variant);
}
