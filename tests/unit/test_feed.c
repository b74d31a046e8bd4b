/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_feed.c - each feed on a document with any one value of the wrong kind (row J3)
 *
 * Every node of a good document in turn is replaced by a null, a number, a text, a
 * list and a map, or left out. A feed may then skip the record or refuse the
 * document; it must not crash, and what it still tells must be whole.
 */
#include "step/advisory/feed.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

extern const struct feed_ops feed_debian;
extern const struct feed_ops feed_alpine;
extern const struct feed_ops feed_osv;

/* What a feed told of one document. */
struct build {
	size_t advisories, skipped;
};

void
build_advisory(struct build *b, const struct advisory *a, const struct affected *list, size_t n)
{
	assert_non_null(a->id);
	assert_true(n > 0);
	for (size_t i = 0; a->aliases && a->aliases[i]; i++)
		assert_true(a->aliases[i][0]);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(list[i].ecosystem);
		assert_non_null(list[i].package);
		assert_non_null(list[i].scheme);
		assert_true((list[i].fixed != NULL) == (list[i].state == AFFECTED_FIXED));
	}
	b->advisories++;
}

void
build_skip(struct build *b, const char *reason)
{
	assert_non_null(reason);
	b->skipped++;
}

void
build_covers(struct build *b, const char *ecosystem)
{
	(void)b;
	assert_non_null(ecosystem);
}

/*
 * A copy of the tree in which the node that *left counts down to is replaced by
 * `with`, or left out where that is NULL. Counts down once for each node.
 */
static json_t *
changed(json_t *node, size_t *left, json_t *with)
{
	json_t *copy, *value;
	const char *key;
	size_t i;

	if ((*left)-- == 0)
		return json_incref(with);
	if (json_is_array(node)) {
		copy = json_array();
		json_array_foreach(node, i, value)
		{
			value = changed(value, left, with);
			if (value)
				json_array_append_new(copy, value);
		}
		return copy;
	}
	if (json_is_object(node)) {
		copy = json_object();
		json_object_foreach(node, key, value)
		{
			value = changed(value, left, with);
			if (value)
				json_object_set_new(copy, key, value);
		}
		return copy;
	}
	return json_deep_copy(node);
}

static struct build
feed_it(const struct feed_ops *feed, json_t *document, bool must_read)
{
	AUTO_FREE char *text = json_dumps(document, JSON_ENCODE_ANY);
	AUTO_STREAM in = NULL;
	struct build told = { 0 };
	struct err err = { 0 };
	int rc;

	assert_non_null(text);
	in = stream_of_memory(str_of(text));
	feed->claims(str_of(text));
	rc = feed->parse("in", in, &told, &err);
	if (rc < 0 && must_read)
		fail_msg("%s: %s", text, err.text);
	if (rc < 0) {
		assert_int_equal(err.kind, ERR_DATABASE);
		assert_true(err.text[0]);
	}
	return told;
}

static void
check(const struct feed_ops *feed, const char *sample)
{
	json_t *document = json_loads(sample, JSON_REJECT_DUPLICATES, NULL);
	json_t *with[] = { NULL, json_null(), json_integer(7), json_string("x"), json_string(""),
		json_array(), json_object(), json_true(), json_pack("[n]"),
		json_pack("{sn}", "x") };
	size_t left = SIZE_MAX;

	assert_non_null(document);
	assert_true(feed_it(feed, document, true).advisories > 0);
	json_decref(changed(document, &left, NULL)); /* changes none, and counts them */
	for (size_t node = 0; node < SIZE_MAX - left; node++) {
		for (size_t i = 0; i < ARRAY_LEN(with); i++) {
			size_t until = node;
			json_t *copy = changed(document, &until, with[i]);

			if (copy)
				feed_it(feed, copy, false);
			json_decref(copy);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(with); i++)
		json_decref(with[i]);
	json_decref(document);
}

static void
debian_wrong_kinds(void **state)
{
	(void)state;
	check(&feed_debian,
	    "{\"openssl\": {\"CVE-2021-3449\": {\"scope\": \"remote\", \"debianbug\": 985931,"
	    " \"description\": \"text\", \"releases\": {"
	    "  \"bookworm\": {\"status\": \"resolved\", \"fixed_version\": \"1.1.1k-1\","
	    "   \"urgency\": \"low**\", \"repositories\": {\"bookworm\": \"3.0\"}},"
	    "  \"sid\": {\"status\": \"open\", \"urgency\": \"medium\", \"nodsa\": \"Minor\","
	    "   \"nodsa_reason\": \"ignored\"}}}},"
	    " \"zlib\": {\"CVE-2018-25032\": {\"releases\": {\"sid\": {\"status\": \"open\"}}}}}");
}

static void
alpine_wrong_kinds(void **state)
{
	(void)state;
	check(&feed_alpine,
	    "{\"distroversion\": \"v3.20\", \"reponame\": \"main\", \"archs\": [\"x86_64\"],"
	    " \"packages\": [{\"pkg\": {\"name\": \"xen\", \"secfixes\": {"
	    "  \"4.9.1-r1\": [\"CVE-2017-5753 CVE-2017-5715 XSA-254\", \"XSA-207\"],"
	    "  \"0\": [\"CVE-2020-0001\"]}}}, {\"pkg\": {\"name\": \"a\", \"secfixes\": {}}}]}");
}

static void
osv_wrong_kinds(void **state)
{
	(void)state;
	check(&feed_osv,
	    "{\"schema_version\": \"1.4.0\", \"id\": \"GHSA-jf85-cpcp-j695\","
	    " \"modified\": \"2024-04-22T23:11:01Z\", \"aliases\": [\"CVE-2019-10744\"],"
	    " \"related\": [\"CVE-2019-9999\"], \"upstream\": [\"X-1\"], \"summary\": \"a: b\","
	    " \"details\": \"text\","
	    " \"severity\": [{\"type\": \"CVSS_V3\", \"score\": \"CVSS:3.1/AV:N\"}],"
	    " \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"lodash\"},"
	    "   \"ranges\": [{\"type\": \"SEMVER\","
	    "     \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"4.17.12\"}]}],"
	    "   \"versions\": [\"1.0.0\"]},"
	    "  {\"package\": {\"ecosystem\": \"Debian:12\", \"name\": \"a\"},"
	    "   \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}]}],"
	    "   \"ecosystem_specific\": {\"urgency\": \"low\"},"
	    "   \"severity\": [{\"type\": \"Ubuntu\", \"score\": \"low\"}],"
	    "   \"database_specific\": {\"severity\": \"HIGH\"}}],"
	    " \"references\": [{\"type\": \"ADVISORY\", \"url\": \"https://example.org/a\"}],"
	    " \"database_specific\": {\"severity\": \"CRITICAL\"}}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_wrong_kinds),
		cmocka_unit_test(alpine_wrong_kinds),
		cmocka_unit_test(osv_wrong_kinds),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
