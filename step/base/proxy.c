/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.c - which proxy leads to a host, as the environment says
 *
 *      https_proxy=http://robin:p%40ss@proxy.example.com:3128
 *      no_proxy=localhost,.example.com,10.0.0.0/8,registry.example.org:5000
 *
 * Nobody wrote down what these variables mean: this is what curl makes of them, as its manual
 * says. It is not left to libcurl, so that messages can name the variable and the proxy, and because
 * libcurl does not read HTTP_PROXY.
 */
#include "step/base/proxy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIMIT_PROXY  4096 /* bytes of a proxy's address */
#define LIMIT_PORT   65535
#define DEFAULT_PORT 1080 /* curl's */
#define HTTPS_PORT   443

/* ---- Hosts that need no proxy ---- */

/* The bytes of an address, in brackets or not, and how many they are: 4, 16, or 0 for a name. */
static size_t
read_address(struct str text, unsigned char ret[URL_ADDRESS_BYTES])
{
	if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
		text = (struct str){ text.ptr + 1, text.len - 2 };
	return url_address_bytes(text, ret);
}

static bool
same_bits(const unsigned char *a, const unsigned char *b, uint64_t bits)
{
	size_t whole = bits / 8;
	unsigned mask = 0xff00U >> bits % 8 & 0xff;

	return memcmp(a, b, whole) == 0 && (bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* "10.0.0.0/8", "2001:db8::1". A length of 0 is none, as for curl. */
static bool
covers_address(struct str entry, const unsigned char *address, size_t len)
{
	unsigned char net[URL_ADDRESS_BYTES];
	struct str text = str_cut(&entry, '/');
	uint64_t bits = 0;

	if (entry.len > 0 && !str_number(entry, len * 8, &bits))
		return false;
	return read_address(text, net) == len && same_bits(net, address, bits > 0 ? bits : len * 8);
}

static struct str
without_last_dot(struct str name)
{
	if (str_ends(name, "."))
		name.len--;
	return name;
}

static bool
covers_name(struct str entry, struct str host)
{
	struct str domain = without_last_dot(entry), name = without_last_dot(host);

	if (str_starts(domain, "."))
		domain = str_skip(domain, 1);
	if (domain.len == 0 || domain.len > name.len)
		return false;
	if (domain.len < name.len && name.ptr[name.len - domain.len - 1] != '.')
		return false;
	return strncasecmp(domain.ptr, name.ptr + name.len - domain.len, domain.len) == 0;
}

/* Takes ":5000" off the end: 0 where none is. An IPv6 address has its colons in brackets then. */
static unsigned
take_port(struct str *entry)
{
	const char *colon = entry->len > 0 ? memchr(entry->ptr, ':', entry->len) : NULL;
	const char *bracket = entry->len > 0 ? memchr(entry->ptr, ']', entry->len) : NULL;
	uint64_t port = 0;

	if (bracket != NULL)
		colon =
		    bracket + 1 < entry->ptr + entry->len && bracket[1] == ':' ? bracket + 1 : NULL;
	if (colon == NULL ||
	    !str_number(str_skip(*entry, (size_t)(colon - entry->ptr) + 1), LIMIT_PORT, &port))
		return 0;
	entry->len = (size_t)(colon - entry->ptr);
	return (unsigned)port;
}

bool
proxy_bypassed(const char *no_proxy, const char *host, unsigned port)
{
	static const char separators[] = ", \t";
	unsigned char address[URL_ADDRESS_BYTES];
	size_t len = read_address(str_of(host), address);

	if (strcmp(no_proxy, "*") == 0)
		return true;
	for (const char *at = no_proxy + strspn(no_proxy, separators); *at != '\0';
	     at += strspn(at, separators)) {
		struct str entry = { at, strcspn(at, separators) };
		unsigned only;

		at += entry.len;
		only = take_port(&entry);
		if (only != 0 && only != port)
			continue;
		if (len > 0 ? covers_address(entry, address, len)
			    : covers_name(entry, str_of(host)))
			return true;
	}
	return false;
}

/* ---- The proxy itself ---- */

/* The first of these variables that has a value. */
static const char *
first_set(const char *small, const char *capital, const char **ret_variable)
{
	const char *const names[] = { small, capital };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = names[i] != NULL ? env_text(names[i]) : NULL;

		if (value == NULL)
			continue;
		*ret_variable = names[i];
		return value;
	}
	return NULL;
}

static const char *
setting_for(bool https, const char **ret_variable)
{
	bool cgi = getenv("REQUEST_METHOD") != NULL;
	const char *value = https
				? first_set("https_proxy", "HTTPS_PROXY", ret_variable)
				: first_set("http_proxy", cgi ? NULL : "HTTP_PROXY", ret_variable);

	return value != NULL ? value : first_set("all_proxy", "ALL_PROXY", ret_variable);
}

/* With %XX as what it means; NULL for one that is malformed or a NUL. */
static const char *
decode(struct str text, struct arena *a)
{
	char *ret = arena_alloc(a, text.len + 1);

	for (size_t n = 0; text.len > 0; n++) {
		int byte = percent_next(&text);

		if (byte <= 0)
			return NULL;
		ret[n] = (char)byte;
	}
	return ret;
}

/* "robin:secret@" in front of the host, which is all behind the last @. */
static const char *
take_user(struct str *rest, struct arena *a, struct proxy *p)
{
	struct str user = *rest, password;
	size_t at = rest->len;

	while (at > 0 && rest->ptr[at - 1] != '@')
		at--;
	if (at == 0)
		return NULL;
	user.len = at - 1;
	*rest = str_skip(*rest, at);
	password = user;
	user = str_cut(&password, ':');
	p->user = decode(user, a);
	p->password = decode(password, a);
	return p->user == NULL || p->password == NULL
		   ? "its user name or password has a malformed % (write %25 for the sign itself)"
		   : NULL;
}

/* "HOST", "HOST:PORT", "[ADDRESS]:PORT". */
static const char *
take_host(struct str rest, const char *scheme, struct arena *a, struct proxy *p)
{
	size_t host_len = rest.len;
	const char *bracket = rest.len > 0 ? memchr(rest.ptr, ']', rest.len) : NULL;
	const char *colon = bracket != NULL ? bracket + 1 : memchr(rest.ptr, ':', rest.len);
	uint64_t port = strcmp(scheme, "https") == 0 ? HTTPS_PORT : DEFAULT_PORT;
	struct str host;

	if (colon != NULL && colon < rest.ptr + rest.len) {
		host_len = (size_t)(colon - rest.ptr);
		if (*colon != ':' || !str_number(str_skip(rest, host_len + 1), LIMIT_PORT, &port) ||
		    port == 0)
			return "its port is malformed";
	}
	host = (struct str){ rest.ptr, host_len };
	if (!url_host_valid(host))
		return "its host is malformed";
	p->site = arena_textf(a, "%s:%u", url_host_lower(a, host), (unsigned)port);
	p->url = arena_textf(a, "%s://%s", scheme, p->site);
	return NULL;
}

static const char *
read_proxy(const char *value, struct arena *a, struct proxy *p)
{
	static const struct {
		const char *scheme;
		bool socks;
	} schemes[] = {
		{ "http", false }, { "https", false }, { "socks4", true }, { "socks4a", true },
		{ "socks5", true }, { "socks5h", true },
		{ "socks", true }, /* as socks4, for libcurl too */
	};
	struct str rest = str_of(value);
	const char *end = strstr(value, "://"), *scheme = "http", *why;
	size_t len = end != NULL ? (size_t)(end - value) : 0;
	bool known = end == NULL;

	if (rest.len > LIMIT_PROXY)
		return "it is too long";
	for (size_t i = 0; i < ARRAY_LEN(schemes) && !known; i++) {
		if (strlen(schemes[i].scheme) != len ||
		    strncasecmp(value, schemes[i].scheme, len) != 0)
			continue;
		known = true;
		scheme = schemes[i].scheme;
		p->socks = schemes[i].socks;
	}
	if (!known)
		return "its scheme is none of http, https, socks4, socks4a, socks5, socks5h";
	rest = str_skip(rest, end != NULL ? len + 3 : 0);
	rest.len = strcspn(rest.ptr, "/?#");
	why = take_user(&rest, a, p);
	return why != NULL ? why : take_host(rest, scheme, a, p);
}

int
proxy_find(const struct url *u, struct arena *a, struct proxy *ret, struct err *err)
{
	const char *variable, *list, *value = setting_for(u->https, &variable), *why;
	struct proxy p = { .url = NULL };

	*ret = p;
	if (value == NULL || url_host_loopback(u->host))
		return 0;
	p.variable = variable;
	list = first_set("no_proxy", "NO_PROXY", &variable);
	if (list != NULL && proxy_bypassed(list, u->host, u->port))
		return 0;
	why = read_proxy(value, a, &p);
	if (why != NULL)
		return err_set(err, ERR_USAGE,
		    "%s names no proxy: %s (it is like http://proxy.example.com:3128)", p.variable,
		    why);
	*ret = p;
	return 0;
}
