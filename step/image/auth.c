/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth.c - what a registry demands in WWW-Authenticate, and the answers to it
 *
 *      WWW-Authenticate: Negotiate, Bearer realm="https://auth.example.com/token",
 *              service="registry", scope="repository:app:pull"
 *      WWW-Authenticate: Basic realm="a \"quoted\" name, with a comma"
 *
 * RFC 9110, section 11; https://distribution.github.io/distribution/spec/auth/token/
 *
 * The scope asked for is always the one needed, whatever scope the challenge names: a
 * token for more could be used for more by the registry that gets to see it.
 */
#include "step/image/auth.h"

#include "step/base/base64.h"
#include "step/base/doc.h"
#include "step/base/http.h"
#include "step/image/credential.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_SECONDS \
	60 /* a token is good for, where nothing is said: as its specification has it */
#define MOST_SECONDS (365 * DAY) /* that anybody means by such a number */

static bool
is_token_char(char c)
{
	return isalnum((unsigned char)c) != 0 ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct str
take_while(struct str *rest, bool (*is)(char c))
{
	struct str taken = { rest->ptr, 0 };

	while (taken.len < rest->len && is(rest->ptr[taken.len]))
		taken.len++;
	*rest = str_skip(*rest, taken.len);
	return taken;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_gap(char c)
{
	return is_blank(c) || c == ',';
}

/* The padded form that some schemes have in place of parameters: "Negotiate YII=". */
static bool
is_token68_char(char c)
{
	return isalnum((unsigned char)c) != 0 || (c != '\0' && strchr("-._~+/", c) != NULL);
}

static bool
is_pad(char c)
{
	return c == '=';
}

static void
skip_token68(struct str *rest)
{
	struct str after = *rest;

	if (take_while(&after, is_token68_char).len == 0)
		return;
	take_while(&after, is_pad);
	take_while(&after, is_blank);
	if (after.len == 0 || (after.ptr[0] == ',' &&
				  memchr(rest->ptr, '=', (size_t)(after.ptr - rest->ptr)) != NULL))
		*rest = after;
}

/* The string behind its opening quote, unescaped; NULL if it does not end. */
static char *
take_quoted(struct str *rest, struct arena *a)
{
	char *text = arena_alloc(a, rest->len + 1);
	size_t n = 0;

	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->ptr[i];

		if (c == '"') {
			*rest = str_skip(*rest, i + 1);
			return arena_text(a, (struct str){ text, n });
		}
		if (c == '\\' && i + 1 < rest->len)
			c = rest->ptr[++i];
		text[n++] = c;
	}
	return NULL;
}

static bool
same_word(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static enum auth_scheme
scheme_of(struct str name)
{
	if (same_word(name, "Bearer"))
		return AUTH_BEARER;
	return same_word(name, "Basic") ? AUTH_BASIC : AUTH_NONE;
}

/* The value behind name's "="; false if it is malformed. */
static bool
take_param(struct str *rest, struct str name, struct arena *a, struct auth_challenge *c)
{
	const char **field = same_word(name, "realm")     ? &c->realm
			     : same_word(name, "service") ? &c->service
			     : same_word(name, "error")   ? &c->error
							  : NULL;
	char *value;

	take_while(rest, is_blank);
	if (str_starts(*rest, "\"")) {
		*rest = str_skip(*rest, 1);
		value = take_quoted(rest, a);
	} else {
		value = arena_text(a, take_while(rest, is_token_char));
	}
	if (value == NULL)
		return false;
	if (field != NULL && *field == NULL)
		*field = value;
	return true;
}

/* Bearer before Basic, the first of a kind before later ones. */
static void
prefer(struct auth_challenge *best, const struct auth_challenge *c)
{
	bool usable = c->scheme == AUTH_BASIC || (c->scheme == AUTH_BEARER && c->realm != NULL);

	if (usable && c->scheme > best->scheme)
		*best = *c;
}

/* All challenges of one header value. */
static void
read_value(struct str rest, struct arena *a, struct auth_challenge *best)
{
	struct auth_challenge c = { .scheme = AUTH_NONE };

	for (;;) {
		struct str word, after;

		take_while(&rest, is_gap);
		word = take_while(&rest, is_token_char);
		if (word.len == 0)
			break;
		after = rest;
		take_while(&after, is_blank);
		if (str_starts(after, "=")) {
			rest = str_skip(after, 1);
			if (!take_param(&rest, word, a, &c))
				break;
			continue;
		}
		prefer(best, &c);
		c = (struct auth_challenge){ .scheme = scheme_of(word) };
		rest = after;
		skip_token68(&rest);
	}
	prefer(best, &c);
}

void
auth_choose(const char *const *values, struct arena *a, struct auth_challenge *ret)
{
	struct auth_challenge best = { .scheme = AUTH_NONE };

	for (; *values != NULL; values++)
		read_value(str_of(*values), a, &best);
	*ret = best;
}

static char *
scope_of(struct arena *a, const char *repository)
{
	return http_escape(a, arena_textf(a, "repository:%s:pull", repository));
}

char *
auth_token_url(struct arena *a, const char *realm, const char *service, const char *repository)
{
	char *scope = scope_of(a, repository);
	const char *join = strchr(realm, '?') != NULL ? "&" : "?";

	if (service == NULL)
		return arena_textf(a, "%s%sscope=%s", realm, join, scope);
	return arena_textf(
	    a, "%s%sservice=%s&scope=%s", realm, join, http_escape(a, service), scope);
}

char *
auth_token_form(
    struct arena *a, const char *service, const char *repository, const char *identity_token)
{
	return arena_textf(a,
	    "grant_type=refresh_token&client_id=scanstep&service=%s&scope=%s&refresh_token=%s",
	    http_escape(a, service ? service : ""), scope_of(a, repository),
	    http_escape(a, identity_token));
}

int
auth_token_read(struct str answer, struct arena *a, struct auth_token *ret, struct err *err)
{
	AUTO_DOC doc = NULL;
	const char *token;
	int64_t seconds;

	if (doc_parse_json(answer, ERR_IMAGE, &doc, err) < 0)
		return -1;
	token = doc_get_text(doc, "token");
	if (token == NULL || *token == '\0')
		token = doc_get_text(doc, "access_token");
	if (token == NULL || *token == '\0')
		return err_set(err, ERR_IMAGE, "the answer holds no token");
	seconds = doc_integer(doc_get(doc, "expires_in"), 0);
	ret->seconds = seconds > 0 && seconds < MOST_SECONDS ? (uint64_t)seconds : DEFAULT_SECONDS;
	ret->header = auth_bearer(a, token);
	if (ret->header == NULL)
		return err_set(err, ERR_IMAGE, "the token holds bytes that none may have");
	return 0;
}

char *
auth_basic(struct arena *a, const char *username, const char *password)
{
	const char *both = arena_textf(a, "%s:%s", username, password);

	return arena_textf(a, "Basic %s", base64_encode(a, str_of(both)));
}

char *
auth_bearer(struct arena *a, const char *token)
{
	if (!credentials_token_valid(token))
		return NULL;
	return arena_textf(a, "Bearer %s", token);
}
