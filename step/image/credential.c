/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential.c - what a registry is told of who we are, wherever it was found
 */
#include "step/image/credential.h"

#include <string.h>

bool
credentials_any(const struct credentials *c)
{
	return c->username || c->identity_token || c->registry_token;
}

const char *
credentials_advice(const struct credentials *c)
{
	return c->mirror
		   ? "(DOCKER_AUTH_CONFIG or a config.json)"
		   : "(SCANSTEP_REGISTRY_USERNAME with SCANSTEP_REGISTRY_PASSWORD, or docker login)";
}

bool
credentials_of_job(const struct credentials *c)
{
	return c->origin && strcmp(c->origin, "CI_JOB_TOKEN") == 0;
}

bool
credentials_token_valid(const char *token)
{
	for (const char *c = token; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return *token != '\0';
}

const char *
credentials_set(struct credentials *c, const char *username, const char *password)
{
	if (strcmp(username, "<token>") == 0) {
		if (*password && !credentials_token_valid(password))
			return "the token holds bytes that none may have";
		if (*password)
			c->identity_token = password;
		return c->identity_token ? NULL : "there is no token";
	}
	if (strchr(username, ':'))
		return "the user name holds a colon, which no registry can take";
	c->username = username;
	c->password = password;
	return NULL;
}
