/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.c - who a registry is told we are: every place where a name and password may stand
 */
#include "step/image/credentials.h"

#include <string.h>

bool
credentials_any(const struct credentials *c)
{
	return c->username || c->identity_token || c->registry_token;
}

int
credentials_check(const struct image_request *req, const struct reference *ref, struct err *err)
{
	const struct login *l = &req->login;

	if (!l->username || *l->username == '\0') {
		if (l->password && *l->password)
			return err_set(err, ERR_USAGE,
			    "a password but no user name is given for %s", ref->site);
		return 0;
	}
	if (strchr(l->username, ':'))
		return err_set(err, ERR_USAGE,
		    "the user name for %s holds a colon, which no registry can take", ref->site);
	return 0;
}

int
credentials_find(const struct image_request *req, const struct reference *ref, struct arena *a,
    struct credentials *ret, const char **ret_warning, struct err *err)
{
	const struct login *l = &req->login;
	const char **realms = arena_alloc(a, 2 * sizeof(*realms));

	*ret_warning = NULL;
	realms[0] = l->token_host;
	realms[1] = NULL;
	*ret = (struct credentials){ .realms = realms };
	if (credentials_check(req, ref, err) < 0)
		return -1;
	if (l->username && *l->username) {
		ret->username = l->username;
		ret->password = l->password ? l->password : "";
		ret->origin = l->origin;
	}
	return 0;
}
