/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_tarfile.c - any bytes as the outer tar of an archive, as a file and as it arrives
 *
 * The checksums of its headers are made right first: nothing else would be reached. What arrives has the
 * members of the file, with the same bytes, until it is refused.
 */
#include "step/image/tarfile.h"
#include "step/image/tarstream.h"
#include "tests/fuzz/must.h"
#include "tests/fuzz/pieces.h"

#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fix_sums(char *bytes, size_t size)
{
	for (size_t at = 0; at + 512 <= size; at += 512) {
		unsigned sum = 0;

		memset(bytes + at + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += (unsigned char)bytes[at + i];
		snprintf(bytes + at + 148, 8, "%06o", sum);
	}
}

static const struct tar_member *
member_at(const struct tarfile *tar, size_t place)
{
	for (size_t i = 0; i < tar->nmembers; i++)
		if (tar->members[i].place == place)
			return &tar->members[i];
	return NULL;
}

/* Some members are looked at, some read, some passed over. */
static void
check_bytes(struct tarstream *t, const struct tar_member *m, struct str all)
{
	AUTO_ARENA a = arena_new();
	AUTO_STREAM s = NULL;
	struct str got;
	struct err err;

	if (m->place % 3 == 0)
		return;
	if (m->place % 3 == 1 && tarstream_peek(t, ENCODING_HEAD, &got, &err) == 0)
		must(got.len <= m->size && memcmp(got.ptr, all.ptr + m->offset, got.len) == 0);
	s = tarstream_open(t);
	if (stream_whole(s, MIB, ERR_IMAGE, a, &got, &err) == 0)
		must(got.len == m->size && memcmp(got.ptr, all.ptr + m->offset, got.len) == 0);
}

static void
check_stream(const struct tarfile *tar, struct str all)
{
	struct pieces pieces = { { pieces_read, pieces_close }, all, 1 + all.len % 700 };
	struct tarstream *t = tarstream_new(&pieces.stream);
	AUTO_STREAM whole = NULL;
	AUTO_ARENA a = arena_new();
	struct tar_entry e;
	struct str again;
	struct err err;

	for (size_t place = 0; tarstream_next(t, &e, &err) > 0;) {
		const struct tar_member *m = member_at(tar, place);
		bool link = e.kind == TAR_LINK || e.kind == TAR_SAME;

		if (!*e.name || (link && e.target.len > LIMIT_PATH))
			continue;
		must(m && strcmp(m->name, e.name) == 0 && m->kind == e.kind && m->size == e.size);
		check_bytes(t, m, all);
		place++;
	}
	whole = tarstream_whole(t);
	if (whole && stream_whole(whole, MIB, ERR_IMAGE, a, &again, &err) == 0)
		must(str_compare(again, all) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	struct tarfile tar;
	struct err err;
	char *bytes;
	int fd;

	if (size == 0)
		return 0;
	fd = file_spool(&err);
	bytes = arena_copy(a, data, size);
	fix_sums(bytes, size);
	if (fd < 0 || file_write_all(fd, bytes, size) < 0)
		__builtin_trap();
	if (tarfile_open(fd, size, a, &tar, &err) == 0) {
		for (size_t i = 0; i < tar.nmembers; i++) {
			const struct tar_member *m;

			if (!tarfile_member(&tar, tar.members[i].name))
				__builtin_trap();
			if (tarfile_find(&tar, tar.members[i].name, &m, &err) == 0) {
				struct str ignored;

				(void)!tarfile_whole(&tar, m->name, 4096, a, &ignored, &err);
			}
		}
		check_stream(&tar, (struct str){ bytes, size });
	}
	close(fd);
	return 0;
}
