/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust.h - which credentials a registry gets, and which hosts it may send us to
 *
 * A registry answers with addresses: of its token service, of the store that has its
 * blobs. Each is a stranger's word. All decisions about them are made here.
 */
#ifndef STEP_IMAGE_TRUST_H
#define STEP_IMAGE_TRUST_H

#include "step/base/http.h"
#include "step/base/url.h"
#include "step/image/image.h"
#include "step/image/reference.h"

/* What the registry's user is called and knows. */
struct credentials {
	const char *username; /* NULL: nobody, anonymous */
	const char *password;
	/*
	 * Whose token service may be given them besides the registry's own, "HOST" or "HOST:PORT", over
	 * https; or NULL.
	 */
	const char *token_host;
};

/* Those for the host that ref names; text is the request's. ERR_USAGE if they cannot be sent. */
int credentials_find(const struct image_request *req, const struct reference *ref,
    struct credentials *ret, struct err *err) MUST_CHECK;

/* Is the registry that ref names, at this host, spoken to without TLS? On this machine, or as the request says. */
bool trust_plain_http(
    const struct image_request *req, const struct reference *ref, const char *host);

/*
 * Whom to believe at an address, where own is how the registry is believed: only its own host, at
 * any port, goes unverified.
 */
struct http_tls trust_tls(
    const struct http_tls *own, const struct url *registry, const struct url *u);

/* What a report should say of a registry that the request has us believe too easily, or NULL. */
const struct notice *trust_notice(const struct image_request *req, const struct reference *ref,
    const struct url *registry, struct arena *a);

/*
 * May the token service be asked, and be given these credentials? The registry's own may: its host, at the
 * registry's port or at 443 with TLS; on this machine at any port. ERR_IMAGE.
 */
int trust_realm(const struct url *registry, const struct url *realm, const struct credentials *c,
    struct arena *a, struct err *err) MUST_CHECK;

/* May a request of this registry be followed from one address to another? ERR_IMAGE. */
int trust_redirect(const struct url *registry, const struct url *from, const struct url *to,
    struct arena *a, struct err *err) MUST_CHECK;

#endif
