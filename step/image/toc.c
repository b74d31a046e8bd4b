/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toc.c - the entries of a layer's table of contents
 *
 *      { "version": 1, "entries": [
 *          { "type": "dir", "name": "etc/", "mode": 16877 },
 *          { "type": "reg", "name": "etc/passwd", "size": 922, "offset": 348, "digest": "sha256:...",
 *            "chunkDigest": "sha256:..." },
 *          { "type": "chunk", "name": "var/x", "offset": 9000, "chunkOffset": 65536, "chunkSize": 1712, ... },
 *          { "type": "symlink", "name": "bin", "linkName": "usr/bin" } ] }
 *
 * Spec: https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md; for zstd:chunked
 *       https://github.com/containers/storage/blob/main/pkg/chunked/internal/minimal/compression.go
 *
 * A file is a "reg" and the "chunk"s behind it; without a chunkSize a piece goes on to the end of the
 * file, and the only piece of a file may have the file's digest alone. What has to be read of the layer for a
 * piece ends where the next one begins. endOffset (zstd:chunked) is such a place, too; innerOffset
 * (eStargz) is where in the decoded bytes a piece begins that others stand before.
 *
 * An entry below a link of the same layer would go where that leads, as in the tar (walk.c); then the names of
 * the table tell too little, and the layer is read whole. So it is with a path that comes twice, and with
 * members of the document that a reader without regard to case would take for others.
 */
#include "step/image/toc.h"

#include "step/base/doc.h"
#include "step/image/document.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_INNER   (256 * MIB) /* decoded bytes before a piece */
#define LIMIT_KEPT    400000      /* entries; layer_walk() takes half as many links */
#define LIMIT_FOLDERS 4000000     /* each a number */

/* Numbers in a heap of their own: there is one for every entry, kept or not. */
struct numbers {
	uint64_t *list;
	size_t n, room;
};

struct reading {
	const struct path_filter *filter;
	struct arena *arena;
	struct toc *toc;
	uint64_t end;          /* of what files may lie in: the table's offset */
	struct numbers places; /* where pieces begin or end */
	/* Paths as hashes: of all entries, of all folders that they are in, of links. */
	struct numbers paths, folders, links;
	char path[LIMIT_PATH]; /* of the last entry, in normal form */
	size_t path_len;
	size_t nentries; /* all that came */
	bool versioned, listed;
	bool in_file;   /* the last one was a file or a piece of one */
	uint64_t file;  /* the hash of its path */
	bool kept;      /* and it is the last of toc->entries */
	uint64_t had;   /* bytes of it that pieces were named for */
	uint64_t bytes; /* of all files that were kept */
	uint64_t
	    zeros; /* among them: a few bytes of a table make any number, so there is a ceiling */
};

static void
numbers_add(struct numbers *l, uint64_t n)
{
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 1024;
		l->list = xrealloc(l->list, l->room * sizeof(*l->list));
	}
	l->list[l->n++] = n;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
numbers_sort(struct numbers *l)
{
	if (l->n)
		qsort(l->list, l->n, sizeof(*l->list), by_number);
}

/* The first place behind this one, of a sorted list; else fallback. */
static uint64_t
numbers_above(const struct numbers *l, uint64_t place, uint64_t fallback)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->list[middle] > place)
			high = middle;
		else
			low = middle + 1;
	}
	return low < l->n ? l->list[low] : fallback;
}

/* ---- Paths ---- */

#define HASH_START UINT64_C(14695981039346656037) /* FNV-1a: equal paths are what is looked for */

static uint64_t
hash_more(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * UINT64_C(1099511628211);
}

/* What JSON writers put in place of bytes that are not UTF-8: the true name is lost. */
static bool
has_lost_bytes(const char *text)
{
	return strstr(text, "\xef\xbf\xbd") != NULL;
}

/* The name in normal form into out (LIMIT_PATH bytes): its length, 0 for the root, or -1. */
static ssize_t
normal_path(const char *name, char *out, struct err *err)
{
	struct str rest = str_of(name);
	size_t len = 0;

	while (rest.len) {
		struct str part = str_cut(&rest, '/');

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, ".."))
			return err_set(err, ERR_CONTENT, "%.200s: a path with ..", name);
		if (len + part.len + 2 > LIMIT_PATH)
			return err_set(
			    err, ERR_CONTENT, "%.200s...: a path longer than %d", name, LIMIT_PATH);
		if (len)
			out[len++] = '/';
		memcpy(out + len, part.ptr, part.len);
		len += part.len;
	}
	out[len] = '\0';
	return (ssize_t)len;
}

/* r->path and its hash; folders above it are noted but for those that the path before had, too. */
static int
take_path(struct reading *r, const char *name, uint64_t *ret_hash, struct err *err)
{
	char path[LIMIT_PATH] = { 0 };
	ssize_t len = normal_path(name, path, err);
	uint64_t hash = HASH_START;
	size_t same = 0, end = (size_t)len;

	if (len < 0)
		return -1;
	while (same < end && same < r->path_len && path[same] == r->path[same])
		same++;
	for (size_t i = 0; i < end; i++) {
		if (path[i] == '/' && (i > same || (i == same && i < r->path_len)))
			numbers_add(&r->folders, hash);
		hash = hash_more(hash, path[i]);
	}
	if (r->folders.n > LIMIT_FOLDERS)
		return err_set(err, ERR_CONTENT, "more than %d folders", LIMIT_FOLDERS);
	memcpy(r->path, path, end + 1);
	r->path_len = end;
	*ret_hash = hash;
	return 0;
}

static bool
is_whiteout(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strncmp(slash ? slash + 1 : path, ".wh.", 4) == 0;
}

static bool
matters(const struct reading *r)
{
	return !r->filter || r->filter->matters(r->filter, r->path);
}

/* ---- Fields ---- */

/* A number of bytes; 0 where there is none. */
static int
get_size(const struct doc *e, const char *key, uint64_t *ret, struct err *err)
{
	int64_t n = doc_get(e, key) ? doc_integer(doc_get(e, key), -1) : 0;

	if (n < 0)
		return err_set(err, ERR_CONTENT, "%s is no size", key);
	*ret = (uint64_t)n;
	return 0;
}

static int
get_places(struct reading *r, const struct doc *e, uint64_t *ret_offset, struct err *err)
{
	uint64_t offset = 0, end = 0;

	if (get_size(e, "offset", &offset, err) < 0 || get_size(e, "endOffset", &end, err) < 0)
		return -1;
	if (offset)
		numbers_add(&r->places, offset);
	if (end)
		numbers_add(&r->places, end);
	*ret_offset = offset;
	return 0;
}

/* The piece's own digest, or of a file in one piece the file's. */
static int
get_digest(const struct doc *e, bool whole, char ret[SHA256_HEX], struct err *err)
{
	const char *digest = doc_get_text(e, "chunkDigest");

	if (whole && (!digest || !*digest))
		digest = doc_get_text(e, "digest");
	ret[0] = '\0';
	if (!digest || !*digest)
		return 0;
	if (!digest_valid(str_of(digest)))
		return err_set(
		    err, ERR_CONTENT, "the digest of a file is no sha256 digest: '%.100s'", digest);
	memcpy(ret, digest + strlen("sha256:"), SHA256_HEX);
	return 0;
}

static int
get_chunk_type(const struct doc *e, bool *ret_zeros, struct err *err)
{
	const char *type = doc_get_text(e, "chunkType");

	*ret_zeros = type && strcmp(type, "zeros") == 0;
	if (type && *type && !*ret_zeros)
		return err_set(err, ERR_CONTENT, "pieces of the unknown type '%.40s'", type);
	return 0;
}

/* ---- Entries ---- */

/* One more piece of the file that was kept last. */
static int
add_chunk(struct reading *r, const struct doc *e, uint64_t offset, struct err *err)
{
	struct toc *toc = r->toc;
	struct toc_entry *file = &toc->entries[toc->nentries - 1];
	struct toc_chunk c = { .offset = offset };
	uint64_t at = 0;

	if (get_size(e, "chunkOffset", &at, err) < 0 ||
	    get_size(e, "chunkSize", &c.size, err) < 0 ||
	    get_size(e, "innerOffset", &c.inner, err) < 0 || get_chunk_type(e, &c.zeros, err) < 0)
		return -1;
	if (c.size == 0 && at <= file->size)
		c.size = file->size - at;
	if (at != r->had || c.size == 0 || c.size > file->size - r->had)
		return err_set(err, ERR_CONTENT, "its pieces do not fit together");
	if (get_digest(e, c.size == file->size, c.hex, err) < 0)
		return -1;
	r->zeros += c.zeros ? c.size : 0;
	if (r->zeros > LIMIT_ZEROS)
		return err_set(err, ERR_CONTENT, "more than %llu bytes of zeros",
		    (unsigned long long)LIMIT_ZEROS);
	if (!c.hex[0] && !c.zeros)
		return err_set(err, ERR_CONTENT, "a piece of it has no digest");
	/* Behind the first header at the least. */
	if (!c.zeros && (offset + c.inner == 0 || offset >= r->end || c.inner > LIMIT_INNER))
		return err_set(err, ERR_CONTENT, "a piece of it lies outside of the layer");
	toc->chunks = arena_grow(r->arena, toc->chunks, toc->nchunks, sizeof(*toc->chunks));
	toc->chunks[toc->nchunks++] = c;
	file->nchunks++;
	r->had += c.size;
	return 0;
}

/* Is the file that was kept last there to its end? */
static int
end_file(struct reading *r, struct err *err)
{
	const struct toc *toc = r->toc;

	if (!r->in_file || !r->kept || r->had == toc->entries[toc->nentries - 1].size)
		return 0;
	return err_set(err, ERR_CONTENT, "%.200s: its pieces do not fit together",
	    toc->entries[toc->nentries - 1].path);
}

static int
keep(struct reading *r, const struct doc *e, char type, const char *link, uint64_t size,
    struct err *err)
{
	struct toc *toc = r->toc;

	if (has_lost_bytes(r->path) || has_lost_bytes(link))
		return err_set(err, ERR_CONTENT, "%.200s: a name that is not UTF-8", r->path);
	if (toc->nentries == LIMIT_KEPT)
		return err_set(
		    err, ERR_CONTENT, "more than %d links and files that matter", LIMIT_KEPT);
	toc->entries = arena_grow(r->arena, toc->entries, toc->nentries, sizeof(*toc->entries));
	toc->entries[toc->nentries++] = (struct toc_entry){
		.type = type,
		.path = arena_string(r->arena, str_of(r->path)),
		.link = arena_string(r->arena, str_of(link)),
		.mode = (unsigned)doc_integer(doc_get(e, "mode"), 0) & 07777,
		.size = size,
		.chunk = toc->nchunks,
	};
	return 0;
}

static int
take_file(struct reading *r, const struct doc *e, uint64_t hash, struct err *err)
{
	uint64_t size = 0, offset;

	r->in_file = true;
	r->file = hash;
	r->had = 0;
	r->kept = matters(r);
	if (get_size(e, "size", &size, err) < 0 || get_places(r, e, &offset, err) < 0)
		return -1;
	if (!r->kept)
		return 0;
	if (size > LIMIT_PACKAGE_DB - r->bytes)
		return err_set(err, ERR_CONTENT,
		    "larger than the limit of %llu bytes, with the files before it",
		    (unsigned long long)LIMIT_PACKAGE_DB);
	r->bytes += size;
	if (keep(r, e, '0', "", size, err) < 0)
		return -1;
	return size > 0 ? add_chunk(r, e, offset, err) : 0;
}

static int
take_chunk(struct reading *r, const struct doc *e, uint64_t hash, struct err *err)
{
	uint64_t offset;

	if (!r->in_file || r->file != hash)
		return err_set(err, ERR_CONTENT, "a piece of no file");
	if (get_places(r, e, &offset, err) < 0)
		return -1;
	return r->kept ? add_chunk(r, e, offset, err) : 0;
}

static int
take_link(struct reading *r, const struct doc *e, char type, uint64_t hash, struct err *err)
{
	const char *target = doc_get_text(e, "linkName");

	if (!target || !*target)
		return err_set(err, ERR_CONTENT, "a link without a target");
	numbers_add(&r->links, hash);
	return keep(r, e, type, target, 0, err);
}

/* '\0' for what tar has no type for. */
static char
tar_type(const char *type)
{
	static const struct {
		const char *name;
		char type;
	} table[] = {
		{ "reg", '0' },
		{ "hardlink", '1' },
		{ "symlink", '2' },
		{ "char", '3' },
		{ "block", '4' },
		{ "dir", '5' },
		{ "fifo", '6' },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(type, table[i].name) == 0)
			return table[i].type;
	return '\0';
}

/* Anything but a piece of a file, which has a path of its own. */
static int
take_member(struct reading *r, const struct doc *e, uint64_t hash, struct err *err)
{
	const char *name = doc_get_text(e, "type");
	char type = tar_type(name);

	numbers_add(&r->paths, hash);
	if (!type)
		return err_set(err, ERR_CONTENT, "of the unknown type '%.40s'", name);
	if (is_whiteout(r->path))
		return keep(r, e, '0', "", 0, err);
	if (type == '0')
		return take_file(r, e, hash, err);
	if (type == '1' || type == '2')
		return take_link(r, e, type, hash, err);
	/* A device hides what lies below it, as any other entry does. */
	return matters(r) ? keep(r, e, type, "", 0, err) : 0;
}

static int
take_entry(struct reading *r, const struct doc *e, struct err *err)
{
	static const char *const names[] = { "name", "type", "size", "linkName", "mode", "digest",
		"offset", "endOffset", "innerOffset", "chunkOffset", "chunkSize", "chunkDigest",
		"chunkType", NULL };
	const char *name = doc_get_text(e, "name"), *type = doc_get_text(e, "type");
	uint64_t hash = 0;
	int result = 0;

	if (!name || !type)
		return err_set(err, ERR_CONTENT, "an entry without name or type");
	if (++r->nentries > LIMIT_ENTRIES)
		return err_set(err, ERR_CONTENT, "more than %d entries", LIMIT_ENTRIES);
	if (document_check_names(e, names, "an entry", err) < 0 ||
	    take_path(r, name, &hash, err) < 0)
		return -1;
	if (strcmp(type, "chunk") == 0) {
		result = take_chunk(r, e, hash, err);
	} else {
		if (end_file(r, err) < 0)
			return -1;
		r->in_file = false;
		if (*r->path)
			result = take_member(r, e, hash, err);
	}
	return result < 0 ? err_wrap(err, "%.200s", r->path) : 0;
}

/* ---- The whole ---- */

static int
check_paths(struct reading *r, struct err *err)
{
	numbers_sort(&r->paths);
	numbers_sort(&r->folders);
	for (size_t i = 1; i < r->paths.n; i++)
		if (r->paths.list[i] == r->paths.list[i - 1])
			return err_set(err, ERR_CONTENT, "a path comes twice");
	for (size_t i = 0; i < r->links.n; i++)
		if (r->folders.n && bsearch(&r->links.list[i], r->folders.list, r->folders.n,
					sizeof(*r->folders.list), by_number))
			return err_set(err, ERR_CONTENT, "an entry lies below a link");
	return 0;
}

/* A member of the document: an entry, or something beside the list of them. */
static int
take_top(struct reading *r, const char *key, const struct doc *value, struct err *err)
{
	static const char *const names[] = { "version", "entries", NULL };

	if (strcmp(key, "entries") == 0) {
		r->listed = true;
		return take_entry(r, value, err);
	}
	if (document_check_name(key, names, "it", err) < 0)
		return -1;
	if (strcmp(key, "version") != 0)
		return 0;
	if (r->versioned)
		return err_set(err, ERR_CONTENT, "its version comes twice");
	r->versioned = true;
	return doc_integer(value, 0) == 1 ? 0 : err_set(err, ERR_CONTENT, "its version is not 1");
}

static int
read_entries(struct reading *r, struct stream *json, struct err *err)
{
	AUTO_DOC_STREAM stream = doc_stream_new(json, ERR_CONTENT);
	struct doc *value;
	const char *key;
	int n;

	doc_stream_within(stream, "entries");
	while ((n = doc_stream_next(stream, &key, &value, err)) > 0) {
		int result = take_top(r, key, value, err);

		doc_free(value);
		if (result < 0)
			return -1;
	}
	if (n == 0 && !r->listed)
		return err_set(err, ERR_CONTENT, "it has no entries");
	return n < 0 ? -1 : end_file(r, err);
}

int
toc_read(struct stream *json, uint64_t offset, const struct path_filter *filter, struct arena *a,
    struct toc *ret, struct err *err)
{
	struct reading r = { .filter = filter, .arena = a, .toc = ret, .end = offset };
	int result = -1;

	*ret = (struct toc){ 0 };
	if (read_entries(&r, json, err) == 0 && check_paths(&r, err) == 0) {
		numbers_sort(&r.places);
		for (size_t i = 0; i < ret->nchunks; i++) {
			uint64_t end = numbers_above(&r.places, ret->chunks[i].offset, offset);

			ret->chunks[i].end = end < offset ? end : offset;
		}
		result = 0;
	}
	free(r.places.list);
	free(r.paths.list);
	free(r.folders.list);
	free(r.links.list);
	return result;
}
