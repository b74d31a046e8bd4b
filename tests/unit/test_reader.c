/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader.c - a package database that was damaged is never silently shorter
 *
 * Each sample is cut at every byte, and every byte of it is replaced by those that
 * structure is made of. The answer is the whole one, or there is a gap, or a value
 * differs; packages are missing without a gap only where a cut lies exactly between
 * two records, which nobody can see.
 */
#include "step/reader/reader.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char dpkg_status[] = "Package: adduser\n"
				  "Status: install ok installed\n"
				  "Installed-Size: 686\n"
				  "Architecture: all\n"
				  "Multi-Arch: foreign\n"
				  "Version: 3.134\n"
				  "Conffiles:\n"
				  " /etc/adduser.conf cc3493ecd2d09837\n"
				  "Description: add and remove users\n"
				  " Two commands: both.\n"
				  "\n"
				  "Package: bash\n"
				  "Status: install ok installed\n"
				  "Installed-Size: 7164\n"
				  "Architecture: amd64\n"
				  "Multi-Arch: foreign\n"
				  "Source: bash (5.2.15-2)\n"
				  "Version: 5.2.15-2+b13\n"
				  "Description: a shell\n"
				  "Homepage: http://example.org/bash\n"
				  "\n"
				  "Package: libc6\n"
				  "Status: install ok installed\n"
				  "Installed-Size: 12986\n"
				  "Architecture: amd64\n"
				  "Source: glibc\n"
				  "Version: 2.36-9+deb12u14\n"
				  "Description: C library\n"
				  "\n";

static const char apk_installed[] = "C:Q1YdWsuMPsxJ/TjH6wgYtx1ZJbc7g=\n"
				    "P:alpine-baselayout\n"
				    "V:3.6.5-r0\n"
				    "A:x86_64\n"
				    "T:Alpine base dir structure\n"
				    "o:alpine-baselayout\n"
				    "F:etc\n"
				    "R:motd\n"
				    "\n"
				    "C:Q1oH1JQN8hdlvp5SvWDWEeFFlXX0A=\n"
				    "P:ssl_client\n"
				    "V:1.36.1-r29\n"
				    "A:x86_64\n"
				    "o:busybox\n"
				    "F:usr/bin\n"
				    "R:ssl_client\n"
				    "\n";

static const struct sample {
	const char *reader, *path, *text;
	size_t npackages;
} samples[] = {
	{ "dpkg", "var/lib/dpkg/status", dpkg_status, 3 },
	{ "apk", "lib/apk/db/installed", apk_installed, 2 },
};

struct answer {
	size_t npackages;
	bool has_gap;
};

static const struct reader_ops *
reader_find(const char *name)
{
	for (size_t i = 0; i < nreaders; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	fail_msg("no reader '%s'", name);
	return NULL;
}

static struct answer
read_bytes(const struct sample *d, struct str bytes)
{
	AUTO_ARENA arena = arena_new();
	AUTO_STREAM in = stream_of_memory(bytes);
	struct err err = { .kind = ERR_NONE };
	struct sink sink;
	int failed;

	sink_init(&sink, arena);
	failed = reader_find(d->reader)->read(d->path, in, &sink, &err);
	return (struct answer){ sink.npackages, failed != 0 || sink.ngaps > 0 };
}

static void
reader_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct answer a = read_bytes(&samples[i], str_of(samples[i].text));

		assert_int_equal(a.npackages, samples[i].npackages);
		assert_false(a.has_gap);
	}
}

static void
reader_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *d = &samples[i];
		struct str whole = str_of(d->text);

		for (size_t len = 0; len < whole.len; len++) {
			struct str part = { whole.ptr, len };
			struct answer a = read_bytes(d, part);

			if (!a.has_gap && !str_ends(part, "\n\n"))
				fail_msg("%s: cut at byte %zu without a gap", d->reader, len);
			if (len == 0)
				assert_true(a.has_gap);
		}
	}
}

static void
reader_mutated(void **state)
{
	static const char bytes[] = { '\0', '\n', '\r', '\t', ' ', ':', '(', 'P', 'V', 'C', 'x',
		'\xff' };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *d = &samples[i];
		size_t len = strlen(d->text);
		AUTO_FREE char *copy = xstrdup(d->text);

		for (size_t at = 0; at < len * sizeof(bytes); at++) {
			char *byte = &copy[at / sizeof(bytes)], old = *byte;
			struct answer a;

			*byte = bytes[at % sizeof(bytes)];
			a = read_bytes(d, (struct str){ copy, len });
			if (a.npackages < d->npackages && !a.has_gap)
				fail_msg("%s: byte %zu as 0x%02x: %zu packages without a gap",
				    d->reader, at / sizeof(bytes), (unsigned char)*byte,
				    a.npackages);
			*byte = old;
		}
	}
}

/* Every row says what the folder's users count on. */
static void
reader_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < nreaders; i++) {
		assert_true(readers[i]->version > 0);
		assert_true(readers[i]->max_size > 0);
		for (size_t k = 0; readers[i]->paths[k]; k++)
			assert_true(readers[i]->paths[k][0] != '/');
		assert_ptr_equal(reader_find(readers[i]->name), readers[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_whole),
		cmocka_unit_test(reader_cut),
		cmocka_unit_test(reader_mutated),
		cmocka_unit_test(reader_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
