/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_base.c - texts compared, encoded and shown; streams and their errors' kinds; tar headers; spools
 */
#include "step/base/io.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
text_compare_null_first(void **state)
{
	const char *list[] = { "b", NULL, "", "a" };

	(void)state;
	assert_int_equal(text_compare(NULL, NULL), 0);
	assert_true(text_compare(NULL, "") < 0);
	assert_true(text_compare("", NULL) > 0);
	assert_true(text_compare("a", "b") < 0);
	qsort(list, ARRAY_LEN(list), sizeof(*list), text_order);
	assert_null(list[0]);
	assert_string_equal(list[1], "");
	assert_string_equal(list[3], "b");
}

static void
arena_string_unchanged(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	assert_string_equal(arena_string(a, STR("x\xff/\xc3")), "x\xff/\xc3");
	assert_string_equal(arena_string(a, (struct str){ "cut short", 3 }), "cut");
	assert_string_equal(arena_text(a, STR("x\xff")), "x\xef\xbf\xbd");
}

/* Of the letters of ASCII alone, and over a NUL. */
static void
text_lower_ascii(void **state)
{
	AUTO_ARENA a = arena_new();

	(void)state;
	assert_string_equal(
	    text_lower(a, STR("@AZ[ `az{ 09_\xc3\x84\xff")), "@az[ `az{ 09_\xc3\x84\xff");
	assert_string_equal(text_lower(a, (struct str){ "CUT SHORT", 3 }), "cut");
	assert_memory_equal(text_lower(a, STR("A\0B")), "a\0b", 4);
	assert_string_equal(text_lower(a, STR("")), "");
}

static void
percent_encode_all(void **state)
{
	char text[32], *end;

	(void)state;
	end = percent_encode(text, STR("a:/\xe9~\0."), UNRESERVED_URI ":");
	assert_string_equal(text, "a:%2F%E9~%00.");
	assert_ptr_equal(end, text + strlen(text));
	assert_ptr_equal(percent_encode(text, STR(""), ""), text);
}

static void
percent_next_takes_one(void **state)
{
	struct str s = STR("a%2f%E9%00%%2%zz%4g%g4\xff+%4");
	const int bytes[] = { 'a', '/', 0xe9, 0, -1, -1, '2', -1, 'z', 'z', -1, '4', 'g', -1, 'g',
		'4', 0xff, '+', -1, '4' };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bytes); i++) {
		assert_true(s.len > 0);
		assert_int_equal(percent_next(&s), bytes[i]);
	}
	assert_int_equal(s.len, 0);
	/* What is behind the slice is not looked at. */
	s = (struct str){ "%41", 2 };
	assert_int_equal(percent_next(&s), -1);
	assert_int_equal(s.len, 1);
}

static void
env_text_of_empty(void **state)
{
	(void)state;
	assert_int_equal(setenv("SCANSTEP_TEST_TEXT", "", 1), 0);
	assert_null(env_text("SCANSTEP_TEST_TEXT"));
	assert_int_equal(setenv("SCANSTEP_TEST_TEXT", " x", 1), 0);
	assert_string_equal(env_text("SCANSTEP_TEST_TEXT"), " x");
	assert_int_equal(unsetenv("SCANSTEP_TEST_TEXT"), 0);
	assert_null(env_text("SCANSTEP_TEST_TEXT"));
}

/* The same spelling in messages as in reports. */
static void
messages_show_numbers(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_USAGE, "%s", "a\x1b\xff\xe2\x80\xae\xf3\xa0\x80\x81\xc3\xa9");
	assert_string_equal(err.text, "a\\x1b\\xff\\u202e\\U0e0001\xc3\xa9");
	err_set(&err, ERR_USAGE, "%s", "##[error]x");
	err_wrap(&err, "###vso[#%s", "# a#1");
	assert_string_equal(err.text, "#\\x23\\x23vso[#\\x23 a#1: #\\x23[error]x");
}

/* ---- Streams ---- */

struct drip {
	struct stream stream;
	size_t left;
};

static ssize_t
drip_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct drip *d = (struct drip *)s;

	(void)len, (void)err;
	if (d->left == 0)
		return 0;
	d->left--;
	*(char *)buf = 'x';
	return 1;
}

static void
stream_fill_in_pieces(void **state)
{
	struct drip d = { { drip_read, NULL }, 5 };
	struct err err;
	char buf[4];

	(void)state;
	assert_int_equal(stream_fill(&d.stream, buf, sizeof(buf), &err), 4);
	assert_int_equal(stream_fill(&d.stream, buf, sizeof(buf), &err), 1);
	assert_int_equal(stream_fill(&d.stream, buf, sizeof(buf), &err), 0);
}

/* Whose fault it is, the caller knows: a folder cannot be read. */
static void
errors_of_the_callers_kind(void **state)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY);
	AUTO_STREAM file = stream_of_file(folder, ERR_DATABASE, 0, 10);
	AUTO_STREAM fd = stream_of_fd(folder, ERR_USAGE);
	AUTO_STREAM most =
	    stream_with_limit(stream_of_memory(STR("four")), 3, ERR_IMAGE, "the text");
	AUTO_STREAM bytes = stream_of_memory(STR("\x1f\x8b\x08"));
	AUTO_STREAM gzip = stream_decode(bytes, true, ERR_DATABASE);
	AUTO_FREE char *long_line = xalloc(2 * LIMIT_RECORD);
	AUTO_STREAM text = stream_of_memory((struct str){ long_line, 2 * LIMIT_RECORD });
	AUTO_LINES lines = lines_new(text, ERR_USAGE);
	struct err err;
	struct str line;
	char buf[16];

	(void)state;
	assert_int_equal(stream_read(file, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.kind, ERR_DATABASE);
	assert_int_equal(stream_read(fd, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(stream_read(most, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.kind, ERR_IMAGE);
	assert_int_equal(stream_read(gzip, buf, sizeof(buf), &err), -1);
	assert_int_equal(err.kind, ERR_DATABASE);
	memset(long_line, 'x', 2 * LIMIT_RECORD);
	assert_int_equal(lines_next(lines, &line, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
}

/* ---- Tar ---- */

/* A header with a byte of 0xff, so that signed and unsigned sums differ: by 256. */
static void
tar_header_of(char header[TAR_BLOCK], const char *sum)
{
	memset(header, 0, TAR_BLOCK);
	header[0] = (char)0xff;
	header[1] = 'a';
	memcpy(header + 148, sum, 8);
}

static void
tar_header_by_checksum(void **state)
{
	/* 0xff + 'a' + 8 blanks are 608: octal 1140; signed 352: 540. */
	static const struct {
		const char *sum;
		bool valid;
	} rows[] = {
		{ "001140\0 ", true },
		{ "  1140 \0", true },
		{ "00001140", true },
		{ "1140\0\0\0\0", true },
		{ "000540\0 ", true },
		{ "001141\0 ", false },
		{ "001140x ", false },
		{ "        ", false },
		{ "\0\0\0\0\0\0\0\0", false },
		{ "77777777", false },
	};
	char header[TAR_BLOCK];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		tar_header_of(header, rows[i].sum);
		assert_int_equal(tar_header_valid(header), rows[i].valid);
		assert_false(tar_block_empty(header));
	}
	memset(header, 0, sizeof(header));
	assert_true(tar_block_empty(header));
	assert_false(tar_header_valid(header));
	header[TAR_BLOCK - 1] = 1;
	assert_false(tar_block_empty(header));
}

/* ---- Files ---- */

static void
file_folder_of_paths(void **state)
{
	static const char *const rows[][2] = { { "a", "." }, { "a/b", "a" }, { "/a", "/" },
		{ "/a/b/c", "/a/b" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE char *folder = file_folder(rows[i][0]);

		assert_string_equal(folder, rows[i][1]);
	}
}

/* Without a name, for us alone, whatever the umask is; which is not touched. */
static void
file_spool_is_nameless(void **state)
{
	mode_t before = umask(0);
	struct err err;
	struct stat st;
	int fd = file_spool(&err);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(umask(before), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(file_write_all(fd, "x", 1), 0);
	close(fd);
}

static void
new_file_removed_by_a_signal(void **state)
{
	char folder[] = "/tmp/test_base.XXXXXX";
	AUTO_ARENA a = arena_new();
	struct new_file *f;
	const char *path;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = arena_textf(a, "%s/report", folder);
	f = new_file_open(path, ERR_OUTPUT, &err);
	assert_non_null(f);
	assert_int_equal(access(new_file_path(f), F_OK), 0);
	new_file_remove_all();
	assert_int_equal(access(new_file_path(f), F_OK), -1);
	new_file_abandon(f);
	assert_int_equal(rmdir(folder), 0);
}

/* ---- Messages of several threads, on a terminal ---- */

#define TALKERS 4
#define TALKS   500

static void *
talk(void *data)
{
	(void)data;
	for (int i = 0; i < TALKS; i++) {
		say_progress("half of it");
		say(SAY_WARNING, "a line");
	}
	return NULL;
}

/* A process of its own, whose standard error the terminal is. */
static void
talk_all(int terminal)
{
	pthread_t threads[TALKERS];
	bool fine = dup2(terminal, STDERR_FILENO) >= 0;

	for (size_t i = 0; i < TALKERS; i++)
		fine = fine && pthread_create(&threads[i], NULL, talk, NULL) == 0;
	for (size_t i = 0; fine && i < TALKERS; i++)
		pthread_join(threads[i], NULL);
	_exit(fine ? 0 : 1);
}

/* Each line stands alone: what is in progress is taken back before it. */
static void
say_from_threads(void **state)
{
	int screen = posix_openpt(O_RDWR | O_NOCTTY), terminal, status = -1;
	size_t len = 0, room = 1 << 20, lines = 0;
	AUTO_FREE char *text = xalloc(room);
	ssize_t n;
	pid_t child;

	(void)state;
	assert_true(screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0);
	terminal = open(ptsname(screen), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		talk_all(terminal);
	close(terminal);
	/* Until nobody has the terminal open: then it fails. */
	while (len + 1 < room && (n = read(screen, text + len, room - len - 1)) > 0)
		len += (size_t)n;
	close(screen);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (char *at = text; (at = strstr(at, "scanstep: warning: a line\r\n")) != NULL; at++) {
		lines++;
		if (at > text && at[-1] != '\n' && at[-1] != 'K')
			fail_msg("line %zu stands behind '%.10s'", lines, at - 10);
	}
	assert_int_equal(lines, TALKERS * TALKS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_compare_null_first), cmocka_unit_test(arena_string_unchanged),
		cmocka_unit_test(text_lower_ascii), cmocka_unit_test(percent_encode_all),
		cmocka_unit_test(percent_next_takes_one), cmocka_unit_test(env_text_of_empty),
		cmocka_unit_test(messages_show_numbers), cmocka_unit_test(stream_fill_in_pieces),
		cmocka_unit_test(errors_of_the_callers_kind),
		cmocka_unit_test(tar_header_by_checksum), cmocka_unit_test(file_folder_of_paths),
		cmocka_unit_test(file_spool_is_nameless), cmocka_unit_test(say_from_threads),
		cmocka_unit_test(
		    new_file_removed_by_a_signal), /* the last: no file begins after it */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
