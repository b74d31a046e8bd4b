/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c - the tar entries of one layer: wanted files handed on, the rest passed over
 *
 * libarchive gets exactly one format and no filter: with more it would unwrap
 * gzip within gzip. What it only warns of, or passes over, is a gap here.
 *
 * Whiteouts: ".wh.NAME" removes NAME of the layers below, ".wh..wh..opq" all that its
 * folder held there; other names that begin with ".wh..wh." are AUFS's own.
 *
 * Left out: an entry that comes through a link of a layer below, to a place that was not wanted by
 * that name. Where each layer is unpacked by itself (overlayfs) it makes a folder there; where
 * layers are unpacked onto each other it follows the link.
 *
 * Spec: https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
#include "step/layer/layer.h"

#include "step/layer/tar_check.h"
#include "step/layer/tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

enum {
	BUFFER = 256 << 10,
	PATHS_BETWEEN_RESETS = 4096,
	LIMIT_LINKS = 200000, /* of one layer, remembered while it is walked */
};

struct walk {
	const struct walk_options *options;
	struct walk_visitor *visitor;
	struct inventory *inv;
	struct stream *decoded;
	struct archive *archive;
	struct arena *scratch; /* paths, reset now and then */
	struct tree *links;    /* of this layer: later entries may come through them */
	struct tar_check check;
	struct sha256 hash;
	unsigned char *buffer;
	size_t held;                   /* bytes in buffer that libarchive has not had */
	unsigned char tail[TAR_BLOCK]; /* the last bytes that came */
	bool ended;
	bool crowded;   /* said once that there are too many links */
	bool full;      /* said once that there are too many marks */
	bool failed;    /* no more can be read */
	struct err err; /* why */
};

/* ---- Bytes ---- */

/* The next piece of the tar into the buffer: its length, 0 at the end or when it failed. */
static size_t
next_piece(struct walk *w, size_t at)
{
	ssize_t n = w->failed || w->ended
			? 0
			: stream_read(w->decoded, w->buffer + at, BUFFER - at, &w->err);
	size_t len;

	if (n < 0) {
		w->failed = true;
		return 0;
	}
	len = (size_t)n;
	w->ended = len == 0;
	if (w->options->want_diff_id)
		sha256_update(&w->hash, w->buffer + at, len);
	tar_check_feed(&w->check, w->buffer + at, len);
	w->inv->size += len;
	if (w->inv->size > LIMIT_IMAGE) {
		err_set(&w->err, ERR_CONTENT, "larger than the limit of %llu bytes, uncompressed",
		    (unsigned long long)LIMIT_IMAGE);
		w->failed = true;
		return 0;
	}
	if (len >= TAR_BLOCK) {
		memcpy(w->tail, w->buffer + at + len - TAR_BLOCK, TAR_BLOCK);
	} else {
		memmove(w->tail, w->tail + len, TAR_BLOCK - len);
		memcpy(w->tail + TAR_BLOCK - len, w->buffer + at, len);
	}
	return len;
}

/*
 * A tar that ends with the bytes of its last member, without the zeros that fill their block. Old
 * umoci leaves them out, and runtimes do not miss them; nor is anything missing where a digest
 * covers the bytes that came. How many zeros are in the buffer now.
 */
static size_t
make_padding(struct walk *w)
{
	size_t len = w->options->undigested || w->check.skip ? 0 : w->check.padding;

	w->check.padding = 0;
	memset(w->buffer, 0, len);
	return len;
}

static la_ssize_t
give_piece(struct archive *archive, void *context, const void **ret)
{
	struct walk *w = context;
	size_t len = w->held ? w->held : next_piece(w, 0);

	w->held = 0;
	*ret = w->buffer;
	if (w->failed) {
		archive_set_error(archive, EIO, "%s", w->err.text);
		return -1;
	}
	return (la_ssize_t)(len ? len : make_padding(w));
}

/* The body of the entry under way. A failure is the layer's, and then of the kind ERR_IMAGE. */
struct body {
	struct stream stream;
	struct walk *walk;
};

static const char *
archive_reason(struct walk *w)
{
	const char *text = archive_error_string(w->archive);

	if (w->failed)
		return w->err.text;
	return text ? text : "the tar cannot be read";
}

static ssize_t
body_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct walk *w = ((struct body *)s)->walk;
	la_ssize_t n = archive_read_data(w->archive, buf, len);

	if (n >= 0)
		return n;
	if (!w->failed)
		err_set(&w->err, ERR_CONTENT, "%s", archive_reason(w));
	w->failed = true;
	return err_set(err, ERR_IMAGE, "%s", w->err.text);
}

static void
body_close(struct stream *s)
{
	(void)s;
}

/* ---- Paths ---- */

static struct str
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash ? (size_t)(slash - path) : 0 };
}

/* ---- Entries ---- */

static void
add_mark(struct walk *w, enum mark_kind kind, const char *path, const char *target, uint32_t file)
{
	struct inventory *inv = w->inv;

	if (inv->nmarks == LIMIT_MARKS) {
		if (!w->full)
			inventory_gap(inv, path, "more than %d entries of interest in one layer",
			    LIMIT_MARKS);
		w->full = true;
		return;
	}
	inventory_mark(inv, kind, arena_string(inv->arena, str_of(path)),
	    arena_string(inv->arena, str_of(target)), file);
}

/* True if the name was one of the whiteout kind, and is dealt with. */
static bool
take_whiteout(struct walk *w, const char *path)
{
	struct str folder = folder_of(path);
	const char *base = path + folder.len + (folder.len > 0);
	const char *victim;

	if (strncmp(base, ".wh.", 4) != 0)
		return false;
	if (strcmp(base, ".wh..wh..opq") == 0) {
		victim = path_normal(w->scratch, folder, STR("."));
		if (victim &&
		    want_relevance(&w->options->wants, str_of(victim), NULL) != IRRELEVANT)
			add_mark(w, MARK_OPAQUE, victim, "", MARK_NO_FILE);
		return true;
	}
	if (strncmp(base, ".wh..wh.", 8) == 0)
		return true;
	if (base[4] == '\0' || strcmp(base + 4, ".") == 0 || strcmp(base + 4, "..") == 0) {
		inventory_gap(w->inv, path, "a whiteout without a name");
		return true;
	}
	victim = path_normal(w->scratch, folder, str_of(base + 4));
	if (victim && want_relevance(&w->options->wants, str_of(victim), NULL) != IRRELEVANT)
		add_mark(w, MARK_WHITEOUT, victim, "", MARK_NO_FILE);
	return true;
}

/* A link, by its own name: later entries may come through it. */
static void
note_link(struct walk *w, const char *path, const char *target)
{
	if (tree_links(w->links) < LIMIT_LINKS)
		tree_note(w->links, path, NODE_LINK, target);
	else if (!w->crowded) {
		w->crowded = true;
		inventory_gap(
		    w->inv, path, "more than %d symbolic links in one layer", LIMIT_LINKS);
	}
}

static void
take_hardlink(struct walk *w, struct archive_entry *e, const char *path, enum relevance relevance)
{
	const char *target = path_normal(w->scratch, STR(""), str_of(archive_entry_hardlink(e)));
	const char *link;

	target = target ? tree_place(w->links, target, w->scratch) : NULL;
	link = target ? tree_link(w->links, target) : NULL;
	if (link)
		note_link(w, path, link);
	else
		tree_note(w->links, path, NODE_FILE, NULL);
	if (relevance == IRRELEVANT)
		return;
	if (!target || !*target)
		inventory_gap(w->inv, path, "a hard link to a path that is too long or none");
	else
		add_mark(w, MARK_HARDLINK, path, target, MARK_NO_FILE);
}

static void
take_symlink(struct walk *w, struct archive_entry *e, const char *path, enum relevance relevance)
{
	const char *target = archive_entry_symlink(e);

	if (!target || strlen(target) >= LIMIT_PATH) {
		inventory_gap(w->inv, path, "a symbolic link whose target is too long or none");
		return;
	}
	note_link(w, path, target);
	if (relevance != IRRELEVANT)
		add_mark(w, MARK_SYMLINK, path, target, MARK_NO_FILE);
}

static int
take_file(struct walk *w, struct archive_entry *e, const char *path, const struct want *want,
    struct err *err)
{
	struct body body = { { body_read, body_close }, w };
	int64_t size = archive_entry_size_is_set(e) ? archive_entry_size(e) : 0;
	const char *as = want_as(w->inv->arena, want, str_of(path));

	path = arena_string(w->inv->arena, str_of(path));
	if (w->visitor->file(
		w->visitor, want, path, as, size < 0 ? 0 : (uint64_t)size, &body.stream, err) < 0)
		return -1;
	add_mark(w, MARK_FILE, path, "", (uint32_t)(w->inv->nfiles - 1));
	if (w->failed)
		inventory_gap(w->inv, path, "%s", w->err.text);
	return 0;
}

/* Anything but a link: what it is to the merged tree. */
static int
take_plain(struct walk *w, struct archive_entry *e, const char *path, enum relevance relevance,
    const struct want *want, struct err *err)
{
	bool is_folder = archive_entry_filetype(e) == AE_IFDIR;
	bool is_file = archive_entry_filetype(e) == AE_IFREG;

	if (tree_links(w->links))
		tree_note(w->links, path, is_folder ? NODE_FOLDER : NODE_FILE, NULL);
	if (relevance == IRRELEVANT)
		return 0;
	if (is_file && relevance == WANTED)
		return take_file(w, e, path, want, err);
	add_mark(w,
	    is_file     ? MARK_FILE
	    : is_folder ? MARK_FOLDER
			: MARK_OTHER,
	    path, "", MARK_NO_FILE);
	return 0;
}

/* Where the entry lies, in normal form, its folders led through this layer's own links; NULL: nowhere. */
static const char *
place_of(struct walk *w, struct archive_entry *e)
{
	const char *raw = archive_entry_pathname(e);
	const char *path = raw ? path_normal(w->scratch, STR(""), str_of(raw)) : NULL;

	if (path && tree_links(w->links))
		path = tree_place(w->links, path, w->scratch);
	return path;
}

/* A runtime takes these bytes for the next headers, libarchive for a body. */
static void
tell_stray_body(struct walk *w, struct archive_entry *e, const char *path)
{
	bool is_hardlink = archive_entry_hardlink(e) != NULL;
	bool has_body = !is_hardlink && archive_entry_filetype(e) == AE_IFREG;

	if (!has_body && archive_entry_size_is_set(e) && archive_entry_size(e) > 0)
		inventory_gap(w->inv, path, "%s that carries data",
		    is_hardlink ? "a hard link" : "a folder, link or device");
}

static int
take_entry(struct walk *w, struct archive_entry *e, struct err *err)
{
	const char *path = place_of(w, e);
	const struct want *want = NULL;
	enum relevance relevance;

	if (!path) {
		inventory_gap(w->inv, NULL,
		    "an entry whose path is longer than %llu bytes, or leads in circles",
		    (unsigned long long)LIMIT_PATH);
		return 0;
	}
	tell_stray_body(w, e, path);
	if (!*path || take_whiteout(w, path))
		return 0;
	relevance = want_relevance(&w->options->wants, str_of(path), &want);
	if (archive_entry_hardlink(e))
		take_hardlink(w, e, path, relevance);
	else if (archive_entry_filetype(e) == AE_IFLNK)
		take_symlink(w, e, path, relevance);
	else
		return take_plain(w, e, path, relevance, want, err);
	return 0;
}

/* libarchive warns of names that it cannot convert, and hands the bytes out all the same. */
static bool
is_only_charset(struct walk *w)
{
	const char *text = archive_error_string(w->archive);

	return text && strstr(text, "can't be converted");
}

/* The next entry; NULL at the end, and where nothing more can be read: that is a gap. */
static struct archive_entry *
next_entry(struct walk *w)
{
	struct archive_entry *e;
	int status = archive_read_next_header(w->archive, &e);

	if (status == ARCHIVE_EOF)
		return NULL;
	if (status < ARCHIVE_WARN) {
		inventory_gap(w->inv, NULL, "%s", archive_reason(w));
		return NULL;
	}
	if (status == ARCHIVE_WARN && !is_only_charset(w))
		inventory_gap(w->inv, NULL, "a tar header is damaged: %s", archive_reason(w));
	return e;
}

static int
walk_entries(struct walk *w, struct err *err)
{
	struct archive_entry *e;

	while ((e = next_entry(w)) != NULL) {
		if (++w->inv->entries > LIMIT_ENTRIES) {
			inventory_gap(w->inv, NULL, "more than %d entries", LIMIT_ENTRIES);
			return 0;
		}
		if (w->inv->entries % PATHS_BETWEEN_RESETS == 0)
			arena_reset(w->scratch);
		if (take_entry(w, e, err) < 0)
			return -1;
		if (w->failed)
			return 0;
	}
	return 0;
}

/* ---- The whole ---- */

static const char *
looks_like(const unsigned char *head)
{
	static const struct {
		const char *magic, *name;
	} table[] = {
		{ "<", "HTML or XML" },
		{ "PK\x03\x04", "a zip file" },
		{ "\177ELF", "a program" },
		{ "\x1f\x8b", "gzip within gzip" },
		{ "\x28\xb5\x2f\xfd", "zstd within zstd" },
		{ "{", "JSON" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (memcmp(head, table[i].magic, strlen(table[i].magic)) == 0)
			return table[i].name;
	return "no tar";
}

static int
walk_tar(struct walk *w, struct err *err)
{
	size_t len;

	while (w->held < TAR_BLOCK && (len = next_piece(w, w->held)) > 0)
		w->held += len;
	if (w->held == 0)
		return 0; /* no byte at all is an empty layer, which libarchive does not know */
	if (w->held < TAR_BLOCK)
		memset(w->buffer + w->held, 0, TAR_BLOCK - w->held);
	if (!tar_block_empty(w->buffer) && !tar_header_valid(w->buffer)) {
		inventory_gap(w->inv, NULL, "not a layer: it looks like %s", looks_like(w->buffer));
		w->held = 0;
		return 0;
	}
	archive_read_support_format_tar(w->archive);
	if (archive_read_open(w->archive, w, NULL, give_piece, NULL) != ARCHIVE_OK) {
		inventory_gap(w->inv, NULL, "%s", archive_reason(w));
		return 0;
	}
	return walk_entries(w, err);
}

/* What stands behind the tar still counts for digest, length and checksum. */
static void
walk_rest(struct walk *w)
{
	bool said = w->inv->ngaps > 0;
	bool open_ended = w->ended && !tar_block_empty(w->tail);

	while (next_piece(w, 0) > 0)
		continue;
	if (w->check.odd)
		inventory_gap(
		    w->inv, NULL, "tar headers that programs read differently: %s", w->check.odd);
	if (w->failed && !said)
		inventory_gap(w->inv, NULL, "%s", w->err.text);
	if (!w->failed && !said && open_ended && w->options->undigested && w->inv->size > 0)
		inventory_gap(w->inv, NULL, "the tar has no end: it may be cut");
}

int
layer_walk(struct stream *blob, const struct walk_options *o, struct walk_visitor *v,
    struct inventory *inv, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_FREE unsigned char *buffer = xalloc(BUFFER);
	AUTO_STREAM decoded = stream_decode(blob, o->undigested, ERR_CONTENT);
	struct walk w = { .options = o,
		.visitor = v,
		.inv = inv,
		.decoded = decoded,
		.scratch = scratch,
		.buffer = buffer };
	char hex[SHA256_HEX];
	ssize_t n;
	int result;

	w.archive = archive_read_new();
	if (!w.archive)
		return err_set(err, ERR_INTERNAL, "out of memory");
	w.links = tree_new(inv->arena);
	sha256_init(&w.hash);
	result = walk_tar(&w, err);
	archive_read_free(w.archive);
	if (result == 0)
		walk_rest(&w);
	tree_free(w.links);
	tar_check_release(&w.check);
	if (result < 0)
		return -1;
	while ((n = stream_read(blob, buffer, BUFFER, err)) > 0)
		continue;
	if (o->want_diff_id && !w.failed) {
		sha256_hex(&w.hash, hex);
		inv->diff_id = arena_textf(inv->arena, "sha256:%s", hex);
	}
	return n < 0 ? -1 : 0;
}
