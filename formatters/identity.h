/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity.h - the names by which other tools know an image, its packages and a document about them
 */
#ifndef FORMATTERS_IDENTITY_H
#define FORMATTERS_IDENTITY_H

#include "formatters/uuid.h"
#include "step/model/model.h"

/* The package's purl, or NULL where it is none that a reader could parse: a stored report may hold anything. */
const char *purl_of(const struct package *p);
/*
 * "pkg:oci/app@sha256:...?arch=amd64&repository_url=registry.example.com%2Fteam%2Fapp", or NULL:
 * the image has no digest, or no name that a repository could have.
 */
char *image_purl(struct arena *a, const struct image *img);
/* An IRI of the image, always: its purl, the same with the tag for want of a digest, else "pkg:generic/NAME". */
char *image_iri(struct arena *a, const struct image *img);
/* An IRI of the package, always: its purl, else "pkg:generic/NAME@VERSION". */
const char *package_iri(struct arena *a, const struct package *p);
/*
 * "app/var/lib/dpkg/status": where in the image path is, as a relative reference that leads nowhere in a
 * checkout; escaped, without empty and dot segments, never empty.
 */
char *relative_uri(struct arena *a, const char *name, const char *path);
/* The UUID of a document of this kind about this scan: of image, time, database and verdict. */
void document_uuid(const char *kind, const struct report *r, char ret[UUID_SIZE]);
/*
 * By what the gaps of a report, or its notices, are known again in the next: of the image's name and their words,
 * but not of the layer, which each build makes anew. No two are the same: of those that say the same, the second
 * ends with "-2". As many as there are, in their order; kind is the format's.
 */
const char **gap_fingerprints(struct arena *a, const char *kind, const struct report *r);
const char **notice_fingerprints(struct arena *a, const char *kind, const struct report *r);

#endif
