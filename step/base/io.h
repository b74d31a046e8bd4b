/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io.h - bytes in and out, and the ceilings that several files share
 *
 * Each ceiling on input is a LIMIT_ with its reason: one that several files share stands here, a
 * file's own on top of that file.
 */
#ifndef STEP_BASE_IO_H
#define STEP_BASE_IO_H

#include "step/base/base.h"

#include <stdio.h>
#include <sys/types.h>

/* ---- Ceilings: a size from outside meets one of these before it meets memory ---- */

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

#define LIMIT_DOCUMENT      (4 * MIB)   /* manifest, index, config: registries accept 4 MiB */
#define LIMIT_TOKEN         (256 * KIB) /* a token service's answer */
#define LIMIT_ERROR_BODY    (64 * KIB)  /* what a server says beside an error */
#define LIMIT_LAYERS        1024        /* layers of one image; runtimes stop at 127 */
#define LIMIT_INDEX         1000        /* images that one index or archive names */
#define LIMIT_INDEX_DEPTH   4           /* indexes within indexes */
#define LIMIT_REDIRECTS     5           /* hops of one request */
#define LIMIT_BLOB          (16 * GIB)  /* one compressed layer */
#define LIMIT_IMAGE         (64 * GIB)  /* all layers of an image, uncompressed */
#define LIMIT_ENTRIES       5000000     /* entries of one layer */
#define LIMIT_PATH          4096        /* one path, as PATH_MAX */
#define LIMIT_HOPS          40          /* symbolic links on one path, as Linux */
#define LIMIT_PACKAGE_DB    (512 * MIB) /* one database of packages, read in pieces */
#define LIMIT_RECORD        (1 * MIB)   /* one record of such a database */
#define LIMIT_PACKAGES      100000 /* packages of a file, of an image; a full Debian has 70,000 */
#define LIMIT_MARKS         20000 /* entries of interest in one layer; distroless images have hundreds */
#define LIMIT_INVENTORY     (128 * MIB) /* one layer's inventory, as bytes */
#define LIMIT_INVENTORIES   (256 * MIB) /* those of all layers of an image */
#define LIMIT_FIELD         (64 * KIB)  /* one name, version or other field of a package */
#define LIMIT_DEPTH         64          /* nesting of a JSON document */
#define LIMIT_YAML          (1 * MIB)   /* an allow-list or configuration file */
#define LIMIT_FEED_DOCUMENT (64 * MIB)  /* an advisory document that is read in one piece */
#define LIMIT_YAML_DEPTH    32          /* libyaml's time grows with the square of the depth */
#define LIMIT_MEMBER        (512 * MIB) /* one top-level member of a streamed document */
#define LIMIT_NODES         4000000     /* values of one tree, each up to 230 bytes of memory */
/* What one report holds at most, so that all of it together is read back within LIMIT_NODES. */
#define LIMIT_FINDINGS 50000
#define LIMIT_GAPS     10000
#define LIMIT_NOTICES  10000
#define LIMIT_REPORT   (512 * MIB) /* a stored report that is read back */

/* ---- Streams: bytes that arrive in order ---- */

/* A kind that one is made with is that of its own errors; those of a stream below it stay as they are. */

/* Embed it as the first member; both functions are required. */
struct stream {
	/* Up to len (> 0) bytes into buf: their count, 0 at the end, -1 with err set. */
	ssize_t (*read)(struct stream *s, void *buf, size_t len, struct err *err);
	void (*close)(struct stream *s); /* frees s */
};

ssize_t stream_read(struct stream *s, void *buf, size_t len, struct err *err) MUST_CHECK;
void stream_close(struct stream *s); /* NULL is a no-op */
/* len bytes, however many reads it takes: their count, less only at the end, or -1. */
ssize_t stream_fill(struct stream *s, void *buf, size_t len, struct err *err) MUST_CHECK;
/* Passes over n bytes: 0, or -1; where they end too early with an error of this kind. */
int stream_skip(struct stream *s, uint64_t n, enum err_kind kind, struct err *err) MUST_CHECK;

/*
 * The whole rest of s in one piece in the arena, with a NUL behind it that does
 * not count. More than max bytes is an error of this kind naming the limit.
 */
int stream_whole(struct stream *s, uint64_t max, enum err_kind kind, struct arena *a,
    struct str *ret, struct err *err) MUST_CHECK;

/* len bytes of an open file from offset on, read with pread(): fd's own position is not
 * used, so any number of these may share it. The descriptor stays the caller's. */
struct stream *stream_of_file(int fd, enum err_kind kind, uint64_t offset, uint64_t len);
/* A descriptor that is read() to its end and closed with the stream. */
struct stream *stream_of_fd(int fd, enum err_kind kind);
struct stream *stream_of_memory(struct str bytes); /* bytes must outlive it */
/* in, which it then owns, until limit bytes came: one more is an error naming what. */
struct stream *stream_with_limit(
    struct stream *in, uint64_t limit, enum err_kind kind, const char *what);

/*
 * Lines of a stream, for readers of line-based files.
 *
 * Returns 1 and the next line without its LF or CR LF (valid until the next
 * call), 0 at the end, -1 with err set; a line longer than LIMIT_RECORD is an
 * error. ret_complete (or NULL) is false for a last line that has no LF.
 */
struct lines;
struct lines *lines_new(struct stream *s, enum err_kind kind); /* s stays the caller's */
void lines_free(struct lines *l);
int lines_next(struct lines *l, struct str *ret, bool *ret_complete, struct err *err) MUST_CHECK;

/* ---- Encodings of a blob ---- */

enum encoding {
	ENCODING_NONE = 0, /* bytes as they are */
	ENCODING_GZIP,     /* RFC 1952 */
	ENCODING_ZSTD,     /* RFC 8878 */
	ENCODING_XZ,       /* recognised to be refused */
	ENCODING_BZIP2,    /* recognised to be refused */
};

#define ENCODING_HEAD 6 /* bytes that tell */

/* Which encoding these first bytes announce. */
enum encoding encoding_of(struct str head);

/*
 * The decoded bytes of in (which stays the caller's). The encoding is found
 * from the first bytes. gzip: many members; zeros behind the last one are
 * padding, other bytes are an error; with check_crc the CRC-32 is verified
 * (where a digest covers the bytes it need not be), the length always. zstd:
 * frames and skippable frames, windows up to 128 MiB. A stream that ends early
 * is an error.
 */
struct stream *stream_decode(struct stream *in, bool check_crc, enum err_kind kind);

/* ---- Tar ---- */

#define TAR_BLOCK 512

bool tar_block_empty(const void *block); /* zeros alone: the end of a tar */
/* Is it a header? Its checksum says so, which some writers made of signed bytes. */
bool tar_header_valid(const void *block);
/* What its prefix is, where some tools make it a part of the name and others do not; or NULL. */
const char *tar_prefix_odd(const void *block);

/* ---- SHA-256 ---- */

#define SHA256_HEX 65 /* 64 lower-case digits and a NUL */

struct sha256 {
	uint64_t state[16]; /* libcrypto's */
};

void sha256_init(struct sha256 *h);
void sha256_update(struct sha256 *h, const void *bytes, size_t len);
void sha256_hex(struct sha256 *h, char ret[SHA256_HEX]); /* h is used up */
void sha256_of(struct str bytes, char ret[SHA256_HEX]);
/* True for "sha256:" and 64 lower-case hexadecimal digits. */
bool digest_valid(struct str digest);
/* "sha256:..." of all that s holds, in the arena, and its length in bytes. */
int digest_stream(struct stream *s, struct arena *a, const char **ret_digest, uint64_t *ret_size,
    struct err *err) MUST_CHECK;

/* ---- Files ---- */

/* A nameless file in $TMPDIR (or /tmp), open for both, gone when closed; -1 with err (ERR_INTERNAL). */
int file_spool(struct err *err) MUST_CHECK;
/* All of len bytes to a descriptor: 0, or -1 with errno as write() left it. */
int file_write_all(int fd, const void *bytes, size_t len) MUST_CHECK;
/*
 * All of a file in one piece in the arena, as by stream_whole(). Errors of this kind do not name it:
 * the caller knows what it is for.
 */
int file_whole(const char *path, uint64_t max, enum err_kind kind, struct arena *a, struct str *ret,
    struct err *err) MUST_CHECK;
/*
 * mkdir -p with this mode: a descriptor that only names the folder (O_PATH), or -1. On a path that does not
 * begin with / a symbolic link is refused wherever it stands: a checkout could lead one anywhere.
 */
int folder_make(const char *path, mode_t mode, enum err_kind kind, struct err *err) MUST_CHECK;
/* The same of a folder that must be there; it is no symbolic link, either. */
int folder_find(const char *path, enum err_kind kind, struct err *err) MUST_CHECK;
/*
 * A folder for what a later run believes, made where needed: its descriptor, or -1. Refused: a symbolic
 * link (folder_find()), a folder of another user's, one that others may write to.
 */
int file_own_folder(const char *path, enum err_kind kind, struct err *err) MUST_CHECK;
/*
 * Take go-w from the mode of a folder and of the files in it, as far as they are ours: runners restore caches
 * with everything open to all, on machines where nobody else is. Not where others could have written.
 */
void folder_take_back(const char *path);
/* Removes the files of a folder that have such a name and were not changed for so many seconds. */
void file_sweep(const char *folder, bool (*fits)(struct str name), int64_t age);
/*
 * Removes of the files of a folder that have such a name those longest unchanged, until all of them
 * together are well under most bytes; nothing while they are.
 */
void folder_trim(int folder, bool (*fits)(struct str name), uint64_t most);
/* The folder that path lies in, "." without a slash; the caller's to free. */
char *file_folder(const char *path);

/*
 * A file that appears whole or not at all: written under another name in the
 * same directory, then renamed. SIGINT and SIGTERM remove unfinished ones.
 */
struct new_file;
struct new_file *new_file_open(const char *path, enum err_kind kind, struct err *err) MUST_CHECK;
FILE *new_file_stream(struct new_file *f);           /* to write into; never close it */
const char *new_file_path(const struct new_file *f); /* its name for now */
/* Flush, fsync() when durable, rename; frees f either way. */
int new_file_commit(struct new_file *f, bool durable, struct err *err) MUST_CHECK;
void new_file_abandon(struct new_file *f); /* removes it; NULL is a no-op */
/* For a handler of both signals that then ends the process: unlink every unfinished file; none begins any more. */
void new_file_remove_all(void);
/* Removes what killed processes left unfinished in this folder, once it is a day old. */
void new_file_sweep(const char *folder);

/* ---- Handles released by scope ---- */

void auto_fd(int *fd);
void auto_file(FILE **file);
void auto_free(void *pointer_to_pointer);
void auto_stream(struct stream **s);
void auto_arena(struct arena **a);
void auto_lines(struct lines **l);

#define AUTO_FD     __attribute__((__cleanup__(auto_fd))) int
#define AUTO_FILE   __attribute__((__cleanup__(auto_file))) FILE *
#define AUTO_FREE   __attribute__((__cleanup__(auto_free)))
#define AUTO_STREAM __attribute__((__cleanup__(auto_stream))) struct stream *
#define AUTO_ARENA  __attribute__((__cleanup__(auto_arena))) struct arena *
#define AUTO_LINES  __attribute__((__cleanup__(auto_lines))) struct lines *

#endif
