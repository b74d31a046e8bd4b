/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx_parts.h - what a CycloneDX document is made of: components with their references, findings in groups
 */
#ifndef FORMATTERS_CYCLONEDX_PARTS_H
#define FORMATTERS_CYCLONEDX_PARTS_H

#include "formatters/jsonout.h"
#include "step/model/model.h"

/* Each level leaves out what those before it do, and more. */
enum cyclonedx_level {
	LEVEL_WHOLE = 0,
	LEVEL_COMPACT,       /* line ends and indentation */
	LEVEL_NO_DETAILS,    /* vulnerabilities' details */
	LEVEL_SHORT,         /* texts beyond a few words */
	LEVEL_NO_PROPERTIES, /* packages' properties */
	LEVEL_BARE,     /* recommendations, references, fingerprints; a bom-ref is a mere number */
	LEVEL_SELECTED, /* the least severe findings; then packages that none of the others is of */
};

struct cyclonedx_component {
	const struct package *package;
	const char *purl; /* or NULL */
	const char *ref;  /* unique: the purl where it is */
	bool left_out;
};

struct cyclonedx_finding {
	const struct finding *finding;
	size_t component;
	size_t rank; /* its place in the report */
};

/* One entry of the document: findings[begin] to findings[end - 1]. */
struct cyclonedx_group {
	size_t begin, end;
	size_t rank; /* of its worst finding */
};

struct cyclonedx {
	struct jsonout j;
	const struct report *r;
	struct arena *arena;   /* as long as the document */
	struct arena *scratch; /* empty between two elements */
	enum cyclonedx_level level;
	struct cyclonedx_component *components; /* as the report's packages */
	size_t ncomponents, nleft_out;
	struct cyclonedx_finding *findings; /* by group, in it by component; none twice */
	size_t nfindings, nkept; /* of all groups' findings in their order: the first so many */
	struct cyclonedx_group *groups; /* the worst first */
	size_t ngroups;
};

/* Components, findings and groups of the report, none left out. r and arena are set, what this makes is still 0. */
void cyclonedx_open(struct cyclonedx *c);

#endif
