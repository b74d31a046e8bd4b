/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential_helper.h - the one program that scanstep starts: docker-credential-NAME, which keeps logins
 */
#ifndef STEP_IMAGE_CREDENTIAL_HELPER_H
#define STEP_IMAGE_CREDENTIAL_HELPER_H

#include "step/image/credential.h"

#define HELPER_PREFIX      "docker-credential-"
#define HELPER_PATIENCE_MS 30000 /* those of clouds ask a service, which may have to wake up */

/*
 * What docker-credential-NAME knows of a server ("registry.example.com:5000"): 1 and ret with its name, password or
 * token set and all else as it was, 0 if it says that it knows none, or -1 (ERR_IMAGE): a NAME that is none, no such
 * program in an absolute folder of PATH, or one that fails, answers with anything else or not within so many
 * milliseconds. The error is to stand behind the program's name, "fails with status 3", and nothing that it says is
 * part of it. Other threads may run meanwhile.
 */
int credential_helper_get(const char *name, const char *server, int64_t patience_ms,
    struct arena *a, struct credentials *ret, struct err *err) MUST_CHECK;

#endif
