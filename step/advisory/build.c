/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c - a database in the making, between the feeds and the file
 *
 * What feeds say goes into temporary tables, which SQLite keeps on disk when they
 * grow; so memory stays flat whatever a feed's size. At the end it is sorted and
 * written in one transaction, each table from its first row to its last: for each
 * package of each ecosystem one row that holds all its statements (pack.c). Said twice
 * is said once. The same input at the same time gives the same bytes.
 *
 * Where two documents of a feed describe one advisory, the first one's words stay.
 */
#include "step/advisory/build.h"

#include "step/advisory/feed_fields.h"
#include "step/advisory/pack.h"
#include "step/advisory/pages.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_REASONS 64         /* different reasons for skipping: they are our own words */
#define LIMIT_DETAILS (64 * KIB) /* of an advisory's text; the rest is left out */

const char *const database_tables[] = {
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID",
	"CREATE TABLE feed(number INTEGER PRIMARY KEY, name TEXT, statements INTEGER)",
	"CREATE TABLE ecosystem(number INTEGER PRIMARY KEY, name TEXT)",
	"CREATE TABLE advisory(id TEXT, feed INTEGER, title TEXT, url TEXT, details TEXT, "
	"PRIMARY KEY(id, feed)) WITHOUT ROWID",
	"CREATE TABLE package(ecosystem INTEGER, name TEXT, body INTEGER, "
	"PRIMARY KEY(ecosystem, name)) WITHOUT ROWID",
	"CREATE TABLE body(number INTEGER PRIMARY KEY, statements BLOB)",
};
const size_t ndatabase_tables = ARRAY_LEN(database_tables);

static const char staging_tables[] =
    "CREATE TEMP TABLE stage(ecosystem TEXT, package TEXT, id TEXT, feed INTEGER, body BLOB);"
    "CREATE TEMP TABLE cover(name TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TEMP TABLE words(id TEXT, feed INTEGER, title TEXT, url TEXT, details TEXT,"
    " PRIMARY KEY(id, feed)) WITHOUT ROWID;";

/* Statements that are prepared once and run for each record. */
enum query {
	ADD_STATEMENT = 0,
	ADD_WORDS,
	ADD_COVER,
	PUT_BODY,
	PUT_PACKAGE,
	QUERIES,
};

static const char add_words_text[] =
    "INSERT INTO words VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET"
    " title = coalesce(title, excluded.title), url = coalesce(url, excluded.url),"
    " details = coalesce(details, excluded.details)";
static const char *const query_text[QUERIES] = {
	[ADD_STATEMENT] = "INSERT INTO stage VALUES(?1, ?2, ?3, ?4, ?5)",
	[ADD_WORDS] = add_words_text,
	[ADD_COVER] = "INSERT OR IGNORE INTO cover VALUES(?1)",
	[PUT_BODY] = "INSERT INTO main.body VALUES(?1, ?2)",
	[PUT_PACKAGE] = "INSERT INTO main.package VALUES(?1, ?2, ?3)",
};

struct build {
	sqlite3 *db;
	sqlite3_stmt *queries[QUERIES];
	struct arena *arena; /* reasons */
	struct pack pack;    /* the record, or the package, in the making */
	struct build_skipped *skipped;
	size_t nskipped;
	size_t feed;          /* whose document is being read */
	uint64_t *documents;  /* by feed */
	uint64_t *statements; /* by feed, when written */
	uint64_t bodies;      /* written */
	int64_t origin;       /* or 0 */
	struct err err;       /* the first failure; kind ERR_NONE without */
};

/* ---- Small things about SQLite ---- */

static int
fail(struct build *b, const char *doing)
{
	if (b->err.kind == ERR_NONE)
		err_set(&b->err, ERR_DATABASE, "%s the advisory database: %s", doing,
		    sqlite3_errmsg(b->db));
	return -1;
}

static int
execute(struct build *b, const char *sql)
{
	return sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(b, "writing");
}

/* NULL stays NULL. The text lives until the query has run. */
static void
bind_text(sqlite3_stmt *q, int column, const char *text)
{
	sqlite3_bind_text(q, column, text, -1, SQLITE_STATIC);
}

static int
run(struct build *b, enum query which)
{
	int result = sqlite3_step(b->queries[which]);

	sqlite3_reset(b->queries[which]);
	return result == SQLITE_DONE ? 0 : fail(b, "writing");
}

/* ---- What feeds call ---- */

static bool
fits(const char *text, bool required)
{
	size_t len = text ? strlen(text) : 0;

	return required ? len > 0 && len <= LIMIT_FIELD : len <= LIMIT_FIELD;
}

static bool
advisory_fits(const struct advisory *a)
{
	if (!fits(a->id, true) || !fits(a->title, false) || !fits(a->url, false) ||
	    !fits(a->cvss_vector, false))
		return false;
	for (size_t i = 0; a->aliases && a->aliases[i]; i++)
		if (i == LIMIT_FIELD || !fits(a->aliases[i], true))
			return false;
	return true;
}

static bool
statement_fits(const struct affected *s)
{
	return fits(s->ecosystem, true) && fits(s->package, true) && fits(s->scheme, true) &&
	       fits(s->introduced, false) && fits(s->fixed, false) && fits(s->last, false);
}

/* As many bytes of it as are kept, without the beginning of a character. */
static int
details_length(const char *details)
{
	size_t len = details ? strlen(details) : 0;

	if (len > LIMIT_DETAILS)
		for (len = LIMIT_DETAILS; len > 0 && ((unsigned char)details[len] & 0xc0) == 0x80;)
			len--;
	return (int)len;
}

static int
add_words(struct build *b, const struct advisory *a)
{
	sqlite3_stmt *q = b->queries[ADD_WORDS];

	bind_text(q, 1, a->id);
	sqlite3_bind_int64(q, 2, (sqlite3_int64)b->feed);
	bind_text(q, 3, a->title);
	bind_text(q, 4, a->url);
	sqlite3_bind_text(q, 5, a->details, details_length(a->details), SQLITE_STATIC);
	return run(b, ADD_WORDS);
}

static int
add_statement(struct build *b, const struct advisory *a, const struct affected *s)
{
	sqlite3_stmt *q = b->queries[ADD_STATEMENT];

	b->pack.len = 0;
	pack_statement(&b->pack, (unsigned)b->feed, a, s);
	bind_text(q, 1, s->ecosystem);
	bind_text(q, 2, s->package);
	bind_text(q, 3, a->id);
	sqlite3_bind_int64(q, 4, (sqlite3_int64)b->feed);
	sqlite3_bind_blob64(q, 5, b->pack.bytes, b->pack.len, SQLITE_STATIC);
	return run(b, ADD_STATEMENT);
}

void
build_advisory(struct build *b, const struct advisory *a, const struct affected *list, size_t n)
{
	if (b->err.kind != ERR_NONE || n == 0)
		return;
	if (!advisory_fits(a)) {
		build_skip(b, SKIP_MALFORMED);
		return;
	}
	if (add_words(b, a) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!statement_fits(&list[i]))
			build_skip(b, SKIP_MALFORMED);
		else if (add_statement(b, a, &list[i]) < 0)
			return;
	}
}

void
build_skip(struct build *b, const char *reason)
{
	for (size_t i = 0; i < b->nskipped; i++)
		if (strcmp(b->skipped[i].reason, reason) == 0) {
			b->skipped[i].count++;
			return;
		}
	if (b->nskipped == LIMIT_REASONS)
		return;
	b->skipped = arena_grow(b->arena, b->skipped, b->nskipped, sizeof(*b->skipped));
	b->skipped[b->nskipped++] = (struct build_skipped){
		.reason = arena_text(b->arena, str_of(reason)),
		.count = 1,
	};
}

void
build_covers(struct build *b, const char *ecosystem)
{
	if (b->err.kind != ERR_NONE)
		return;
	if (!fits(ecosystem, true)) {
		build_skip(b, SKIP_MALFORMED);
		return;
	}
	bind_text(b->queries[ADD_COVER], 1, ecosystem);
	(void)!run(b, ADD_COVER);
}

/* ---- Life ---- */

void
build_abandon(struct build *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < QUERIES; i++)
		sqlite3_finalize(b->queries[i]);
	sqlite3_close(b->db);
	arena_free(b->arena);
	free(b->pack.bytes);
	free(b);
}

static int
prepare_file(struct build *b)
{
	int reserve = PAGE_CHECKSUM;
	char sql[200];

	if (sqlite3_file_control(b->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve) != SQLITE_OK)
		return fail(b, "creating");
	if (snprintf(sql, sizeof(sql),
		"PRAGMA page_size=%d; PRAGMA application_id=%u; PRAGMA user_version=%u;", PAGE_SIZE,
		DATABASE_APPLICATION, DATABASE_VERSION) < 0)
		return -1;
	return execute(b, sql);
}

static int
prepare(struct build *b, bool in_memory)
{
	/* Who is killed leaves an unfinished file under another name: no journal could help. */
	if (execute(b, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
		       "PRAGMA temp_store=DEFAULT; PRAGMA temp.journal_mode=OFF;") < 0)
		return -1;
	if (in_memory ? execute(b, "PRAGMA temp_store=MEMORY") < 0 : prepare_file(b) < 0)
		return -1;
	if (execute(b, "BEGIN") < 0 || execute(b, staging_tables) < 0)
		return -1;
	for (size_t i = 0; i < ndatabase_tables; i++)
		if (execute(b, database_tables[i]) < 0)
			return -1;
	for (size_t i = 0; i < QUERIES; i++)
		if (sqlite3_prepare_v2(b->db, query_text[i], -1, &b->queries[i], NULL) != SQLITE_OK)
			return fail(b, "creating");
	return 0;
}

int
build_open(const char *path, struct build **ret, struct err *err)
{
	struct build *b = xalloc(sizeof(*b));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

	*b = (struct build){ .arena = arena_new() };
	b->documents = arena_alloc(b->arena, nfeeds * sizeof(*b->documents));
	b->statements = arena_alloc(b->arena, nfeeds * sizeof(*b->statements));
	if (sqlite3_open_v2(path ? path : ":memory:", &b->db, flags, NULL) != SQLITE_OK)
		fail(b, "creating");
	else if (prepare(b, path == NULL) == 0) {
		*ret = b;
		return 0;
	}
	*err = b->err;
	build_abandon(b);
	return -1;
}

void
build_document(struct build *b, size_t feed)
{
	b->feed = feed;
	b->documents[feed]++;
}

void
build_origin(struct build *b, int64_t origin)
{
	b->origin = origin;
}

int
build_failed(const struct build *b, struct err *err)
{
	if (b->err.kind == ERR_NONE)
		return 0;
	*err = b->err;
	return -1;
}

/* ---- Writing the tables ---- */

/* The statements gathered in b->pack are all of this package's. */
static int
put_package(struct build *b, sqlite3_int64 ecosystem, const char *name)
{
	sqlite3_stmt *body = b->queries[PUT_BODY], *package = b->queries[PUT_PACKAGE];
	sqlite3_int64 number = (sqlite3_int64)++b->bodies;

	sqlite3_bind_int64(body, 1, number);
	sqlite3_bind_blob64(body, 2, b->pack.bytes, b->pack.len, SQLITE_STATIC);
	sqlite3_bind_int64(package, 1, ecosystem);
	bind_text(package, 2, name);
	sqlite3_bind_int64(package, 3, number);
	b->pack.len = 0;
	return run(b, PUT_BODY) < 0 || run(b, PUT_PACKAGE) < 0 ? -1 : 0;
}

/* One row of the sorted stage, behind those before it. */
struct row {
	sqlite3_int64 ecosystem;
	char *package; /* NULL before the first */
	size_t last;   /* where the statement before it begins in b->pack */
};

static int
take_row(struct build *b, struct row *r, sqlite3_stmt *q)
{
	sqlite3_int64 ecosystem = sqlite3_column_int64(q, 0);
	const char *package = (const char *)sqlite3_column_text(q, 1);
	size_t feed = (size_t)sqlite3_column_int64(q, 2);
	const char *body = sqlite3_column_blob(q, 3);
	size_t len = (size_t)sqlite3_column_bytes(q, 3);

	if (!package || !body || feed >= nfeeds)
		return fail(b, "sorting");
	if (!r->package || ecosystem != r->ecosystem || strcmp(package, r->package) != 0) {
		if (r->package && put_package(b, r->ecosystem, r->package) < 0)
			return -1;
		free(r->package);
		*r = (struct row){ ecosystem, xstrdup(package), 0 };
	} else if (b->pack.len - r->last == len && memcmp(b->pack.bytes + r->last, body, len) == 0)
		return 0;
	if (b->pack.len + len > LIMIT_PACKED)
		return err_set(&b->err, ERR_DATABASE,
		    "the feeds say more than %u MiB about package '%s'",
		    (unsigned)(LIMIT_PACKED / MIB), package);
	r->last = b->pack.len;
	pack_bytes(&b->pack, body, len);
	b->statements[feed]++;
	return 0;
}

static int
put_packages(struct build *b)
{
	static const char sorted[] =
	    "SELECT e.number, s.package, s.feed, s.body FROM stage s"
	    " CROSS JOIN main.ecosystem e ON e.name = s.ecosystem" /* in this order */
	    " ORDER BY s.ecosystem, s.package, s.id, s.feed, s.body";
	struct row row = { 0 };
	sqlite3_stmt *q;
	int more, result = 0;

	if (sqlite3_prepare_v2(b->db, sorted, -1, &q, NULL) != SQLITE_OK)
		return fail(b, "sorting");
	b->pack.len = 0;
	while ((more = sqlite3_step(q)) == SQLITE_ROW && result == 0)
		result = take_row(b, &row, q);
	if (more != SQLITE_DONE && result == 0)
		result = fail(b, "sorting");
	if (result == 0 && row.package)
		result = put_package(b, row.ecosystem, row.package);
	free(row.package);
	sqlite3_finalize(q);
	return result;
}

static int
put_counts(struct build *b, int64_t now)
{
	char sql[400];
	uint64_t all = 0;

	for (size_t i = 0; i < nfeeds; i++) {
		all += b->statements[i];
		if (b->documents[i] == 0)
			continue;
		snprintf(sql, sizeof(sql), "INSERT INTO main.feed VALUES(%zu, '%s', %llu)", i,
		    feeds[i]->name, (unsigned long long)b->statements[i]);
		if (execute(b, sql) < 0)
			return -1;
	}
	snprintf(sql, sizeof(sql),
	    "INSERT INTO main.meta SELECT 'advisories', count(*) FROM words;"
	    "INSERT INTO main.meta VALUES('built', %lld);"
	    "INSERT INTO main.meta VALUES('statements', %llu);",
	    (long long)now, (unsigned long long)all);
	if (execute(b, sql) < 0)
		return -1;
	if (b->origin == 0)
		return 0;
	snprintf(
	    sql, sizeof(sql), "INSERT INTO main.meta VALUES('origin', %lld)", (long long)b->origin);
	return execute(b, sql);
}

/* Each from its first row to its last: SQLite sorts by bytes, as its tables do. */
static int
put_tables(struct build *b, int64_t now)
{
	if (execute(b, "INSERT OR IGNORE INTO cover SELECT DISTINCT ecosystem FROM stage;"
		       "INSERT INTO main.ecosystem(name) SELECT name FROM cover ORDER BY name;"
		       "INSERT INTO main.advisory SELECT * FROM words WHERE title IS NOT NULL"
		       " OR url IS NOT NULL OR details IS NOT NULL ORDER BY id, feed;") < 0)
		return -1;
	if (put_packages(b) < 0 || put_counts(b, now) < 0)
		return -1;
	return execute(b, "DROP TABLE temp.stage; DROP TABLE temp.words; DROP TABLE temp.cover;"
			  "COMMIT");
}

static int
by_reason(const void *a, const void *b)
{
	return strcmp(
	    ((const struct build_skipped *)a)->reason, ((const struct build_skipped *)b)->reason);
}

static void
tell(struct build *b, struct arena *a, struct build_result *ret)
{
	struct build_skipped *skipped = arena_copy(a, b->skipped, b->nskipped * sizeof(*skipped));
	struct build_feed *list = NULL;

	if (b->nskipped > 0)
		qsort(skipped, b->nskipped, sizeof(*skipped), by_reason);
	for (size_t i = 0; i < b->nskipped; i++)
		skipped[i].reason = arena_text(a, str_of(skipped[i].reason));
	*ret = (struct build_result){ .skipped = skipped, .nskipped = b->nskipped };
	for (size_t i = 0; i < nfeeds; i++) {
		if (b->documents[i] == 0)
			continue;
		list = arena_grow(a, list, ret->nfeeds, sizeof(*list));
		list[ret->nfeeds++] = (struct build_feed){
			.name = feeds[i]->name,
			.documents = b->documents[i],
			.statements = b->statements[i],
		};
		ret->documents += b->documents[i];
	}
	ret->feeds = list;
}

int
build_finish(struct build *b, int64_t now, struct arena *a, struct build_result *ret,
    sqlite3 **ret_db, struct err *err)
{
	int result = build_failed(b, err);

	if (result == 0 && put_tables(b, now) < 0)
		result = build_failed(b, err);
	if (result == 0) {
		tell(b, a, ret);
		if (ret_db) {
			*ret_db = b->db;
			b->db = NULL;
		}
	}
	for (size_t i = 0; i < QUERIES; i++) {
		sqlite3_finalize(b->queries[i]);
		b->queries[i] = NULL;
	}
	build_abandon(b);
	return result;
}
