/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources.h - the rows of image_sources[], and what they share
 */
#ifndef STEP_IMAGE_SOURCES_H
#define STEP_IMAGE_SOURCES_H

#include "step/image/image.h"

extern const struct image_source source_docker;
extern const struct image_source source_oci;
extern const struct image_source source_rootfs;
extern const struct image_source source_registry;
extern const struct image_source source_engine_docker;
extern const struct image_source source_engine_podman;

/*
 * What an image is called in fingerprints: the repository of its label (or NULL: it has
 * none), else its path's last part without extensions.
 */
char *image_name(const char *label, const char *path, struct arena *a);
/* The tag of its label, or NULL. */
char *image_tag(const char *label, struct arena *a);
/* A second descriptor for the same open file, which closes on exec; ERR_INTERNAL. */
int fd_again(int fd, struct err *err) MUST_CHECK;
/* All of s in a nameless file in TMPDIR: its descriptor and size, or -1. s is closed. */
int stream_spool(struct stream *s, uint64_t *ret_size, struct err *err) MUST_CHECK;

#endif
