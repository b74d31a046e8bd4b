/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debian.c - the Debian security tracker: one JSON document for every release
 *
 *      { "openssl": {
 *          "CVE-2021-3449": {
 *            "description": "...", "scope": "remote",
 *            "releases": {
 *              "bullseye": {"status": "resolved", "fixed_version": "1.1.1k-1", "urgency": "not yet assigned"},
 *              "stretch": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
 *              "bookworm": {"status": "open", "urgency": "low**", "nodsa": "Minor issue",
 *                           "nodsa_reason": "postponed"} } } } }
 *
 * https://security-tracker.debian.org/tracker/data/json, about 60 MB; read a source
 * package at a time.
 *
 * status       resolved: fixed from fixed_version on, "0": never affected here.
 *              open: affected. undetermined: nobody knows, so nothing is said.
 * nodsa_reason ignored: will not be fixed. postponed, or nodsa alone: not yet.
 * urgency      severity for this package here; end-of-life: will not be fixed.
 *
 * Left out: scope, debianbug, repositories (what the archive held that day).
 */
#include "step/advisory/feed_fields.h"

#include <string.h>

enum {
	LIMIT_RELEASES = 64 /* of one document; Debian tracks about six at a time */
};

/* One document being read. */
struct tracker {
	struct build *build;
	struct arena *scratch; /* one package's */
	struct arena *kept;    /* the releases' names */
	const char *releases[LIMIT_RELEASES];
	size_t nreleases;
};

static bool
debian_claims(struct str head)
{
	return doc_peek_key(head, 3, "releases") && doc_peek_key(head, 5, "status");
}

/* A code name, as ecosystems have it: "bookworm". */
static bool
is_codename(const char *release)
{
	size_t len = strspn(release, "abcdefghijklmnopqrstuvwxyz");

	return len > 0 && len <= 32 && release[len] == '\0';
}

/* "debian:bookworm", covered from its first mention on; NULL for too many of them. */
static const char *
ecosystem_of(struct tracker *t, const char *release)
{
	for (size_t i = 0; i < t->nreleases; i++) {
		if (strcmp(t->releases[i] + strlen("debian:"), release) == 0)
			return t->releases[i];
	}
	if (!is_codename(release) || t->nreleases == LIMIT_RELEASES)
		return NULL;
	t->releases[t->nreleases] = arena_textf(t->kept, "debian:%s", release);
	build_covers(t->build, t->releases[t->nreleases]);
	return t->releases[t->nreleases++];
}

/* What one release says; NULL, or the reason why it makes no statement. */
static const char *
read_release(const struct doc *release, struct affected *ret)
{
	const char *status = doc_get_text(release, "status");
	const char *urgency = doc_get_text(release, "urgency");
	const char *fixed = doc_get_field(release, "fixed_version");
	const char *reason = doc_get_text(release, "nodsa_reason");
	bool is_over = urgency && strcmp(urgency, "end-of-life") == 0;

	if (!status)
		return SKIP_MALFORMED;
	if (strcmp(status, "undetermined") == 0)
		return "undetermined";
	ret->severity = severity_of_word(urgency);
	if (strcmp(status, "open") == 0) {
		bool is_ignored = reason && strcmp(reason, "ignored") == 0;

		ret->state = is_ignored || is_over ? AFFECTED_DECLINED : AFFECTED_UNFIXED;
		return NULL;
	}
	if (strcmp(status, "resolved") != 0 || !fixed)
		return SKIP_MALFORMED;
	if (strcmp(fixed, "0") == 0) {
		ret->state = AFFECTED_NEVER;
		return NULL;
	}
	ret->state = AFFECTED_FIXED;
	ret->fixed = fixed;
	return NULL;
}

/* One vulnerability of one source package. */
static void
read_issue(struct tracker *t, const char *package, const char *id, const struct doc *issue)
{
	const struct doc *releases = doc_get(issue, "releases");
	struct statements said = { 0 };

	if (!field_valid(id) || doc_kind(releases) != DOC_MAP) {
		build_skip(t->build, SKIP_MALFORMED);
		return;
	}
	for (void *i = doc_first(releases); i; i = doc_next(releases, i)) {
		struct affected one = { .package = package, .scheme = "deb" };
		const char *reason = SKIP_MALFORMED;

		one.ecosystem = ecosystem_of(t, doc_key(i));
		if (one.ecosystem)
			reason = read_release(doc_value(i), &one);
		if (reason)
			build_skip(t->build, reason);
		else
			statements_add(t->scratch, &said, &one);
	}
	if (said.count) {
		struct advisory advisory = {
			.id = id,
			.details = doc_get_text(issue, "description"),
			.url = arena_textf(
			    t->scratch, "https://security-tracker.debian.org/tracker/%s", id),
		};

		build_advisory(t->build, &advisory, said.list, said.count);
	}
}

static void
read_package(struct tracker *t, const char *package, const struct doc *issues)
{
	if (!field_valid(package) || doc_kind(issues) != DOC_MAP) {
		build_skip(t->build, SKIP_MALFORMED);
		return;
	}
	for (void *i = doc_first(issues); i; i = doc_next(issues, i))
		read_issue(t, package, doc_key(i), doc_value(i));
}

static int
debian_parse(const char *name, struct stream *in, struct build *b, struct err *err)
{
	AUTO_DOC_STREAM packages = doc_stream_new(in, ERR_DATABASE);
	AUTO_ARENA scratch = arena_new();
	AUTO_ARENA kept = arena_new();
	struct tracker t = { .build = b, .scratch = scratch, .kept = kept };

	for (;;) {
		AUTO_DOC issues = NULL;
		const char *package;
		int rc = doc_stream_next(packages, &package, &issues, err);

		if (rc < 0)
			return err_wrap(err, "%s", name);
		if (rc == 0)
			return 0;
		if (!*package)
			return err_set(err, ERR_DATABASE, "%s: a package without a name", name);
		read_package(&t, package, issues);
		arena_reset(scratch);
	}
}

#define DEBIAN_TRACKER "https://security-tracker.debian.org/tracker/data/json"

static const struct feed_document debian_documents[] = {
	{ DEBIAN_TRACKER, NULL, NULL },
	{ NULL, NULL, NULL },
};

const struct feed_ops feed_debian = {
	.name = "debian",
	.summary = "Debian security tracker: every source package of every release",
	.licence = "MIT",
	.url = DEBIAN_TRACKER,
	.documents = debian_documents,
	.claims = debian_claims,
	.parse = debian_parse,
};
