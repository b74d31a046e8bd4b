/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_db.c - scanstep db build, db status: the advisory database
 *
 * The time of building is that of the real clock, whatever SOURCE_DATE_EPOCH says: the
 * database's age is counted from it.
 */
#include "formatters/escape.h"
#include "step/advisory/store.h"
#include "step/base/http.h"
#include "step/base/io.h"
#include "step/commands.h"
#include "step/refresh.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

/* ---- db build ---- */

/* "1 document", "2 documents". */
static void
tell_count(uint64_t n, const char *what)
{
	printf("%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

static void
tell_build(const struct database_made *made)
{
	const struct build_result *r = &made->result;
	const size_t *counts = made->fetched.counts;

	if (made->fetched.count > 0) {
		printf("%-12s ", "fetched");
		tell_count(counts[FETCH_TRANSFERRED], "document");
		printf(", %zu not modified", counts[FETCH_NOT_MODIFIED]);
		if (counts[FETCH_GONE] > 0)
			printf(", %zu no longer published", counts[FETCH_GONE]);
		putchar('\n');
	}
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
	escape_terminal(stdout, made->path);
	printf(", %" PRIu64 " bytes, ", r->size);
	printf("%" PRIu64 " advisories\n", r->facts.advisories);
}

static void
tell_progress(size_t done, size_t total)
{
	say_progress("feed %zu of %zu", done + 1, total);
}

/* What came from the web, and how much of it had to. */
static void
tell_fetched(const struct fetch_report *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct fetched *d = &f->list[i];

		if (d->outcome == FETCH_TRANSFERRED)
			say(SAY_INFO, "%s: %" PRIu64 " bytes", d->name, d->bytes);
		else
			say(SAY_INFO, "%s: %s", d->name,
			    d->outcome == FETCH_GONE ? "no longer published" : "not modified");
	}
	if (f->trouble)
		say(SAY_WARNING, "%s", f->trouble);
}

int
cmd_db_build(const struct options *o, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct database_made made;
	const struct build_result *r = &made.result;
	struct http_tls tls;
	int status;

	if (http_tls_load(o->ca_bundle, a, &tls, err) < 0)
		return -1;
	status = database_make(o, &tls, (int64_t)time(NULL), tell_progress, a, &made, err);
	say_progress(NULL);
	tell_fetched(&made.fetched);
	if (status < 0)
		return -1;
	for (size_t i = 0; i < r->nstrangers; i++)
		say(SAY_INFO, "no feed knows '%s'", r->strangers[i]);
	tell_build(&made);
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
