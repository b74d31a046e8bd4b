/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the advisory database: open, ask, build.
 */
#ifndef STEP_ADVISORY_STORE_H
#define STEP_ADVISORY_STORE_H

#include "step/advisory/feed.h"

/* An open database, read-only and immutable. */
struct store;

/* path NULL: the embedded starter set. Errors are ERR_DATABASE and name the file. */
int store_open(const char *path, struct store **ret, struct err *err) MUST_CHECK;
void store_close(struct store *s); /* NULL is a no-op */

struct database_facts {
	struct database database; /* for the report */
	int64_t built;            /* seconds since the epoch */
	uint64_t advisories, statements;
	const char *const *ecosystems; /* covered, sorted, NULL-terminated */
};
/* What it holds, in the arena. */
int store_facts(struct store *s, struct arena *a, struct database_facts *ret, struct err *err) MUST_CHECK;
bool store_covers(struct store *s, const char *ecosystem);

/* One statement with its advisory. */
struct statement {
	const struct feed_ops *feed;
	unsigned rank; /* the feed's place in feeds[]: less is more authority */
	struct advisory advisory;
	struct affected affected;
};

/*
 * Every statement of this ecosystem on this package, in the arena, ordered by
 * advisory id, then rank. 0, or -1 with ERR_DATABASE.
 */
int store_lookup(struct store *s, const char *ecosystem, const char *package, struct arena *a,
    const struct statement **ret, size_t *ret_count, struct err *err) MUST_CHECK;

/* ---- Building one. ---- */

struct build_skipped {
	const char *reason;
	uint64_t count;
};

struct build_result {
	struct database_facts facts;
	uint64_t documents;         /* files that a feed recognised, those in archives too */
	uint64_t unrecognised;      /* files that none did */
	const struct build_skipped *skipped; /* records that made no statement, by reason, sorted */
	size_t nskipped;
};

/*
 * Build a database at path from files, folders (walked) and http(s) URLs, each
 * plain, gzip or zstd, or a zip of them or a tar of them; each is recognised by its content.
 * It appears whole or not at all. No recognised document at all is an error.
 * now is the build time, seconds since the epoch.
 */
int store_build(const char *path, const char *const *from, size_t nfrom, int64_t now,
    struct arena *a, struct build_result *ret, struct err *err) MUST_CHECK;

#endif
