/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - the answer to a registry's challenge: Basic, or a token of the service that it names
 */
#ifndef STEP_IMAGE_TOKEN_H
#define STEP_IMAGE_TOKEN_H

#include "step/image/auth.h"
#include "step/image/credential.h"
#include "step/image/retry.h"

struct url;

/* Who is challenged, and for what. */
struct token_client {
	const struct url *registry; /* who challenges */
	const char *site;           /* what messages call it */
	const char *repository;     /* that is to be pulled from */
	const struct credentials *credentials;
	const struct http_tls *own, *others; /* trust_tls()'s */
	struct patience patience;
	bool private_registry; /* it answered from no address of the public internet */
};

/* What goes with requests to the registry from then on. */
struct authorization {
	const char *header; /* its Authorization header's value */
	int64_t until_ms;   /* of monotonic_ms(): when another is due; 0: never */
};

/* ERR_IMAGE, which names the service and where the credentials were found, never what they are. */
int token_answer(const struct token_client *client, const struct auth_challenge *challenge,
    struct arena *a, struct authorization *ret, struct err *err) MUST_CHECK;

#endif
