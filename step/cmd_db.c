/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_db.c - scanstep db build, db status: the advisory database
 *
 * The time of building is that of the real clock, whatever SOURCE_DATE_EPOCH says: the
 * database's age is counted from it.
 */
#include "formatters/escape.h"
#include "step/advisory/store.h"
#include "step/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- db build ---- */

static int
make_default_folder(const char *path, struct err *err)
{
	AUTO_FREE char *folder = file_folder(path);

	if (file_make_dirs(folder) < 0)
		return err_set(
		    err, ERR_DATABASE, "cannot create folder '%s': %s", folder, strerror(errno));
	return 0;
}

/* "1 document", "2 documents". */
static void
tell_count(uint64_t n, const char *what)
{
	printf("%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

static void
tell_build(const struct build_result *r, const char *path)
{
	for (size_t i = 0; i < r->nfeeds; i++) {
		printf("%-12s ", r->feeds[i].name);
		tell_count(r->feeds[i].documents, "document");
		printf(", ");
		tell_count(r->feeds[i].statements, "statement");
		putchar('\n');
	}
	for (size_t i = 0; i < r->nskipped; i++) {
		printf("%-12s %" PRIu64 " (", "skipped", r->skipped[i].count);
		escape_terminal(stdout, r->skipped[i].reason);
		puts(")");
	}
	if (r->unrecognised > 0) {
		printf("%-12s ", "left out");
		tell_count(r->unrecognised, "file");
		puts(" that no feed knows");
	}
	printf("%-12s ", "database");
	escape_terminal(stdout, path);
	printf(", %" PRIu64 " bytes, ", r->size);
	printf("%" PRIu64 " advisories\n", r->facts.advisories);
}

int
cmd_db_build(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *path = o->db ? o->db : o->default_db;
	struct build_result result;

	if (o->nfrom == 0)
		return err_set(err, ERR_USAGE,
		    "nothing to build from: name files, folders or addresses of feeds");
	if (!path)
		return err_set(
		    err, ERR_USAGE, "there is no cache folder: say with --db where to build");
	if (!o->db && make_default_folder(path, err) < 0)
		return -1;
	if (store_build(path, o->from, o->nfrom, (int64_t)time(NULL), a, &result, err) < 0)
		return -1;
	for (size_t i = 0; i < result.nstrangers; i++)
		say(SAY_INFO, "no feed knows '%s'", result.strangers[i]);
	tell_build(&result, path);
	return STATUS_OK;
}

/* ---- db status ---- */

static void
tell_age(const struct database_facts *f)
{
	int64_t days = ((int64_t)time(NULL) - f->built) / DAY;

	printf("%-12s %s", "built", f->database.built);
	if (days < 0)
		puts(" (in the future)");
	else
		printf(" (%" PRId64 " day%s ago)\n", days, days == 1 ? "" : "s");
}

static void
tell_status(const struct database_facts *f, const char *path)
{
	printf("%-12s %s\n", "source", f->database.source);
	if (path) {
		printf("%-12s ", "path");
		escape_terminal(stdout, path);
		putchar('\n');
	}
	tell_age(f);
	printf("%-12s %" PRIu64 "\n", "advisories", f->advisories);
	printf("%-12s %" PRIu64 "\n", "statements", f->statements);
	for (size_t i = 0; i < f->database.nfeeds; i++) {
		printf("%-12s %s, ", "feed", f->database.feeds[i].name);
		tell_count(f->database.feeds[i].statements, "statement");
		putchar('\n');
	}
	for (size_t i = 0; f->ecosystems[i]; i++) {
		printf("%-12s ", "ecosystem");
		escape_terminal(stdout, f->ecosystems[i]);
		putchar('\n');
	}
}

int
cmd_db_status(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *path = o->db;
	struct database_facts facts;
	struct store *s;
	int result;

	if (!path && o->default_db && access(o->default_db, F_OK) == 0)
		path = o->default_db;
	if (store_open(path, &s, err) < 0)
		return -1;
	result = store_verify(s, err);
	store_facts(s, a, &facts);
	store_close(s);
	if (result < 0)
		return -1;
	tell_status(&facts, path);
	return STATUS_OK;
}
