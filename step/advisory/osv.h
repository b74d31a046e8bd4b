/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv.h - what the OSV files share: whose ecosystems are read
 */
#ifndef STEP_ADVISORY_OSV_H
#define STEP_ADVISORY_OSV_H

#include "step/advisory/feed_fields.h"

/* An ecosystem as OSV writes it, in our terms. */
struct osv_ecosystem {
	const char *name;    /* "debian:bookworm" */
	const char *scheme;  /* "deb" */
	bool is_distro;      /* a distribution: names no fix where there is none */
	bool lists_cves;     /* its advisories say in "related" which CVEs they are about */
	const char *skipped; /* instead of all that: why it is not read */
};

/* text is what OSV says ("Debian:12"), or NULL. */
struct osv_ecosystem osv_ecosystem_of(struct arena *a, const char *text);

#endif
