/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed.c - test driver: what a feed reads from one document, as lines of fields
 *
 *      feed ROW FILE
 *
 *      claims      row that claims the document, or -
 *      advisory    id  aliases  severity  CVSS vector  url  title  details
 *      affected    ecosystem  package  scheme  introduced  fixed  last  state  severity
 *      covers      ecosystem
 *      skip        reason
 *      error       exit status  text
 *
 * Fields are parted by tabs, "-" stands for none. Status 0 even for a document that
 * is refused: that is a result. FILE is read 7 bytes at a time, so that no feed
 * can rely on where a piece ends.
 */
#include "step/advisory/feed.h"
#include "tests/fuzz/pieces.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct build {
	FILE *out;
};

static const char *
shown(const char *text)
{
	return text && *text ? text : "-";
}

/* Line breaks and tabs as blanks. */
static void
put(FILE *out, const char *text)
{
	fputc('\t', out);
	for (text = shown(text); *text; text++)
		fputc(strchr("\t\n\r", *text) ? ' ' : *text, out);
}

static const char *
state_name(enum affected_state state)
{
	switch (state) {
	case AFFECTED_FIXED:
		return "fixed";
	case AFFECTED_UNFIXED:
		return "unfixed";
	case AFFECTED_DECLINED:
		return "declined";
	case AFFECTED_UNKNOWN_FIX:
		return "unknown";
	case AFFECTED_NEVER:
		return "never";
	}
	return "?";
}

void
build_advisory(struct build *b, const struct advisory *a, const struct affected *list, size_t n)
{
	fputs("advisory", b->out);
	put(b->out, a->id);
	fputc('\t', b->out);
	for (size_t i = 0; a->aliases && a->aliases[i]; i++)
		fprintf(b->out, "%s%s", i ? " " : "", a->aliases[i]);
	if (!a->aliases || !a->aliases[0])
		fputc('-', b->out);
	put(b->out, severity_name(a->severity));
	put(b->out, a->cvss_vector);
	put(b->out, a->url);
	put(b->out, a->title);
	put(b->out, a->details);
	fputc('\n', b->out);
	for (size_t i = 0; i < n; i++) {
		fputs("affected", b->out);
		put(b->out, list[i].ecosystem);
		put(b->out, list[i].package);
		put(b->out, list[i].scheme);
		put(b->out, list[i].introduced);
		put(b->out, list[i].fixed);
		put(b->out, list[i].last);
		put(b->out, state_name(list[i].state));
		put(b->out, severity_name(list[i].severity));
		fputc('\n', b->out);
	}
}

void
build_skip(struct build *b, const char *reason)
{
	fputs("skip", b->out);
	put(b->out, reason);
	fputc('\n', b->out);
}

void
build_covers(struct build *b, const char *ecosystem)
{
	fputs("covers", b->out);
	put(b->out, ecosystem);
	fputc('\n', b->out);
}

static const struct feed_ops *
find(const char *name)
{
	for (size_t i = 0; i < nfeeds; i++) {
		if (strcmp(feeds[i]->name, name) == 0)
			return feeds[i];
	}
	return NULL;
}

static const char *
claimed_by(struct str head)
{
	if (head.len > 64 * KIB)
		head.len = 64 * KIB;
	for (size_t i = 0; i < nfeeds; i++) {
		if (feeds[i]->claims(head))
			return feeds[i]->name;
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	AUTO_ARENA a = arena_new();
	AUTO_STREAM file = NULL;
	const struct feed_ops *feed = argc == 3 ? find(argv[1]) : NULL;
	struct build build = { stdout };
	struct err err = { 0 };
	struct pieces in = { { pieces_read, pieces_close }, STR(""), 7 };
	int fd;

	if (!feed) {
		fputs("usage: feed ROW FILE\n", stderr);
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(argv[2]);
		return 2;
	}
	file = stream_of_fd(fd, ERR_DATABASE);
	if (stream_whole(file, GIB, ERR_DATABASE, a, &in.rest, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	printf("claims\t%s\n", shown(claimed_by(in.rest)));
	if (feed->parse("in", &in.stream, &build, &err) < 0)
		printf("error\t%d\t%s\n", err_status(&err), err.text);
	return fflush(stdout) == 0 ? 0 : 2;
}
