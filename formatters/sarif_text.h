/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_text.h - texts, addresses and severities as SARIF's readers take them
 */
#ifndef FORMATTERS_SARIF_TEXT_H
#define FORMATTERS_SARIF_TEXT_H

#include "formatters/sarif_document.h"

/* "shortDescription": { "text": ... } */
void sarif_put_message(struct jsonout *j, const char *key, const char *text);
/* A member that is left out where text is NULL; cut at SENTENCE_MAX. */
void sarif_put_known(struct sarif *s, const char *key, const char *text);

/* The name without the registry in front: "team/app"; literally the rest of name. */
const char *sarif_short_name(const char *name);
/* "scanstep/registry.example.com/team/app/linux/amd64/": the last slash ends GitHub's category. */
char *sarif_category(struct arena *a, const struct image *image);
/* "error", "warning" or "note". */
const char *sarif_level(enum severity s);
/* What "security-severity" says; NULL if nothing is known. */
char *sarif_score(struct arena *a, double cvss, enum severity s);
/* GitLab's severity is read from this first; negative if unknown. */
double sarif_rank(enum severity s);

#endif
