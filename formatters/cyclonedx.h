/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx.h - what the parts of the CycloneDX format share: the document's parts, and what is left out
 */
#ifndef FORMATTERS_CYCLONEDX_H
#define FORMATTERS_CYCLONEDX_H

#include "formatters/jsonout.h"
#include "step/model/model.h"

#define CYCLONEDX_ROOM     5000000 /* bytes: GitLab takes less, unless its administrator raised it */
#define CYCLONEDX_TEXT_MAX 1024 /* code points of a version (the schema's limit), a name, an id */

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

/* Components and groups of the report: cyclonedx_parts.c. */
void cyclonedx_open(struct cyclonedx *c);

/* The elements of the document's lists. */
void cyclonedx_component(struct cyclonedx *c, size_t component);
void cyclonedx_vulnerability(struct cyclonedx *c, const struct cyclonedx_group *g, size_t members);
void cyclonedx_affects(struct cyclonedx *c, const struct cyclonedx_finding *f);

/* The whole document, from the beginning of its stream on, at the level; cut off where it is too large. */
int cyclonedx_document(struct cyclonedx *c, struct err *err) MUST_CHECK;
/* The same at the first level that fits: cyclonedx_fit.c. */
int cyclonedx_fit(struct cyclonedx *c, struct err *err) MUST_CHECK;
/* Bytes in the stream. */
size_t cyclonedx_size(const struct cyclonedx *c);

/* { "name": name, "value": value }; nothing where there is no value. Cut at CYCLONEDX_TEXT_MAX. */
void cyclonedx_property(struct cyclonedx *c, const char *name, const char *value);
/* The same cut of a member of its own; it is there even if empty. */
void cyclonedx_text(struct cyclonedx *c, const char *key, const char *text);
/* The bom-ref of a component, in scratch. */
const char *cyclonedx_ref(struct cyclonedx *c, size_t component);

#endif
