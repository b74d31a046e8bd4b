/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - one reader on one file, its answer as lines of tab-separated text
 *
 *      reader NAME PATH FILE
 *
 *      package  TYPE  NAME  VERSION  ARCH  SOURCE  SOURCE_VERSION
 *      distro   ID  VERSION  CODENAME  NAME
 *      gap      TEXT
 *      error    TEXT
 *
 * PATH is where the file lies in an image. What is absent is empty. Exit status
 * 0 also after an error, 2 for a wrong command line.
 */
#include "step/reader/reader.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void
cell(const char *text)
{
	putchar('\t');
	for (const char *c = text ? text : ""; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == '\\' || *c == 0x7f)
			printf("\\x%02x", (unsigned)*c);
		else
			putchar(*c);
	}
}

static void
print_sink(const struct sink *s)
{
	for (size_t i = 0; i < s->npackages; i++) {
		const struct package *p = &s->packages[i];

		fputs("package", stdout);
		cell(p->type);
		cell(p->name);
		cell(p->version);
		cell(p->arch);
		cell(p->source_name);
		cell(p->source_version);
		putchar('\n');
	}
	if (s->distro) {
		fputs("distro", stdout);
		cell(s->distro->id);
		cell(s->distro->version);
		cell(s->distro->codename);
		cell(s->distro->name);
		putchar('\n');
	}
	for (size_t i = 0; i < s->ngaps; i++) {
		fputs("gap", stdout);
		cell(s->gaps[i]);
		putchar('\n');
	}
}

static const struct reader_ops *
reader_find(const char *name)
{
	for (size_t i = 0; i < nreaders; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct reader_ops *ops = argc == 4 ? reader_find(argv[1]) : NULL;
	AUTO_ARENA arena = arena_new();
	AUTO_STREAM in = NULL;
	struct err err = { .kind = ERR_NONE };
	struct sink sink;
	struct stat st;
	int fd;

	if (!ops) {
		fputs("usage: reader NAME PATH FILE\n", stderr);
		return 2;
	}
	fd = open(argv[3], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(argv[3]);
		return 2;
	}
	in = stream_of_fd(fd, ERR_CONTENT);
	sink_init(&sink, arena);
	if ((uint64_t)st.st_size > ops->max_size)
		err_set(
		    &err, ERR_CONTENT, "larger than %llu bytes", (unsigned long long)ops->max_size);
	else if (ops->read(argv[2], in, &sink, &err) == 0)
		err.kind = ERR_NONE;
	print_sink(&sink);
	if (err.kind != ERR_NONE) {
		fputs("error", stdout);
		cell(err.text);
		putchar('\n');
	}
	return 0;
}
