/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.c - who a registry is told we are: every place where a name and password may stand
 */
#include "step/image/credentials.h"

#include "step/base/io.h"
#include "step/image/auth_file.h"
#include "step/image/credential_helper.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One registry's on their way into ret. */
struct search {
	const struct image_request *request;
	const struct reference *ref;
	struct arena *arena;
	struct credentials *ret;
	const char *warning; /* of all files so far, or NULL */
	const char **seen;   /* their paths: two variables may lead to one */
	size_t nseen;
};

/* A place to look: 1 if it has some, 0 if not, -1 for an error that ends the search. */
struct source {
	int (*find)(struct search *s, const struct source *from, struct err *err);
	const char *variable; /* that says where, or NULL */
	const char *file; /* behind its value, or NULL: the value itself is the path or the text */
	bool absolute;    /* a value that does not begin with a slash is none */
	bool named;       /* somebody named this very file: it must be there */
};

/* ---- The request's own ---- */

static const char *
text_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

/* The last of "USER, PASSWORD", as the origin of a CI system's login has them. */
static const char *
password_variable(const struct login *l)
{
	const char *second = l->origin ? strstr(l->origin, ", ") : NULL;

	return second ? second + 2 : "SCANSTEP_REGISTRY_PASSWORD";
}

int
credentials_check(const struct image_request *req, const struct reference *ref, struct err *err)
{
	const struct login *l = &req->login;
	const char *username = text_or_null(l->username), *password = text_or_null(l->password),
		   *token = text_or_null(l->token), *why;
	struct credentials set = { 0 };

	if (token && (username || password))
		return err_set(err, ERR_USAGE,
		    "a token stands in place of user name and password: for %s both are given",
		    ref->site);
	if (token && !credentials_token_valid(token))
		return err_set(err, ERR_USAGE,
		    "the token for %s holds blanks, line ends or other bytes that none may have",
		    ref->site);
	if (!username && password)
		return err_set(
		    err, ERR_USAGE, "a password but no user name is given for %s", ref->site);
	if (!username)
		return 0;
	if (!password)
		return err_set(err, ERR_USAGE,
		    "a user name but no password is given for %s (%s is empty or unset: is it a "
		    "protected variable on an unprotected branch?)",
		    ref->site, password_variable(l));
	why = credentials_set(&set, username, password);
	if (why)
		return err_set(
		    err, ERR_USAGE, "the login for %s cannot be sent: %s", ref->site, why);
	return 0;
}

static int
find_request(struct search *s, const struct source *from, struct err *err)
{
	const struct login *l = &s->request->login;

	(void)from;
	if (credentials_check(s->request, s->ref, err) < 0)
		return -1;
	s->ret->registry_token = text_or_null(l->token);
	if (text_or_null(l->username) && credentials_set(s->ret, l->username, l->password))
		return err_set(err, ERR_INTERNAL, "a login was checked and cannot be sent");
	if (!credentials_any(s->ret))
		return 0;
	s->ret->origin = l->origin ? l->origin : "the login given";
	return 1;
}

static int
find_site_login(struct search *s, const struct source *from, struct err *err)
{
	(void)from;
	(void)err;
	for (size_t i = 0; i < s->request->nsite_logins; i++) {
		const struct login *l = &s->request->site_logins[i];
		const char *username = text_or_null(l->username);

		if (!l->site || !username ||
		    !auth_same_site(str_of(l->site), str_of(s->ref->site)) ||
		    credentials_set(s->ret, username, l->password ? l->password : ""))
			continue;
		s->ret->origin = l->origin;
		return 1;
	}
	return 0;
}

/* ---- Files ---- */

static void
warn(struct search *s, const char *name, const char *what)
{
	s->warning = arena_textf(s->arena, "%s%s%s %s", s->warning ? s->warning : "",
	    s->warning ? "; " : "", name, what);
}

/* Its answer is the file's: where it has failed, nobody else is asked (CVE-2021-41092). */
static int
ask_helper(struct search *s, const char *helper, const char *name, struct err *err)
{
	int64_t patience = HELPER_PATIENCE_MS, left = s->request->deadline_ms - monotonic_ms();
	struct credentials kept = { .realms = s->ret->realms };
	struct err why;
	int found;

	if (s->request->deadline_ms > 0 && left < patience)
		patience = left > 0 ? left : 0;
	found = credential_helper_get(helper, auth_server(s->ref), patience, s->arena, &kept, &why);
	if (found < 0)
		return err_set(err, why.kind, "%s keeps logins in " HELPER_PREFIX "%.64s, which %s",
		    name, helper, why.text);
	if (found > 0) {
		*s->ret = kept;
		s->ret->origin = arena_textf(s->arena, HELPER_PREFIX "%s (of %s)", helper, name);
	}
	return found;
}

static int
find_in_text(struct search *s, struct str text, const char *name, struct err *err)
{
	struct auth_found found;

	auth_file_find(text, s->ref, s->arena, &found);
	if (found.trouble)
		warn(s, name, found.trouble);
	if (found.helper)
		return ask_helper(s, found.helper, name, err);
	if (!credentials_any(&found.credentials))
		return 0;
	found.credentials.realms = s->ret->realms;
	*s->ret = found.credentials;
	s->ret->origin = name;
	return 1;
}

static int
find_in_variable(struct search *s, const struct source *from, struct err *err)
{
	const char *text = env_text(from->variable);

	if (!text)
		return 0;
	if (text[0] != '/')
		return find_in_text(s, str_of(text), from->variable, err);
	warn(s, from->variable,
	    "is passed over: it wants the JSON itself, this is a file's path (make the variable of "
	    "type Variable, or use REGISTRY_AUTH_FILE)");
	return 0;
}

/* The file's path, or NULL. */
static const char *
path_of(const struct source *from, struct arena *a)
{
	const char *value = env_text(from->variable);

	if (!value || (from->absolute && value[0] != '/'))
		return NULL;
	return arena_textf(a, "%s%s", value, from->file);
}

static bool
was_seen(struct search *s, const char *path)
{
	for (size_t i = 0; i < s->nseen; i++)
		if (strcmp(s->seen[i], path) == 0)
			return true;
	s->seen = arena_grow(s->arena, s->seen, s->nseen, sizeof(*s->seen));
	s->seen[s->nseen++] = path;
	return false;
}

static int
find_in_path(struct search *s, const struct source *from, const char *path, struct err *err)
{
	const char *name = arena_textf(s->arena, "the file %s", path);
	struct str text;
	struct err why;

	if (was_seen(s, path))
		return 0;
	/* Most of them are not there, and none needs to be. */
	if (!from->named && access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (file_whole(path, LIMIT_AUTH_FILE, ERR_IMAGE, s->arena, &text, &why) == 0)
		return find_in_text(s, text, name, err);
	warn(s, name, arena_textf(s->arena, "is passed over: %s", why.text));
	return 0;
}

static int
find_in_file(struct search *s, const struct source *from, struct err *err)
{
	const char *path = path_of(from, s->arena);

	return path ? find_in_path(s, from, path, err) : 0;
}

/* Podman's place for logins that end with the session. */
static int
find_in_session(struct search *s, const struct source *from, struct err *err)
{
	const char *path = path_of(from, s->arena);

	if (!path)
		path = arena_textf(
		    s->arena, "/run/containers/%lu/auth.json", (unsigned long)geteuid());
	return find_in_path(s, from, path, err);
}

/* ---- The order ---- */

/* TABLE of places, in the order they are asked; the first that has any wins. */
static const struct source sources[] = {
	{ find_request, NULL, NULL, false, false },
	{ find_in_variable, "DOCKER_AUTH_CONFIG", NULL, false, false },
	{ find_in_file, "REGISTRY_AUTH_FILE", "", false, true },
	{ find_in_file, "DOCKER_CONFIG", "/config.json", false, false },
	{ find_in_session, "XDG_RUNTIME_DIR", "/containers/auth.json", true, false },
	{ find_in_file, "HOME", "/.config/containers/auth.json", true, false },
	{ find_in_file, "HOME", "/.docker/config.json", true, false },
	{ find_site_login, NULL, NULL, false, false },
};

/* Token services that are known to be a site's, whoever logs in, and those that the user trusts. */
static const char *const *
realms_of(const struct image_request *req, const struct reference *ref, struct arena *a)
{
	const char **list = NULL;
	size_t n = 0;

	if (req->login.token_host) {
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = req->login.token_host;
	}
	for (size_t i = 0; i < req->nsite_logins; i++) {
		const struct login *l = &req->site_logins[i];

		if (!l->token_host || !l->site ||
		    !auth_same_site(str_of(l->site), str_of(ref->site)))
			continue;
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = l->token_host;
	}
	for (const char *const *r = req->trusted_realms; r && *r; r++) {
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = *r;
	}
	list = arena_grow(a, list, n, sizeof(*list));
	list[n] = NULL;
	return list;
}

int
credentials_find(const struct image_request *req, const struct reference *ref, struct arena *a,
    struct credentials *ret, const char **ret_warning, struct err *err)
{
	struct credentials found = { .realms = realms_of(req, ref, a) };
	struct search s = { .request = req, .ref = ref, .arena = a, .ret = &found };
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(sources) && status == 0; i++)
		status = sources[i].find(&s, &sources[i], err);
	*ret_warning = s.warning;
	*ret = found;
	return status < 0 ? -1 : 0;
}
