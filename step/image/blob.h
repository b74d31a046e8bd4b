/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob.h - a registry's blob as a stream that survives broken connections
 */
#ifndef STEP_IMAGE_BLOB_H
#define STEP_IMAGE_BLOB_H

#include "step/image/registry.h"

/*
 * The bytes of the blob. size: its length, or IMAGE_SIZE_UNKNOWN; one byte more is
 * ERR_CONTENT. What was delivered is not asked for again, so the caller's digest over all bytes also covers a
 * server that changes its mind. What a registry has not, or no longer gives, registry_next() is asked for; one that
 * broke is not asked for further blobs. The registries must outlive the stream.
 */
int blob_open(struct registry *r, const char *digest, uint64_t size, struct stream **ret,
    struct err *err) MUST_CHECK;
/*
 * Exactly these bytes of it (length > 0), in one request. size as above. ERR_IMAGE, also where the registry does
 * not give parts; a broken connection is not resumed.
 */
int blob_open_part(struct registry *r, const char *digest, uint64_t size, uint64_t offset,
    uint64_t length, struct stream **ret, struct err *err) MUST_CHECK;

#endif
