/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_doc.c - documents: what is read, and every hostile one of rows J1, J2, Y1 to Y4
 *
 * The large inputs are of a size at which time that grows with its square would
 * be seen by whoever waits for the test.
 */
#include "step/base/doc.h"
#include "tests/fuzz/pieces.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK NULL

/* A document and what its refusal says, or OK. */
struct truth {
	const char *text;
	size_t len; /* 0: strlen() */
	const char *error;
};

#define TEXT(t)  (t), 0
#define BYTES(t) (t), sizeof(t) - 1

typedef int parse_fn(struct str, enum err_kind, struct doc **, struct err *);

static void
check(parse_fn *parse, struct str bytes, const char *error)
{
	struct err err = { 0 };
	AUTO_DOC doc = NULL;
	int rc = parse(bytes, ERR_USAGE, &doc, &err);

	if (!error) {
		if (rc < 0)
			fail_msg("'%.60s': %s", bytes.ptr, err.text);
		assert_non_null(doc);
		return;
	}
	if (rc == 0)
		fail_msg("'%.60s' was accepted", bytes.ptr);
	assert_int_equal(err.kind, ERR_USAGE);
	if (!strstr(err.text, error))
		fail_msg("'%.60s': said '%s', not '%s'", bytes.ptr, err.text, error);
}

static void
check_all(parse_fn *parse, const struct truth *truths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = truths[i].len ? truths[i].len : strlen(truths[i].text);

		check(parse, (struct str){ truths[i].text, len }, truths[i].error);
	}
}

/* head, then count times piece, then tail. */
static struct str
repeated(const char *head, const char *piece, size_t count, const char *tail)
{
	size_t step = strlen(piece);
	size_t len = strlen(head) + step * count + strlen(tail);
	char *text = malloc(len + 1);
	char *at = text;

	assert_non_null(text);
	memcpy(at, head, strlen(head));
	at += strlen(head);
	for (size_t i = 0; i < count; i++, at += step)
		memcpy(at, piece, step);
	memcpy(at, tail, strlen(tail) + 1);
	return (struct str){ text, len };
}

static void
check_repeated(parse_fn *parse, const char *head, const char *piece, size_t count, const char *tail,
    const char *error)
{
	struct str bytes = repeated(head, piece, count, tail);
	AUTO_FREE void *owned = NULL;

	memcpy(&owned, &bytes.ptr, sizeof(owned));
	check(parse, bytes, error);
}

static void
json_small(void **state)
{
	static const struct truth truths[] = {
		{ TEXT("{}"), OK },
		{ TEXT(" [1, 2.5, true, null, \"x\"]\r\n"), OK },
		{ TEXT("{\"a\": \"[[[[{\\\"\"}"), OK },
		{ TEXT(""), "empty" },
		{ TEXT(" \n"), "empty" },
		{ TEXT("\"text\""), "line 1, column 1: neither" },
		{ TEXT("\n <html>"), "line 2, column 2: neither" },
		{ TEXT("{\"a\": 1,\n \"a\": 2}"), "line 2, column" },
		{ TEXT("\xef\xbb\xbf{}"), "line 1" },
		{ TEXT("{\"a\": \"\\u0000\"}"), "line 1" },
		{ TEXT("{\"\\u0000\": 1}"), "line 1" },
		{ TEXT("[\"\x01\"]"), "line 1" },
		{ TEXT("[\"\\ud800\"]"), "line 1" },
		{ TEXT("[\"\xff\"]"), "line 1" },
		{ BYTES("[\"a\0b\"]"), "line 1" },
		{ BYTES("{}\0"), "line 1" },
		{ TEXT("{} {}"), "line 1" },
		{ TEXT("[1,\n2,\n3"), "line 3" },
		{ TEXT("[1e400]"), "line 1" },
		{ TEXT("[99999999999999999999]"), "line 1" },
		{ TEXT("[1,]"), "line 1" },
		{ TEXT("]"), "line 1" },
		{ TEXT("[}"), "line 1" },
	};

	(void)state;
	check_all(doc_parse_json, truths, ARRAY_LEN(truths));
}

static void
json_deep(void **state)
{
	(void)state;
	check_repeated(doc_parse_json, "", "[", LIMIT_DEPTH, "", "line 1");
	check_repeated(
	    doc_parse_json, "", "[", LIMIT_DEPTH + 1, "", "column 65: nested deeper than 64");
	check_repeated(doc_parse_json, "", "[", 2000, "", "nested deeper");
	check_repeated(doc_parse_json, "", "[", 1000000, "", "nested deeper");
	check_repeated(doc_parse_json, "", "{\"a\":", 1000000, "", "nested deeper");
	check_repeated(doc_parse_json, "[", "[],", LIMIT_NODES, "1]", "more than 4000000 values");
}

static void
yaml_small(void **state)
{
	static const struct truth truths[] = {
		{ TEXT(""), OK },
		{ TEXT("a: 1\n"), OK },
		{ TEXT("\xef\xbb\xbf"
		       "a: 1\r\nb:\r\n  - x\r\n"),
		    OK },
		{ TEXT("%YAML 1.2\n---\na: 1\n...\n"), OK },
		{ TEXT("a: \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"\n"), OK },
		{ TEXT("a: &x 1\nb: *x\n"), "line 1, column 4: anchors are not allowed" },
		{ TEXT("a: *x\n"), "aliases are not allowed" },
		{ TEXT("a: &a [x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n"), "anchors" },
		{ TEXT("<<: {a: 1}\n"), "merge keys" },
		{ TEXT("!!python/object/apply:os.abort []\n"), "tags are not allowed" },
		{ TEXT("a: ! x\n"), "tags are not allowed" },
		{ TEXT("%TAG !e! tag:example.com,2000:\n---\na: 1\n"), "tags are not allowed" },
		{ TEXT("a: 1\n...\n%TAG ! x\n---\nb: 1\n"),
		    "line 3, column 1: tags are not allowed" },
		{ TEXT("a: 1\r...\xe2\x80\xa8%TAG ! x\r---\rb: 1\r"), "tags are not allowed" },
		{ TEXT("a: 100%TAG\nb: \"x\n  %TAG\"\n"), OK },
		{ TEXT("a: 1\n---\nb: 1\n"), "line 2, column 1: a second document" },
		{ TEXT("a: 1\nb: 2\na: 3\n"), "line 3, column 1: the key 'a' comes twice" },
		{ TEXT("a:\n\t- x\n"), "line 2" },
		{ BYTES("a: x\ny: \0z\n"), "line 2" },
		{ TEXT("a: \"\\0\"\n"), "a NUL within a text" },
		{ TEXT("a: \"\\ud800\"\n"), "line 1" },
		{ TEXT("a: 1\nb: \xff\n"), "line 2" },
		{ BYTES("\xff\xfe"
			"a\0:\0"),
		    "UTF-16" },
		{ BYTES("\xfe\xff\0a\0:"), "UTF-16" },
		{ BYTES("a\0:\0 \0"), "line 1" },
		{ TEXT("? [a, b]\n: 1\n"), "a key that is a list or a map" },
		{ TEXT("{a: 1"), "line 2, column 1" },
		{ TEXT("a: b: c\n"), "line 1" },
	};

	(void)state;
	check_all(doc_parse_yaml, truths, ARRAY_LEN(truths));
}

static void
yaml_deep(void **state)
{
	static const char *const pieces[] = { "[", "{a: ", "- ", "[\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		check_repeated(doc_parse_yaml, "", pieces[i], 50000, "", "nested deeper than 32");
	check_repeated(doc_parse_yaml, "", "[", LIMIT_YAML_DEPTH, "", "line 2, column 1");
	check_repeated(doc_parse_yaml, "", "? ", 50000, "", "a key that is a list");
	check_repeated(doc_parse_yaml, "", "{? ", 50000, "", "a key that is a list");
	check_repeated(doc_parse_yaml, "a: ", "[", 50000, "", "nested deeper than 32");
	check_repeated(doc_parse_yaml, "a: [", "x, ", 300000, "x]", OK);
	check_repeated(doc_parse_yaml, "a: {", "? x ", 50000, "}", OK);
	check_repeated(doc_parse_yaml, "a: x", " y", 300000, "\n", OK);
	check_repeated(doc_parse_yaml, "a: |\n", "  y\n", 300000, "\n", OK);
	check_repeated(doc_parse_yaml, "", "- &a x\n", 60000, "", "anchors are not allowed");
	check_repeated(doc_parse_yaml, "a: 1\n...\n", "%TAG !x! y\n", 300000, "---\n",
	    "line 3, column 1: tags");
	check_repeated(doc_parse_yaml, "", "- x\n", LIMIT_NODES, "", "more values");
	check_repeated(
	    doc_parse_yaml, "# ", "0123456789abcdef", LIMIT_FEED_DOCUMENT / 16, "", "longer than");
}

/* 3,000 levels, each by one more blank than the one before. */
static void
yaml_indented(void **state)
{
	enum {
		LEVELS = 3000
	};
	char *text = malloc((size_t)LEVELS * (LEVELS + 8));
	char *at = text;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LEVELS; i++) {
		memset(at, ' ', i);
		memcpy(at + i, "a:\n", 3);
		at += i + 3;
	}
	check(doc_parse_yaml, (struct str){ text, (size_t)(at - text) }, "nested deeper than 32");
	free(text);
}

static const struct doc *
parsed(parse_fn *parse, const char *text, struct doc **owner)
{
	struct err err = { 0 };

	if (parse(str_of(text), ERR_USAGE, owner, &err) < 0)
		fail_msg("%s", err.text);
	return *owner;
}

static void
yaml_kinds(void **state)
{
	static const struct {
		const char *spelling;
		enum doc_kind kind;
		double number;
	} truths[] = {
		{ "3.10", DOC_NUMBER, 3.1 },
		{ "0", DOC_NUMBER, 0 },
		{ "-12", DOC_NUMBER, -12 },
		{ "0x1F", DOC_NUMBER, 31 },
		{ "0o17", DOC_NUMBER, 15 },
		{ "1e3", DOC_NUMBER, 1000 },
		{ ".5", DOC_NUMBER, 0.5 },
		{ ".inf", DOC_NUMBER, -1 },
		{ "-.inf", DOC_NUMBER, -1 },
		{ ".NaN", DOC_NUMBER, -1 },
		{ "null", DOC_NULL, -1 },
		{ "~", DOC_NULL, -1 },
		{ "True", DOC_BOOL, -1 },
		{ "false", DOC_BOOL, -1 },
		{ "yes", DOC_TEXT, -1 },
		{ "nul", DOC_TEXT, -1 },
		{ "1.2.3-r0", DOC_TEXT, -1 },
		{ "2024-01-01", DOC_TEXT, -1 },
		{ "1e", DOC_TEXT, -1 },
		{ ".", DOC_TEXT, -1 },
		{ "+", DOC_TEXT, -1 },
		{ "0x", DOC_TEXT, -1 },
		{ "0o8", DOC_TEXT, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		AUTO_ARENA a = arena_new();
		AUTO_DOC owner = NULL;
		const struct doc *d = parsed(doc_parse_yaml,
		    arena_textf(
			a, "plain: %s\nquoted: '%s'\n", truths[i].spelling, truths[i].spelling),
		    &owner);
		const struct doc *plain = doc_get(d, "plain");

		if (doc_kind(plain) != truths[i].kind)
			fail_msg("'%s' is of kind %d", truths[i].spelling, doc_kind(plain));
		assert_true(doc_number(plain, -1) == truths[i].number);
		assert_string_equal(doc_spelling(plain), truths[i].spelling);
		assert_string_equal(doc_get_text(d, "quoted"), truths[i].spelling);
	}
}

static void
accessors(void **state)
{
	AUTO_DOC owner = NULL;
	const struct doc *d = parsed(doc_parse_json,
	    "{\"z\": [1, 2.5, 3.0], \"t\": \"x\", \"b\": true, \"n\": null, \"e\": \"\"}", &owner);
	const struct doc *list = doc_get(d, "z");
	void *i = doc_first(d);

	(void)state;
	assert_string_equal(doc_key(i), "z");
	assert_string_equal(doc_key(doc_next(d, i)), "t");
	assert_int_equal(doc_len(d), 5);
	assert_int_equal(doc_len(list), 3);
	assert_int_equal(doc_integer(doc_at(list, 0), -1), 1);
	assert_int_equal(doc_integer(doc_at(list, 1), -1), -1);
	assert_int_equal(doc_integer(doc_at(list, 2), -1), 3);
	assert_true(doc_bool(doc_get(d, "b"), false));
	assert_true(doc_bool(doc_get(d, "t"), true));
	assert_string_equal(doc_get_text(d, "e"), "");
	assert_null(doc_at(list, 3));
	assert_null(doc_spelling(doc_at(list, 0)));
	assert_null(doc_text(list));
	assert_null(doc_get(list, "z"));
	assert_null(doc_get(doc_get(doc_get(NULL, "a"), "b"), "c"));
	assert_null(doc_first(list));
	assert_null(doc_first(NULL));
	assert_null(doc_at(d, 0));
	assert_null(doc_spelling(NULL));
	assert_int_equal(doc_len(NULL), 0);
	assert_int_equal(doc_kind(NULL), DOC_NULL);
	assert_int_equal(doc_kind(doc_get(d, "n")), DOC_NULL);
	assert_int_equal(doc_kind(d), DOC_MAP);
}

/* Reads all members: how many, or -1 with err. */
static int
members(struct stream *in, struct err *err)
{
	AUTO_DOC_STREAM stream = doc_stream_new(in, ERR_DATABASE);
	int count = 0;
	const char *key;

	for (;;) {
		AUTO_DOC value = NULL;
		int rc = doc_stream_next(stream, &key, &value, err);

		if (rc <= 0)
			return rc < 0 ? -1 : count;
		assert_non_null(value);
		assert_non_null(key);
		count++;
	}
}

static void
stream_small(void **state)
{
	static const struct {
		const char *text;
		int count;
		const char *error;
	} truths[] = {
		{ "{}", 0, OK },
		{ " [ ]\n", 0, OK },
		{ "{\"a\": 1, \"b\\\"\": {\"c\": [1,{}]} ,\"a\":\"}\"}\n", 3, OK },
		{ "[1,2 , \"x\",[[]],{},null,true]", 7, OK },
		{ "", -1, "empty" },
		{ "  ", -1, "empty" },
		{ "12", -1, "neither" },
		{ "<!DOCTYPE html>", -1, "line 1, column 1: neither" },
		{ "{", -1, "ends too early" },
		{ "{\"a\"", -1, "ends too early" },
		{ "{\"a", -1, "ends within" },
		{ "{\"a\":", -1, "ends too early" },
		{ "{\"a\":\n[1", -1, "line 2, column 1: the document ends within" },
		{ "{\"a\":1", -1, "ends within" },
		{ "{\"a\":1 ", -1, "ends too early" },
		{ "{\"a\":1,}", -1, "no name" },
		{ "{\"a\" 1}", -1, "no colon" },
		{ "{1: 2}", -1, "no name" },
		{ "{\"a\":1 \"b\":2}", -1, "no comma" },
		{ "[1,]", -1, "no value" },
		{ "[,1]", -1, "no value" },
		{ "{\"a\":}", -1, "no value" },
		{ "[}", -1, "no value" },
		{ "{} x", -1, "goes on behind" },
		{ "[]]", -1, "goes on behind" },
		{ "[{\"a\":1,\n\"a\":2}]", -1, "line 2" },
		{ "[1,\n 2,\n  nul]", -1, "line 3, column" },
		{ "{\"a\":{\"b\":]}}", -1, "line 1" },
		{ "{\"a\\u0000\":1}", -1, "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		struct err err = { 0 };
		AUTO_STREAM whole = stream_of_memory(str_of(truths[i].text));
		struct pieces drip = { { pieces_read, pieces_close }, str_of(truths[i].text), 1 };

		if (members(whole, &err) != truths[i].count)
			fail_msg("'%s': %s", truths[i].text, err.text);
		if (members(&drip.stream, &err) != truths[i].count)
			fail_msg("'%s', drop by drop: %s", truths[i].text, err.text);
		if (!truths[i].error)
			continue;
		if (!strstr(err.text, truths[i].error))
			fail_msg("'%s': said '%s'", truths[i].text, err.text);
		assert_int_equal(err.kind, ERR_DATABASE);
	}
}

/* One list of the document an element at a time. */
static void
stream_within(void **state)
{
	static const struct {
		const char *text, *wanted; /* keys as they come */
	} truths[] = {
		{ "{\"l\":[]}", "" },
		{ "{\"l\":[1, [2], {\"l\":[3]}]}", "lll" },
		{ "{\"a\":1,\"l\": [ 1,2 ] ,\"b\":[1,2]}", "allb" },
		{ "{\"a\":{\"l\":[1]}}", "a" },
		{ "[[1],[2]]", "--" },
		{ "{\"l\":1}", "no list" },
		{ "{\"l\":[1],\"l\":[2]}", "comes twice" },
		{ "{\"l\":[1,]}", "no value" },
		{ "{\"l\":[1 2]}", "no comma" },
		{ "{\"l\":[1]\"b\":2}", "no comma" },
		{ "{\"l\":[1],}", "no name" },
		{ "{\"l\":[1", "ends" },
		{ "{\"l\":[1]", "ends" },
		{ "{\"l\":[1}", "no comma" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		struct pieces drip = { { pieces_read, pieces_close }, str_of(truths[i].text), 1 };
		AUTO_DOC_STREAM stream = doc_stream_new(&drip.stream, ERR_DATABASE);
		char keys[32] = "";
		struct err err = { 0 };
		struct doc *value;
		const char *key;
		int rc;

		doc_stream_within(stream, "l");
		while ((rc = doc_stream_next(stream, &key, &value, &err)) > 0) {
			keys[strlen(keys)] = *key ? *key : '-';
			doc_free(value);
		}
		if (rc < 0 ? !strstr(err.text, truths[i].wanted)
			   : strcmp(keys, truths[i].wanted) != 0)
			fail_msg("'%s': '%s', '%s'", truths[i].text, keys, err.text);
	}
}

static void
check_stream(const char *head, const char *piece, size_t count, const char *tail, int want,
    const char *error)
{
	struct str bytes = repeated(head, piece, count, tail);
	AUTO_FREE void *owned = NULL;
	AUTO_STREAM in = stream_of_memory(bytes);
	struct err err = { 0 };

	memcpy(&owned, &bytes.ptr, sizeof(owned));
	assert_int_equal(members(in, &err), want);
	if (error && !strstr(err.text, error))
		fail_msg("'%.40s...': said '%s'", bytes.ptr, err.text);
}

static void
stream_large(void **state)
{
	(void)state;
	check_stream("[", "{\"k\":[1,2,3]},", 200000, "0]", 200001, OK);
	check_stream("{\"a\":[", "{\"k\":[1,2,3]},", 200000, "0]}", 1, OK);
	check_stream("[", "[", 1000000, "", -1, "column 66: nested deeper than 64");
	check_stream("{\"a\":[", "{},", LIMIT_NODES, "0]}", -1, "more than");
	check_stream("[\"", "0123456789abcdef", 100000, "\"]", 1, OK);
	check_stream("[", " \n", 100000, "x]", -1, "line 100001, column 1:");
}

static void
peek_key(void **state)
{
	struct str head = STR("{\"a\": {\"b\": [{\"c\" : 1, \"d\": \"e\"}], \"f\\\"{\": \"g");

	(void)state;
	assert_true(doc_peek_key(head, 1, "a"));
	assert_true(doc_peek_key(head, 2, "b"));
	assert_true(doc_peek_key(head, 4, "c"));
	assert_false(doc_peek_key(head, 3, "c"));
	assert_false(doc_peek_key(head, 4, "e"));
	assert_false(doc_peek_key(head, 2, "g"));
	assert_false(doc_peek_key(STR(""), 1, "a"));
	assert_false(doc_peek_key(STR("\"a"), 0, "a"));
	assert_false(doc_peek_key(STR("}}]\"a\""), 0, "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_small),
		cmocka_unit_test(json_deep),
		cmocka_unit_test(yaml_small),
		cmocka_unit_test(yaml_deep),
		cmocka_unit_test(yaml_indented),
		cmocka_unit_test(yaml_kinds),
		cmocka_unit_test(accessors),
		cmocka_unit_test(stream_small),
		cmocka_unit_test(stream_within),
		cmocka_unit_test(stream_large),
		cmocka_unit_test(peek_key),
	};

	return cmocka_run_group_tests_name("doc", tests, NULL, NULL);
}
