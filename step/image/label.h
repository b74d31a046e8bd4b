/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label.h - the names that archives give their images: comparing and shortening them
 */
#ifndef STEP_IMAGE_LABEL_H
#define STEP_IMAGE_LABEL_H

#include "step/base/base.h"

/*
 * Are both one name? Each may leave out "docker.io/", "library/" and the tag "latest"; typed
 * without a tag, it stands for every tag. Digests are not looked at.
 */
bool label_matches(struct str label, struct str typed);
/*
 * Does the name a person typed choose the image that is called label? A digest in it must be that
 * of the image's manifest ("": not known), or stand in the label: nobody has verified that one, but
 * it is what people are shown to choose from.
 */
bool label_chosen(struct str label, struct str digest, struct str typed);
/* The repository of a reference, without tag and digest; "" where it is a tag alone ("latest"). */
struct str label_repository(struct str label);
/* What label_repository() leaves of it: the tag, or "". */
struct str label_tag(struct str label);
/* A path's last part without the extensions of archives: "build/app.tar.gz" is "app". */
struct str label_of_path(struct str path);

#endif
