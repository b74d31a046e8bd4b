/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_model.c - draft and seal: order, counts, fingerprints, verdict; package URLs; names
 */
#include "step/base/io.h"
#include "step/model/model.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct distro debian = {
	.id = "debian", .version = "12", .codename = "bookworm", .name = "Debian"
};
static const struct distro sid = { .id = "debian", .codename = "sid", .name = "Debian" };
static const struct distro alpine = { .id = "alpine", .version = "3.20.3", .name = "Alpine" };
static const struct distro bare = { .id = "odd/id", .name = "Odd" };

static struct package
package_of(const char *type, const char *name, const char *version, const char *arch)
{
	return (struct package){ .type = type,
		.name = name,
		.version = version,
		.arch = arch,
		.source_name = name,
		.source_version = version,
		.path = "var/lib/dpkg/status" };
}

static void
purl_all(void **state)
{
	static const struct {
		const char *type, *name, *version, *arch;
		const struct distro *distro;
		const char *purl;
	} truths[] = {
		{ "deb", "bsdutils", "1:2.38.1-5+deb12u3", "amd64", &debian,
		    "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u3?arch=amd64&distro=debian-12" },
		{ "deb", "libstdc++6", "12.2.0-14~a", "amd64", &sid,
		    "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14~a?arch=amd64&distro=debian-sid" },
		{ "apk", "musl", "1.2.5-r0", "x86_64", &alpine,
		    "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3" },
		{ "apk", "R", "4.4.1-r0", NULL, &alpine,
		    "pkg:apk/alpine/r@4.4.1-r0?distro=alpine-3.20.3" },
		{ "deb", "a/b?c#d@e%f g", "1&=2", NULL, NULL,
		    "pkg:deb/a%2Fb%3Fc%23d%40e%25f%20g@1%26%3D2" },
		{ "deb", "caf\xc3\xa9", "1", "a b", &bare,
		    "pkg:deb/odd%2Fid/caf%C3%A9@1?arch=a%20b" },
	};
	AUTO_ARENA arena = arena_new();
	struct report_draft *d = report_draft_new(arena);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(truths); i++) {
		struct package p =
		    package_of(truths[i].type, truths[i].name, truths[i].version, truths[i].arch);

		assert_string_equal(
		    report_draft_package(d, &p, truths[i].distro)->purl, truths[i].purl);
	}
	assert_int_equal(d->npackages, ARRAY_LEN(truths));
}

/* The same facts in any order give the same report. */
static const struct fact {
	const char *name, *version, *arch, *id;
	enum severity severity;
	enum standing standing;
} facts[] = {
	{ "zlib", "1", "amd64", "CVE-2020-0001", SEVERITY_CRITICAL, STANDING_OPEN },
	{ "apt", "1", "amd64", "CVE-2020-0001", SEVERITY_HIGH, STANDING_OPEN },
	{ "apt", "1", "amd64", "CVE-2020-0002", SEVERITY_HIGH, STANDING_ALLOWED },
	{ "apt", "1", "i386", "CVE-2020-0002", SEVERITY_HIGH, STANDING_OPEN },
	{ "apt", "2", NULL, "CVE-2020-0002", SEVERITY_HIGH, STANDING_OPEN },
	{ "bash", "1", NULL, "CVE-2020-0001", SEVERITY_HIGH, STANDING_BELOW },
	{ "bash", "1", NULL, "CVE-2020-0003", SEVERITY_UNKNOWN, STANDING_OPEN },
	{ "bash", "2", NULL, "CVE-2020-0003", SEVERITY_UNKNOWN, STANDING_OPEN },
};

static const struct report *
report_of(struct arena *arena, size_t first, const char *image)
{
	struct report_draft *d = report_draft_new(arena);

	d->report.image.name = image;
	d->report.policy.fail_on_none = true;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *fact = &facts[(first + i) % ARRAY_LEN(facts)];
		struct package p = package_of("deb", fact->name, fact->version, fact->arch);
		struct vulnerability *v = arena_alloc(arena, sizeof(*v));
		struct finding f = { .severity = fact->severity, .standing = fact->standing };

		v->id = fact->id;
		f.vulnerability = v;
		f.package = report_draft_package(d, &p, &debian);
		report_draft_finding(d, &f);
	}
	return report_seal(d);
}

static void
seal_order(void **state)
{
	AUTO_ARENA arena = arena_new();
	const struct report *one = report_of(arena, 0, "image");

	(void)state;
	assert_int_equal(one->nfindings, ARRAY_LEN(facts));
	assert_int_equal(one->npackages, ARRAY_LEN(facts));
	for (size_t first = 0; first < ARRAY_LEN(facts); first++) {
		const struct report *r = report_of(arena, first, "image");

		for (size_t i = 0; i < r->nfindings; i++) {
			const struct finding *f = &r->findings[i];

			assert_string_equal(f->package->name, facts[i].name);
			assert_string_equal(f->package->version, facts[i].version);
			assert_string_equal(f->vulnerability->id, facts[i].id);
			assert_int_equal(f->severity, facts[i].severity);
			assert_string_equal(f->fingerprint, one->findings[i].fingerprint);
			assert_string_equal(r->packages[i]->purl, one->packages[i]->purl);
		}
	}
	assert_string_equal(one->packages[0]->name, "apt");
	assert_string_equal(one->packages[ARRAY_LEN(facts) - 1]->name, "zlib");
	assert_int_equal(one->standings[STANDING_OPEN], 6);
	assert_int_equal(one->standings[STANDING_ALLOWED], 1);
	assert_int_equal(one->standings[STANDING_BELOW], 1);
	assert_int_equal(one->open[SEVERITY_HIGH], 3);
	assert_int_equal(one->open[SEVERITY_UNKNOWN], 2);
	assert_int_equal(one->open[SEVERITY_LOW], 0);
}

static void
seal_fingerprint(void **state)
{
	AUTO_ARENA arena = arena_new();
	const struct report *r = report_of(arena, 0, "image"), *other = report_of(arena, 0, "imag");

	(void)state;
	for (size_t i = 0; i < r->nfindings; i++) {
		assert_int_equal(strlen(r->findings[i].fingerprint), 32);
		assert_int_equal(strspn(r->findings[i].fingerprint, "0123456789abcdef"), 32);
		assert_string_not_equal(r->findings[i].fingerprint, other->findings[i].fingerprint);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
			    r->findings[i].fingerprint, r->findings[k].fingerprint);
	}
	/* Written down once: a stored baseline must keep its meaning. SHA-256 of
	 * "+CVE-2020-0001\0+deb\0+zlib\0+amd64\0+var/lib/dpkg/status\0+image\0". */
	assert_string_equal(r->findings[0].fingerprint, "f45aaf325d4f21e48f83e82dfcab2927");
}

/* A report of one finding and what the policy makes of it. */
static int
status_of(
    struct policy_summary policy, enum severity severity, enum standing standing, bool has_gap)
{
	AUTO_ARENA arena = arena_new();
	struct report_draft *d = report_draft_new(arena);
	struct package p = package_of("deb", "a", "1", NULL);
	struct vulnerability v = { .id = "CVE-2020-0001" };
	struct finding f = { .vulnerability = &v, .severity = severity, .standing = standing };
	const struct report *r;

	d->report.policy = policy;
	f.package = report_draft_package(d, &p, NULL);
	report_draft_finding(d, &f);
	if (has_gap)
		report_draft_gap(d, NULL, "etc/x", "a reason with %d", 1);
	r = report_seal(d);
	assert_int_equal(r->passed, r->exit_status == 0);
	return r->exit_status;
}

static void
seal_verdict(void **state)
{
	const struct policy_summary high = { .fail_on = SEVERITY_HIGH };
	const struct policy_summary none = { .fail_on_none = true };
	const struct policy_summary passing = { .fail_on = SEVERITY_LOW, .unknown_passes = true };
	const struct policy_summary partly = { .fail_on = SEVERITY_HIGH, .allow_incomplete = true };

	(void)state;
	assert_int_equal(status_of(high, SEVERITY_CRITICAL, STANDING_OPEN, false), 1);
	assert_int_equal(status_of(high, SEVERITY_HIGH, STANDING_OPEN, false), 1);
	assert_int_equal(status_of(high, SEVERITY_MEDIUM, STANDING_OPEN, false), 0);
	assert_int_equal(status_of(high, SEVERITY_UNKNOWN, STANDING_OPEN, false), 1);
	assert_int_equal(status_of(high, SEVERITY_HIGH, STANDING_ALLOWED, false), 0);
	assert_int_equal(status_of(high, SEVERITY_UNKNOWN, STANDING_BELOW, false), 0);
	assert_int_equal(status_of(high, SEVERITY_HIGH, STANDING_OPEN, true), 4);
	assert_int_equal(status_of(high, SEVERITY_LOW, STANDING_OPEN, true), 4);
	assert_int_equal(status_of(none, SEVERITY_CRITICAL, STANDING_OPEN, false), 0);
	assert_int_equal(status_of(none, SEVERITY_UNKNOWN, STANDING_OPEN, false), 0);
	assert_int_equal(status_of(none, SEVERITY_LOW, STANDING_OPEN, true), 4);
	assert_int_equal(status_of(partly, SEVERITY_HIGH, STANDING_OPEN, true), 1);
	assert_int_equal(status_of(partly, SEVERITY_LOW, STANDING_OPEN, true), 0);
	assert_int_equal(status_of(passing, SEVERITY_LOW, STANDING_OPEN, false), 1);
	assert_int_equal(status_of(passing, SEVERITY_UNKNOWN, STANDING_OPEN, false), 0);
}

static void
seal_gaps_and_notices(void **state)
{
	AUTO_ARENA arena = arena_new();
	struct report_draft *d = report_draft_new(arena);
	const struct report *r;

	(void)state;
	report_draft_gap(d, "sha256:b", NULL, "second");
	report_draft_gap(d, NULL, NULL, "bad \xff text and %s", "more");
	report_draft_gap(d, "sha256:b", "a", "third");
	report_draft_gap(d, "sha256:a", "z", "first");
	report_draft_notice(d, "z-kind", "%d", 1);
	report_draft_notice(d, "a-kind", "text");
	r = report_seal(d);
	assert_int_equal(r->ngaps, 4);
	assert_string_equal(r->gaps[0].reason, "bad \xef\xbf\xbd text and more");
	assert_string_equal(r->gaps[1].reason, "first");
	assert_string_equal(r->gaps[2].reason, "second");
	assert_string_equal(r->gaps[3].reason, "third");
	assert_int_equal(r->nnotices, 2);
	assert_string_equal(r->notices[0].kind, "a-kind");
	assert_string_equal(r->notices[1].text, "1");
}

static void
seal_empty(void **state)
{
	AUTO_ARENA arena = arena_new();
	const struct report *r = report_seal(report_draft_new(arena));

	(void)state;
	assert_int_equal(r->npackages + r->nfindings + r->ngaps + r->nnotices, 0);
	assert_true(r->passed);
}

static void
names_both_ways(void **state)
{
	enum severity severity;
	enum fix_state fix;
	enum standing standing;

	(void)state;
	for (int i = 0; i < SEVERITY_COUNT; i++) {
		assert_true(severity_parse(str_of(severity_name((enum severity)i)), &severity));
		assert_int_equal(severity, i);
	}
	for (int i = 0; i <= FIX_RELEASED; i++) {
		assert_true(fix_state_parse(str_of(fix_state_name((enum fix_state)i)), &fix));
		assert_int_equal(fix, i);
	}
	for (int i = 0; i < STANDING_COUNT; i++) {
		assert_true(standing_parse(str_of(standing_name((enum standing)i)), &standing));
		assert_int_equal(standing, i);
	}
	assert_false(severity_parse(STR("High"), &severity));
	assert_false(severity_parse(STR(""), &severity));
	assert_false(fix_state_parse(STR("wontfix"), &fix));
	assert_false(standing_parse(STR("closed"), &standing));
	assert_true(severity_reaches(SEVERITY_UNKNOWN, SEVERITY_CRITICAL));
	assert_false(severity_reaches(SEVERITY_HIGH, SEVERITY_CRITICAL));
	assert_true(severity_reaches(SEVERITY_HIGH, SEVERITY_HIGH));
	assert_string_equal(fix_state_name(FIX_NONE), "unfixed");
	assert_string_equal(fix_state_name(FIX_DECLINED), "wont-fix");
}

static void
is_cve_exactly(void **state)
{
	static const char *const good[] = { "CVE-2021-3782", "CVE-1999-0001", "CVE-2024-1234567" };
	static const char *const bad[] = { "", "CVE-", "CVE-2021", "CVE-2021-", "CVE-2021-378",
		"CVE-21-3782", "CVE-2021-378x", "CVE-2021-3782 ", "cve-2021-3782",
		"UBUNTU-CVE-2021-3782" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(is_cve(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(is_cve(bad[i]));
}

/* What is kept of too many is as many as are read back, and says so. */
static void
too_many_messages(void **state)
{
	AUTO_ARENA arena = arena_new();
	struct report_draft *d = report_draft_new(arena);

	(void)state;
	for (unsigned i = 0; i < LIMIT_GAPS; i++)
		report_draft_gap(d, NULL, NULL, "gap %u", i);
	for (unsigned i = 0; i < LIMIT_NOTICES; i++)
		report_draft_notice(d, "kind", "notice %u", i);
	assert_string_equal(d->gaps[LIMIT_GAPS - 1].reason, "gap 9999");
	assert_string_equal(d->notices[LIMIT_NOTICES - 1].text, "notice 9999");
	for (unsigned i = 0; i < 3; i++) {
		report_draft_gap(d, "layer", "path", "one more");
		report_draft_notice(d, "kind", "one more");
	}
	assert_int_equal(d->ngaps, LIMIT_GAPS);
	assert_int_equal(d->nnotices, LIMIT_NOTICES);
	assert_string_equal(
	    d->gaps[LIMIT_GAPS - 1].reason, "there are more gaps; they are not listed");
	assert_null(d->gaps[LIMIT_GAPS - 1].path);
	assert_string_equal(
	    d->notices[LIMIT_NOTICES - 1].text, "there are more notices; they are not listed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(purl_all),
		cmocka_unit_test(seal_order),
		cmocka_unit_test(seal_fingerprint),
		cmocka_unit_test(seal_verdict),
		cmocka_unit_test(seal_gaps_and_notices),
		cmocka_unit_test(seal_empty),
		cmocka_unit_test(names_both_ways),
		cmocka_unit_test(too_many_messages),
		cmocka_unit_test(is_cve_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
