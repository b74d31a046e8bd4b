/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h - a database in the making, between the feeds and the file
 */
#ifndef STEP_ADVISORY_BUILD_H
#define STEP_ADVISORY_BUILD_H

#include "step/advisory/store.h"

#include <sqlite3.h>

/* What the file's header says of its kind ("step"), and which schema below it has. */
#define DATABASE_APPLICATION 0x73746570u
#define DATABASE_VERSION     1u

/* All statements on one package, which is the largest value of a table; the kernel's are 1 MiB. */
#define LIMIT_PACKED (256 * MIB)

/* The tables, as sqlite_schema tells them: what differs was not made by this version. */
extern const char *const database_tables[];
extern const size_t ndatabase_tables;

/* path: an empty file that it fills; NULL: in memory. */
int build_open(const char *path, struct build **ret, struct err *err) MUST_CHECK;
/* A document follows that is the feed's of this number in feeds[]. */
void build_document(struct build *b, size_t feed);
/* What facts are to say of the origin; 0: nothing. */
void build_origin(struct build *b, int64_t origin);
/* Has anything failed since? Then every later call does nothing. */
int build_failed(const struct build *b, struct err *err) MUST_CHECK;
/*
 * Write the tables. ret (in the arena; without facts and unrecognised) says what came of
 * it. The connection is closed, or the caller's with ret_db, for a database in memory.
 * b is freed either way.
 */
int build_finish(struct build *b, int64_t now, struct arena *a, struct build_result *ret,
    sqlite3 **ret_db, struct err *err) MUST_CHECK;
void build_abandon(struct build *b); /* NULL is a no-op */

#endif
