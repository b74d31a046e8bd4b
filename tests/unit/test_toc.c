/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_toc.c - tables of contents in memory: what is kept of them, and what is refused
 *
 * What whole layers make of it is in tests/cases/partial.sh.
 */
#include "step/image/toc.h"
#include "tests/fuzz/pieces.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#define A64    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST "\"sha256:" A64 "\""
#define TABLE  1000 /* where it begins */

static bool
in_etc(const struct path_filter *f, const char *path)
{
	(void)f;
	return strncmp(path, "etc", 3) == 0;
}

/* "TYPE PATH LINK SIZE [OFFSET-END+INNER:SIZE...]" of each entry, with "; " behind it. */
static const char *
describe(const struct toc *toc, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < toc->nentries; i++) {
		const struct toc_entry *e = &toc->entries[i];

		text = arena_textf(a, "%s%c %s %s %llu", text, e->type, e->path, e->link,
		    (unsigned long long)e->size);
		for (size_t k = e->chunk; k < e->chunk + e->nchunks; k++) {
			const struct toc_chunk *c = &toc->chunks[k];

			text = arena_textf(a, "%s %s%llu-%llu+%llu:%llu", text, c->zeros ? "z" : "",
			    (unsigned long long)c->offset, (unsigned long long)c->end,
			    (unsigned long long)c->inner, (unsigned long long)c->size);
		}
		text = arena_textf(a, "%s; ", text);
	}
	return text;
}

#define FILE_ENTRY(more)  "{\"name\":\"etc/a\",\"type\":\"reg\"" more "}"
#define OTHER_ENTRY(more) "{\"name\":\"etc/b\",\"type\":\"reg\"" more "}"
#define PIECE(more)       "{\"name\":\"etc/a\",\"type\":\"chunk\"" more "}"
#define DIGESTED          ",\"chunkDigest\":" DIGEST

static const struct {
	const char *entries, *wanted, *error; /* one of both is NULL */
} truths[] = {
	{ "{\"name\":\"etc/\",\"type\":\"dir\"}", "5 etc  0; ", NULL },
	{ "{\"name\":\"./etc//b/.\",\"type\":\"dir\"}", "5 etc/b  0; ", NULL },
	{ "{\"name\":\"./\",\"type\":\"dir\"},{\"name\":\"var\",\"type\":\"dir\"}", "", NULL },
	{ "{\"name\":\"etc/x\",\"type\":\"char\"},{\"name\":\"etc/y\",\"type\":\"fifo\"}",
	    "3 etc/x  0; 6 etc/y  0; ", NULL },
	{ "{\"name\":\"bin\",\"type\":\"symlink\",\"linkName\":\"usr/bin\"}", "2 bin usr/bin 0; ",
	    NULL },
	{ "{\"name\":\"x\",\"type\":\"hardlink\",\"linkName\":\"y\"}", "1 x y 0; ", NULL },
	{ "{\"name\":\"var/.wh.x\",\"type\":\"reg\",\"size\":9}", "0 var/.wh.x  0; ", NULL },
	{ FILE_ENTRY(""), "0 etc/a  0; ", NULL },
	/* One piece, to the table or to where another begins. */
	{ FILE_ENTRY(",\"size\":5,\"offset\":9" DIGESTED), "0 etc/a  5 9-1000+0:5; ", NULL },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"digest\":" DIGEST), "0 etc/a  5 9-1000+0:5; ",
	    NULL },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"endOffset\":20" DIGESTED), "0 etc/a  5 9-20+0:5; ",
	    NULL },
	{ "{\"name\":\"x\",\"type\":\"reg\",\"size\":5,\"offset\":70}," FILE_ENTRY(
	      ",\"size\":5,\"offset\":9" DIGESTED),
	    "0 etc/a  5 9-70+0:5; ", NULL },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"innerOffset\":512" DIGESTED),
	    "0 etc/a  5 9-1000+512:5; ", NULL },
	{ FILE_ENTRY(",\"size\":5,\"innerOffset\":512" DIGESTED), "0 etc/a  5 0-1000+512:5; ",
	    NULL },
	/* Several. */
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":3" DIGESTED) "," PIECE(
	      ",\"offset\":30,\"chunkOffset\":3" DIGESTED),
	    "0 etc/a  5 9-30+0:3 30-1000+0:2; ", NULL },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":3" DIGESTED) "," PIECE(
	      ",\"offset\":30,\"chunkOffset\":3,\"chunkSize\":2,\"chunkType\":\"zeros\""),
	    "0 etc/a  5 9-30+0:3 z30-1000+0:2; ", NULL },
	/* Zeros in plenty are no database, and nor are files that are larger than one together. */
	{ FILE_ENTRY(",\"size\":1048576,\"chunkType\":\"zeros\""),
	    "0 etc/a  1048576 z0-1000+0:1048576; ", NULL },
	{ FILE_ENTRY(",\"size\":1048577,\"chunkType\":\"zeros\""), NULL, "bytes of zeros" },
	{ FILE_ENTRY(",\"size\":1048576,\"chunkType\":\"zeros\"") "," OTHER_ENTRY(
	      ",\"size\":1,\"chunkType\":\"zeros\""),
	    NULL, "etc/b: more than 1048576 bytes of zeros" },
	{ FILE_ENTRY(",\"size\":536870912,\"offset\":9" DIGESTED),
	    "0 etc/a  536870912 9-1000+0:536870912; ", NULL },
	{ FILE_ENTRY(",\"size\":536870913,\"offset\":9" DIGESTED), NULL,
	    "etc/a: larger than the limit" },
	{ FILE_ENTRY(",\"size\":536870912,\"offset\":9" DIGESTED) "," OTHER_ENTRY(
	      ",\"size\":1,\"offset\":9" DIGESTED),
	    NULL, "etc/b: larger than the limit of 536870912 bytes, with the files before it" },
	/* What nobody asked for may be anything. */
	{ "{\"name\":\"x\",\"type\":\"reg\",\"size\":5},{\"name\":\"x\",\"type\":\"chunk\"}", "",
	    NULL },

	{ "3", NULL, "without name or type" },
	{ "{\"name\":\"etc/a\"}", NULL, "without name or type" },
	{ "{\"name\":\"x\",\"type\":\"socket\"}", NULL, "x: of the unknown type 'socket'" },
	{ "{\"name\":\"../x\",\"type\":\"dir\"}", NULL, "with .." },
	{ "{\"name\":\"x\",\"type\":\"symlink\"}", NULL, "without a target" },
	{ "{\"name\":\"x\",\"type\":\"dir\",\"Type\":\"reg\"}", NULL,
	    "other tools read as 'type'" },
	{ "{\"name\":\"x\",\"type\":\"dir\"},{\"name\":\"/x/\",\"type\":\"reg\"}", NULL, "twice" },
	{ "{\"name\":\"x/y/z\",\"type\":\"dir\"},{\"name\":\"x/y\",\"type\":\"hardlink\",\"linkName\":\"a\"}",
	    NULL, "below a link" },
	{ "{\"name\":\"x\",\"type\":\"symlink\",\"linkName\":\"a\"},{\"name\":\"xa/z\",\"type\":\"dir\"},"
	  "{\"name\":\"x/z\",\"type\":\"dir\"}",
	    NULL, "below a link" },
	{ "{\"name\":\"x\",\"type\":\"symlink\",\"linkName\":\"\xef\xbf\xbd\"}", NULL,
	    "not UTF-8" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9"), NULL, "has no digest" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"digest\":\"sha256:x\""), NULL,
	    "no sha256 digest" },
	{ FILE_ENTRY(",\"size\":5" DIGESTED), NULL, "outside" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":1000" DIGESTED), NULL, "outside" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"innerOffset\":268435457" DIGESTED), NULL,
	    "outside" },
	{ FILE_ENTRY(",\"size\":-5,\"offset\":9" DIGESTED), NULL, "size is no size" },
	{ FILE_ENTRY(",\"size\":5.5,\"offset\":9" DIGESTED), NULL, "size is no size" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":3" DIGESTED), NULL, "fit together" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":6" DIGESTED), NULL, "fit together" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkOffset\":1" DIGESTED), NULL, "fit together" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":3" DIGESTED) "," PIECE(
	      ",\"offset\":30,\"chunkOffset\":2" DIGESTED),
	    NULL, "fit together" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9" DIGESTED) "," PIECE(
	      ",\"offset\":30,\"chunkOffset\":5" DIGESTED),
	    NULL, "fit together" },
	{ FILE_ENTRY(",\"size\":5,\"offset\":9,\"chunkSize\":3,\"digest\":" DIGEST) "," PIECE(
	      ",\"offset\":30,\"chunkOffset\":3" DIGESTED),
	    NULL, "has no digest" },
	{ PIECE(",\"offset\":30"), NULL, "of no file" },
	{ FILE_ENTRY("") ",{\"name\":\"etc/b\",\"type\":\"chunk\",\"offset\":30}", NULL,
	    "of no file" },
};

static void
entries(void **state)
{
	const struct path_filter filter = { in_etc };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		AUTO_ARENA a = arena_new();
		const char *json =
		    arena_textf(a, "{\"version\":1,\"entries\":[%s]}", truths[i].entries);
		struct pieces drip = { { pieces_read, pieces_close }, str_of(json), 3 };
		struct toc toc;
		struct err err = { 0 };

		if (toc_read(&drip.stream, TABLE, &filter, a, &toc, &err) == 0) {
			if (!truths[i].wanted || strcmp(describe(&toc, a), truths[i].wanted) != 0)
				fail_msg("%s: read as '%s'", json, describe(&toc, a));
		} else if (!truths[i].error || !strstr(err.text, truths[i].error)) {
			fail_msg("%s: said '%s'", json, err.text);
		}
	}
}

#define ENTRY "{\"name\":\"etc\",\"type\":\"dir\"}"

static const struct {
	const char *json, *error; /* error NULL: it is taken */
} tables[] = {
	{ "{\"version\":1,\"entries\":[" ENTRY "]}", NULL },
	{ "{\"entries\":[" ENTRY "],\"version\":1,\"more\":{}}", NULL },
	{ "", "the document is empty" },
	{ "[]", "it has no entries" },
	{ "[1]", "it has no entries" },
	{ "{}", "it has no entries" },
	{ "{\"version\":1}", "it has no entries" },
	{ "{\"entries\":[{}]}", "without name or type" },
	{ "{\"entries\":{}}", "no list" },
	{ "{\"entries\":null}", "no list" },
	{ "{\"version\":2,\"entries\":[]}", "its version is not 1" },
	{ "{\"entries\":[" ENTRY "]", "ends too early" },
	{ "{\"entries\":[" ENTRY "]} x", "behind its end" },
	/* Go's reader takes the last one, in whatever spelling. */
	{ "{\"entries\":[],\"entries\":[" ENTRY "]}", "twice" },
	{ "{\"version\":1,\"entries\":[" ENTRY "],\"version\":1}", "its version comes twice" },
	{ "{\"entries\":[" ENTRY "],\"Entries\":[]}", "a member 'Entries'" },
	{ "{\"ENTRIES\":[],\"entries\":[" ENTRY "]}", "a member 'ENTRIES'" },
	{ "{\"entries\":[" ENTRY "],\"entrie\u017f\":null}", "read as 'entries'" },
	{ "{\"version\":1,\"Version\":2,\"entries\":[" ENTRY "]}", "a member 'Version'" },
};

static void
documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		AUTO_ARENA a = arena_new();
		AUTO_STREAM in = stream_of_memory(str_of(tables[i].json));
		const char *error = tables[i].error;
		struct toc toc;
		struct err err = { 0 };

		if (toc_read(in, TABLE, NULL, a, &toc, &err) == 0) {
			if (error)
				fail_msg("%s is taken", tables[i].json);
		} else if (!error || !strstr(err.text, error)) {
			fail_msg("%s: said '%s'", tables[i].json, err.text);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries),
		cmocka_unit_test(documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
