/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh.c - the advisory database that a command names, made of feeds; and made anew once it is a day old
 *
 * A pipeline runs often and its database comes out of a cache that may be empty, old, or of other
 * settings. What is a day old, or of other documents than are asked for now, is made anew; what cannot
 * be made anew serves until it is too old for a scan. Without any the pipeline stops: the starter set
 * in its place would call images clean that are not.
 */
#include "step/refresh.h"

#include "step/model/eol.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Making one ---- */

/* Past its end of life a release may be taken down any day, and that must not stop every pipeline. */
static bool
is_past(const struct feed_document *d, const char *today)
{
	const char *last_day = d->distro ? eol_date(d->distro, d->version) : NULL;

	return last_day && strncmp(last_day, today, strlen("2026-11-22")) < 0;
}

static void
find_documents(struct arena *a, struct build_request *r)
{
	const struct feed_document *documents = feed_documents(a);
	const char *today = time_text(a, r->now), **from;
	bool *optional;

	while (documents[r->nfrom].url)
		r->nfrom++;
	from = arena_alloc(a, r->nfrom * sizeof(*from));
	optional = arena_alloc(a, r->nfrom * sizeof(*optional));
	for (size_t i = 0; i < r->nfrom; i++) {
		from[i] = documents[i].url;
		optional[i] = is_past(&documents[i], today);
	}
	r->from = from;
	r->optional = optional;
}

/* A number for the list: a digest's beginning, so that no address that may be secret is in the database. */
static int64_t
origin_of(const struct build_request *r)
{
	struct sha256 hash;
	char hex[SHA256_HEX];

	sha256_init(&hash);
	for (size_t i = 0; i < r->nfrom; i++)
		sha256_update(&hash, r->from[i], strlen(r->from[i]) + 1);
	sha256_hex(&hash, hex);
	hex[15] = '\0';
	return (int64_t)strtoull(hex, NULL, 16);
}

static struct build_request
request_of(const struct options *o, int64_t now, struct arena *a)
{
	struct build_request r = { .path = o->db ? o->db : o->default_db,
		.from = o->from,
		.nfrom = o->nfrom,
		.now = now };

	if (r.nfrom == 0)
		find_documents(a, &r);
	/* A file that somebody named holds what the documents say, wherever they came from. */
	if (!o->db)
		r.origin = origin_of(&r);
	return r;
}

/* What is written there decides verdicts, so nobody else may have a hand in the folder. */
static int
own_folder(const char *path, struct err *err)
{
	AUTO_FREE char *folder = file_folder(path);
	AUTO_FD fd = file_own_folder(folder, ERR_DATABASE, err);

	return fd < 0 ? -1 : 0;
}

int
database_make(const struct options *o, const struct http_tls *tls, int64_t now,
    void (*progress)(size_t done, size_t total), struct arena *a, struct database_made *ret,
    struct err *err)
{
	struct fetcher fetcher = { .arena = a, .tls = tls };
	struct build_request request = request_of(o, now, a);
	int result;

	*ret = (struct database_made){ .path = request.path };
	if (!ret->path)
		return err_set(
		    err, ERR_USAGE, "there is no cache folder: say with --db where to build");
	if (!o->db && own_folder(ret->path, err) < 0)
		return -1;
	if (o->cache_dir)
		fetcher_keep(&fetcher, arena_textf(a, "%s/feeds", o->cache_dir));
	request.fetcher = &fetcher;
	request.progress = progress;
	result = store_build(&request, a, &ret->result, err);
	ret->fetched = fetcher.report;
	return result;
}

/* ---- Making one anew ---- */

/* A scan would refuse that of another user: in a shared cache anybody may have put it there. */
static int
look_at(const char *path, struct arena *a, struct database_facts *ret, struct err *err)
{
	struct store *s;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(err, ERR_DATABASE, "there is no advisory database");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(err, ERR_DATABASE, "'%s' belongs to another user", path);
	if (store_open(path, &s, err) < 0)
		return -1;
	store_facts(s, a, ret);
	store_close(s);
	return 0;
}

/* Of today, and of what is asked for; a clock that was wrong must not hold the next one back for months. */
static bool
is_recent(const struct database_facts *f, const struct build_request *wanted)
{
	return f->built <= wanted->now + DAY && wanted->now - f->built <= DAY &&
	       f->origin == wanted->origin;
}

static const char *
describe(const struct database_made *made, struct arena *a)
{
	const size_t *counts = made->fetched.counts;
	const char *text = arena_textf(a,
	    "advisory database built from %llu documents: %zu fetched, %zu not modified",
	    (unsigned long long)made->result.documents, counts[FETCH_TRANSFERRED],
	    counts[FETCH_NOT_MODIFIED]);

	if (counts[FETCH_GONE] == 0)
		return text;
	return arena_textf(a, "%s, %zu no longer published", text, counts[FETCH_GONE]);
}

static int
make_anew(const struct options *o, const struct http_tls *tls, int64_t now, struct arena *a,
    struct refresh *ret, struct err *err)
{
	struct database_made made;

	if (database_make(o, tls, now, NULL, a, &made, err) < 0)
		return -1;
	ret->outcome = REFRESH_MADE;
	ret->text = describe(&made, a);
	ret->trouble = made.fetched.trouble;
	return 0;
}

int
refresh_database(const struct options *o, const struct http_tls *tls, int64_t now, struct arena *a,
    struct refresh *ret, struct err *err)
{
	struct build_request wanted;
	struct database_facts facts = { .built = 0 };
	struct err why, old;

	*ret = (struct refresh){ .outcome = REFRESH_NONE };
	if (o->db || o->offline)
		return 0;
	if (!o->default_db)
		return err_set(err, ERR_DATABASE,
		    "there is no folder for the advisory database: set SCANSTEP_CACHE_DIR, or "
		    "name a database with --db");
	wanted = request_of(o, now, a);
	old.kind = ERR_NONE;
	if (look_at(o->default_db, a, &facts, &old) == 0 && is_recent(&facts, &wanted)) {
		ret->outcome = REFRESH_RECENT;
		ret->text = arena_textf(a, "advisory database of %s", facts.database.built);
		return 0;
	}
	if (make_anew(o, tls, now, a, ret, &why) == 0)
		return 0;
	if (old.kind == ERR_NONE &&
	    store_check_age(&facts, o->default_db, now, o->db_max_age, &old) == 0)
		old.kind = ERR_NONE;
	if (old.kind != ERR_NONE)
		return err_set(
		    err, ERR_DATABASE, "%s, and no new one could be built: %s", old.text, why.text);
	ret->outcome = REFRESH_KEPT;
	ret->text = arena_textf(a,
	    "the advisory database is still that of %s, because no new one could be built: %s",
	    facts.database.built, why.text);
	return 0;
}
