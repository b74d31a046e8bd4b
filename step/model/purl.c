/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.c - package URLs of distributions' packages
 *
 *      pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS
 *      pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u1?arch=amd64&distro=debian-12
 *      pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3
 *
 * The namespace is the distribution's id. Debian's epoch is part of the version; the
 * colon is never percent-encoded. deb and apk names are lower case. A release without a
 * number is called by its codename ("debian-sid"). Qualifiers are in the order of their keys.
 *
 * Spec: https://github.com/package-url/purl-spec
 */
#include "step/model/purl.h"

#include <string.h>

#define ENCODED_MOST 3 /* bytes that one becomes: %2B */

struct text {
	char *at; /* where the next byte goes; there is room for all */
};

static void
put(struct text *t, const char *plain)
{
	size_t len = strlen(plain);

	memcpy(t->at, plain, len);
	t->at += len;
}

static void
put_encoded(struct text *t, const char *value, bool is_lower)
{
	for (; *value; value++) {
		char c = *value;

		if (is_lower && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		t->at = percent_encode(t->at, (struct str){ &c, 1 }, UNRESERVED_URI ":");
	}
}

static size_t
length(const char *text)
{
	return text ? strlen(text) : 0;
}

char *
package_purl(struct arena *a, const struct package *p, const struct distro *distro)
{
	const char *release = NULL;
	size_t room = sizeof("pkg://@?arch=&distro=-") +
		      ENCODED_MOST * (length(p->type) + length(p->name) + length(p->version) +
					 length(p->arch));
	struct text t;
	char *purl;

	if (distro) {
		release = distro->version ? distro->version : distro->codename;
		room += ENCODED_MOST * (2 * length(distro->id) + length(release));
	}
	purl = arena_alloc(a, room);
	t.at = purl;
	put(&t, "pkg:");
	put_encoded(&t, p->type, true);
	put(&t, "/");
	if (distro) {
		put_encoded(&t, distro->id, true);
		put(&t, "/");
	}
	put_encoded(&t, p->name, true);
	put(&t, "@");
	put_encoded(&t, p->version, false);
	if (p->arch) {
		put(&t, "?arch=");
		put_encoded(&t, p->arch, false);
	}
	if (release) {
		put(&t, p->arch ? "&distro=" : "?distro=");
		put_encoded(&t, distro->id, true);
		put(&t, "-");
		put_encoded(&t, release, false);
	}
	return purl;
}
