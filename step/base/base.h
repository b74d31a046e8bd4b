/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - the vocabulary under every other file: slices, arenas, errors, messages
 *
 * This header names no other header of the project. Include it first.
 */
#ifndef STEP_BASE_BASE_H
#define STEP_BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY               INT64_C(86400) /* seconds */
#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((__format__(__printf__, f, a)))
#define MUST_CHECK        __attribute__((__warn_unused_result__))

/* Bytes we do not own and did not write. Never NUL-terminated by promise. */
struct str {
	const char *ptr; /* first byte, never NULL */
	size_t len;      /* bytes, may include NUL */
};

#define STR(literal) ((struct str){ "" literal "", sizeof(literal) - 1 })

struct str str_of(const char *text);               /* text NUL-terminated; NULL gives "" */
bool str_is(struct str s, const char *text);       /* the same bytes */
bool str_starts(struct str s, const char *prefix); /* s begins with prefix */
bool str_ends(struct str s, const char *suffix);   /* s ends with suffix */
int str_compare(struct str a, struct str b);       /* by byte, the shorter first; as memcmp() */
struct str str_skip(struct str s, size_t n);       /* s without its first n bytes; n <= s.len */
struct str str_trim(struct str s);                 /* without blanks and line ends at both ends */
struct str str_line(struct str *rest);             /* takes a line off, without LF or CR LF */
/* Takes all before separator off, and the separator; where there is none, the rest. */
struct str str_cut(struct str *rest, char separator);
bool str_number(struct str s, uint64_t max, uint64_t *ret); /* decimal digits alone, at most max */

const char *env_text(const char *name); /* a variable's value; NULL: it is not set, or empty */
int64_t monotonic_ms(void); /* milliseconds of a clock that never goes back; for deadlines */
int text_compare(const char *a, const char *b); /* as strcmp(), NULL first */
int text_order(const void *a, const void *b);   /* the same for qsort() of a list of texts */

#define UNRESERVED_URI /* RFC 3986 */ \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
/* Bytes that are not in keep become %XX. ret needs room for 3 * s.len + 1; returns where its NUL is. */
char *percent_encode(char *ret, struct str s, const char *keep);
/*
 * Takes one byte off s, which has one: of %XX, in either case, the byte that it means. -1 for a % without two
 * hexadecimal digits behind it, of which the % alone is taken; what it means is the caller's to say.
 */
int percent_next(struct str *s);

/*
 * An arena owns everything put into it and gives it all back at once.
 * Allocation cannot fail: on real exhaustion the process says so and exits
 * with STATUS_INTERNAL. Sizes that come from input are checked against a ceiling
 * (the LIMIT_ constants of io.h) before they reach these calls.
 */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);                /* NULL is a no-op */
void arena_reset(struct arena *a);               /* everything in it is gone, the arena stays */
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_copy(struct arena *a, const void *bytes, size_t len);
char *arena_string(struct arena *a, struct str s); /* unchanged, with a NUL behind it */
/* NUL-terminated and valid UTF-8: what is not becomes U+FFFD, a NUL too. */
char *arena_text(struct arena *a, struct str s);
/* As printf(), and unchanged: bytes that are no UTF-8 stay. */
char *arena_textf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_textv(struct arena *a, const char *fmt, va_list args) PRINTF_LIKE(2, 0);
/* As arena_string(), with A to Z as a to z. */
char *text_lower(struct arena *a, struct str s);

/*
 * Room for one more element behind the count that a list of this element size
 * holds. The list was NULL or came from this call, grew by one at a time, and
 * may move. A count of 0 begins another, whatever the list was:
 *
 *      list = arena_grow(a, list, count, sizeof(*list));
 *      list[count++] = element;
 */
void *arena_grow(struct arena *a, void *list, size_t count, size_t size);

/* The heap, for what is no arena's; they end the process as arenas do. */
void *xalloc(size_t size);            /* zeroed */
void *xrealloc(void *p, size_t size); /* what is added is not zeroed */
char *xstrdup(const char *text);

/*
 * What the process ends with; where several apply, the highest. A signal that ends it shows as
 * 130 (SIGINT) or 143 (SIGTERM): temporary files are gone.
 */
enum exit_status {
	STATUS_OK = 0,         /* complete, policy passed, every report written */
	STATUS_POLICY = 1,     /* complete, policy violated */
	STATUS_USAGE = 2,      /* usage, configuration, an allow-list that cannot be understood */
	STATUS_IMAGE = 3,      /* the image could not be obtained */
	STATUS_INCOMPLETE = 4, /* the analysis is incomplete: there are gaps */
	STATUS_DATABASE = 5,   /* the advisory database is stale, corrupt or cannot be opened */
	STATUS_OUTPUT = 6,     /* a report could not be written */
	STATUS_INTERNAL = 7,   /* internal error; what the process starts out as */
};

/* What went wrong decides the exit status: err_status(). */
enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE,    /* the command line, the configuration or an input that is ours */
	ERR_IMAGE,    /* the image is missing, refused or malformed, or not transferred */
	ERR_CONTENT,  /* bytes arrived but cannot be trusted or understood: a gap */
	ERR_DATABASE, /* the advisory database is absent, stale or corrupt */
	ERR_OUTPUT,   /* a report could not be written */
	ERR_INTERNAL, /* our bug, or the machine's fault */
};

/* Lives on the caller's stack: reporting a failure never allocates. */
struct err {
	enum err_kind kind;
	char text[512]; /* one line, valid UTF-8, control bytes shown; complete enough to print */
};

/* Both return -1, so a function can end in "return err_set(...)". */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts what was being done in front: "reading layer 3: " and what err held. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
int err_status(const struct err *err); /* STATUS_USAGE to STATUS_INTERNAL */

/*
 * Messages for people, on stderr, from any thread. The files directly in step/ say them; the folders below
 * it and formatters/ have errors and notices, and never speak (tests/lint/check-banned.sh).
 */
enum say_level {
	SAY_ERROR = 0, /* why the exit status is not 0 or 1; always shown */
	SAY_WARNING,   /* what a person should know; not with --quiet */
	SAY_STEP,      /* for a log what progress is for a terminal, which sees it with -v alone */
	SAY_INFO,      /* what is being done; with -v */
	SAY_DEBUG,     /* how; with -vv */
};

/* The least important level still shown; SAY_WARNING at first. Before there are other threads. */
void say_up_to(enum say_level most);
/* One line "scanstep: [warning: ]text"; control bytes are shown, never sent. */
void say(enum say_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What is being done, on the last line of a terminal, over what was said so before; NULL: nothing any more. */
void say_progress(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * The next character of the text at *text, which moves behind it: a Unicode
 * scalar value, or -1 for a byte that is not valid UTF-8 (one byte is taken).
 * At the end of the text 0, and *text stays.
 */
int32_t utf8_next(const char **text);
/* What utf8_next() said of the character at at, as a number: \x1b, \u200b, \U0e0001; \xff for a byte. */
#define UTF8_NUMBER 12
void utf8_number(int32_t c, const char *at, char ret[UTF8_NUMBER]);
/* True for what a terminal obeys or a reader cannot see: C0, DEL, C1, bidi and zero-width. */
bool utf8_is_control(int32_t c);

#endif
