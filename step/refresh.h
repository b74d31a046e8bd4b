/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh.h - the advisory database that a command names, made of feeds; and made anew once it is a day old
 */
#ifndef STEP_REFRESH_H
#define STEP_REFRESH_H

#include "step/advisory/fetch.h"
#include "step/advisory/store.h"
#include "step/options.h"

/* What came of a build; fetched is set as far as it got, even if it failed. */
struct database_made {
	const char *path;
	struct build_result result;
	struct fetch_report fetched;
};

/*
 * Build the database at o->db or o->default_db, of what o->from names, else of the feeds' published
 * documents; those of releases past their end of life may be gone. Documents from the web are kept in
 * the cache folder. progress may be NULL. ERR_USAGE if there is no place for the database; a
 * document that cannot be had is ERR_DATABASE and leaves the database as it was, and so is the folder of
 * o->default_db if others may write to it.
 */
int database_make(const struct options *o, const struct http_tls *tls, int64_t now,
    void (*progress)(size_t done, size_t total), struct arena *a, struct database_made *ret,
    struct err *err) MUST_CHECK;

enum refresh_outcome {
	REFRESH_NONE = 0, /* nobody wants it: --db, --offline */
	REFRESH_RECENT,   /* there is one of today, made of what is asked for */
	REFRESH_MADE,     /* there is a new one */
	REFRESH_KEPT,     /* a new one could not be made, but there is one that may still be used */
};

/* What a refresh did, for its caller to tell. */
struct refresh {
	enum refresh_outcome outcome;
	const char *text; /* one sentence; NULL for REFRESH_NONE. Of REFRESH_KEPT it is a warning */
	const char
	    *trouble; /* a sentence: why documents could not be kept for the next time; or NULL */
};

/*
 * Make o->default_db anew if it is absent, unusable, was built more than a day before now, or of other
 * documents than those asked for now. If that fails and there is one that a scan would take
 * (o->db_max_age), the outcome is REFRESH_KEPT, else -1 and ERR_DATABASE. A database or a folder that
 * belongs to another user is neither believed nor written to. Says nothing itself.
 */
int refresh_database(const struct options *o, const struct http_tls *tls, int64_t now,
    struct arena *a, struct refresh *ret, struct err *err) MUST_CHECK;

#endif
