/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c - the advisory database: open it and ask it
 *
 * The tables are listed in build.c; pages.c says how damage is found. A database is a
 * file from outside, so SQLite is told to trust nothing in it, its tables must be ours
 * word for word, and all text passes arena_text() on its way in.
 *
 * The starter set is built in memory from the table that is part of the program.
 */
#include "step/advisory/store.h"

#include "step/advisory/build.h"
#include "step/advisory/pack.h"
#include "step/advisory/pages.h"
#include "step/advisory/starter.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_ECOSYSTEMS 10000 /* of one database; a release is one */

enum query {
	FIND_PACKAGE = 0,
	FIND_WORDS,
	QUERIES,
};

static const char *const query_text[QUERIES] = {
	[FIND_PACKAGE] = "SELECT b.statements FROM package p CROSS JOIN body b ON b.number = p.body"
			 " WHERE p.ecosystem = ?1 AND p.name = ?2",
	[FIND_WORDS] = "SELECT title, url, details FROM advisory WHERE id = ?1 AND feed = ?2",
};

struct store_feed {
	unsigned number; /* in the database; sorted by it */
	unsigned rank;   /* in feeds[] */
	uint64_t statements;
};

struct store_ecosystem {
	const char *name; /* sorted by it */
	sqlite3_int64 number;
};

struct store {
	struct arena *arena;
	const char *path;    /* NULL: the starter set */
	struct pages *pages; /* NULL: the starter set */
	sqlite3 *db;
	sqlite3_stmt *queries[QUERIES];
	struct store_feed *feeds;
	size_t nfeeds;
	struct store_ecosystem *ecosystems;
	size_t necosystems;
	int64_t built, origin;
	uint64_t advisories, statements;
};

static int
fail(const struct store *s, struct err *err)
{
	const char *path = s->path ? s->path : "(starter)";

	if (s->pages && pages_damaged(s->pages) > 0)
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' is damaged: page %u; build it again", path,
		    (unsigned)pages_damaged(s->pages));
	return err_set(err, ERR_DATABASE, "advisory database '%s' cannot be read: %s", path,
	    s->db ? sqlite3_errmsg(s->db) : "out of memory");
}

static int
malformed(const struct store *s, const char *what, struct err *err)
{
	return err_set(err, ERR_DATABASE, "advisory database '%s' is malformed: %s; build it again",
	    s->path ? s->path : "(starter)", what);
}

/* A column's text in the arena, or NULL. */
static const char *
text_column(sqlite3_stmt *q, int column, struct arena *a)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	if (!text)
		return NULL;
	return arena_text(a, (struct str){ text, (size_t)sqlite3_column_bytes(q, column) });
}

/* ---- Opening ---- */

/* Nothing in the file may make SQLite run, map or believe anything. */
static int
harden(struct store *s, struct err *err)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, (int)LIMIT_PACKED },
		{ SQLITE_LIMIT_SQL_LENGTH, 4096 },
		{ SQLITE_LIMIT_COLUMN, 32 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		sqlite3_limit(s->db, limits[i].id, limits[i].value);
	if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) != SQLITE_OK ||
	    sqlite3_exec(s->db,
		"PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA query_only=ON;"
		"PRAGMA temp_store=MEMORY",
		NULL, NULL, NULL) != SQLITE_OK)
		return fail(s, err);
	return 0;
}

/*
 * Runs a query that takes no arguments and gives each row to take(): 0, or -1 when
 * that fails or the table cannot be read.
 */
static int
each_row(struct store *s, const char *sql,
    int (*take)(struct store *s, sqlite3_stmt *q, struct err *err), struct err *err)
{
	sqlite3_stmt *q = NULL;
	int more = SQLITE_ERROR, result = 0;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK)
		while ((more = sqlite3_step(q)) == SQLITE_ROW && result == 0)
			result = take(s, q, err);
	if (result == 0 && more != SQLITE_DONE)
		result = fail(s, err);
	sqlite3_finalize(q);
	return result;
}

static int
take_table(struct store *s, sqlite3_stmt *q, struct err *err)
{
	const char *sql = (const char *)sqlite3_column_text(q, 0);

	for (size_t i = 0; sql && i < ndatabase_tables; i++)
		if (strcmp(sql, database_tables[i]) == 0)
			return 0;
	return malformed(s, "it holds a table that is not ours", err);
}

static int
take_meta(struct store *s, sqlite3_stmt *q, struct err *err)
{
	struct str key = str_of((const char *)sqlite3_column_text(q, 0));
	sqlite3_int64 value = sqlite3_column_int64(q, 1);

	if (value < 0 || sqlite3_column_type(q, 1) != SQLITE_INTEGER)
		return malformed(s, "a number in table meta", err);
	if (str_is(key, "built"))
		s->built = value;
	else if (str_is(key, "origin"))
		s->origin = value;
	else if (str_is(key, "advisories"))
		s->advisories = (uint64_t)value;
	else if (str_is(key, "statements"))
		s->statements = (uint64_t)value;
	return 0;
}

static int
take_feed(struct store *s, sqlite3_stmt *q, struct err *err)
{
	struct store_feed feed = { .number = (unsigned)sqlite3_column_int64(q, 0),
		.statements = (uint64_t)sqlite3_column_int64(q, 2) };
	const char *name = (const char *)sqlite3_column_text(q, 1);

	while (feed.rank < nfeeds && (!name || strcmp(feeds[feed.rank]->name, name) != 0))
		feed.rank++;
	if (feed.rank == nfeeds)
		return malformed(s, "it holds a feed that this scanstep does not know", err);
	s->feeds = arena_grow(s->arena, s->feeds, s->nfeeds, sizeof(*s->feeds));
	s->feeds[s->nfeeds++] = feed;
	return 0;
}

static int
take_ecosystem(struct store *s, sqlite3_stmt *q, struct err *err)
{
	struct store_ecosystem e = { text_column(q, 1, s->arena), sqlite3_column_int64(q, 0) };

	if (!e.name || s->necosystems == LIMIT_ECOSYSTEMS ||
	    (s->necosystems > 0 && strcmp(s->ecosystems[s->necosystems - 1].name, e.name) >= 0))
		return malformed(s, "table ecosystem", err);
	s->ecosystems = arena_grow(s->arena, s->ecosystems, s->necosystems, sizeof(*s->ecosystems));
	s->ecosystems[s->necosystems++] = e;
	return 0;
}

/* What is small is read now; it proves too that the tables can be read. */
static int
read_facts(struct store *s, struct err *err)
{
	if (each_row(s, "SELECT sql FROM sqlite_schema", take_table, err) < 0 ||
	    each_row(s, "SELECT key, value FROM meta", take_meta, err) < 0 ||
	    each_row(s, "SELECT number, name, statements FROM feed ORDER BY number", take_feed,
		err) < 0 ||
	    each_row(s, "SELECT number, name FROM ecosystem ORDER BY number", take_ecosystem, err) <
		0)
		return -1;
	if (s->nfeeds == 0 || s->built == 0)
		return malformed(s, "it is unfinished", err);
	for (size_t i = 0; i < QUERIES; i++)
		if (sqlite3_prepare_v2(s->db, query_text[i], -1, &s->queries[i], NULL) != SQLITE_OK)
			return fail(s, err);
	/* One transaction for all questions, or each would have its own. */
	if (sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return fail(s, err);
	return 0;
}

static int
open_file(struct store *s, struct err *err)
{
	if (pages_open(s->path, DATABASE_APPLICATION, DATABASE_VERSION, &s->pages, err) < 0)
		return -1;
	if (pages_connect(s->pages, &s->db) != SQLITE_OK)
		return fail(s, err);
	return harden(s, err);
}

/* The first line ends in the day on which the set was put together: "# ... 2026-11-22". */
static int64_t
starter_day(struct str text)
{
	struct str line = str_trim(str_line(&text));
	int64_t day = 0;

	if (line.len >= 10)
		(void)!time_parse(str_skip(line, line.len - 10), &day);
	return day;
}

static int
open_starter(struct store *s, struct err *err)
{
	struct str text = { (const char *)starter_tsv, starter_tsv_len };
	AUTO_STREAM in = stream_of_memory(text);
	struct build_result result;
	struct build *b;
	size_t feed = 0;

	while (feed < nfeeds && strcmp(feeds[feed]->name, "starter") != 0)
		feed++;
	if (feed == nfeeds)
		return err_set(err, ERR_INTERNAL, "there is no feed 'starter'");
	if (build_open(NULL, &b, err) < 0)
		return -1;
	build_document(b, feed);
	if (feeds[feed]->parse("starter.tsv", in, b, err) < 0) {
		build_abandon(b);
		return err_wrap(err, "the starter set");
	}
	return build_finish(b, starter_day(text), s->arena, &result, &s->db, err);
}

int
store_open(const char *path, struct store **ret, struct err *err)
{
	struct store *s = xalloc(sizeof(*s));
	int result;

	*s = (struct store){ .arena = arena_new() };
	s->path = path ? arena_string(s->arena, str_of(path)) : NULL;
	result = path ? open_file(s, err) : open_starter(s, err);
	if (result == 0)
		result = read_facts(s, err);
	if (result == 0)
		*ret = s;
	else
		store_close(s);
	return result;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < QUERIES; i++)
		sqlite3_finalize(s->queries[i]);
	sqlite3_close(s->db);
	pages_close(s->pages);
	arena_free(s->arena);
	free(s);
}

int
store_verify(struct store *s, struct err *err)
{
	return s->pages ? pages_verify(s->pages, err) : 0;
}

/* ---- Facts ---- */

void
store_facts(const struct store *s, struct arena *a, struct database_facts *ret)
{
	struct database_feed *list = arena_alloc(a, (s->nfeeds + 1) * sizeof(*list));
	const char **names = arena_alloc(a, (s->necosystems + 1) * sizeof(*names));

	for (size_t i = 0; i < s->nfeeds; i++)
		list[i] =
		    (struct database_feed){ feeds[s->feeds[i].rank]->name, s->feeds[i].statements };
	for (size_t i = 0; i < s->necosystems; i++)
		names[i] = arena_text(a, str_of(s->ecosystems[i].name));
	*ret = (struct database_facts){
		.database = { .source = s->path ? "file" : "starter",
		    .built = time_text(a, s->built),
		    .feeds = list,
		    .nfeeds = s->nfeeds },
		.built = s->built,
		.origin = s->origin,
		.advisories = s->advisories,
		.statements = s->statements,
		.ecosystems = names,
	};
}

int
store_check_age(const struct database_facts *f, const char *path, int64_t now, unsigned max_days,
    struct err *err)
{
	if (strcmp(f->database.source, "starter") == 0)
		return 0;
	/* Two machines' clocks may differ a little. */
	if (f->built - now > DAY)
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' was built in the future, on %s: a clock is wrong", path,
		    f->database.built);
	if (now - f->built > max_days * DAY)
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' was built on %s, more than %u days ago: build it "
		    "again, or raise --db-max-age",
		    path, f->database.built, max_days);
	return 0;
}

static const struct store_ecosystem *
find_ecosystem(const struct store *s, const char *name)
{
	size_t from = 0, to = s->necosystems;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(name, s->ecosystems[middle].name);

		if (order == 0)
			return &s->ecosystems[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

bool
store_covers(struct store *s, const char *ecosystem)
{
	return find_ecosystem(s, ecosystem) != NULL;
}

/* ---- Asking ---- */

/* A feed's number in the database becomes its place in feeds[]. */
static bool
rank_of(const struct store *s, unsigned number, unsigned *ret)
{
	for (size_t i = 0; i < s->nfeeds; i++)
		if (s->feeds[i].number == number) {
			*ret = s->feeds[i].rank;
			return true;
		}
	return false;
}

static int
unpack_all(struct store *s, struct str rest, const struct affected *about, struct arena *a,
    const struct statement **ret, size_t *ret_count, struct err *err)
{
	struct statement *list = NULL;
	size_t n = 0;

	while (rest.len > 0) {
		struct statement st;
		unsigned number;

		if (!unpack_statement(&rest, a, &number, &st.advisory, &st.affected) ||
		    !rank_of(s, number, &st.rank))
			return malformed(s, "what it says of a package", err);
		st.feed = feeds[st.rank];
		st.affected.ecosystem = about->ecosystem;
		st.affected.package = about->package;
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = st;
	}
	*ret = list;
	*ret_count = n;
	return 0;
}

int
store_lookup(struct store *s, const char *ecosystem, const char *package, struct arena *a,
    const struct statement **ret, size_t *ret_count, struct err *err)
{
	const struct store_ecosystem *e = find_ecosystem(s, ecosystem);
	sqlite3_stmt *q = s->queries[FIND_PACKAGE];
	int more, result = 0;

	*ret = NULL;
	*ret_count = 0;
	if (!e)
		return 0;
	sqlite3_bind_int64(q, 1, e->number);
	sqlite3_bind_text(q, 2, package, -1, SQLITE_STATIC);
	more = sqlite3_step(q);
	if (more == SQLITE_ROW) {
		const char *bytes = sqlite3_column_blob(q, 0);
		struct str rest = { bytes ? bytes : "", (size_t)sqlite3_column_bytes(q, 0) };

		struct affected about = { .ecosystem = e->name,
			.package = arena_text(a, str_of(package)) };

		result = unpack_all(s, rest, &about, a, ret, ret_count, err);
	} else if (more != SQLITE_DONE)
		result = fail(s, err);
	sqlite3_reset(q);
	return result;
}

int
store_describe(struct store *s, const struct statement *statement, struct arena *a,
    struct advisory *ret, struct err *err)
{
	sqlite3_stmt *q = s->queries[FIND_WORDS];
	unsigned number = 0;
	int more, result = 0;

	for (size_t i = 0; i < s->nfeeds; i++)
		if (s->feeds[i].rank == statement->rank)
			number = s->feeds[i].number;
	sqlite3_bind_text(q, 1, statement->advisory.id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, number);
	*ret = statement->advisory;
	more = sqlite3_step(q);
	if (more == SQLITE_ROW) {
		ret->title = text_column(q, 0, a);
		ret->url = text_column(q, 1, a);
		ret->details = text_column(q, 2, a);
	} else if (more != SQLITE_DONE)
		result = fail(s, err);
	sqlite3_reset(q);
	return result;
}
