/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats_json.c - the formats that are JSON, read back with doc.h, which refuses a key that comes twice
 *
 * Schemas are held against golden files (golden.sh, tests/clients); here stands what no schema says and
 * what a stranger's text could break: numbers of things, references, identities, lengths, closed words.
 */
#include "tests/fuzz/formats.h"

#include <stdlib.h>
#include <string.h>

/* A log may be read as anything; clair's bytes are another program's. */
static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return true;
}

static struct doc *
parse(const struct rendered *x)
{
	struct doc *root;
	struct err err;

	must(is_ascii(x->text) || strcmp(x->name, "clair") == 0);
	must(doc_parse_json(x->text, ERR_USAGE, &root, &err) == 0);
	return root;
}

/* Down a way of keys, with a dot between them. */
static const struct doc *
at(const struct doc *d, const char *way)
{
	struct str rest = str_of(way);

	while (rest.len > 0) {
		char key[64];
		struct str step = str_cut(&rest, '.');

		must(step.len < sizeof(key));
		memcpy(key, step.ptr, step.len);
		key[step.len] = '\0';
		d = doc_get(d, key);
	}
	return d;
}

/* The text there, which must be one and not empty. */
static const char *
word_at(const struct doc *d, const char *way)
{
	const char *text = doc_text(at(d, way));

	must(text != NULL && *text != '\0');
	return text;
}

static bool
is_among(const char *text, const char *words)
{
	struct str rest = str_of(words);

	while (rest.len > 0)
		if (str_is(str_cut(&rest, ' '), text))
			return true;
	return false;
}

/* Code points. */
static size_t
length_of(const char *text)
{
	size_t n = 0;

	while (utf8_next(&text) != 0)
		n++;
	return n;
}

/* Is a segment of the path ".."? One that only ends so is a name. */
static bool
leads_up(const char *path)
{
	struct str rest = str_of(path);

	while (rest.len > 0)
		if (str_is(str_cut(&rest, '/'), ".."))
			return true;
	return false;
}

static bool
is_web(const char *url)
{
	return str_starts(str_of(url), "https://") || str_starts(str_of(url), "http://");
}

/* Do all elements of the list differ in this text? */
static bool
is_distinct(const struct rendered *x, const struct doc *list, const char *way)
{
	size_t n = doc_len(list);
	const char **texts = arena_alloc(x->scratch, n * sizeof(*texts));

	for (size_t i = 0; i < n; i++)
		texts[i] = word_at(doc_at(list, i), way);
	qsort(texts, n, sizeof(*texts), text_order);
	for (size_t i = 1; i < n; i++)
		if (strcmp(texts[i - 1], texts[i]) == 0)
			return false;
	return true;
}

/* Findings that an alert is raised of; dismissed ones too if they are told of. */
static size_t
count_listed(const struct rendered *x, bool dismissed)
{
	size_t n = 0;

	for (size_t i = 0; i < x->r->nfindings; i++)
		n += format_lists(x->o, &x->r->findings[i]) &&
		     (dismissed || !finding_dismissed(&x->r->findings[i]));
	return n;
}

/* Findings, and what else of a report may be an entry. */
static size_t
count_all(const struct rendered *x)
{
	return x->r->nfindings + x->r->ngaps + x->r->nnotices;
}

void
check_json(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct format_opts o = { .width = 0 };
	char *again = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&again, &len);
	struct err err;

	must(doc_len(doc_get(root, "findings")) == x->r->nfindings);
	must(doc_len(doc_get(root, "packages")) == x->r->npackages);
	must(doc_len(doc_get(root, "gaps")) == x->r->ngaps);
	must(doc_len(doc_get(root, "notices")) == x->r->nnotices);
	must(out && report_read_json(x->text, d, &err) == 0);
	must(formatter_find(STR("json"))->write(report_seal(d), &o, out, &err) == 0);
	must(fclose(out) == 0);
	must(len == x->text.len && memcmp(again, x->text.ptr, len) == 0);
	free(again);
}

static void
check_sarif_result(const struct doc *result, const struct doc *rules)
{
	const struct doc *rule =
	    doc_at(rules, (size_t)doc_integer(doc_get(result, "ruleIndex"), -1));
	const struct doc *locations = doc_get(result, "locations");
	const struct doc *place = at(doc_at(locations, 0), "physicalLocation");
	const char *uri = word_at(place, "artifactLocation.uri");

	must(strcmp(word_at(result, "ruleId"), word_at(rule, "id")) == 0);
	must(length_of(word_at(result, "message.text")) <= 1024);
	must(is_among(word_at(result, "level"), "error warning note"));
	must(doc_len(locations) == 1);
	must(uri[0] != '/' && !strchr(uri, ':') && strncmp(uri, "../", 3) != 0 &&
	     !strstr(uri, "/../"));
	must(doc_integer(at(place, "region.startLine"), 0) >= 1);
	word_at(result, "partialFingerprints.scanstepFinding/v1");
}

void
check_sarif(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *run = doc_at(doc_get(root, "runs"), 0);
	const struct doc *rules = at(run, "tool.driver.rules"), *results = doc_get(run, "results");
	const struct doc *done = doc_at(doc_get(run, "invocations"), 0);
	size_t n = count_listed(x, x->o->sarif_suppressed);

	must(doc_len(doc_get(root, "runs")) == 1);
	must(doc_len(results) == (n < 5000 ? n : 5000));
	must(doc_bool(doc_get(done, "executionSuccessful"), true) == (x->r->ngaps == 0));
	must(is_distinct(x, rules, "id"));
	for (size_t i = 0; i < doc_len(rules); i++) {
		const struct doc *rule = doc_at(rules, i);

		must(length_of(word_at(rule, "shortDescription.text")) <= 1024);
		must(length_of(word_at(rule, "fullDescription.text")) <= 1024);
		must(!doc_get(rule, "helpUri") || is_web(word_at(rule, "helpUri")));
		must(doc_len(at(rule, "properties.tags")) <= 10);
	}
	for (size_t i = 0; i < doc_len(results); i++)
		check_sarif_result(doc_at(results, i), rules);
}

static void
check_gitlab_finding(const struct doc *v)
{
	const struct doc *identifiers = doc_get(v, "identifiers"), *links = doc_get(v, "links");
	const struct doc *vectors = doc_get(v, "cvss_vectors");
	const char *solution = doc_get_text(v, "solution");

	must(length_of(word_at(v, "name")) <= 255);
	must(doc_text(doc_get(v, "description")) != NULL);
	must(is_among(word_at(v, "severity"), "Info Unknown Low Medium High Critical"));
	must(!solution || length_of(solution) <= 7000);
	must(doc_len(identifiers) >= 1 && doc_len(identifiers) <= 20);
	for (size_t i = 0; i < doc_len(identifiers); i++) {
		const struct doc *one = doc_at(identifiers, i);

		word_at(one, "type");
		word_at(one, "name");
		word_at(one, "value");
		must(!doc_get(one, "url") || is_web(word_at(one, "url")));
	}
	for (size_t i = 0; i < doc_len(links); i++)
		must(is_web(word_at(doc_at(links, i), "url")));
	must(!vectors || (doc_len(vectors) >= 1 && doc_len(vectors) <= 10));
	for (size_t i = 0; i < doc_len(vectors); i++)
		must(!strstr(word_at(doc_at(vectors, i), "vector"), "CVSS:4"));
	word_at(v, "location.dependency.package.name");
	word_at(v, "location.operating_system");
	word_at(v, "location.image");
}

void
check_gitlab(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *list = doc_get(root, "vulnerabilities"),
			 *messages = at(root, "scan.messages");

	must(doc_kind(list) == DOC_LIST);
	must(doc_len(list) <= x->r->nfindings + x->o->eol_finding);
	must(strcmp(word_at(root, "scan.type"), "container_scanning") == 0);
	must(is_among(word_at(root, "scan.status"), "success failure"));
	must(strlen(word_at(root, "scan.start_time")) == strlen("2026-11-22T08:00:00"));
	must(strlen(word_at(root, "scan.end_time")) == strlen("2026-11-22T08:00:00"));
	must(is_distinct(x, list, "id"));
	for (size_t i = 0; i < doc_len(messages); i++)
		word_at(doc_at(messages, i), "value");
	for (size_t i = 0; i < doc_len(list); i++)
		check_gitlab_finding(doc_at(list, i));
}

/* Is there an element of the list, or the container itself, with this bom-ref? */
static bool
is_component(const struct doc *root, const char *ref)
{
	const struct doc *list = doc_get(root, "components");

	for (size_t i = 0; i < doc_len(list); i++)
		if (strcmp(word_at(doc_at(list, i), "bom-ref"), ref) == 0)
			return true;
	return strcmp(word_at(root, "metadata.component.bom-ref"), ref) == 0;
}

void
check_cyclonedx(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *list = doc_get(root, "vulnerabilities");

	must(strcmp(word_at(root, "specVersion"), "1.6") == 0);
	must(doc_len(doc_get(root, "components")) <= x->r->npackages + 1); /* the system */
	must(is_distinct(x, doc_get(root, "components"), "bom-ref"));
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *affects = doc_get(doc_at(list, i), "affects");

		word_at(doc_at(list, i), "id");
		must(doc_len(affects) > 0);
		for (size_t k = 0; k < doc_len(affects); k++)
			must(is_component(root, word_at(doc_at(affects, k), "ref")));
	}
}

void
check_openvex(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *list = doc_get(root, "statements");

	must(doc_kind(list) == DOC_LIST && doc_len(list) <= x->r->nfindings);
	word_at(root, "@id");
	word_at(root, "author");
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *one = doc_at(list, i);
		const char *status = word_at(one, "status");

		must(is_among(status, "affected not_affected fixed under_investigation"));
		word_at(one, "vulnerability.name");
		must(doc_len(doc_get(one, "products")) > 0);
		if (strcmp(status, "affected") == 0)
			word_at(one, "action_statement");
		if (strcmp(status, "not_affected") == 0)
			must(doc_get(one, "justification") || doc_get(one, "impact_statement"));
		if (doc_get(one, "justification"))
			must(is_among(word_at(one, "justification"),
			    "component_not_present vulnerable_code_not_present "
			    "vulnerable_code_not_in_execute_path "
			    "vulnerable_code_cannot_be_controlled_by_adversary "
			    "inline_mitigations_already_exist"));
	}
}

void
check_codequality(const struct rendered *x)
{
	AUTO_DOC root = parse(x);

	must(doc_kind(root) == DOC_LIST && doc_len(root) <= count_all(x));
	must(is_distinct(x, root, "fingerprint"));
	for (size_t i = 0; i < doc_len(root); i++) {
		const struct doc *one = doc_at(root, i);
		const char *path = word_at(one, "location.path");

		must(is_among(word_at(one, "severity"), "info minor major critical blocker"));
		word_at(one, "description");
		word_at(one, "check_name");
		must(path[0] != '/' && !str_starts(str_of(path), "./"));
		must(doc_integer(at(one, "location.lines.begin"), 0) >= 1);
	}
}

static bool
holds_markup(const struct doc *text)
{
	must(text == NULL || doc_kind(text) == DOC_TEXT);
	return text && strchr(doc_text(text), '<');
}

void
check_jenkins(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *list = doc_get(root, "issues");

	must(doc_kind(list) == DOC_LIST);
	must(doc_len(list) <= count_all(x));
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *one = doc_at(list, i);

		must(is_among(word_at(one, "severity"), "ERROR HIGH NORMAL LOW"));
		word_at(one, "fileName");
		word_at(one, "message");
		/* Shown as HTML; the description has elements of ours, the others are text. */
		must(!holds_markup(doc_get(one, "type")));
		must(!holds_markup(doc_get(one, "category")));
		must(!holds_markup(doc_get(one, "packageName")));
		if (doc_get(one, "description"))
			check_fragment(doc_get_text(one, "description"));
	}
}

void
check_clair(const struct rendered *x)
{
	AUTO_DOC root = parse(x);
	const struct doc *list = doc_get(root, "vulnerabilities");
	const struct doc *unapproved = doc_get(root, "unapproved");

	must(doc_kind(doc_get(root, "image")) == DOC_TEXT);
	must(doc_len(list) == x->r->nfindings);
	must(doc_len(unapproved) <= doc_len(list));
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *one = doc_at(list, i);

		must(is_among(word_at(one, "severity"),
		    "Defcon1 Critical High Medium Low Negligible Unknown"));
		word_at(one, "vulnerability");
		word_at(one, "featurename");
	}
}
