/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarhead.h - the headers of a tar: what they say of the member behind them
 *
 * For tarfile.c, which looks at all headers of a file first, and tarstream.c, which meets them as
 * they arrive.
 */
#ifndef STEP_IMAGE_TARHEAD_H
#define STEP_IMAGE_TARHEAD_H

#include "step/base/io.h"

enum tar_kind {
	TAR_FILE = 0,
	TAR_LINK, /* symbolic */
	TAR_SAME, /* a hard link: the member that target names */
	TAR_FOLDER,
	TAR_OTHER, /* a device, ... */
};

/* What the headers before a member said of it. All zeros: there were none. */
struct tar_extra {
	char *name, *link; /* or NULL */
	uint64_t size;     /* with has_size */
	bool has_size, sparse;
	bool global; /* a path, a size or a hole was said of all members that follow */
	bool has_pax, has_name, has_link; /* headers that were there */
};

/* One header of TAR_BLOCK bytes, and its place for messages. */
struct tar_header {
	const char *bytes;
	uint64_t at;
};

/* What a header says of its member, together with those before it. */
struct tar_entry {
	const char *name; /* without leading "./" and "/", never with "..", may be "" */
	enum tar_kind kind;
	uint64_t size;     /* bytes behind the header, without padding */
	struct str target; /* of a link, as it is written; it points into the header or extra */
	const char *odd;   /* what tools read differently, for tar_entry_check(); or NULL */
};

/* Does it only say something of the member behind it, as the L, K, x and g headers do? */
bool tar_header_is_extra(const struct tar_header *h);
/* The size field as it stands. ERR_IMAGE where there is none. */
int tar_header_size(const struct tar_header *h, uint64_t *ret, struct err *err) MUST_CHECK;
/*
 * One such header into e; bytes: the size bytes behind it, of which some or all may be read. ERR_IMAGE where
 * it is damaged, too long, or says with one before it what tools read differently. Text is put into a.
 */
int tar_extra_read(struct tar_extra *e, const struct tar_header *h, uint64_t size,
    struct stream *bytes, struct arena *a, struct err *err) MUST_CHECK;
/* The header of a member itself. ERR_IMAGE for a path with .. or of more than LIMIT_PATH bytes. */
int tar_entry_read(const struct tar_header *h, const struct tar_extra *e, struct arena *a,
    struct tar_entry *ret, struct err *err) MUST_CHECK;
/* ERR_IMAGE for a member that tools read differently; at: its header's place. */
int tar_entry_check(const struct tar_entry *entry, uint64_t at, struct err *err) MUST_CHECK;
/* With its padding: where the next header begins. */
uint64_t tar_padded(uint64_t size);

/*
 * One spelling for a path in a tar: no leading "./" or "/", no "//", "/./" or "/" at the end.
 * NULL (and nothing is it) for one that has "..", or is longer than LIMIT_PATH.
 */
char *tar_path(struct arena *a, struct str path);
/* One part behind a path of n bytes: its new length. */
size_t tar_path_append(char *path, size_t n, struct str part);

#endif
