/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.h - advisory feeds: from a published document to statements
 *
 * A feed's file says where its data is published and how to read one document.
 * Fetching, recognising, counting and the database belong to feeds.c and build.c.
 */
#ifndef STEP_ADVISORY_FEED_H
#define STEP_ADVISORY_FEED_H

#include "step/base/io.h"
#include "step/model/model.h"

/* What a publisher says of one package in one release. */
enum affected_state {
	AFFECTED_FIXED = 0,   /* versions before fixed are affected */
	AFFECTED_UNFIXED,     /* all are; no fix yet */
	AFFECTED_DECLINED,    /* all are; there will be no fix */
	AFFECTED_UNKNOWN_FIX, /* those in the range are; nothing is said of a fix */
	AFFECTED_NEVER,       /* none is: silences what a lesser feed says */
};

/* One advisory's text and facts. Copied by the sink. */
struct advisory {
	const char *id;             /* what the publisher calls it */
	const char *const *aliases; /* other names for it; NULL-terminated, or NULL */
	const char *title;          /* one line, or NULL */
	const char *details;        /* or NULL */
	const char *url;            /* or NULL */
	const char *cvss_vector;    /* the newest version's, or NULL */
	enum severity severity;     /* the publisher's own word for it, or SEVERITY_UNKNOWN */
};

/* One statement: these versions of this package are affected, or none. */
struct affected {
	/* distro.release ("debian:bookworm", "alpine:v3.20", "almalinux:8") or "npm", "go". */
	const char *ecosystem;
	const char *package;    /* source package where the ecosystem's feed speaks of those */
	const char *scheme;     /* version scheme's row: "deb" */
	const char *introduced; /* first affected version, or NULL: from the beginning */
	const char *fixed;      /* first good version, or NULL */
	const char *last;       /* last affected version, instead of fixed, or NULL */
	enum affected_state state;
	enum severity severity; /* the publisher's for this package; unknown: the advisory's */
};

/* Where a feed puts what it reads: the builder of a database. */
struct build;

void build_advisory(
    struct build *b, const struct advisory *a, const struct affected *list, size_t n);
/* A record that makes no statement: counted by its reason ("undetermined", "malformed"), told by db build. */
void build_skip(struct build *b, const char *reason);
/* This document speaks for the ecosystem even where it makes no statement for a package: it is covered. */
void build_covers(struct build *b, const char *ecosystem);

/* A document that a feed's publisher keeps at one address. */
struct feed_document {
	const char *url;
	/* The one release that it is about, as /etc/os-release names it; else NULL, both. */
	const char *distro, *version;
};

struct feed_ops {
	const char *name;    /* "debian" */
	const char *summary; /* one line for db status and the README */
	const char *licence; /* of the data */
	const char *url;     /* where it is published */
	/* What a build reads of it that was told no documents; ends in a row without url. Or NULL. */
	const struct feed_document *documents;

	/* Is this document one of this feed's? head is up to 64 KiB of its beginning, decoded. */
	bool (*claims)(struct str head);

	/*
	 * Read one document as it streams in. 0 even when single records are bad: those go to
	 * build_skip(). -1 (ERR_DATABASE) when the document cannot be trusted at all.
	 * name is for messages.
	 */
	int (*parse)(
	    const char *name, struct stream *in, struct build *b, struct err *err) MUST_CHECK;
};

/*
 * All feeds, in order of authority: where two speak of the same package, release
 * and vulnerability, the earlier one is believed.
 */
extern const struct feed_ops *const feeds[];
extern const size_t nfeeds;

/* The documents of all of them, in that order, in the arena; ends in a row without url. */
const struct feed_document *feed_documents(struct arena *a);

#endif
