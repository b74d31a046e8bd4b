/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inventory.c - an inventory's wire form: everything is checked when it is read
 *
 *      magic "SSINV" FORMAT | size entries | diff_id
 *      count (kind path target file)*  count (reader path packages gaps distro)*  count (path reason)*
 *
 * Numbers are 8 bytes, the lowest first; a text is its length and its bytes; an
 * absent text has the length ABSENT.
 */
#include "step/layer/inventory.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT           UINT64_MAX
#define LIMIT_LAYER_GAPS 100 /* of one layer, and one that says there are more */

static const char magic[] = { 'S', 'S', 'I', 'N', 'V', INVENTORY_FORMAT };

struct inventory *
inventory_new(struct arena *a)
{
	struct inventory *inv = arena_alloc(a, sizeof(*inv));

	inv->arena = a;
	return inv;
}

void
inventory_mark(
    struct inventory *inv, enum mark_kind kind, const char *path, const char *target, uint32_t file)
{
	inv->marks = arena_grow(inv->arena, inv->marks, inv->nmarks, sizeof(*inv->marks));
	inv->marks[inv->nmarks++] = (struct mark){ kind, path, target, file };
}

void
inventory_gap(struct inventory *inv, const char *path, const char *fmt, ...)
{
	char reason[512] = "more problems follow; they are not listed";
	va_list ap;

	if (inv->ngaps > LIMIT_LAYER_GAPS)
		return;
	if (inv->ngaps == LIMIT_LAYER_GAPS) {
		path = NULL;
	} else {
		va_start(ap, fmt);
		vsnprintf(reason, sizeof(reason), fmt, ap);
		va_end(ap);
	}
	inv->gaps = arena_grow(inv->arena, inv->gaps, inv->ngaps, sizeof(*inv->gaps));
	inv->gaps[inv->ngaps++] = (struct inventory_gap){
		path ? arena_text(inv->arena, str_of(path)) : NULL,
		arena_text(inv->arena, str_of(reason)),
	};
}

/* ---- Writing ---- */

struct out {
	char *bytes;
	size_t len, size;
};

static void
put(struct out *o, const void *bytes, size_t len)
{
	if (o->size - o->len < len) {
		o->size = 2 * o->size + len + 4096;
		o->bytes = xrealloc(o->bytes, o->size);
	}
	memcpy(o->bytes + o->len, bytes, len);
	o->len += len;
}

static void
put_number(struct out *o, uint64_t n)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(n >> (8 * i));
	put(o, bytes, sizeof(bytes));
}

static void
put_text(struct out *o, const char *text)
{
	put_number(o, text ? strlen(text) : ABSENT);
	if (text)
		put(o, text, strlen(text));
}

static void
put_file(struct out *o, const struct inventory_file *f)
{
	put_number(o, f->reader);
	put_text(o, f->path);
	put_number(o, f->npackages);
	for (size_t i = 0; i < f->npackages; i++) {
		const struct package *p = &f->packages[i];

		put_text(o, p->type);
		put_text(o, p->name);
		put_text(o, p->version);
		put_text(o, p->arch);
		put_text(o, p->source_name);
		put_text(o, p->source_version);
	}
	put_number(o, f->ngaps);
	for (size_t i = 0; i < f->ngaps; i++)
		put_text(o, f->gaps[i]);
	put_number(o, f->distro != NULL);
	if (f->distro) {
		put_text(o, f->distro->id);
		put_text(o, f->distro->version);
		put_text(o, f->distro->codename);
		put_text(o, f->distro->name);
	}
}

void
inventory_write(const struct inventory *inv, struct str *ret)
{
	struct out o = { 0 };

	put(&o, magic, sizeof(magic));
	put_number(&o, inv->size);
	put_number(&o, inv->entries);
	put_text(&o, inv->diff_id);
	put_number(&o, inv->nmarks);
	for (size_t i = 0; i < inv->nmarks; i++) {
		put_number(&o, inv->marks[i].kind);
		put_text(&o, inv->marks[i].path);
		put_text(&o, inv->marks[i].target);
		put_number(&o, inv->marks[i].file);
	}
	put_number(&o, inv->nfiles);
	for (size_t i = 0; i < inv->nfiles; i++)
		put_file(&o, &inv->files[i]);
	put_number(&o, inv->ngaps);
	for (size_t i = 0; i < inv->ngaps; i++) {
		put_text(&o, inv->gaps[i].path);
		put_text(&o, inv->gaps[i].reason);
	}
	*ret = (struct str){ o.bytes, o.len };
}

/* ---- Reading: the first thing that is wrong sticks, and later calls answer nothing ---- */

struct in {
	struct str rest;
	struct arena *arena;
	bool bad;
};

static uint64_t
get_number(struct in *in, uint64_t max)
{
	uint64_t n = 0;

	if (in->rest.len < 8) {
		in->bad = true;
		return 0;
	}
	for (size_t i = 0; i < 8; i++)
		n |= (uint64_t)(unsigned char)in->rest.ptr[i] << (8 * i);
	in->rest = str_skip(in->rest, 8);
	if (n > max) {
		in->bad = true;
		return 0;
	}
	return n;
}

/* A count of things that take at least so many bytes each: what is left bounds it before memory does. */
static size_t
get_count(struct in *in, uint64_t max, size_t least_size)
{
	uint64_t n = get_number(in, max);

	if (n > in->rest.len / least_size) {
		in->bad = true;
		return 0;
	}
	return (size_t)n;
}

/* Bytes without a NUL, or NULL where absent. */
static const char *
get_bytes(struct in *in, uint64_t max)
{
	uint64_t len = get_number(in, UINT64_MAX);
	char *copy;

	if (in->bad || len == ABSENT)
		return NULL;
	if (len > max || len > in->rest.len || memchr(in->rest.ptr, '\0', (size_t)len)) {
		in->bad = true;
		return NULL;
	}
	copy = arena_alloc(in->arena, (size_t)len + 1);
	memcpy(copy, in->rest.ptr, (size_t)len);
	in->rest = str_skip(in->rest, (size_t)len);
	return copy;
}

/* Valid UTF-8; NULL only where absent is allowed. */
static const char *
get_text(struct in *in, bool may_be_absent)
{
	const char *text = get_bytes(in, LIMIT_FIELD), *at = text;
	int32_t c = 0;

	if (!text) {
		in->bad |= !may_be_absent;
		return may_be_absent ? NULL : "";
	}
	while ((c = utf8_next(&at)) > 0)
		continue;
	in->bad |= c < 0;
	return text;
}

static bool
path_is_normal(const char *path)
{
	struct str rest = str_of(path);

	do {
		struct str part = str_cut(&rest, '/');

		if (part.len == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
	} while (rest.len);
	return path[strlen(path) - 1] != '/';
}

/* Only what concerns the root itself has an empty path. */
static const char *
get_path(struct in *in, bool may_be_root)
{
	const char *path = get_bytes(in, LIMIT_PATH);

	if (!path || !(path_is_normal(path) || (may_be_root && !*path))) {
		in->bad = true;
		return "x";
	}
	return path;
}

static void
get_marks(struct in *in, struct inventory *inv)
{
	inv->nmarks = get_count(in, LIMIT_MARKS, 32);
	inv->marks = arena_alloc(in->arena, inv->nmarks * sizeof(*inv->marks));
	for (size_t i = 0; i < inv->nmarks && !in->bad; i++) {
		struct mark *m = &inv->marks[i];

		m->kind = (enum mark_kind)get_number(in, MARK_COUNT - 1);
		m->path = get_path(in, m->kind == MARK_OPAQUE);
		m->target = get_bytes(in, LIMIT_PATH);
		m->file = (uint32_t)get_number(in, MARK_NO_FILE);
		in->bad |= m->target == NULL;
		if (m->kind == MARK_HARDLINK && !in->bad)
			in->bad = !path_is_normal(m->target);
	}
}

static struct package
get_package(struct in *in)
{
	struct package p = { .type = get_text(in, false) };

	p.name = get_text(in, false);
	p.version = get_text(in, false);
	p.arch = get_text(in, true);
	p.source_name = get_text(in, false);
	p.source_version = get_text(in, false);
	in->bad |= !*p.type || !*p.name || !*p.version;
	return p;
}

static void
get_file(struct in *in, struct inventory_file *f, size_t nreaders)
{
	f->reader = (unsigned)get_number(in, nreaders - 1);
	f->path = get_path(in, false);
	f->npackages = get_count(in, LIMIT_PACKAGES, 48);
	f->packages = arena_alloc(in->arena, f->npackages * sizeof(*f->packages));
	for (size_t i = 0; i < f->npackages && !in->bad; i++)
		f->packages[i] = get_package(in);
	f->ngaps = get_count(in, LIMIT_MARKS, 8);
	f->gaps = arena_alloc(in->arena, f->ngaps * sizeof(*f->gaps));
	for (size_t i = 0; i < f->ngaps && !in->bad; i++)
		f->gaps[i] = get_text(in, false);
	if (get_number(in, 1)) {
		f->distro = arena_alloc(in->arena, sizeof(*f->distro));
		f->distro->id = get_text(in, false);
		f->distro->version = get_text(in, true);
		f->distro->codename = get_text(in, true);
		f->distro->name = get_text(in, true);
	}
}

static void
get_files(struct in *in, struct inventory *inv, size_t nreaders)
{
	inv->nfiles = get_count(in, LIMIT_MARKS, 40);
	inv->files = arena_alloc(in->arena, inv->nfiles * sizeof(*inv->files));
	for (size_t i = 0; i < inv->nfiles && !in->bad; i++)
		get_file(in, &inv->files[i], nreaders);
	for (size_t i = 0; i < inv->nmarks && !in->bad; i++)
		in->bad = inv->marks[i].file != MARK_NO_FILE && inv->marks[i].file >= inv->nfiles;
}

int
inventory_read(
    struct str bytes, size_t nreaders, struct arena *a, struct inventory **ret, struct err *err)
{
	struct in in = { bytes, a, false };
	struct inventory *inv = inventory_new(a);

	if (bytes.len < sizeof(magic) || memcmp(bytes.ptr, magic, sizeof(magic)) != 0)
		return err_set(err, ERR_CONTENT, "the inventory has another format");
	in.rest = str_skip(bytes, sizeof(magic));
	inv->size = get_number(&in, UINT64_MAX);
	inv->entries = get_number(&in, UINT64_MAX);
	inv->diff_id = get_text(&in, true);
	get_marks(&in, inv);
	if (!in.bad)
		get_files(&in, inv, nreaders);
	inv->ngaps = get_count(&in, LIMIT_LAYER_GAPS + 1, 16);
	inv->gaps = arena_alloc(a, inv->ngaps * sizeof(*inv->gaps));
	for (size_t i = 0; i < inv->ngaps && !in.bad; i++) {
		inv->gaps[i].path = get_text(&in, true);
		inv->gaps[i].reason = get_text(&in, false);
	}
	if (in.bad || in.rest.len || (inv->diff_id && !digest_valid(str_of(inv->diff_id))))
		return err_set(err, ERR_CONTENT, "the inventory is damaged");
	*ret = inv;
	return 0;
}
