/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.c - http and https addresses in one strict reading, and what kind of host they name
 *
 *      https://registry.example.com:5000/v2/app/blobs/uploads?state=x
 *      https://[2001:db8::1]/token
 *
 * RFC 3986. Left out: dot segments (libcurl removes them before it sends), names that
 * are not ASCII.
 */
#include "step/base/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define LIMIT_PORT 65535
#define LIMIT_HOST 253 /* RFC 1035 */
#define HTTP_PORT  80
#define HTTPS_PORT 443

static bool
is_host_char(char c)
{
	return isalnum((unsigned char)c) != 0 || c == '-' || c == '.' || c == '_';
}

size_t
url_address_bytes(struct str text, unsigned char ret[URL_ADDRESS_BYTES])
{
	char copy[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len) != NULL)
		return 0;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, ret) == 1)
		return 4;
	return inet_pton(AF_INET6, copy, ret) == 1 ? 16 : 0;
}

static bool
is_bracketed(struct str host)
{
	return host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
}

/* The bytes of a host that is an address: of IPv6 in brackets, and only that. 0 for all else. */
static size_t
host_bytes(struct str host, unsigned char ret[URL_ADDRESS_BYTES])
{
	bool six = is_bracketed(host);
	size_t len =
	    url_address_bytes(six ? (struct str){ host.ptr + 1, host.len - 2 } : host, ret);

	return len == (six ? 16 : 4) ? len : 0;
}

/* Resolvers take "127.1", "0x7f.1" and "2130706433" for addresses: by their last label. */
static bool
looks_numeric(struct str host)
{
	struct str label = host, rest = host;
	bool digits = true;

	while (rest.len > 0)
		label = str_cut(&rest, '.');
	for (size_t i = 0; i < label.len; i++)
		digits = digits && isdigit((unsigned char)label.ptr[i]) != 0;
	return digits || str_starts(label, "0x") || str_starts(label, "0X");
}

bool
url_host_valid(struct str host)
{
	unsigned char bytes[URL_ADDRESS_BYTES];
	bool label = false;

	if (is_bracketed(host))
		return host_bytes(host, bytes) > 0;
	if (host.len == 0 || host.len > LIMIT_HOST)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (!is_host_char(host.ptr[i]) || (host.ptr[i] == '.' && !label))
			return false;
		label = host.ptr[i] != '.';
	}
	if (!label)
		return false;
	return !looks_numeric(host) || host_bytes(host, bytes) > 0;
}

/* The first bits of an IPv4 address, and who is there. */
struct range {
	uint32_t net, mask;
};

static const struct range here_ranges[] = {
	{ 0x00000000,
	    0xff000000 }, /* this network: connecting to it is connecting to this machine */
	{ 0x7f000000, 0xff000000 }, /* loopback */
	{ 0xa9fe0000, 0xffff0000 }, /* 169.254/16, link-local; what most clouds tell a machine */
	{ 0x646464c8, 0xffffffff }, /* 100.100.100.200, the same of Alibaba's */
	{ 0xa83f8110, 0xffffffff }, /* 168.63.129.16, of Azure's */
	{ 0xc00000c0, 0xffffffff }, /* 192.0.0.192, of Oracle's */
};

static const struct range private_ranges[] = {
	{ 0x0a000000, 0xff000000 }, /* 10/8 */
	{ 0x64400000, 0xffc00000 }, /* 100.64/10, shared */
	{ 0xac100000, 0xfff00000 }, /* 172.16/12 */
	{ 0xc0000000, 0xffffff00 }, /* 192.0.0/24, protocols */
	{ 0xc0a80000, 0xffff0000 }, /* 192.168/16 */
	{ 0xc6120000, 0xfffe0000 }, /* 198.18/15, benchmarks */
	{ 0xe0000000, 0xe0000000 }, /* multicast and reserved */
};

static bool
in_ranges(uint32_t ip, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((ip & ranges[i].mask) == ranges[i].net)
			return true;
	return false;
}

/* How far an address leads. */
enum reach {
	REACH_HERE, /* this machine and its link */
	REACH_PRIVATE,
	REACH_PUBLIC,
};

static enum reach
reach_four(uint32_t ip)
{
	if (in_ranges(ip, here_ranges, ARRAY_LEN(here_ranges)))
		return REACH_HERE;
	return in_ranges(ip, private_ranges, ARRAY_LEN(private_ranges)) ? REACH_PRIVATE
									: REACH_PUBLIC;
}

static uint32_t
four_at(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static enum reach
reach_six(const uint8_t *b)
{
	static const uint8_t zero[15];
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	static const uint8_t translated[12] = { 0, 0x64, 0xff, 0x9b };
	static const uint8_t metadata[6] = { 0xfd, 0, 0x0e, 0xc2, 0,
		0 }; /* Amazon's: fd00:ec2::254 */
	static const uint8_t own_translated[6] = { 0, 0x64, 0xff, 0x9b, 0, 1 }; /* RFC 8215 */
	uint32_t four = four_at(b + 12);

	if (memcmp(b, mapped, sizeof(mapped)) == 0 ||
	    memcmp(b, translated, sizeof(translated)) == 0)
		return reach_four(four);
	if (b[0] == 0x20 && b[1] == 0x02)
		return reach_four(four_at(b + 2)); /* 6to4: 2002:7f00:1:: */
	if (memcmp(b, own_translated, sizeof(own_translated)) == 0)
		return reach_four(four) == REACH_HERE ? REACH_HERE : REACH_PRIVATE;
	if (memcmp(b, zero, 12) == 0)
		return REACH_HERE; /* ::, ::1 and the deprecated compatible form */
	if ((b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || memcmp(b, metadata, sizeof(metadata)) == 0)
		return REACH_HERE;
	return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0x80) != 0) || b[0] == 0xff
		   ? REACH_PRIVATE
		   : REACH_PUBLIC;
}

static bool
is_localhost(struct str host)
{
	return str_is(host, "localhost") || str_ends(host, ".localhost");
}

bool
url_host_loopback(const char *host)
{
	struct str h = str_of(host);
	unsigned char bytes[URL_ADDRESS_BYTES];
	size_t len = host_bytes(h, bytes);

	if (len == 4)
		return bytes[0] == 127;
	return str_is(h, "localhost") || (len == 16 && memcmp(bytes, &in6addr_loopback, len) == 0);
}

bool
url_host_address(const char *host)
{
	unsigned char bytes[URL_ADDRESS_BYTES];

	return host[0] == '[' || host_bytes(str_of(host), bytes) > 0;
}

static enum reach
reach_of_bytes(const unsigned char *bytes, size_t len)
{
	if (len == 4)
		return reach_four(four_at(bytes));
	return len == 16 ? reach_six(bytes) : REACH_HERE;
}

bool
url_address_here(const unsigned char *bytes, size_t len)
{
	return reach_of_bytes(bytes, len) == REACH_HERE;
}

bool
url_address_private(const unsigned char *bytes, size_t len)
{
	return reach_of_bytes(bytes, len) != REACH_PUBLIC;
}

static enum reach
reach_of(const char *host)
{
	struct str h = str_of(host);
	unsigned char bytes[URL_ADDRESS_BYTES];
	size_t len = host_bytes(h, bytes);

	if (len > 0)
		return reach_of_bytes(bytes, len);
	return is_localhost(h) ? REACH_HERE : REACH_PUBLIC;
}

bool
url_host_here(const char *host)
{
	return reach_of(host) == REACH_HERE;
}

bool
url_host_private(const char *host)
{
	return reach_of(host) != REACH_PUBLIC;
}

char *
url_host_lower(struct arena *a, struct str host)
{
	char *text = arena_text(a, host);

	for (char *c = text; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

/* "host", "host:port", "[address]:port". */
static int
parse_authority(
    struct str text, enum err_kind kind, struct arena *a, struct url *u, struct err *err)
{
	struct str host = text, port;
	uint64_t number = u->https ? HTTPS_PORT : HTTP_PORT;
	const char *bracket =
	    text.len > 0 && text.ptr[0] == '[' ? memchr(text.ptr, ']', text.len) : NULL;
	struct str tail = bracket != NULL ? str_skip(text, (size_t)(bracket - text.ptr) + 1) : text;
	const char *colon = memchr(tail.ptr, ':', tail.len);

	if (memchr(text.ptr, '@', text.len) != NULL)
		return err_set(err, kind, "an address holds a user name or password: not used");
	if (colon != NULL) {
		host.len = (size_t)(colon - text.ptr);
		port = str_skip(text, host.len + 1);
		if (!str_number(port, LIMIT_PORT, &number) || number == 0)
			return err_set(err, kind, "an address has a malformed port");
	}
	if (!url_host_valid(host))
		return err_set(err, kind, "an address has a malformed host name");
	u->host = url_host_lower(a, host);
	u->port = (unsigned)number;
	return 0;
}

static bool
is_visible(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == '\\')
			return false;
	return true;
}

/* A scheme is case-insensitive. */
static bool
take_scheme(struct str *rest, const char *scheme)
{
	size_t len = strlen(scheme);

	if (rest->len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)rest->ptr[i]) != scheme[i])
			return false;
	*rest = str_skip(*rest, len);
	return true;
}

int
url_parse(struct str text, enum err_kind kind, struct arena *a, struct url *ret, struct err *err)
{
	struct url u = { 0 };
	struct str rest = text, authority;

	if (!is_visible(text))
		return err_set(err, kind, "an address holds bytes that do not belong there");
	u.https = take_scheme(&rest, "https://");
	if (!u.https && !take_scheme(&rest, "http://"))
		return err_set(err, kind, "an address is neither http nor https");
	rest = str_cut(&rest, '#');
	authority = rest;
	authority.len = 0;
	while (authority.len < rest.len && strchr("/?", rest.ptr[authority.len]) == NULL)
		authority.len++;
	rest = str_skip(rest, authority.len);
	if (parse_authority(authority, kind, a, &u, err) < 0)
		return -1;
	u.path =
	    arena_textf(a, "%s%.*s", str_starts(rest, "/") ? "" : "/", (int)rest.len, rest.ptr);
	*ret = u;
	return 0;
}

int
url_resolve(const struct url *base, struct str location, enum err_kind kind, struct arena *a,
    struct url *ret, struct err *err)
{
	struct url u = *base;
	struct str rest = location;

	if (str_starts(location, "//")) {
		char *whole = arena_textf(
		    a, "%s:%.*s", base->https ? "https" : "http", (int)location.len, location.ptr);

		return url_parse(str_of(whole), kind, a, ret, err);
	}
	for (size_t i = 0; i < location.len && strchr("/?#", location.ptr[i]) == NULL; i++)
		if (location.ptr[i] == ':')
			return url_parse(location, kind, a, ret, err);
	if (!is_visible(location))
		return err_set(err, kind, "an address holds bytes that do not belong there");
	rest = str_cut(&rest, '#');
	if (str_starts(rest, "/")) {
		u.path = arena_text(a, rest);
	} else if (rest.len > 0) {
		size_t query = strcspn(base->path, "?");
		size_t keep = query;

		while (!str_starts(rest, "?") && keep > 0 && base->path[keep - 1] != '/')
			keep--;
		u.path = arena_textf(a, "%.*s%.*s", (int)keep, base->path, (int)rest.len, rest.ptr);
	}
	*ret = u;
	return 0;
}

static bool
default_port(const struct url *u)
{
	return u->port == (u->https ? HTTPS_PORT : HTTP_PORT);
}

char *
url_site(struct arena *a, const struct url *u)
{
	return default_port(u) ? arena_textf(a, "%s", u->host)
			       : arena_textf(a, "%s:%u", u->host, u->port);
}

char *
url_text(struct arena *a, const struct url *u)
{
	return arena_textf(a, "%s://%s%s", u->https ? "https" : "http", url_site(a, u), u->path);
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port && strcmp(a->host, b->host) == 0;
}
