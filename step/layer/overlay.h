/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlay.h - inventories in order into the file system that a runtime would mount
 */
#ifndef STEP_LAYER_OVERLAY_H
#define STEP_LAYER_OVERLAY_H

#include "step/layer/layer.h"

/* A file that a wanted path leads to in the merged tree. */
struct merged_file {
	size_t layer; /* index of the layer that holds it */
	const struct inventory_file *file;
	const char *path; /* where the merged tree has it: not where a hard link leads */
};

/* A package of the merged tree, and since which layer without a break it is there. */
struct merged_package {
	const struct package *package;
	const char *path; /* of the file that lists it */
	size_t since;     /* index of a layer */
};

struct merged_gap {
	const char *path;
	const char *reason;
};

struct merged {
	struct merged_file *files; /* by the order of the wants that lead to them */
	size_t nfiles;
	struct merged_package *packages;
	size_t npackages;
	const struct distro *distro; /* of the first file that has one; or NULL */
	struct want *missed; /* files that links lead to and that no analysis has read yet */
	size_t nmissed;
	struct merged_gap *gaps; /* links that lead nowhere they could */
	size_t ngaps;
};

/*
 * Merge the layers, the base first. wants is the list
 * they were all analysed with; its first wants->roots are the paths to look up. With ret->nmissed
 * above 0 the layers must be analysed again with those wants added, and merged again.
 */
void overlay_merge(const struct inventory *const *layers, size_t nlayers,
    const struct want_list *wants, struct arena *a, struct merged *ret);

#endif
