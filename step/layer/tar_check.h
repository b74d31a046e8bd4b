/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_check.h - finds tar headers that programs read differently
 *
 * What a runtime unpacks and what we read must be the same files. Where the format leaves
 * room, libarchive and the tar readers of runtimes take different sides; a layer that
 * makes use of it hides something from one of them.
 */
#ifndef STEP_LAYER_TAR_CHECK_H
#define STEP_LAYER_TAR_CHECK_H

#include "step/base/io.h"

/* Follows the headers of one tar as its bytes come. All zero at first. */
struct tar_check {
	unsigned char block[TAR_BLOCK];
	size_t held;        /* bytes of block */
	uint64_t skip;      /* bytes of a body still to come */
	unsigned padding;   /* behind the body of an extension */
	bool ended;         /* at the end mark, or where the headers cannot be followed */
	bool sparse_blocks; /* more blocks of an old GNU sparse map follow */
	unsigned pending;   /* what stands before the next member: PENDING_ */
	bool in_name;       /* the body under way is a name, and begins */
	bool in_pax;        /* it is a pax header's */
	char *pax;          /* its bytes */
	size_t pax_len, pax_size;
	uint64_t size;   /* pax's word on the next member's size */
	const char *odd; /* what was found first, or NULL */
};

/* The next bytes of the tar. */
void tar_check_feed(struct tar_check *t, const void *bytes, size_t len);
void tar_check_release(struct tar_check *t);

#endif
