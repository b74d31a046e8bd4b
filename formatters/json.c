/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - our own format: the whole report, from which every other can be made again
 *
 * scanstep-report.schema.json beside this file is its definition; report_read_json()
 * reads it back. All keys are always there, null where there is nothing. It holds
 * every finding whatever --report-min says.
 *
 * schema_version is MAJOR.MINOR: new keys raise the second number, a key that
 * changes or goes raises the first.
 */
#include "formatters/formatter.h"
#include "formatters/json_fields.h"
#include "formatters/jsonout.h"

static void
put_fields(struct jsonout *j, const struct json_field *fields, const void *base)
{
	for (const struct json_field *f = fields; f->key; f++)
		jsonout_text(j, f->key, json_field_get(f, base));
}

static void
put_image(struct jsonout *j, const struct image *img)
{
	jsonout_open(j, "image", '{');
	put_fields(j, json_image_fields, img);
	if (img->distro) {
		jsonout_open(j, "distro", '{');
		put_fields(j, json_distro_fields, img->distro);
		jsonout_close(j);
	} else {
		jsonout_null(j, "distro");
	}
	jsonout_open(j, "layers", '[');
	for (size_t i = 0; i < img->nlayers; i++) {
		jsonout_open(j, NULL, '{');
		put_fields(j, json_layer_fields, &img->layers[i]);
		jsonout_close(j);
	}
	jsonout_close(j);
	jsonout_close(j);
}

static void
put_database(struct jsonout *j, const struct database *db)
{
	jsonout_open(j, "database", '{');
	put_fields(j, json_database_fields, db);
	jsonout_open(j, "feeds", '[');
	for (size_t i = 0; i < db->nfeeds; i++) {
		jsonout_open(j, NULL, '{');
		put_fields(j, json_feed_fields, &db->feeds[i]);
		jsonout_integer(j, "statements", db->feeds[i].statements);
		jsonout_close(j);
	}
	jsonout_close(j);
	jsonout_close(j);
}

static void
put_policy(struct jsonout *j, const struct policy_summary *p)
{
	jsonout_open(j, "policy", '{');
	jsonout_text(j, "fail_on", p->fail_on_none ? "none" : severity_name(p->fail_on));
	jsonout_text(j, "unknown", p->unknown_passes ? "pass" : "fail");
	jsonout_open(j, "ignore_status", '[');
	for (unsigned s = 0; s < FIX_COUNT; s++)
		if (p->ignore_states & 1u << s)
			jsonout_text(j, NULL, fix_state_name((enum fix_state)s));
	jsonout_close(j);
	jsonout_bool(j, "allow_empty", p->allow_empty);
	jsonout_bool(j, "allow_incomplete", p->allow_incomplete);
	jsonout_close(j);
}

static void
put_summary(struct jsonout *j, const struct report *r)
{
	jsonout_open(j, "summary", '{');
	jsonout_integer(j, "packages", r->npackages);
	jsonout_integer(j, "findings", r->nfindings);
	jsonout_integer(j, "gaps", r->ngaps);
	jsonout_integer(j, "unchecked", r->unchecked);
	jsonout_open(j, "standings", '{');
	for (unsigned i = 0; i < STANDING_COUNT; i++)
		jsonout_integer(j, standing_name((enum standing)i), r->standings[i]);
	jsonout_close(j);
	jsonout_open(j, "open", '{');
	for (unsigned i = SEVERITY_COUNT; i-- > 0;)
		jsonout_integer(j, severity_name((enum severity)i), r->open[i]);
	jsonout_close(j);
	jsonout_close(j);
}

static void
put_messages(struct jsonout *j, const struct report *r)
{
	jsonout_open(j, "notices", '[');
	for (size_t i = 0; i < r->nnotices; i++) {
		jsonout_open(j, NULL, '{');
		put_fields(j, json_notice_fields, &r->notices[i]);
		jsonout_close(j);
	}
	jsonout_close(j);
	jsonout_open(j, "gaps", '[');
	for (size_t i = 0; i < r->ngaps; i++) {
		jsonout_open(j, NULL, '{');
		jsonout_text(j, "kind", gap_kind_name(r->gaps[i].kind));
		jsonout_integer(j, "packages", r->gaps[i].packages);
		put_fields(j, json_gap_fields, &r->gaps[i]);
		jsonout_close(j);
	}
	jsonout_close(j);
}

static void
put_cvss(struct jsonout *j, const struct vulnerability *v)
{
	if (!v->cvss_vector && v->cvss_score < 0) {
		jsonout_null(j, "cvss");
		return;
	}
	jsonout_open(j, "cvss", '{');
	jsonout_text(j, "vector", v->cvss_vector);
	jsonout_score(j, "score", v->cvss_score);
	jsonout_close(j);
}

static void
put_epss(struct jsonout *j, const struct vulnerability *v)
{
	if (v->epss < 0) {
		jsonout_null(j, "epss");
		return;
	}
	jsonout_open(j, "epss", '{');
	jsonout_fraction(j, "probability", v->epss);
	jsonout_fraction(j, "percentile", v->epss_percentile);
	jsonout_close(j);
}

static void
put_vulnerability(struct jsonout *j, const struct vulnerability *v)
{
	put_fields(j, json_vulnerability_fields, v);
	jsonout_open(j, "aliases", '[');
	for (const char *const *alias = v->aliases; *alias; alias++)
		jsonout_text(j, NULL, *alias);
	jsonout_close(j);
	jsonout_open(j, "cwes", '[');
	for (const unsigned *cwe = v->cwes; *cwe; cwe++)
		jsonout_integer(j, NULL, *cwe);
	jsonout_close(j);
	put_cvss(j, v);
	put_epss(j, v);
}

/* Null where nothing but threshold and baseline decided. */
static void
put_decision(struct jsonout *j, const struct decision *d)
{
	bool any = false;

	for (const struct json_field *f = json_decision_fields; f->key; f++)
		any = any || json_field_get(f, d);
	if (!any) {
		jsonout_null(j, "decision");
		return;
	}
	jsonout_open(j, "decision", '{');
	put_fields(j, json_decision_fields, d);
	jsonout_text(j, "by", decider_name(d->by));
	jsonout_close(j);
}

static void
put_finding(struct jsonout *j, const struct finding *f)
{
	jsonout_open(j, NULL, '{');
	put_vulnerability(j, f->vulnerability);
	jsonout_text(j, "severity", severity_name(f->severity));
	jsonout_text(j, "state", fix_state_name(f->state));
	jsonout_text(j, "standing", standing_name(f->standing));
	put_fields(j, json_finding_fields, f);
	put_decision(j, &f->decision);
	jsonout_text(j, "fingerprint", f->fingerprint);
	jsonout_text(j, "layer", f->package->layer);
	jsonout_open(j, "package", '{');
	for (const struct json_field *p = json_package_fields; p->key; p++)
		if (p->offset != offsetof(struct package, layer))
			jsonout_text(j, p->key, json_field_get(p, f->package));
	jsonout_close(j);
	jsonout_close(j);
}

static void
put_lists(struct jsonout *j, const struct report *r)
{
	jsonout_open(j, "findings", '[');
	for (size_t i = 0; i < r->nfindings; i++)
		put_finding(j, &r->findings[i]);
	jsonout_close(j);
	jsonout_open(j, "packages", '[');
	for (size_t i = 0; i < r->npackages; i++) {
		jsonout_open(j, NULL, '{');
		put_fields(j, json_package_fields, r->packages[i]);
		jsonout_close(j);
	}
	jsonout_close(j);
}

static int
write_json(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	struct jsonout j;

	(void)o;
	jsonout_init(&j, out);
	jsonout_open(&j, NULL, '{');
	jsonout_text(&j, "schema_version", JSON_SCHEMA_VERSION);
	jsonout_open(&j, "tool", '{');
	jsonout_text(&j, "name", "scanstep");
	jsonout_text(&j, "version", r->tool_version);
	jsonout_close(&j);
	put_fields(&j, json_report_fields, r);
	jsonout_open(&j, "verdict", '{');
	jsonout_bool(&j, "passed", r->passed);
	jsonout_integer(&j, "exit_status", (uint64_t)r->exit_status);
	jsonout_close(&j);
	put_summary(&j, r);
	put_image(&j, &r->image);
	put_database(&j, &r->database);
	put_policy(&j, &r->policy);
	put_messages(&j, r);
	put_lists(&j, r);
	jsonout_close(&j);
	return jsonout_finish(&j, err);
}

const struct formatter formatter_json = {
	.name = "json",
	.summary = "everything, for scripts; gate and convert read it back",
	.spec = NULL,
	.file = NULL,
	.write = write_json,
};
