/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror.c - registries that are asked before the image's own
 *
 *      setting  = registry "=" site ["/" prefix]
 *
 * registry and site are what stands before the first slash of a reference (reference.c), so that both are read
 * in one way; prefix is a repository's beginning.
 */
#include "step/image/mirror.h"

#include "step/base/io.h"

#include <string.h>

struct mirror {
	const char *registry; /* as struct reference.site */
	const char *site;     /* the same of the mirror */
	struct str prefix;    /* "" or "hub" */
};

static const char bad_prefix[] =
    "what stands behind the mirror's host is no repository's beginning";

/* NULL, or what is wrong. */
static const char *
parse(const char *setting, struct arena *a, struct mirror *ret)
{
	struct str rest = str_of(setting), registry, site;
	struct reference r;
	struct err ignored;

	if (!strchr(setting, '='))
		return "there is no '='";
	registry = str_cut(&rest, '=');
	ret->registry = reference_site(registry, a);
	if (!ret->registry)
		return "before '=' stands a registry's host, with a port or not";
	if (str_starts(rest, "https://") || str_starts(rest, "http://"))
		return "the mirror is written without http:// or https://";
	if (str_ends(rest, "/"))
		rest.len--;
	if (str_ends(rest, "/"))
		return bad_prefix;
	site = str_cut(&rest, '/');
	ret->site = reference_site(site, a);
	if (!ret->site)
		return "behind '=' stands the mirror's host, with a port or not";
	ret->prefix = rest;
	if (rest.len > 0 && (memchr(rest.ptr, ':', rest.len) || memchr(rest.ptr, '@', rest.len) ||
				reference_parse(str_of(arena_textf(a, "%s/%.*s/x", ret->site,
						    (int)rest.len, rest.ptr)),
				    a, &r, &ignored) < 0))
		return bad_prefix;
	return NULL;
}

int
mirror_check(const char *setting, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct mirror m;
	const char *why = parse(setting, a, &m);

	if (!why)
		return 0;
	if (strchr(setting, '@'))
		return err_set(err, ERR_USAGE,
		    "the value is not REGISTRY=HOST[:PORT][/PREFIX]: it takes no user name or password");
	return err_set(
	    err, ERR_USAGE, "'%.120s' is not REGISTRY=HOST[:PORT][/PREFIX]: %s", setting, why);
}

bool
mirror_reference(
    const char *setting, const struct reference *ref, struct arena *a, struct reference *ret)
{
	struct mirror m;
	struct err ignored;
	const char *name;

	if (parse(setting, a, &m) || strcmp(m.registry, ref->site) != 0)
		return false;
	name = arena_textf(a, "%s/%.*s%s%s", m.site, (int)m.prefix.len, m.prefix.ptr,
	    m.prefix.len > 0 ? "/" : "", ref->repository);
	if (reference_parse(str_of(name), a, ret, &ignored) < 0)
		return false;
	ret->tag = ref->tag;
	ret->digest = ref->digest;
	return true;
}
