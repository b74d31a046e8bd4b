/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_tarfile.c - any bytes as the outer tar of an archive
 *
 * The checksums of its headers are made right first: nothing else would be reached.
 */
#include "step/image/tarfile.h"

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
	}
	close(fd);
	return 0;
}
