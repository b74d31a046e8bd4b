/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkout.h - is a folder part of a commit that was checked out?
 */
#ifndef STEP_CHECKOUT_H
#define STEP_CHECKOUT_H

#include "step/base/base.h"

/*
 * Refuse a cache folder that a commit brought, with all or some of what is in it: a merge request could bring
 * an advisory database that knows of nothing. ERR_DATABASE. Outside of a checkout of git, and where it
 * has no index, every folder is fine.
 */
int checkout_check(const char *cache_folder, struct err *err) MUST_CHECK;

#endif
