/* SPDX-License-Identifier: Apache-2.0 */
/*
 * analyse.c - one layer's bytes to its inventory, in the sandboxed child
 *
 * The message that a child gets: a letter for each flag, then for each extra want its
 * pattern, what it is read as and its reader's number, each text with a NUL behind it.
 */
#include "step/analyse.h"

#include "step/layer/sandbox.h"
#include "step/reader/reader.h"

#include <stdlib.h>
#include <string.h>

struct want_list
analysis_wants(struct arena *a, const struct want *extras, size_t nextras)
{
	struct want *wants = NULL;
	struct want_list list = { 0 };

	for (size_t i = 0; i < nreaders; i++)
		for (const char *const *path = readers[i]->paths; *path; path++) {
			wants = arena_grow(a, wants, list.count, sizeof(*wants));
			wants[list.count++] =
			    (struct want){ *path, *path, (unsigned)i, readers[i]->max_size };
		}
	list.roots = list.count;
	for (size_t i = 0; i < nextras; i++) {
		wants = arena_grow(a, wants, list.count, sizeof(*wants));
		wants[list.count++] = extras[i];
	}
	list.wants = wants;
	return list;
}

int
analysis_write(struct arena *a, const struct analysis *job, struct str *ret, struct err *err)
{
	char *bytes = arena_alloc(a, LIMIT_JOB);
	size_t len = 0;

	len += (size_t)snprintf(bytes, LIMIT_JOB, "%s%s%s", job->want_diff_id ? "d" : "",
		   job->undigested ? "u" : "", job->crash ? "c" : "") +
	       1;
	for (size_t i = 0; i < job->nextras; i++) {
		const struct want *w = &job->extras[i];
		size_t need = strlen(w->pattern) + strlen(w->as) + 16;

		if (LIMIT_JOB - len < need)
			return err_set(err, ERR_CONTENT, "links lead to too many wanted files");
		len += (size_t)snprintf(bytes + len, LIMIT_JOB - len, "%s", w->pattern) + 1;
		len += (size_t)snprintf(bytes + len, LIMIT_JOB - len, "%s", w->as) + 1;
		len += (size_t)snprintf(bytes + len, LIMIT_JOB - len, "%u", w->reader) + 1;
	}
	*ret = (struct str){ bytes, len };
	return 0;
}

/* The message back into a job; it comes from our own parent. */
static struct analysis
analysis_read(struct arena *a, struct str message)
{
	struct str flags = str_cut(&message, '\0');
	struct analysis job = {
		.want_diff_id = memchr(flags.ptr, 'd', flags.len) != NULL,
		.undigested = memchr(flags.ptr, 'u', flags.len) != NULL,
		.crash = memchr(flags.ptr, 'c', flags.len) != NULL,
	};
	struct want *extras = NULL;

	while (message.len) {
		const char *pattern = str_cut(&message, '\0').ptr;
		const char *as = str_cut(&message, '\0').ptr;
		uint64_t reader = 0;

		if (!str_number(str_cut(&message, '\0'), nreaders - 1, &reader))
			break;
		extras = arena_grow(a, extras, job.nextras, sizeof(*extras));
		extras[job.nextras++] =
		    (struct want){ pattern, as, (unsigned)reader, readers[reader]->max_size };
	}
	job.extras = extras;
	return job;
}

const char *
analysis_key(struct arena *a, const struct analysis *job)
{
	char hex[SHA256_HEX];
	struct sha256 h;
	const char *text = arena_textf(a, "%d%c", INVENTORY_FORMAT,
	    job->toc_digest     ? 'p'
	    : job->want_diff_id ? 'd'
				: '-');

	sha256_init(&h);
	sha256_update(&h, text, strlen(text) + 1);
	if (job->toc_digest)
		sha256_update(&h, job->toc_digest, strlen(job->toc_digest) + 1);
	for (size_t i = 0; i < nreaders; i++) {
		text = arena_textf(a, "%s %u", readers[i]->name, readers[i]->version);
		sha256_update(&h, text, strlen(text) + 1);
	}
	for (size_t i = 0; i < job->nextras; i++) {
		const struct want *w = &job->extras[i];

		sha256_update(&h, w->pattern, strlen(w->pattern) + 1);
		sha256_update(&h, w->as, strlen(w->as) + 1);
		sha256_update(&h, readers[w->reader]->name, strlen(readers[w->reader]->name) + 1);
	}
	sha256_hex(&h, hex);
	return arena_textf(a, "%.32s", hex);
}

/* ---- The visitor: a wanted file goes through its reader ---- */

struct visitor {
	struct walk_visitor visitor;
	struct inventory *inv;
};

static int
visit_file(struct walk_visitor *v, const struct want *want, const char *path, const char *as,
    uint64_t size, struct stream *body, struct err *err)
{
	struct inventory *inv = ((struct visitor *)v)->inv;
	const struct reader_ops *reader = readers[want->reader];
	struct sink sink;

	sink_init(&sink, inv->arena);
	if (size > want->max_size)
		sink_gap(&sink, "larger than the limit of %llu bytes",
		    (unsigned long long)want->max_size);
	else if (reader->read(as, body, &sink, err) < 0 && err->kind == ERR_CONTENT)
		sink_gap(&sink, "%s", err->text);
	inv->files = arena_grow(inv->arena, inv->files, inv->nfiles, sizeof(*inv->files));
	inv->files[inv->nfiles++] = (struct inventory_file){ want->reader, path, sink.packages,
		sink.npackages, sink.gaps, sink.ngaps, sink.distro };
	return 0;
}

int
analysis_run(const struct analysis *job, struct stream *blob, struct arena *a,
    struct inventory **ret, struct err *err)
{
	struct walk_options options = {
		.wants = analysis_wants(a, job->extras, job->nextras),
		.want_diff_id = job->want_diff_id,
		.undigested = job->undigested,
	};
	struct visitor v = { { visit_file }, inventory_new(a) };

	if (layer_walk(blob, &options, &v.visitor, v.inv, err) < 0)
		return -1;
	*ret = v.inv;
	return 0;
}

int
analysis_child(struct str message, int in, int out)
{
	AUTO_ARENA arena = arena_new();
	struct analysis job = analysis_read(arena, message);
	AUTO_STREAM blob = stream_of_fd(in, ERR_IMAGE);
	struct inventory *inv;
	struct str answer;
	struct err err;
	int result;

	if (job.crash)
		abort();
	if (analysis_run(&job, blob, arena, &inv, &err) < 0)
		return err_status(&err);
	inventory_write(inv, &answer);
	result = file_write_all(out, answer.ptr, answer.len);
	auto_free(&answer.ptr);
	return result < 0 ? STATUS_INTERNAL : STATUS_OK;
}
