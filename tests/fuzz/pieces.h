/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.h - bytes as a stream that never gives more than a few at once
 */
#ifndef TESTS_FUZZ_PIECES_H
#define TESTS_FUZZ_PIECES_H

#include "step/base/io.h"

#include <string.h>

/* A stream that hands out at most piece bytes at a time. */
struct pieces {
	struct stream stream;
	struct str rest;
	size_t piece;
};

static ssize_t
pieces_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct pieces *p = (struct pieces *)s;
	size_t n = len < p->piece ? len : p->piece;

	(void)err;
	if (n > p->rest.len)
		n = p->rest.len;
	memcpy(buf, p->rest.ptr, n);
	p->rest = str_skip(p->rest, n);
	return (ssize_t)n;
}

static void
pieces_close(struct stream *s)
{
	(void)s;
}

#endif
