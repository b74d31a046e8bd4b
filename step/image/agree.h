/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agree.h - an archive that is of docker save and an OCI layout at once: one image, or two?
 */
#ifndef STEP_IMAGE_AGREE_H
#define STEP_IMAGE_AGREE_H

#include "step/image/tarfile.h"

/* One of manifest.json's RepoTags. */
struct agree_name {
	const char *tag;
	bool chosen; /* of the image that was chosen */
};

/* The image that was chosen by manifest.json, and its neighbours there. */
struct agree_image {
	const char *config;             /* digest of its config's bytes */
	const char *platform;           /* "linux/amd64", or NULL: its config does not say */
	const struct agree_name *names; /* of all images of manifest.json */
	size_t nnames;
	const char *const *configs; /* digests of all, as it names them; NULL: it does not say */
	size_t nconfigs;
};

/*
 * Does the archive's index.json, which it has, lead to the same image? Else ERR_IMAGE that names
 * both: which of them runs would depend on the tool that loads the archive.
 */
int archive_agree(
    const struct tarfile *t, const struct agree_image *image, struct err *err) MUST_CHECK;

#endif
