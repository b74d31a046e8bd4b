/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dotenv.h - the names that the dotenv format gives to later jobs
 */
#ifndef FORMATTERS_DOTENV_H
#define FORMATTERS_DOTENV_H

/* What they begin with. No setting does: a later scan that inherits them takes them for none. */
#define DOTENV_PREFIX "SCANSTEP_RESULT_"

#endif
