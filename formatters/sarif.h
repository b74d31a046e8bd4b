/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.h - texts as SARIF's readers take them
 */
#ifndef FORMATTERS_SARIF_H
#define FORMATTERS_SARIF_H

#include "step/model/model.h"

/* GitLab drops results with longer ones, GitHub cuts them; in code points. */
#define SARIF_TEXT_MAX 1024

/* One sentence of at most SARIF_TEXT_MAX with a full stop; line ends become blanks, links are broken. */
char *sarif_sentence(struct arena *a, const char *text);
/* "app/var/lib/dpkg/status": a relative reference, escaped, without empty and dot segments. */
char *sarif_uri(struct arena *a, const char *name, const char *path);
const char *sarif_level(enum severity s);
/* What "security-severity" says: CVSS, else the severity's usual place; NULL if unknown. */
char *sarif_score(struct arena *a, double cvss, enum severity s);
/* GitLab's severity is read from this first; negative if unknown. */
double sarif_rank(enum severity s);
/* "libssl3 3.0.1-1 is affected by CVE-2024-0001 (high), fixed in 3.0.9-1: title." */
char *sarif_message(struct arena *a, const struct finding *f);

#endif
