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
 * Numbers are octal text between blanks and NULs, or base 256 when the first bit is set.
 *
 * An archive must hold the same image for those who load it, and they read with Go's archive/tar.
 * So what is an exotic case here is read as there: an empty long name or path counts for nothing.
 * Where readers differ it is refused: L or K beside x, or one of them twice; ".." in a path; a
 * document that is there twice.
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

#define LIMIT_MEMBERS 100000     /* an archive of 1,024 layers has about 4,000 */
#define LIMIT_NAMES   (16 * MIB) /* bytes of all names */
#define LIMIT_EXTRA   (64 * KIB) /* one long name, or the pax records of one member */
#define LIMIT_SIZE    (UINT64_C(1) << 56)

/* What the headers before a member said of it. */
struct extra {
	char *name, *link; /* or NULL */
	char *sparse_name; /* of a sparse file, beside which name counts for nothing; or NULL */
	uint64_t size;     /* with has_size */
	bool has_size, sparse;
	bool has_pax, has_name, has_link; /* headers that were there */
};

struct walk {
	struct tarfile *t;
	struct arena *scratch; /* one member's extras */
	struct extra extra;
	uint64_t at, end;
	uint64_t names; /* bytes of names so far */
	unsigned headers;
};

static struct str
field(const char *header, size_t at, size_t len)
{
	const char *nul = memchr(header + at, '\0', len);

	return (struct str){ header + at, nul ? (size_t)(nul - header) - at : len };
}

/* Octal or base 256; false if it is neither, negative or above LIMIT_SIZE. */
static bool
number(const char *header, size_t at, size_t len, uint64_t *ret)
{
	const unsigned char *p = (const unsigned char *)header + at;
	uint64_t n = 0;
	size_t i = 0;

	if (p[0] & 0x80) {
		n = p[0] & 0x7f;
		for (i = 1; i < len; i++) {
			if (n > LIMIT_SIZE >> 8)
				return false;
			n = n << 8 | p[i];
		}
		*ret = n;
		return n <= LIMIT_SIZE;
	}
	while (i < len && (p[i] == ' ' || p[i] == '\0'))
		i++;
	while (len > i && (p[len - 1] == ' ' || p[len - 1] == '\0'))
		len--;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(p[i] - '0');
	*ret = n;
	return i == len;
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

/*
 * One spelling for a path in a tar: no leading "./" or "/", no "//", "/./" or "/" at the end.
 * NULL (and nothing is it) for one that has "..", or is longer than LIMIT_PATH.
 */
static char *
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

/* A path of a pax record or a GNU header: NULL for none. */
static char *
extra_text(struct walk *w, struct str value)
{
	return value.len && *value.ptr ? arena_string(w->scratch, value) : NULL;
}

/* The place of a pax record's path, or NULL: it is none. */
static char **
pax_path(struct extra *e, struct str key)
{
	if (str_is(key, "path"))
		return &e->name;
	if (str_is(key, "linkpath"))
		return &e->link;
	return str_is(key, "GNU.sparse.name") ? &e->sparse_name : NULL;
}

/* One pax header's records into the extras. False if they are not records. */
static bool
pax_records(struct walk *w, struct str bytes)
{
	while (bytes.len) {
		struct str rest = bytes, length = str_cut(&rest, ' '), key, value;
		char **path;
		uint64_t len;

		if (!str_number(length, bytes.len, &len) || len < length.len + 2 ||
		    bytes.ptr[len - 1] != '\n')
			return false;
		value = (struct str){ rest.ptr, (size_t)len - length.len - 2 };
		key = str_cut(&value, '=');
		path = pax_path(&w->extra, key);
		if (path && memchr(value.ptr, '\0', value.len))
			return false;
		if (path)
			*path = extra_text(w, value);
		w->extra.sparse |= str_starts(key, "GNU.sparse.");
		if (str_is(key, "size")) {
			w->extra.has_size = str_number(value, LIMIT_SIZE, &w->extra.size);
			if (!w->extra.has_size)
				return false;
		}
		bytes = str_skip(bytes, (size_t)len);
	}
	return true;
}

/* May this header stand behind those that are there? Where it may not, readers choose differently. */
static bool
extra_fits(struct extra *e, char type)
{
	const struct extra before = *e;

	e->has_pax |= type == 'x';
	e->has_name |= type == 'L';
	e->has_link |= type == 'K';
	if (type == 'L')
		return !before.has_pax && !before.has_name;
	if (type == 'K')
		return !before.has_pax && !before.has_link;
	return !before.has_pax && !before.has_name && !before.has_link;
}

/* The bytes of a header that describes the next member. */
static int
extra_read(struct walk *w, char type, uint64_t size, struct err *err)
{
	AUTO_STREAM s = stream_of_file(w->t->fd, ERR_IMAGE, w->at, size);
	struct str bytes;

	if (!extra_fits(&w->extra, type))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " and one before it say of one member what "
		    "tools read differently",
		    w->at - TAR_BLOCK);
	if (type == 'g')
		return 0;
	if (size > LIMIT_EXTRA)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " has %" PRIu64
		    " bytes, more than the limit of %" PRIu64,
		    w->at - TAR_BLOCK, size, LIMIT_EXTRA);
	if (stream_whole(s, LIMIT_EXTRA, ERR_IMAGE, w->scratch, &bytes, err) < 0)
		return -1;
	if (type == 'x' && bytes.len == size && !pax_records(w, bytes))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " is damaged: its pax records",
		    w->at - TAR_BLOCK);
	if (type == 'L')
		w->extra.name = extra_text(w, bytes);
	if (type == 'K')
		w->extra.link = extra_text(w, bytes);
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
	/* star keeps times behind a shorter prefix. */
	size_t room = memcmp(header + 508, "tar", 4) == 0 ? 131 : 155;
	struct str name = field(header, 0, 100), prefix = field(header, 345, room);
	struct tar_member m = { .kind = kind, .offset = w->at, .size = size, .place = t->nmembers };
	struct str target = w->extra.link ? str_of(w->extra.link) : field(header, 157, 100);

	if (w->extra.sparse_name)
		name = str_of(w->extra.sparse_name);
	else if (w->extra.name)
		name = str_of(w->extra.name);
	else if (memcmp(header + 257, "ustar\0", 6) == 0 && prefix.len)
		name = str_of(arena_textf(
		    w->scratch, "%.*s/%.*s", (int)prefix.len, prefix.ptr, (int)name.len, name.ptr));
	m.name = tar_path(t->arena, name);
	if (!m.name)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64
		    " has a path with .. or of more than %d bytes",
		    w->at - TAR_BLOCK, LIMIT_PATH);
	if (!*m.name)
		return 0;
	if (kind == TAR_LINK || kind == TAR_SAME) {
		if (target.len > LIMIT_PATH)
			return 0;
		m.target = arena_string(t->arena, target);
	}
	w->names += name.len + target.len;
	if (t->nmembers >= LIMIT_MEMBERS || w->names > LIMIT_NAMES)
		return err_set(
		    err, ERR_IMAGE, "the archive has more than %d members", LIMIT_MEMBERS);
	t->members = arena_grow(t->arena, t->members, t->nmembers, sizeof(m));
	t->members[t->nmembers++] = m;
	return 0;
}

/* The next header: 1, or 0 where the archive or its file ends. */
static int
header_read(struct walk *w, char ret[TAR_BLOCK], struct err *err)
{
	AUTO_STREAM s = stream_of_file(w->t->fd, ERR_IMAGE, w->at, TAR_BLOCK);
	ssize_t n = stream_fill(s, ret, TAR_BLOCK, err);

	if (n < TAR_BLOCK || tar_block_empty(ret))
		return n < 0 ? -1 : 0;
	if (++w->headers > 4 * LIMIT_MEMBERS)
		return err_set(
		    err, ERR_IMAGE, "the archive has more than %d tar headers", 4 * LIMIT_MEMBERS);
	if (!tar_header_valid(ret))
		return err_set(
		    err, ERR_IMAGE, "the tar header at byte %" PRIu64 " is damaged", w->at);
	return 1;
}

/* One header and what belongs to it: 1, or 0 at the end. */
static int
walk_step(struct walk *w, struct err *err)
{
	char header[TAR_BLOCK];
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
	w->at += TAR_BLOCK;
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
		arena_reset(w->scratch);
	}
	if (ret < 0)
		return -1;
	w->at += (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
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

/* Two members have this one's name. */
static bool
is_repeated(const struct tarfile *t, const struct tar_member *m)
{
	return m > t->members && strcmp(m[-1].name, m->name) == 0;
}

/* only_one: nothing that is there twice. */
static int
find(const struct tarfile *t, const char *name, bool only_one, const struct tar_member **ret,
    struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	char *path = tar_path(scratch, str_of(name));

	for (int hops = 0; path && hops < LIMIT_HOPS; hops++) {
		const struct tar_member *m = tarfile_member(t, path);

		if (m && only_one && is_repeated(t, m))
			return err_set(err, ERR_IMAGE,
			    "the archive has two members %.200s, of which tools take either", path);
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
tarfile_find(
    const struct tarfile *t, const char *name, const struct tar_member **ret, struct err *err)
{
	return find(t, name, false, ret, err);
}

int
tarfile_whole(const struct tarfile *t, const char *name, uint64_t max, struct arena *a,
    struct str *ret, struct err *err)
{
	const struct tar_member *m = NULL;
	AUTO_STREAM s = NULL;

	if (find(t, name, true, &m, err) < 0 || !m)
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
	return stream_of_file(t->fd, ERR_IMAGE, m->offset + offset, m->size - offset);
}
