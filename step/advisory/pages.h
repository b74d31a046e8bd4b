/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h - an SQLite file each of whose pages carries its checksum
 */
#ifndef STEP_ADVISORY_PAGES_H
#define STEP_ADVISORY_PAGES_H

#include "step/base/base.h"

#include <sqlite3.h>

enum {
	PAGE_SIZE = 4096,
	PAGE_CHECKSUM = 8, /* bytes at the end of each page that SQLite leaves alone */
};

/* The file's bytes as they are to be: put the checksum into each of its pages. 0, or -1 with errno. */
int pages_stamp(int fd) MUST_CHECK;

/* A stamped file, open for reading. */
struct pages;

/*
 * Open it and verify what its header claims: kind (application id), version and size;
 * and its first page, and all pages of a small file. Errors are ERR_DATABASE.
 */
int pages_open(const char *path, uint32_t application, uint32_t version, struct pages **ret,
    struct err *err) MUST_CHECK;
void pages_close(struct pages *p);                             /* NULL is a no-op */
int pages_verify(struct pages *p, struct err *err) MUST_CHECK; /* every page */
/* The number of a page that failed its checksum while SQLite read, counted from 1; 0: none did. */
uint32_t pages_damaged(const struct pages *p);
/* A read-only connection to it, to be closed before p is. An SQLite status. */
int pages_connect(struct pages *p, sqlite3 **ret) MUST_CHECK;

#endif
