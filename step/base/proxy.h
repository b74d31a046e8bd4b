/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy.h - which proxy leads to a host, as the environment says
 */
#ifndef STEP_BASE_PROXY_H
#define STEP_BASE_PROXY_H

#include "step/base/url.h"

/* All zeros: none, the host is connected to. */
struct proxy {
	const char *url;  /* scheme, host and port alone, for libcurl; NULL: none */
	const char *site; /* HOST:PORT, to show */
	/* Of whom it knows us, decoded, or NULL. Never shown. */
	const char *user, *password;
	const char *variable; /* that said so, as it is spelt; to show */
	bool socks;
};

/*
 * The proxy for this address: https_proxy, http_proxy or else all_proxy, but for hosts that no_proxy
 * names; in small letters or capitals, small ones win, empty ones are none. HTTP_PROXY is not read in
 * a CGI program (REQUEST_METHOD), where it is what the client sent as "Proxy:". Never for loopback.
 * ERR_USAGE for a value that is no proxy's address: it names the variable alone.
 */
int proxy_find(const struct url *u, struct arena *a, struct proxy *ret, struct err *err) MUST_CHECK;

/*
 * Does the list, as no_proxy has it, name this host (as in struct url)? As curl reads it: a name stands for itself
 * and everything below it, with or without a leading dot; an address for itself, in whatever spelling; 10.0.0.0/8
 * for a network; a list that is "*" for all hosts. Commas and blanks divide. Beyond curl, with
 * :PORT behind a name or an address (IPv6: in brackets) it stands for that port alone.
 */
bool proxy_bypassed(const char *no_proxy, const char *host, unsigned port);

#endif
