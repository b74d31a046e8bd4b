/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c - what a reference is opened as, and what its layers really deliver
 *
 *      image REFERENCE [--platform P] [--image N] [--only PREFIX] [--dump LAYER]
 *          [--ca-bundle FILE|PEM] [--plain-http] [--skip-tls-verify]
 *
 *      name      NAME
 *      tag       TAG
 *      digest    DIGEST or -
 *      platform  PLATFORM or -
 *      notice    KIND TEXT               where there is one
 *      layer     N DIGEST BLOB_DIGEST SIZE DIFF_ID ONLY_DIFF_ID COMMAND
 *      bytes     N DIGEST SIZE           of what open_layer() delivers; "whole" where it is as named
 *      tail      N DIGEST SIZE           the same from the middle on
 *      error     N STATUS TEXT           opening or reading this layer fails
 *
 * --only makes a filter that lets through what begins with PREFIX, and the folders on the way.
 * --dump writes the bytes of one layer and nothing else. An image that cannot be opened is an
 * "error" line on standard error and its exit status.
 */
#include "step/image/image.h"
#include "step/base/http.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

/* The whole of a layer, or its second half, as one line. */
static void
print_bytes(struct opened_image *img, size_t i, const struct path_filter *filter, uint64_t offset)
{
	AUTO_ARENA arena = arena_new();
	AUTO_STREAM s = NULL;
	const char *digest, *wanted = img->layers[i].blob_digest;
	struct err err;
	uint64_t size;

	if (img->open_layer(img, i, offset, filter, &s, &err) < 0 ||
	    digest_stream(s, arena, &digest, &size, &err) < 0) {
		printf("error\t%zu\t%d\t%s\n", i, err_status(&err), err.text);
		return;
	}
	printf("%s\t%zu\t%s\t%" PRIu64 "%s\n", offset ? "tail" : "bytes", i, digest, size,
	    !offset && wanted && strcmp(wanted, digest) == 0 && size == img->layers[i].size
		? "\twhole"
		: "");
}

static void
print_image(struct opened_image *img, const struct path_filter *filter)
{
	printf("name\t%s\ntag\t%s\ndigest\t%s\nplatform\t%s\n", img->name, or_dash(img->tag),
	    or_dash(img->digest), or_dash(img->platform));
	if (img->notice)
		printf("notice\t%s\t%s\n", img->notice->kind, img->notice->text);
	for (size_t i = 0; i < img->nlayers; i++) {
		const struct image_layer *l = &img->layers[i];
		char size[32] = "-";

		if (l->size != IMAGE_SIZE_UNKNOWN)
			snprintf(size, sizeof(size), "%" PRIu64, l->size);
		printf("layer\t%zu\t%s\t%s\t%s\t%s\t%s\t%s\n", i, or_dash(l->digest),
		    or_dash(l->blob_digest), size, or_dash(l->diff_id),
		    l->diff_id_only ? "only" : "-", or_dash(l->command));
		print_bytes(img, i, filter, 0);
		if (l->size != IMAGE_SIZE_UNKNOWN && l->size > 1)
			print_bytes(img, i, filter, l->size / 2);
	}
}

static int
dump(struct opened_image *img, size_t i, const struct path_filter *filter)
{
	AUTO_STREAM s = NULL;
	struct err err;
	char buf[65536];
	ssize_t n;

	if (i >= img->nlayers || img->open_layer(img, i, 0, filter, &s, &err) < 0)
		return 3;
	while ((n = stream_read(s, buf, sizeof(buf), &err)) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	if (n < 0)
		fprintf(stderr, "error\t%d\t%s\n", err_status(&err), err.text);
	return n < 0 ? err_status(&err) : 0;
}

/* What the command line asks for. */
struct wanted {
	struct image_request request;
	const char *ca_bundle;
	struct only only;
	uint64_t layer;
};

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
	return argv[1] && strcmp(argv[0], "--dump") == 0 &&
		       str_number(str_of(argv[1]), LIMIT_LAYERS, &w->layer)
		   ? 2
		   : 0;
}

static int
print_failure(const struct err *err)
{
	fprintf(stderr, "error\t%d\t%s\n", err_status(err), err->text);
	return err_status(err);
}

int
main(int argc, char **argv)
{
	struct wanted w = {
		.request = { .login = { .username = getenv("SCANSTEP_REGISTRY_USERNAME"),
				 .password = getenv("SCANSTEP_REGISTRY_PASSWORD"),
				 .origin = "SCANSTEP_REGISTRY_USERNAME" },
		    .retry_ms = 100 },
		.only = { { only_matters }, NULL },
		.layer = UINT64_MAX
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
	filter = w.only.prefix ? &w.only.filter : NULL;
	if (http_tls_load(w.ca_bundle, arena, &tls, &err) < 0 ||
	    image_open(&w.request, &img, &err) < 0)
		return print_failure(&err);
	if (w.layer != UINT64_MAX)
		ret = dump(img, (size_t)w.layer, filter);
	else
		print_image(img, filter);
	image_close(img);
	return ret;
}
