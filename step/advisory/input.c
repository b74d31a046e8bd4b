/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.c - documents for feeds: out of files, folders, archives and the web
 *
 * Content decides what a file is, not its name: gzip and zstd are taken off, a zip or
 * tar is opened, and each file in it treated the same way; what then remains is a
 * document, shown to the feeds in order of authority until one claims it. Folders are
 * walked in the order of their names, byte by byte, so that the same folder makes the
 * same database; folders that begin with a dot (.git) are not entered, nor are
 * symbolic links to folders.
 *
 * Nothing here is held whole: a document streams from the disk, the archive or the web
 * through its feed. A document that begins well and cannot be read to its end is an
 * error, because a database that lacks half a feed would call images clean.
 *
 * Left out: xz and bzip2 (counted with what no feed knows), encrypted zips.
 */
#include "step/advisory/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_SIZE          (64 * KIB) /* what feeds are shown of a document */
#define LIMIT_FEED_FILES   4000000    /* documents of one database; all of OSV are 400,000 */
#define LIMIT_FEED_FILE    (8 * GIB)  /* one document, decoded; Debian's is 80 MB */
#define LIMIT_FOLDERS      32         /* folders within folders */
#define LIMIT_UNRECOGNISED 100        /* names that are kept */
#define LIMIT_SCHEME       20         /* a longer one is not quoted */
#define LIMIT_NESTING      3          /* archives within archives */

/* What is read, and where it goes. */
struct input {
	struct build *build;
	struct fetcher *fetcher;
	struct unrecognised *unrecognised;
	uint64_t files;
	uint64_t documents; /* those of them that a feed knows */
};

static int read_stream(
    struct input *in, const char *name, struct stream *s, unsigned nesting, struct err *err);

/* ---- A stream whose beginning was looked at ---- */

struct peeked {
	struct stream stream;
	struct stream *rest; /* stays the caller's */
	char *head;
	size_t len, at;
};

static ssize_t
peeked_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct peeked *p = (struct peeked *)(void *)s;
	size_t left = p->len - p->at;

	if (left == 0)
		return stream_read(p->rest, buf, len, err);
	if (len > left)
		len = left;
	memcpy(buf, p->head + p->at, len);
	p->at += len;
	return (ssize_t)len;
}

static void
peeked_close(struct stream *s)
{
	free(((struct peeked *)(void *)s)->head);
	free(s);
}

/* Up to size bytes from the beginning of s, which the stream returned then begins with again. */
static struct stream *
peek(struct stream *s, size_t size, struct str *ret_head, struct err *err)
{
	struct peeked *p = xalloc(sizeof(*p));
	ssize_t n;

	*p = (struct peeked){ { peeked_read, peeked_close }, s, xalloc(size), 0, 0 };
	n = stream_fill(s, p->head, size, err);
	if (n < 0) {
		peeked_close(&p->stream);
		return NULL;
	}
	p->len = (size_t)n;
	*ret_head = (struct str){ p->head, p->len };
	return &p->stream;
}

/* ---- Archives ---- */

struct opened {
	struct archive *archive;
	struct stream *in;
	struct err *err; /* of reading in; kind ERR_NONE without */
	char buffer[64 << 10];
};

static la_ssize_t
archive_bytes(struct archive *archive, void *context, const void **ret)
{
	struct opened *o = context;
	ssize_t n = stream_read(o->in, o->buffer, sizeof(o->buffer), o->err);

	*ret = o->buffer;
	if (n < 0)
		archive_set_error(archive, EIO, "%s", o->err->text);
	return n;
}

/* One file in an archive, until the next is asked for. */
struct member {
	struct stream stream;
	struct archive *archive;
};

static ssize_t
member_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct member *m = (struct member *)(void *)s;
	la_ssize_t n = archive_read_data(m->archive, buf, len);
	const char *why = archive_error_string(m->archive);

	if (n < 0)
		return err_set(err, ERR_DATABASE, "%s", why ? why : "the archive is damaged");
	return n;
}

static void
member_close(struct stream *s)
{
	(void)s; /* it is the caller's variable */
}

static int
read_members(
    struct input *in, const char *name, struct archive *archive, unsigned nesting, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct archive_entry *entry;
	int result;

	while ((result = archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
	       result == ARCHIVE_WARN) {
		struct member m = { { member_read, member_close }, archive };
		const char *path = archive_entry_pathname(entry);

		if (archive_entry_filetype(entry) != AE_IFREG)
			continue;
		path = arena_textf(scratch, "%s: %s", name, path ? path : "?");
		if (read_stream(in, path, &m.stream, nesting, err) < 0)
			return -1;
		arena_reset(scratch);
	}
	if (result == ARCHIVE_EOF)
		return 0;
	return err_set(err, ERR_DATABASE, "'%s': %s", name,
	    archive_error_string(archive) ? archive_error_string(archive) : "a damaged archive");
}

static int
read_archive(struct input *in, const char *name, bool zip, struct stream *s, unsigned nesting,
    struct err *err)
{
	struct err broken = { .kind = ERR_NONE };
	AUTO_FREE struct opened *o = xalloc(sizeof(*o));
	int result;

	if (nesting == LIMIT_NESTING)
		return err_set(
		    err, ERR_DATABASE, "'%s': more than %d archives in each other", name, nesting);
	o->in = s;
	o->err = &broken;
	o->archive = archive_read_new();
	if (!o->archive)
		return err_set(err, ERR_INTERNAL, "out of memory");
	if (zip)
		archive_read_support_format_zip(o->archive);
	else
		archive_read_support_format_tar(o->archive);
	if (archive_read_open(o->archive, o, NULL, archive_bytes, NULL) != ARCHIVE_OK)
		result =
		    err_set(err, ERR_DATABASE, "'%s': %s", name, archive_error_string(o->archive));
	else
		result = read_members(in, name, o->archive, nesting + 1, err);
	archive_read_free(o->archive);
	return result;
}

/* ---- Documents ---- */

static int
count_unrecognised(struct input *in, const char *name)
{
	struct unrecognised *u = in->unrecognised;

	if (u->count++ < LIMIT_UNRECOGNISED) {
		u->names = arena_grow(u->arena, u->names, u->nnames, sizeof(*u->names));
		u->names[u->nnames++] = arena_text(u->arena, str_of(name));
	}
	return 0;
}

static int
read_document(
    struct input *in, const char *name, struct str head, struct stream *s, struct err *err)
{
	size_t i = 0;

	while (i < nfeeds && !feeds[i]->claims(head))
		i++;
	if (i == nfeeds)
		return count_unrecognised(in, name);
	in->documents++;
	build_document(in->build, i);
	if (feeds[i]->parse(name, s, in->build, err) < 0)
		return -1;
	return build_failed(in->build, err);
}

static int
read_decoded(
    struct input *in, const char *name, struct stream *decoded, unsigned nesting, struct err *err)
{
	struct str head;
	AUTO_STREAM s = peek(decoded, HEAD_SIZE, &head, err);

	if (!s)
		return err_wrap(err, "'%s'", name);
	if (str_starts(head, "PK\003\004"))
		return read_archive(in, name, true, s, nesting, err);
	if (head.len > 262 && str_starts(str_skip(head, 257), "ustar"))
		return read_archive(in, name, false, s, nesting, err);
	return read_document(in, name, head, s, err);
}

/* A file as it lies there. s stays the caller's. */
static int
read_stream(struct input *in, const char *name, struct stream *s, unsigned nesting, struct err *err)
{
	struct str head;
	enum encoding encoding;
	AUTO_STREAM decoded = NULL;
	AUTO_STREAM whole = peek(s, 512, &head, err);

	if (!whole)
		return err_wrap(err, "'%s'", name);
	if (++in->files > LIMIT_FEED_FILES)
		return err_set(err, ERR_DATABASE, "more than %d files", LIMIT_FEED_FILES);
	encoding = encoding_of(head);
	if (head.len == 0 || encoding == ENCODING_XZ || encoding == ENCODING_BZIP2)
		return count_unrecognised(in, name);
	decoded = stream_decode(whole, true, ERR_DATABASE);
	decoded = stream_with_limit(decoded, LIMIT_FEED_FILE, ERR_DATABASE, "the document");
	return read_decoded(in, name, decoded, nesting, err);
}

/* ---- Where they come from ---- */

static int
read_file(struct input *in, const char *path, struct err *err)
{
	AUTO_STREAM s = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(err, ERR_USAGE, "'%s': %s", path, strerror(errno));
	s = stream_of_fd(fd, ERR_DATABASE);
	return read_stream(in, path, s, 0, err);
}

/* The names in an open folder, as they come: their number, or -1. */
static ssize_t
folder_names(DIR *folder, const char *path, struct arena *a, const char ***ret, struct err *err)
{
	const struct dirent *entry;
	const char **names = NULL;
	size_t n = 0;

	for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n == LIMIT_FEED_FILES)
			return err_set(
			    err, ERR_USAGE, "'%s': more than %d files", path, LIMIT_FEED_FILES);
		names = arena_grow(a, names, n, sizeof(*names));
		/* As it is, not as text: it is a name to open. */
		names[n++] = arena_string(a, str_of(entry->d_name));
	}
	if (errno != 0)
		return err_set(err, ERR_USAGE, "'%s': %s", path, strerror(errno));
	*ret = names;
	return (ssize_t)n;
}

/* The same, sorted. */
static ssize_t
list_folder(const char *path, struct arena *a, const char ***ret, struct err *err)
{
	DIR *folder = opendir(path);
	ssize_t n;

	if (!folder)
		return err_set(err, ERR_USAGE, "'%s': %s", path, strerror(errno));
	n = folder_names(folder, path, a, ret, err);
	closedir(folder);
	if (n > 0 && *ret)
		qsort(*ret, (size_t)n, sizeof(**ret), text_order);
	return n;
}

static int read_folder(struct input *in, const char *path, unsigned depth, struct err *err);

/* What lies in a folder; depth is that of the folder. */
static int
read_entry(struct input *in, const char *folder, const char *name, unsigned depth, struct err *err)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	AUTO_FREE char *path = xalloc(size);
	struct stat st;

	snprintf(path, size, "%s/%s", folder, name);
	if (lstat(path, &st) < 0)
		return err_set(err, ERR_USAGE, "'%s': %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return name[0] == '.' ? 0 : read_folder(in, path, depth + 1, err);
	if (S_ISLNK(st.st_mode) && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return count_unrecognised(in, path);
	return read_file(in, path, err);
}

static int
read_folder(struct input *in, const char *path, unsigned depth, struct err *err)
{
	AUTO_ARENA arena = arena_new();
	const char **names = NULL;
	ssize_t n;

	if (depth == LIMIT_FOLDERS)
		return err_set(err, ERR_USAGE, "'%s': more than %d folders in each other", path,
		    LIMIT_FOLDERS);
	n = list_folder(path, arena, &names, err);
	if (n < 0)
		return -1;
	for (ssize_t i = 0; names && i < n; i++)
		if (read_entry(in, path, names[i], depth, err) < 0)
			return -1;
	return 0;
}

static int
read_address(struct input *in, const char *address, bool optional, struct err *err)
{
	struct fetch *f;
	int result;

	if (fetch_open(in->fetcher, address, optional, &f, err) < 0)
		return -1;
	if (!f)
		return 0;
	result = read_stream(in, fetch_name(f), fetch_stream(f), 0, err);
	/* A login page, an archive of nothing: of an address more was meant. */
	if (result == 0 && in->documents == 0)
		result = err_set(
		    err, ERR_DATABASE, "'%s': no feed knows what the server sent", fetch_name(f));
	if (result == 0)
		return fetch_finish(f, err);
	fetch_abandon(f);
	return -1;
}

/* Up to its first colon or slash, in lower case: "http" of "HTTP://host". */
static const char *
scheme_of(const char *address, struct arena *a)
{
	return text_lower(a, (struct str){ address, strcspn(address, ":/") });
}

static bool
is_web(const char *scheme)
{
	return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

/* Is it meant as an address, well made or not? Messages repeat a path, and an address may hold secrets. */
static bool
is_address(const char *from, struct arena *a)
{
	const char *begin = from + strspn(from, " \t\r\n"), *scheme = scheme_of(begin, a);

	return strstr(from, "://") ||
	       (is_web(scheme) && str_starts(str_of(begin + strlen(scheme)), ":/"));
}

/* One that can be fetched begins with http:// or https://; of any other the scheme is named at most. */
static int
check_address(const char *from, struct arena *a, struct err *err)
{
	const char *scheme = scheme_of(from, a);
	size_t len = strspn(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.");
	bool has_scheme = len > 0 && str_starts(str_of(from + len), "://");

	if (has_scheme && is_web(scheme))
		return 0;
	if (has_scheme && len <= LIMIT_SCHEME)
		return err_set(err, ERR_USAGE,
		    "a feed is fetched from http:// and https://, not from %s://", scheme);
	return err_set(
	    err, ERR_USAGE, "the address of a feed does not begin with http:// or https://");
}

int
input_read(const char *from, bool optional, struct build *b, struct fetcher *fetcher,
    struct unrecognised *unrecognised, struct err *err)
{
	struct input in = { .build = b, .fetcher = fetcher, .unrecognised = unrecognised };
	AUTO_ARENA scratch = arena_new();
	struct stat st;

	if (is_address(from, scratch))
		return check_address(from, scratch, err) < 0
			   ? -1
			   : read_address(&in, from, optional, err);
	if (stat(from, &st) < 0)
		return err_set(err, ERR_USAGE, "'%s': %s", from, strerror(errno));
	return S_ISDIR(st.st_mode) ? read_folder(&in, from, 0, err) : read_file(&in, from, err);
}
