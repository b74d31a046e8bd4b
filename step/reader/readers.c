/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers.c - the table of readers
 *
 * One row per kind of file; nothing else in the program lists them.
 */
#include "step/reader/reader.h"

extern const struct reader_ops reader_os_release;
extern const struct reader_ops reader_dpkg;
extern const struct reader_ops reader_apk;

const struct reader_ops *const readers[] = {
	&reader_os_release,
	&reader_dpkg,
	&reader_apk,
};

const size_t nreaders = ARRAY_LEN(readers);
