/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs.c - the folders in which Docker and Podman keep the certificates of one registry
 *
 *      ~/.config/containers/certs.d/registry.example.com:5000/ca.crt
 *      /etc/docker/certs.d/registry.example.com/client.cert and client.key
 *
 * Specs: containers-certs.d(5), and Docker's "Verify repository client with certificates". Every *.crt is an
 * authority; a *.cert and the *.key of the same name are a pair, of which the first in order is taken. The
 * first folder that is there counts, as for Podman. The name has the port if the reference has one; 443
 * may be written or not. A folder that this user may not read is none.
 */
#include "step/image/certs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_FILES     64          /* of one folder */
#define LIMIT_AUTHORITY (256 * KIB) /* of one file */

/* One folder's, in order of their names. */
struct listing {
	const char *folder;
	const char **names;
	size_t nnames;
};

/* 1 and its names, 0 if it is none, or -1. */
static int
list(const char *folder, struct arena *a, struct listing *ret, struct err *err)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;

	*ret = (struct listing){ .folder = folder };
	if (d == NULL)
		return 0;
	while ((entry = readdir(d)) != NULL && ret->nnames <= LIMIT_FILES) {
		struct str name = str_of(entry->d_name);

		if (!str_ends(name, ".crt") && !str_ends(name, ".cert") && !str_ends(name, ".key"))
			continue;
		ret->names = arena_grow(a, ret->names, ret->nnames, sizeof(*ret->names));
		ret->names[ret->nnames++] = arena_string(a, name);
	}
	closedir(d);
	if (ret->nnames > LIMIT_FILES)
		return err_set(err, ERR_USAGE, "'%.200s' holds more than %d certificates and keys",
		    folder, LIMIT_FILES);
	if (ret->nnames > 0)
		qsort(ret->names, ret->nnames, sizeof(*ret->names), text_order);
	return 1;
}

/* The port of https may be written or not; NULL: it has another. */
static const char *
other_name(const char *site, struct arena *a)
{
	const char *colon = strrchr(site, ':');

	if (colon == NULL || strchr(colon, ']') != NULL)
		return arena_textf(a, "%s:443", site);
	return strcmp(colon, ":443") == 0 ? arena_textf(a, "%.*s", (int)(colon - site), site)
					  : NULL;
}

/* The folder of this registry under its two names. */
static int
find_folder(const char *site, struct arena *a, struct listing *ret, struct err *err)
{
	const char *home = getenv("HOME");
	const char *places[] = {
		home != NULL && *home == '/' ? arena_textf(a, "%s/.config/containers/certs.d", home)
					     : NULL,
		"/etc/containers/certs.d",
		"/etc/docker/certs.d",
	};
	const char *names[] = { site, other_name(site, a) };
	int found = 0;

	for (size_t i = 0; i < ARRAY_LEN(places) && found == 0; i++)
		for (size_t k = 0; k < ARRAY_LEN(names) && found == 0; k++)
			if (places[i] != NULL && names[k] != NULL)
				found =
				    list(arena_textf(a, "%s/%s", places[i], names[k]), a, ret, err);
	return found;
}

/* The certificates of every *.crt, one behind the other: each file has some, or is told. */
static int
read_authorities(const struct listing *l, struct arena *a, struct str *ret, struct err *err)
{
	const struct http_tls nobody = { .trusted = arena_alloc(a, 1), .alone = true };
	struct http_tls *each = arena_alloc(a, (l->nnames + 1) * sizeof(*each));
	size_t n = 0, len = 0;
	char *all;

	for (size_t i = 0; i < l->nnames; i++) {
		const char *path = arena_textf(a, "%s/%s", l->folder, l->names[i]);
		struct str pem;

		if (!str_ends(str_of(path), ".crt"))
			continue;
		if (file_whole(path, LIMIT_AUTHORITY, ERR_USAGE, a, &pem, err) < 0 ||
		    http_tls_add(&nobody, pem, a, &each[n], err) < 0)
			return err_wrap(err, "'%.200s'", path);
		len += each[n++].trusted_len;
	}
	all = arena_alloc(a, len + 1);
	*ret = (struct str){ all, len };
	for (size_t i = 0; i < n; i++) {
		memcpy(all, each[i].trusted, each[i].trusted_len);
		all += each[i].trusted_len;
	}
	return 0;
}

/* To all that tls has already, in one step: each makes a copy of them. */
static int
add_authorities(const struct listing *l, struct arena *a, struct http_tls *tls, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct http_tls from = *tls;
	struct str pem = { "", 0 };

	if (read_authorities(l, scratch, &pem, err) < 0)
		return -1;
	return pem.len > 0 ? http_tls_add(&from, pem, a, tls, err) : 0;
}

static bool
has_name(const struct listing *l, const char *name)
{
	for (size_t i = 0; i < l->nnames; i++)
		if (strcmp(l->names[i], name) == 0)
			return true;
	return false;
}

/* A name with another ending; NULL if it has not this one. */
static const char *
partner(struct arena *a, const char *name, const char *ending, const char *other)
{
	struct str stem = str_of(name);

	if (!str_ends(stem, ending))
		return NULL;
	stem.len -= strlen(ending);
	return arena_textf(a, "%.*s%s", (int)stem.len, stem.ptr, other);
}

/* Each *.cert has its *.key and each *.key its *.cert. */
static int
check_pairs(const struct listing *l, struct arena *a, struct err *err)
{
	for (size_t i = 0; i < l->nnames; i++) {
		const char *key = partner(a, l->names[i], ".cert", ".key");
		const char *cert = partner(a, l->names[i], ".key", ".cert");

		if (key != NULL && !has_name(l, key))
			return err_set(err, ERR_USAGE,
			    "'%.200s/%s' stands there without its key '%s'", l->folder, l->names[i],
			    key);
		if (cert != NULL && !has_name(l, cert))
			return err_set(err, ERR_USAGE,
			    "'%.200s/%s' stands there without its certificate '%s'", l->folder,
			    l->names[i], cert);
	}
	return 0;
}

/* The first pair is to be shown, unless there is another already. */
static int
add_client(const struct listing *l, struct arena *a, struct http_tls *tls, struct err *err)
{
	for (size_t i = 0; i < l->nnames && tls->client_cert == NULL; i++) {
		const char *key = partner(a, l->names[i], ".cert", ".key");

		if (key == NULL)
			continue;
		tls->client_cert = arena_textf(a, "%s/%s", l->folder, l->names[i]);
		tls->client_key = arena_textf(a, "%s/%s", l->folder, key);
		return http_tls_check_client(tls->client_cert, tls->client_key, err);
	}
	return 0;
}

int
certs_find(const char *site, const struct http_tls *from, struct arena *a, struct http_tls *ret,
    struct err *err)
{
	struct listing l = { .folder = NULL };
	int found = find_folder(site, a, &l, err);

	*ret = from != NULL ? *from : (struct http_tls){ .trusted = NULL };
	if (found <= 0)
		return found;
	if (check_pairs(&l, a, err) < 0 || add_authorities(&l, a, ret, err) < 0)
		return -1;
	return add_client(&l, a, ret, err);
}
