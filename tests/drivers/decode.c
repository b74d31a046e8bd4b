/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.c - decodes a gzip or zstd file to nowhere: what make bench takes for the limit
 */
#include "step/base/io.h"

#include <fcntl.h>

int
main(int argc, char **argv)
{
	AUTO_FREE char *piece = xalloc(256 * KIB);
	AUTO_STREAM file = NULL;
	AUTO_STREAM decoded = NULL;
	struct err err;
	ssize_t n;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0)
		return 2;
	file = stream_of_fd(fd, ERR_CONTENT);
	decoded = stream_decode(file, false, ERR_CONTENT);
	while ((n = stream_read(decoded, piece, 256 * KIB, &err)) > 0)
		continue;
	if (n < 0)
		fprintf(stderr, "%s\n", err.text);
	return n < 0;
}
