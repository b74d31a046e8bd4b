/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv.c - the Open Source Vulnerability format: one record a document
 *
 *      { "id": "GHSA-jf85-cpcp-j695", "aliases": ["CVE-2019-10744"], "summary": "...",
 *        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/..."}],
 *        "affected": [{
 *          "package": {"ecosystem": "npm", "name": "lodash"},
 *          "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.12"}]}] }],
 *        "references": [{"type": "ADVISORY", "url": "https://..."}],
 *        "database_specific": {"severity": "CRITICAL"} }
 *
 * https://ossf.github.io/osv-schema/
 *
 * aliases   are the same vulnerability. So is upstream, where a distribution's record
 *           is about someone else's id (UBUNTU-CVE-2021-3782). related is something
 *           else, but for distributions whose advisories name their CVEs nowhere else;
 *           an advisory that names several is an alias of each.
 * ranges    each introduced event with the next fixed or last_affected is a statement,
 *           in the order they stand. versions are only read where no range is.
 * withdrawn the record is dropped. So are a distribution's bug fix and enhancement
 *           advisories (ALBA, ALEA), which are no vulnerabilities.
 *
 * Left out: GIT ranges, limit events, imported symbols, credits.
 */
#include "step/advisory/osv.h"

#include <string.h>
#include <strings.h>

/* One record being read. */
struct record {
	struct build *build;
	struct arena *arena;
	const struct doc *doc;
	struct statements said;
	struct names aliases;
	bool lists_cves; /* an ecosystem of it does */
	bool has_cve;    /* id or an alias is one */
};

static bool
osv_claims(struct str head)
{
	return doc_peek_key(head, 1, "id") &&
	       (doc_peek_key(head, 1, "modified") || doc_peek_key(head, 1, "affected") ||
		   doc_peek_key(head, 1, "schema_version"));
}

/* A distribution's own name for a CVE id is as good as that: "UBUNTU-CVE-2021-3782". */
static const char *
without_publisher(const char *id)
{
	const char *cve = strstr(id, "-CVE-");

	return cve ? cve + 1 : id;
}

/* What is true of every statement about one package. */
static struct affected
about_package(const struct doc *entry, const struct osv_ecosystem *ecosystem, const char *package)
{
	const struct doc *specific = doc_get(entry, "ecosystem_specific");
	struct affected about = {
		.ecosystem = ecosystem->name,
		.package = package,
		.scheme = ecosystem->scheme,
		.state = AFFECTED_UNKNOWN_FIX,
	};
	const char *const words[] = {
		doc_get_text(specific, "severity"),
		doc_get_text(specific, "urgency"),
		doc_get_text(specific, "ubuntu_priority"),
		doc_get_text(doc_get(entry, "database_specific"), "severity"),
	};

	for (size_t i = 0; i < ARRAY_LEN(words) && about.severity == SEVERITY_UNKNOWN; i++)
		about.severity = severity_of_word(words[i]);
	return about;
}

/* Affected from a version on, and no end of it is known. */
static void
say_open(struct record *r, struct affected one, const struct doc *entry, bool is_distro)
{
	const char *urgency = doc_get_text(doc_get(entry, "ecosystem_specific"), "urgency");

	if (is_distro && !one.introduced) {
		bool is_over = urgency && strcmp(urgency, "end-of-life") == 0;

		one.state = is_over ? AFFECTED_DECLINED : AFFECTED_UNFIXED;
	}
	statements_add(r->arena, &r->said, &one);
}

/* An event that ends what `introduced` began. */
static void
say_closed(struct record *r, struct affected one, const char *fixed, const char *last)
{
	one.fixed = fixed;
	one.last = last;
	if (fixed)
		one.state = AFFECTED_FIXED;
	if (fixed && strcmp(fixed, "0") == 0) {
		one.fixed = NULL;
		one.state = AFFECTED_NEVER;
	}
	statements_add(r->arena, &r->said, &one);
}

/* "0" is before every version: from the beginning. */
static const char *
since(const char *introduced)
{
	return strcmp(introduced, "0") == 0 ? NULL : introduced;
}

/*
 * The events of one range. Nearly all publishers put them in order of version; where
 * several are introduced first, the oldest of them is ended first.
 */
static void
read_events(struct record *r, const struct affected *about, const struct doc *entry,
    const struct doc *events, bool is_distro)
{
	struct names begun = { 0 };
	size_t ended = 0;

	for (size_t i = 0; i < doc_len(events); i++) {
		const struct doc *event = doc_at(events, i);
		const char *introduced = doc_get_field(event, "introduced");
		const char *fixed = doc_get_field(event, "fixed");
		const char *last = doc_get_field(event, "last_affected");
		struct affected one = *about;

		if (introduced)
			names_add(r->arena, &begun, introduced);
		if (!fixed && !last)
			continue;
		if (ended == begun.count && i > 0)
			continue; /* ends what is over already, as a fix on another branch */
		if (ended < begun.count)
			one.introduced = since(begun.list[ended++]);
		say_closed(r, one, fixed, last);
	}
	for (; ended < begun.count; ended++) {
		struct affected one = *about;

		one.introduced = since(begun.list[ended]);
		say_open(r, one, entry, is_distro);
	}
}

/* True if the entry has a range that is to be read, even an empty one. */
static bool
read_ranges(struct record *r, const struct affected *about, const struct doc *entry, bool is_distro)
{
	const struct doc *ranges = doc_get(entry, "ranges");
	bool has_range = false;

	for (size_t i = 0; i < doc_len(ranges); i++) {
		const char *type = doc_get_text(doc_at(ranges, i), "type");

		if (!type || (strcmp(type, "ECOSYSTEM") != 0 && strcmp(type, "SEMVER") != 0))
			continue;
		read_events(r, about, entry, doc_get(doc_at(ranges, i), "events"), is_distro);
		has_range = true;
	}
	return has_range;
}

static void
read_versions(struct record *r, const struct affected *about, const struct doc *versions)
{
	for (size_t i = 0; i < doc_len(versions); i++) {
		struct affected one = *about;
		const char *version = doc_text(doc_at(versions, i));

		if (!field_valid(version))
			continue;
		one.introduced = version;
		one.last = version;
		statements_add(r->arena, &r->said, &one);
	}
}

/* One package of the record. */
static void
read_affected(struct record *r, const struct doc *entry)
{
	const struct doc *package = doc_get(entry, "package");
	const char *name = doc_get_field(package, "name");
	const char *ecosystem_text = doc_get_text(package, "ecosystem");
	struct osv_ecosystem ecosystem = osv_ecosystem_of(r->arena, ecosystem_text);
	size_t before = r->said.count;
	struct affected about;

	if (!name || !ecosystem_text) {
		build_skip(r->build, SKIP_MALFORMED);
		return;
	}
	if (ecosystem.skipped) {
		build_skip(r->build, ecosystem.skipped);
		return;
	}
	about = about_package(entry, &ecosystem, name);
	if (!read_ranges(r, &about, entry, ecosystem.is_distro))
		read_versions(r, &about, doc_get(entry, "versions"));
	if (r->said.count == before) {
		build_skip(r->build, "package without versions");
		return;
	}
	r->lists_cves |= ecosystem.lists_cves;
	if (!before || strcmp(r->said.list[before - 1].ecosystem, ecosystem.name) != 0)
		build_covers(r->build, ecosystem.name);
}

/* The ids of a list, or only its CVE ids. */
static void
read_ids(struct record *r, const char *key, bool only_cves)
{
	const struct doc *list = doc_get(r->doc, key);

	for (size_t i = 0; i < doc_len(list); i++) {
		const char *id = doc_text(doc_at(list, i));

		if (!field_valid(id))
			continue;
		id = without_publisher(id);
		if (only_cves && !is_cve(id))
			continue;
		names_add(r->arena, &r->aliases, id);
		r->has_cve |= is_cve(id);
	}
}

static void
read_aliases(struct record *r, const char *id)
{
	if (is_cve(without_publisher(id))) {
		names_add(r->arena, &r->aliases, without_publisher(id));
		r->has_cve = true;
	}
	read_ids(r, "aliases", false);
	read_ids(r, "upstream", false);
	if (!r->has_cve && r->lists_cves)
		read_ids(r, "related", true);
	names_sort(&r->aliases, id);
}

/* The newest CVSS vector, and the publisher's word where severity[] holds one. */
static const char *
read_cvss(const struct doc *severity, const char **ret_word)
{
	const char *newest = NULL;
	int version = 0;

	for (size_t i = 0; i < doc_len(severity); i++) {
		const char *type = doc_get_text(doc_at(severity, i), "type");
		const char *score = doc_get_field(doc_at(severity, i), "score");
		int this_version = 0;

		if (!type || !score)
			continue;
		if (strncmp(type, "CVSS_V", 6) == 0 && type[6] >= '2' && type[6] <= '4' && !type[7])
			this_version = type[6] - '0';
		else if (strcmp(type, "Ubuntu") == 0)
			*ret_word = score;
		if (this_version > version) {
			version = this_version;
			newest = score;
		}
	}
	return newest;
}

/* "Important: openssl security update", as the Red Hat family titles its advisories. */
static enum severity
severity_of_title(struct arena *a, const char *title)
{
	struct str rest = str_of(title);
	struct str word = str_cut(&rest, ':');

	return rest.len && word.len < 16 ? severity_of_word(arena_text(a, word)) : SEVERITY_UNKNOWN;
}

static enum severity
read_severity(const struct record *r, const char *title, const char *word)
{
	enum severity severity =
	    severity_of_word(doc_get_text(doc_get(r->doc, "database_specific"), "severity"));

	if (severity == SEVERITY_UNKNOWN)
		severity = severity_of_word(word);
	if (severity == SEVERITY_UNKNOWN && r->lists_cves)
		severity = severity_of_title(r->arena, title);
	return severity;
}

static bool
is_web(const char *url)
{
	return field_valid(url) &&
	       (strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0);
}

/* Does the url name the id, where "ALSA-2024:2433" may be "ALSA-2024-2433"? */
static bool
names_id(const char *url, const char *id)
{
	size_t len = strlen(id);

	for (; *url; url++) {
		size_t same = 0;

		while (
		    same < len && (url[same] == id[same] || (url[same] == '-' && id[same] == ':')))
			same++;
		if (same == len)
			return true;
	}
	return false;
}

/* The page for a person: one of this id, else the first advisory, else the first of any kind. */
static const char *
read_url(const struct doc *references, const char *id)
{
	const char *advisory = NULL, *first = NULL;

	if (strlen(id) > 128)
		return NULL;
	for (size_t i = 0; i < doc_len(references); i++) {
		const char *type = doc_get_text(doc_at(references, i), "type");
		const char *url = doc_get_text(doc_at(references, i), "url");

		if (!is_web(url))
			continue;
		if (names_id(url, without_publisher(id)))
			return url;
		if (!advisory && type && strcmp(type, "ADVISORY") == 0)
			advisory = url;
		if (!first)
			first = url;
	}
	return advisory ? advisory : first;
}

static void
tell(struct record *r, const char *id)
{
	const struct doc *affected = doc_get(r->doc, "affected");
	const char *word = NULL;
	struct advisory advisory = {
		.id = id,
		.title = first_line(r->arena, doc_get_text(r->doc, "summary")),
		.details = doc_get_text(r->doc, "details"),
		.url = read_url(doc_get(r->doc, "references"), id),
		.cvss_vector = read_cvss(doc_get(r->doc, "severity"), &word),
	};

	read_aliases(r, id);
	for (size_t i = 0; i < doc_len(affected) && !advisory.cvss_vector; i++)
		advisory.cvss_vector = read_cvss(doc_get(doc_at(affected, i), "severity"), &word);
	advisory.aliases = r->aliases.list;
	advisory.severity = read_severity(r, advisory.title, word);
	build_advisory(r->build, &advisory, r->said.list, r->said.count);
}

/* A distribution's advisory that is not about a vulnerability. */
static bool
is_no_vulnerability(const char *id)
{
	static const char *const prefixes[] = { "ALBA-", "ALEA-", "RLBA-", "RLEA-" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (strncmp(id, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

static void
read_record(struct record *r)
{
	const char *id = doc_get_field(r->doc, "id");
	const struct doc *affected = doc_get(r->doc, "affected");

	if (!id) {
		build_skip(r->build, SKIP_MALFORMED);
		return;
	}
	if (doc_kind(doc_get(r->doc, "withdrawn")) != DOC_NULL) {
		build_skip(r->build, "withdrawn");
		return;
	}
	if (is_no_vulnerability(id)) {
		build_skip(r->build, "bug fix or enhancement");
		return;
	}
	if (doc_kind(affected) != DOC_LIST || doc_len(affected) == 0) {
		build_skip(r->build, "names no package");
		return;
	}
	for (size_t i = 0; i < doc_len(affected); i++)
		read_affected(r, doc_at(affected, i));
	if (r->said.count)
		tell(r, id);
}

static int
osv_parse(const char *name, struct stream *in, struct build *b, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_DOC document = NULL;
	struct record record = { .build = b, .arena = a };
	struct str bytes;

	/* The longest record known, of a kernel in every release of Ubuntu, has a few MB. */
	if (stream_whole(in, LIMIT_FEED_DOCUMENT, ERR_DATABASE, a, &bytes, err) < 0 ||
	    doc_parse_json(bytes, ERR_DATABASE, &document, err) < 0)
		return err_wrap(err, "%s", name);
	record.doc = document;
	read_record(&record);
	return 0;
}

#define OSV_ARCHIVES "https://osv-vulnerabilities.storage.googleapis.com/"

/* Of the ecosystems whose packages are read so far. */
static const struct feed_document osv_documents[] = {
	{ OSV_ARCHIVES "Debian/all.zip", NULL, NULL },
	{ OSV_ARCHIVES "Alpine/all.zip", NULL, NULL },
	{ NULL, NULL, NULL },
};

const struct feed_ops feed_osv = {
	.name = "osv",
	.summary = "OSV records: Debian, Ubuntu, Alpine, AlmaLinux, Rocky Linux, npm, Go",
	.licence = "CC-BY-4.0, or as the record's publisher says",
	.url = OSV_ARCHIVES,
	.documents = osv_documents,
	.claims = osv_claims,
	.parse = osv_parse,
};
