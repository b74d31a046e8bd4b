/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarwrite.h - the headers of a tar that is made on the fly
 *
 * For foldertar.c and toc_tar.c, which put a file's bytes between them.
 */
#ifndef STEP_IMAGE_TARWRITE_H
#define STEP_IMAGE_TARWRITE_H

#include "step/base/io.h"

/* Headers and padding that were not delivered yet. All zeros: none. */
struct tarwrite {
	char *bytes;
	size_t at, len, room;
};

void tarwrite_release(struct tarwrite *t);
/* One entry, of a type as tar has it ('0' a file, '2' a symbolic link, '5' a folder); link is "" or its target. */
void tarwrite_entry(struct tarwrite *t, char type, const char *path, const char *link,
    unsigned mode, uint64_t size);
/* The zeros behind a file of so many bytes. */
void tarwrite_padding(struct tarwrite *t, uint64_t size);
/* The zeros that end a tar. */
void tarwrite_end(struct tarwrite *t);
/* Moves up to len bytes into buf: how many; 0: there are none. */
size_t tarwrite_take(struct tarwrite *t, void *buf, size_t len);

#endif
