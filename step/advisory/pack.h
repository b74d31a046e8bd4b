/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - one statement as bytes: what the database keeps per package
 */
#ifndef STEP_ADVISORY_PACK_H
#define STEP_ADVISORY_PACK_H

#include "step/advisory/feed.h"

/* Bytes that grow. Begin with zeros; free(bytes) when done. */
struct pack {
	char *bytes;
	size_t len, room;
};

void pack_bytes(struct pack *p, const void *bytes, size_t len); /* appended */
/* One statement and its advisory, without the advisory's title, url and details. */
void pack_statement(
    struct pack *p, unsigned feed, const struct advisory *a, const struct affected *s);

/*
 * The next statement off rest, its text in the arena; ecosystem and package are not
 * set. False when the bytes are not what pack_statement() writes.
 */
bool unpack_statement(struct str *rest, struct arena *a, unsigned *ret_feed,
    struct advisory *ret_advisory, struct affected *ret_affected);

#endif
