/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tarhead.c - the headers of a tar: what they say of the member behind them
 *
 *      header of 512 bytes, then the member's bytes padded to 512; a header of zeros at the end
 *      name 100 | mode 8 | uid 8 | gid 8 | size 12 | mtime 12 | sum 8 | type 1 | linkname 100 |
 *      "ustar" magic and version 8 | uname 32 | gname 32 | devmajor 8 | devminor 8 | prefix 155
 *
 * Before a member may stand: type L and K (GNU: its long name, its long link), x (pax: records
 * "LENGTH KEY=VALUE\n" of which path, linkpath and size count here), g (for all that follow).
 * Numbers are octal text between blanks and NULs, or base 256 when the first bit is set.
 *
 * An archive must hold the same image for those who load it, and they read with Go's archive/tar.
 * So what is an exotic case here is read as there: an empty long name or path counts for nothing.
 * Where readers differ it is refused, as no builder writes it: L or K beside x, or one of them
 * twice; ".." in a path; sparse files, of which Go finds the name and the end elsewhere than
 * others; a prefix that is none to some; a file's bytes behind the name of a folder, which are
 * headers to Go where the type is NUL; a pax size of what has no bytes; a path or a size for all
 * members, which Go does not heed; no name at all.
 *
 * Spec: POSIX.1-2017 pax; https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * Left out: volumes.
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
	return str_is(key, "linkpath") ? &e->link : NULL;
}

/* The first record's key and value; bytes moves behind it. False if it is none. */
static bool
pax_record(struct str *bytes, struct str *ret_key, struct str *ret_value)
{
	struct str rest = *bytes, length = str_cut(&rest, ' ');
	uint64_t len;

	if (!str_number(length, bytes->len, &len) || len < length.len + 2 ||
	    bytes->ptr[len - 1] != '\n')
		return false;
	*ret_value = (struct str){ rest.ptr, (size_t)len - length.len - 2 };
	if (!memchr(ret_value->ptr, '=', ret_value->len))
		return false;
	*ret_key = str_cut(ret_value, '=');
	*bytes = str_skip(*bytes, (size_t)len);
	return ret_key->len > 0;
}

/* One pax header's records into the extras. False if they are not records. */
static bool
pax_records(struct tar_extra *e, struct str bytes, struct arena *a)
{
	while (bytes.len) {
		struct str key, value;
		char **path;

		if (!pax_record(&bytes, &key, &value))
			return false;
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

/* Records for all members behind them. */
static bool
global_records(struct tar_extra *e, struct str bytes, struct arena *a)
{
	struct tar_extra all = { 0 };

	if (!pax_records(&all, bytes, a))
		return false;
	e->global |= all.name || all.link || all.has_size || all.sparse;
	return true;
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
	if (size > LIMIT_EXTRA)
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " has %" PRIu64
		    " bytes, more than the limit of %" PRIu64,
		    h->at, size, LIMIT_EXTRA);
	if (stream_whole(bytes, LIMIT_EXTRA, ERR_IMAGE, a, &text, err) < 0)
		return -1;
	if (text.len == size && ((type == 'x' && !pax_records(e, text, a)) ||
				    (type == 'g' && !global_records(e, text, a))))
		return err_set(err, ERR_IMAGE,
		    "the tar header at byte %" PRIu64 " is damaged: its pax records", h->at);
	if (type == 'L')
		e->name = extra_text(a, text);
	if (type == 'K')
		e->link = extra_text(a, text);
	return 0;
}

static enum tar_kind
kind_of(char type, struct str name)
{
	switch (type) {
	case '0':
	case '7':
	case '\0':
		return str_ends(name, "/") ? TAR_FOLDER : TAR_FILE;
	case '1':
		return TAR_SAME;
	case '2':
		return TAR_LINK;
	case '5':
		return TAR_FOLDER;
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

	if (e->name)
		return str_of(e->name);
	if (memcmp(header + 257, "ustar\0", 6) == 0 && prefix.len)
		return str_of(arena_textf(
		    a, "%.*s/%.*s", (int)prefix.len, prefix.ptr, (int)name.len, name.ptr));
	return name;
}

/* The types that have no bytes behind them, whatever their size. */
static bool
is_bare(const struct tar_header *h)
{
	return h->bytes[TYPE] >= '1' && h->bytes[TYPE] <= '6';
}

/* What tools read differently, or NULL. */
static const char *
entry_odd(const struct tar_header *h, const struct tar_extra *e, const struct tar_entry *entry)
{
	if (e->sparse || h->bytes[TYPE] == 'S')
		return "a sparse file";
	if (h->bytes[TYPE] == 'X')
		return "a pax header of another kind";
	if (e->has_size && e->size > 0 && is_bare(h))
		return "a size for a member without a body";
	if ((entry->kind == TAR_LINK || entry->kind == TAR_SAME) && entry->target.len > LIMIT_PATH)
		return "a link to too long a path";
	if (e->global)
		return "a global path, link or size before it";
	if (entry->kind == TAR_FOLDER && entry->size > 0)
		return "a file's bytes behind a folder's name";
	if (entry->kind != TAR_FOLDER && !*entry->name)
		return "a member without a name";
	return tar_prefix_odd(h->bytes);
}

int
tar_entry_check(const struct tar_entry *entry, uint64_t at, struct err *err)
{
	if (!entry->odd)
		return 0;
	return err_set(err, ERR_IMAGE,
	    "the tar header at byte %" PRIu64 " has %s, which tools read differently", at,
	    entry->odd);
}

int
tar_entry_read(const struct tar_header *h, const struct tar_extra *e, struct arena *a,
    struct tar_entry *ret, struct err *err)
{
	struct str name = entry_name(h->bytes, e, a);

	*ret = (struct tar_entry){ .name = tar_path(a, name),
		.kind = kind_of(h->bytes[TYPE], name),
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
	if (is_bare(h))
		ret->size = 0;
	ret->odd = entry_odd(h, e, ret);
	return 0;
}

uint64_t
tar_padded(uint64_t size)
{
	return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}
