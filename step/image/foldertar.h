/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foldertar.h - a tar stream made on the fly of what matters in a folder
 */
#ifndef STEP_IMAGE_FOLDERTAR_H
#define STEP_IMAGE_FOLDERTAR_H

#include "step/image/image.h"

/*
 * The same folder gives the same bytes: entries by name, no times or owners. Only
 * those for which filter (NULL: all) says that they matter, and only folders
 * that do are entered. No link is ever followed, devices and the like are left out. root, an open
 * folder, and filter must outlive the stream. What cannot be read is ERR_CONTENT.
 */
int foldertar_open(
    int root, const struct path_filter *filter, struct stream **ret, struct err *err) MUST_CHECK;

#endif
