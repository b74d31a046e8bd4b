/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src_rootfs.c - image source: a plain root filesystem, as a tar or as a folder
 *
 * rootfs:FILE is one layer whose bytes are the file's, compressed or not. rootfs:FOLDER is one
 * layer too: foldertar.c makes a tar of what matters in it, whenever it is opened. Neither has a
 * digest, so nothing of it is cached.
 *
 * Left out: guessing. A tar or folder that only looks like a root filesystem may be anything, so
 * the prefix is required.
 */
#include "step/image/foldertar.h"
#include "step/image/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rootfs_image {
	struct opened_image image;
	struct image_layer layer;
	struct arena *arena;
	bool is_folder;
	int fd; /* of the file or the folder */
};

static int
rootfs_open_layer(struct opened_image *img, size_t layer, const struct path_filter *filter,
    struct stream **ret, struct err *err)
{
	struct rootfs_image *r = (struct rootfs_image *)img;

	(void)layer;
	if (r->is_folder)
		return foldertar_open(r->fd, filter, ret, err);
	*ret = stream_of_file(r->fd, ERR_IMAGE, 0, r->layer.size);
	return 0;
}

static void
rootfs_close(struct opened_image *img)
{
	struct rootfs_image *r = (struct rootfs_image *)img;

	auto_fd(&r->fd);
	arena_free(r->arena);
	free(r);
}

static int
rootfs_open(const struct image_request *req, const struct image_input *in,
    struct opened_image **ret, struct err *err)
{
	int fd = in->is_folder ? open(in->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			       : fd_again(in->fd, err);
	struct rootfs_image *r;

	(void)req;
	if (fd < 0)
		return in->is_folder ? err_set(err, ERR_IMAGE, "%s", strerror(errno)) : -1;
	r = xalloc(sizeof(*r));
	*r = (struct rootfs_image){ { .open_layer = rootfs_open_layer, .close = rootfs_close },
		.arena = arena_new(), .is_folder = in->is_folder, .fd = fd };
	r->layer.size = in->is_folder ? IMAGE_SIZE_UNKNOWN : in->size;
	r->image.name = image_name(NULL, in->path, r->arena);
	r->image.layers = &r->layer;
	r->image.nlayers = 1;
	*ret = &r->image;
	return 0;
}

const struct image_source source_rootfs = {
	.prefix = "rootfs",
	.summary = "a root filesystem: a folder, or a tar, plain or compressed",
	.undecoded = true,
	.open = rootfs_open,
};
