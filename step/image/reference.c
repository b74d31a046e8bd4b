/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference.c - the name of an image in a registry, taken apart
 *
 *      reference  = [site "/"] path *("/" path) [":" tag] ["@" digest]
 *      site       = host [":" port]     with "." or ":" in it, or "localhost"
 *      path       = 1*(a-z 0-9) *(separator 1*(a-z 0-9))
 *      separator  = "." / "_" / "__" / 1*"-"
 *      tag        = (A-Z a-z 0-9 _) 0*127(A-Z a-z 0-9 _ . -)
 *      digest     = "sha256:" 64(0-9 a-f)
 *
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md and, for the
 * site and Docker Hub's short names, https://github.com/distribution/reference
 * Left out: digests other than SHA-256.
 */
#include "step/image/reference.h"

#include "step/base/io.h"
#include "step/base/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LIMIT_REFERENCE  1024
#define LIMIT_REPOSITORY 255 /* distribution/reference: the name in all */
#define LIMIT_TAG        128

static bool
is_path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* How many bytes of s are one separator: 0 if none. */
static size_t
separator_len(struct str s)
{
	size_t dashes = 0;

	if (str_starts(s, "__"))
		return 2;
	if (str_starts(s, ".") || str_starts(s, "_"))
		return 1;
	while (dashes < s.len && s.ptr[dashes] == '-')
		dashes++;
	return dashes;
}

static bool
valid_path(struct str s)
{
	size_t word = 0;

	while (s.len > 0) {
		size_t separator;

		if (is_path_char(s.ptr[0])) {
			word++;
			s = str_skip(s, 1);
			continue;
		}
		separator = separator_len(s);
		if (word == 0 || separator == 0)
			return false;
		word = 0;
		s = str_skip(s, separator);
	}
	return word > 0;
}

static bool
valid_repository(struct str s)
{
	if (s.len == 0 || s.len > LIMIT_REPOSITORY || str_ends(s, "/"))
		return false;
	while (s.len > 0)
		if (!valid_path(str_cut(&s, '/')))
			return false;
	return true;
}

static bool
valid_tag(struct str s)
{
	if (s.len == 0 || s.len > LIMIT_TAG || s.ptr[0] == '.' || s.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) &&
		    (s.ptr[i] == '\0' || strchr("_.-", s.ptr[i]) == NULL))
			return false;
	return true;
}

static bool
valid_site(struct str s)
{
	const char *bracket = s.len > 0 && s.ptr[0] == '[' ? memchr(s.ptr, ']', s.len) : NULL;
	size_t from = bracket != NULL ? (size_t)(bracket - s.ptr) + 1 : 0;
	struct str tail = str_skip(s, from), host = s;
	const char *colon = memchr(tail.ptr, ':', tail.len);
	uint64_t port = 1;

	if (colon != NULL) {
		host.len = (size_t)(colon - s.ptr);
		if (!str_number(str_skip(s, host.len + 1), 65535, &port))
			return false;
	}
	return port > 0 && url_host_valid(host);
}

/* What stands before the first slash is a site only if it cannot be a path. */
static bool
is_site(struct str first)
{
	return memchr(first.ptr, '.', first.len) != NULL ||
	       memchr(first.ptr, ':', first.len) != NULL || str_is(first, "localhost") ||
	       str_starts(first, "[");
}

bool
reference_is_hub(struct str host)
{
	static const char *const aliases[] = { "docker.io", "index.docker.io",
		"registry-1.docker.io" };

	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (host.len == strlen(aliases[i]) &&
		    strncasecmp(host.ptr, aliases[i], host.len) == 0)
			return true;
	return false;
}

const char *
reference_site(struct str text, struct arena *a)
{
	const char *site;

	if (!is_site(text) || !valid_site(text))
		return NULL;
	site = url_host_lower(a, text);
	return reference_is_hub(str_of(site)) ? "docker.io" : site;
}

static void
normalise_hub(struct arena *a, struct reference *r)
{
	r->api_site = r->site;
	if (!reference_is_hub(str_of(r->site)))
		return;
	r->site = "docker.io";
	r->api_site = "registry-1.docker.io";
	if (strchr(r->repository, '/') == NULL)
		r->repository = arena_textf(a, "library/%s", r->repository);
}

static int
refuse(struct str text, const char *why, struct err *err)
{
	return err_set(err, ERR_USAGE, "'%.*s' names no image in a registry: %s",
	    (int)(text.len > 200 ? 200 : text.len), text.ptr, why);
}

static const char secret[] = "an image reference takes no user name or password";
static const char other_digest[] = "an image reference takes no digest but SHA-256 (@sha256:...)";
static const char bad_digest[] =
    "in an image reference 'sha256:' and 64 hexadecimal digits in lower case stand behind @";

/* "sha512:..." rather than a host. */
static bool
is_algorithm(struct str s)
{
	struct str name = str_cut(&s, ':');

	return str_starts(name, "sha") && memchr(name.ptr, '.', name.len) == NULL &&
	       memchr(name.ptr, '/', name.len) == NULL;
}

/* "@digest" and ":tag" off the end of rest; NULL or what is wrong. */
static const char *
take_version(struct str *rest, struct arena *a, struct reference *r)
{
	const char *at = memchr(rest->ptr, '@', rest->len);
	size_t i;

	if (at != NULL) {
		struct str digest = str_skip(*rest, (size_t)(at - rest->ptr) + 1);

		/* Of these nothing is quoted: what stands before @ may be a password. */
		if (!is_algorithm(digest))
			return secret;
		if (!str_starts(digest, "sha256:"))
			return other_digest;
		if (!digest_valid(digest))
			return bad_digest;
		r->digest = arena_text(a, digest);
		rest->len = (size_t)(at - rest->ptr);
	}
	for (i = rest->len; i > 0 && rest->ptr[i - 1] != '/' && rest->ptr[i - 1] != ':'; i--)
		continue;
	if (i > 0 && rest->ptr[i - 1] == ':') {
		struct str tag = str_skip(*rest, i);

		if (!valid_tag(tag))
			return "its tag is malformed";
		r->tag = arena_text(a, tag);
		rest->len = i - 1;
	}
	if (r->tag == NULL && r->digest == NULL)
		r->tag = "latest";
	return NULL;
}

static int
refuse_version(struct str text, const char *why, struct err *err)
{
	if (why == secret || why == other_digest || why == bad_digest)
		return err_set(err, ERR_USAGE, "%s", why);
	return refuse(text, why, err);
}

int
reference_parse(struct str text, struct arena *a, struct reference *ret, struct err *err)
{
	struct reference r = { .site = "docker.io" };
	struct str rest = text, first;
	const char *slash, *why;

	if (text.len == 0 || text.len > LIMIT_REFERENCE)
		return refuse(text, text.len == 0 ? "it is empty" : "it is too long", err);
	if (str_starts(text, "http://") || str_starts(text, "https://"))
		return refuse(
		    (struct str){ text.ptr, 5 }, "write it without http:// or https://", err);
	why = take_version(&rest, a, &r);
	if (why != NULL)
		return refuse_version(text, why, err);
	slash = memchr(rest.ptr, '/', rest.len);
	first = (struct str){ rest.ptr, slash != NULL ? (size_t)(slash - rest.ptr) : 0 };
	if (slash != NULL && is_site(first)) {
		if (!valid_site(first))
			return refuse(text, "its host is malformed", err);
		r.site = url_host_lower(a, first);
		rest = str_skip(rest, first.len + 1);
	}
	if (!valid_repository(rest))
		return refuse(text,
		    "a repository is lower-case words with . _ or - within and / between", err);
	r.repository = arena_text(a, rest);
	normalise_hub(a, &r);
	if (strlen(r.repository) >
	    LIMIT_REPOSITORY) /* with what Docker Hub's own images get in front */
		return refuse(text, "it is too long", err);
	r.name = arena_textf(a, "%s/%s", r.site, r.repository);
	*ret = r;
	return 0;
}
