/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - package databases: from one file's bytes to packages
 *
 * A reader sees bytes and a path. It opens nothing and knows no layers; it runs
 * in the sandboxed child. To add one: write reader/NAME.c, list it in
 * readers.c, put cases under tests/fixtures/reader/NAME/.
 */
#ifndef STEP_READER_READER_H
#define STEP_READER_READER_H

#include "step/base/io.h"
#include "step/model/model.h"

/* What was understood of one file. Text and lists are in the arena given to sink_init(). */
struct sink {
	struct arena *arena;
	struct package *packages; /* purl, path and layer are not set here */
	size_t npackages;
	const char **gaps; /* one line each: "record 3: version is empty" */
	size_t ngaps;
	struct distro *distro; /* or NULL; release and eol are not set here */
};

void sink_init(struct sink *s, struct arena *a);
/*
 * A package from its record. name and version are required: one that is empty, longer
 * than LIMIT_FIELD or contains a NUL becomes a gap "where: ..." instead. Empty arch
 * becomes NULL, empty source fields become name and version. Invalid UTF-8 is repaired.
 */
struct package_record {
	const char *type;
	struct str name, version, arch, source_name, source_version;
};
void sink_package(struct sink *s, const struct package_record *p, const char *where);
void sink_gap(struct sink *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sink_distro(
    struct sink *s, struct str id, struct str version, struct str codename, struct str name);

struct reader_ops {
	const char *name; /* also its fixture folder */
	const char *type; /* of the packages it reads, as distro.package_type; or NULL: none */
	unsigned version; /* raised with every change of what it reads: part of the cache's key */
	/* Relative to the root, NULL-terminated; the last part may be "*". */
	const char *const *paths;
	uint64_t max_size; /* bytes; a larger file becomes a gap */

	/*
	 * Read one file. path is the one of paths it was wanted as ("*" filled in), even
	 * where links led elsewhere. Returns 0 even when single records are bad: those go to
	 * sink_gap(). -1 (ERR_CONTENT) when nothing more can be trusted; what the sink
	 * holds by then is kept, and the error becomes a gap.
	 */
	int (*read)(
	    const char *path, struct stream *in, struct sink *s, struct err *err) MUST_CHECK;
};

/* All readers, in the order in which they are asked. */
extern const struct reader_ops *const readers[];
extern const size_t nreaders;

#endif
