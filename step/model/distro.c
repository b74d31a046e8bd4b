/* SPDX-License-Identifier: Apache-2.0 */
/*
 * distro.c - which release's advisories are meant by what os-release says
 *
 *      debian 12 bookworm          debian:bookworm
 *      debian - forky              debian:forky     testing: no number yet
 *      alpine 3.20.3               alpine:v3.20
 *      alpine 3.21.0_alpha20240923 alpine:edge
 *      ubuntu 18.04 bionic         ubuntu:18.04
 *
 * Codenames: https://www.debian.org/releases/
 */
#include "step/model/eol.h"
#include "step/model/model.h"

#include <string.h>

static const struct codename {
	const char *version, *name;
} codenames[] = {
	{ "4", "etch" },
	{ "5", "lenny" },
	{ "6", "squeeze" },
	{ "7", "wheezy" },
	{ "8", "jessie" },
	{ "9", "stretch" },
	{ "10", "buster" },
	{ "11", "bullseye" },
	{ "12", "bookworm" },
	{ "13", "trixie" },
	{ "14", "forky" },
	{ "15", "duke" },
};

const char *
debian_codename(struct str version)
{
	struct str major = str_cut(&version, '.');

	for (size_t i = 0; i < ARRAY_LEN(codenames); i++)
		if (str_is(major, codenames[i].version))
			return codenames[i].name;
	return NULL;
}

static const char *
debian_version(const char *codename)
{
	for (size_t i = 0; i < ARRAY_LEN(codenames); i++)
		if (strcmp(codename, codenames[i].name) == 0)
			return codenames[i].version;
	return NULL;
}

/* What is known of distributions by their id alone. */
static const struct family {
	const char *id, *package_type;
	bool by_major; /* advisories are for "8", VERSION_ID says "8.9" */
} families[] = {
	{ "alpine", "apk", false },
	{ "wolfi", "apk", false },
	{ "chainguard", "apk", false },
	{ "debian", "deb", false },
	{ "ubuntu", "deb", false },
	{ "almalinux", "rpm", true },
	{ "rocky", "rpm", true },
	{ "rhel", "rpm", true },
	{ "centos", "rpm", true },
	{ "ol", "rpm", true },
	{ "fedora", "rpm", false },
	{ "amzn", "rpm", false },
	{ "photon", "rpm", false },
	{ "azurelinux", "rpm", false },
	{ "mariner", "rpm", false },
	{ "sles", "rpm", false },
	{ "opensuse-leap", "rpm", false },
};

static const struct family *
family_of(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (strcmp(id, families[i].id) == 0)
			return &families[i];
	return NULL;
}

static const char *
text_or(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

static void
debian_complete(struct arena *a, struct distro *d)
{
	const char *codename = d->codename ? d->codename : debian_codename(str_of(d->version));
	const char *version = codename ? debian_version(codename) : NULL;

	if (codename)
		d->release = arena_textf(a, "debian:%s", codename);
	else if (d->version)
		d->release = arena_textf(a, "debian:%s", d->version);
	d->eol = version ? eol_date(d->id, version) : NULL;
}

static bool
is_edge(const struct distro *d)
{
	return (d->version && (strstr(d->version, "_alpha") || strcmp(d->version, "edge") == 0)) ||
	       strstr(text_or(d->name, ""), " edge");
}

static void
alpine_complete(struct arena *a, struct distro *d)
{
	struct str rest = str_of(d->version), major, minor;

	if (is_edge(d)) {
		d->release = "alpine:edge";
		return;
	}
	if (!d->version)
		return;
	major = str_cut(&rest, '.');
	minor = str_cut(&rest, '.');
	minor = str_cut(&minor, '_');
	d->release = arena_textf(a, "alpine:v%.*s%s%.*s", (int)major.len, major.ptr,
	    minor.len ? "." : "", (int)minor.len, minor.ptr);
	d->eol = eol_date(d->id, d->release + strlen("alpine:v"));
}

void
distro_complete(struct arena *a, struct distro *d)
{
	const struct family *family = family_of(d->id);

	d->release = d->eol = NULL;
	d->package_type = family ? family->package_type : NULL;
	d->version = text_or(d->version, NULL);
	d->codename = text_or(d->codename, NULL);
	if (strcmp(d->id, "debian") == 0) {
		debian_complete(a, d);
	} else if (strcmp(d->id, "alpine") == 0) {
		alpine_complete(a, d);
	} else if (d->version) {
		struct str rest = str_of(d->version);
		struct str shown = family && family->by_major ? str_cut(&rest, '.') : rest;

		d->release = arena_textf(a, "%s:%.*s", d->id, (int)shown.len, shown.ptr);
		d->eol = eol_date(d->id, d->version);
	}
	if (!text_or(d->name, NULL) && (d->version || d->codename))
		d->name = arena_textf(a, "%s %s", d->id, d->version ? d->version : d->codename);
	else
		d->name = text_or(d->name, d->id);
}
