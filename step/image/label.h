/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label.h - the names that archives give their images: comparing and shortening them
 */
#ifndef STEP_IMAGE_LABEL_H
#define STEP_IMAGE_LABEL_H

#include "step/base/base.h"

/*
 * Does the name a person typed choose the image that is called label? Both may leave out
 * "docker.io/", "library/" and the tag "latest"; a typed name without a tag chooses every tag.
 */
bool label_matches(struct str label, struct str typed);
/* The repository of a reference, without tag and digest; "" where it is a tag alone ("latest"). */
struct str label_repository(struct str label);
/* What label_repository() leaves of it: the tag, or "". */
struct str label_tag(struct str label);
/* A path's last part without the extensions of archives: "build/app.tar.gz" is "app". */
struct str label_of_path(struct str path);

#endif
