/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.h - accepted findings: the entries of allow-lists, their formats, and what they cover
 */
#ifndef STEP_POLICY_ALLOWLIST_H
#define STEP_POLICY_ALLOWLIST_H

#include "step/base/doc.h"
#include "step/policy/policy.h"

struct allowlist_format;

/* What has at most this many bytes: a pattern, a package URL, a reason of a list that is not ours. */
#define LIMIT_PATTERN 1024 /* the time to compare grows with the square of it */

/* A name of images in a list of GitLab or clair-scanner, with entries below it. */
struct allow_key {
	const char *path; /* of its file */
	const char *name; /* as written */
	const struct allowlist_format *format;
	size_t nentries;
	size_t order; /* among the keys of all files, from 0 */
};

/* One accepted vulnerability. */
struct allow_entry {
	const char *path;            /* of its file */
	size_t number;               /* its place in that file, from 1 */
	size_t order;                /* its place among the entries of all files, from 0 */
	const char *id;              /* of a vulnerability, or an alias of it */
	const char *package;         /* binary or source package, or NULL: any */
	const char *image;           /* pattern for the image's name or reference, or NULL: any */
	const struct allow_key *key; /* below which it stands, or NULL */
	const char *const *paths;    /* globs, NULL-terminated: of the package's file; NULL: any */
	const char *const *purls;    /* package URLs, NULL-terminated; NULL: any */
	const char *reason;          /* one line */
	const char *owner;           /* or NULL */
	const char *expires;         /* last day or RFC 3339 time, or NULL: never */
	int64_t end; /* first second at which it no longer holds; INT64_MAX: never */
};

/* What all files say. */
struct allowlist {
	struct allow_entry *entries; /* by order */
	size_t nentries;
	struct allow_key **keys; /* by order */
	size_t nkeys;
	const char **notes; /* sentences for the report */
	size_t nnotes;
};

/* ---- Reading (allowlist.c): from a file's bytes to entries ---- */

/*
 * One file, or text that came another way, while it is read: bytes, root and repeats are gone after
 * that. What a list keeps of them is copied into its arena, mostly by allow_line() and the like.
 */
struct allow_source {
	const char *path; /* as the user names it; in the list's arena */
	const struct allowlist_format *format;
	struct str bytes;
	const struct doc *root;     /* NULL for a format that is no YAML */
	struct doc_repeats repeats; /* empty unless the format takes them */
	struct arena *arena;        /* the list's */
};

/* A row: how to recognise and read one format. */
struct allowlist_format {
	const char *name;
	const char *summary;
	const char *const *files; /* names in the root of a checkout, NULL-terminated */
	const char *stem;         /* "clair-whitelist.": a file that begins so is one; or NULL */
	const char *peer;         /* whose format it is; NULL: ours */
	bool is_plain;            /* lines, not YAML */
	bool takes_repeats;       /* a key may come twice: the last one holds */
	/* Is it one, by what it says? root is NULL as long as the bytes were not read as YAML. */
	bool (*claims)(struct str bytes, const struct doc *root);
	/* Puts all its entries to the list. An error names line or entry; the caller names the file. */
	int (*read)(const struct allow_source *in, struct allowlist *l, struct err *err) MUST_CHECK;
};

extern const struct allowlist_format allowlist_ours, allowlist_gitlab, allowlist_clair,
    allowlist_trivy, allowlist_trivy_yaml;
extern const struct allowlist_format *const allowlist_formats[]; /* in the order they are asked */
extern const size_t nallowlist_formats;

/*
 * One list more, of this format, or (NULL) of the one that the bytes say; *list or NULL: a new one.
 * After an error *list may hold part of it and is of no use.
 */
int allowlist_add_bytes(struct allowlist **list, const char *name,
    const struct allowlist_format *format, struct str bytes, struct arena *a,
    struct err *err) MUST_CHECK;
/* One more entry, the number-th of its file, that never ends: to be filled before the next, which may move it. */
struct allow_entry *allowlist_add(
    struct allowlist *l, const struct allow_source *in, size_t number);
/* "the allow-list FILE ..." for the report; a reader says at most LIMIT_SAID of one kind about a file. */
void allowlist_note(struct allowlist *l, const struct allow_source *in, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
#define LIMIT_SAID 10
/* One line without blanks at its ends or bytes that a terminal obeys; NULL if nothing is left. */
const char *allow_line(struct arena *a, const char *text);
/* The same with the blanks at its ends, for what is compared as it is. */
char *allow_exact(struct arena *a, struct str text);
/* A line for a list whose program asks for no reason: cut when it is long, never NULL. */
const char *allow_reason(struct arena *a, struct str text);

/* ---- Comparing (allowlist_match.c) ---- */

/* * is any bytes, ? one: in names of images. */
bool allow_pattern_matches(const char *pattern, const char *text);
/*
 * Check a glob for paths, and put it, one for each of its alternatives, to the list, which stays
 * NULL-terminated.
 */
int allow_globs_add(
    struct arena *a, const char *text, const char ***list, size_t *n, struct err *err) MUST_CHECK;
bool allow_glob_matches(const char *glob, const char *path);
/* Check a package URL that names packages, and put it to the list. */
int allow_purls_add(
    struct arena *a, const char *text, const char ***list, size_t *n, struct err *err) MUST_CHECK;
/* A package URL in its parts, which stay encoded as they were but for the name. */
struct allow_purl {
	struct str name; /* type, namespace and name; decoded, if need be in the arena */
	struct str version;
	struct str qualifiers;
	struct str subpath;
	bool has_version; /* or an @ with nothing behind it */
};
struct allow_purl allow_purl_cut(const char *purl, struct arena *a);
/* wanted without a version covers all, and has no say in qualifiers that it does not name. */
bool allow_purl_matches(const struct allow_purl *wanted, const struct allow_purl *purl);

/* ---- Covering (allowlist_scope.c) ---- */

/*
 * What a list says of one image at now, in the arena: each entry's image is compared once, and a
 * finding is looked up by its ids and packages.
 */
struct allow_scope;
struct allow_scope *allow_scope_new(
    const struct allowlist *list, const struct image *image, int64_t now, struct arena *a);
/* The first entry by order that covers the finding and still holds, or NULL. */
const struct allow_entry *allow_scope_match(struct allow_scope *scope, const struct finding *f);
/* Did the entry, expired or not, cover a finding that allow_scope_match() was asked about? */
bool allow_scope_used(const struct allow_scope *scope, const struct allow_entry *e);

/* How a key of images names this image; the first that does. */
enum allow_form {
	FORM_NONE = 0, /* it does not */
	FORM_NAME,     /* the reference without tag and digest */
	FORM_DIGEST,   /* the same and "@sha256", of a reference with a digest */
	FORM_FULL,     /* the reference as typed */
	FORM_NORMAL,   /* the image's name in full: docker.io/library/alpine */
	FORM_COLON,    /* clair-scanner's: what stands before the colon of the registry's port */
};

enum allow_form allow_form_of(const struct allow_key *key, const struct image *image);

/* ---- Telling (allowlist_notices.c) ---- */

/* Notices of allow-lists that a stored report brought told of other lists or another time. */
void allowlist_drop_notices(struct report_draft *d);
/* What the lists' authors should know: notes, keys of images, expired and unused entries. */
void allowlist_say(struct report_draft *d, const struct allowlist *list, int64_t now,
    const struct allow_scope *scope);

#endif
