/* SPDX-License-Identifier: Apache-2.0 */
/*
 * public_suffix.h - do two host names belong to one owner? By the Public Suffix List, as libpsl knows it
 */
#ifndef STEP_BASE_PUBLIC_SUFFIX_H
#define STEP_BASE_PUBLIC_SUFFIX_H

#include "step/base/base.h"

/*
 * Is the domain that somebody registered (example.co.uk, somebody.github.io) the same for both? Each is a host as
 * struct url has it; an address has no such domain. False also where there is no libpsl to ask.
 */
bool public_suffix_same_domain(const char *host, const char *other);

#endif
