/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarfile.c - a seekable, uncompressed tar as a table of its members
 *
 *      header of 512 bytes, then the member's bytes padded to 512; a header of zeros at the end
 *      name 100 | mode 8 | uid 8 | gid 8 | size 12 | mtime 12 | sum 8 | type 1 | linkname 100 |
 *      "ustar" magic and version 8 | uname 32 | gname 32 | devmajor 8 | devminor 8 | prefix 155
 *
 * Before a member may stand: type L and K (GNU: its long name, its long link), x (pax: records
 * "LENGTH KEY=VALUE\n" of which path, linkpath and size count here), g (for all: passed over).
 * Numbers are octal text, or base 256 when the first bit is set.
 *
 * Spec: POSIX.1-2017 pax; https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * This is the outer archive alone. libarchive reads the layers; it does not tell where a
 * member's bytes lie, which is all that is wanted here. A cut archive is indexed as far as it
 * goes. Left out: sparse files (known, and refused when wanted), volumes, global path or size.
 */
#include "step/image/tarfile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK       512
#define MEMBERS_MAX 100000     /* an archive of 1,024 layers has about 4,000 */
#define EXTRAS_MAX  8          /* headers before one member: writers need three */
#define NAMES_MAX   (16 * MIB) /* bytes of all names */
#define EXTRA_MAX   (64 * KIB) /* one long name, or the pax records of one member */
#define SIZE_MOST   (UINT64_C(1) << 56)

/* What the headers before a member said of it. */
struct extra {
	char *name, *link; /* or NULL */
	uint64_t size;     /* with has_size */
	bool has_size, sparse;
};

struct walk {
	struct tarfile *t;
	struct arena *scratch; /* one member's extras */
	struct extra extra;
	uint64_t at, end;
	uint64_t names;  /* bytes of names so far */
	unsigned extras; /* headers since the last member */
	unsigned headers;
};

static struct str
field(const char *header, size_t at, size_t len)
{
	const char *nul = memchr(header + at, '\0', len);

	return (struct str){ header + at, nul ? (size_t)(nul - header) - at : len };
}

static bool
is_zero(const char *header)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (header[i])
			return false;
	return true;
}

/* Octal or base 256; false if it is neither, negative or above SIZE_MOST. */
static bool
number(const char *header, size_t at, size_t len, uint64_t *ret)
{
	const unsigned char *p = (const unsigned char *)header + at;
	uint64_t n = 0;
	size_t i = 0;

	if (p[0] & 0x80) {
		n = p[0] & 0x7f;
		for (i = 1; i < len; i++) {
			if (n > SIZE_MOST >> 8)
				return false;
			n = n << 8 | p[i];
		}
		*ret = n;
		return n <= SIZE_MOST;
	}
	while (i < len && p[i] == ' ')
		i++;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(p[i] - '0');
	*ret = n;
	return i == len || p[i] == ' ' || p[i] == '\0';
}

/* The header's sum, which some writers made of signed bytes. */
static bool
sum_is_right(const char *header)
{
	uint64_t want;
	int64_t unsigned_sum = 0, signed_sum = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		bool in_sum = i >= 148 && i < 156;

		unsigned_sum += in_sum ? ' ' : (unsigned char)header[i];
		signed_sum += in_sum ? ' ' : (signed char)header[i];
	}
	return number(header, 148, 8, &want) &&
	       ((int64_t)want == unsigned_sum || (int64_t)want == signed_sum);
}

bool
tar_claims(struct str head)
{
	return head.len >= BLOCK && (is_zero(head.ptr) || sum_is_right(head.ptr));
}

/* One part behind a path of n bytes: its new length. */
static size_t
path_append(char *path, size_t n, struct str part)
{
	if (n)
		path[n++] = '/';
	memcpy(path + n, part.ptr, part.len);
	return n + part.len;
}

char *
tar_path(struct arena *a, struct str path)
{
	char *ret;
	size_t n = 0;

	if (path.len > LIMIT_PATH)
		return NULL;
	ret = arena_alloc(a, path.len + 1);
	while (path.len) {
		struct str part = str_cut(&path, '/');

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..") || memchr(part.ptr, '\0', part.len))
			return NULL;
		n = path_append(ret, n, part);
	}
	ret[n] = '\0';
	return ret;
}

static char *
text_copy(struct arena *a, struct str s)
{
	char *ret = arena_alloc(a, s.len + 1);

	memcpy(ret, s.ptr, s.len);
	return ret;
}

/* One pax header's records into the extras. False if they are not records. */
static bool
pax_records(struct walk *w, struct str bytes)
{
	while (bytes.len) {
		struct str rest = bytes, length = str_cut(&rest, ' '), key, value;
		uint64_t len;

		if (!str_number(length, bytes.len, &len) || len < length.len + 2 ||
		    bytes.ptr[len - 1] != '\n')
			return false;
		value = (struct str){ rest.ptr, (size_t)len - length.len - 2 };
		key = str_cut(&value, '=');
		if (str_is(key, "path"))
			w->extra.name = text_copy(w->scratch, value);
		else if (str_is(key, "linkpath"))
			w->extra.link = text_copy(w->scratch, value);
		else if (str_starts(key, "GNU.sparse."))
			w->extra.sparse = true;
		else if (str_is(key, "size")) {
			w->extra.has_size = str_number(value, SIZE_MOST, &w->extra.size);
			if (!w->extra.has_size)
				return false;
		}
		bytes = str_skip(bytes, (size_t)len);
	}
	return true;
}

/* The bytes of a header that describes the next member. */
static int
extra_read(struct walk *w, char type, uint64_t size, struct err *err)
{
	AUTO_STREAM s = stream_of_file(w->t->fd, w->at, size);
	struct str bytes;

	if (++w->extras > EXTRAS_MAX)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " is one of more than %d for one member",
		    w->at - BLOCK, EXTRAS_MAX);
	if (type == 'g')
		return 0;
	if (size > EXTRA_MAX)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " has %" PRIu64
		    " bytes, more than the limit of %" PRIu64,
		    w->at - BLOCK, size, EXTRA_MAX);
	if (stream_whole(s, EXTRA_MAX, ERR_IMAGE, w->scratch, &bytes, err) < 0)
		return -1;
	if (type == 'x' && bytes.len == size && !pax_records(w, bytes))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " is damaged: its pax records",
		    w->at - BLOCK);
	if (type == 'L')
		w->extra.name = text_copy(w->scratch, bytes);
	if (type == 'K')
		w->extra.link = text_copy(w->scratch, bytes);
	return 0;
}

static enum tar_kind
kind_of(char type, bool sparse)
{
	switch (type) {
	case '0':
	case '7':
	case '\0':
		return sparse ? TAR_SPARSE : TAR_FILE;
	case 'S':
		return TAR_SPARSE;
	case '1':
		return TAR_SAME;
	case '2':
		return TAR_LINK;
	default:
		return TAR_OTHER;
	}
}

/* Put one member into the table. */
static int
member_add(struct walk *w, const char *header, enum tar_kind kind, uint64_t size, struct err *err)
{
	struct tarfile *t = w->t;
	struct str name = field(header, 0, 100), prefix = field(header, 345, 155);
	struct tar_member m = { .kind = kind, .offset = w->at, .size = size, .place = t->nmembers };
	struct str target = w->extra.link ? str_of(w->extra.link) : field(header, 157, 100);

	if (w->extra.name)
		name = str_of(w->extra.name);
	else if (memcmp(header + 257, "ustar\0", 6) == 0 && prefix.len)
		name = str_of(arena_textf(
		    w->scratch, "%.*s/%.*s", (int)prefix.len, prefix.ptr, (int)name.len, name.ptr));
	m.name = tar_path(t->arena, name);
	if (!m.name || !*m.name)
		return 0;
	if (kind == TAR_LINK || kind == TAR_SAME) {
		if (target.len > LIMIT_PATH)
			return 0;
		m.target = arena_text(t->arena, target);
	}
	w->names += name.len + target.len;
	if (t->nmembers >= MEMBERS_MAX || w->names > NAMES_MAX)
		return err_set(err, ERR_IMAGE, "the archive has more than %d members", MEMBERS_MAX);
	t->members = arena_grow(t->arena, t->members, t->nmembers, sizeof(m));
	t->members[t->nmembers++] = m;
	return 0;
}

/* The next header: 1, or 0 where the archive or its file ends. */
static int
header_read(struct walk *w, char ret[BLOCK], struct err *err)
{
	AUTO_STREAM s = stream_of_file(w->t->fd, w->at, BLOCK);
	size_t len = 0;
	ssize_t n = 1;

	while (len < BLOCK && n > 0) {
		n = stream_read(s, ret + len, BLOCK - len, err);
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	if (len < BLOCK || is_zero(ret))
		return 0;
	if (++w->headers > 4 * MEMBERS_MAX)
		return err_set(
		    err, ERR_IMAGE, "the archive has more than %d tar headers", 4 * MEMBERS_MAX);
	if (!sum_is_right(ret))
		return err_set(
		    err, ERR_IMAGE, "the tar header at byte %" PRIu64 " is damaged", w->at);
	return 1;
}

/* One header and what belongs to it: 1, or 0 at the end. */
static int
walk_step(struct walk *w, struct err *err)
{
	char header[BLOCK];
	enum tar_kind kind;
	uint64_t size;
	int ret = header_read(w, header, err);
	char type;

	if (ret <= 0)
		return ret;
	if (!number(header, 124, 12, &size))
		return err_set(
		    err, ERR_IMAGE, "the tar header at byte %" PRIu64 " has no size", w->at);
	type = header[156];
	w->at += BLOCK;
	if (type == 'L' || type == 'K' || type == 'x' || type == 'g') {
		ret = extra_read(w, type, size, err);
	} else {
		kind = kind_of(type, w->extra.sparse);
		if (w->extra.has_size)
			size = w->extra.size;
		/* The size of what has no bytes is a hint at most; of a hard link it is its file's. */
		if (type >= '1' && type <= '6')
			size = 0;
		ret = member_add(w, header, kind, size, err);
		w->extra = (struct extra){ 0 };
		w->extras = 0;
		arena_reset(w->scratch);
	}
	if (ret < 0)
		return -1;
	w->at += (size + BLOCK - 1) / BLOCK * BLOCK;
	return w->at < w->end;
}

static int
by_name(const void *a, const void *b)
{
	const struct tar_member *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

int
tarfile_open(int fd, uint64_t size, struct arena *a, struct tarfile *ret, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct walk w = { .t = ret, .scratch = scratch, .end = size };
	int more = size > 0;

	*ret = (struct tarfile){ .fd = fd, .arena = a };
	while (more > 0)
		more = walk_step(&w, err);
	if (more < 0)
		return -1;
	if (ret->nmembers)
		qsort(ret->members, ret->nmembers, sizeof(*ret->members), by_name);
	return 0;
}

const struct tar_member *
tarfile_member(const struct tarfile *t, const char *name)
{
	size_t low = 0, high = t->nmembers;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(t->members[middle].name, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || strcmp(t->members[low - 1].name, name) != 0)
		return NULL;
	return &t->members[low - 1];
}

/* The length of the folder's path in which the path of n bytes lies. */
static size_t
parent_len(const char *path, size_t n)
{
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n ? n - 1 : 0;
}

/* Where a link at name leads, ".." resolved; NULL if out of the archive. */
static char *
link_path(struct arena *a, const struct tar_member *m)
{
	struct str rest = str_of(m->target);
	char *ret = arena_alloc(a, strlen(m->name) + rest.len + 2);
	size_t n = 0;

	if (m->kind == TAR_LINK && !str_starts(rest, "/")) {
		n = parent_len(m->name, strlen(m->name));
		memcpy(ret, m->name, n);
	}
	while (rest.len) {
		struct str part = str_cut(&rest, '/');

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (n == 0)
				return NULL;
			n = parent_len(ret, n);
			continue;
		}
		n = path_append(ret, n, part);
	}
	ret[n] = '\0';
	return ret;
}

int
tarfile_find(
    const struct tarfile *t, const char *name, const struct tar_member **ret, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	char *path = tar_path(scratch, str_of(name));

	for (int hops = 0; path && hops < LIMIT_HOPS; hops++) {
		const struct tar_member *m = tarfile_member(t, path);

		if (m && m->kind == TAR_SPARSE)
			return err_set(err, ERR_IMAGE,
			    "the archive's member %.200s is sparse, which is not supported", path);
		if (!m || m->kind == TAR_OTHER)
			return err_set(err, ERR_IMAGE, "the archive has no file %.200s", path);
		if (m->kind == TAR_FILE) {
			*ret = m;
			return 0;
		}
		path = link_path(scratch, m);
	}
	return err_set(err, ERR_IMAGE,
	    path ? "the archive's member %.200s is a link in a circle"
		 : "the archive's member %.200s would be outside it",
	    name);
}

int
tarfile_whole(const struct tarfile *t, const char *name, uint64_t max, struct arena *a,
    struct str *ret, struct err *err)
{
	const struct tar_member *m = NULL;
	AUTO_STREAM s = NULL;

	if (tarfile_find(t, name, &m, err) < 0 || !m)
		return -1;
	s = tarfile_stream(t, m, 0);
	if (stream_whole(s, max, ERR_IMAGE, a, ret, err) < 0)
		return err_wrap(err, "%.200s", name);
	if (ret->len < m->size)
		return err_set(err, ERR_IMAGE, "the archive ends inside of %.200s", name);
	return 0;
}

struct stream *
tarfile_stream(const struct tarfile *t, const struct tar_member *m, uint64_t offset)
{
	if (offset > m->size)
		offset = m->size;
	return stream_of_file(t->fd, m->offset + offset, m->size - offset);
}
