/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.c - what a reference is opened as, and what its layers really deliver
 *
 *      image REFERENCE [--platform P] [--image N] [--only PREFIX] [--dump LAYER]
 *
 *      name      NAME
 *      tag       TAG
 *      digest    DIGEST or -
 *      platform  PLATFORM or -
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

int
main(int argc, char **argv)
{
	struct image_request req = { .username = getenv("SCANSTEP_REGISTRY_USERNAME"),
		.password = getenv("SCANSTEP_REGISTRY_PASSWORD") };
	struct only only = { { only_matters }, NULL };
	struct opened_image *img = NULL;
	uint64_t layer = UINT64_MAX;
	struct err err;
	int ret = 0;

	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;

		if (more && strcmp(argv[i], "--platform") == 0)
			req.platform = argv[++i];
		else if (more && strcmp(argv[i], "--image") == 0)
			req.name = argv[++i];
		else if (more && strcmp(argv[i], "--only") == 0)
			only.prefix = argv[++i];
		else if (more && strcmp(argv[i], "--dump") == 0 &&
			 str_number(str_of(argv[i + 1]), LIMIT_LAYERS, &layer))
			i++;
		else
			req.reference = argv[i];
	}
	if (!req.reference) {
		fputs("usage: image REFERENCE [--platform P] [--image N] [--only PREFIX] [--dump "
		      "N]\n",
		    stderr);
		return 2;
	}
	if (image_open(&req, &img, &err) < 0) {
		fprintf(stderr, "error\t%d\t%s\n", err_status(&err), err.text);
		return err_status(&err);
	}
	if (layer != UINT64_MAX)
		ret = dump(img, (size_t)layer, only.prefix ? &only.filter : NULL);
	else
		print_image(img, only.prefix ? &only.filter : NULL);
	image_close(img);
	return ret;
}
