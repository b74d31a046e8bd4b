/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarfile.h - a seekable, uncompressed tar as a table of its members
 *
 * One pass over the headers, then any member is one read away: archives of images come with
 * their table of contents at the end as often as at the beginning.
 */
#ifndef STEP_IMAGE_TARFILE_H
#define STEP_IMAGE_TARFILE_H

#include "step/image/tarhead.h"

struct tar_member {
	const char *name; /* without leading "./" and "/", never with ".." */
	enum tar_kind kind;
	uint64_t offset, size; /* its bytes; they may reach beyond the end of a cut archive */
	const char *target;    /* of a link, as it is written; or NULL */
	size_t place;          /* among the members: of two layers with one name the later counts */
};

struct tarfile {
	int fd; /* the caller's */
	struct arena *arena;
	struct tar_member *members; /* by name, then place */
	size_t nmembers;
	uint64_t size; /* of the file */
	uint64_t end;  /* where the zeros behind the members begin, or would */
	char *odd;     /* the first thing that tools read differently, as a sentence; or NULL */
};

/* Index the tar of size bytes behind fd, which must stay open. Malformed: ERR_IMAGE. */
int tarfile_open(
    int fd, uint64_t size, struct arena *a, struct tarfile *ret, struct err *err) MUST_CHECK;
/*
 * Is all of it there, up to the two blocks of zeros that end a tar, and the same to all tools? Else
 * ERR_IMAGE that says what is missing, or odd. An archive is asked at once: of a layer that a cache
 * knows nobody will read to the end.
 */
int tarfile_check(const struct tarfile *t, struct err *err) MUST_CHECK;
/* The member of this name, or NULL. Links are not followed. */
const struct tar_member *tarfile_member(const struct tarfile *t, const char *name);
/* The regular file that a name leads to over links inside the tar. ERR_IMAGE if there is none. */
int tarfile_find(const struct tarfile *t, const char *name, const struct tar_member **ret,
    struct err *err) MUST_CHECK;
/*
 * The whole file of this name in the arena. More than max bytes are ERR_IMAGE, and so are two
 * members of that name: it is for documents, which nothing else need verify.
 */
int tarfile_whole(const struct tarfile *t, const char *name, uint64_t max, struct arena *a,
    struct str *ret, struct err *err) MUST_CHECK;
/* A member's bytes; an archive that ends early delivers fewer. */
struct stream *tarfile_stream(const struct tarfile *t, const struct tar_member *m);

#endif
