/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.c - memory given back all at once, and allocation that cannot fail
 *
 * An arena is a list of chunks, each twice as large as the one before up to
 * CHUNK_MOST, so that a small use stays small and a large one makes few calls.
 */
#include "step/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_FIRST = 4 << 10,
	CHUNK_MOST = 256 << 10,
	ALIGNMENT = 16,
};

struct chunk {
	struct chunk *next;
	size_t size, used; /* of bytes[] */
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks; /* the one being filled first */
};

/* Not die-with-dignity: nothing sensible can be said of an image any more. */
static void *
or_exit(void *p)
{
	if (p)
		return p;
	fputs("scanstep: out of memory\n", stderr);
	_Exit(STATUS_INTERNAL);
}

void *
xalloc(size_t size)
{
	return or_exit(calloc(1, size ? size : 1));
}

void *
xrealloc(void *p, size_t size)
{
	return or_exit(realloc(p, size ? size : 1));
}

char *
xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xalloc(size), text, size);
}

struct arena *
arena_new(void)
{
	return xalloc(sizeof(struct arena));
}

static void
free_chunks(struct chunk *c)
{
	while (c) {
		struct chunk *next = c->next;

		free(c);
		c = next;
	}
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	free_chunks(a->chunks);
	free(a);
}

void
arena_reset(struct arena *a)
{
	free_chunks(a->chunks);
	a->chunks = NULL;
}

static struct chunk *
add_chunk(struct arena *a, size_t least)
{
	size_t size = a->chunks ? a->chunks->size * 2 : CHUNK_FIRST;
	struct chunk *c;

	if (size > CHUNK_MOST)
		size = CHUNK_MOST;
	if (size < least)
		size = least;
	c = or_exit(malloc(sizeof(*c) + size));
	c->size = size;
	c->used = 0;
	/* A chunk of its own for a large object leaves the one being filled in front. */
	if (least > CHUNK_MOST && a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

static void *
take(struct arena *a, size_t size)
{
	struct chunk *c = a->chunks;
	void *p;

	if (size > SIZE_MAX / 2)
		or_exit(NULL);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	p = c->bytes + c->used;
	c->used += size;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(take(a, size), 0, size);
}

void *
arena_copy(struct arena *a, const void *bytes, size_t len)
{
	void *p = take(a, len);

	if (len)
		memcpy(p, bytes, len);
	return p;
}

char *
arena_string(struct arena *a, struct str s)
{
	char *text = take(a, s.len + 1);

	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return text;
}

void *
arena_grow(struct arena *a, void *list, size_t count, size_t size)
{
	void *larger;

	/* Full exactly when the count is a power of two. */
	if (count & (count - 1))
		return list;
	if (count > SIZE_MAX / 4 / size)
		or_exit(NULL);
	larger = take(a, (count ? count * 2 : 1) * size);
	if (count)
		memcpy(larger, list, count * size);
	return larger;
}

char *
arena_textv(struct arena *a, const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = take(a, (size_t)(len < 0 ? 0 : len) + 1);
	text[0] = '\0';
	if (len > 0)
		vsnprintf(text, (size_t)len + 1, fmt, args);
	return text;
}

char *
arena_textf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = arena_textv(a, fmt, args);
	va_end(args);
	return text;
}
