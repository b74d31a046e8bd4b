/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.h - documents from the web, each with a copy that spares its next transfer
 */
#ifndef STEP_ADVISORY_FETCH_H
#define STEP_ADVISORY_FETCH_H

#include "step/base/io.h"

struct http_tls; /* step/base/http.h */

enum fetch_outcome {
	FETCH_TRANSFERRED = 0,
	FETCH_NOT_MODIFIED, /* the copy was still the server's document */
	FETCH_GONE,         /* it was optional, and is published no more */
	FETCH_OUTCOMES,
};

/* One document that was asked for, for those who tell of it. */
struct fetched {
	const char *name; /* its address, without what may be secret */
	enum fetch_outcome outcome;
	uint64_t bytes; /* that were transferred */
};

/* What came of a fetcher's work. */
struct fetch_report {
	struct fetched *list; /* in order */
	size_t count;
	size_t counts[FETCH_OUTCOMES]; /* of each outcome */
	const char *trouble;           /* a sentence: why copies could not be kept; or NULL */
};

/* How documents are fetched. */
struct fetcher {
	struct arena *arena;        /* of the report */
	const struct http_tls *tls; /* or NULL */
	const char *folder;         /* of the copies; NULL: none are kept. fetcher_keep() sets it */
	struct fetch_report report;
};

/*
 * Keep copies in this folder, which is made where needed; those that were not used for a month are
 * removed. One that cannot be used, or that others may write to, is told in the report, and
 * every document is then transferred.
 */
void fetcher_keep(struct fetcher *f, const char *folder);

/*
 * A document on its way. Open it and read it; it is finished only if it proved to be good: that reads
 * what is left and keeps the copy. One that is abandoned leaves the copy before it as it was, but a copy
 * that itself is no good is removed.
 */
struct fetch;

/*
 * Ask for what is at this http(s) address, behind redirects: only what differs from the copy is
 * transferred. A copy that is damaged is as none. ERR_USAGE for what is no address,
 * ERR_DATABASE naming the document for all other failures, ERR_INTERNAL without libcurl. An
 * optional document that the server says is not there (404, 410) is no failure: *ret is NULL.
 */
int fetch_open(struct fetcher *fetcher, const char *address, bool optional, struct fetch **ret,
    struct err *err) MUST_CHECK;
const char *fetch_name(const struct fetch *f);
struct stream *fetch_stream(struct fetch *f);                  /* stays f's */
int fetch_finish(struct fetch *f, struct err *err) MUST_CHECK; /* f is gone either way */
void fetch_abandon(struct fetch *f);                           /* NULL is a no-op */

#endif
