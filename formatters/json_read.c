/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read.c - a stored report of our json format back into a draft
 *
 * The file may come from anyone: nothing of its shape is believed (jsonin.h).
 * Keys that we do not know are skipped: a report of a later 1.x has them. What
 * report_seal() derives (verdict, summary, fingerprints) must be there, but is
 * made anew.
 */
#include "formatters/formatter.h"
#include "formatters/jsonin.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_FEEDS   1000 /* that a database was made of; there are as many as feeds.c has */
#define LIMIT_ALIASES 1000 /* of one vulnerability; an advisory has a handful */
#define LIMIT_CWES    1000 /* likewise */
#define CWE_MOST      999999

struct reading {
	struct jsonin in;
	struct report_draft *draft;
	const struct package **sorted; /* the draft's, for findings to be joined with */
};

static int
read_version(const struct at *root)
{
	const char *version;
	struct str rest;
	uint64_t minor;

	if (at_text(root, "schema_version", &version) < 0)
		return -1;
	rest = str_of(version);
	if (str_starts(rest, JSON_SCHEMA_MAJOR) &&
	    str_number(str_skip(rest, strlen(JSON_SCHEMA_MAJOR)), 9999, &minor))
		return 0;
	return err_set(root->in->err, ERR_USAGE,
	    "/schema_version: '%.32s' is not " JSON_SCHEMA_MAJOR
	    "x, which this version of scanstep reads",
	    version);
}

static int
read_tool(const struct at *root, struct report *ret)
{
	const char *name, *version;
	struct at tool;

	if (at_member_of(root, "tool", DOC_MAP, &tool) < 0 || at_text(&tool, "name", &name) < 0 ||
	    at_text(&tool, "version", &version) < 0)
		return -1;
	if (strcmp(name, "scanstep") != 0)
		return at_refuse(&tool, "is not scanstep");
	ret->tool_version = arena_text(root->in->arena, str_of(version));
	return 0;
}

static int
read_derived(const struct at *root)
{
	struct at verdict, summary;
	uint64_t status;
	bool passed;

	if (at_member_of(root, "verdict", DOC_MAP, &verdict) < 0 ||
	    at_bool(&verdict, "passed", &passed) < 0 ||
	    at_count(&verdict, "exit_status", &status) < 0)
		return -1;
	return at_member_of(root, "summary", DOC_MAP, &summary);
}

/* A member that is a map: 1, or null: 0. -1 if it is neither. */
static int
at_map_or_null(const struct at *map, const char *key, struct at *ret)
{
	if (at_member(map, key, ret) < 0)
		return -1;
	if (doc_kind(ret->doc) == DOC_NULL)
		return 0;
	return at_check(ret, DOC_MAP) < 0 ? -1 : 1;
}

/* Every entry of some formats repeats what is said of the image: it must be short. */
static int
at_short_fields(const struct at *map, const struct json_field *fields, void *base)
{
	struct at at;

	if (at_fields(map, fields, base) < 0)
		return -1;
	for (const struct json_field *f = fields; f->key; f++) {
		const char *text = json_field_get(f, base);

		if (text && strlen(text) > LIMIT_PATH)
			return at_member(map, f->key, &at) < 0
				   ? -1
				   : at_refuse(&at, "is longer than a path may be");
	}
	return 0;
}

static int
read_distro(const struct at *image, const struct distro **ret)
{
	struct distro *distro;
	struct at at;
	int known = at_map_or_null(image, "distro", &at);

	if (known <= 0)
		return known;
	distro = arena_alloc(image->in->arena, sizeof(*distro));
	*ret = distro;
	return at_short_fields(&at, json_distro_fields, distro);
}

static int
read_image(const struct at *root, struct image *ret)
{
	struct at image, list, one;
	struct layer *layers;

	if (at_member_of(root, "image", DOC_MAP, &image) < 0 ||
	    at_short_fields(&image, json_image_fields, ret) < 0 ||
	    read_distro(&image, &ret->distro) < 0 ||
	    at_list(&image, "layers", LIMIT_LAYERS, &list) < 0)
		return -1;
	ret->nlayers = doc_len(list.doc);
	layers = arena_alloc(root->in->arena, ret->nlayers * sizeof(*layers));
	ret->layers = layers;
	for (size_t i = 0; i < ret->nlayers; i++)
		if (at_element(&list, i, DOC_MAP, &one) < 0 ||
		    at_fields(&one, json_layer_fields, &layers[i]) < 0)
			return -1;
	return 0;
}

static int
read_database(const struct at *root, struct database *ret)
{
	struct at database, list, one;
	struct database_feed *feeds;

	if (at_member_of(root, "database", DOC_MAP, &database) < 0 ||
	    at_fields(&database, json_database_fields, ret) < 0 ||
	    at_list(&database, "feeds", LIMIT_FEEDS, &list) < 0)
		return -1;
	ret->nfeeds = doc_len(list.doc);
	feeds = arena_alloc(root->in->arena, ret->nfeeds * sizeof(*feeds));
	ret->feeds = feeds;
	for (size_t i = 0; i < ret->nfeeds; i++)
		if (at_element(&list, i, DOC_MAP, &one) < 0 ||
		    at_fields(&one, json_feed_fields, &feeds[i]) < 0 ||
		    at_count(&one, "statements", &feeds[i].statements) < 0)
			return -1;
	return 0;
}

static int
read_severity(const struct at *map, const char *key, enum severity *ret)
{
	struct at at;

	if (at_member_of(map, key, DOC_TEXT, &at) < 0)
		return -1;
	if (severity_parse(str_of(doc_text(at.doc)), ret))
		return 0;
	return at_refuse(&at, "is no severity");
}

static int
read_unknown(const struct at *policy, bool *ret_passes)
{
	struct at at;
	struct str word;

	if (at_member_of(policy, "unknown", DOC_TEXT, &at) < 0)
		return -1;
	word = str_of(doc_text(at.doc));
	*ret_passes = str_is(word, "pass");
	return *ret_passes || str_is(word, "fail") ? 0 : at_refuse(&at, "is neither fail nor pass");
}

/* A state may stand there twice: it is the same policy. */
static int
read_ignored(const struct at *policy, unsigned *ret_states)
{
	enum fix_state state;
	struct at list, one;

	if (at_list(policy, "ignore_status", FIX_COUNT, &list) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		if (at_element(&list, i, DOC_TEXT, &one) < 0)
			return -1;
		if (!fix_state_parse(str_of(doc_text(one.doc)), &state))
			return at_refuse(&one, "is no state of a fix");
		*ret_states |= 1u << state;
	}
	return 0;
}

static int
read_policy(const struct at *root, struct policy_summary *ret)
{
	const char *fail_on;
	struct at policy;

	if (at_member_of(root, "policy", DOC_MAP, &policy) < 0 ||
	    read_unknown(&policy, &ret->unknown_passes) < 0 ||
	    read_ignored(&policy, &ret->ignore_states) < 0 ||
	    at_bool(&policy, "allow_empty", &ret->allow_empty) < 0 ||
	    at_bool(&policy, "allow_incomplete", &ret->allow_incomplete) < 0 ||
	    at_text(&policy, "fail_on", &fail_on) < 0)
		return -1;
	ret->fail_on_none = strcmp(fail_on, "none") == 0;
	return ret->fail_on_none ? 0 : read_severity(&policy, "fail_on", &ret->fail_on);
}

static int
read_notices(const struct at *root, struct report_draft *d)
{
	struct at list, one;

	if (at_list(root, "notices", LIMIT_NOTICES, &list) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		struct notice n = { .kind = NULL };

		if (at_element(&list, i, DOC_MAP, &one) < 0 ||
		    at_fields(&one, json_notice_fields, &n) < 0)
			return -1;
		report_draft_notice(d, n.kind, "%s", n.text);
	}
	return 0;
}

static int
read_gap_kind(const struct at *gap, struct gap *ret)
{
	struct at kind, packages;
	uint64_t n;

	if (at_member_of(gap, "kind", DOC_TEXT, &kind) < 0 ||
	    at_member(gap, "packages", &packages) < 0 || at_count(gap, "packages", &n) < 0)
		return -1;
	if (!gap_kind_parse(str_of(doc_text(kind.doc)), &ret->kind))
		return at_refuse(&kind, "is no kind of gap");
	if (n > LIMIT_PACKAGES)
		return at_refuse(&packages, "are more packages than a report holds");
	ret->packages = n;
	return 0;
}

static int
read_gaps(const struct at *root, struct report_draft *d)
{
	struct at list, one;

	if (at_list(root, "gaps", LIMIT_GAPS, &list) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		struct gap g = { .layer = NULL };

		if (at_element(&list, i, DOC_MAP, &one) < 0 ||
		    at_fields(&one, json_gap_fields, &g) < 0 || read_gap_kind(&one, &g) < 0)
			return -1;
		report_draft_add_gap(d, &g);
	}
	return 0;
}

/* By every text, so that a finding is joined with a package that is the same in all. */
static int
compare_packages(const void *a, const void *b)
{
	const struct package *const *x = a, *const *y = b;

	for (const struct json_field *f = json_package_fields; f->key; f++) {
		int order = text_compare(json_field_get(f, *x), json_field_get(f, *y));

		if (order)
			return order;
	}
	return 0;
}

/* Packages keep the purl they were stored with, so they do not go through report_draft_package(). */
static int
read_packages(struct reading *r, const struct at *root)
{
	struct report_draft *d = r->draft;
	struct at list, one;

	if (at_list(root, "packages", LIMIT_PACKAGES, &list) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		struct package *p = arena_alloc(d->arena, sizeof(*p));

		if (at_element(&list, i, DOC_MAP, &one) < 0 ||
		    at_fields(&one, json_package_fields, p) < 0)
			return -1;
		d->packages = arena_grow(d->arena, d->packages, d->npackages, sizeof(*d->packages));
		d->packages[d->npackages++] = p;
	}
	r->sorted = arena_alloc(d->arena, d->npackages * sizeof(*r->sorted));
	for (size_t i = 0; i < d->npackages; i++)
		r->sorted[i] = d->packages[i];
	qsort(r->sorted, d->npackages, sizeof(*r->sorted), compare_packages);
	return 0;
}

/* The package of the list that a finding repeats; its layer is the finding's. */
static int
read_package_of(struct reading *r, const struct at *finding, const struct package **ret)
{
	struct package p = { .type = NULL };
	const struct package *key = &p, **found;
	struct at at;

	if (at_member_of(finding, "package", DOC_MAP, &at) < 0)
		return -1;
	for (const struct json_field *f = json_package_fields; f->key; f++) {
		bool is_layer = f->offset == offsetof(struct package, layer);

		if (at_field(is_layer ? finding : &at, f, &p) < 0)
			return -1;
	}
	found = bsearch(&key, r->sorted, r->draft->npackages, sizeof(*r->sorted), compare_packages);
	if (!found)
		return at_refuse(&at, "is none of the report's packages");
	*ret = *found;
	return 0;
}

static int
read_aliases(const struct at *finding, const char *const **ret)
{
	struct at list, one;
	const char **aliases;

	if (at_list(finding, "aliases", LIMIT_ALIASES, &list) < 0)
		return -1;
	aliases = arena_alloc(list.in->arena, (doc_len(list.doc) + 1) * sizeof(*aliases));
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		if (at_element(&list, i, DOC_TEXT, &one) < 0)
			return -1;
		aliases[i] = arena_text(list.in->arena, str_of(doc_text(one.doc)));
	}
	*ret = aliases;
	return 0;
}

static int
read_cwes(const struct at *finding, const unsigned **ret)
{
	struct at list, one;
	unsigned *cwes;

	if (at_list(finding, "cwes", LIMIT_CWES, &list) < 0)
		return -1;
	cwes = arena_alloc(list.in->arena, (doc_len(list.doc) + 1) * sizeof(*cwes));
	for (size_t i = 0; i < doc_len(list.doc); i++) {
		double number;

		if (at_element(&list, i, DOC_NUMBER, &one) < 0)
			return -1;
		number = doc_number(one.doc, 0);
		if (!(number >= 1 && number <= CWE_MOST))
			return at_refuse(&one, "is no number of a CWE");
		if (i > 0 && number <= cwes[i - 1])
			return at_refuse(&one, "is not above the one before it");
		cwes[i] = (unsigned)number;
	}
	*ret = cwes;
	return 0;
}

/* A number from 0 to most, or null, which leaves ret. */
static int
read_amount(const struct at *map, const char *key, int most, double *ret)
{
	struct at at;
	double n;

	if (at_member(map, key, &at) < 0)
		return -1;
	if (doc_kind(at.doc) == DOC_NULL)
		return 0;
	if (at_check(&at, DOC_NUMBER) < 0)
		return -1;
	n = doc_number(at.doc, -1);
	if (!(n >= 0 && n <= most))
		return at_refuse(
		    &at, most == 1 ? "is not between 0 and 1" : "is not between 0 and 10");
	*ret = n;
	return 0;
}

static int
read_cvss(const struct at *finding, struct vulnerability *v)
{
	static const struct json_field vector = { "vector",
		offsetof(struct vulnerability, cvss_vector), JSON_NULLABLE };
	struct at cvss;
	int known = at_map_or_null(finding, "cvss", &cvss);

	if (known <= 0)
		return known;
	return at_field(&cvss, &vector, v) < 0 ? -1
					       : read_amount(&cvss, "score", 10, &v->cvss_score);
}

static int
read_epss(const struct at *finding, struct vulnerability *v)
{
	struct at epss;
	int known = at_map_or_null(finding, "epss", &epss);

	if (known <= 0)
		return known;
	if (read_amount(&epss, "probability", 1, &v->epss) < 0)
		return -1;
	return read_amount(&epss, "percentile", 1, &v->epss_percentile);
}

static int
read_vulnerability(const struct at *finding, const struct vulnerability **ret)
{
	struct vulnerability *v = vulnerability_new(finding->in->arena);

	*ret = v;
	if (at_fields(finding, json_vulnerability_fields, v) < 0 ||
	    read_aliases(finding, &v->aliases) < 0 || read_cwes(finding, &v->cwes) < 0 ||
	    read_cvss(finding, v) < 0)
		return -1;
	return read_epss(finding, v);
}

static int
read_decision(const struct at *finding, struct decision *ret)
{
	struct at decision, by;
	int known = at_map_or_null(finding, "decision", &decision);

	if (known <= 0)
		return known;
	if (at_fields(&decision, json_decision_fields, ret) < 0 ||
	    at_member_of(&decision, "by", DOC_TEXT, &by) < 0)
		return -1;
	if (!decider_parse(str_of(doc_text(by.doc)), &ret->by))
		return at_refuse(&by, "is neither file nor setting");
	return 0;
}

static int
read_judgement(const struct at *finding, struct finding *f)
{
	struct at state, standing;
	const char *fingerprint;

	if (read_decision(finding, &f->decision) < 0 ||
	    read_severity(finding, "severity", &f->severity) < 0 ||
	    at_member_of(finding, "state", DOC_TEXT, &state) < 0 ||
	    at_member_of(finding, "standing", DOC_TEXT, &standing) < 0 ||
	    at_text(finding, "fingerprint", &fingerprint) < 0)
		return -1;
	if (!fix_state_parse(str_of(doc_text(state.doc)), &f->state))
		return at_refuse(&state, "is no state of a fix");
	if (!standing_parse(str_of(doc_text(standing.doc)), &f->standing))
		return at_refuse(&standing, "is no standing");
	return 0;
}

static int
read_finding(struct reading *r, const struct at *at)
{
	struct finding f = { .package = NULL };

	if (read_vulnerability(at, &f.vulnerability) < 0 ||
	    at_fields(at, json_finding_fields, &f) < 0 || read_judgement(at, &f) < 0 ||
	    read_package_of(r, at, &f.package) < 0)
		return -1;
	report_draft_finding(r->draft, &f);
	return 0;
}

static int
read_findings(struct reading *r, const struct at *root)
{
	struct at list, one;

	if (at_list(root, "findings", LIMIT_FINDINGS, &list) < 0)
		return -1;
	for (size_t i = 0; i < doc_len(list.doc); i++)
		if (at_element(&list, i, DOC_MAP, &one) < 0 || read_finding(r, &one) < 0)
			return -1;
	return 0;
}

int
report_read_json(struct str bytes, struct report_draft *d, struct err *err)
{
	AUTO_DOC doc = NULL;
	struct reading r = { .in = { d->arena, err }, .draft = d };
	struct at root = { .in = &r.in };

	if (doc_parse_json(bytes, ERR_USAGE, &doc, err) < 0)
		return -1;
	root.doc = doc;
	if (at_check(&root, DOC_MAP) < 0 || read_version(&root) < 0 ||
	    read_tool(&root, &d->report) < 0 ||
	    at_fields(&root, json_report_fields, &d->report) < 0 || read_derived(&root) < 0 ||
	    read_image(&root, &d->report.image) < 0 ||
	    read_database(&root, &d->report.database) < 0 ||
	    read_policy(&root, &d->report.policy) < 0 || read_notices(&root, d) < 0 ||
	    read_gaps(&root, d) < 0 || read_packages(&r, &root) < 0)
		return -1;
	return read_findings(&r, &root);
}
