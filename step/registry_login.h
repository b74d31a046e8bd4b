/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_login.h - the login for the image's registry that the settings name, its password file read
 */
#ifndef STEP_REGISTRY_LOGIN_H
#define STEP_REGISTRY_LOGIN_H

#include "step/options.h"

/* Where that login is from ("SCANSTEP_REGISTRY_PASSWORD"), for messages and the log; NULL: none is named. */
const char *registry_login_origin(const struct options *o);

/*
 * options.login with the password out of its file, if one is named, and with an origin. ERR_USAGE: the file cannot
 * be read, holds no password or more than a line; standard input is a terminal, or the image's; a password is given
 * twice. Nothing of what stands in the file is part of the error, nor is
 * its name: some put the password there.
 */
int registry_login(
    const struct options *o, struct arena *a, struct login *ret, struct err *err) MUST_CHECK;

#endif
