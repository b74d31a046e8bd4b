/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh.c - the refresh of the advisory database, at a time that is given
 *
 *      refresh NOW DAYS [FROM]...
 *
 *      OUTCOME	TEXT         none, recent, made, kept
 *      trouble	TEXT
 *      error	TEXT
 *
 * DAYS is --db-max-age. $SCANSTEP_CACHE_DIR, $SCANSTEP_CA_BUNDLE, $SCANSTEP_DB and
 * $SCANSTEP_OFFLINE are obeyed.
 */
#include "step/refresh.h"
#include "step/base/http.h"

#include <stdlib.h>

int
main(int argc, char **argv)
{
	static const char *const names[] = { "none", "recent", "made", "kept" };
	AUTO_ARENA a = arena_new();
	const char *cache = getenv("SCANSTEP_CACHE_DIR");
	struct options o = { .cache_dir = cache,
		.ca_bundle = getenv("SCANSTEP_CA_BUNDLE"),
		.db = getenv("SCANSTEP_DB"),
		.offline = getenv("SCANSTEP_OFFLINE") != NULL };
	struct refresh refresh;
	struct http_tls tls;
	struct err err;

	if (argc < 3) {
		fputs("usage: refresh NOW DAYS [FROM]...\n", stderr);
		return 2;
	}
	if (cache)
		o.default_db = arena_textf(a, "%s/db/advisories.sqlite", cache);
	o.db_max_age = (unsigned)strtoul(argv[2], NULL, 10);
	o.nfrom = (size_t)argc - 3;
	o.from = arena_copy(a, argv + 3, o.nfrom * sizeof(*o.from));
	if (http_tls_load(o.ca_bundle, a, &tls, &err) < 0 ||
	    refresh_database(&o, &tls, strtoll(argv[1], NULL, 10), a, &refresh, &err) < 0) {
		printf("error\t%s\n", err.text);
		return err_status(&err);
	}
	printf("%s\t%s\n", names[refresh.outcome], refresh.text ? refresh.text : "-");
	if (refresh.trouble)
		printf("trouble\t%s\n", refresh.trouble);
	return 0;
}
