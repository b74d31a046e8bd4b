/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.c - documents from the web, each with a copy that spares its next transfer
 *
 * RFC 9110, section 13: a server that is told the ETag and Last-Modified of what we have answers 304
 * and no body while it has nothing else. A copy is one file, named by the SHA-256 of its address:
 *
 *      scanstep feed copy 1
 *      place SHA-256        of the address that answered, behind redirects, without its query
 *      etag VALUE           as the server wrote it
 *      modified VALUE
 *                           and an empty line; then the document, then the SHA-256 of all before
 *
 * No address stands in it, because addresses may hold secrets. The conditions are sent to that one place
 * alone: elsewhere the same ETag may mean another document. Copies appear by rename, and only of
 * documents that a feed has read to the end: what a captive portal sends must not become the copy
 * that its date makes look new for months. Two builds at once need no lock.
 */
#include "step/advisory/fetch.h"

#include "step/base/http.h"
#include "step/base/url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_FETCH      (8 * GIB)  /* one document as it is sent; OSV's largest archive is 2 GiB */
#define LIMIT_VALIDATOR  1024       /* an ETag; usual ones are below 100 */
#define LIMIT_COPY_LINES (4 * KIB)  /* what stands before the document in a copy */
#define COPY_AGE         (30 * DAY) /* unused for so long, it will not be asked for again */
#define COPY_MARK        "scanstep feed copy 1"

/* What a copy tells of its document; all NULL without one. */
struct validators {
	const char *place, *etag, *modified;
};

struct copy {
	int fd; /* -1: there is none */
	uint64_t offset, size;
	struct validators validators;
};

struct fetch {
	struct stream stream; /* what is read, counted and copied as it is */
	struct fetcher *fetcher;
	struct arena *arena;
	const char *name;
	const char *path; /* of the copy, or NULL */
	struct copy copy; /* the one there was */
	struct stream *body;
	bool optional;
	enum fetch_outcome outcome;
	uint64_t bytes;

	struct validators validators; /* of what comes now */
	struct new_file *file;        /* the copy that is being made, or NULL */
	struct sha256 hash;           /* of what is in it */
};

/* ---- The copy there is ---- */

/* It goes back into a request as it stands. */
static const char *
validator(const char *value)
{
	size_t len = value ? strlen(value) : 0;

	for (size_t i = 0; i < len; i++)
		if (value[i] < ' ' || value[i] > '~')
			return NULL;
	return len > 0 && len <= LIMIT_VALIDATOR ? value : NULL;
}

/* The lines before the document; false for a copy that has others. */
static bool
read_lines(struct str head, struct arena *a, struct copy *c)
{
	struct str rest = head, line = str_line(&rest);
	struct validators *v = &c->validators;

	if (!str_is(line, COPY_MARK))
		return false;
	while (rest.len > 0 && (line = str_line(&rest)).len > 0) {
		struct str name = str_cut(&line, ' ');
		const char *value = validator(arena_text(a, line));

		if (str_is(name, "place"))
			v->place = value;
		else if (str_is(name, "etag"))
			v->etag = value;
		else if (str_is(name, "modified"))
			v->modified = value;
		else
			return false;
	}
	c->offset = (uint64_t)(rest.ptr - head.ptr);
	return v->place != NULL && rest.len > 0;
}

/* Is it ours, whole and unchanged? Sets all of c but fd. */
static bool
check_copy(int fd, struct arena *a, struct copy *c)
{
	AUTO_STREAM s = NULL;
	struct stat st;
	struct err err;
	const char *digest;
	char *head = arena_alloc(a, LIMIT_COPY_LINES), hex[SHA256_HEX] = "";
	uint64_t size;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0 || st.st_size < SHA256_HEX)
		return false;
	size = (uint64_t)st.st_size - (SHA256_HEX - 1);
	n = pread(fd, head, LIMIT_COPY_LINES, 0);
	if (n < 0 || !read_lines((struct str){ head, (size_t)n }, a, c) || c->offset > size ||
	    pread(fd, hex, SHA256_HEX - 1, (off_t)size) != SHA256_HEX - 1)
		return false;
	c->size = size - c->offset;
	s = stream_of_file(fd, ERR_DATABASE, 0, size);
	return digest_stream(s, a, &digest, &size, &err) == 0 &&
	       strcmp(strchr(digest, ':') + 1, hex) == 0;
}

static void
open_copy(struct fetch *f)
{
	AUTO_FD fd = -1;

	if (!f->path)
		return;
	fd = open(f->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || !check_copy(fd, f->arena, &f->copy)) {
		f->copy.validators = (struct validators){ NULL, NULL, NULL };
		return;
	}
	f->copy.fd = fd;
	fd = -1;
}

/* ---- The copy that is made ---- */

static void
no_copies(struct fetcher *f, const char *why)
{
	if (!f->report.trouble)
		f->report.trouble =
		    arena_textf(f->arena, "documents are not kept for the next time: %s", why);
}

static void
drop_file(struct fetch *f, const char *why)
{
	new_file_abandon(f->file);
	f->file = NULL;
	no_copies(f->fetcher, why);
}

static void
put_bytes(struct fetch *f, struct str bytes)
{
	if (!f->file)
		return;
	sha256_update(&f->hash, bytes.ptr, bytes.len);
	/* A full disk is no reason to have no database. */
	if (fwrite(bytes.ptr, 1, bytes.len, new_file_stream(f->file)) != bytes.len)
		drop_file(
		    f, arena_textf(f->arena, "cannot write '%s': %s", f->path, strerror(errno)));
}

static void
put_line(struct fetch *f, const char *name, const char *value)
{
	if (value)
		put_bytes(f, str_of(arena_textf(f->arena, "%s %s\n", name, value)));
}

static void
begin_copy(struct fetch *f)
{
	struct err err;

	/* Without either the server has nothing to compare. */
	if (!f->path || (!f->validators.etag && !f->validators.modified))
		return;
	f->file = new_file_open(f->path, ERR_DATABASE, &err);
	if (!f->file) {
		no_copies(f->fetcher, err.text);
		return;
	}
	/* Whatever the umask: who can write to it decides verdicts. */
	(void)!fchmod(fileno(new_file_stream(f->file)), 0600);
	sha256_init(&f->hash);
	put_bytes(f, STR(COPY_MARK "\n"));
	put_line(f, "place", f->validators.place);
	put_line(f, "etag", f->validators.etag);
	put_line(f, "modified", f->validators.modified);
	put_bytes(f, STR("\n"));
}

static void
commit_copy(struct fetch *f)
{
	char hex[SHA256_HEX];
	struct err err;

	if (!f->file) {
		/* What is there is of an older document. */
		if (f->path)
			(void)!unlink(f->path);
		return;
	}
	sha256_hex(&f->hash, hex);
	fwrite(hex, 1, SHA256_HEX - 1, new_file_stream(f->file));
	if (new_file_commit(f->file, false, &err) < 0)
		no_copies(f->fetcher, err.text);
	f->file = NULL;
}

static bool
is_copy(struct str name)
{
	bool hex = name.len == SHA256_HEX - 1;

	for (size_t i = 0; hex && i < name.len; i++)
		hex = strchr("0123456789abcdef", name.ptr[i]) != NULL;
	return hex;
}

void
fetcher_keep(struct fetcher *f, const char *folder)
{
	struct err err;
	AUTO_FD fd = file_own_folder(folder, ERR_DATABASE, &err);

	if (fd < 0) {
		no_copies(f, err.text);
		return;
	}
	new_file_sweep(folder);
	file_sweep(folder, is_copy, COPY_AGE);
	f->folder = folder;
}

/* ---- The transfer ---- */

/* Where a document is published, as a digest: without the query, where signatures change with each answer. */
static const char *
place_of(struct arena *a, const struct url *url)
{
	char *hex = arena_alloc(a, SHA256_HEX);
	struct str rest = str_of(url_text(a, url));

	sha256_of(str_cut(&rest, '?'), hex);
	return hex;
}

/* True: the body of an answer of 200, or that of the copy for one of 304, or none of what may be gone. */
static bool
take_answer(struct fetch *f, const struct http_response *answer, bool asked, const char *place)
{
	if (answer->status == 200) {
		f->body =
		    stream_with_limit(answer->body, LIMIT_FETCH, ERR_DATABASE, "the document");
		f->validators = (struct validators){ place, validator(answer->etag),
			validator(answer->last_modified) };
		begin_copy(f);
		return true;
	}
	stream_close(answer->body);
	if (f->optional && (answer->status == 404 || answer->status == 410)) {
		f->outcome = FETCH_GONE;
		return true;
	}
	if (answer->status != 304 || !asked)
		return false;
	f->outcome = FETCH_NOT_MODIFIED;
	futimens(f->copy.fd, NULL); /* it was of use */
	f->body = stream_of_file(f->copy.fd, ERR_DATABASE, f->copy.offset, f->copy.size);
	return true;
}

/* Where the answer sends us; never from https to http. */
static int
follow(struct fetch *f, const struct http_response *answer, struct url *url, struct err *err)
{
	bool https = url->https;

	if (answer->status < 301 || answer->status > 308 || !answer->location)
		return err_set(err, ERR_DATABASE, "the server answered %ld", answer->status);
	if (url_resolve(url, str_of(answer->location), ERR_DATABASE, f->arena, url, err) < 0)
		return -1;
	if (https && !url->https)
		return err_set(err, ERR_DATABASE, "redirected from https to http");
	return 0;
}

static const struct http_hints hints = { .ca = "--ca-bundle" };

static int
ask(struct fetch *f, struct url url, struct err *err)
{
	const struct validators *have = &f->copy.validators;

	for (int hop = 0; hop <= LIMIT_REDIRECTS; hop++) {
		struct http_request request = { .url = url_text(f->arena, &url),
			.tls = f->fetcher->tls,
			.any_encoding = true,
			.hints = &hints };
		const char *place = place_of(f->arena, &url);
		bool known = have->place && strcmp(have->place, place) == 0;
		struct http_response answer;

		if (known) {
			request.if_none_match = have->etag;
			request.if_modified_since = have->modified;
		}
		if (http_send(&request, ERR_DATABASE, f->arena, &answer, err) < 0)
			return -1;
		if (take_answer(f, &answer, known, place))
			return 0;
		if (follow(f, &answer, &url, err) < 0)
			return -1;
	}
	return err_set(err, ERR_DATABASE, "more than %d redirects", LIMIT_REDIRECTS);
}

static ssize_t
fetch_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct fetch *f = (struct fetch *)(void *)s;
	ssize_t n = stream_read(f->body, buf, len, err);

	if (n > 0) {
		f->bytes += (uint64_t)n;
		put_bytes(f, (struct str){ buf, (size_t)n });
	}
	return n;
}

static void
fetch_close(struct stream *s)
{
	(void)s; /* it is part of the fetch */
}

static void
fetch_free(struct fetch *f)
{
	new_file_abandon(f->file);
	stream_close(f->body);
	auto_fd(&f->copy.fd);
	arena_free(f->arena);
	free(f);
}

/* For those who tell of it. */
static void
report(const struct fetch *f)
{
	struct arena *a = f->fetcher->arena;
	struct fetch_report *r = &f->fetcher->report;

	r->list = arena_grow(a, r->list, r->count, sizeof(*r->list));
	r->list[r->count++] = (struct fetched){ arena_text(a, str_of(f->name)), f->outcome,
		f->outcome == FETCH_TRANSFERRED ? f->bytes : 0 };
	r->counts[f->outcome]++;
}

int
fetch_open(struct fetcher *fetcher, const char *address, bool optional, struct fetch **ret,
    struct err *err)
{
	struct arena *a = arena_new();
	struct fetch *f = xalloc(sizeof(*f));
	char hex[SHA256_HEX];
	struct url url;

	*f = (struct fetch){ .stream = { fetch_read, fetch_close },
		.fetcher = fetcher,
		.arena = a,
		.optional = optional,
		.copy = { .fd = -1 } };
	if (url_parse(str_of(address), ERR_USAGE, a, &url, err) < 0) {
		fetch_free(f);
		return -1;
	}
	/* Without the query, where secrets may be. */
	f->name = arena_textf(a, "%s://%s%.*s", url.https ? "https" : "http", url_site(a, &url),
	    (int)strcspn(url.path, "?"), url.path);
	sha256_of(str_of(url_text(a, &url)), hex);
	if (fetcher->folder)
		f->path = arena_textf(a, "%s/%s", fetcher->folder, hex);
	open_copy(f);
	if (ask(f, url, err) < 0) {
		err_wrap(err, "'%s'", f->name);
		fetch_free(f);
		return -1;
	}
	if (f->outcome == FETCH_GONE) {
		report(f);
		fetch_free(f);
		f = NULL;
	}
	*ret = f;
	return 0;
}

const char *
fetch_name(const struct fetch *f)
{
	return f->name;
}

struct stream *
fetch_stream(struct fetch *f)
{
	return &f->stream;
}

int
fetch_finish(struct fetch *f, struct err *err)
{
	AUTO_FREE char *rest = xalloc(64 * KIB);
	ssize_t n;

	while ((n = stream_read(&f->stream, rest, 64 * KIB, err)) > 0)
		continue;
	if (n < 0) {
		err_wrap(err, "'%s'", f->name);
		fetch_abandon(f);
		return -1;
	}
	report(f);
	if (f->outcome == FETCH_TRANSFERRED)
		commit_copy(f);
	fetch_free(f);
	return 0;
}

void
fetch_abandon(struct fetch *f)
{
	if (!f)
		return;
	if (f->outcome == FETCH_NOT_MODIFIED)
		(void)!unlink(f->path);
	fetch_free(f);
}
