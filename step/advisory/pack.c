/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.c - one statement as bytes: what the database keeps per package
 *
 * A package's statements lie one behind the other in one value, so that a lookup is
 * one read and no row per statement. The grammar, where a number is seven bits a
 * byte with the lowest first and the high bit set on all but the last, and a text is
 * a number n and n - 1 bytes, n = 0 for none:
 *
 *      statement = feed state severity advisory-severity
 *                  id scheme introduced fixed last vector alias-count alias...
 */
#include "step/advisory/pack.h"

#include <stdlib.h>
#include <string.h>

void
pack_bytes(struct pack *p, const void *bytes, size_t len)
{
	if (p->room - p->len < len) {
		p->room = 2 * p->room + len + 256;
		p->bytes = xrealloc(p->bytes, p->room);
	}
	if (len > 0)
		memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void
put_number(struct pack *p, uint64_t n)
{
	unsigned char bytes[10];
	size_t len = 0;

	while (n >= 0x80) {
		bytes[len++] = (unsigned char)(n & 0x7f) | 0x80;
		n >>= 7;
	}
	bytes[len++] = (unsigned char)n;
	pack_bytes(p, bytes, len);
}

static void
put_text(struct pack *p, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	put_number(p, text ? len + 1 : 0);
	pack_bytes(p, text, len);
}

void
pack_statement(struct pack *p, unsigned feed, const struct advisory *a, const struct affected *s)
{
	size_t naliases = 0;

	while (a->aliases && a->aliases[naliases])
		naliases++;
	put_number(p, feed);
	put_number(p, s->state);
	put_number(p, s->severity);
	put_number(p, a->severity);
	put_text(p, a->id);
	put_text(p, s->scheme);
	put_text(p, s->introduced);
	put_text(p, s->fixed);
	put_text(p, s->last);
	put_text(p, a->cvss_vector);
	put_number(p, naliases);
	for (size_t i = 0; i < naliases; i++)
		put_text(p, a->aliases[i]);
}

static bool
get_number(struct str *rest, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 63 && rest->len > 0; shift += 7) {
		unsigned char byte = (unsigned char)*rest->ptr;

		*rest = str_skip(*rest, 1);
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret = n;
			return n <= max;
		}
	}
	return false;
}

static bool
get_text(struct str *rest, struct arena *a, const char **ret)
{
	uint64_t n;

	if (!get_number(rest, rest->len, &n) || n > rest->len + 1)
		return false;
	*ret = NULL;
	if (n == 0)
		return true;
	*ret = arena_text(a, (struct str){ rest->ptr, (size_t)n - 1 });
	*rest = str_skip(*rest, (size_t)n - 1);
	return true;
}

static bool
get_aliases(struct str *rest, struct arena *a, struct advisory *advisory)
{
	uint64_t n;
	const char **aliases;

	if (!get_number(rest, rest->len, &n)) /* each takes a byte at least */
		return false;
	advisory->aliases = NULL;
	if (n == 0)
		return true;
	aliases = arena_alloc(a, ((size_t)n + 1) * sizeof(*aliases));
	for (uint64_t i = 0; i < n; i++)
		if (!get_text(rest, a, &aliases[i]) || !aliases[i])
			return false;
	advisory->aliases = aliases;
	return true;
}

bool
unpack_statement(struct str *rest, struct arena *a, unsigned *ret_feed,
    struct advisory *ret_advisory, struct affected *ret_affected)
{
	struct advisory advisory = { 0 };
	struct affected affected = { 0 };
	uint64_t feed, state, severity, general;

	if (!get_number(rest, UINT16_MAX, &feed) || !get_number(rest, AFFECTED_NEVER, &state) ||
	    !get_number(rest, SEVERITY_CRITICAL, &severity) ||
	    !get_number(rest, SEVERITY_CRITICAL, &general))
		return false;
	if (!get_text(rest, a, &advisory.id) || !get_text(rest, a, &affected.scheme) ||
	    !get_text(rest, a, &affected.introduced) || !get_text(rest, a, &affected.fixed) ||
	    !get_text(rest, a, &affected.last) || !get_text(rest, a, &advisory.cvss_vector) ||
	    !get_aliases(rest, a, &advisory) || !advisory.id || !affected.scheme)
		return false;
	affected.state = (enum affected_state)state;
	affected.severity = (enum severity)severity;
	advisory.severity = (enum severity)general;
	*ret_feed = (unsigned)feed;
	*ret_advisory = advisory;
	*ret_affected = affected;
	return true;
}
