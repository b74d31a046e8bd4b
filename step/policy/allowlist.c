/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.c - allow-lists: TABLE of formats, which one a file is, and several files as one list
 *
 * A file's name says its format where it is one that a program looks for (.trivyignore,
 * clair-whitelist.yml); of any other file, its content: what a list of identifiers begins with, or the
 * keys on top. What nobody claims is ours, whose reader says what is wrong with it.
 *
 * In a checkout only files are found, and no symbolic links, wherever they lead: one to .npmrc would make
 * a report quote what is in there.
 */
#include "step/policy/allowlist.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Paths and package URLs: of one id each may be compared with each package, and a finding has many ids. */
#define LIMIT_BOUND     1000
#define LIMIT_BOUND_ALL 10000

const struct allowlist_format *const allowlist_formats[] = {
	&allowlist_ours,
	&allowlist_gitlab,
	&allowlist_clair,
	&allowlist_trivy,
	&allowlist_trivy_yaml,
};
const size_t nallowlist_formats = ARRAY_LEN(allowlist_formats);

char *
allow_exact(struct arena *a, struct str text)
{
	char *line = arena_text(a, text);

	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return line;
}

const char *
allow_line(struct arena *a, const char *text)
{
	struct str s = str_trim(str_of(text));

	return s.len > 0 ? allow_exact(a, s) : NULL;
}

const char *
allow_reason(struct arena *a, struct str text)
{
	struct str s = str_trim(text);

	if (s.len == 0)
		return "the list gives no reason";
	if (s.len <= LIMIT_PATTERN)
		return allow_exact(a, s);
	s.len = LIMIT_PATTERN;
	while (((unsigned char)s.ptr[s.len] & 0xc0) == 0x80)
		s.len--;
	return arena_textf(a, "%s ...", allow_exact(a, s));
}

struct allow_entry *
allowlist_add(struct allowlist *l, const struct allow_source *in, size_t number)
{
	struct allow_entry e = {
		.path = in->path, .number = number, .order = l->nentries, .end = INT64_MAX
	};

	l->entries = arena_grow(in->arena, l->entries, l->nentries, sizeof(*l->entries));
	l->entries[l->nentries] = e;
	return &l->entries[l->nentries++];
}

void
allowlist_note(struct allowlist *l, const struct allow_source *in, const char *fmt, ...)
{
	va_list args;
	const char *text;

	va_start(args, fmt);
	text = arena_textv(in->arena, fmt, args);
	va_end(args);
	l->notes = arena_grow(in->arena, l->notes, l->nnotes, sizeof(*l->notes));
	l->notes[l->nnotes++] = arena_textf(in->arena, "the allow-list %s %s", in->path, text);
}

/* ---- Which format ---- */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
is_named(const struct allowlist_format *f, const char *name)
{
	for (const char *const *file = f->files; *file; file++)
		if (strcmp(*file, name) == 0)
			return true;
	return f->stem && str_starts(str_of(name), f->stem);
}

static const struct allowlist_format *
format_by_name(const char *path)
{
	for (size_t i = 0; i < nallowlist_formats; i++)
		if (is_named(allowlist_formats[i], base_name(path)))
			return allowlist_formats[i];
	return NULL;
}

static const struct allowlist_format *
format_by_content(struct str bytes, const struct doc *root)
{
	for (size_t i = 0; i < nallowlist_formats; i++)
		if (allowlist_formats[i]->claims(bytes, root))
			return allowlist_formats[i];
	return NULL;
}

/* ---- Reading ---- */

static void
note_repeats(struct allowlist *l, const struct allow_source *in)
{
	for (size_t i = 0; i < in->repeats.n && i < LIMIT_SAID; i++)
		allowlist_note(l, in,
		    "has the key '%s' twice, again on line %zu: the last one holds",
		    in->repeats.list[i].key, in->repeats.list[i].line);
	if (in->repeats.n > LIMIT_SAID)
		allowlist_note(l, in, "has %zu more keys twice: the last one holds",
		    in->repeats.n - LIMIT_SAID);
}

/* What the bytes say, in this format, or (NULL) in the one that they say; it goes to the list in a. */
static int
read_bytes(struct allowlist *l, const char *name, const struct allowlist_format *format,
    struct str bytes, struct arena *a, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_DOC root = NULL;
	struct allow_source in = {
		.path = arena_text(a, str_of(name)), .format = format, .bytes = bytes, .arena = a
	};

	if (!in.format)
		in.format = format_by_content(bytes, NULL);
	if ((!in.format || !in.format->is_plain) &&
	    doc_parse_yaml_repeats(bytes, ERR_USAGE, scratch, &in.repeats, &root, err) < 0)
		return -1;
	in.root = root;
	if (!in.format)
		in.format = format_by_content(bytes, root);
	if (!in.format)
		in.format = &allowlist_ours;
	if (in.repeats.n > 0 && !in.format->takes_repeats)
		return doc_repeat_error(&in.repeats.list[0], ERR_USAGE, err);
	note_repeats(l, &in);
	return in.format->read(&in, l, err);
}

static size_t
count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static size_t
nbound(const struct allow_entry *e)
{
	return count(e->paths) + count(e->purls);
}

/* Of pointers. */
static int
by_id(const void *a, const void *b)
{
	return strcmp((*(const struct allow_entry *const *)a)->id,
	    (*(const struct allow_entry *const *)b)->id);
}

static int
check_bound(const struct allowlist *l, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	const struct allow_entry **bound =
	    arena_alloc(scratch, (l->nentries + 1) * sizeof(const struct allow_entry *));
	size_t n = 0, sum = 0, all = 0;

	for (size_t i = 0; i < l->nentries; i++) {
		if (l->entries[i].paths || l->entries[i].purls)
			bound[n++] = &l->entries[i];
		all += nbound(&l->entries[i]);
		if (all > LIMIT_BOUND_ALL)
			return err_set(err, ERR_USAGE,
			    "allow-list %s: more than %d paths and package URLs in all",
			    l->entries[i].path, LIMIT_BOUND_ALL);
	}
	if (n > 1)
		qsort(bound, n, sizeof(const struct allow_entry *), by_id);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcmp(bound[i]->id, bound[i - 1]->id) != 0)
			sum = 0;
		sum += nbound(bound[i]);
		if (sum > LIMIT_BOUND)
			return err_set(err, ERR_USAGE,
			    "allow-list %s: more than %d paths and package URLs for %s",
			    bound[i]->path, LIMIT_BOUND, bound[i]->id);
	}
	return 0;
}

int
allowlist_add_bytes(struct allowlist **list, const char *name,
    const struct allowlist_format *format, struct str bytes, struct arena *a, struct err *err)
{
	struct allowlist *l = *list ? *list : arena_alloc(a, sizeof(*l));

	if (bytes.len > LIMIT_YAML)
		return err_set(err, ERR_USAGE,
		    "allow-list %s: larger than the limit of %" PRIu64 " bytes", name, LIMIT_YAML);
	if (read_bytes(l, name, format, bytes, a, err) < 0)
		return err_wrap(err, "allow-list %s", name);
	if (check_bound(l, err) < 0)
		return -1;
	*list = l;
	return 0;
}

int
allowlist_add_text(
    struct allowlist **list, const char *name, struct str text, struct arena *a, struct err *err)
{
	return allowlist_add_bytes(list, name, &allowlist_clair, text, a, err);
}

void
allowlist_left_out(struct allowlist **list, const char *link, struct arena *a)
{
	struct allowlist *l = *list ? *list : arena_alloc(a, sizeof(*l));
	const struct allow_source in = { .path = arena_text(a, str_of(link)), .arena = a };

	allowlist_note(l, &in,
	    "is a symbolic link and was left out: of a checkout only files are taken; who means it "
	    "names it with --allowlist");
	*list = l;
}

int
allowlist_read(
    const char *const *paths, size_t n, struct arena *a, struct allowlist **ret, struct err *err)
{
	struct allowlist *l = NULL;

	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA scratch = arena_new();
		struct str bytes = STR("");

		if (file_whole(paths[i], LIMIT_YAML, ERR_USAGE, scratch, &bytes, err) < 0)
			return err_wrap(err, "allow-list %s", paths[i]);
		if (allowlist_add_bytes(&l, paths[i], format_by_name(paths[i]), bytes, a, err) < 0)
			return -1;
	}
	*ret = l;
	return 0;
}

/* ---- Finding ---- */

/* What in the folder bears a list's name and is of this type, as lstat() has it. */
static void
find_type(const char *folder, mode_t type, struct arena *a, const char ***ret, size_t *ret_n)
{
	const char **found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < nallowlist_formats; i++)
		for (const char *const *file = allowlist_formats[i]->files; *file; file++) {
			const char *path = strcmp(folder, ".") == 0
					       ? *file
					       : arena_textf(a, "%s/%s", folder, *file);

			struct stat st;

			if (lstat(path, &st) < 0 || (st.st_mode & S_IFMT) != type)
				continue;
			found = arena_grow(a, found, n, sizeof(*found));
			found[n++] = path;
		}
	*ret = found;
	*ret_n = n;
}

void
allowlist_find(const char *folder, struct arena *a, const char ***ret, size_t *ret_n)
{
	find_type(folder, S_IFREG, a, ret, ret_n);
}

void
allowlist_find_links(const char *folder, struct arena *a, const char ***ret, size_t *ret_n)
{
	find_type(folder, S_IFLNK, a, ret, ret_n);
}
