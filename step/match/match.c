/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - packages and the advisory database in, findings out
 *
 * Packages are sorted by what feeds speak of: ecosystem, (source) name, (source)
 * version. So each name is looked up once, and each version of it judged once,
 * however many binary packages were built from it. merge.c knows how statements
 * become vulnerabilities and whether a version is affected; here are the
 * findings, and the gaps for what could not be decided.
 *
 * Severity is the believed feed's word for the package, else for the advisory, else by
 * the CVSS vector of any feed that gives one, else a lesser feed's word. Words and links
 * come from the advisory that is believed, and what it lacks from the next.
 */
#include "step/match/match.h"

#include "step/match/cvss.h"
#include "step/match/merge.h"
#include "step/match/version.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_VERSION_GAPS 20 /* versions that cannot be compared, each told on its own */
#define LIMIT_DESCRIBED    8  /* advisories that are asked for one vulnerability's words */

/* What feeds speak of. */
struct subject {
	const char *ecosystem; /* NULL: there is none for it */
	const char *name;
	const char *version;
	const struct package *package;
};

struct match {
	struct report_draft *draft;
	struct store *store;
	struct arena *scratch; /* for one name */
	size_t version_gaps;
	bool full; /* LIMIT_FINDINGS was met */
};

/* One name: its members, and the vulnerabilities among them that apply to something. */
struct known {
	const struct member *members;
	size_t n;
	const struct vulnerability **made; /* by the place of its first member, once made */
};

static bool
is_type(const struct package *p, const char *type)
{
	return strcmp(p->type, type) == 0;
}

static struct subject
subject_of(const struct package *p, const struct distro *distro)
{
	bool by_source = is_type(p, "deb") || is_type(p, "apk");
	bool of_distro = by_source || is_type(p, "rpm");
	bool fits = distro && (!distro->package_type || is_type(p, distro->package_type));

	return (struct subject){
		.ecosystem = !of_distro ? p->type
			     : fits     ? distro->release
					: NULL,
		.name = by_source ? p->source_name : p->name,
		.version = by_source ? p->source_version : p->version,
		.package = p,
	};
}

static int
by_subject(const void *a, const void *b)
{
	const struct subject *x = a, *y = b;
	int order = text_compare(x->ecosystem, y->ecosystem);

	if (order == 0)
		order = strcmp(x->name, y->name);
	if (order == 0)
		order = strcmp(x->version, y->version);
	if (order == 0)
		order = strcmp(x->package->name, y->package->name);
	if (order == 0)
		order = text_compare(x->package->arch, y->package->arch);
	return order != 0 ? order : text_compare(x->package->path, y->package->path);
}

/* ---- Gaps ---- */

/* Why none of the subject's kind can be looked up. */
static const char *
uncovered_words(struct match *m, const struct subject *s)
{
	const struct distro *distro = m->draft->report.image.distro;
	struct arena *a = m->draft->arena;

	if (!distro && s->ecosystem != s->package->type)
		return "distribution not recognised";
	if (distro && distro->release && !s->ecosystem)
		return arena_textf(a, "%s has no %s packages", distro->name, s->package->type);
	return arena_textf(a, "no advisory feed covers %s",
	    distro && s->ecosystem != s->package->type ? distro->name : s->ecosystem);
}

static void
uncovered_gap(struct match *m, const struct subject *s, size_t n)
{
	const char *source = m->draft->report.database.source;
	bool told = s->ecosystem && source && strcmp(source, "file") == 0;
	struct gap gap = { .kind = GAP_UNCHECKED, .packages = n };

	gap.reason = arena_textf(m->draft->arena, "%s: %zu %s%s%s%s", uncovered_words(m, s), n,
	    n == 1 ? "package was not checked" : "packages were not checked",
	    told ? " (the database holds nothing for " : "", told ? s->ecosystem : "",
	    told ? ")" : "");
	report_draft_add_gap(m->draft, &gap);
}

/* Told for each package up to a number; end_gaps() tells the rest. */
static void
version_gap(struct match *m, const struct subject *s, const char *scheme)
{
	if (++m->version_gaps > LIMIT_VERSION_GAPS)
		return;
	report_draft_add_gap(
	    m->draft, &(struct gap){ .kind = GAP_UNCHECKED,
			  .packages = 1,
			  .layer = s->package->layer,
			  .path = s->package->path,
			  .reason = arena_textf(m->draft->arena,
			      "package %s was not checked: '%s' is not a version as %s knows them",
			      s->package->name, s->version, scheme) });
}

static void
statement_gap(struct match *m, const struct subject *s, const struct statement *bad)
{
	if (++m->version_gaps > LIMIT_VERSION_GAPS)
		return;
	report_draft_gap(m->draft, NULL, NULL,
	    "%s of feed %s was not checked for package %s: its versions are not those of scheme %s",
	    bad->advisory.id, bad->feed->name, s->package->name, bad->affected.scheme);
}

static void
end_gaps(struct match *m)
{
	if (m->version_gaps > LIMIT_VERSION_GAPS)
		report_draft_gap(m->draft, NULL, NULL, "%zu more versions could not be compared",
		    m->version_gaps - LIMIT_VERSION_GAPS);
	if (m->full)
		report_draft_gap(m->draft, NULL, NULL,
		    "more than %d findings: the rest is left out", LIMIT_FINDINGS);
}

/* ---- Vulnerabilities ---- */

static void
add_name(struct arena *a, const char ***list, size_t *n, const char *name, const char *id)
{
	if (strcmp(name, id) == 0)
		return;
	*list = arena_grow(a, *list, *n, sizeof(**list));
	(*list)[(*n)++] = name;
}

/* Every other name, sorted, in the arena of the report. */
static const char *const *
aliases_of(struct match *m, const struct member *members, size_t n)
{
	const char **list = NULL, **kept;
	size_t count = 0, nkept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct advisory *a = &members[i].statement->advisory;

		add_name(m->scratch, &list, &count, a->id, members[i].id);
		for (size_t k = 0; members[i].joins && a->aliases && a->aliases[k]; k++)
			add_name(m->scratch, &list, &count, a->aliases[k], members[i].id);
	}
	if (count > 1)
		qsort(list, count, sizeof(*list), text_order);
	kept = arena_alloc(m->draft->arena, (count + 1) * sizeof(*kept));
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(list[i], list[i - 1]) != 0)
			kept[nkept++] = arena_text(m->draft->arena, str_of(list[i]));
	return kept;
}

static bool
is_web(const char *url)
{
	return url && (str_starts(str_of(url), "https://") || str_starts(str_of(url), "http://"));
}

/* A page that is there for every CVE id: the distribution's own, if it has one. */
static const char *
usual_page(struct arena *a, const char *id, const char *ecosystem)
{
	static const struct {
		const char *ecosystem, *page;
	} pages[] = {
		{ "debian:", "https://security-tracker.debian.org/tracker/" },
		{ "alpine:", "https://security.alpinelinux.org/vuln/" },
		{ "", "https://nvd.nist.gov/vuln/detail/" },
	};
	size_t i = 0;

	if (!is_cve(id))
		return NULL;
	while (!str_starts(str_of(ecosystem), pages[i].ecosystem))
		i++;
	return arena_textf(a, "%s%s", pages[i].page, id);
}

/* Title, details and link, each from the first advisory that has it. */
static int
describe(struct match *m, const struct member *members, size_t n, struct vulnerability *v,
    struct err *err)
{
	for (size_t i = 0; i < n && i < LIMIT_DESCRIBED && !(v->title && v->details && v->url);
	     i++) {
		struct advisory a;

		if (store_describe(m->store, members[i].statement, m->draft->arena, &a, err) < 0)
			return -1;
		if (!v->title)
			v->title = a.title;
		if (!v->details)
			v->details = a.details;
		if (!v->url && is_web(a.url))
			v->url = a.url;
	}
	if (!v->url)
		v->url =
		    usual_page(m->draft->arena, v->id, members[0].statement->affected.ecosystem);
	return 0;
}

static int
make_vulnerability(struct match *m, const struct member *members, size_t n,
    const struct vulnerability **ret, struct err *err)
{
	struct arena *a = m->draft->arena;
	struct vulnerability *v = vulnerability_new(a);

	v->id = arena_text(a, str_of(members[0].id));
	v->aliases = aliases_of(m, members, n);
	v->feed = members[0].statement->feed->name;
	for (size_t i = 0; i < n && v->cvss_score < 0; i++) {
		const char *vector = members[i].statement->advisory.cvss_vector;

		if (!vector)
			continue;
		v->cvss_score = cvss_score(str_of(vector));
		if (v->cvss_score >= 0)
			v->cvss_vector = arena_text(a, str_of(vector));
	}
	*ret = v;
	return describe(m, members, n, v, err);
}

/* ---- Findings ---- */

static enum severity
severity_of(
    const struct ruling *r, const struct vulnerability *v, const struct member *members, size_t n)
{
	enum severity s = r->severity;

	if (s == SEVERITY_UNKNOWN)
		s = cvss_severity(v->cvss_score);
	for (size_t i = 0; i < n && s == SEVERITY_UNKNOWN; i++) {
		s = members[i].statement->affected.severity;
		if (s == SEVERITY_UNKNOWN)
			s = members[i].statement->advisory.severity;
	}
	return s;
}

/* k is one vulnerability here; and all packages of one version. */
static int
judge(struct match *m, const struct known *k, const struct subject *s, size_t nsubjects,
    struct err *err)
{
	struct ruling r = rule_on(k->members, k->n, str_of(s->version));
	struct finding f = { .state = r.state };

	if (r.bad)
		statement_gap(m, s, r.bad);
	if (!r.affected)
		return 0;
	if (!*k->made && make_vulnerability(m, k->members, k->n, k->made, err) < 0)
		return -1;
	f.vulnerability = *k->made;
	f.severity = severity_of(&r, f.vulnerability, k->members, k->n);
	if (r.fixed_version)
		f.fixed_version = arena_text(m->draft->arena, str_of(r.fixed_version));
	for (size_t i = 0; i < nsubjects; i++) {
		m->full = m->draft->nfindings >= LIMIT_FINDINGS;
		if (m->full)
			break;
		f.package = s[i].package;
		report_draft_finding(m->draft, &f);
	}
	return 0;
}

/* The first scheme in which the version is not valid, or NULL: then it can be judged. */
static const char *
scheme_against(const struct known *k, const char *version)
{
	const char *last = NULL;

	for (size_t i = 0; i < k->n; i++) {
		const char *name = k->members[i].statement->affected.scheme;
		const struct version_ops *scheme;

		if (last && strcmp(name, last) == 0)
			continue;
		last = name;
		scheme = version_find(str_of(name));
		if (scheme && !scheme->valid(str_of(version)))
			return name;
	}
	return NULL;
}

/* Findings of one version of a source package, from the first on: the upgrade that closes all that have a fix. */
static void
set_upgrade(struct report_draft *d, size_t first, const char *scheme_name)
{
	const struct version_ops *scheme = version_find(str_of(scheme_name));
	const char *newest = NULL;

	for (size_t i = first; i < d->nfindings && scheme; i++) {
		struct str fixed = str_of(d->findings[i].fixed_version);

		if (fixed.len > 0 && scheme->valid(fixed) &&
		    (!newest || scheme->compare(fixed, str_of(newest)) > 0))
			newest = d->findings[i].fixed_version;
	}
	for (size_t i = first; i < d->nfindings; i++)
		if (d->findings[i].fixed_version)
			d->findings[i].upgrade_to = newest ? newest : d->findings[i].fixed_version;
}

/* All packages of one version. */
static int
match_version(
    struct match *m, const struct known *k, const struct subject *s, size_t n, struct err *err)
{
	const char *against = scheme_against(k, s->version);
	size_t from = 0, first = m->draft->nfindings;

	if (against) {
		for (size_t i = 0; i < n; i++)
			version_gap(m, &s[i], against);
		return 0;
	}
	for (size_t i = 1; i <= k->n && !m->full; i++) {
		struct known one = { k->members + from, i - from, k->made + from };

		if (i < k->n && strcmp(k->members[i].id, k->members[from].id) == 0)
			continue;
		if (judge(m, &one, s, n, err) < 0)
			return -1;
		from = i;
	}
	set_upgrade(m->draft, first, k->members->statement->affected.scheme);
	return 0;
}

/* All packages of one name, whose ecosystem is covered. */
static int
match_name(struct match *m, const struct subject *s, size_t n, struct err *err)
{
	const struct statement *list;
	struct known k;
	size_t count, from = 0;

	arena_reset(m->scratch);
	if (store_lookup(m->store, s->ecosystem, s->name, m->scratch, &list, &count, err) < 0)
		return -1;
	if (count == 0)
		return 0;
	k.members = merge_statements(list, count, m->scratch, &k.n);
	k.made = arena_alloc(m->scratch, k.n * sizeof(const struct vulnerability *));
	for (size_t i = 1; i <= n; i++) {
		if (i < n && strcmp(s[i].version, s[from].version) == 0)
			continue;
		if (match_version(m, &k, s + from, i - from, err) < 0)
			return -1;
		from = i;
	}
	return 0;
}

/* All packages of one ecosystem. */
static int
match_ecosystem(struct match *m, const struct subject *s, size_t n, struct err *err)
{
	size_t from = 0;

	if (!s->ecosystem || !store_covers(m->store, s->ecosystem)) {
		uncovered_gap(m, s, n);
		return 0;
	}
	for (size_t i = 1; i <= n; i++) {
		if (i < n && strcmp(s[i].name, s[from].name) == 0)
			continue;
		if (match_name(m, s + from, i - from, err) < 0)
			return -1;
		from = i;
	}
	return 0;
}

int
match_packages(struct report_draft *d, struct store *store, struct err *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_ARENA scratch = arena_new();
	struct match m = { .draft = d, .store = store, .scratch = scratch };
	struct subject *list = arena_alloc(arena, (d->npackages + 1) * sizeof(*list));
	size_t from = 0;

	for (size_t i = 0; i < d->npackages; i++)
		list[i] = subject_of(d->packages[i], d->report.image.distro);
	if (d->npackages > 1)
		qsort(list, d->npackages, sizeof(*list), by_subject);
	for (size_t i = 1; i <= d->npackages; i++) {
		if (i < d->npackages && text_compare(list[i].ecosystem, list[from].ecosystem) == 0)
			continue;
		if (match_ecosystem(&m, list + from, i - from, err) < 0)
			return -1;
		from = i;
	}
	end_gaps(&m);
	return 0;
}
