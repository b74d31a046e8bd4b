/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth_file.c - what one file of Docker's or Podman's says of one registry
 *
 *      {
 *        "auths": {
 *          "https://index.docker.io/v1/": { "auth": "cm9iaW46c2VjcmV0" },
 *          "registry.example.com:5000": { "username": "robin", "password": "secret" },
 *          "registry.example.com:5000/team/app": { "identitytoken": "..." }
 *        },
 *        "credHelpers": { "123456789012.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login" },
 *        "credsStore": "secretservice"
 *      }
 *
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 * https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 *
 * A key is a host, or an address with the API's path, both for all of a registry, or goes on with the beginning of a
 * repository's name: the closest one wins. As Docker has it, an empty name in credHelpers means "none for this host",
 * and where there is a store for all the logins of the same file count for nothing. Left out: the older .dockercfg,
 * settings that are no logins.
 */
#include "step/image/auth_file.h"

#include "step/base/base64.h"
#include "step/base/doc.h"

#include <string.h>
#include <strings.h>

static const char hub_address[] = "https://index.docker.io/v1/";

/* ---- Keys ---- */

static struct str
plain_site(struct str site)
{
	if (str_ends(site, ":443"))
		site.len -= strlen(":443");
	return reference_is_hub(site) ? STR("docker.io") : site;
}

bool
auth_same_site(struct str a, struct str b)
{
	a = plain_site(a);
	b = plain_site(b);
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

const char *
auth_server(const struct reference *ref)
{
	return strcmp(ref->site, "docker.io") == 0 ? hub_address : ref->site;
}

static bool
take_scheme(struct str *rest)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(*rest, schemes[i])) {
			*rest = str_skip(*rest, strlen(schemes[i]));
			return true;
		}
	return false;
}

/* "v1/" and "v2/" are the API's paths, where a slash or a scheme shows that it is an address. */
static struct str
repository_of(struct str path, bool is_address)
{
	struct str rest = path, first = str_cut(&rest, '/');
	bool is_api = str_is(first, "v1") || str_is(first, "v2");

	if (is_api && (is_address || str_is(path, "v1/") || str_is(path, "v2/")))
		path = rest;
	while (str_ends(path, "/"))
		path.len--;
	return path;
}

/* How closely a key names the image: 0 not at all, 1 or 2 its registry, more its repository. */
static size_t
closeness(const char *key, const struct reference *ref)
{
	struct str rest = str_of(key), site;
	bool is_address = take_scheme(&rest);
	const char *end;

	site = str_cut(&rest, '/');
	if (!auth_same_site(site, str_of(ref->site)))
		return 0;
	rest = repository_of(rest, is_address);
	if (rest.len == 0)
		return strcmp(key, auth_server(ref)) == 0 ? 2 : 1;
	if (strncmp(ref->repository, rest.ptr, rest.len) != 0)
		return 0;
	end = ref->repository + rest.len;
	return *end == '\0' || *end == '/' ? 2 + rest.len : 0;
}

/* ---- Logins ---- */

/* A text in the arena, NULL for an empty one or none; false for everything else. */
static bool
get_text(const struct doc *map, const char *key, struct arena *a, const char **ret)
{
	const struct doc *value = doc_get(map, key);
	const char *text = doc_text(value);

	*ret = text && *text ? arena_text(a, str_of(text)) : NULL;
	return text || doc_kind(value) == DOC_NULL;
}

/* base64 of USER:PASSWORD; what pads it, if anything, is NULs. */
static const char *
read_auth(const char *auth, struct arena *a, struct credentials *c)
{
	struct str both, name;

	if (!base64_decode(str_trim(str_of(auth)), a, &both))
		return "its \"auth\" is no base64";
	while (both.len > 0 && both.ptr[both.len - 1] == '\0')
		both.len--;
	if (memchr(both.ptr, '\0', both.len))
		return "its \"auth\" holds a NUL";
	if (!memchr(both.ptr, ':', both.len) || both.ptr[0] == ':')
		return "its \"auth\" is no user name and password with a colon between them";
	name = str_cut(&both, ':');
	return credentials_set(c, arena_string(a, name), arena_string(a, both));
}

/* NULL, also where it holds nothing, or why it counts for nothing. */
static const char *
read_login(const struct doc *entry, struct arena *a, struct credentials *ret)
{
	const char *auth, *username, *password;
	struct credentials c = { 0 };

	if (doc_kind(entry) != DOC_MAP && doc_kind(entry) != DOC_NULL)
		return "it is no object";
	if (!get_text(entry, "auth", a, &auth) || !get_text(entry, "username", a, &username) ||
	    !get_text(entry, "password", a, &password) ||
	    !get_text(entry, "identitytoken", a, &c.identity_token) ||
	    !get_text(entry, "registrytoken", a, &c.registry_token))
		return "what should be text in it is not";
	if ((c.identity_token && !credentials_token_valid(c.identity_token)) ||
	    (c.registry_token && !credentials_token_valid(c.registry_token)))
		return "its token holds bytes that none may have";
	if (!auth && !username != !password)
		return username ? "it has a user name and no password"
				: "it has a password and no user name";
	*ret = c;
	if (auth)
		return read_auth(auth, a, ret);
	return username ? credentials_set(ret, username, password) : NULL;
}

/* The closest one that can be sent. */
static void
find_login(
    const struct doc *auths, const struct reference *ref, struct arena *a, struct auth_found *found)
{
	size_t best = 0;

	for (void *i = doc_first(auths); i; i = doc_next(auths, i)) {
		size_t close = closeness(doc_key(i), ref);
		struct credentials c = { 0 };
		const char *why;

		if (close <= best)
			continue;
		why = read_login(doc_value(i), a, &c);
		if (why) {
			found->trouble = arena_textf(
			    a, "has a login for %s that is passed over: %s", ref->site, why);
		} else if (credentials_any(&c)) {
			found->credentials = c;
			best = close;
		}
	}
}

/* ---- The whole ---- */

/* Whom to ask in place of the logins; false if that cannot be understood. */
static bool
find_helper(const struct doc *root, const struct reference *ref, struct arena *a, const char **ret)
{
	const struct doc *helpers = doc_get(root, "credHelpers");
	const char *key = NULL;
	size_t best = 0;

	if (doc_kind(helpers) != DOC_MAP && doc_kind(helpers) != DOC_NULL)
		return false;
	for (void *i = doc_first(helpers); i; i = doc_next(helpers, i)) {
		size_t close = closeness(doc_key(i), ref);

		if (close > best) {
			best = close;
			key = doc_key(i);
		}
	}
	return key ? get_text(helpers, key, a, ret) : get_text(root, "credsStore", a, ret);
}

/* Where it stops to be JSON. What stands there is not told: it may be a password. */
static const char *
place_of(const struct err *err, struct arena *a)
{
	struct str rest = str_of(err->text);

	return arena_text(a, str_cut(&rest, ':'));
}

void
auth_file_find(
    struct str text, const struct reference *ref, struct arena *a, struct auth_found *ret)
{
	AUTO_DOC root = NULL;
	const struct doc *auths;
	struct err err;

	*ret = (struct auth_found){ 0 };
	if (text.len > LIMIT_AUTH_FILE) {
		ret->trouble =
		    arena_textf(a, "is passed over: it is larger than the limit of %llu bytes",
			(unsigned long long)LIMIT_AUTH_FILE);
		return;
	}
	if (doc_parse_json(text, ERR_IMAGE, &root, &err) < 0) {
		ret->trouble = arena_textf(
		    a, "is passed over: it cannot be understood from %s on", place_of(&err, a));
		return;
	}
	auths = doc_get(root, "auths");
	if (doc_kind(root) != DOC_MAP ||
	    (doc_kind(auths) != DOC_MAP && doc_kind(auths) != DOC_NULL)) {
		ret->trouble = "is passed over: it is no file of logins";
		return;
	}
	if (!find_helper(root, ref, a, &ret->helper))
		ret->trouble = "is passed over: its credential helpers cannot be understood";
	else if (!ret->helper)
		find_login(auths, ref, a, ret);
}
