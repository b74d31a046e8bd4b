/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources.c - the table of image sources, and which of them a reference means
 *
 *      [PREFIX:]PATH    a file or folder; what it is, its content decides
 *      [PREFIX:]-       standard input
 *      docker:NAME      an image of a container engine; podman:NAME, too
 *      [registry:]NAME  anything else: a registry's image
 *
 * A prefix forces its source; without one an existing path wins. A file that cannot seek is
 * copied to a nameless file in TMPDIR first, one that is gzip or zstd is decoded into one; what
 * is plain is read where it is.
 */
#include "step/image/sources.h"
#include "step/image/label.h"
#include "step/image/reference.h"
#include "step/image/tarfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_BUFFER ((size_t)256 << 10)
#define LIMIT_NAME   4096 /* bytes of an image's name */

const struct image_source *const image_sources[] = {
	/* docker-archive before oci: since Docker 25 an archive is both (src_docker.c). */
	&source_docker,
	&source_oci,
	&source_rootfs,
	&source_registry,
	&source_engine_docker,
	&source_engine_podman,
};
const size_t nimage_sources = ARRAY_LEN(image_sources);

char *
image_name(const char *label, const char *path, struct arena *a)
{
	struct str name = label_repository(str_of(label));

	if (name.len == 0)
		name = label_of_path(str_of(path));
	if (str_is(name, "-"))
		return arena_text(a, STR("stdin"));
	/* Where a build runs has no say in what its image is called. */
	if (name.len == 0 || str_is(name, ".") || str_is(name, ".."))
		return arena_text(a, STR("image"));
	return arena_text(a, name);
}

char *
image_tag(const char *label, struct arena *a)
{
	struct str tag = label_tag(str_of(label));

	return tag.len ? arena_text(a, tag) : NULL;
}

int
fd_again(int fd, struct err *err)
{
	int ret = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return ret < 0 ? err_set(err, ERR_INTERNAL, "duplicating a descriptor: %s", strerror(errno))
		       : ret;
}

/* ---- A local file, made seekable and plain ---- */

/* All of s to a file, counted. */
static int
copy_stream(struct stream *s, int fd, uint64_t *ret_size, struct err *err)
{
	AUTO_FREE char *buf = xalloc(SPOOL_BUFFER);
	ssize_t n;

	*ret_size = 0;
	while ((n = stream_read(s, buf, SPOOL_BUFFER, err)) > 0) {
		if (file_write_all(fd, buf, (size_t)n) < 0)
			return err_set(
			    err, ERR_INTERNAL, "no room for a copy in TMPDIR: %s", strerror(errno));
		*ret_size += (uint64_t)n;
	}
	return n < 0 ? -1 : 0;
}

int
stream_spool(struct stream *s, uint64_t *ret_size, struct err *err)
{
	int fd = file_spool(err);

	if (fd >= 0 && copy_stream(s, fd, ret_size, err) < 0) {
		close(fd);
		fd = -1;
	}
	stream_close(s);
	return fd;
}

/* Which encoding an open, seekable file announces. */
static int
file_encoding(int fd, enum encoding *ret, struct err *err)
{
	AUTO_STREAM s = stream_of_file(fd, ERR_IMAGE, 0, ENCODING_HEAD);
	char head[ENCODING_HEAD];
	ssize_t n = stream_fill(s, head, sizeof(head), err);

	*ret = encoding_of((struct str){ head, n < 0 ? 0 : (size_t)n });
	return n < 0 ? -1 : 0;
}

static int
refuse_no_tar(struct err *err)
{
	return err_set(err, ERR_IMAGE, "is no tar archive, plain or compressed by gzip or zstd");
}

/* Is a compressed file one of a tar with something in it? Looked at before all of it is decoded. */
static int
check_decoded(const struct image_input *in, struct err *err)
{
	AUTO_STREAM raw = stream_of_file(in->fd, ERR_IMAGE, 0, in->size);
	AUTO_STREAM s = stream_decode(raw, true, ERR_IMAGE);
	char head[TAR_BLOCK];
	ssize_t n = stream_fill(s, head, sizeof(head), err);

	if (n < 0)
		return -1;
	return n == TAR_BLOCK && tar_header_valid(head) ? 0 : refuse_no_tar(err);
}

/* Put a decoded copy in the place of an open file that is compressed. */
static int
file_decode(struct image_input *in, struct err *err)
{
	AUTO_STREAM raw = stream_of_file(in->fd, ERR_IMAGE, 0, in->size);
	enum encoding encoding;
	int fd;

	if (file_encoding(in->fd, &encoding, err) < 0)
		return -1;
	if (encoding == ENCODING_NONE)
		return 0;
	if (check_decoded(in, err) < 0)
		return -1;
	fd = stream_spool(stream_with_limit(stream_decode(raw, true, ERR_IMAGE), LIMIT_IMAGE,
			      ERR_IMAGE, "the archive"),
	    &in->size, err);
	if (fd < 0)
		return -1;
	close(in->fd);
	in->fd = fd;
	return 0;
}

/* Open what path names; in->fd is the caller's to close. */
static int
input_open(struct image_input *in, struct err *err)
{
	bool is_stdin = strcmp(in->path, "-") == 0;
	struct stat st;

	if (is_stdin)
		in->fd = fd_again(STDIN_FILENO, err);
	else
		in->fd = open(in->path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || fstat(in->fd, &st) < 0)
		return is_stdin ? err_set(err, ERR_IMAGE, "standard input cannot be read")
				: err_set(err, ERR_IMAGE, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		in->is_folder = true;
		auto_fd(&in->fd);
		in->fd = -1;
		return 0;
	}
	in->size = (uint64_t)st.st_size;
	if (!S_ISREG(st.st_mode) || (is_stdin && lseek(in->fd, 0, SEEK_CUR) != 0)) {
		int fd = in->fd;

		/* The stream closes it. */
		in->fd = -1;
		fd = stream_spool(stream_with_limit(stream_of_fd(fd, ERR_IMAGE), LIMIT_IMAGE,
				      ERR_IMAGE, "the archive"),
		    &in->size, err);
		if (fd < 0)
			return -1;
		in->fd = fd;
	}
	return in->size ? 0 : err_set(err, ERR_IMAGE, "is empty");
}

/* ---- Which source ---- */

/* The source whose prefix the reference has, and the rest of it; NULL without one. */
static const struct image_source *
source_by_prefix(const char *reference, const char **ret_rest)
{
	for (size_t i = 0; i < nimage_sources; i++) {
		const struct image_source *s = image_sources[i];
		size_t len = strlen(s->prefix), digits;

		if (strncmp(reference, s->prefix, len) != 0 || reference[len] != ':')
			continue;
		/* "registry:5000/app" is a host and its port; "docker://" is another tool's prefix. */
		digits = strspn(reference + len + 1, "0123456789");
		if (s->remote && ((digits && reference[len + 1 + digits] == '/') ||
				     strncmp(reference + len, "://", 3) == 0))
			continue;
		*ret_rest = reference + len + 1;
		return s;
	}
	return NULL;
}

/* Prefixes of other tools that are none here, and what to write instead. */
static const struct {
	const char *prefix, *ours;
} foreign_prefixes[] = {
	{ "docker://", "registry:" },
	{ "registry://", "registry:" },
	{ "dir:", "rootfs:" },
	{ "oci-archive:", "oci:" },
	{ "oci-dir:", "oci:" },
	{ "podman://", "podman:" },
	{ "docker-daemon:", "docker:" },
	{ "containers-storage:", "podman:" },
};

/* "dir:5000/app" is a host and its port. */
static bool
is_foreign(const char *reference, const char *prefix)
{
	struct str rest = str_of(reference);
	size_t digits;

	if (!str_starts(rest, prefix))
		return false;
	rest = str_skip(rest, strlen(prefix));
	digits = strspn(rest.ptr, "0123456789");
	return digits == 0 || rest.ptr[digits] != '/';
}

/* What stands in front of an @ may be a password, but for that of a digest. */
static int
refuse_foreign(const char *prefix, const char *ours, const char *rest, struct err *err)
{
	const char *at = strchr(rest, '@');

	return err_set(err, ERR_USAGE, "'%s' is no prefix of scanstep; write %s%.200s", prefix,
	    ours, at && !str_starts(str_of(at), "@sha") ? "NAME" : rest);
}

static int
check_foreign(const char *reference, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_prefixes); i++) {
		const char *prefix = foreign_prefixes[i].prefix;

		if (is_foreign(reference, prefix))
			return refuse_foreign(
			    prefix, foreign_prefixes[i].ours, reference + strlen(prefix), err);
	}
	return 0;
}

/* "FOLDER:NAME", as other tools name one image of an OCI layout. */
static int
check_layout_name(const char *reference, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct str rest = str_of(reference), folder = str_cut(&rest, ':');
	const char *path = arena_string(a, folder);
	struct stat st;

	if (rest.len == 0 || stat(arena_textf(a, "%s/oci-layout", path), &st) < 0)
		return 0;
	return err_set(err, ERR_USAGE,
	    "there is no file '%.100s'; use %.100s --image %.100s, or registry:%.100s for an image in "
	    "a registry",
	    reference, path, rest.ptr, reference);
}

/* Can this only be meant as a path? Then a registry need not be asked. */
static bool
is_path(const char *reference)
{
	static const char *const ends[] = { "/", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz",
		".tar.bz2" };
	struct str s = str_of(reference);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(s, ends[i]))
			return true;
	return str_starts(s, "/") || str_starts(s, "./") || str_starts(s, "../") ||
	       str_is(s, ".") || str_is(s, "..");
}

static bool
file_is_tar(const struct image_input *in)
{
	AUTO_STREAM s = stream_of_file(in->fd, ERR_IMAGE, 0, TAR_BLOCK);
	char head[TAR_BLOCK];
	struct err ignored;

	return stream_fill(s, head, sizeof(head), &ignored) == TAR_BLOCK &&
	       (tar_block_empty(head) || tar_header_valid(head));
}

/* Does its last member reach beyond the end of the file? */
static bool
file_ends_early(const struct image_input *in)
{
	AUTO_ARENA a = arena_new();
	struct tarfile t;
	struct err ignored;

	if (tarfile_open(in->fd, in->size, a, &t, &ignored) < 0)
		return false;
	for (size_t i = 0; i < t.nmembers; i++)
		if (t.members[i].offset + t.members[i].size > in->size)
			return true;
	return false;
}

/* Why nothing that was recognised is an image, and what may be meant. */
static void
refuse_content(const struct image_input *in, bool is_tar, struct err *err)
{
	bool absolute = in->path[0] == '/'; /* then it is no image's name */

	if (in->is_folder)
		err_set(err, ERR_IMAGE,
		    "is a folder without oci-layout; write rootfs:%.100s if it is a root "
		    "filesystem%s%.100s%s",
		    in->path, absolute ? "" : ", registry:", absolute ? "" : in->path,
		    absolute ? "" : " if an image of that name is meant");
	else if (is_tar && file_ends_early(in))
		err_set(err, ERR_IMAGE, "the archive ends early");
	else if (is_tar)
		err_set(err, ERR_IMAGE,
		    "is a tar without manifest.json or oci-layout, or a damaged one; write "
		    "rootfs:%.100s if it is a root filesystem",
		    in->path);
	else
		refuse_no_tar(err);
}

/* The source that claims it; no guess is made at what is only a tar or only a folder. */
static const struct image_source *
source_by_content(const struct image_input *in, struct err *err)
{
	bool is_tar = !in->is_folder && file_is_tar(in);

	for (size_t i = 0; i < nimage_sources && (in->is_folder || is_tar); i++)
		if (image_sources[i]->claims && image_sources[i]->claims(in))
			return image_sources[i];
	refuse_content(in, is_tar, err);
	return NULL;
}

static int
open_local(const struct image_request *req, const char *path, const struct image_source *forced,
    struct opened_image **ret, struct err *err)
{
	struct image_input in = { .path = path, .fd = -1 };
	const struct image_source *source = forced;
	int done = input_open(&in, err);

	if (done == 0 && !in.is_folder && !(forced && forced->undecoded))
		done = file_decode(&in, err);
	if (done == 0 && !source)
		source = source_by_content(&in, err);
	done = done == 0 && source ? source->open(req, &in, ret, err) : -1;
	auto_fd(&in.fd);
	if (done < 0)
		return err_wrap(err, "%.200s", strcmp(path, "-") == 0 ? "standard input" : path);
	return 0;
}

/*
 * What the reference means, as far as names tell: the source that is forced or that reaches beyond
 * this machine; NULL for something local, whose content will tell.
 */
static const struct image_source *
source_of(const char *reference, const char **ret_path)
{
	const struct image_source *forced;
	struct stat st;

	*ret_path = reference;
	forced = source_by_prefix(reference, ret_path);
	if (forced)
		return forced;
	if (strcmp(reference, "-") == 0 || is_path(reference) || stat(reference, &st) == 0)
		return NULL;
	return &source_registry;
}

int
image_check(const struct image_request *req, struct err *err)
{
	const char *path;
	const struct image_source *source = source_of(req->reference, &path);
	struct stat st;

	if (*path == '\0')
		return err_set(
		    err, ERR_USAGE, "image reference '%.200s' names nothing", req->reference);
	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE, "standard input is a terminal, not an archive");
	if (path == req->reference && stat(path, &st) < 0 &&
	    (check_foreign(path, err) < 0 || check_layout_name(path, err) < 0))
		return -1;
	if (source && source->remote && req->name)
		return err_set(err, ERR_USAGE,
		    "--image chooses one of several images in an archive or a layout; %.200s is none",
		    req->reference);
	return source && source->check ? source->check(req, path, err) : 0;
}

int
image_open(const struct image_request *req, struct opened_image **ret, struct err *err)
{
	const char *path;
	const struct image_source *source = source_of(req->reference, &path);
	const struct image_input remote = { .path = path, .fd = -1 };
	size_t len;

	if (image_check(req, err) < 0)
		return -1;
	if ((source && source->remote ? source->open(req, &remote, ret, err)
				      : open_local(req, path, source, ret, err)) < 0)
		return -1;
	len = strlen((*ret)->name);
	if (len <= LIMIT_NAME)
		return 0;
	image_close(*ret);
	*ret = NULL;
	return err_set(err, ERR_IMAGE,
	    "%.200s: the image's name has %zu bytes, more than the limit of %d", req->reference,
	    len, LIMIT_NAME);
}

void
image_close(struct opened_image *img)
{
	if (img)
		img->close(img);
}
