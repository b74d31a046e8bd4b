/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarstream.h - the members of a tar, one after the other, as its bytes arrive
 */
#ifndef STEP_IMAGE_TARSTREAM_H
#define STEP_IMAGE_TARSTREAM_H

#include "step/image/tarhead.h"

struct tarstream;

/* in is its then. */
struct tarstream *tarstream_new(struct stream *in);
void tarstream_free(struct tarstream *t); /* NULL is a no-op */
/*
 * The next member, whose text lives until the call after this one: 1, 0 at the end of the tar, or -1
 * (ERR_IMAGE). What was not read of the member before is passed over.
 */
int tarstream_next(struct tarstream *t, struct tar_entry *ret, struct err *err) MUST_CHECK;
/* Up to len first bytes of this member, without taking them; fewer only where it has fewer. */
int tarstream_peek(struct tarstream *t, size_t len, struct str *ret,
    struct err *err) MUST_CHECK; /* len <= TAR_BLOCK */
/*
 * This member's bytes. An archive that ends inside of it is ERR_IMAGE. Closing the stream leaves t where
 * it is; the stream must be closed before the next member is asked for.
 */
struct stream *tarstream_open(struct tarstream *t);
/*
 * The archive from its first byte on, for who needs to have all of it after all: what has arrived so far
 * is kept up to TARSTREAM_KEPT bytes. NULL if it was more. t is used up.
 */
struct stream *tarstream_whole(struct tarstream *t);
#define TARSTREAM_KEPT MIB

#endif
