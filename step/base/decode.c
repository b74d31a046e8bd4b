/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.c - gzip (ISA-L), zstd or plain bytes into one stream
 *
 * gzip's frame is read here: ISA-L's own header parser fails on headers that
 * are split across reads, and it forgets errors. So it gets the raw DEFLATE
 * bytes alone, and header, CRC-32 and length are checked by us.
 *
 *      member = 1f 8b 08 FLG MTIME(4) XFL OS [XLEN extra] [name 0] [comment 0] [CRC16]
 *               deflate... CRC32(4) ISIZE(4)
 *
 * Spec: RFC 1952 (gzip), RFC 8878 (zstd)
 */
#include "step/base/io.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
	INPUT_SIZE = 128 << 10,
	LIMIT_GZIP_HEADER = 64 << 10, /* extra field, name and comment together */
	ZSTD_WINDOW_LOG = 27, /* 128 MiB: what zstd --long writes, and the sandbox has room for */
};

struct decoder {
	struct stream stream;
	struct stream *in;
	bool check_crc;
	enum err_kind kind; /* of what is wrong with the bytes */
	bool started;
	bool ended;   /* in has no more */
	bool between; /* gzip: behind a member; zstd: behind a frame */
	enum encoding encoding;
	unsigned char *input;
	size_t at, len; /* input[at .. len) is unused */
	struct inflate_state *inflate;
	uint64_t register_bits; /* bytes that ISA-L had read too far, lowest first */
	unsigned register_len;
	uint32_t crc, size; /* of the member so far */
	ZSTD_DStream *zstd;
};

enum encoding
encoding_of(struct str head)
{
	static const struct {
		const char *magic;
		enum encoding encoding;
	} table[] = {
		{ "\x1f\x8b", ENCODING_GZIP },
		{ "\x28\xb5\x2f\xfd", ENCODING_ZSTD },
		{ "\xfd\x37zXZ", ENCODING_XZ },
		{ "BZh", ENCODING_BZIP2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_starts(head, table[i].magic))
			return table[i].encoding;
	/* A skippable frame in front, as zstd:chunked and pzstd write it. */
	if (head.len && (head.ptr[0] & 0xf0) == 0x50 &&
	    str_starts(str_skip(head, 1), "\x2a\x4d\x18"))
		return ENCODING_ZSTD;
	return ENCODING_NONE;
}

/* Makes input[at .. len) hold something: 1, or 0 at the end, or -1. */
static int
fill(struct decoder *d, struct err *err)
{
	ssize_t n;

	if (d->at < d->len)
		return 1;
	if (d->ended)
		return 0;
	n = stream_read(d->in, d->input, INPUT_SIZE, err);
	if (n < 0)
		return -1;
	d->at = 0;
	d->len = (size_t)n;
	d->ended = n == 0;
	return n > 0;
}

static int
cut_short(const struct decoder *d, const char *what, struct err *err)
{
	return err_set(err, d->kind, "%s: the data ends early", what);
}

/* ---- gzip ---- */

/* The next byte of the frame: 0 to 255, or -1 at the end, or -2 with err. */
static int
next_byte(struct decoder *d, struct err *err)
{
	int more;

	if (d->register_len) {
		int byte = (int)(d->register_bits & 0xff);

		d->register_bits >>= 8;
		d->register_len--;
		return byte;
	}
	more = fill(d, err);
	return more < 0 ? -2 : more == 0 ? -1 : d->input[d->at++];
}

/* count bytes, the lowest first: 0, or -1. At most 4. */
static int
little_endian(struct decoder *d, unsigned count, uint32_t *ret, struct err *err)
{
	*ret = 0;
	for (unsigned i = 0; i < count; i++) {
		int byte = next_byte(d, err);

		if (byte < 0)
			return byte == -1 ? cut_short(d, "gzip", err) : -1;
		*ret |= (uint32_t)byte << (8 * i);
	}
	return 0;
}

static int
header_too_long(const struct decoder *d, struct err *err)
{
	return err_set(err, d->kind, "gzip: the header is longer than %d bytes", LIMIT_GZIP_HEADER);
}

/* Skips a text that ends with a NUL. */
static int
skip_text(struct decoder *d, uint32_t *left, struct err *err)
{
	int byte;

	while ((byte = next_byte(d, err)) > 0)
		if ((*left)-- == 0)
			return header_too_long(d, err);
	return byte == 0 ? 0 : byte == -1 ? cut_short(d, "gzip", err) : -1;
}

/* Skips a field that begins with its length, which is less than any limit. */
static int
skip_extra(struct decoder *d, uint32_t *left, struct err *err)
{
	uint32_t len, skipped;

	if (little_endian(d, 2, &len, err) < 0)
		return -1;
	*left -= len;
	for (; len > 0; len--)
		if (little_endian(d, 1, &skipped, err) < 0)
			return -1;
	return 0;
}

/* The header behind its two magic bytes. */
static int
gzip_header(struct decoder *d, struct err *err)
{
	enum {
		FHCRC = 2,
		FEXTRA = 4,
		FNAME = 8,
		FCOMMENT = 16,
		RESERVED = 0xe0
	};
	uint32_t method_and_flags, skipped, left = LIMIT_GZIP_HEADER;
	unsigned flags;

	if (little_endian(d, 2, &method_and_flags, err) < 0)
		return -1;
	flags = method_and_flags >> 8;
	if ((method_and_flags & 0xff) != 8 || (flags & RESERVED))
		return err_set(err, d->kind, "gzip: unknown method or flags");
	if (little_endian(d, 4, &skipped, err) < 0 || little_endian(d, 2, &skipped, err) < 0)
		return -1;
	if ((flags & FEXTRA) && skip_extra(d, &left, err) < 0)
		return -1;
	if ((flags & FNAME) && skip_text(d, &left, err) < 0)
		return -1;
	if ((flags & FCOMMENT) && skip_text(d, &left, err) < 0)
		return -1;
	if ((flags & FHCRC) && little_endian(d, 2, &skipped, err) < 0)
		return -1;
	isal_inflate_init(d->inflate);
	d->crc = d->size = 0;
	d->between = false;
	return 0;
}

/* Behind the last DEFLATE block: what ISA-L read too far, then CRC-32 and length. */
static int
gzip_trailer(struct decoder *d, struct err *err)
{
	uint32_t crc, size;
	int32_t spare = d->inflate->read_in_length % 8;

	d->register_bits = d->inflate->read_in >> spare;
	d->register_len = (unsigned)(d->inflate->read_in_length / 8);
	if (little_endian(d, 4, &crc, err) < 0 || little_endian(d, 4, &size, err) < 0)
		return -1;
	if (d->check_crc && crc != d->crc)
		return err_set(err, d->kind, "gzip: the checksum does not match");
	if (size != d->size)
		return err_set(err, d->kind, "gzip: the length does not match");
	d->between = true;
	return 0;
}

/* Between members: 1 when another one begins, 0 at the end. */
static int
gzip_next_member(struct decoder *d, struct err *err)
{
	int byte = next_byte(d, err);

	if (byte == 0x1f) {
		byte = next_byte(d, err);
		if (byte == 0x8b)
			return gzip_header(d, err) < 0 ? -1 : 1;
		byte = byte == -2 ? -2 : 0x1f;
	}
	while (byte == 0)
		byte = next_byte(d, err);
	if (byte == -1)
		return 0;
	return byte == -2 ? -1 : err_set(err, d->kind, "gzip: unknown bytes behind the data");
}

/* Some output of the member under way: its length, 0 at the member's end. */
static ssize_t
gzip_inflate(struct decoder *d, unsigned char *buf, size_t len, struct err *err)
{
	struct inflate_state *z = d->inflate;

	if (len > INT32_MAX)
		len = INT32_MAX;
	for (;;) {
		int more = fill(d, err), status;
		size_t made;

		if (more < 0)
			return -1;
		z->next_in = d->input + d->at;
		z->avail_in = (uint32_t)(d->len - d->at);
		z->next_out = buf;
		z->avail_out = (uint32_t)len;
		status = isal_inflate(z);
		if (status < 0)
			return err_set(err, d->kind, "gzip: the data is damaged");
		d->at = d->len - z->avail_in;
		made = len - z->avail_out;
		if (made) {
			if (d->check_crc)
				d->crc = crc32_gzip_refl(d->crc, buf, made);
			d->size += (uint32_t)made;
			return (ssize_t)made;
		}
		if (z->block_state == ISAL_BLOCK_FINISH)
			return 0;
		if (more == 0)
			return cut_short(d, "gzip", err);
	}
}

static ssize_t
gzip_read(struct decoder *d, void *buf, size_t len, struct err *err)
{
	for (;;) {
		ssize_t n;

		if (d->between) {
			int another = gzip_next_member(d, err);

			if (another <= 0)
				return another;
		}
		n = gzip_inflate(d, buf, len, err);
		if (n != 0)
			return n;
		if (gzip_trailer(d, err) < 0)
			return -1;
	}
}

/* ---- zstd ---- */

static ssize_t
zstd_read(struct decoder *d, void *buf, size_t len, struct err *err)
{
	ZSTD_outBuffer out = { buf, len, 0 };

	while (out.pos == 0) {
		int more = fill(d, err);
		ZSTD_inBuffer in = { d->input, d->len, d->at };
		size_t hint;

		if (more < 0)
			return -1;
		if (more == 0 && d->between)
			return 0;
		hint = ZSTD_decompressStream(d->zstd, &out, &in);
		if (ZSTD_isError(hint))
			return err_set(err, d->kind, "zstd: %s", ZSTD_getErrorName(hint));
		d->at = in.pos;
		d->between = hint == 0;
		if (more == 0 && out.pos == 0 && !d->between)
			return cut_short(d, "zstd", err);
	}
	return (ssize_t)out.pos;
}

/* ---- The stream ---- */

static int
start(struct decoder *d, struct err *err)
{
	struct str head;
	ssize_t n = stream_fill(d->in, d->input, ENCODING_HEAD, err);

	if (n < 0)
		return -1;
	d->len = (size_t)n;
	d->ended = n < ENCODING_HEAD;
	head = (struct str){ (const char *)d->input, d->len };
	d->encoding = encoding_of(head);
	d->started = true;
	switch (d->encoding) {
	case ENCODING_NONE:
		return 0;
	case ENCODING_GZIP:
		d->inflate = xalloc(sizeof(*d->inflate));
		d->at = 2;
		return gzip_header(d, err);
	case ENCODING_ZSTD:
		d->zstd = ZSTD_createDStream();
		if (!d->zstd)
			return err_set(err, ERR_INTERNAL, "zstd: out of memory");
		ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
		return 0;
	case ENCODING_XZ:
		return err_set(err, d->kind, "xz compression is not supported");
	case ENCODING_BZIP2:
		return err_set(err, d->kind, "bzip2 compression is not supported");
	}
	return -1;
}

static ssize_t
plain_read(struct decoder *d, void *buf, size_t len, struct err *err)
{
	size_t held = d->len - d->at;

	if (held == 0)
		return d->ended ? 0 : stream_read(d->in, buf, len, err);
	if (held > len)
		held = len;
	memcpy(buf, d->input + d->at, held);
	d->at += held;
	return (ssize_t)held;
}

static ssize_t
decoder_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct decoder *d = (struct decoder *)s;

	if (!d->started && start(d, err) < 0)
		return -1;
	if (d->encoding == ENCODING_GZIP)
		return gzip_read(d, buf, len, err);
	if (d->encoding == ENCODING_ZSTD)
		return zstd_read(d, buf, len, err);
	return plain_read(d, buf, len, err);
}

static void
decoder_close(struct stream *s)
{
	struct decoder *d = (struct decoder *)s;

	free(d->inflate);
	ZSTD_freeDStream(d->zstd);
	free(d->input);
	free(d);
}

struct stream *
stream_decode(struct stream *in, bool check_crc, enum err_kind kind)
{
	struct decoder *d = xalloc(sizeof(*d));

	d->stream = (struct stream){ decoder_read, decoder_close };
	d->in = in;
	d->check_crc = check_crc;
	d->kind = kind;
	d->input = xalloc(INPUT_SIZE);
	return &d->stream;
}
