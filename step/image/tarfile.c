/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarfile.c - a seekable, uncompressed tar as a table of its members
 *
 * Headers are read by tarhead.c, which says how. An archive must hold the same image for those who
 * load it: a document that is there twice is refused, as readers differ in which one they take. So
 * is what lies below a member that is no folder: who unpacks goes through it, to wherever a link
 * leads. Such an archive is indexed all the same, to be known for what it is; tarfile_check()
 * refuses it.
 *
 * This is the outer archive alone. libarchive reads the layers; it does not tell where a
 * member's bytes lie, which is all that is wanted here. A cut archive is indexed as far as it goes.
 */
#include "step/image/tarfile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MEMBERS 100000     /* an archive of 1,024 layers has about 4,000 */
#define LIMIT_NAMES   (16 * MIB) /* bytes of all names */

struct walk {
	struct tarfile *t;
	struct arena *scratch; /* one member's extras */
	struct tar_extra extra;
	uint64_t at, end;
	uint64_t names; /* bytes of names so far */
	unsigned headers;
};

/* Put one member into the table. */
static int
member_add(struct walk *w, const struct tar_entry *entry, struct err *err)
{
	struct tarfile *t = w->t;
	struct tar_member m = { .name = arena_string(t->arena, str_of(entry->name)),
		.kind = entry->kind,
		.offset = w->at,
		.size = entry->size,
		.place = t->nmembers };

	if (!*m.name)
		return 0;
	if (m.kind == TAR_LINK || m.kind == TAR_SAME) {
		if (entry->target.len > LIMIT_PATH)
			return 0;
		m.target = arena_string(t->arena, entry->target);
	}
	w->names += strlen(m.name) + entry->target.len;
	if (t->nmembers >= LIMIT_MEMBERS || w->names > LIMIT_NAMES)
		return err_set(
		    err, ERR_IMAGE, "the archive has more than %d members", LIMIT_MEMBERS);
	t->members = arena_grow(t->arena, t->members, t->nmembers, sizeof(m));
	t->members[t->nmembers++] = m;
	return 0;
}

/* Keep the first reason to refuse it. */
static void
note_odd(struct tarfile *t, const struct err *err)
{
	if (!t->odd)
		t->odd = arena_string(t->arena, str_of(err->text));
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

/* A header that describes the member behind it. */
static int
extra_add(struct walk *w, const struct tar_header *h, uint64_t *ret_size, struct err *err)
{
	AUTO_STREAM s = NULL;

	if (tar_header_size(h, ret_size, err) < 0)
		return -1;
	s = stream_of_file(w->t->fd, ERR_IMAGE, w->at, *ret_size);
	return tar_extra_read(&w->extra, h, *ret_size, s, w->scratch, err);
}

/* One header and what belongs to it: 1, or 0 at the end. */
static int
walk_step(struct walk *w, struct err *err)
{
	char block[TAR_BLOCK];
	const struct tar_header header = { block, w->at };
	struct tar_entry entry;
	struct err odd;
	uint64_t size = 0;
	int ret = header_read(w, block, err);

	if (ret <= 0)
		return ret;
	w->at += TAR_BLOCK;
	if (tar_header_is_extra(&header)) {
		ret = extra_add(w, &header, &size, err);
	} else {
		ret = tar_entry_read(&header, &w->extra, w->scratch, &entry, err);
		if (ret == 0 && tar_entry_check(&entry, header.at, &odd) < 0)
			note_odd(w->t, &odd);
		if (ret == 0)
			ret = member_add(w, &entry, err);
		size = entry.size;
		w->extra = (struct tar_extra){ 0 };
		arena_reset(w->scratch);
	}
	if (ret < 0)
		return -1;
	w->at += tar_padded(size);
	return w->at < w->end;
}

static int
by_name(const void *a, const void *b)
{
	const struct tar_member *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

/* Is there a member below this one? */
static bool
has_below(const struct tarfile *t, const struct tar_member *m)
{
	size_t len = strlen(m->name), low = 0, high = t->nmembers;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *name = t->members[middle].name;
		int c = strncmp(name, m->name, len);

		if (c < 0 || (c == 0 && (unsigned char)name[len] < '/'))
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->nmembers && strncmp(t->members[low].name, m->name, len) == 0 &&
	       t->members[low].name[len] == '/';
}

static void
check_folders(struct tarfile *t)
{
	struct err odd;

	for (size_t i = 0; i < t->nmembers && !t->odd; i++) {
		const struct tar_member *m = &t->members[i];

		if (m->kind == TAR_FOLDER || !has_below(t, m))
			continue;
		err_set(&odd, ERR_IMAGE,
		    "the archive's member %.200s is no folder, but has members below it, which "
		    "tools read differently",
		    m->name);
		note_odd(t, &odd);
	}
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
	ret->size = size;
	ret->end = w.at;
	if (ret->nmembers)
		qsort(ret->members, ret->nmembers, sizeof(*ret->members), by_name);
	check_folders(ret);
	return 0;
}

/* Zeros alone, up to where the file ends or len bytes are read? */
static int
zeros_at(const struct tarfile *t, uint64_t at, size_t len, bool *ret, struct err *err)
{
	AUTO_STREAM s = stream_of_file(t->fd, ERR_IMAGE, at, len);
	char block[TAR_BLOCK] = { 0 };
	ssize_t n = stream_fill(s, block, len < TAR_BLOCK ? len : TAR_BLOCK, err);

	*ret = n >= 0 && tar_block_empty(block);
	return n < 0 ? -1 : 0;
}

/* The file is shorter than its members, or than the two blocks of zeros behind them. */
static int
refuse_cut(const struct tarfile *t, struct err *err)
{
	for (size_t i = 0; i < t->nmembers; i++) {
		const struct tar_member *m = &t->members[i];

		if (m->offset + m->size > t->size)
			return err_set(err, ERR_IMAGE,
			    "the archive ends early: of the %" PRIu64
			    " bytes of %.200s it has %" PRIu64,
			    m->size, m->name, m->offset < t->size ? t->size - m->offset : 0);
	}
	return err_set(err, ERR_IMAGE,
	    "the archive ends early: the zeros that end a tar are missing at byte %" PRIu64,
	    t->end < t->size ? t->end : t->size);
}

int
tarfile_check(const struct tarfile *t, struct err *err)
{
	size_t odd = (size_t)(t->size % TAR_BLOCK);
	bool zeros, zeros_odd = false;

	if (t->odd)
		return err_set(err, ERR_IMAGE, "%s", t->odd);
	if (t->end > t->size || t->size - t->end < UINT64_C(2) * TAR_BLOCK)
		return refuse_cut(t, err);
	if (zeros_at(t, t->end + TAR_BLOCK, TAR_BLOCK, &zeros, err) < 0 ||
	    (odd && zeros_at(t, t->size - odd, odd, &zeros_odd, err) < 0))
		return -1;
	if (!zeros)
		return err_set(err, ERR_IMAGE,
		    "the archive has one block of zeros at byte %" PRIu64
		    ", where tools end, go on or refuse it",
		    t->end);
	return zeros_odd ? refuse_cut(t, err) : 0;
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

/*
 * Where a link at name leads, ".." resolved. NULL if out of the archive, or perhaps: behind a part
 * that is a link ".." is another folder to who unpacks. Above the link itself there are but folders.
 */
static char *
link_path(struct arena *a, const struct tar_member *m)
{
	struct str rest = str_of(m->target);
	char *ret = arena_alloc(a, strlen(m->name) + rest.len + 2);
	size_t n = 0;
	bool down = false;

	if (m->kind == TAR_LINK && !str_starts(rest, "/")) {
		n = parent_len(m->name, strlen(m->name));
		memcpy(ret, m->name, n);
	}
	while (rest.len) {
		struct str part = str_cut(&rest, '/');

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (n == 0 || down)
				return NULL;
			n = parent_len(ret, n);
			continue;
		}
		n = tar_path_append(ret, n, part);
		down = true;
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
	bool behind_same = false; /* a hard link to a link leads from where it lies itself */

	for (int hops = 0; path && hops < LIMIT_HOPS; hops++) {
		const struct tar_member *m = tarfile_member(t, path);

		if (m && only_one && is_repeated(t, m))
			return err_set(err, ERR_IMAGE,
			    "the archive has two members %.200s, of which tools take either", path);
		if (m && m->kind == TAR_LINK && behind_same)
			return err_set(err, ERR_IMAGE,
			    "the archive's member %.200s is a hard link to a symbolic one", name);
		if (!m || m->kind == TAR_FOLDER || m->kind == TAR_OTHER)
			return err_set(err, ERR_IMAGE, "the archive has no file %.200s", path);
		if (m->kind == TAR_FILE) {
			*ret = m;
			return 0;
		}
		behind_same = m->kind == TAR_SAME;
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
	s = tarfile_stream(t, m);
	if (stream_whole(s, max, ERR_IMAGE, a, ret, err) < 0)
		return err_wrap(err, "%.200s", name);
	if (ret->len < m->size)
		return err_set(err, ERR_IMAGE, "the archive ends inside of %.200s", name);
	return 0;
}

struct stream *
tarfile_stream(const struct tarfile *t, const struct tar_member *m)
{
	return stream_of_file(t->fd, ERR_IMAGE, m->offset, m->size);
}
