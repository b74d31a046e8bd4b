/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_auth.c - WWW-Authenticate, Location and tokens as a hostile registry may write them
 *
 * The input's lines are header values; the first is also a Location and a token's answer.
 * Asserted: a token goes to the origin that the realm names, and no header gets a second line.
 */
#include "step/base/io.h"
#include "step/base/url.h"
#include "step/image/auth.h"

#include <stdlib.h>
#include <string.h>

#define VALUES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_challenge(const char *const *values, const struct url *base, struct arena *a)
{
	struct auth_challenge c;
	struct url realm, asked;
	struct err err;
	const char *text;

	auth_choose(values, a, &c);
	if (c.scheme == AUTH_BEARER && c.realm == NULL)
		abort();
	if (c.scheme != AUTH_BEARER ||
	    url_resolve(base, str_of(c.realm), ERR_IMAGE, a, &realm, &err) < 0)
		return;
	text = auth_token_url(a, url_text(a, &realm), c.service, "team/app");
	if (url_parse(str_of(text), ERR_IMAGE, a, &asked, &err) < 0 ||
	    !url_same_origin(&realm, &asked))
		abort();
}

static void
check_location(const char *value, const struct url *base, struct arena *a)
{
	struct url u, again;
	struct err err;

	if (url_resolve(base, str_of(value), ERR_IMAGE, a, &u, &err) < 0)
		return;
	if (url_parse(str_of(url_text(a, &u)), ERR_IMAGE, a, &again, &err) < 0 ||
	    !url_same_origin(&u, &again) || strcmp(u.path, again.path) != 0)
		abort();
	if (url_host_loopback(u.host) && !url_host_private(u.host))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	struct str rest = { (const char *)data, size };
	const char *values[VALUES + 1] = { NULL };
	struct auth_token token;
	struct url base;
	struct err err;

	if (url_parse(str_of("https://registry.example.com/v2/app/"), ERR_IMAGE, a, &base, &err) <
	    0)
		abort();
	if (auth_token_read(rest, a, &token, &err) == 0 && strpbrk(token.header, "\r\n") != NULL)
		abort();
	for (size_t i = 0; i < VALUES && rest.len > 0; i++)
		values[i] = arena_text(a, str_cut(&rest, '\n'));
	check_challenge(values, &base, a);
	if (values[0] != NULL)
		check_location(values[0], &base, a);
	return 0;
}
