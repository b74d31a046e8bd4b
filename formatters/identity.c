/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity.c - the names by which other tools know an image, its packages and a document about them
 *
 *      pkg:TYPE/[NAMESPACE/]NAME[@VERSION][?KEY=VALUE[&KEY=VALUE]]
 *      pkg:oci/app@sha256:5f5f...?arch=amd64&repository_url=registry.example.com%2Fteam%2Fapp
 *
 * An image's purl has the last part of the repository as its name, and all of it as a qualifier
 * where it names a registry. With a digest it has no tag: who looks for an image by purl (Trivy,
 * vexctl) wants every qualifier of a statement to be one of the image's, and tags move.
 *
 * Spec: https://github.com/package-url/purl-spec, and types/oci-definition.json there
 */
#include "formatters/identity.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

enum {
	PURL_MAX = 4096,     /* bytes; a package's name and version are far shorter */
	DIGEST_HEX = 64,     /* digits of a SHA-256 */
	IRI_TEXT_MAX = 500,  /* code points of a name or version that no purl holds */
	URI_TEXT_MAX = 1024, /* of an image's name or a path in an address */
};

static bool
is_made_of(struct str s, const char *bytes)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\0' || !strchr(bytes, s.ptr[i]))
			return false;
	return true;
}

/* Not empty, of what may stand in a purl's part, "%" with two digits behind it. */
static bool
is_part(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '%' &&
		    (s.len - i < 3 ||
			!is_made_of((struct str){ s.ptr + i + 1, 2 }, DIGITS "abcdefABCDEF")))
			return false;
	return s.len > 0 && is_made_of(s, UNRESERVED_URI ":%+");
}

static bool
are_qualifiers(struct str s)
{
	while (s.len > 0) {
		struct str value = str_cut(&s, '&'), key = str_cut(&value, '=');

		if (key.len == 0 || !strchr(LOWER, key.ptr[0]) ||
		    !is_made_of(key, LOWER DIGITS "._-") || !is_part(value))
			return false;
	}
	return true;
}

/* "[NAMESPACE/]NAME[@VERSION]" */
static bool
is_path(struct str s)
{
	bool has_version = s.len > 0 && memchr(s.ptr, '@', s.len);
	struct str version = s, names = str_cut(&version, '@');

	if ((has_version && !is_part(version)) || names.len == 0 || names.ptr[names.len - 1] == '/')
		return false;
	while (names.len > 0)
		if (!is_part(str_cut(&names, '/')))
			return false;
	return true;
}

const char *
purl_of(const struct package *p)
{
	struct str rest = str_of(p->purl), type, path;
	bool has_qualifiers;

	if (!str_starts(rest, "pkg:") || rest.len > PURL_MAX)
		return NULL;
	rest = str_skip(rest, strlen("pkg:"));
	type = str_cut(&rest, '/');
	has_qualifiers = rest.len > 0 && memchr(rest.ptr, '?', rest.len);
	path = str_cut(&rest, '?');
	if (type.len == 0 || !strchr(LOWER, type.ptr[0]) || !is_made_of(type, LOWER DIGITS ".-"))
		return NULL;
	if (!is_path(path) || (has_qualifiers && rest.len == 0) || !are_qualifiers(rest))
		return NULL;
	return p->purl;
}

static char *
encoded(struct arena *a, struct str text)
{
	char *to = arena_alloc(a, 3 * text.len + 1);

	percent_encode(to, text, UNRESERVED_URI ":");
	return to;
}

/* The last part of a repository's name, or "" if it is none. */
static struct str
repository_part(const char *name)
{
	const char *slash = strrchr(name, '/');
	struct str part = str_of(slash ? slash + 1 : name);

	if (part.len == 0 || !strchr(LOWER DIGITS, part.ptr[0]) ||
	    !is_made_of(part, LOWER DIGITS "._-"))
		return STR("");
	return part;
}

/* Does the name begin with a registry? As in a reference: "." or ":" in the first part, or localhost. */
static bool
names_registry(const char *name)
{
	struct str rest = str_of(name), first = str_cut(&rest, '/');

	if (rest.len == 0 || strstr(name, "//") || !is_made_of(rest, LOWER DIGITS "._-/"))
		return false;
	if (first.len == 0 || !strchr(UNRESERVED_URI, first.ptr[0]) ||
	    !is_made_of(first, UNRESERVED_URI ":"))
		return false;
	return memchr(first.ptr, '.', first.len) || memchr(first.ptr, ':', first.len) ||
	       str_is(first, "localhost");
}

static bool
is_digest(const char *digest)
{
	struct str s = str_of(digest);

	return str_starts(s, "sha256:") && s.len == strlen("sha256:") + DIGEST_HEX &&
	       is_made_of(str_skip(s, strlen("sha256:")), DIGITS "abcdef");
}

/* "amd64" of "linux/amd64" and "linux/arm64/v8", or "". */
static struct str
architecture(const char *platform)
{
	struct str rest = str_of(platform), arch;

	str_cut(&rest, '/');
	arch = str_cut(&rest, '/');
	return is_made_of(arch, LOWER DIGITS) ? arch : STR("");
}

static char *
repository_purl(struct arena *a, const struct image *img, const char *version, const char *tag)
{
	struct str part = repository_part(img->name), arch = architecture(img->platform);
	char separator = '?';
	char *purl = arena_textf(a, "pkg:oci/%.*s%s%s", (int)part.len, part.ptr, version ? "@" : "",
	    version ? version : "");

	if (arch.len > 0) {
		purl = arena_textf(a, "%s%carch=%.*s", purl, separator, (int)arch.len, arch.ptr);
		separator = '&';
	}
	if (names_registry(img->name)) {
		purl = arena_textf(
		    a, "%s%crepository_url=%s", purl, separator, encoded(a, str_of(img->name)));
		separator = '&';
	}
	return tag ? arena_textf(a, "%s%ctag=%s", purl, separator, encoded(a, str_of(tag))) : purl;
}

char *
image_purl(struct arena *a, const struct image *img)
{
	if (!is_digest(img->digest) || repository_part(img->name).len == 0)
		return NULL;
	return repository_purl(a, img, img->digest, NULL);
}

/* A purl of no ecosystem, of texts that may be anything. */
static char *
generic_purl(struct arena *a, const char *name, const char *version)
{
	char *purl = arena_textf(a, "pkg:generic/%s",
	    encoded(a, str_of(cut_text(a, *name ? name : "unnamed", IRI_TEXT_MAX))));

	if (!version || !*version)
		return purl;
	return arena_textf(
	    a, "%s@%s", purl, encoded(a, str_of(cut_text(a, version, IRI_TEXT_MAX))));
}

char *
image_iri(struct arena *a, const struct image *img)
{
	char *purl = image_purl(a, img);

	if (purl)
		return purl;
	if (img->tag && *img->tag && names_registry(img->name) &&
	    repository_part(img->name).len > 0)
		return repository_purl(a, img, NULL, img->tag);
	return generic_purl(a, img->name, img->digest ? img->digest : img->tag);
}

const char *
package_iri(struct arena *a, const struct package *p)
{
	const char *purl = purl_of(p);

	return purl ? purl : generic_purl(a, p->name, p->version);
}

void
document_uuid(const char *kind, const struct report *r, char ret[UUID_SIZE])
{
	AUTO_ARENA a = arena_new();
	const struct image *img = &r->image;
	char *name =
	    arena_textf(a, "%s\n%s\n%s\n%s\n%s\n%s\n%d", img->digest ? img->digest : img->reference,
		img->name, img->platform ? img->platform : "", r->scanned_at, r->tool_version,
		r->database.built, r->exit_status);

	for (unsigned i = 0; i < STANDING_COUNT; i++)
		name = arena_textf(a, "%s\n%u", name, r->standings[i]);
	uuid_of(kind, name, ret);
}

/* ---- Gaps and notices ---- */

struct print {
	char uuid[UUID_SIZE];
	size_t place;
};

static struct print
print_of(const char *kind, const struct report *r, const char *words, size_t place)
{
	AUTO_ARENA a = arena_new();
	struct print p = { .place = place };

	uuid_of(kind, arena_textf(a, "%s\n%s", r->image.name, words), p.uuid);
	return p;
}

static int
compare_prints(const void *a, const void *b)
{
	const struct print *x = a, *y = b;
	int order = strcmp(x->uuid, y->uuid);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Sorts prints. */
static const char **
number_prints(struct arena *a, struct print *prints, size_t n)
{
	const char **numbered = arena_alloc(a, (n + 1) * sizeof(*numbered));
	size_t nth = 0;

	if (n > 1)
		qsort(prints, n, sizeof(*prints), compare_prints);
	for (size_t i = 0; i < n; i++) {
		const struct print *p = &prints[i];

		nth = i > 0 && strcmp(p->uuid, p[-1].uuid) == 0 ? nth + 1 : 1;
		numbered[p->place] = nth > 1 ? arena_textf(a, "%s-%zu", p->uuid, nth)
					     : arena_textf(a, "%s", p->uuid);
	}
	return numbered;
}

const char **
gap_fingerprints(struct arena *a, const char *kind, const struct report *r)
{
	AUTO_FREE struct print *prints = xalloc((r->ngaps + 1) * sizeof(*prints));
	AUTO_ARENA scratch = arena_new();

	for (size_t i = 0; i < r->ngaps; i++) {
		struct gap anywhere = r->gaps[i];

		anywhere.layer = NULL;
		prints[i] = print_of(kind, r, gap_words(scratch, &anywhere), i);
		arena_reset(scratch);
	}
	return number_prints(a, prints, r->ngaps);
}

const char **
notice_fingerprints(struct arena *a, const char *kind, const struct report *r)
{
	AUTO_FREE struct print *prints = xalloc((r->nnotices + 1) * sizeof(*prints));

	for (size_t i = 0; i < r->nnotices; i++)
		prints[i] = print_of(kind, r, r->notices[i].text, i);
	return number_prints(a, prints, r->nnotices);
}

/* Append the segments of a path, each with a slash in front of it except the very first. */
static char *
add_segments(char *out, bool *first, const char *path)
{
	struct str rest = str_of(path);

	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');

		if (segment.len == 0 || str_is(segment, ".") || str_is(segment, ".."))
			continue;
		if (!*first)
			*out++ = '/';
		*first = false;
		percent_encode(out, segment, UNRESERVED_URI);
		out += strlen(out);
	}
	return out;
}

char *
relative_uri(struct arena *a, const char *name, const char *path)
{
	const char *front = cut_text(a, name, URI_TEXT_MAX);
	const char *back = cut_text(a, path, URI_TEXT_MAX);
	char *uri = arena_alloc(a, 3 * (strlen(front) + strlen(back)) + 2);
	bool first = true;

	add_segments(add_segments(uri, &first, front), &first, back);
	return *uri ? uri : arena_textf(a, "image");
}
