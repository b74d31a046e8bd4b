/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - layer children: processes without files, network or secrets that read strangers' bytes
 *
 *      scanstep ---- helper ---- minder ---- child        one minder and child a job
 *                  (forked first,          (sandboxed: bytes in
 *                   wiped of secrets)       by a pipe, answer out by a pipe)
 *
 * The helper is forked before credentials, libcurl and threads exist, so no child ever
 * had them. It gets each job's pipes over a socket. The minder only waits for its child.
 * When scanstep dies, the helper sees its socket close and all of them go.
 */
#ifndef STEP_LAYER_SANDBOX_H
#define STEP_LAYER_SANDBOX_H

#include "step/base/io.h"

/* What a child does: read in to its end, write an answer to out. The exit status to leave with. */
typedef int (*child_main)(struct str job, int in, int out);

struct helper;

/*
 * Fork the helper. From then on it does not see this process's environment, and with confine
 * its children live under seccomp and rlimits. -1 with ERR_INTERNAL.
 */
int helper_start(child_main run, bool confine, struct helper **ret, struct err *err) MUST_CHECK;
void helper_stop(struct helper *h); /* NULL is a no-op */

enum {
	LIMIT_JOB = 64 << 10 /* bytes of one job */
};

/*
 * Run one job: feed it blob, which stays open, take its answer (at most LIMIT_INVENTORY bytes, malloc()ed: the caller
 * frees ret_answer->ptr). blob_hash, where not NULL, and ret_size see every byte of blob. May be called from several
 * threads. -1: with the kind of blob's own failure where reading it failed; with ERR_CONTENT where the
 * child crashed, met a limit or does not answer.
 */
int helper_run(struct helper *h, struct str job, struct stream *blob, struct sha256 *blob_hash,
    uint64_t *ret_size, struct str *ret_answer, struct err *err) MUST_CHECK;

/*
 * Confine this process for good: no new privileges, not root, limits on memory, time and
 * files, and a list of system calls without open, socket, exec and their kin. -1 with ERR_INTERNAL.
 */
int sandbox_enter(struct err *err) MUST_CHECK;

#endif
