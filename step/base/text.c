/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - slices, checked numbers, percent signs, UTF-8 read and repaired
 *
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#include "step/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str
str_of(const char *text)
{
	return text ? (struct str){ text, strlen(text) } : STR("");
}

bool
str_is(struct str s, const char *text)
{
	return strlen(text) == s.len && memcmp(s.ptr, text, s.len) == 0;
}

bool
str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return len <= s.len && memcmp(s.ptr, prefix, len) == 0;
}

bool
str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return len <= s.len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

int
str_compare(struct str a, struct str b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = least ? memcmp(a.ptr, b.ptr, least) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

struct str
str_skip(struct str s, size_t n)
{
	return (struct str){ s.ptr + n, s.len - n };
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

struct str
str_trim(struct str s)
{
	while (s.len && is_blank(s.ptr[0]))
		s = str_skip(s, 1);
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str
str_cut(struct str *rest, char separator)
{
	const char *at = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
	struct str head = *rest;

	if (at) {
		head.len = (size_t)(at - head.ptr);
		*rest = str_skip(*rest, head.len + 1);
	} else {
		*rest = str_skip(*rest, rest->len);
	}
	return head;
}

struct str
str_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');

	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

bool
str_number(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)s.ptr[i] - '0';

		if (digit > 9 || n > max / 10 || (n == max / 10 && digit > max % 10))
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return true;
}

const char *
env_text(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

int
text_compare(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

int
text_order(const void *a, const void *b)
{
	return text_compare(*(const char *const *)a, *(const char *const *)b);
}

char *
text_lower(struct arena *a, struct str s)
{
	char *text = arena_string(a, s);

	for (size_t i = 0; i < s.len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
	return text;
}

char *
percent_encode(char *ret, struct str s, const char *keep)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c && strchr(keep, c)) {
			*ret++ = (char)c;
			continue;
		}
		*ret++ = '%';
		*ret++ = digits[c >> 4];
		*ret++ = digits[c & 15];
	}
	*ret = '\0';
	return ret;
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

int
percent_next(struct str *s)
{
	int byte = (unsigned char)s->ptr[0];
	bool is_whole = byte == '%' && s->len > 2;
	int high = is_whole ? hex_value(s->ptr[1]) : -1, low = is_whole ? hex_value(s->ptr[2]) : -1;

	if (high >= 0 && low >= 0) {
		*s = str_skip(*s, 3);
		return high * 16 + low;
	}
	*s = str_skip(*s, 1);
	return byte == '%' ? -1 : byte;
}

/* The length of the UTF-8 sequences that begin with this byte, or 0: none does. */
static size_t
sequence_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Is it a Unicode scalar value, and one that takes so many bytes? */
static bool
is_scalar(int32_t c, size_t len)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[len] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/*
 * The length of the UTF-8 sequence at s and its value, or 0 where there is
 * none. A NUL ends no slice and is a character here.
 */
static size_t
decode(struct str s, int32_t *ret)
{
	unsigned char first = (unsigned char)s.ptr[0];
	size_t len = sequence_len(first);
	int32_t c = len == 1 ? first : first & (0xff >> (len + 1));

	if (len == 0 || len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		unsigned char next = (unsigned char)s.ptr[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (next & 0x3f);
	}
	*ret = c;
	return is_scalar(c, len) ? len : 0;
}

/* The length of the character at s, or 0 for what a text cannot hold: no UTF-8, or a NUL. */
static size_t
character_len(struct str s)
{
	int32_t c;

	return s.ptr[0] ? decode(s, &c) : 0;
}

int32_t
utf8_next(const char **text)
{
	int32_t c = 0;
	size_t len;

	if (**text == '\0')
		return 0;
	len = decode((struct str){ *text, strnlen(*text, 4) }, &c);
	*text += len ? len : 1;
	return len ? c : -1;
}

void
utf8_number(int32_t c, const char *at, char ret[UTF8_NUMBER])
{
	snprintf(ret, UTF8_NUMBER,
	    c > 0xffff ? "\\U%06x"
	    : c > 0xff ? "\\u%04x"
		       : "\\x%02x",
	    c < 0 ? (unsigned)(unsigned char)*at : (unsigned)c);
}

bool
utf8_is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

char *
arena_text(struct arena *a, struct str s)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t bad = 0, len = 0;
	char *text;

	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		n = character_len(str_skip(s, i));
		bad += n == 0;
	}
	text = arena_alloc(a, s.len + 2 * bad + 1);
	if (bad == 0) {
		memcpy(text, s.ptr, s.len);
		return text;
	}
	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		n = character_len(str_skip(s, i));
		memcpy(text + len, n ? s.ptr + i : replacement, n ? n : 3);
		len += n ? n : 3;
	}
	return text;
}
