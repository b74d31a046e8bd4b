/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarhead.c - the headers of a tar: what they say of the member behind them
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
 * Where readers differ it is refused: L or K beside x, or one of them twice; ".." in a path.
 *
 * Spec: POSIX.1-2017 pax; https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * Left out: sparse files (known, and refused when wanted), volumes, global path or size.
 */
#include "step/image/tarhead.h"

#include <inttypes.h>
#include <string.h>

#define LIMIT_EXTRA (64 * KIB) /* one long name, or the pax records of one member */
#define LIMIT_SIZE  (UINT64_C(1) << 56)
#define TYPE        156 /* of a header: the byte of its type */

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

bool
tar_header_is_extra(const struct tar_header *h)
{
	return h->bytes[TYPE] != '\0' && strchr("LKxg", h->bytes[TYPE]) != NULL;
}

int
tar_header_size(const struct tar_header *h, uint64_t *ret, struct err *err)
{
	if (number(h->bytes, 124, 12, ret))
		return 0;
	return err_set(err, ERR_IMAGE, "the tar header at byte %" PRIu64 " has no size", h->at);
}

size_t
tar_path_append(char *path, size_t n, struct str part)
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
		n = tar_path_append(ret, n, part);
	}
	ret[n] = '\0';
	return ret;
}

/* A path of a pax record or a GNU header: NULL for none. */
static char *
extra_text(struct arena *a, struct str value)
{
	return value.len && *value.ptr ? arena_string(a, value) : NULL;
}

/* The place of a pax record's path, or NULL: it is none. */
static char **
pax_path(struct tar_extra *e, struct str key)
{
	if (str_is(key, "path"))
		return &e->name;
	if (str_is(key, "linkpath"))
		return &e->link;
	return str_is(key, "GNU.sparse.name") ? &e->sparse_name : NULL;
}

/* One pax header's records into the extras. False if they are not records. */
static bool
pax_records(struct tar_extra *e, struct str bytes, struct arena *a)
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
		path = pax_path(e, key);
		if (path && memchr(value.ptr, '\0', value.len))
			return false;
		if (path)
			*path = extra_text(a, value);
		e->sparse |= str_starts(key, "GNU.sparse.");
		if (str_is(key, "size")) {
			e->has_size = str_number(value, LIMIT_SIZE, &e->size);
			if (!e->has_size)
				return false;
		}
		bytes = str_skip(bytes, (size_t)len);
	}
	return true;
}

/* May this header stand behind those that are there? Where it may not, readers choose differently. */
static bool
extra_fits(struct tar_extra *e, char type)
{
	const struct tar_extra before = *e;

	e->has_pax |= type == 'x';
	e->has_name |= type == 'L';
	e->has_link |= type == 'K';
	if (type == 'L')
		return !before.has_pax && !before.has_name;
	if (type == 'K')
		return !before.has_pax && !before.has_link;
	return !before.has_pax && !before.has_name && !before.has_link;
}

int
tar_extra_read(struct tar_extra *e, const struct tar_header *h, uint64_t size, struct stream *bytes,
    struct arena *a, struct err *err)
{
	char type = h->bytes[TYPE];
	struct str text;

	if (!extra_fits(e, type))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " and one before it say of one member what "
		    "tools read differently",
		    h->at);
	if (type == 'g')
		return 0;
	if (size > LIMIT_EXTRA)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " has %" PRIu64
		    " bytes, more than the limit of %" PRIu64,
		    h->at, size, LIMIT_EXTRA);
	if (stream_whole(bytes, LIMIT_EXTRA, ERR_IMAGE, a, &text, err) < 0)
		return -1;
	if (type == 'x' && text.len == size && !pax_records(e, text, a))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " is damaged: its pax records", h->at);
	if (type == 'L')
		e->name = extra_text(a, text);
	if (type == 'K')
		e->link = extra_text(a, text);
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

/* The member's name as the header and those before it have it. */
static struct str
entry_name(const char *header, const struct tar_extra *e, struct arena *a)
{
	/* star keeps times behind a shorter prefix. */
	size_t room = memcmp(header + 508, "tar", 4) == 0 ? 131 : 155;
	struct str name = field(header, 0, 100), prefix = field(header, 345, room);

	if (e->sparse_name)
		return str_of(e->sparse_name);
	if (e->name)
		return str_of(e->name);
	if (memcmp(header + 257, "ustar\0", 6) == 0 && prefix.len)
		return str_of(arena_textf(
		    a, "%.*s/%.*s", (int)prefix.len, prefix.ptr, (int)name.len, name.ptr));
	return name;
}

int
tar_entry_read(const struct tar_header *h, const struct tar_extra *e, struct arena *a,
    struct tar_entry *ret, struct err *err)
{
	char type = h->bytes[TYPE];

	*ret = (struct tar_entry){ .name = tar_path(a, entry_name(h->bytes, e, a)),
		.kind = kind_of(type, e->sparse),
		.target = e->link ? str_of(e->link) : field(h->bytes, 157, 100) };
	if (!ret->name)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64
		    " has a path with .. or of more than %d bytes",
		    h->at, LIMIT_PATH);
	if (tar_header_size(h, &ret->size, err) < 0)
		return -1;
	if (e->has_size)
		ret->size = e->size;
	/* The size of what has no bytes is a hint at most; of a hard link it is its file's. */
	if (type >= '1' && type <= '6')
		ret->size = 0;
	return 0;
}

uint64_t
tar_padded(uint64_t size)
{
	return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}
