/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_peer.c - whom a request may connect to: the address that a name led to, not only the name
 *
 * A name of the public internet may have an address of this network. So the address is looked at
 * where libcurl is about to connect, and again before it sends, because a connection that is kept
 * was made for another request, which was allowed more. Through a proxy, the proxy decides.
 */
#include "step/base/http_transfer.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

struct address {
	int family;
	unsigned char bytes[16];
	size_t len;
};

/* False and its text kept if the request may not go there. */
static bool
may_reach(struct transfer *t, const struct address *a)
{
	bool refused =
	    t->via == NULL && ((t->public_only && url_address_private(a->bytes, a->len)) ||
				  (t->not_here && url_address_here(a->bytes, a->len)));

	if (refused)
		inet_ntop(a->family, a->bytes, t->peer_refused, sizeof(t->peer_refused));
	return !refused;
}

static bool
address_of(const struct curl_sockaddr *from, struct address *ret)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	*ret = (struct address){ .family = from->family };
	if (from->family == AF_INET) {
		memcpy(&four, &from->addr, sizeof(four));
		ret->len = sizeof(four.sin_addr);
		memcpy(ret->bytes, &four.sin_addr, ret->len);
	} else if (from->family == AF_INET6) {
		/* libcurl has room for it behind addr. */
		memcpy(
		    &six, (const char *)from + offsetof(struct curl_sockaddr, addr), sizeof(six));
		ret->len = sizeof(six.sin6_addr);
		memcpy(ret->bytes, &six.sin6_addr, ret->len);
	}
	return ret->len > 0;
}

/* CURLOPT_OPENSOCKETFUNCTION. A program that is started meanwhile does not get the socket. */
static curl_socket_t
on_open(void *transfer, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = transfer;
	struct address a;

	(void)purpose;
	if (address_of(to, &a)) {
		if (!may_reach(t, &a))
			return CURL_SOCKET_BAD;
		/* on_connected() knows better, but is not always called. */
		t->peer_private = t->via == NULL && url_address_private(a.bytes, a.len);
	} else if (!t->is_socket) {
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* CURLOPT_PREREQFUNCTION: connected, also by an earlier request; nothing is sent yet. */
static int
on_connected(void *transfer, char *peer, char *local, int peer_port, int local_port)
{
	struct transfer *t = transfer;
	struct address a = { .family = strchr(peer, ':') != NULL ? AF_INET6 : AF_INET };

	(void)local, (void)peer_port, (void)local_port;
	if (t->is_socket)
		return CURL_PREREQFUNC_OK;
	a.len = a.family == AF_INET6 ? 16 : 4;
	if (inet_pton(a.family, peer, a.bytes) != 1) {
		t->refused = "is connected to at an address that is none: nothing is sent there";
		return CURL_PREREQFUNC_ABORT;
	}
	t->peer_private = t->via == NULL && url_address_private(a.bytes, a.len);
	return may_reach(t, &a) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void
http_watch_peer(struct transfer *t)
{
	const struct libcurl *lib = t->lib;
	CURL *easy = t->handle.easy;

	lib->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	lib->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	lib->easy_setopt(easy, CURLOPT_PREREQDATA, t);
	/* Before 7.80 it does not ask: then no connection is taken that it kept. */
	if (lib->easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected) != CURLE_OK && t->not_here)
		lib->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}
