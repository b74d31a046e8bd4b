/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth_file.h - what one file of Docker's or Podman's says of one registry
 *
 * Pure logic over its text: files, variables and programs are credentials.c's.
 */
#ifndef STEP_IMAGE_AUTH_FILE_H
#define STEP_IMAGE_AUTH_FILE_H

#include "step/base/io.h"
#include "step/image/credential.h"
#include "step/image/reference.h"

#define LIMIT_AUTH_FILE (1 * MIB) /* a login is below 10 KiB, and nobody has a hundred */

struct auth_found {
	struct credentials credentials; /* without origin and realms */
	/* In place of them docker-credential-HELPER is to be asked, whatever that name is; or NULL. */
	const char *helper;
	/* What counts for nothing, to stand behind the file's name ("is passed over: ..."); or NULL. */
	const char *trouble;
};

/*
 * The text is read as far as it speaks of the registry and repository of ref: a helper for it, else the
 * helper for all, else the login whose key is closest. Trouble holds no word of the text.
 */
void auth_file_find(
    struct str text, const struct reference *ref, struct arena *a, struct auth_found *ret);

/*
 * Are two "HOST[:PORT]" one registry? Hosts have no case, 443 is the port that nobody writes, and Docker Hub
 * has several names.
 */
bool auth_same_site(struct str a, struct str b);
/* What a helper is asked for: the site, but for Docker Hub, which goes by an address of old. */
const char *auth_server(const struct reference *ref);

#endif
