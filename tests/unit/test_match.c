/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match.c - which statements are one vulnerability, who is believed, what is affected
 *
 * merge.c is pure, so most cases are a handful of statements; match_packages() runs on
 * a database that is built from small documents in a folder of its own.
 */
#include "step/match/match.h"
#include "step/match/merge.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NAMES(...)  ((const char *const[]){ __VA_ARGS__, NULL })
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* feeds[] in order: 0 debian, 1 alpine, 2 osv */
static struct statement
said(unsigned rank, const char *id, const char *const *aliases, enum affected_state state,
    const char *introduced, const char *fixed, const char *last)
{
	return (struct statement){
		.feed = feeds[rank],
		.rank = rank,
		.advisory = { .id = id, .aliases = aliases },
		.affected = { .ecosystem = "debian:bookworm",
		    .package = "p",
		    .scheme = "deb",
		    .introduced = introduced,
		    .fixed = fixed,
		    .last = last,
		    .state = state },
	};
}

static struct statement
fixed_in(unsigned rank, const char *id, const char *const *aliases, const char *version)
{
	return said(rank, id, aliases, AFFECTED_FIXED, NULL, version, NULL);
}

/* "ID<ADVISORY" for each member, in order; "ID=ADVISORY" for one that joins. */
static const char *
members_of(const struct statement *list, size_t n, struct arena *a)
{
	size_t count;
	const struct member *m = merge_statements(list, n, a, &count);
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_textf(a, "%s%s%s%s%s", text, i ? " " : "", m[i].id,
		    m[i].joins ? "=" : "<", m[i].statement->advisory.id);
	return text;
}

static void
merge_one_cve_joins(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct statement list[] = {
		fixed_in(0, "CVE-2024-1000", NULL, "2"),
		fixed_in(2, "GHSA-a", NAMES("CVE-2024-1000"), "2"),
	};

	(void)state;
	assert_string_equal(
	    members_of(list, COUNT(list), a), "CVE-2024-1000=CVE-2024-1000 CVE-2024-1000=GHSA-a");
}

static void
merge_several_cves_join_none(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct statement list[] = {
		fixed_in(
		    2, "ALSA-1", NAMES("CVE-2024-1000", "CVE-2024-2000", "CVE-2024-1000"), "2"),
		fixed_in(2, "GHSA-a", NAMES("CVE-2024-2000"), "2"),
	};

	(void)state;
	assert_string_equal(members_of(list, COUNT(list), a),
	    "CVE-2024-1000<ALSA-1 CVE-2024-2000<ALSA-1 CVE-2024-2000=GHSA-a");
}

static void
merge_without_cve_keeps_own_id(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct statement list[] = {
		fixed_in(2, "GHSA-b", NAMES("GO-1"), "2"),
		fixed_in(2, "GO-1", NAMES("GHSA-b"), "2"), fixed_in(2, "MAL-1", NULL, "2"),
		fixed_in(2, "CVE-12-1", NULL, "2"), /* not the shape of a CVE id */
	};

	(void)state;
	assert_string_equal(members_of(list, COUNT(list), a),
	    "CVE-12-1=CVE-12-1 GHSA-b=GHSA-b GHSA-b=GO-1 MAL-1=MAL-1");
}

static void
merge_aliases_of_aliases_reach_the_cve(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct statement list[] = {
		fixed_in(2, "GHSA-a", NAMES("CVE-2024-1000"), "2"),
		fixed_in(2, "GHSA-b", NAMES("CVE-2024-2000"), "2"),
		fixed_in(2, "GO-1", NAMES("GHSA-a"), "2"),
		fixed_in(2, "GO-2", NAMES("GHSA-a", "GHSA-b"), "2"),
		fixed_in(2, "GO-3", NAMES("GHSA-b"), "2"),
		fixed_in(2, "PYSEC-1", NAMES("GO-3"), "2"),
	};

	(void)state;
	assert_string_equal(members_of(list, COUNT(list), a),
	    "CVE-2024-1000=GHSA-a CVE-2024-1000=GO-1 CVE-2024-1000<GO-2 "
	    "CVE-2024-2000=GHSA-b CVE-2024-2000<GO-2 CVE-2024-2000=GO-3 CVE-2024-2000=PYSEC-1");
}

static void
merge_authority_comes_first(void **state)
{
	AUTO_ARENA a = arena_new();
	const struct statement list[] = {
		fixed_in(2, "A-1", NAMES("CVE-2024-1000"), "2"),
		fixed_in(0, "CVE-2024-1000", NULL, "2"),
		fixed_in(2, "CVE-2024-1000", NULL, "2"),
	};

	(void)state;
	assert_string_equal(members_of(list, COUNT(list), a),
	    "CVE-2024-1000=CVE-2024-1000 CVE-2024-1000=CVE-2024-1000 CVE-2024-1000=A-1");
}

/* ---- Rulings on one vulnerability ---- */

static struct ruling
rule(const struct statement *list, size_t n, const char *version)
{
	AUTO_ARENA a = arena_new();
	size_t count;
	const struct member *m = merge_statements(list, n, a, &count);

	assert_int_equal(count, n);
	return rule_on(m, n, str_of(version));
}

static void
rule_fixed(void **state)
{
	const struct statement list[] = { fixed_in(0, "CVE-2024-1000", NULL, "2.0-1") };
	struct ruling r = rule(list, 1, "2.0~rc1-1");

	(void)state;
	assert_true(r.affected);
	assert_int_equal(r.state, FIX_RELEASED);
	assert_string_equal(r.fixed_version, "2.0-1");
	assert_false(rule(list, 1, "2.0-1").affected);
	assert_false(rule(list, 1, "1:0").affected);
}

static void
rule_fixed_twice_counts_the_higher(void **state)
{
	const struct statement list[] = {
		fixed_in(1, "CVE-2024-1000", NULL, "2.0-1"),
		fixed_in(1, "CVE-2024-1000", NULL, "2.0-7"),
	};
	struct ruling r = rule(list, 2, "1.0-1");

	(void)state;
	assert_string_equal(r.fixed_version, "2.0-7");
	assert_true(rule(list, 2, "2.0-1").affected);
	assert_false(rule(list, 2, "2.0-7").affected);
}

static void
rule_ranges(void **state)
{
	const struct statement list[] = {
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, "1.0", "1.5", NULL),
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, "2.0", "2.5", NULL),
		said(2, "CVE-2024-1000", NULL, AFFECTED_UNKNOWN_FIX, "3.0", NULL, "3.5"),
	};

	(void)state;
	assert_false(rule(list, 3, "0.9").affected);
	assert_string_equal(rule(list, 3, "1.0").fixed_version, "1.5");
	assert_false(rule(list, 3, "1.5").affected);
	assert_string_equal(rule(list, 3, "2.4").fixed_version, "2.5");
	assert_true(rule(list, 3, "3.5").affected);
	assert_int_equal(rule(list, 3, "3.5").state, FIX_UNKNOWN);
	assert_false(rule(list, 3, "3.6").affected);
}

static void
rule_fix_lies_behind_the_last_range(void **state)
{
	const struct statement adjoining[] = {
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, NULL, "1.5", NULL),
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, "1.5", "2.5", NULL),
	};
	const struct statement endless[] = {
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, NULL, "1.5", NULL),
		said(2, "CVE-2024-1000", NULL, AFFECTED_DECLINED, "1.5", NULL, NULL),
	};
	const struct statement known[] = {
		said(2, "CVE-2024-1000", NULL, AFFECTED_UNKNOWN_FIX, NULL, NULL, "1.4"),
		said(2, "CVE-2024-1000", NULL, AFFECTED_FIXED, NULL, "1.5", NULL),
	};

	(void)state;
	assert_string_equal(rule(adjoining, 2, "1.0").fixed_version, "2.5");
	assert_null(rule(endless, 2, "1.0").fixed_version);
	assert_int_equal(rule(endless, 2, "1.0").state, FIX_DECLINED);
	assert_string_equal(rule(known, 2, "1.0").fixed_version, "1.5");
}

static void
rule_states(void **state)
{
	const struct statement unfixed =
	    said(0, "CVE-1-1", NULL, AFFECTED_UNFIXED, NULL, NULL, NULL);
	const struct statement declined =
	    said(0, "CVE-1-1", NULL, AFFECTED_DECLINED, NULL, NULL, NULL);
	const struct statement never = said(0, "CVE-1-1", NULL, AFFECTED_NEVER, NULL, NULL, NULL);

	(void)state;
	assert_int_equal(rule(&unfixed, 1, "99").state, FIX_NONE);
	assert_true(rule(&unfixed, 1, "99").affected);
	assert_int_equal(rule(&declined, 1, "99").state, FIX_DECLINED);
	assert_false(rule(&never, 1, "0").affected);
}

static void
rule_believes_authority_alone(void **state)
{
	const struct statement silenced[] = {
		said(0, "CVE-2024-1000", NULL, AFFECTED_NEVER, NULL, NULL, NULL),
		said(2, "CVE-2024-1000", NULL, AFFECTED_UNFIXED, NULL, NULL, NULL),
	};
	const struct statement earlier[] = {
		fixed_in(2, "CVE-2024-1000", NULL, "9"),
		fixed_in(0, "CVE-2024-1000", NULL, "2"),
	};

	(void)state;
	assert_false(rule(silenced, 2, "1").affected);
	assert_true(rule(silenced + 1, 1, "1").affected);
	assert_false(rule(earlier, 2, "3").affected);
	assert_string_equal(rule(earlier, 2, "1").fixed_version, "2");
}

static void
rule_severity(void **state)
{
	struct statement list[] = {
		fixed_in(0, "CVE-2024-1000", NULL, "2"),
		fixed_in(0, "CVE-2024-1000", NULL, "3"),
	};

	(void)state;
	assert_int_equal(rule(list, 2, "1").severity, SEVERITY_UNKNOWN);
	list[0].advisory.severity = SEVERITY_CRITICAL;
	assert_int_equal(rule(list, 2, "1").severity, SEVERITY_CRITICAL);
	list[1].affected.severity = SEVERITY_LOW;
	assert_int_equal(rule(list, 2, "1").severity, SEVERITY_LOW);
	assert_int_equal(rule(list, 2, "2").severity, SEVERITY_LOW);
	list[1].affected.severity = SEVERITY_UNKNOWN; /* only the second holds now */
	assert_int_equal(rule(list, 2, "2").severity, SEVERITY_UNKNOWN);
}

static void
rule_names_what_it_cannot_compare(void **state)
{
	struct statement list[] = {
		fixed_in(0, "CVE-2024-1000", NULL, "not a version"),
		fixed_in(0, "CVE-2024-1000", NULL, "3"),
	};
	struct ruling r = rule(list, 2, "1");

	(void)state;
	assert_non_null(r.bad);
	assert_true(r.affected);
	list[1].affected.scheme = "unheard-of";
	assert_false(rule(list, 2, "1").affected);
	assert_non_null(rule(list, 2, "1").bad);
	assert_null(rule(list + 1, 1, "1").fixed_version);
}

/* ---- From a database to findings ---- */

static const char tracker[] =
    "{\"openssl\":{\"CVE-2024-1000\":{\"description\":\"A flaw\",\"releases\":{\"bookworm\":"
    "{\"status\":\"resolved\",\"fixed_version\":\"3.0.2-1\",\"urgency\":\"high\"}}},"
    "\"CVE-2024-2000\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":"
    "\"0\",\"urgency\":\"low\"}}}}}";
static const char osv[] =
    "{\"id\":\"DSA-1-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"summary\":\"Two flaws\","
    "\"aliases\":[\"CVE-2024-2000\",\"CVE-2024-3000\"],\"severity\":[{\"type\":\"CVSS_V3\","
    "\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N\"}],\"affected\":[{\"package\":"
    "{\"ecosystem\":\"Debian:12\",\"name\":\"openssl\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
    "\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"3.0.9-1\"}]}]}]}";

struct world {
	struct arena *arena;
	struct report_draft *draft;
	struct distro distro;
	struct store *store;
	char *folder;
};

static void
write_text(struct world *w, const char *name, const char *text)
{
	FILE *f = fopen(arena_textf(w->arena, "%s/%s", w->folder, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
open_world(void **state)
{
	struct world *w = xalloc(sizeof(*w));
	const char *from[1];
	struct build_request request = { .from = from, .nfrom = 1, .now = 1000000000 };
	struct build_result result;
	struct err err = { .text = "" };

	*w = (struct world){ .arena = arena_new() };
	w->folder =
	    arena_textf(w->arena, "%s/match-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(w->folder));
	write_text(w, "tracker.json", tracker);
	write_text(w, "osv.json", osv);
	from[0] = w->folder;
	request.path = arena_textf(w->arena, "%s/db", w->folder);
	if (store_build(&request, w->arena, &result, &err) < 0 ||
	    store_open(request.path, &w->store, &err) < 0)
		fail_msg("%s", err.text);
	w->draft = report_draft_new(w->arena);
	w->distro = (struct distro){ .id = "debian", .version = "12", .codename = "bookworm" };
	distro_complete(w->arena, &w->distro);
	w->draft->report.image.distro = &w->distro;
	*state = w;
	return 0;
}

static int
close_world(void **state)
{
	struct world *w = *state;

	store_close(w->store);
	unlink(arena_textf(w->arena, "%s/db", w->folder));
	unlink(arena_textf(w->arena, "%s/osv.json", w->folder));
	unlink(arena_textf(w->arena, "%s/tracker.json", w->folder));
	rmdir(w->folder);
	arena_free(w->arena);
	free(w);
	return 0;
}

static void
add_package(struct world *w, const char *name, const char *version)
{
	const struct package p = { .type = "deb",
		.name = name,
		.version = version,
		.source_name = "openssl",
		.source_version = version,
		.path = "var/lib/dpkg/status" };

	report_draft_package(w->draft, &p, w->draft->report.image.distro);
}

static void
run(struct world *w)
{
	struct err err = { .text = "" };

	if (match_packages(w->draft, w->store, &err) < 0)
		fail_msg("%s", err.text);
}

static void
match_findings(void **state)
{
	struct world *w = *state;
	const struct finding *f;

	add_package(w, "libssl3", "3.0.1-1");
	run(w);
	f = w->draft->findings;
	assert_int_equal(w->draft->nfindings, 2);
	assert_int_equal(w->draft->ngaps, 0);
	assert_string_equal(f[0].vulnerability->id, "CVE-2024-1000");
	assert_string_equal(f[0].vulnerability->feed, "debian");
	assert_string_equal(
	    f[0].vulnerability->url, "https://security-tracker.debian.org/tracker/CVE-2024-1000");
	assert_true(f[0].vulnerability->cvss_score < 0);
	assert_int_equal(f[0].severity, SEVERITY_HIGH);
	/* CVE-2024-2000 never affected Debian 12, whatever OSV says. */
	assert_string_equal(f[1].vulnerability->id, "CVE-2024-3000");
	assert_string_equal(f[1].vulnerability->aliases[0], "DSA-1-1");
	assert_null(f[1].vulnerability->aliases[1]);
	assert_string_equal(f[1].vulnerability->title, "Two flaws");
	assert_string_equal(f[1].fixed_version, "3.0.9-1");
	assert_true(f[1].vulnerability->cvss_score > 7.4);
	assert_int_equal(f[1].severity, SEVERITY_HIGH);
}

static void
match_each_binary_package(void **state)
{
	struct world *w = *state;

	add_package(w, "libssl3", "3.0.2-1");
	add_package(w, "openssl", "3.0.2-1");
	add_package(w, "libssl-dev", "3.0.9-1");
	run(w);
	assert_int_equal(w->draft->nfindings, 2);
	assert_string_equal(w->draft->findings[0].package->name, "libssl3");
	assert_string_equal(w->draft->findings[1].package->name, "openssl");
	assert_ptr_equal(w->draft->findings[0].vulnerability, w->draft->findings[1].vulnerability);
}

static void
match_invalid_versions_are_gaps(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 25; i++)
		add_package(w, "libssl3", arena_textf(w->arena, "x:%d", i));
	run(w);
	assert_int_equal(w->draft->nfindings, 0);
	assert_int_equal(w->draft->ngaps, 21);
	assert_string_equal(w->draft->gaps[20].reason, "5 more versions could not be compared");
	assert_non_null(strstr(w->draft->gaps[0].reason, "libssl3"));
	assert_non_null(strstr(w->draft->gaps[0].reason, "x:0"));
}

static void
match_uncovered_release_is_one_gap(void **state)
{
	struct world *w = *state;

	w->distro = (struct distro){ .id = "ubuntu", .version = "22.04", .name = "Ubuntu 22.04" };
	distro_complete(w->arena, &w->distro);
	add_package(w, "libssl3", "1");
	add_package(w, "openssl", "1");
	run(w);
	assert_int_equal(w->draft->ngaps, 1);
	assert_string_equal(w->draft->gaps[0].reason,
	    "no advisory feed covers Ubuntu 22.04: 2 packages were not checked");
}

static void
match_no_distribution_is_one_gap(void **state)
{
	struct world *w = *state;

	w->draft->report.image.distro = NULL;
	run(w);
	assert_int_equal(w->draft->ngaps, 0);
	add_package(w, "libssl3", "1");
	run(w);
	assert_int_equal(w->draft->ngaps, 1);
	assert_string_equal(
	    w->draft->gaps[0].reason, "distribution not recognised: 1 package was not checked");
}

static void
store_age(void **state)
{
	struct world *w = *state;
	struct database_facts f;
	struct err err = { .text = "" };
	const int64_t day = 86400, built = 1000000000;

	store_facts(w->store, w->arena, &f);
	assert_string_equal(f.database.built, "2001-09-09T01:46:40Z");
	assert_int_equal(store_check_age(&f, "db", built, 5, &err), 0);
	assert_int_equal(store_check_age(&f, "db", built + 5 * day, 5, &err), 0);
	assert_int_equal(store_check_age(&f, "db", built + 5 * day + 1, 5, &err), -1);
	assert_int_equal(err.kind, ERR_DATABASE);
	assert_int_equal(store_check_age(&f, "db", built - day, 5, &err), 0);
	assert_int_equal(store_check_age(&f, "db", built - day - 1, 5, &err), -1);
	assert_non_null(strstr(err.text, "future"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_one_cve_joins),
		cmocka_unit_test(merge_several_cves_join_none),
		cmocka_unit_test(merge_without_cve_keeps_own_id),
		cmocka_unit_test(merge_aliases_of_aliases_reach_the_cve),
		cmocka_unit_test(merge_authority_comes_first),
		cmocka_unit_test(rule_fixed),
		cmocka_unit_test(rule_fixed_twice_counts_the_higher),
		cmocka_unit_test(rule_ranges),
		cmocka_unit_test(rule_fix_lies_behind_the_last_range),
		cmocka_unit_test(rule_states),
		cmocka_unit_test(rule_believes_authority_alone),
		cmocka_unit_test(rule_severity),
		cmocka_unit_test(rule_names_what_it_cannot_compare),
		cmocka_unit_test_setup_teardown(match_findings, open_world, close_world),
		cmocka_unit_test_setup_teardown(match_each_binary_package, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    match_invalid_versions_are_gaps, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    match_uncovered_release_is_one_gap, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    match_no_distribution_is_one_gap, open_world, close_world),
		cmocka_unit_test_setup_teardown(store_age, open_world, close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
