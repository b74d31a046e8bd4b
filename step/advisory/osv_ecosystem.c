/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_ecosystem.c - OSV's names of ecosystems, and which of them are read
 *
 *      Debian:12  Alpine:v3.18  Ubuntu:22.04:LTS  AlmaLinux:8  Rocky Linux:9  npm  Go
 *
 * https://ossf.github.io/osv-schema/#defined-ecosystems
 *
 * Left out, and counted by name: those without a version scheme here, streams of a
 * release that are sold apart (Ubuntu Pro, FIPS), products (Red Hat, SUSE).
 */
#include "step/advisory/osv.h"

#include <string.h>

/* What follows the first colon, as our release; NULL where it is none. */
typedef const char *release_fn(struct arena *a, struct str release);

/* Digits and dots, at least one digit first. */
static bool
is_number(struct str s)
{
	if (!s.len || s.len > 16 || s.ptr[0] < '0' || s.ptr[0] > '9')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '.' && (s.ptr[i] < '0' || s.ptr[i] > '9'))
			return false;
	}
	return true;
}

static const char *
release_numbered(struct arena *a, struct str release)
{
	return is_number(release) ? arena_text(a, release) : NULL;
}

static const char *
release_debian(struct arena *a, struct str release)
{
	(void)a;
	return debian_codename(release);
}

static const char *
release_alpine(struct arena *a, struct str release)
{
	if (str_is(release, "edge"))
		return "edge";
	if (!str_starts(release, "v") || !is_number(str_skip(release, 1)))
		return NULL;
	return arena_text(a, release);
}

/* "22.04:LTS" and "23.10", but not "Pro:16.04:LTS" nor "22.04:LTS:FIPS". */
static const char *
release_ubuntu(struct arena *a, struct str release)
{
	struct str number = str_cut(&release, ':');

	if (!is_number(number) || (release.len && !str_is(release, "LTS")))
		return NULL;
	return arena_text(a, number);
}

static const struct {
	const char *osv;
	const char *name; /* ours, before the release */
	const char *scheme;
	release_fn *release; /* NULL: has none */
	bool lists_cves;
} rows[] = {
	{ "Debian", "debian", "deb", release_debian, true },
	{ "Ubuntu", "ubuntu", "deb", release_ubuntu, true },
	{ "Alpine", "alpine", "apk", release_alpine, false },
	{ "AlmaLinux", "almalinux", "rpm", release_numbered, true },
	{ "Rocky Linux", "rocky", "rpm", release_numbered, true },
	{ "npm", "npm", "npm", NULL, false },
	{ "Go", "go", "semver", NULL, false },
};

/* Those that are known and not read, so that they can be counted by name. */
static const char *const unread[] = {
	"Alpaquita",
	"Android",
	"Azure Linux",
	"BellSoft Hardened Containers",
	"Bioconductor",
	"Bitnami",
	"CRAN",
	"Chainguard",
	"CleanStart",
	"ConanCenter",
	"Docker Hardened Images",
	"Drupal",
	"Echo",
	"FreeBSD",
	"GHC",
	"GIT",
	"GitHub Actions",
	"Hackage",
	"Hex",
	"Julia",
	"Kubernetes",
	"Linux",
	"Mageia",
	"Maven",
	"MinimOS",
	"NuGet",
	"OSS-Fuzz",
	"Oracle Linux",
	"Packagist",
	"Photon OS",
	"Pub",
	"PyPI",
	"Red Hat",
	"Root",
	"RubyGems",
	"SUSE",
	"SwiftURL",
	"TuxCare",
	"VSCode",
	"Wolfi",
	"crates.io",
	"opam",
	"openEuler",
	"openSUSE",
};

static const char *
why_unread(struct arena *a, struct str family)
{
	for (size_t i = 0; i < ARRAY_LEN(unread); i++) {
		if (str_is(family, unread[i]))
			return arena_textf(a, "ecosystem %s is not read", unread[i]);
	}
	return "ecosystem is not known";
}

struct osv_ecosystem
osv_ecosystem_of(struct arena *a, const char *text)
{
	struct str rest = str_of(text);
	struct str family = str_cut(&rest, ':');

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct osv_ecosystem e = { .scheme = rows[i].scheme,
			.is_distro = rows[i].release != NULL,
			.lists_cves = rows[i].lists_cves };
		const char *release;

		if (!str_is(family, rows[i].osv))
			continue;
		if (!rows[i].release) {
			e.name = rows[i].name;
			return e;
		}
		release = rows[i].release(a, rest);
		if (release)
			e.name = arena_textf(a, "%s:%s", rows[i].name, release);
		else
			e.skipped =
			    arena_textf(a, "ecosystem %s: no release that is read", rows[i].osv);
		return e;
	}
	return (struct osv_ecosystem){ .skipped = why_unread(a, family) };
}
