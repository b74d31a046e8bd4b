/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the advisory database: open, ask, build
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
	int64_t origin;           /* as its builder was told; 0: not at all */
	uint64_t advisories, statements;
	const char *const *ecosystems; /* covered, sorted, NULL-terminated */
};
/* What it holds, in the arena. */
void store_facts(const struct store *s, struct arena *a, struct database_facts *ret);
bool store_covers(struct store *s, const char *ecosystem);
/* Read every byte of it: damage anywhere is ERR_DATABASE. Opening finds it in what a lookup needs. */
int store_verify(struct store *s, struct err *err) MUST_CHECK;
/* Built more than max_days ago, or after now: ERR_DATABASE naming path. The starter set is never stale. */
int store_check_age(const struct database_facts *f, const char *path, int64_t now,
    unsigned max_days, struct err *err) MUST_CHECK;

/* One statement with its advisory, whose title, details and url store_describe() adds. */
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
/* The advisory with title, details and url, as far as its publisher gave them. */
int store_describe(struct store *s, const struct statement *statement, struct arena *a,
    struct advisory *ret, struct err *err) MUST_CHECK;

/* ---- Building one ---- */

struct build_skipped {
	const char *reason;
	uint64_t count;
};

struct build_feed {
	const char *name;
	uint64_t documents;  /* files that it recognised, those in archives too */
	uint64_t statements; /* that the database holds: those made twice count once */
};

struct build_result {
	struct database_facts facts;
	uint64_t documents;     /* files that a feed recognised */
	uint64_t unrecognised;  /* files that none did */
	const char **strangers; /* the first of their names */
	size_t nstrangers;
	const struct build_feed *feeds; /* those that recognised any, in order of authority */
	size_t nfeeds;
	uint64_t size;                       /* bytes of the file */
	const struct build_skipped *skipped; /* records that made no statement, by reason, sorted */
	size_t nskipped;
};

struct fetcher; /* step/advisory/fetch.h */

struct build_request {
	const char *path;        /* of the database */
	const char *const *from; /* files, folders (walked) and http(s) URLs */
	size_t nfrom;
	/* Of each of them: an address where nothing is any more is left out. NULL: of none. */
	const bool *optional;
	int64_t origin;          /* a number for what was asked for, kept in the facts; 0: none */
	int64_t now;             /* the build time, seconds since the epoch */
	struct fetcher *fetcher; /* of the URLs; NULL: one that keeps nothing */
	/* Called before each of them, or NULL. */
	void (*progress)(size_t done, size_t total);
};

/*
 * Build a database. What it is made from is each plain, gzip or zstd, or a zip of them or a tar of
 * them, and recognised by its content. It appears whole or not at all. No recognised document at all is
 * an error.
 */
int store_build(const struct build_request *request, struct arena *a, struct build_result *ret,
    struct err *err) MUST_CHECK;

#endif
