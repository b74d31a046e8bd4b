/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - bytes that arrive in order: from files, memory, and each other
 */
#include "step/base/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t
stream_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	return s->read(s, buf, len, err);
}

void
stream_close(struct stream *s)
{
	if (s)
		s->close(s);
}

ssize_t
stream_fill(struct stream *s, void *buf, size_t len, struct err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = stream_read(s, (char *)buf + done, len - done, err);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int
stream_skip(struct stream *s, uint64_t n, enum err_kind kind, struct err *err)
{
	char buf[16 << 10];

	while (n > 0) {
		ssize_t got = stream_read(s, buf, n < sizeof(buf) ? (size_t)n : sizeof(buf), err);

		if (got < 0)
			return -1;
		if (got == 0)
			return err_set(err, kind, "the bytes end too early");
		n -= (uint64_t)got;
	}
	return 0;
}

int
stream_whole(struct stream *s, uint64_t max, enum err_kind kind, struct arena *a, struct str *ret,
    struct err *err)
{
	AUTO_FREE char *bytes = NULL;
	size_t len = 0, size = 0;

	for (;;) {
		ssize_t n;

		if (size - len < 2) {
			size = size ? size * 2 : 16 << 10;
			bytes = xrealloc(bytes, size);
		}
		n = stream_read(s, bytes + len, size - len - 1, err);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return err_set(err, kind, "larger than the limit of %llu bytes",
			    (unsigned long long)max);
	}
	bytes[len] = '\0';
	*ret = (struct str){ arena_copy(a, bytes, len + 1), len };
	return 0;
}

/* ---- A part of a file ---- */

struct file_stream {
	struct stream stream;
	int fd;
	enum err_kind kind;
	uint64_t at, left;
};

static ssize_t
file_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct file_stream *f = (struct file_stream *)s;
	ssize_t n;

	if (f->left < len)
		len = (size_t)f->left;
	if (len == 0)
		return 0;
	do
		n = pread(f->fd, buf, len, (off_t)f->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(err, f->kind, "reading: %s", strerror(errno));
	f->at += (uint64_t)n;
	f->left -= (uint64_t)n;
	return n;
}

static void
plain_close(struct stream *s)
{
	free(s);
}

struct stream *
stream_of_file(int fd, enum err_kind kind, uint64_t offset, uint64_t len)
{
	struct file_stream *f = xalloc(sizeof(*f));

	*f = (struct file_stream){ { file_read, plain_close }, fd, kind, offset, len };
	return &f->stream;
}

/* ---- A descriptor to its end ---- */

struct fd_stream {
	struct stream stream;
	int fd;
	enum err_kind kind;
};

static ssize_t
fd_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct fd_stream *f = (struct fd_stream *)s;
	ssize_t n;

	do
		n = read(f->fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_set(err, f->kind, "reading: %s", strerror(errno)) : n;
}

static void
fd_close(struct stream *s)
{
	close(((struct fd_stream *)s)->fd);
	free(s);
}

struct stream *
stream_of_fd(int fd, enum err_kind kind)
{
	struct fd_stream *f = xalloc(sizeof(*f));

	*f = (struct fd_stream){ { fd_read, fd_close }, fd, kind };
	return &f->stream;
}

/* ---- Memory ---- */

struct memory_stream {
	struct stream stream;
	struct str rest;
};

static ssize_t
memory_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct memory_stream *m = (struct memory_stream *)s;

	(void)err;
	if (len > m->rest.len)
		len = m->rest.len;
	if (len)
		memcpy(buf, m->rest.ptr, len);
	m->rest = str_skip(m->rest, len);
	return (ssize_t)len;
}

struct stream *
stream_of_memory(struct str bytes)
{
	struct memory_stream *m = xalloc(sizeof(*m));

	*m = (struct memory_stream){ { memory_read, plain_close }, bytes };
	return &m->stream;
}

/* ---- A ceiling ---- */

struct limit_stream {
	struct stream stream;
	struct stream *in;
	uint64_t limit, left;
	enum err_kind kind;
	const char *what;
};

static ssize_t
limit_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct limit_stream *l = (struct limit_stream *)s;
	ssize_t n = stream_read(l->in, buf, len, err);

	if (n > 0 && (uint64_t)n > l->left)
		return err_set(err, l->kind, "%s: larger than the limit of %llu bytes", l->what,
		    (unsigned long long)l->limit);
	if (n > 0)
		l->left -= (uint64_t)n;
	return n;
}

static void
limit_close(struct stream *s)
{
	stream_close(((struct limit_stream *)s)->in);
	free(s);
}

struct stream *
stream_with_limit(struct stream *in, uint64_t limit, enum err_kind kind, const char *what)
{
	struct limit_stream *l = xalloc(sizeof(*l));

	*l = (struct limit_stream){ { limit_read, limit_close }, in, limit, limit, kind, what };
	return &l->stream;
}

/* ---- Lines ---- */

struct lines {
	struct stream *in;
	enum err_kind kind;
	char *bytes;
	size_t size, at, len; /* bytes[at .. at + len) are read and not handed out */
	bool ended;
};

struct lines *
lines_new(struct stream *s, enum err_kind kind)
{
	struct lines *l = xalloc(sizeof(*l));

	l->in = s;
	l->kind = kind;
	return l;
}

void
lines_free(struct lines *l)
{
	if (!l)
		return;
	free(l->bytes);
	free(l);
}

static int
line_too_long(const struct lines *l, struct err *err)
{
	return err_set(err, l->kind, "a line is longer than the limit of %llu bytes",
	    (unsigned long long)LIMIT_RECORD);
}

/* Reads more behind what is there: 1, or 0 at the end, or -1. */
static int
lines_fill(struct lines *l, struct err *err)
{
	ssize_t n;

	if (l->at) {
		memmove(l->bytes, l->bytes + l->at, l->len);
		l->at = 0;
	}
	if (l->len > LIMIT_RECORD)
		return line_too_long(l, err);
	if (l->len == l->size) {
		l->size = l->size ? l->size * 2 : 64 << 10;
		l->bytes = xrealloc(l->bytes, l->size);
	}
	n = stream_read(l->in, l->bytes + l->len, l->size - l->len, err);
	if (n < 0)
		return -1;
	l->len += (size_t)n;
	l->ended = n == 0;
	return n > 0;
}

/* Reads until a line is held: 1, or 0 where the input ended within it or before it, or -1. */
static int
lines_hold(struct lines *l, struct err *err)
{
	size_t looked = 0;

	for (;;) {
		if (l->len > looked && memchr(l->bytes + l->at + looked, '\n', l->len - looked))
			return 1;
		if (l->ended)
			return 0;
		looked = l->len;
		if (lines_fill(l, err) < 0)
			return -1;
	}
}

int
lines_next(struct lines *l, struct str *ret, bool *ret_complete, struct err *err)
{
	int complete = lines_hold(l, err);
	struct str rest;

	if (complete < 0 || l->len == 0)
		return complete;
	rest = (struct str){ l->bytes + l->at, l->len };
	*ret = str_line(&rest);
	l->at += l->len - rest.len;
	l->len = rest.len;
	if (ret_complete)
		*ret_complete = complete > 0;
	return ret->len > LIMIT_RECORD ? line_too_long(l, err) : 1;
}

/* ---- Handles released by scope ---- */

void
auto_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void
auto_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

void
auto_free(void *pointer_to_pointer)
{
	void *p;

	memcpy(&p, pointer_to_pointer, sizeof(p));
	free(p);
}

void
auto_stream(struct stream **s)
{
	stream_close(*s);
}

void
auto_arena(struct arena **a)
{
	arena_free(*a);
}

void
auto_lines(struct lines **l)
{
	lines_free(*l);
}
