/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c - what a reference is opened as, and what its layers really deliver
 *
 *      image REFERENCE [--platform P] [--image N] [--only PREFIX] [--dump LAYER] [--part LAYER]
 *          [--ca-bundle FILE|PEM] [--plain-http] [--skip-tls-verify] [--documents FOLDER]
 *          [--mirror REGISTRY=HOST]... [--deadline SECONDS] [--want N,N]
 *
 *      name      NAME
 *      tag       TAG
 *      digest    DIGEST or -
 *      platform  PLATFORM or -
 *      notice    KIND TEXT               where there is one
 *      remark    TEXT                    for each
 *      layer     N DIGEST BLOB_DIGEST SIZE DIFF_ID ONLY_DIFF_ID COMMAND
 *      bytes     N DIGEST SIZE           of what open_layer() delivers; "whole" where it is as named
 *      error     N STATUS TEXT           opening or reading this layer fails
 *
 * Of a source whose layers come in one stream the last lines are "bytes" or "error" in the order of the
 * stream; --want names those that are asked for, all if it is not given.
 * --only makes a filter that lets through what begins with PREFIX, and the folders on the way.
 * --dump writes the bytes of one layer and nothing else, --part those of open_part(). An image that cannot be opened is an
 * "error" line on standard error and its exit status. What is waited for is a line "told" on standard error; in messages
 * --timeout is 7.
 */
#include "step/image/image.h"
#include "step/base/http.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MIRRORS 4

struct only {
	struct path_filter filter;
	const char *prefix;
};

static bool
only_matters(const struct path_filter *f, const char *path)
{
	const char *prefix = ((const struct only *)f)->prefix;
	size_t len = strlen(path), plen = strlen(prefix);

	if (len < plen)
		return strncmp(prefix, path, len) == 0 && prefix[len] == '/';
	return strncmp(prefix, path, plen) == 0 && (path[plen] == '/' || path[plen] == '\0');
}

static const char *
or_dash(const char *text)
{
	return text ? text : "-";
}

/* The whole of a layer as one line. */
static void
print_bytes(struct opened_image *img, size_t i, const struct path_filter *filter)
{
	AUTO_ARENA arena = arena_new();
	AUTO_STREAM s = NULL;
	const char *digest, *wanted = img->layers[i].blob_digest;
	struct err err;
	uint64_t size;

	if (img->open_layer(img, i, filter, &s, &err) < 0 ||
	    digest_stream(s, arena, &digest, &size, &err) < 0) {
		printf("error\t%zu\t%d\t%s\n", i, err_status(&err), err.text);
		return;
	}
	printf("bytes\t%zu\t%s\t%" PRIu64 "%s\n", i, digest, size,
	    wanted && strcmp(wanted, digest) == 0 && size == img->layers[i].size ? "\twhole" : "");
}

static void
print_image(struct opened_image *img, const struct path_filter *filter)
{
	printf("name\t%s\ntag\t%s\ndigest\t%s\nplatform\t%s\n", img->name, or_dash(img->tag),
	    or_dash(img->digest), or_dash(img->platform));
	if (img->notice)
		printf("notice\t%s\t%s\n", img->notice->kind, img->notice->text);
	for (const char *const *r = img->remarks; r && *r; r++)
		printf("remark\t%s\n", *r);
	for (size_t i = 0; i < img->nlayers; i++) {
		const struct image_layer *l = &img->layers[i];
		char size[32] = "-";

		if (l->size != IMAGE_SIZE_UNKNOWN)
			snprintf(size, sizeof(size), "%" PRIu64, l->size);
		printf("layer\t%zu\t%s\t%s\t%s\t%s\t%s\t%s\n", i, or_dash(l->digest),
		    or_dash(l->blob_digest), size, or_dash(l->diff_id),
		    l->diff_id_only ? "only" : "-", or_dash(l->command));
		if (img->open_layer)
			print_bytes(img, i, filter);
	}
}

static void
print_told(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "told\t%s\n", text);
}

static bool
is_listed(struct str list, size_t layer)
{
	uint64_t n;

	while (list.len)
		if (str_number(str_cut(&list, ','), LIMIT_LAYERS, &n) && n == layer)
			return true;
	return false;
}

/* All layers that are asked for, or those of the list, as next_layer() has them. */
static int
print_stream(struct opened_image *img, const char *list)
{
	AUTO_ARENA arena = arena_new();
	bool *wanted = arena_alloc(arena, (img->nlayers + 1) * sizeof(*wanted));
	struct stream *s = NULL;
	size_t i;
	struct err err;
	int got;

	for (i = 0; i < img->nlayers; i++)
		wanted[i] = !list || is_listed(str_of(list), i);
	for (bool first = true; (got = img->next_layer(img, first, wanted, &i, &s, &err)) > 0;
	     first = false) {
		const char *digest = NULL;
		uint64_t size;
		bool ends = digest_stream(s, arena, &digest, &size, &err) < 0;

		stream_close(s);
		wanted[i] = false;
		if (ends)
			break;
		printf("bytes\t%zu\t%s\t%" PRIu64 "%s\n", i, digest, size,
		    strcmp(digest, img->layers[i].blob_digest) == 0 ? "\twhole" : "");
	}
	if (got == 0)
		return 0;
	printf("error\t%d\t%s\n", err_status(&err), err.text);
	return 3;
}

static int
open_one(struct opened_image *img, size_t i, const struct path_filter *filter, bool part,
    struct stream **ret, struct err *err)
{
	if (!part)
		return img->open_layer(img, i, filter, ret, err);
	if (!img->open_part || !img->layers[i].toc_digest)
		return err_set(err, ERR_USAGE, "has no table of contents");
	return img->open_part(img, i, filter, ret, err);
}

static int
dump(struct opened_image *img, size_t i, const struct path_filter *filter, bool part)
{
	AUTO_STREAM s = NULL;
	struct err err;
	char buf[65536];
	ssize_t n = -1;

	if (i >= img->nlayers)
		return 3;
	if (open_one(img, i, filter, part, &s, &err) == 0)
		n = 1;
	while (n > 0 && (n = stream_read(s, buf, sizeof(buf), &err)) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	if (n < 0)
		fprintf(stderr, "error\t%d\t%s\n", err_status(&err), err.text);
	return n < 0 ? err_status(&err) : 0;
}

/* What the command line asks for. */
struct wanted {
	struct image_request request;
	const char *ca_bundle, *want;
	struct only only;
	uint64_t layer, part, seconds;
	const char *mirrors[MIRRORS + 1];
	size_t nmirrors;
};

/* A flag with a number, or one that may be repeated, and the argument behind it: 2, or 0. */
static int
read_other(char **argv, struct wanted *w)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "--dump", &w->layer },
		{ "--part", &w->part },
		{ "--deadline", &w->seconds },
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (strcmp(argv[0], numbers[i].name) == 0)
			return str_number(str_of(argv[1]), LIMIT_LAYERS, numbers[i].value) ? 2 : 0;
	if (strcmp(argv[0], "--mirror") == 0 && w->nmirrors < MIRRORS) {
		w->mirrors[w->nmirrors++] = argv[1];
		return 2;
	}
	return 0;
}

/* The flag at argv[0]: how many arguments it takes up, 0 if it is none. */
static int
read_flag(char **argv, struct wanted *w)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "--platform", &w->request.platform },
		{ "--image", &w->request.name },
		{ "--only", &w->only.prefix },
		{ "--ca-bundle", &w->ca_bundle },
		{ "--documents", &w->request.documents },
		{ "--want", &w->want },
	};
	const struct {
		const char *name;
		bool *value;
	} switches[] = {
		{ "--plain-http", &w->request.plain_http },
		{ "--skip-tls-verify", &w->request.skip_tls_verify },
	};

	for (size_t i = 0; i < ARRAY_LEN(switches); i++)
		if (strcmp(argv[0], switches[i].name) == 0) {
			*switches[i].value = true;
			return 1;
		}
	for (size_t i = 0; i < ARRAY_LEN(texts) && argv[1]; i++)
		if (strcmp(argv[0], texts[i].name) == 0) {
			*texts[i].value = argv[1];
			return 2;
		}
	return argv[1] ? read_other(argv, w) : 0;
}

static int
print_failure(const struct err *err)
{
	fprintf(stderr, "error\t%d\t%s\n", err_status(err), err->text);
	return err_status(err);
}

/* What the program makes of the same variable. */
static unsigned
retry_ms(void)
{
	uint64_t ms = 100;

	(void)!str_number(str_of(getenv("SCANSTEP_DEBUG_RETRY_MS")), 60000, &ms);
	return (unsigned)ms;
}

int
main(int argc, char **argv)
{
	struct wanted w = {
		.request = { .login = { .username = getenv("SCANSTEP_REGISTRY_USERNAME"),
				 .password = getenv("SCANSTEP_REGISTRY_PASSWORD"),
				 .token = getenv("SCANSTEP_REGISTRY_TOKEN"),
				 .origin = "SCANSTEP_REGISTRY_USERNAME" },
		    .retry_ms = retry_ms(),
		    .timeout = 7,
		    .tell = print_told },
		.only = { { only_matters }, NULL },
		.layer = UINT64_MAX,
		.part = UINT64_MAX
	};
	AUTO_ARENA arena = arena_new();
	struct http_tls tls;
	struct opened_image *img = NULL;
	const struct path_filter *filter;
	struct err err;
	int ret = 0, n = 0;

	for (int i = 1; i < argc; i += n) {
		n = read_flag(argv + i, &w);
		if (n == 0) {
			n = 1;
			w.request.reference = argv[i];
		}
	}
	if (!w.request.reference) {
		fputs("usage: image REFERENCE [FLAG...]: see image.c\n", stderr);
		return 2;
	}
	w.request.tls = &tls;
	w.request.mirrors = w.mirrors;
	if (w.seconds)
		w.request.deadline_ms = monotonic_ms() + 1000 * (int64_t)w.seconds;
	filter = w.only.prefix ? &w.only.filter : NULL;
	if (http_tls_load(w.ca_bundle, arena, &tls, &err) < 0 ||
	    image_open(&w.request, &img, &err) < 0)
		return print_failure(&err);
	if (w.layer != UINT64_MAX)
		ret = dump(img, (size_t)w.layer, filter, false);
	else if (w.part != UINT64_MAX)
		ret = dump(img, (size_t)w.part, filter, true);
	else
		print_image(img, filter);
	if (img->next_layer)
		ret = print_stream(img, w.want);
	image_close(img);
	return ret;
}
