/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.h - http and https addresses in one strict reading, and what kind of host they name
 *
 * Who decides where a secret may go must read an address exactly as the code that
 * connects does. So everything the two could read differently is refused here.
 */
#ifndef STEP_BASE_URL_H
#define STEP_BASE_URL_H

#include "step/base/base.h"

struct url {
	bool https;
	const char *host; /* lower case; an IPv6 address in brackets */
	unsigned port;    /* always set: 80 or 443 where none was written */
	const char *path; /* from the first slash on, query included; "/" at least */
};

/*
 * Refused: other schemes, userinfo, anything but visible ASCII, backslashes, addresses
 * in unusual spellings ("127.1", "0x7f000001"), zones. A fragment is dropped. Errors
 * name the host at most.
 */
int url_parse(struct str text, enum err_kind kind, struct arena *a, struct url *ret,
    struct err *err) MUST_CHECK;

/* What a Location header of an answer from base means: RFC 3986, section 5.2. */
int url_resolve(const struct url *base, struct str location, enum err_kind kind, struct arena *a,
    struct url *ret, struct err *err) MUST_CHECK;

char *url_text(struct arena *a, const struct url *u); /* to connect with; may hold secrets */
char *url_site(struct arena *a,
    const struct url *u); /* to show: the host, and a port that is not the scheme's */
bool url_same_origin(const struct url *a, const struct url *b); /* scheme, host and port */

/* A host name or address as reference and URL write them, without port. */
bool url_host_valid(struct str host);
/* In the one spelling that this header uses: names ignore case. */
char *url_host_lower(struct arena *a, struct str host);
/* The bytes of an address literal without brackets, as the network has them: 4, 16, or 0 where it is none. */
#define URL_ADDRESS_BYTES 16
size_t url_address_bytes(struct str text, unsigned char ret[URL_ADDRESS_BYTES]);
/* An address literal, not a name. */
bool url_host_address(const char *host);
/* 127.0.0.0/8, ::1 and the name localhost. */
bool url_host_loopback(const char *host);
/*
 * An address literal that leads no further than this machine and its link: loopback, unspecified, link-local, and where
 * clouds tell a machine what it is, its secrets included; also when mapped into IPv6. Or localhost.
 */
bool url_host_here(const char *host);
/* An address literal that is not of the public internet: loopback, private, link-local,
 * shared, unspecified, multicast or reserved, also when mapped into IPv6; or localhost.
 * What is here, in the sense of the above, is private too. */
bool url_host_private(const char *host);
/* The same of an address as the network has it, 4 or 16 bytes in its order; what has another length is here. */
bool url_address_here(const unsigned char *bytes, size_t len);
bool url_address_private(const unsigned char *bytes, size_t len);

#endif
