/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust.h - which hosts a registry may send us to, and which of them get credentials
 *
 * A registry answers with addresses: of its token service, of the store that has its
 * blobs. Each is a stranger's word. All decisions about them are made here.
 */
#ifndef STEP_IMAGE_TRUST_H
#define STEP_IMAGE_TRUST_H

#include "step/base/http.h"
#include "step/base/url.h"
#include "step/image/credential.h"
#include "step/image/image.h"
#include "step/image/reference.h"

/* Is the registry that ref names, at this host, spoken to without TLS? On this machine, or as the request says. */
bool trust_plain_http(
    const struct image_request *req, const struct reference *ref, const char *host);

/*
 * Whom to believe at an address: as own says at the registry's host, at any port, and elsewhere as others says. Only
 * that host goes unverified, and only it is shown a client certificate.
 */
struct http_tls trust_tls(const struct http_tls *own, const struct http_tls *others,
    const struct url *registry, const struct url *u);

/* What a report should say of a registry that the request has us believe too easily, or NULL. */
const struct notice *trust_notice(const struct image_request *req, const struct reference *ref,
    const struct url *registry, struct arena *a);

/*
 * May the token service be asked, and be given these credentials? The registry's own may: its host, at the
 * registry's port or at 443 with TLS; on this machine at any port; where the registry has TLS, one of the same
 * registrable domain at 443 with TLS, or a pair that is known; one of c->realms. ERR_IMAGE, which names the host and --trust-realm.
 */
int trust_realm(const struct url *registry, const struct url *realm, const struct credentials *c,
    struct arena *a, struct err *err) MUST_CHECK;

/* Is the value HOST or HOST:PORT, as c->realms has them? ERR_USAGE. */
int trust_realm_check(const char *value, struct err *err) MUST_CHECK;

/* May a request of this registry be followed from one address to another? ERR_IMAGE. */
int trust_redirect(const struct url *registry, const struct url *from, const struct url *to,
    struct arena *a, struct err *err) MUST_CHECK;

/*
 * Must the address that a name resolves to be of the public internet (http_request.public_only)? Where the
 * registry, which answered from such an address (private_registry: from another), names another host.
 */
bool trust_public_only(const struct url *registry, bool private_registry, const struct url *u);
/*
 * Must it at least be none of this machine and its link (http_request.not_here)? Where a registry names another host,
 * whatever network it is in itself, unless its own name says that it is here.
 */
bool trust_not_here(const struct url *registry, const struct url *u);

#endif
