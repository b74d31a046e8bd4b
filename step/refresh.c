/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh.c - the advisory database that a command names, made of feeds; and made anew once it is a day old
 *
 * A pipeline runs often and its database comes out of a cache that may be empty or old. What is a day
 * old is made anew; what cannot be made anew serves until it is too old for a scan. Without any the
 * pipeline stops: the starter set in its place would call images clean that are not.
 */
#include "step/refresh.h"

#include "step/base/http.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Making one ---- */

static void
find_documents(const struct options *o, struct arena *a, struct build_request *r)
{
	const char **list = NULL, *document;

	r->from = o->from;
	r->nfrom = o->nfrom;
	if (r->nfrom > 0)
		return;
	while ((document = feed_document(r->nfrom)) != NULL) {
		list = arena_grow(a, list, r->nfrom, sizeof(*list));
		list[r->nfrom++] = document;
	}
	r->from = list;
}

static int
make_default_folder(const char *path, struct err *err)
{
	AUTO_FREE char *folder = file_folder(path);

	if (file_make_dirs(folder, 0700) < 0)
		return err_set(
		    err, ERR_DATABASE, "cannot create folder '%s': %s", folder, strerror(errno));
	return 0;
}

int
database_make(const struct options *o, int64_t now, void (*progress)(size_t done, size_t total),
    struct arena *a, struct database_made *ret, struct err *err)
{
	struct http_tls tls;
	struct build_request request = {
		.now = now, .fetcher = &ret->fetched, .progress = progress
	};

	*ret = (struct database_made){ .path = o->db ? o->db : o->default_db,
		.fetched = { .arena = a, .tls = &tls } };
	if (!ret->path)
		return err_set(
		    err, ERR_USAGE, "there is no cache folder: say with --db where to build");
	if (http_tls_load(o->ca_bundle, a, &tls, err) < 0)
		return -1;
	if (!o->db && make_default_folder(ret->path, err) < 0)
		return -1;
	if (o->cache_dir)
		fetcher_keep(&ret->fetched, arena_textf(a, "%s/feeds", o->cache_dir));
	request.path = ret->path;
	find_documents(o, a, &request);
	return store_build(&request, a, &ret->result, err);
}

/* ---- Making one anew ---- */

/* A scan would refuse that of another user: in a shared cache anybody may have put it there. */
static bool
look_at(const char *path, struct arena *a, struct database_facts *ret)
{
	struct store *s;
	struct stat st;
	struct err err;

	if (stat(path, &st) < 0 || (st.st_uid != geteuid() && st.st_uid != 0) ||
	    store_open(path, &s, &err) < 0)
		return false;
	store_facts(s, a, ret);
	store_close(s);
	return true;
}

/* Of today; a clock that was wrong must not hold the next one back for months. */
static bool
is_recent(const struct database_facts *f, int64_t now)
{
	return f->built <= now + DAY && now - f->built <= DAY;
}

static const char *
describe(const struct database_made *made, struct arena *a)
{
	size_t same = 0;

	for (size_t i = 0; i < made->fetched.count; i++)
		same += made->fetched.list[i].not_modified ? 1 : 0;
	return arena_textf(a,
	    "advisory database built from %llu documents: %zu fetched, %zu not modified",
	    (unsigned long long)made->result.documents, made->fetched.count - same, same);
}

/* What is written there decides verdicts, so nobody else may have a hand in the folder. */
static int
make_anew(
    const struct options *o, int64_t now, struct arena *a, struct refresh *ret, struct err *err)
{
	AUTO_FREE char *folder = file_folder(o->default_db);
	AUTO_FD fd = file_own_folder(folder, ERR_DATABASE, err);
	struct database_made made;

	if (fd < 0 || database_make(o, now, NULL, a, &made, err) < 0)
		return -1;
	ret->outcome = REFRESH_MADE;
	ret->text = describe(&made, a);
	ret->trouble = made.fetched.trouble;
	return 0;
}

int
refresh_database(
    const struct options *o, int64_t now, struct arena *a, struct refresh *ret, struct err *err)
{
	struct database_facts facts;
	struct err why, age;
	bool usable;

	*ret = (struct refresh){ .outcome = REFRESH_NONE };
	if (o->db || o->offline)
		return 0;
	if (!o->default_db)
		return err_set(err, ERR_DATABASE,
		    "there is no folder for the advisory database: set SCANSTEP_CACHE_DIR, or "
		    "name a database with --db");
	usable = look_at(o->default_db, a, &facts);
	if (usable && is_recent(&facts, now)) {
		ret->outcome = REFRESH_RECENT;
		ret->text = arena_textf(a, "advisory database of %s", facts.database.built);
		return 0;
	}
	if (make_anew(o, now, a, ret, &why) == 0)
		return 0;
	if (!usable)
		return err_set(err, ERR_DATABASE,
		    "there is no advisory database, and none could be built: %s", why.text);
	if (store_check_age(&facts, o->default_db, now, o->db_max_age, &age) < 0)
		return err_set(err, ERR_DATABASE, "%s; it could not be: %s", age.text, why.text);
	ret->outcome = REFRESH_KEPT;
	ret->text = arena_textf(a,
	    "the advisory database is still that of %s, because no new one could be built: %s",
	    facts.database.built, why.text);
	return 0;
}
