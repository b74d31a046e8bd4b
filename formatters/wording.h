/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wording.h - what every format says in the same words, and texts made short and safe
 *
 * What comes out is still a stranger's text: it goes through the format's own escaper.
 * Texts are in the arena, or literals.
 *
 * Of the severities two have no word of their own in most formats:
 *
 *                      negligible                    unknown
 *      github          the policy's level, the word in the text, as for all
 *      sarif           note, rated 0.1 to 3.9        note, rated by CVSS or not at all
 *      gitlab          Info                          Unknown
 *      codequality     info                          info
 *      cyclonedx       info, and a property          unknown
 *      clair           Negligible                    Unknown
 *      jenkins         LOW                           LOW
 *      junit           NEGLIGIBLE                    UNKNOWN
 *      all others      negligible                    unknown, if they name severities
 */
#ifndef FORMATTERS_WORDING_H
#define FORMATTERS_WORDING_H

#include "step/model/model.h"

/* Code points that all who show one sentence take: GitLab drops longer ones, GitHub cuts them. */
#define SENTENCE_MAX 1024

/* The first max code points of text, "..." for what is cut off. */
char *cut_text(struct arena *a, const char *text, size_t max);
/*
 * One line that shows what it holds: a blank for each run of blanks, tabs and line ends,
 * U+FFFD for what cannot be seen, and no "](", which would make a link of it.
 */
char *one_line(struct arena *a, const char *text);
/*
 * one_line(), without blanks around it and of at most max code points; NULL if text is, or if nothing is
 * left. No more of the text is looked at than about twice that: it may be as large as a feed made it.
 */
char *short_line(struct arena *a, const char *text, size_t max);
/*
 * url, if it is a plain http or https address of at most 2,048 bytes, else NULL: one reader gives
 * up on the whole file over an address that it cannot parse.
 */
const char *web_link(const char *url);
/* The texts of a list that ends with NULL, with between between them. */
char *join_texts(struct arena *a, const char *const *texts, const char *between);
/* "2026-11-22T08:00:00": a time of the report without its Z, for those who refuse a zone. */
char *bare_time(struct arena *a, const char *time);

/* "1 gap", "2 gaps", "3 vulnerabilities": of a noun of ours that has no other plural. */
char *number_of(struct arena *a, size_t n, const char *noun);
/* How many packages there are of the type of the one at first, the first of them: they are sorted by type. */
size_t count_type(const struct report *r, size_t first);

/* "High". */
const char *severity_title(enum severity s);
/* "open", "accepted", "not affected (VEX)", "below the threshold". */
const char *standing_title(enum standing s);
/* One sentence of at most max code points with a full stop, as one_line() gives it. */
char *sentence(struct arena *a, const char *text, size_t max);
/* "libssl3 3.0.1-1 is affected by CVE-2024-0001 (high), fixed in 3.0.9-1: title.", at most SENTENCE_MAX. */
char *finding_sentence(struct arena *a, const struct finding *f);
/* "fixed in 3.0.9-1", "no fix yet", "will not be fixed", "fix not known". */
const char *fix_words(struct arena *a, const struct finding *f);
/* What to do, one sentence: "Upgrade libssl3 from 3.0.1-1 to 3.0.9-1 (source package openssl)." */
char *advice(struct arena *a, const struct finding *f);
/*
 * Who decided what and why: "accepted: not built (security team, until 2027-01-31, in allow.yaml)",
 * "accepted: no fix is released yet (by --only-fixed)".
 */
char *decision_words(struct arena *a, const struct finding *f);
/* A gap in words: "Not looked at: var/lib/dpkg/status in layer sha256:...: cut off"; the reason is whole. */
char *gap_words(struct arena *a, const struct gap *g);
/* "3 of 9 findings are left out: they are below --report-min high." */
char *below_words(struct arena *a, size_t n, size_t of, enum severity least);
/* The layer that brought the package, or NULL. */
const struct layer *layer_of(const struct report *r, const struct package *p);
/* "2.0", "3.0", "3.1", "4.0", or NULL: of a CVSS vector as feeds write it (2.0 may stand bare); NULL is none. */
const char *cvss_version(const char *vector);

#endif
