/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - what policy may decide: the standing of each finding, and notices
 *
 * It makes no findings and takes none away.
 */
#ifndef STEP_POLICY_POLICY_H
#define STEP_POLICY_POLICY_H

#include "step/base/io.h"
#include "step/model/model.h"

/* Accepted findings, each with a scope, a reason and an expiry. */
struct allowlist;

/*
 * Read allow-lists of any format (allowlist.c has the table, its rows the grammars) into one in the
 * arena, NULL if there are no paths. What must not be guessed is ERR_USAGE naming the file, and
 * line or entry; what others' programs take differently becomes a notice of the report.
 */
int allowlist_read(const char *const *paths, size_t n, struct arena *a, struct allowlist **ret,
    struct err *err) MUST_CHECK;
/* The same for text in clair-scanner's format that is in no file; *list or NULL: a new one. */
int allowlist_add_text(struct allowlist **list, const char *name, struct str text, struct arena *a,
    struct err *err) MUST_CHECK;
/*
 * The allow-lists that the root of a checkout has, in the order of the table: "FOLDER/NAME", in "."
 * "NAME". Files alone: whose commit makes a symbolic link has not shown what is in the file.
 */
void allowlist_find(const char *folder, struct arena *a, const char ***ret, size_t *ret_n);
/* The symbolic links that bear such names, for allowlist_left_out(). */
void allowlist_find_links(const char *folder, struct arena *a, const char ***ret, size_t *ret_n);
/* Has the report say that this link was no allow-list; *list or NULL: a new one. */
void allowlist_left_out(struct allowlist **list, const char *link, struct arena *a);

/*
 * Decide the standing of every finding of the draft by the allow-list (or NULL) and
 * draft->report.policy; what the lists' authors should know becomes notices, and so does how many
 * findings of unknown severity pass. now: seconds since the epoch, for expiry. Standings and
 * notices of policy that a stored report brought are decided anew.
 */
void policy_apply(struct report_draft *d, const struct allowlist *list, int64_t now);

#endif
