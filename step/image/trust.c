/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust.c - which hosts a registry may send us to, and which of them get credentials
 *
 * Two settings have a registry believed
 * more easily: both are for its own host alone, so that they are not spread by what it answers.
 */
#include "step/image/trust.h"

#include "step/base/public_suffix.h"

#include <string.h>

bool
trust_plain_http(const struct image_request *req, const struct reference *ref, const char *host)
{
	return req->plain_http ||
	       (url_host_loopback(host) && !str_ends(str_of(ref->api_site), ":443"));
}

struct http_tls
trust_tls(const struct http_tls *own, const struct http_tls *others, const struct url *registry,
    const struct url *u)
{
	struct http_tls tls = *others;

	if (strcmp(registry->host, u->host) == 0)
		return *own;
	tls.skip_verify = false;
	tls.client_cert = tls.client_key = NULL;
	return tls;
}

const struct notice *
trust_notice(const struct image_request *req, const struct reference *ref,
    const struct url *registry, struct arena *a)
{
	static const char risk[] =
	    "anybody on the way to it can read what is sent and change what comes";
	struct notice n = { NULL, NULL };

	if (!registry->https && !url_host_loopback(registry->host)) {
		n.kind = "registry-plain-http";
		n.text = arena_textf(a,
		    "the registry %s is spoken to without TLS (--registry-plain-http): %s",
		    ref->site, risk);
	} else if (registry->https && req->skip_tls_verify) {
		n.kind = "tls-not-verified";
		n.text = arena_textf(a,
		    "the certificate of the registry %s is not verified "
		    "(--registry-skip-tls-verify): %s",
		    ref->site, risk);
	}
	return n.kind != NULL ? arena_copy(a, &n, sizeof(n)) : NULL;
}

/* An address inside somebody's network is reached only for a registry that is there itself. */
static int
check_address(const struct url *registry, const struct url *u, const char *what, struct arena *a,
    struct err *err)
{
	if (!u->https && (registry->https || strcmp(u->host, registry->host) != 0))
		return err_set(err, ERR_IMAGE, "%s names %s without TLS as %s: refused",
		    url_site(a, registry), url_site(a, u), what);
	if (url_host_private(u->host) && strcmp(u->host, registry->host) != 0)
		return err_set(err, ERR_IMAGE, "%s names the private address %s as %s: refused",
		    url_site(a, registry), url_site(a, u), what);
	return 0;
}

static bool
is_https_port(const struct url *u)
{
	return u->https && u->port == 443;
}

/*
 * Is the token service the registry's own? Another port of its host may be another user's program, but for
 * the port of https, which only the host's owner opens; this machine is one's own at any port.
 */
static bool
is_own(const struct url *registry, const struct url *realm)
{
	return strcmp(registry->host, realm->host) == 0 &&
	       (registry->port == realm->port || is_https_port(realm) ||
		   url_host_loopback(registry->host));
}

/* "HOST" or "HOST:PORT", as the address of a service with TLS. */
static int
parse_named(const char *value, struct arena *a, struct url *ret, struct err *err)
{
	if (value[strcspn(value, "/?#")] != '\0')
		return err_set(err, ERR_USAGE, "there is more than a host and a port");
	return url_parse(str_of(arena_textf(a, "https://%s/", value)), ERR_USAGE, a, ret, err);
}

int
trust_realm_check(const char *value, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct url named;

	if (parse_named(value, a, &named, err) == 0)
		return 0;
	/* Who put a password into it does not want to read it again. */
	return err_wrap(err, "%s is not HOST or HOST:PORT",
	    strchr(value, '@') ? "the value" : arena_textf(a, "'%.80s'", value));
}

static bool
is_named(const struct url *realm, const char *const *hosts, struct arena *a)
{
	for (; *hosts; hosts++) {
		struct url named;
		struct err err;

		if (parse_named(*hosts, a, &named, &err) == 0 && url_same_origin(realm, &named))
			return true;
	}
	return false;
}

/*
 * Token services that are known to belong to a registry of another name. The first two are of the same domain, which
 * tells where there is no list to know it by (public_suffix.h). What else is widely used has its token
 * service at its own host or in its own domain.
 */
static bool
is_known_pair(const struct url *registry, const struct url *realm)
{
	static const struct {
		const char *registry, *realm;
	} pairs[] = {
		{ "registry-1.docker.io", "auth.docker.io" },
		{ "registry.gitlab.com", "gitlab.com" },
		{ "registry.hub.docker.com", "auth.docker.io" }, /* the Hub by an older name */
		/* freedesktop.org gives names to its projects, and is on the list for that. */
		{ "registry.freedesktop.org", "gitlab.freedesktop.org" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (strcmp(registry->host, pairs[i].registry) == 0 &&
		    strcmp(realm->host, pairs[i].realm) == 0)
			return true;
	return false;
}

/* May this one be another host than the registry's? Only where nobody on the way can have written either name. */
static bool
belongs_to(const struct url *registry, const struct url *realm)
{
	return registry->https && is_https_port(realm) &&
	       (is_known_pair(registry, realm) ||
		   public_suffix_same_domain(registry->host, realm->host));
}

int
trust_realm(const struct url *registry, const struct url *realm, const struct credentials *c,
    struct arena *a, struct err *err)
{
	if (check_address(registry, realm, "its token service", a, err) < 0)
		return -1;
	if (credentials_any(c) && !is_own(registry, realm) && !is_named(realm, c->realms, a) &&
	    !belongs_to(registry, realm))
		return err_set(err, ERR_IMAGE,
		    "%s names %s as its token service, which is not given the user name and "
		    "password: it is not known to belong there (--trust-realm %s, if it does)",
		    url_site(a, registry), url_site(a, realm), url_site(a, realm));
	return 0;
}

int
trust_redirect(const struct url *registry, const struct url *from, const struct url *to,
    struct arena *a, struct err *err)
{
	if (from->https && !to->https)
		return err_set(err, ERR_IMAGE, "%s redirects to %s without TLS: refused",
		    url_site(a, from), url_site(a, to));
	return check_address(registry, to, "the place to go on", a, err);
}

bool
trust_public_only(const struct url *registry, bool private_registry, const struct url *u)
{
	return !private_registry && strcmp(registry->host, u->host) != 0;
}

bool
trust_not_here(const struct url *registry, const struct url *u)
{
	return !url_host_here(registry->host) && strcmp(registry->host, u->host) != 0;
}
